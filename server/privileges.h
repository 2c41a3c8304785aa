/* What the daemon may do beside its work: as little as the system lets it give up. */
#pragma once

#include <stdbool.h>

/* Once, after the files that only root may read were read, before there are children. When root has
 * started the process and `user` (a name; "": nobody) is given, it becomes that user, with that
 * user's groups, and cannot come back. In any case: no new privileges by exec, no capabilities
 * (root without `user` keeps those by which root reads and enters others' folders, and the log
 * warns), no core dumps and no debugger of the same user: the key is in memory. False with *why_r,
 * a static English text, when something that was asked for cannot be done. */
bool privileges_drop(const char *user, const char **why_r);
