/* A year of meetings drawn month by month, for people. */
#pragma once

#include "arena.h"
#include "command.h"

/* Draws the sheets "months": a row for each committee that meets from `from` to `until` and a
 * column for each month, twelve to a sheet, made for 80 columns; `only` this committee's, or with
 * NULL all.
 */
void months_draw(struct context *context, const struct book_entry *only, int32_t from,
    int32_t until, struct arena *arena);

/* A party as people say it in short: a local committee by its territory, others by their label.
 * Borrowed or in the book's arena. */
const char *months_party(const struct book *book, const struct book_entry *party);
