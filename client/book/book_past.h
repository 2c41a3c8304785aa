/*
 * The plan as it was: books made by replaying the log's changes, and who changed what between two
 * of them. Pure: the changes are handed in, the oldest first, as desk_log gives them.
 */
#pragma once

#include "book/book.h"
#include "protocol.pb-c.h"

/* Borrowed changes of the log, the oldest first. Some may be absent: those that their reader may
 * not see. */
struct book_past {
    const Concert__Change *const *changes;
    size_t count;
};

/* The book as of the change `seq`, indexed. What a change emptied, or what was erased from it, is
 * absent. `now` (may be NULL) tells handles and owners, which the log does not hold; a record that
 * is gone from it has the handle "–". NULL when memory is out. Free with book_free. */
struct book *book_past_make(const struct book_past *past, uint64_t seq, const struct book *now);

/* The last change committed on `day` or before, by the clock of date_of_time; NULL: none is as
 * early. Borrowed. */
const Concert__Change *book_past_on(const struct book_past *past, int32_t day);

/* The change `seq`, or the last before it; NULL: none. Borrowed. */
const Concert__Change *book_past_at(const struct book_past *past, uint64_t seq);

/* The newest change after `after` and up to `upto` that touched the record's `field` (NULL: any),
 * or removed the record; NULL: none. Borrowed. */
const Concert__Change *book_past_touch(const struct book_past *past, uint64_t after, uint64_t upto,
    const uint8_t id[UUID_SIZE], const char *field);

/* The change that made the record; NULL: not among them. Borrowed. */
const Concert__Change *book_past_creation(
    const struct book_past *past, const uint8_t id[UUID_SIZE]);
