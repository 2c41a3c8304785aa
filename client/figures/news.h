/*
 * What changed since a day, and what comes: the matter of a bulletin. One table of sources says
 * which records are news, and of what. Pure readings of a book, and of the book as it was then.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"

enum news_section {
    NEWS_DONE,   /* ended, met, held since */
    NEWS_BEGUN,  /* begun or made known since */
    NEWS_SAID,   /* notes of the period */
    NEWS_ASKED,  /* blocked, proposed, wished for: as it stands */
    NEWS_COMING, /* deadlines and meetings ahead */
    NEWS_SECTIONS
};

struct news_item {
    enum news_section section;
    const struct book_entry *entry;
    int32_t day; /* of the event, or of the record's last change */
};

struct news_period {
    int32_t since;           /* what is after this day is news */
    int32_t today;           /* until it, included */
    int32_t ahead;           /* what comes, until this day included */
    const struct book *then; /* the book as it was at the end of `since`; NULL: not known, and what
                                was changed since counts as new */
};

/* The items by section, then by day and handle; *count_r of them in the arena. NULL at its limit.
 */
const struct news_item *news_collect(const struct book *book, const struct news_period *period,
    struct arena *arena, size_t *count_r);
