#include "figures/tally.h"

#include <string.h>

#include "date.h"
#include "figures/due.h"

#define DEPTH_MAX 32 /* of objectives within objectives: a loop of parents ends there */

/* A growing list of actions; `full` when the arena could give no more. */
struct gathering {
    const struct book *book;
    const struct tally_scope *scope;
    struct arena *arena;
    const struct book_entry **actions;
    size_t count, room;
    bool full;
};

/* --- whose shares ------------------------------------------------------------------------------
 */

static bool names(const struct book *book, const struct book_entry *entry, const char *field,
    const struct book_entry *wanted)
{
    const struct book_entry *found = book_follow(book, entry, field);

    return found != NULL && uuid_equal(found->id, wanted->id);
}

static bool share_in_scope(
    const struct book *book, const struct tally_scope *scope, const struct book_entry *share)
{
    const struct book_entry *party;

    if (scope->party != NULL && !names(book, share, "party", scope->party))
        return false;
    if (scope->of == NULL)
        return true;
    switch (scope->of->kind->id) {
    case CONCERT__KIND__SHARE:
        return uuid_equal(share->id, scope->of->id);
    case CONCERT__KIND__PARTY:
        return names(book, share, "party", scope->of);
    case CONCERT__KIND__TERRITORY:
        party = book_follow(book, share, "party");
        return party != NULL && names(book, party, "territory", scope->of);
    default:
        return true;
    }
}

/* True when the scope is somebody's: actions without a share of theirs are not part of it. */
static bool somebodys(const struct tally_scope *scope)
{
    return scope->party != NULL ||
           (scope->of != NULL && (scope->of->kind->id == CONCERT__KIND__PARTY ||
                                     scope->of->kind->id == CONCERT__KIND__TERRITORY ||
                                     scope->of->kind->id == CONCERT__KIND__SHARE));
}

/* --- which actions -----------------------------------------------------------------------------
 */

static bool holds_share(const struct gathering *to, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(to->book, action->id, CONCERT__KIND__SHARE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (share_in_scope(to->book, to->scope, shares[i]))
            return true;
    return false;
}

static void gather(struct gathering *to, const struct book_entry *action)
{
    if (to->full || (somebodys(to->scope) && !holds_share(to, action)))
        return;
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 16 : 2 * to->room;
        const struct book_entry **actions = arena_alloc(to->arena, room * sizeof(*actions));

        if (actions == NULL) {
            to->full = true;
            return;
        }
        if (to->count > 0)
            memcpy(actions, to->actions, to->count * sizeof(*actions));
        to->actions = actions;
        to->room = room;
    }
    to->actions[to->count++] = action;
}

static void gather_children(struct gathering *to, const struct book_entry *objective)
{
    size_t count;
    const struct book_entry *const *actions =
        book_children(to->book, objective->id, CONCERT__KIND__ACTION, NULL, &count);

    for (size_t i = 0; i < count; i++)
        gather(to, actions[i]);
}

static void gather_objective(
    struct gathering *to, const struct book_entry *objective, unsigned depth)
{
    size_t count;
    const struct book_entry *const *below =
        book_children(to->book, objective->id, CONCERT__KIND__OBJECTIVE, "parent", &count);

    gather_children(to, objective);
    for (size_t i = 0; i < count && depth < DEPTH_MAX; i++)
        gather_objective(to, below[i], depth + 1);
}

