/* The meetings of committees: when, in which order, and which of them prepares which. Pure readings
 * of a book. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* Which meetings are asked for; zeroes but for the days: all of them. */
struct meetings_scope {
    const struct book_entry *party; /* whose; NULL: everybody's */
    int32_t from, until;            /* days, both included; DATE_NONE: no bound */
};

/* The day of its beginning; DATE_NONE when it has none yet. */
int32_t meetings_day(const struct book_entry *meeting);

/* The same, or INT32_MAX when it has none yet: for who will sit then. */
int32_t meetings_day_or_end(const struct book_entry *meeting);

/* Planned unless it says otherwise. */
Concert__Meeting__Status meetings_status(const struct book_entry *meeting);

/* The same as records.proto names it. Static memory. */
const char *meetings_status_name(const struct book_entry *meeting);

/* True for a meeting of the committee itself, regular or a planning day; false for what it opens to
 * others: thematic meetings, training, conferences, events. */
bool meetings_is_own(const struct book_entry *meeting);

/* The meetings of the scope by day and hour, those without a day last (left out where there is a
 * bound); *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *meetings_list(const struct book *book,
    const struct meetings_scope *scope, struct arena *arena, size_t *count_r);

/* The first planned meeting of the party on `today` or after; NULL: none. */
const struct book_entry *meetings_next(
    const struct book *book, const struct book_entry *party, int32_t today);

/* True when `earlier` is a meeting of the same party that begins before `later`; one without a day
 * is before none. */
bool meetings_precedes(
    const struct book *book, const struct book_entry *earlier, const struct book_entry *later);

/* The meeting, neither cancelled nor later than it, that says it prepares this one; NULL: none. */
const struct book_entry *meetings_preparation(
    const struct book *book, const struct book_entry *meeting);
