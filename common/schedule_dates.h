#pragma once

#include "schedule.h"
#include "schedule_words.h"

/* Private to schedule*.c: dates, alone or as the two ends of a span. */

/* Reads a date or a span at the cursor, with the prepositions before it, into the mode, precision
 * and dates of *out, and steps over it. *told_r says whether a preposition of time ("en", "in")
 * stood before it; it may be NULL. Returns false, staying and touching nothing, when there is none.
 */
bool schedule_dates_read(struct schedule_cursor *c, struct schedule *out, bool *told_r);

/* Whether the token is a number that may be a year. */
bool schedule_dates_is_year(const struct schedule_token *token);
