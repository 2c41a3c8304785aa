/*
 * The meetings that are promised against those that are held or planned: what each committee is to
 * hold in a year (its meetings_min and meetings_max), what actions' deadlines promise besides ("4
 * rencontres par année", or days under a label such as "Rencontres régionales"), and the
 * coordination meetings that no support meeting prepares. Pure readings of a book.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* One promise, or with min -1 a committee that meets though no number is promised. */
struct meetings_count {
    const struct book_entry *party;
    const struct book_entry *action;   /* whose deadline promises it; NULL: the committee itself */
    const struct book_entry *deadline; /* the first of those that promise it; NULL as above */
    bool own; /* counted: the committee's own meetings; else what it opens to others, for `action`
               */
    size_t held, planned, cancelled; /* of the year; a planned one whose day has passed counts as
                                        planned */
    int min, max;                    /* a year; both -1: nothing is promised */
};

/* All promises of the days `from` to `until`, both included, committee by committee in the book's
 * order; *count_r of them in the arena. An action's promise that only repeats its committee's own
 * is left out. NULL at the arena's limit. */
const struct meetings_count *meetings_count_all(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r);

/* How many more meetings are needed to reach the least promised; 0: enough. */
size_t meetings_count_lacking(const struct meetings_count *count);

/* True when there are more than the most promised. */
bool meetings_count_exceeds(const struct meetings_count *count);

/* The coordination committees' own meetings of these days, not cancelled, that no support meeting
 * prepares; *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *meetings_count_unprepared(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r);

/* A day that an action's deadlines set for a meeting. */
struct meetings_day {
    const struct book_entry *party, *action, *deadline;
    const struct book_entry *meeting; /* held or planned within its days; NULL: none yet */
};

/* The dated deadlines of these days that are of meetings, with the meeting that keeps each, by day;
 * *count_r of them in the arena. NULL at its limit. */
const struct meetings_day *meetings_count_days(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r);
