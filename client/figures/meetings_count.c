#include "figures/meetings_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/meetings.h"
#include "text.h"

#define FOLD 512

/* What is looked for, and where it goes. */
struct counting {
    const struct book *book;
    struct arena *arena;
    int32_t from, until;
    struct meetings_count *counts;
    size_t n, room;
    bool full; /* the arena could give no more */
};

/* --- what deadlines say ------------------------------------------------------------------------
 */

/* Label and text together, folded: either may name the committee or the kind of meeting. */
static void fold_words(const struct book_entry *deadline, char out[FOLD])
{
    const char *label = book_text(deadline, "label"), *text = book_text(deadline, "text");
    char both[FOLD];

    snprintf(both, sizeof(both), "%s %s", label == NULL ? "" : label, text == NULL ? "" : text);
    text_fold(both, out, FOLD);
}

static bool says_any(const char *folded, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(folded, words[i]) != NULL)
            return true;
    return false;
}

#define SAYS(folded, words) says_any(folded, words, sizeof(words) / sizeof((words)[0]))

static bool is_of_meetings(const struct book_entry *deadline)
{
    static const char *const words[] = {"rencontre", "reunion", "meeting", "comite", "committee"};
    char folded[FOLD];

    fold_words(deadline, folded);
    return SAYS(folded, words);
}

/* "Rencontres régionales": the committee opens them to the region. */
static bool is_of_open_ones(const struct book_entry *deadline)
{
    static const char *const words[] = {"regional", "regionaux", "thematique", "thematic"};
    char folded[FOLD];

    fold_words(deadline, folded);
    return SAYS(folded, words);
}

static bool is_committee(const struct book_entry *party)
{
    int64_t type = book_number(party, "type", 0);

    return type != CONCERT__PARTY__TYPE__PARTNER && type != CONCERT__PARTY__TYPE__STAFF;
}

/* The committee that the deadline names in its own words: "Comité de coordination : 2 juin". */
static const struct book_entry *named(const struct book *book, const struct book_entry *deadline)
{
    size_t count;
    const struct book_entry *const *parties = book_list(book, CONCERT__KIND__PARTY, &count);
    char folded[FOLD], name[FOLD];

    fold_words(deadline, folded);
    for (size_t i = 0; i < count; i++) {
        const char *text = book_text(parties[i], "name");

        text_fold(text == NULL ? "" : text, name, sizeof(name));
        if (is_committee(parties[i]) && *name != '\0' && strstr(folded, name) != NULL)
            return parties[i];
    }
    return NULL;
}

/* Who holds the meetings of a deadline: the committee that it names, else the first of the action's
 * resources that is one. NULL: none. */
static const struct book_entry *holder(
    const struct book *book, const struct book_entry *action, const struct book_entry *deadline)
{
    const struct book_entry *party = named(book, deadline);
    size_t count;
    const struct book_entry *const *resources =
        book_children(book, action->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);

    for (size_t i = 0; party == NULL && i < count; i++) {
        const struct book_entry *resource = book_follow(book, resources[i], "party");

        if (resource != NULL && is_committee(resource))
            party = resource;
    }
    return party;
}

/* --- promises ----------------------------------------------------------------------------------
 */

static void count_meetings(const struct counting *to, struct meetings_count *count)
{
    const struct meetings_scope scope = {count->party, to->from, to->until};
    size_t n;
    const struct book_entry *const *meetings = meetings_list(to->book, &scope, to->arena, &n);

    for (size_t i = 0; meetings != NULL && i < n; i++) {
        Concert__Meeting__Status status = meetings_status(meetings[i]);
        const struct book_entry *action = book_follow(to->book, meetings[i], "action");

        if (meetings_is_own(meetings[i]) != count->own ||
            (!count->own && action != NULL && action != count->action))
            continue;
        count->held += status == CONCERT__MEETING__STATUS__HELD;
        count->planned += status == CONCERT__MEETING__STATUS__PLANNED;
        count->cancelled += status == CONCERT__MEETING__STATUS__CANCELLED;
    }
}

