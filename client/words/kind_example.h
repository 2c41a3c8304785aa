/* A command that makes a record of a kind, for help. */
#pragma once

#include "arena.h"
#include "kinds.h"

/* "concert add budget-line P1 label=… planned=2000": what such a record must have, but for what the
 * program gives by itself. Arena memory; NULL when nobody makes one by typing its fields. */
const char *kind_example(const struct kind *kind, const char *language, struct arena *arena);
