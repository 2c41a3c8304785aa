/* What the rules of the check share, and the rules themselves. Not for others than check.c and
 * check_*.c. */
#pragma once

#include "figures/check.h"

struct check {
    const struct book *book;
    const struct check_scope *scope;
    struct arena *arena;
    const struct check_rule *rule; /* the one that is looking */
    struct check_finding *findings;
    size_t count, room;
    int32_t from, until; /* the year of the plan that holds today: meetings are counted in it */
    bool full;
};

/* Adds a finding of the rule that is looking. Texts are borrowed: constants, or in the arena. */
void check_find_add(
    struct check *check, const struct book_entry *record, const char *promised, const char *found);

/* A text in the arena, in printf's format; "" when memory is out, which check_run then tells. */
const char *check_find_text(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "4", or "3 to 4". In the arena. */
const char *check_find_range(struct check *check, int64_t min, int64_t max);

/* False of what hangs on a closed plan, which nobody is asked to mend, and on a draft of the next
 * one, which promises nothing yet unless it is the plan that is checked. */
bool check_find_open(const struct check *check, const struct book_entry *entry);

/* --- check_plan.c: what a plan says of itself --- */

/* Actions without a resource and without a part: those find nobody. */
void check_plan_no_resource(struct check *check);

/* Actions without any deadline. */
void check_plan_no_deadline(struct check *check);

/* Deadlines whose words could not be read; promised: the words. */
void check_plan_unread(struct check *check);

/* Numbers that are missing between two of one parent. */
void check_plan_gap(struct check *check);

/* Actions of two plans about one thing, promised a different number of times a year. */
void check_plan_contradiction(struct check *check);

/* Actions with fewer or more dates than the title promises. */
void check_plan_dates(struct check *check);

/* Parts not over that nobody has changed or noted for scope->stale days. */
void check_plan_untouched(struct check *check);

/* --- check_meetings.c: promises of meetings and bulletins against the calendar --- */

/* Committees with fewer or more meetings in the year than they say. */
void check_meetings_party(struct check *check);

/* Coordination meetings of the year that no support meeting prepares. */
void check_meetings_prepared(struct check *check);

/* Actions' deadlines that promise so many meetings a year. */
void check_meetings_recurring(struct check *check);

/* Actions' dated deadlines of meetings without a meeting in their days. */
void check_meetings_by_date(struct check *check);

/* Actions that promise to publish so many times a year. */
void check_meetings_bulletins(struct check *check);

/* Meetings before today that are still planned. */
void check_meetings_past(struct check *check);

/* Minutes not adopted though the committee has met again. */
void check_meetings_minutes(struct check *check);

/* --- check_money.c: amounts that do not add up --- */

/* Budget lines spent above what was planned. */
void check_money_line(struct check *check);

/* Projects granted more than they plan. */
void check_money_project(struct check *check);

/* Envelopes that grant more than they hold. */
void check_money_envelope(struct check *check);

/* Projects that spend more than they were granted. */
void check_money_spent(struct check *check);

/* Requests granted more than they asked. */
void check_money_granted(struct check *check);

/* Projects that seek less than they plan. */
void check_money_sought(struct check *check);

/* Needs without an envelope. */
void check_money_no_envelope(struct check *check);

/* Requests without an amount, but those refused. */
void check_money_no_amount(struct check *check);

/* --- check_network.c: what grows old or lacks a word --- */

/* Directory entries never checked, or more than a year ago. */
void check_network_directory(struct check *check);

/* Contacts without a date of consent; only staff has contacts. */
void check_network_consent(struct check *check);

/* Training needs not met and without a meeting. */
void check_network_need(struct check *check);

/* Assessments that lack scores, and scores outside of their scale. */
void check_network_score(struct check *check);

/* Serious incidents that the Commission was not told of; only staff has them. */
void check_network_incident(struct check *check);

/* Figures of one indicator, place, period and dimensions that are there twice. */
void check_network_twice(struct check *check);