static void add(struct counting *to, struct meetings_count count)
{
    if (to->n == to->room) {
        size_t room = to->room == 0 ? 16 : 2 * to->room;
        struct meetings_count *more = arena_alloc(to->arena, room * sizeof(*more));

        if (more == NULL) {
            to->full = true;
            return;
        }
        if (to->n > 0)
            memcpy(more, to->counts, to->n * sizeof(*more));
        to->counts = more;
        to->room = room;
    }
    count_meetings(to, &count);
    to->counts[to->n++] = count;
}

/* The promise of the action that is there already: the same days, under another label or not, are
 * one promise of the kind. */
static struct meetings_count *known(struct counting *to, const struct meetings_count *count)
{
    for (size_t i = 0; i < to->n; i++)
        if (to->counts[i].party == count->party && to->counts[i].own == count->own &&
            (to->counts[i].action == count->action ||
                (to->counts[i].action == NULL && to->counts[i].min == count->min &&
                    to->counts[i].max == count->max)))
            return &to->counts[i];
    return NULL;
}

static bool within(const struct counting *to, const struct book_entry *deadline)
{
    int32_t day = book_date(deadline, "latest");

    return day != DATE_NONE && day >= to->from && day <= to->until;
}

static bool is_dated(const struct book_entry *deadline)
{
    return book_number(deadline, "mode", 0) == CONCERT__DEADLINE__MODE__DATED;
}

/* Of dated ones only those open to the region make a number: the committee's own are counted by
 * its own promise. */
static void add_deadline(struct counting *to, const struct book_entry *party,
    const struct book_entry *action, const struct book_entry *deadline)
{
    bool recurring = book_number(deadline, "mode", 0) == CONCERT__DEADLINE__MODE__RECURRING;
    struct meetings_count count = {.party = party,
        .action = action,
        .deadline = deadline,
        .own = !is_of_open_ones(deadline),
        .min = (int)book_number(deadline, "times_min", -1),
        .max = (int)book_number(deadline, "times_max", -1)};
    struct meetings_count *before;

    if (!recurring && (count.own || !is_dated(deadline) || !within(to, deadline)))
        return;
    if (!recurring)
        count.min = count.max = 1;
    before = known(to, &count);
    if (before == NULL)
        add(to, count);
    else if (!recurring) {
        before->min++;
        before->max++;
    }
}

/* The plan that the action is in covers some of the days. */
static bool is_of_year(const struct counting *to, const struct book_entry *action)
{
    const struct book_entry *objective = book_follow(to->book, action, "objective");
    const struct book_entry *plan =
        objective == NULL ? NULL : book_follow(to->book, objective, "plan");

    return plan != NULL && book_date(plan, "starts_on") <= to->until &&
           book_date(plan, "ends_on") >= to->from;
}

/* Gives each deadline of meetings of the year's actions to `take`, with who holds them. */
static void each_deadline(
    struct counting *to, void (*take)(struct counting *to, const struct book_entry *party,
                             const struct book_entry *action, const struct book_entry *deadline))
{
    size_t n_actions, count;
    const struct book_entry *const *actions =
        book_list(to->book, CONCERT__KIND__ACTION, &n_actions);

    for (size_t i = 0; i < n_actions; i++) {
        const struct book_entry *const *deadlines =
            book_children(to->book, actions[i]->id, CONCERT__KIND__DEADLINE, NULL, &count);

        for (size_t j = 0; j < count && is_of_year(to, actions[i]); j++) {
            const struct book_entry *party =
                is_of_meetings(deadlines[j]) ? holder(to->book, actions[i], deadlines[j]) : NULL;

            if (party != NULL)
                take(to, party, actions[i], deadlines[j]);
        }
    }
}

static void add_committee(struct counting *to, const struct book_entry *party)
{
    struct meetings_count count = {.party = party,
        .own = true,
        .min = (int)book_number(party, "meetings_min", -1),
        .max = (int)book_number(party, "meetings_max", -1)};
    const struct meetings_scope scope = {party, to->from, to->until};
    size_t n;

    meetings_list(to->book, &scope, to->arena, &n);
    if (count.min >= 0 || count.max >= 0 || n > 0)
        add(to, count);
}

