/*
 * What differs between two states of one plan: wording, deadlines, responsibilities, weights,
 * progress, what was added and dropped. Pure, from two books.
 */
#pragma once

#include "arena.h"
#include "book/book.h"

/* A state of the plan, and the day by which its deadlines are read. */
struct diff_side {
    const struct book *book;
    int32_t today;
};

enum diff_what { DIFF_CHANGED, DIFF_ADDED, DIFF_DROPPED };

#define DIFF_NOTHING (-1) /* a percentage of nothing that counts */

/* One difference. */
struct diff_row {
    const struct book_entry *subject; /* the plan, objective or action; as it was when dropped */
    enum diff_what what;
    const struct book_entry *before, *after; /* the record that differs; NULL where it is not */
    const ProtobufCFieldDescriptor *field;   /* of it; NULL: the record as a whole, or progress */
    bool progress;                           /* of the subject: */
    int from, to;                            /* its percentage, or DIFF_NOTHING */
};

/* What leads from `before` to `after` of that plan, in the plan's order; *count_r rows in the
 * arena. NULL at its limit. */
const struct diff_row *diff_plans(const struct diff_side *before, const struct diff_side *after,
    const uint8_t plan[UUID_SIZE], struct arena *arena, size_t *count_r);
