/*
 * Money of projects, worked out and never stored: planned is the sum of budget lines, funded the sum
 * granted, gap = planned − funded, an envelope's room = amount − granted. Pure readings of a book;
 * every amount is in cents of Canadian dollars.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

/* What projects add up to. A dropped project is counted in `dropped` and adds nothing more. */
struct money_sum {
    int64_t planned, actual; /* of budget lines */
    int64_t funded;          /* granted */
    int64_t asked;           /* requested or awaited, not answered yet */
    int64_t needed;          /* not asked for yet */
    size_t projects, dropped;
    size_t lines, without_actual; /* budget lines; of them, those that say nothing of `actual` */
    size_t requests;              /* of any status */
    size_t asked_unsaid;          /* asked without an amount: they add nothing to `asked` */
    size_t needed_unsaid;         /* likewise of `needed` */
    size_t refused;               /* requests that add to nothing */
};

/* planned − funded: below zero when more was granted than planned. */
int64_t money_gap(const struct money_sum *sum);

/* Adds the project's budget lines and requests. */
void money_add(const struct book *book, const struct book_entry *project, struct money_sum *sum);

/* Adds all that another holds. */
void money_sum_merge(struct money_sum *sum, const struct money_sum *other);

enum money_by {
    MONEY_BY_PROJECT,
    MONEY_BY_TERRITORY, /* the project's own; NULL: none, all of the region */
    MONEY_BY_THEME      /* the thematic committee of money_theme; NULL: none */
};

struct money_group {
    const struct book_entry *of;
    struct money_sum sum;
};

/* The thematic committee whose theme the project is of: its owner or else, in the book's order, the
 * first that has a share of its action. NULL: none. */
const struct book_entry *money_theme(const struct book *book, const struct book_entry *project);

/* Each project, territory or theme that has projects, in the book's order, the group without one
 * last; *count_r of them in the arena. NULL at its limit. */
const struct money_group *money_groups(
    const struct book *book, enum money_by by, struct arena *arena, size_t *count_r);

/* The requests of a project (NULL: all) in the order of their way: needed, requested, awaiting,
 * granted, refused; *count_r of them in the arena. NULL at its limit. */
const struct book_entry *const *money_requests(const struct book *book,
    const struct book_entry *project, struct arena *arena, size_t *count_r);

/* The day by which a request is to be answered: decision_on, else the latest of its dated deadlines
 * that are not met; DATE_NONE: not said. */
int32_t money_answer_by(const struct book *book, const struct book_entry *request);

/* True for a request asked for whose answer was to come before `today`. */
bool money_late(const struct book *book, const struct book_entry *request, int32_t today);

/* True for a need (not asked for yet) that names no envelope, of a project not dropped. */
bool money_homeless(const struct book *book, const struct book_entry *request);

struct money_envelope {
    const struct book_entry *entry;
    int64_t amount, granted, asked, room; /* room may be below zero */
    size_t asked_unsaid;                  /* asked of it without an amount */
    int32_t closes; /* the last day to ask: apply_by, else ends_on; DATE_NONE: not said */
};

/* An envelope and what was granted and asked of it. */
struct money_envelope money_envelope(const struct book *book, const struct book_entry *envelope);

/* True when the envelope can still be asked on `today` and closes at most `days` days later. */
bool money_closing(const struct money_envelope *envelope, int32_t today, int32_t days);

/* What does not add up. `promised` and `found` are the two figures of each rule, in cents. */
enum money_rule {
    MONEY_OVER_GRANTED,    /* an envelope: its amount, and more granted */
    MONEY_OVER_SPENT,      /* a budget line: planned, and more spent */
    MONEY_OVER_FUNDED,     /* a project: planned, and more granted */
    MONEY_SPENT_UNGRANTED, /* a project that has asked: granted, and more spent */
    MONEY_MORE_THAN_ASKED, /* a request: asked, and more granted */
    MONEY_NOT_SOUGHT,      /* a project: planned, and less granted, asked and needed together */
    MONEY_NO_ENVELOPE      /* a need: its amount (0: not said), and no envelope (0) */
};

struct money_finding {
    enum money_rule rule;
    const struct book_entry *entry;
    int64_t promised, found;
};

/* All that does not add up: envelopes, then project by project; dropped projects are left alone.
 * *count_r of them in the arena; NULL at its limit. */
const struct money_finding *money_findings(
    const struct book *book, struct arena *arena, size_t *count_r);