/* Stable: a committee's own promise stays before those of actions. */
static void gather_by_party(struct counting *to)
{
    struct meetings_count *sorted = arena_alloc(to->arena, (to->n + 1) * sizeof(*sorted));
    size_t count, n = 0;
    const struct book_entry *const *parties = book_list(to->book, CONCERT__KIND__PARTY, &count);

    for (size_t i = 0; sorted != NULL && i < count; i++)
        for (size_t j = 0; j < to->n; j++)
            if (to->counts[j].party == parties[i])
                sorted[n++] = to->counts[j];
    to->full |= sorted == NULL;
    to->counts = sorted;
}

const struct meetings_count *meetings_count_all(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r)
{
    struct counting to = {.book = book, .arena = arena, .from = from, .until = until};
    size_t count;
    const struct book_entry *const *parties = book_list(book, CONCERT__KIND__PARTY, &count);

    for (size_t i = 0; i < count; i++)
        add_committee(&to, parties[i]);
    each_deadline(&to, add_deadline);
    gather_by_party(&to);
    *count_r = to.n;
    return to.full ? NULL : to.counts;
}

size_t meetings_count_lacking(const struct meetings_count *count)
{
    size_t kept = count->held + count->planned;

    return count->min > 0 && (size_t)count->min > kept ? (size_t)count->min - kept : 0;
}

bool meetings_count_exceeds(const struct meetings_count *count)
{
    return count->max >= 0 && count->held + count->planned > (size_t)count->max;
}

/* --- one by one --------------------------------------------------------------------------------
 */

const struct book_entry *const *meetings_count_unprepared(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r)
{
    const struct meetings_scope scope = {NULL, from, until};
    size_t count;
    const struct book_entry *const *meetings = meetings_list(book, &scope, arena, &count);
    const struct book_entry **found =
        meetings == NULL ? NULL : arena_alloc(arena, (count + 1) * sizeof(*found));

    *count_r = 0;
    for (size_t i = 0; found != NULL && i < count; i++) {
        const struct book_entry *party = book_follow(book, meetings[i], "party");

        if (party != NULL && book_number(party, "type", 0) == CONCERT__PARTY__TYPE__COORDINATION &&
            meetings_is_own(meetings[i]) &&
            meetings_status(meetings[i]) != CONCERT__MEETING__STATUS__CANCELLED &&
            meetings_preparation(book, meetings[i]) == NULL)
            found[(*count_r)++] = meetings[i];
    }
    return found;
}

/* The committee's first meeting, held or planned, within the days of the deadline. */
static const struct book_entry *keeper(
    struct counting *to, const struct book_entry *party, const struct book_entry *deadline)
{
    const struct meetings_scope scope = {
        party, book_date(deadline, "earliest"), book_date(deadline, "latest")};
    size_t count;
    const struct book_entry *const *meetings = meetings_list(to->book, &scope, to->arena, &count);

    for (size_t i = 0; meetings != NULL && i < count; i++)
        if (meetings_status(meetings[i]) != CONCERT__MEETING__STATUS__CANCELLED &&
            meetings_is_own(meetings[i]) == !is_of_open_ones(deadline))
            return meetings[i];
    return NULL;
}

static int by_latest(const void *a, const void *b)
{
    const struct meetings_count *one = a, *two = b;
    int32_t x = book_date(one->deadline, "latest"), y = book_date(two->deadline, "latest");

    return (x > y) - (x < y);
}

static void add_day(struct counting *to, const struct book_entry *party,
    const struct book_entry *action, const struct book_entry *deadline)
{
    if (is_dated(deadline) && within(to, deadline))
        add(to, (struct meetings_count){
                    .party = party, .action = action, .deadline = deadline, .min = 1, .max = 1});
}

const struct meetings_day *meetings_count_days(
    const struct book *book, int32_t from, int32_t until, struct arena *arena, size_t *count_r)
{
    struct counting to = {.book = book, .arena = arena, .from = from, .until = until};
    struct meetings_day *days;

    each_deadline(&to, add_day);
    if (to.n > 1)
        qsort(to.counts, to.n, sizeof(*to.counts), by_latest);
    days = to.full ? NULL : arena_alloc(arena, (to.n + 1) * sizeof(*days));
    *count_r = days == NULL ? 0 : to.n;
    for (size_t i = 0; i < *count_r; i++)
        days[i] = (struct meetings_day){to.counts[i].party, to.counts[i].action,
            to.counts[i].deadline, keeper(&to, to.counts[i].party, to.counts[i].deadline)};
    return days;
}
