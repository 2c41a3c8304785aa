/*
 * The milestones of a project or an action in time: phases, when each is to be done, how far it is,
 * which are late. Pure readings of a book; the arithmetic of progress is rollup's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "rollup.h"

struct timeline_item {
    const struct book_entry *entry; /* the milestone */
    Concert__Milestone__Status status;
    uint32_t percent;         /* 100 when done */
    int32_t earliest, latest; /* of all its dated deadlines; DATE_NONE: none is dated */
    bool late;                /* its latest day is past, not met, and it is not done or dropped */
};

/* Milestones of the same phase. */
struct timeline_phase {
    const char *name; /* NULL: those of no phase */
    const struct timeline_item *items;
    size_t count, late;
    struct rollup rollup;     /* each milestone weighs 1; done is 100; dropped ones do not count */
    int32_t earliest, latest; /* of its milestones; DATE_NONE: none is dated */
};

struct timeline {
    const struct timeline_phase *phases;
    size_t n_phases, items, late;
    struct rollup rollup;     /* over all milestones */
    int32_t earliest, latest; /* of the subject's own days and all milestones; DATE_NONE: none */
};

/* Reads a subject's milestones as of `today`, in order of rank; phases in the order of their first
 * milestone. In the arena; false at its limit. */
bool timeline_read(const struct book *book, const struct book_entry *subject, int32_t today,
    struct arena *arena, struct timeline *timeline_r);

/* The projects, then the actions, that have milestones, in the book's order; *count_r of them in
 * the arena. NULL at its limit. */
const struct book_entry *const *timeline_subjects(
    const struct book *book, struct arena *arena, size_t *count_r);

/* --- months as columns ----------------------------------------------------------------------- */

/* A row of cells, each of `months` months. */
struct timeline_scale {
    int first;    /* the first month: year × 12 + month − 1 */
    int months;   /* a cell's: 1, 3, 6 or 12 */
    size_t count; /* cells */
};

/* The finest scale that shows the days `from` to `to` in at most `room` cells, beginning with a
 * year's first month where cells hold several. No cells when a day is DATE_NONE. */
struct timeline_scale timeline_scale(int32_t from, int32_t to, size_t room);

/* The cell of a day, 0 to count − 1; -1 when it is before the first or behind the last, or
 * DATE_NONE. */
int timeline_cell(const struct timeline_scale *scale, int32_t day);

/* The cells that one of the milestone's dated deadlines touches: true in touched_r, of
 * scale->count. */
void timeline_touched(const struct book *book, const struct book_entry *milestone,
    const struct timeline_scale *scale, bool *touched_r);
