/* N processes that do the same, restarted when they die. */
#pragma once

#include <stddef.h>

/* Runs `work` and returns its exit code: with one worker in this process; with more, in as many
 * children, of which each that dies is made again (after a second, when it lived less), until
 * SIGTERM or SIGINT, which is passed on to them. Called before there is an event loop or a thread.
 */
int workers_run(size_t count, int (*work)(void *arg), void *arg);
