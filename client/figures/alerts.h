/* What in a plan asks for somebody: late, soon due, silent, blocked. Pure readings of a book. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* A date that was missed or comes: an action's deadline, or the day that a share set itself. */
struct alert {
    const struct book_entry *action;
    const struct book_entry *deadline; /* NULL: the share's own `due` */
    const struct book_entry *share;    /* NULL: all of the action */
    int32_t day;
};

/* A party of which nothing was heard. */
struct alert_silence {
    const struct book_entry *party;
    int32_t last; /* the day of its latest change or note; DATE_NONE: never */
};

/* What is late as of `today`: of each action not done its longest past deadline, and shares past
 * their own day; oldest first, *count_r of them in the arena. NULL at its limit. */
const struct alert *alerts_late(const struct book *book, const struct book_entry *plan,
    int32_t today, struct arena *arena, size_t *count_r);

/* What is due from `today` to `today + days`, both included, nearest first. As above. */
const struct alert *alerts_due(const struct book *book, const struct book_entry *plan,
    int32_t today, int32_t days, struct arena *arena, size_t *count_r);

/* Who holds a share and has changed or noted nothing for more than `days` days as of `today`,
 * longest first. A share that whoever made the plan created says nothing of its party. As above. */
const struct alert_silence *alerts_silent(const struct book *book, const struct book_entry *plan,
    int32_t today, int32_t days, struct arena *arena, size_t *count_r);

/* The blocked shares, in the plan's order. As above. */
const struct book_entry *const *alerts_blocked(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r);

/* The parties that hold a share in the plan, in the book's order. As above. */
const struct book_entry *const *alerts_parties(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r);
