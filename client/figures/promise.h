/* How many times a year something is promised, read from any words: a title as well as a deadline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Finds a number of times a year within a text, in French or English: "Publier quatre (4) fois par
 * année le bulletin" is 4 to 4, "Tenir par année 2 rencontres" 2 to 2. False when it promises none.
 * The words are read by common/schedule. */
bool promise_times(const char *text, int *min_r, int *max_r);

/* How many words that say what it is about two texts have in common, accents, case and plurals
 * alike: numbers, small words and words of time do not count. */
size_t promise_common(const char *one, const char *other);
