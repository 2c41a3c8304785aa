/* What plans say of themselves: numbers, deadlines, resources, promises. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/check_find.h"
#include "figures/due.h"
#include "figures/promise.h"
#include "figures/tally.h"
#include "i18n.h"

/* Words that two titles must share to be about the same thing: one alone is chance. */
#define SAME_THING 2

/* The actions of all plans that are not closed; one at a time. */
static const struct book_entry *const *actions(struct check *check, size_t *count_r)
{
    return book_list(check->book, CONCERT__KIND__ACTION, count_r);
}

static bool has_none(struct check *check, const struct book_entry *action, Concert__Kind kind)
{
    size_t count;

    book_children(check->book, action->id, kind, "subject", &count);
    return count == 0;
}

static void find_lacking(
    struct check *check, Concert__Kind kind, const char *promised, const char *found)
{
    size_t count;
    const struct book_entry *const *list = actions(check, &count);

    for (size_t i = 0; i < count; i++)
        if (check_find_open(check, list[i]) && has_none(check, list[i], kind))
            check_find_add(check, list[i], promised, found);
}

void check_plan_no_deadline(struct check *check)
{
    find_lacking(check, CONCERT__KIND__DEADLINE, _("a deadline"), _("no deadline"));
}

/* Who has a part of an action is a resource of it. */
void check_plan_no_resource(struct check *check)
{
    size_t count, shares;
    const struct book_entry *const *list = actions(check, &count);

    for (size_t i = 0; i < count; i++) {
        book_children(check->book, list[i]->id, CONCERT__KIND__SHARE, "action", &shares);
        if (shares == 0 && check_find_open(check, list[i]) &&
            has_none(check, list[i], CONCERT__KIND__RESPONSIBILITY))
            check_find_add(check, list[i], _("a resource"), _("no resource"));
    }
}

