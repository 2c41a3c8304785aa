/*
 * The inventory of partners' interventions (3.1.2): who does what where, and where nobody does.
 * Where an intervention is: place.h. Pure readings of a book.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "figures/cross.h"

enum inventory_by {
    INVENTORY_BY_THEME,
    INVENTORY_BY_CLIENTELE,
    INVENTORY_BY_TYPE,
    INVENTORY_BY_PARTY,
    INVENTORY_BY_MEETING /* where it was recorded; unset: between meetings */
};

/* Which interventions are asked for; NULL and 0 ask nothing. */
struct inventory_filter {
    const char *theme, *clientele; /* words of it (topic.h) */
    const struct book_entry *territory, *party, *meeting;
    int64_t type; /* enum Intervention.Type */
    int32_t
        today; /* what is over on that day is left out: ended before it, or ended without a day */
    bool all;  /* nothing is left out for being over */
};

struct inventory {
    const struct book_entry *const *entries; /* in the book's order */
    size_t count;
    size_t planned; /* of them, not begun yet */
    size_t over;    /* left out, being over */
};

/* Nothing is recorded of the row in these territories. */
struct inventory_gap {
    struct cross_key row;
    const char **territories; /* their names */
    size_t count;
};

/* The interventions asked for; lists in the arena. False at its limit. */
bool inventory_list(const struct book *book, const struct inventory_filter *filter,
    struct arena *arena, struct inventory *inventory_r);

/* They by the asked key and by territory: the rows are all that are known of (each type; each theme
 * or clientele that any record names, of those asked for; with a party or a meeting those found
 * alone), the columns all territories or the one asked for. `language` is that of types. NULL at
 * the arena's limit. */
struct cross *inventory_cross(const struct book *book, const struct inventory *inventory,
    const struct inventory_filter *filter, enum inventory_by by, const char *language,
    struct arena *arena);

/* The rows that lack something somewhere; *count_r of them in the arena. What is told for the whole
 * region (the unset column) fills no territory's gap. NULL at the arena's limit. */
const struct inventory_gap *inventory_gaps(
    const struct cross *cross, struct arena *arena, size_t *count_r);
