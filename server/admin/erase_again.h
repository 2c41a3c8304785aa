/* Erasing again what STATE/erasures lists, in a database that was restored from a backup made
 * before: `concertd erase --again`, and the end of `concertd restore`. */
#pragma once

#include "admin/admin.h"

/* Does so for admin's region; says in sentences what was done. Returns the exit code: 0 also when
 * there is nothing to erase. The region's server may be running or not. */
int erase_again(struct admin *admin);

/* The same through the owner's connection alone, in a region that is closed to servers and to the
 * role that they connect as. *stuck_r: it failed for the last coordinator alone, whom only a region
 * that is open can be given another for; all else is erased. */
int erase_again_closed(struct admin *admin, struct settings_region *region, bool *stuck_r);
