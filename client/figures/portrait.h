/*
 * A portrait: an indicator's figures by place and dimension, in one period. Totals are worked out
 * anew from what they are the total of, never averaged: counts are added, rates are the sum of
 * numerators over that of denominators, and what cannot be added (months of waiting, percentages
 * without their parts) has no total. Pure; values in thousandths (kinds.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

#define PORTRAIT_FEW INT64_C(5000) /* counts below 5 may point at somebody */

/* A territory, or with `entry` NULL another region, by its name. */
struct portrait_place {
    const struct book_entry *entry;
    const char *name;
};

struct portrait_cell {
    size_t count; /* figures in it; 0: nothing is known */
    int64_t value, numerator, denominator;
    bool rate;   /* numerator over denominator; else value */
    bool mixed;  /* rates and values, or values that cannot be added: no figure */
    bool hidden; /* not to leave the region */
};

/* What a total says, and the sum of its parts, where the two differ. */
struct portrait_difference {
    const char *place;
    const char *row; /* which parts: "" for all */
    int64_t given, parts;
};

struct portrait_period {
    int32_t start, end;
};

/* A table: cells[row * (n_places + 1) + place]; the last place is the region, the last row is all
 * rows together. Other regions come behind the territories and are not in the region. */
struct portrait {
    const struct book_entry *indicator;
    struct portrait_period period;
    const char *dimension; /* by which; NULL: by all of them */
    const char *const *rows;
    size_t n_rows; /* without the row of all; 0: the indicator has no dimension */
    const struct portrait_place *places;
    size_t n_places, n_territories;
    struct portrait_cell *cells;
    const struct portrait_difference *differences;
    size_t n_differences;
    bool additive; /* its unit can be added */
};

/* The periods that an indicator has figures of, the newest first, *count_r in the arena. NULL at
 * its limit. */
const struct portrait_period *portrait_periods(const struct book *book,
    const struct book_entry *indicator, struct arena *arena, size_t *count_r);

/* The table of a period, by all dimensions, or with `dimension` < the number of the indicator's by
 * that one alone (the others added up); SIZE_MAX: all. A dimension value such as "total" is what a
 * source gives as the total: it is not a part, but compared with their sum. With `leaving` counts
 * under 5 are hidden, and as many more as it takes for none to be worked out again from a total.
 * False at the arena's limit. */
bool portrait_make(const struct book *book, const struct book_entry *indicator,
    struct portrait_period period, size_t dimension, bool leaving, struct arena *arena,
    struct portrait *portrait_r);

/* Marks what does not leave the region: counts under 5, and as many more, totals too, as it takes
 * for none to be worked out again. */
void portrait_hide(struct portrait *portrait);

/* The cell of that row and place; `n_rows` is all rows, `n_places` the region. */
const struct portrait_cell *portrait_at(const struct portrait *portrait, size_t row, size_t place);

/* The cell's figure in thousandths of the unit (a rate with a unit of "%" is out of a hundred).
 * False when it has none, or is hidden. */
bool portrait_value(
    const struct portrait *portrait, const struct portrait_cell *cell, int64_t *value_r);

/* True for a dimension's value that stands for all of them: "total", "ensemble", "tous". */
bool portrait_is_total(const char *value);
