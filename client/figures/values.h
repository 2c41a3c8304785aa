/*
 * Strategic plans analysed for the values of the citizens' declaration (plan_review), with a yearly
 * balance. A party stands where its latest analysis of the period puts it. Pure readings of a book.
 */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "figures/year.h"

enum values_level { VALUES_UNSAID, VALUES_NONE, VALUES_PARTLY, VALUES_FULLY, VALUES_LEVELS };

/* Parties of one period by where they stand. */
struct values_balance {
    size_t parties[VALUES_LEVELS];
    size_t analysed;  /* parties in all */
    size_t documents; /* analyses in all */
};

/* One party's analyses until the day asked for. */
struct values_party {
    const struct book_entry *party;
    const struct book_entry *latest; /* its newest analysis; NULL: never analysed */
    size_t documents;
    enum values_level level, before; /* now, and by the end of the year before */
};

struct values {
    struct year year;
    struct values_balance now, last,
        ever;                           /* the year until the day, the one before, all until it */
    size_t undated;                     /* analyses without a day: in `ever` alone */
    const struct values_party *parties; /* those analysed, and partners never so; by the book */
    size_t count, never;
};

/* The balance as of `day`, which the year holds. Lists in the arena; false at its limit. */
bool values_read(const struct book *book, struct year year, int32_t day, struct arena *arena,
    struct values *values_r);
