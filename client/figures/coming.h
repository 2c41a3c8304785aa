/* What is coming and what is late, of every kind that has a day: deadlines as written, the days
 * that shares set themselves, follow-ups, answers awaited, meetings. Pure readings of a book. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* One day that somebody should keep in mind. */
struct coming {
    const struct book_entry *record; /* what it is about: an action, a share, a follow-up… */
    const struct book_entry *source; /* the record that has the day: a deadline, or `record` */
    const char *what;                /* N_(): "deadline", "meeting"…; for people */
    int32_t day;
    bool late; /* it has passed, and is not kept */
};

struct coming_scope {
    const uint8_t (*parties)[UUID_SIZE]; /* whose alone: owner, share, resource or named; */
    size_t n_parties;                    /* 0: everybody's */
    int32_t today, until;                /* late before today; coming from today to until */
};

/* All of them by day, the longest past first, *count_r in the arena. NULL at its limit. What is
 * done, dropped, met, answered or cancelled is left out. */
const struct coming *coming_list(const struct book *book, const struct coming_scope *scope,
    struct arena *arena, size_t *count_r);
