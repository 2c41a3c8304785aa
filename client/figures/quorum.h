/*
 * Who was at a meeting, seat by seat, and whether enough were there at each item: arrivals and
 * departures count. Only members' seats make a quorum; where a committee has no seats recorded, the
 * parties that were there do. Pure readings of a book.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* A line of the list of who was there. */
struct quorum_line {
    const struct book_entry *seat;       /* a membership; NULL: somebody without a seat here */
    const struct book_entry *attendance; /* NULL: nothing recorded */
    bool vacant;
    bool counts; /* towards the quorum */
};

/* What a quorum is made of at one moment of the meeting. */
struct quorum {
    size_t present;
    int needed; /* the committee's; -1: it has set none */
    bool known; /* some attendance is recorded */
    bool reached;
};

/* The committee's seats on the day of the meeting, then those who came without one; *count_r of
 * them in the arena. `persons` as seats_list. NULL at the arena's limit. */
const struct quorum_line *quorum_lines(const struct book *book, const struct book_entry *meeting,
    bool persons, struct arena *arena, size_t *count_r);

/* The quorum at that item of the meeting's agenda; NULL: at the opening, before the first item. */
struct quorum quorum_at(const struct book *book, const struct book_entry *meeting,
    const struct quorum_line *lines, size_t count, const struct book_entry *item);
