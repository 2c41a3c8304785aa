#pragma once

#include "schedule.h"
#include "schedule_words.h"

/* Private to schedule*.c: reading one deadline that is a stretch of tokens. */

/* Reads all tokens from the cursor to its end as one bare deadline, without a label of its own,
 * into *out, whose label is untouched. Returns false, with mode SCHEDULE_UNSET, when it is not one.
 */
bool schedule_part_bare(const struct schedule_cursor *c, struct schedule *out);

/* The same, with a label in prose before or after it allowed. A label found is put after the one
 * that *out already has ("Comité : Dépôt"). */
bool schedule_part_prose(const struct schedule_cursor *c, struct schedule *out);

/* Finds the label before the last colon that ends one; its tokens are c->at up to *colon_r. Returns
 * false when there is none. */
bool schedule_part_label(const struct schedule_cursor *c, size_t *colon_r);

/* Puts the source text of the tokens, without bullets, into out->label, after the label that is
 * there and " : ". Returns false, changing nothing, when it does not fit. */
bool schedule_part_add_label(const struct schedule_cursor *tokens, struct schedule *out);

/* Takes bullets off the start, and stops, commas and colons off the end. */
void schedule_part_trim(struct schedule_cursor *c);

/* Makes *out an unset schedule with that borrowed text. */
void schedule_part_clear(const char *text, size_t length, struct schedule *out);

/* The same with the source of the tokens as its text. */
void schedule_part_text(const struct schedule_cursor *tokens, struct schedule *out);

/* Whether the bare deadline is nothing but a count ("4", "4 à 6"), which says little in a list. */
bool schedule_part_is_count(const struct schedule_cursor *c);
