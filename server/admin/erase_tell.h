/* What erase says on stdout of what it found and did. */
#pragma once

#include "admin/erase_internal.h"
#include "admin/erase_log.h"

/* The plan's records, a line each. */
void erase_tell_plan(const struct erase_plan *plan);

/* How many records were changed, and how many changes of the log were written over. */
void erase_tell_done(size_t records, unsigned long long changes);

/* The records whose words people have to edit; nothing when there are none. */
void erase_tell_left(const struct erase_log *log);

/* Which schemas `restore --aside` has left of this region, which are as they were, and how they are
 * dropped; nothing when there are none. */
void erase_tell_aside(struct erasing *e);
