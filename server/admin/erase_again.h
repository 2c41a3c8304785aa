/* Erasing again what STATE/erasures lists, in a database that was restored from a backup made
 * before: `concertd erase --again`, and the end of `concertd restore`. */
#pragma once

#include "admin/admin.h"

/* Does so for admin's region; says in sentences what was done. Returns the exit code: 0 also when
 * there is nothing to erase. The region's server may be running or not. */
int erase_again(struct admin *admin);
