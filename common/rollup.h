/*
 * Progress, worked out and never stored. Pure functions of numbers: who holds the records hands them
 * in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "records.pb-c.h"

enum rollup_status {
    ROLLUP_NOT_STARTED,
    ROLLUP_UNDER_WAY,
    ROLLUP_BLOCKED,
    ROLLUP_LATE,
    ROLLUP_DONE,
    ROLLUP_NOTHING /* nothing that counts */
};

struct rollup_share {
    Concert__Share__Status status;
    uint32_t percent;
    uint32_t weight;
};

struct rollup_deadline {
    Concert__Deadline__Mode mode; /* 0: could not be read */
    int32_t latest;               /* DATE_NONE: none */
    bool met;
};

/* A weighted mean in the making: numerator and denominator are kept apart, so that an objective's,
 * a party's or a territory's is the same over all its shares. */
struct rollup {
    uint64_t points; /* sum of percent × weight */
    uint64_t weight; /* sum of weights that count */
    size_t counted, done, under_way, blocked, not_started, suspended;
    size_t dropped, not_applicable; /* left out */
    size_t outside; /* shares of continuous and as-needed actions: left out of percentages */
};

/* Adds one share, its weight multiplied by its action's. */
void rollup_add(struct rollup *rollup, const struct rollup_share *share, uint32_t action_weight);

/* Adds one that does not count, because its action is continuous or as needed. */
void rollup_add_outside(struct rollup *rollup, const struct rollup_share *share);

/* Adds all that another holds. */
void rollup_merge(struct rollup *rollup, const struct rollup *other);

/* The mean, rounded half up, 0 to 100; -1 when nothing counts. 100 only when all that counts is
 * done. */
int rollup_percent(const struct rollup *rollup);

/* An action's status from its shares and deadlines as of `today`. */
enum rollup_status rollup_action_status(const struct rollup_share *shares, size_t n_shares,
    const struct rollup_deadline *deadlines, size_t n_deadlines, int32_t today);

/* True when no deadline dates the action and one is continuous or as needed: it is never late and
 * stays out of percentages. */
bool rollup_is_continuous(const struct rollup_deadline *deadlines, size_t n_deadlines);

/* True when a continuous or as-needed action has had no note or change for six months (`last`: the
 * day of the newest; DATE_NONE: never). */
bool rollup_is_stale(int32_t last, int32_t today);
