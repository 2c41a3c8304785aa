/* The names that a mistyped one may stand for. */
#pragma once

#include "admin/erase_internal.h"

/* Says on stderr that nothing held tells the name, with at most five that are near it among those
 * that the region's records tell today (a third of the letters wrong, or a word in common), and
 * prints what erase_tell_aside does. Returns the exit code. */
int erase_near_say(struct erasing *e, const char *name);
