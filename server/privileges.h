/* What the daemon may do beside its work: as little as the system lets it give up. */
#pragma once

#include <stdbool.h>

#include "state.h"

/* Once, after the files that only root may read were read, before there are children. When root has
 * started the process and `user` (a name; "": nobody) is given, it becomes that user, with that
 * user's groups, and cannot come back. In any case: no new privileges by exec, no capabilities
 * (root without `user` keeps those by which root reads and enters others' folders, and the log
 * warns), no core dumps and no debugger of the same user: the key is in memory. False with *why_r,
 * a static English text, when something that was asked for cannot be done. */
bool privileges_drop(const char *user, const char **why_r);

/* Becomes that user for good, when root has started the process. NULL, or a static English text of
 * what does not work. */
const char *privileges_become(const char *user);

/* Gives a file or a folder to that user and their group, as root; there is nothing to do for any
 * other process, for root and for "". False with errno; EINVAL: there is no such user. */
bool privileges_give(const char *path, const char *user);

/* The same for a state folder and what it begins with: the server reads its settings and its
 * certificate again as that user. False with errno and *path_r, what could not be given. */
bool privileges_give_state(
    const char *folder, const struct state_paths *paths, const char *user, const char **path_r);

/* True for a file or a folder that others than its owner may write; links are followed. */
bool privileges_others_write(const char *path);
