#include "figures/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/due.h"
#include "figures/tally.h"

/* --- dates -------------------------------------------------------------------------------------
 */

/* Alerts as they are found; `full` when the arena could give no more. */
struct finding {
    const struct book *book;
    struct arena *arena;
    int32_t today, from, to;
    struct alert *alerts;
    size_t count, room;
    bool full;
};

static void add(struct finding *to, struct alert alert)
{
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 16 : 2 * to->room;
        struct alert *alerts = arena_alloc(to->arena, room * sizeof(*alerts));

        if (alerts == NULL) {
            to->full = true;
            return;
        }
        if (to->count > 0)
            memcpy(alerts, to->alerts, to->count * sizeof(*alerts));
        to->alerts = alerts;
        to->room = room;
    }
    to->alerts[to->count++] = alert;
}

static int by_day(const void *a, const void *b)
{
    const struct alert *one = a, *two = b;

    if (one->day != two->day)
        return one->day < two->day ? -1 : 1;
    return strcmp(one->action->handle, two->action->handle);
}

static bool is_over(const struct book_entry *share)
{
    int64_t status = book_number(share, "status", CONCERT__SHARE__STATUS__NOT_STARTED);

    return status == CONCERT__SHARE__STATUS__DONE || status == CONCERT__SHARE__STATUS__DROPPED ||
           status == CONCERT__SHARE__STATUS__NOT_APPLICABLE;
}

static void add_shares(struct finding *to, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(to->book, action->id, CONCERT__KIND__SHARE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        int32_t day = book_date(shares[i], "due");

        if (day != DATE_NONE && day >= to->from && day <= to->to && !is_over(shares[i]))
            add(to, (struct alert){.action = action, .share = shares[i], .day = day});
    }
}

static void add_deadlines(struct finding *to, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(to->book, action->id, CONCERT__KIND__DEADLINE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        int32_t day = book_date(deadlines[i], "latest");

        if (book_number(deadlines[i], "mode", 0) == CONCERT__DEADLINE__MODE__DATED &&
            book_date(deadlines[i], "met_on") == DATE_NONE && day != DATE_NONE && day >= to->from &&
            day <= to->to)
            add(to, (struct alert){.action = action, .deadline = deadlines[i], .day = day});
    }
}

static bool is_done(struct finding *to, const struct book_entry *action)
{
    const struct tally_scope scope = {.of = action};
    struct tally tally;

    if (!tally_sum(to->book, &scope, to->today, to->arena, &tally)) {
        to->full = true;
        return true;
    }
    return tally.status == ROLLUP_DONE;
}

static const struct alert *finish(struct finding *to, size_t *count_r)
{
    static const struct alert none = {.day = DATE_NONE};

    if (to->full)
        return NULL;
    *count_r = to->count;
    if (to->count > 1)
        qsort(to->alerts, to->count, sizeof(*to->alerts), by_day);
    return to->count == 0 ? &none : to->alerts;
}

const struct alert *alerts_late(const struct book *book, const struct book_entry *plan,
    int32_t today, struct arena *arena, size_t *count_r)
{
    const struct tally_scope scope = {.of = plan};
    struct finding to = {
        .book = book, .arena = arena, .today = today, .from = DATE_NONE + 1, .to = today - 1};
    size_t count;
    const struct book_entry *const *actions = tally_actions(book, &scope, arena, &count);

    for (size_t i = 0; actions != NULL && i < count; i++) {
        const struct book_entry *late = due_late(book, actions[i], today);

        if (late != NULL && !is_done(&to, actions[i]))
            add(&to, (struct alert){
                         .action = actions[i], .deadline = late, .day = book_date(late, "latest")});
        add_shares(&to, actions[i]);
    }
    return actions == NULL ? NULL : finish(&to, count_r);
}

