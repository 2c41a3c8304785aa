/*
 * Progress over a book: an action's, an objective's with its sub-objectives, a plan's, a party's, a
 * territory's, as of a day. The arithmetic is rollup's; here is what it is fed with, and how each
 * figure is explained.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "rollup.h"

/* What a figure is over. `of` is an action, objective, plan, party, territory or share; NULL: all.
 */
struct tally_scope {
    const struct book_entry *of;
    const struct book_entry *party; /* this party's shares alone; NULL: everybody's */
    const struct book_entry *plan; /* of a party's or a territory's: this plan's alone; NULL: all */
};

struct tally {
    struct rollup rollup;
    enum rollup_status status;
    size_t actions; /* how many in scope that hold a share, or all without `party` */
    size_t statuses[ROLLUP_NOTHING + 1]; /* of them, by status */
    size_t without;                      /* of them, actions without any share */
    size_t continuous, stale;            /* of them */
};

/* Why a share is in or out of a percentage. */
enum tally_why {
    TALLY_COUNTED,
    TALLY_DROPPED,
    TALLY_NOT_APPLICABLE,
    TALLY_OUTSIDE, /* its action is continuous or as needed */
    TALLY_NO_SHARE /* an action that nobody has a share of */
};

/* One share's place in the arithmetic: points = percent × weight. */
struct tally_line {
    const struct book_entry *action, *share; /* share NULL with TALLY_NO_SHARE */
    uint32_t percent, share_weight, action_weight;
    uint64_t weight, points;
    enum tally_why why;
};

/* Adds up the scope as of `today`; scratch memory from the arena. False when it is at its limit. */
bool tally_sum(const struct book *book, const struct tally_scope *scope, int32_t today,
    struct arena *arena, struct tally *tally_r);

/* The actions of the scope in the plan's order, those where `party` has no share left out, *count_r
 * of them in the arena. NULL at its limit. */
const struct book_entry *const *tally_actions(
    const struct book *book, const struct tally_scope *scope, struct arena *arena, size_t *count_r);

/* Every share of the scope and its place in the sum; *count_r of them in the arena. NULL at its
 * limit. */
const struct tally_line *tally_lines(
    const struct book *book, const struct tally_scope *scope, struct arena *arena, size_t *count_r);

/* The day of the newest change or note of an action or its shares; DATE_NONE: none. */
int32_t tally_last(const struct book *book, const struct book_entry *action);

/* What a percentage counts and leaves out: "18 of 25 shares, 2 dropped". Arena memory. */
const char *tally_coverage(const struct rollup *rollup, struct arena *arena);

/* The percentage with what it counts: "62%: 18 of 25 shares, 2 dropped". Arena memory. */
const char *tally_figure(const struct rollup *rollup, struct arena *arena);

/* The status for people, in the language of gettext. Static memory. */
const char *tally_status(enum rollup_status status);

/* The status for programs: "under_way"; NULL when nothing counts. Static memory. */
const char *tally_status_name(enum rollup_status status);
