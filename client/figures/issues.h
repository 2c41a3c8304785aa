/* The bulletin's issues and the articles that committees offer for them. Pure readings of a book.
 */
#pragma once

#include "arena.h"
#include "book/book.h"
#include "figures/cross.h"
#include "figures/year.h"

/* The issues (publications of type bulletin) of the year: those published in it, and those not
 * published yet; *count_r of them in the arena, in the order of publication. NULL at its limit. */
const struct book_entry *const *issues_of(
    const struct book *book, struct year year, struct arena *arena, size_t *count_r);

/* The issue published last, on `today` or before; NULL: none. */
const struct book_entry *issues_last(const struct book *book, int32_t today);

/* The issue that comes next: in preparation before planned, the first by handle; NULL: none. */
const struct book_entry *issues_next(const struct book *book);

/* The articles of the issue, or with NULL those that name none; in order, *count_r of them in the
 * arena. NULL at its limit. */
const struct book_entry *const *issues_articles(
    const struct book *book, const struct book_entry *issue, struct arena *arena, size_t *count_r);

/* Where the article stands: enum Article.Status; absent is offered. */
int64_t issues_status(const struct book_entry *article);

/* The articles of these issues and those of none, by issue (its handle; unset: of no issue yet) and
 * by status (its name in records.proto, its word in `language`). NULL at the arena's limit. */
struct cross *issues_cross(const struct book *book, const struct book_entry *const *issues,
    size_t count, const char *language, struct arena *arena);
