/* Once everything is open, serving needs few of the system's calls: a filter refuses the others for
 * good (seccomp), and no file can be written or run any more (Landlock, where the kernel has it).
 */
#pragma once

#include <stdbool.h>

enum sandbox {
    SANDBOX_PARENT, /* makes workers, serves nothing: all but what only an intruder would call */
    SANDBOX_WORKER  /* serves: sockets, clocks, memory, files to read, and nothing else */
};

/* Enters it, for this process and the children that it makes, for ever. A call outside of it fails
 * with EPERM; one of an intruder's (exec, ptrace, mount, becoming another user) kills the process.
 * What the kernel lacks is told in the log. False, with errno, when there is no filter. Under
 * sanitizers, which need more, nothing happens, and it is true. */
bool sandbox_enter(enum sandbox sandbox);
