/* An entry's deadlines, as written and as dates. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "rollup.h"

/* The deadlines of a record, for rollup: *count_r of them in the arena. NULL at its limit or when
 * none. */
const struct rollup_deadline *due_read(const struct book *book, const struct book_entry *subject,
    struct arena *arena, size_t *count_r);

/* All deadlines of a record as written, joined with "; ", each behind its label. "" when none.
 * Arena memory. */
const char *due_text(
    const struct book *book, const struct book_entry *subject, struct arena *arena);

/* One deadline as written, behind its label. Arena memory. */
const char *due_one(const struct book_entry *deadline, struct arena *arena);

/* The longest past of the dated deadlines that are not met: its `latest` is before `today`. NULL:
 * none. */
const struct book_entry *due_late(
    const struct book *book, const struct book_entry *subject, int32_t today);

/* The next of the dated deadlines that are not met: its `latest` is `today` or after. NULL: none.
 */
const struct book_entry *due_next(
    const struct book *book, const struct book_entry *subject, int32_t today);