/* Every objective names its plan, sub-objectives too: no tree to walk. */
static void gather_plan(struct gathering *to, const struct book_entry *plan)
{
    size_t count;
    const struct book_entry *const *objectives =
        book_children(to->book, plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        gather_children(to, objectives[i]);
}

static void gather_all(struct gathering *to)
{
    size_t count;
    const struct book_entry *const *actions = book_list(to->book, CONCERT__KIND__ACTION, &count);

    for (size_t i = 0; i < count; i++)
        gather(to, actions[i]);
}

static bool gather_scope(struct gathering *to)
{
    const struct book_entry *of = to->scope->of, *action;

    switch (of == NULL ? (Concert__Kind)0 : of->kind->id) {
    case CONCERT__KIND__ACTION:
        gather(to, of);
        break;
    case CONCERT__KIND__SHARE:
        action = book_follow(to->book, of, "action");
        if (action != NULL)
            gather(to, action);
        break;
    case CONCERT__KIND__OBJECTIVE:
        gather_objective(to, of, 0);
        break;
    case CONCERT__KIND__PLAN:
        gather_plan(to, of);
        break;
    default:
        if (to->scope->plan != NULL)
            gather_plan(to, to->scope->plan);
        else
            gather_all(to);
    }
    return !to->full;
}

const struct book_entry *const *tally_actions(
    const struct book *book, const struct tally_scope *scope, struct arena *arena, size_t *count_r)
{
    static const struct book_entry *const none[1] = {NULL};
    struct gathering to = {.book = book, .scope = scope, .arena = arena};

    if (!gather_scope(&to))
        return NULL;
    *count_r = to.count;
    return to.count == 0 ? none : to.actions;
}

/* --- one action --------------------------------------------------------------------------------
 */

static struct rollup_share share_numbers(const struct book_entry *share)
{
    int64_t status = book_number(share, "status", CONCERT__SHARE__STATUS__NOT_STARTED);

    return (struct rollup_share){.status = (Concert__Share__Status)status,
        .percent = (uint32_t)book_number(share, "percent", 0),
        .weight = (uint32_t)book_number(share, "weight", 1)};
}

/* The numbers of the action's shares in scope; NULL at the arena's limit. */
static struct rollup_share *read_shares(const struct book *book, const struct tally_scope *scope,
    const struct book_entry *action, struct arena *arena, size_t *count_r)
{
    size_t all;
    const struct book_entry *const *entries =
        book_children(book, action->id, CONCERT__KIND__SHARE, NULL, &all);
    struct rollup_share *shares = arena_alloc(arena, (all + 1) * sizeof(*shares));

    *count_r = 0;
    for (size_t i = 0; shares != NULL && i < all; i++)
        if (share_in_scope(book, scope, entries[i]))
            shares[(*count_r)++] = share_numbers(entries[i]);
    return shares;
}

static int32_t newest_note(const struct book *book, const struct book_entry *subject, int32_t last)
{
    size_t count;
    const struct book_entry *const *notes =
        book_children(book, subject->id, CONCERT__KIND__NOTE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        int32_t day = date_of_time(notes[i]->changed_at, NULL);

        last = day > last ? day : last;
    }
    return last;
}

int32_t tally_last(const struct book *book, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(book, action->id, CONCERT__KIND__SHARE, NULL, &count);
    int32_t last = newest_note(book, action, date_of_time(action->changed_at, NULL));

    for (size_t i = 0; i < count; i++) {
        int32_t day = date_of_time(shares[i]->changed_at, NULL);

        last = newest_note(book, shares[i], day > last ? day : last);
    }
    return last;
}

static bool add_action(const struct book *book, const struct tally_scope *scope,
    const struct book_entry *action, int32_t today, struct arena *arena, struct tally *tally)
{
    size_t n_shares, n_deadlines;
    const struct rollup_deadline *deadlines = due_read(book, action, arena, &n_deadlines);
    struct rollup_share *shares = read_shares(book, scope, action, arena, &n_shares);
    bool continuous = rollup_is_continuous(deadlines, n_deadlines);
    uint32_t weight = (uint32_t)book_number(action, "weight", 1);

    if (shares == NULL)
        return false;
    for (size_t i = 0; i < n_shares; i++) {
        if (continuous)
            rollup_add_outside(&tally->rollup, &shares[i]);
        else
            rollup_add(&tally->rollup, &shares[i], weight);
    }
    tally->actions++;
    tally->without += n_shares == 0;
    tally->continuous += continuous;
    tally->stale += continuous && rollup_is_stale(tally_last(book, action), today);
    tally->statuses[rollup_action_status(shares, n_shares, deadlines, n_deadlines, today)]++;
    return true;
}

/* What holds several actions is done when all that have a status are, else as bad as the worst. */
static enum rollup_status status_of_many(const struct tally *tally)
{
    const size_t *of = tally->statuses;
    size_t known = tally->actions - of[ROLLUP_NOTHING];

    if (known == 0)
        return ROLLUP_NOTHING;
    if (of[ROLLUP_DONE] == known)
        return ROLLUP_DONE;
    if (of[ROLLUP_LATE] > 0)
        return ROLLUP_LATE;
    if (of[ROLLUP_BLOCKED] > 0)
        return ROLLUP_BLOCKED;
    return of[ROLLUP_UNDER_WAY] + of[ROLLUP_DONE] > 0 ? ROLLUP_UNDER_WAY : ROLLUP_NOT_STARTED;
}

bool tally_sum(const struct book *book, const struct tally_scope *scope, int32_t today,
    struct arena *arena, struct tally *tally_r)
{
    size_t count;
    const struct book_entry *const *actions = tally_actions(book, scope, arena, &count);

    *tally_r = (struct tally){.status = ROLLUP_NOTHING};
    if (actions == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_action(book, scope, actions[i], today, arena, tally_r))
            return false;
    tally_r->status = status_of_many(tally_r);
    return true;
}

/* --- how it came about -------------------------------------------------------------------------
 */

static enum tally_why why(Concert__Share__Status status, bool continuous)
{
    if (status == CONCERT__SHARE__STATUS__DROPPED)
        return TALLY_DROPPED;
    if (status == CONCERT__SHARE__STATUS__NOT_APPLICABLE)
        return TALLY_NOT_APPLICABLE;
    return continuous ? TALLY_OUTSIDE : TALLY_COUNTED;
}

static struct tally_line line_of(
    const struct book_entry *action, const struct book_entry *share, bool continuous)
{
    struct rollup_share numbers = share_numbers(share);
    struct tally_line line = {.action = action,
        .share = share,
        .share_weight = numbers.weight,
        .action_weight = (uint32_t)book_number(action, "weight", 1),
        .why = why(numbers.status, continuous)};

    line.percent = numbers.status == CONCERT__SHARE__STATUS__DONE || numbers.percent > 100
                       ? 100
                       : numbers.percent;
    if (line.why == TALLY_COUNTED)
        line.weight = (uint64_t)line.share_weight * line.action_weight;
    line.points = line.weight * line.percent;
    return line;
}

static size_t lines_of(const struct book *book, const struct tally_scope *scope,
    const struct book_entry *action, struct arena *arena, struct tally_line *lines)
{
    size_t all, n_deadlines, count = 0;
    const struct book_entry *const *shares =
        book_children(book, action->id, CONCERT__KIND__SHARE, NULL, &all);
    const struct rollup_deadline *deadlines = due_read(book, action, arena, &n_deadlines);
    bool continuous = rollup_is_continuous(deadlines, n_deadlines);

    for (size_t i = 0; i < all; i++)
        if (share_in_scope(book, scope, shares[i]))
            lines[count++] = line_of(action, shares[i], continuous);
    if (count == 0)
        lines[count++] = (struct tally_line){.action = action, .why = TALLY_NO_SHARE};
    return count;
}

const struct tally_line *tally_lines(
    const struct book *book, const struct tally_scope *scope, struct arena *arena, size_t *count_r)
{
    size_t n_actions, n_shares, room = 0;
    const struct book_entry *const *actions = tally_actions(book, scope, arena, &n_actions);
    struct tally_line *lines;

    if (actions == NULL)
        return NULL;
    for (size_t i = 0; i < n_actions; i++) {
        book_children(book, actions[i]->id, CONCERT__KIND__SHARE, NULL, &n_shares);
        room += n_shares + 1;
    }
    lines = arena_alloc(arena, (room + 1) * sizeof(*lines));
    *count_r = 0;
    for (size_t i = 0; lines != NULL && i < n_actions; i++)
        *count_r += lines_of(book, scope, actions[i], arena, lines + *count_r);
    return lines;
}
