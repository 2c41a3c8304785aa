/* The minutes of a meeting drawn as a page: who was there, what was said and decided, with or
 * without a quorum, what is to be done, and where the minutes stand. */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "command.h"

/* Adds to the report the sheets "attendance", "items", "earlier_follow_ups" and "new_follow_ups",
 * and for people the sentences between them. False when memory is out. */
bool minutes_draw(struct context *context, const struct book_entry *meeting, struct arena *arena);
