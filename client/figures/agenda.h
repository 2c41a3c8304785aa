/*
 * The agenda of a meeting: its items by rank, and what comes on it by itself: minutes of earlier
 * meetings still to be adopted, follow-ups that are not done, and, on the next meeting of a
 * coordination committee, the shares that are blocked. What comes by itself is worked out, never
 * stored: it leaves when it is settled. Pure readings of a book.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

enum agenda_source { AGENDA_ITEM, AGENDA_MINUTES, AGENDA_FOLLOW_UP, AGENDA_BLOCKED };

struct agenda_line {
    enum agenda_source source;
    const struct book_entry *entry; /* agenda_item, meeting, follow_up or share */
    int32_t late;                   /* days past the follow-up's `until`; 0: not late */
};

/* The lines by source, in the order of enum agenda_source: items by rank, meetings by day,
 * follow-ups by `until` (without one last), shares in the book's order; *count_r of them in the
 * arena. Late as of `today`, or of the day of a meeting that is past. NULL at the arena's limit. */
const struct agenda_line *agenda_lines(const struct book *book, const struct book_entry *meeting,
    int32_t today, struct arena *arena, size_t *count_r);

/* The items of a meeting by rank; *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *agenda_items(const struct book *book,
    const struct book_entry *meeting, struct arena *arena, size_t *count_r);

/* The meeting that a follow-up comes from; NULL when it is gone. */
const struct book_entry *agenda_origin(const struct book *book, const struct book_entry *follow_up);
