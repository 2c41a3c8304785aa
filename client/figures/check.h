/*
 * The check: what the plan promises against what is recorded. One row per rule; each finding names
 * the record, the rule, what was promised and what was found. Pure readings of a book.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"

struct check;

/* A rule. `sentence` is what should hold, a text of N_(). */
struct check_rule {
    const char *name; /* for programs: "no_deadline" */
    const char *sentence;
    void (*find)(struct check *check);
};

/* What does not hold. `promised` and `found` are words in the language of gettext. */
struct check_finding {
    const struct check_rule *rule;
    const struct book_entry *record;
    const char *promised, *found;
};

/* What is looked at. */
struct check_scope {
    const struct book_entry *plan; /* whose year counts meetings; NULL: no plan, nothing of it */
    const char *language;          /* of amounts: "fr" or "en" */
    int32_t today;
    int32_t stale; /* after how many days a share that nobody touched is one */
};

/* The table of rules, in the order in which findings come. */
extern const struct check_rule check_rules[];
extern const size_t check_rules_count;

/* Runs all rules, or the one of that name (NULL: all). The findings by rule, then in the book's
 * order, *count_r of them in the arena; NULL at its limit. */
const struct check_finding *check_run(const struct book *book, const struct check_scope *scope,
    const char *only, struct arena *arena, size_t *count_r);

/* The rule of that name, dashes and underscores alike; NULL: none. */
const struct check_rule *check_rule_find(const char *name);