const struct alert *alerts_due(const struct book *book, const struct book_entry *plan,
    int32_t today, int32_t days, struct arena *arena, size_t *count_r)
{
    const struct tally_scope scope = {.of = plan};
    struct finding to = {
        .book = book, .arena = arena, .today = today, .from = today, .to = today + days};
    size_t count;
    const struct book_entry *const *actions = tally_actions(book, &scope, arena, &count);

    for (size_t i = 0; actions != NULL && i < count; i++) {
        if (!is_done(&to, actions[i]))
            add_deadlines(&to, actions[i]);
        add_shares(&to, actions[i]);
    }
    return actions == NULL ? NULL : finish(&to, count_r);
}

/* --- parties -----------------------------------------------------------------------------------
 */

const struct book_entry *const *alerts_parties(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r)
{
    size_t all, n_actions;
    const struct book_entry *const *parties = book_list(book, CONCERT__KIND__PARTY, &all);
    const struct book_entry **found = arena_alloc(arena, (all + 1) * sizeof(*found));

    *count_r = 0;
    for (size_t i = 0; found != NULL && i < all; i++) {
        const struct tally_scope scope = {.of = plan, .party = parties[i]};

        if (tally_actions(book, &scope, arena, &n_actions) == NULL)
            return NULL;
        if (n_actions > 0)
            found[(*count_r)++] = parties[i];
    }
    return found;
}

/* The day a note speaks of, where it says; else when it was written. */
static int32_t note_day(const struct book_entry *note)
{
    int32_t day = book_date(note, "on");

    return day == DATE_NONE ? date_of_time(note->changed_at, NULL) : day;
}

static int32_t last_note(const struct book *book, const struct book_entry *share, int32_t last)
{
    size_t count;
    const struct book_entry *const *notes =
        book_children(book, share->id, CONCERT__KIND__NOTE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        int32_t day = note_day(notes[i]);

        last = day > last ? day : last;
    }
    return last;
}

/* When the party last changed or noted anything in its shares; DATE_NONE: never. */
static int32_t last_heard(
    const struct book *book, const struct book_entry *plan, const struct book_entry *party)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(book, party->id, CONCERT__KIND__SHARE, "party", &count);
    int32_t last = DATE_NONE;

    for (size_t i = 0; i < count; i++) {
        bool untouched = shares[i]->revision == 1 && !shares[i]->pending &&
                         uuid_equal(shares[i]->created_by, plan->created_by);
        int32_t day = untouched ? DATE_NONE : date_of_time(shares[i]->changed_at, NULL);

        last = last_note(book, shares[i], day > last ? day : last);
    }
    return last;
}

static int by_last(const void *a, const void *b)
{
    const struct alert_silence *one = a, *two = b;

    if (one->last != two->last)
        return one->last < two->last ? -1 : 1;
    return 0;
}

const struct alert_silence *alerts_silent(const struct book *book, const struct book_entry *plan,
    int32_t today, int32_t days, struct arena *arena, size_t *count_r)
{
    size_t n_parties;
    const struct book_entry *const *parties = alerts_parties(book, plan, arena, &n_parties);
    struct alert_silence *silent =
        parties == NULL ? NULL : arena_alloc(arena, (n_parties + 1) * sizeof(*silent));

    *count_r = 0;
    for (size_t i = 0; silent != NULL && i < n_parties; i++) {
        int32_t last = last_heard(book, plan, parties[i]);

        if (last == DATE_NONE || last < today - days)
            silent[(*count_r)++] = (struct alert_silence){parties[i], last};
    }
    if (*count_r > 1)
        qsort(silent, *count_r, sizeof(*silent), by_last);
    return silent;
}

const struct book_entry *const *alerts_blocked(
    const struct book *book, const struct book_entry *plan, struct arena *arena, size_t *count_r)
{
    const struct tally_scope scope = {.of = plan};
    size_t n_lines;
    const struct tally_line *lines = tally_lines(book, &scope, arena, &n_lines);
    const struct book_entry **blocked =
        lines == NULL ? NULL : arena_alloc(arena, (n_lines + 1) * sizeof(*blocked));

    *count_r = 0;
    for (size_t i = 0; blocked != NULL && i < n_lines; i++)
        if (lines[i].share != NULL &&
            book_number(lines[i].share, "status", 0) == CONCERT__SHARE__STATUS__BLOCKED)
            blocked[(*count_r)++] = lines[i].share;
    return blocked;
}