void check_plan_unread(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = book_list(check->book, CONCERT__KIND__DEADLINE, &count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *subject = book_follow(check->book, list[i], "subject");

        if (subject != NULL && book_number(list[i], "mode", 0) == 0 &&
            check_find_open(check, subject))
            check_find_add(check, subject, book_text(list[i], "text"), _("cannot be read"));
    }
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static int by_number(const void *a, const void *b)
{
    long one = *(const long *)a, two = *(const long *)b;

    return (one > two) - (one < two);
}

static long last_part(const struct book_entry *entry)
{
    const char *number = book_text(entry, "number"), *dot;

    if (number == NULL)
        return 0;
    dot = strrchr(number, '.');
    return strtol(dot == NULL ? number : dot + 1, NULL, 10);
}

/* What is missing among the numbers below `above`. */
static void find_gaps(struct check *check, const struct book_entry *above,
    const struct book_entry *const *below, size_t count)
{
    long *numbers = arena_alloc(check->arena, (count + 1) * sizeof(*numbers));
    const char *stem = above->kind->id == CONCERT__KIND__PLAN ? "" : book_text(above, "number");
    long last = 0;
    size_t used = 0;

    if (numbers == NULL) {
        check->full = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (last_part(below[i]) > 0)
            numbers[used++] = last_part(below[i]);
    if (used > 1)
        qsort(numbers, used, sizeof(*numbers), by_number);
    for (size_t i = 0; i < used; i++) {
        const char *dot = stem == NULL || *stem == '\0' ? "" : ".";

        if (numbers[i] > last + 1)
            check_find_add(check, above,
                check_find_text(check, "%s%s%ld", stem == NULL ? "" : stem, dot, last + 1),
                check_find_text(check, "%s%s%ld", stem == NULL ? "" : stem, dot, numbers[i]));
        last = numbers[i];
    }
}

/* Objectives of the plan itself: those of other objectives hang on them. */
static void find_top_gaps(struct check *check, const struct book_entry *plan)
{
    size_t count, used = 0;
    const struct book_entry *const *list =
        book_children(check->book, plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);
    const struct book_entry **top = arena_alloc(check->arena, (count + 1) * sizeof(*top));

    for (size_t i = 0; top != NULL && i < count; i++)
        if (book_text(list[i], "number") != NULL &&
            record_reference(list[i]->body, list[i]->kind, "parent") == NULL)
            top[used++] = list[i];
    if (top == NULL)
        check->full = true;
    else
        find_gaps(check, plan, top, used);
}

void check_plan_gap(struct check *check)
{
    size_t n_plans, n_objectives, count;
    const struct book_entry *const *plans = book_list(check->book, CONCERT__KIND__PLAN, &n_plans);
    const struct book_entry *const *objectives =
        book_list(check->book, CONCERT__KIND__OBJECTIVE, &n_objectives);
    const struct book_entry *const *below;

    for (size_t i = 0; i < n_plans; i++)
        if (check_find_open(check, plans[i]))
            find_top_gaps(check, plans[i]);
    for (size_t i = 0; i < n_objectives; i++) {
        if (!check_find_open(check, objectives[i]))
            continue;
        below = book_children(
            check->book, objectives[i]->id, CONCERT__KIND__OBJECTIVE, "parent", &count);
        find_gaps(check, objectives[i], below, count);
        below = book_children(
            check->book, objectives[i]->id, CONCERT__KIND__ACTION, "objective", &count);
        find_gaps(check, objectives[i], below, count);
    }
}

/* --- promises ----------------------------------------------------------------------------------
 */

/* How often an action is promised: by its title, else by a deadline that recurs. */
static bool times_of(struct check *check, const struct book_entry *action, int *min_r, int *max_r)
{
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(check->book, action->id, CONCERT__KIND__DEADLINE, NULL, &count);

    if (promise_times(book_text(action, "title"), min_r, max_r))
        return true;
    for (size_t i = 0; i < count; i++)
        if (book_number(deadlines[i], "mode", 0) == CONCERT__DEADLINE__MODE__RECURRING) {
            *min_r = (int)book_number(deadlines[i], "times_min", 0);
            *max_r = (int)book_number(deadlines[i], "times_max", 0);
            return true;
        }
    return false;
}

static void compare(struct check *check, const struct book_entry *one, const struct book_entry *two)
{
    int min[2], max[2];

    if (book_plan(check->book, one) == book_plan(check->book, two) ||
        promise_common(book_text(one, "title"), book_text(two, "title")) < SAME_THING ||
        !times_of(check, one, &min[0], &max[0]) || !times_of(check, two, &min[1], &max[1]) ||
        (min[0] == min[1] && max[0] == max[1]))
        return;
    check_find_add(check, two,
        check_find_text(
            check, _("%s: %s a year"), one->handle, check_find_range(check, min[0], max[0])),
        check_find_text(
            check, _("%s: %s a year"), two->handle, check_find_range(check, min[1], max[1])));
}

void check_plan_contradiction(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = actions(check, &count);
    int min, max;

    for (size_t i = 0; i < count; i++) {
        if (!check_find_open(check, list[i]) || !times_of(check, list[i], &min, &max))
            continue;
        for (size_t j = i + 1; j < count; j++)
            if (check_find_open(check, list[j]))
                compare(check, list[i], list[j]);
    }
}

/* A title that promises times a year, and the dates below it: all of one year. */
void check_plan_dates(struct check *check)
{
    size_t count, n_deadlines;
    const struct book_entry *const *list = actions(check, &count);
    int min, max;

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *const *deadlines =
            book_children(check->book, list[i]->id, CONCERT__KIND__DEADLINE, NULL, &n_deadlines);
        int dated = 0;

        if (!check_find_open(check, list[i]) ||
            !promise_times(book_text(list[i], "title"), &min, &max))
            continue;
        for (size_t j = 0; j < n_deadlines; j++)
            dated += book_number(deadlines[j], "mode", 0) == CONCERT__DEADLINE__MODE__DATED;
        if (dated > 0 && (dated < min || dated > max))
            check_find_add(check, list[i], check_find_range(check, min, max),
                check_find_text(
                    check, ngettext("%d date", "%d dates", (unsigned long)dated), dated));
    }
}

/* --- shares ------------------------------------------------------------------------------------
 */

void check_plan_untouched(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = book_list(check->book, CONCERT__KIND__SHARE, &count);

    for (size_t i = 0; i < count; i++) {
        int64_t status = book_number(list[i], "status", CONCERT__SHARE__STATUS__NOT_STARTED);
        int32_t last = tally_last(check->book, list[i]);
        int32_t days = last == DATE_NONE ? 0 : check->scope->today - last;

        if (status == CONCERT__SHARE__STATUS__DONE || status == CONCERT__SHARE__STATUS__DROPPED ||
            status == CONCERT__SHARE__STATUS__NOT_APPLICABLE || days <= check->scope->stale ||
            !check_find_open(check, list[i]))
            continue;
        check_find_add(check, list[i],
            check_find_text(check, _("within %d days"), check->scope->stale),
            check_find_text(
                check, ngettext("%d day ago", "%d days ago", (unsigned long)days), days));
    }
}
