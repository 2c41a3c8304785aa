#include "figures/agenda.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/meetings.h"

/* The lines in the making. */
struct agenda {
    const struct book *book;
    const struct book_entry *meeting;
    int32_t today;
    struct agenda_line *lines;
    size_t count;
};

static void add(struct agenda *to, enum agenda_source source, const struct book_entry *entry)
{
    to->lines[to->count++] = (struct agenda_line){.source = source, .entry = entry};
}

static int by_rank(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    int64_t one = book_number(x, "rank", 0), two = book_number(y, "rank", 0);

    if (one != two)
        return one < two ? -1 : 1;
    return memcmp(x->id, y->id, UUID_SIZE); /* UUIDv7: the earlier made */
}

const struct book_entry *const *agenda_items(
    const struct book *book, const struct book_entry *meeting, struct arena *arena, size_t *count_r)
{
    const struct book_entry *const *all =
        book_children(book, meeting->id, CONCERT__KIND__AGENDA_ITEM, NULL, count_r);
    const struct book_entry **items = arena_alloc(arena, (*count_r + 1) * sizeof(*items));

    if (items == NULL)
        return NULL;
    if (*count_r > 0)
        memcpy(items, all, *count_r * sizeof(*items));
    if (*count_r > 1)
        qsort(items, *count_r, sizeof(*items), by_rank);
    return items;
}

const struct book_entry *agenda_origin(const struct book *book, const struct book_entry *follow_up)
{
    const struct book_entry *item = book_follow(book, follow_up, "agenda_item");

    return item == NULL ? NULL : book_follow(book, item, "meeting");
}

/* --- what comes by itself ----------------------------------------------------------------------
 */

static bool is_held(const struct book_entry *meeting)
{
    return meetings_status(meeting) == CONCERT__MEETING__STATUS__HELD;
}

/* Held before, and not adopted; those that a held meeting adopted were on its agenda. */
static bool awaits_adoption(const struct agenda *to, const struct book_entry *earlier)
{
    const struct book_entry *where = book_follow(to->book, earlier, "adopted_at");

    if (!is_held(earlier) || !meetings_precedes(to->book, earlier, to->meeting))
        return false;
    return (where == to->meeting && is_held(to->meeting)) ||
           book_number(earlier, "minutes_status", 0) != CONCERT__MEETING__MINUTES_STATUS__ADOPTED;
}

static void add_minutes(struct agenda *to, struct arena *arena)
{
    const struct meetings_scope scope = {
        book_follow(to->book, to->meeting, "party"), DATE_NONE, DATE_NONE};
    size_t count = 0;
    const struct book_entry *const *meetings =
        scope.party == NULL ? NULL : meetings_list(to->book, &scope, arena, &count);

    for (size_t i = 0; meetings != NULL && i < count; i++)
        if (awaits_adoption(to, meetings[i]))
            add(to, AGENDA_MINUTES, meetings[i]);
}

/* Open for this meeting: not done, or done only after a meeting that is past. */
static bool is_open(const struct agenda *to, const struct book_entry *follow_up)
{
    int32_t done = book_date(follow_up, "done_on"), day = meetings_day(to->meeting);

    return done == DATE_NONE || (is_held(to->meeting) && day != DATE_NONE && done >= day);
}

static int by_until(const void *a, const void *b)
{
    const struct agenda_line *x = a, *y = b;
    int32_t one = book_date(x->entry, "until"), two = book_date(y->entry, "until");

    if ((one == DATE_NONE) != (two == DATE_NONE))
        return one == DATE_NONE ? 1 : -1;
    if (one != two)
        return one < two ? -1 : 1;
    return memcmp(x->entry->id, y->entry->id, UUID_SIZE);
}

static void add_follow_ups(struct agenda *to)
{
    size_t count, first = to->count;
    const struct book_entry *const *all = book_list(to->book, CONCERT__KIND__FOLLOW_UP, &count);
    int32_t day = meetings_day(to->meeting);
    int32_t as_of = is_held(to->meeting) && day != DATE_NONE ? day : to->today;

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *origin = agenda_origin(to->book, all[i]);
        int32_t until = book_date(all[i], "until");

        if (origin == NULL || !meetings_precedes(to->book, origin, to->meeting) ||
            !is_open(to, all[i]))
            continue;
        add(to, AGENDA_FOLLOW_UP, all[i]);
        if (until != DATE_NONE && until < as_of)
            to->lines[to->count - 1].late = as_of - until;
    }
    if (to->count - first > 1)
        qsort(to->lines + first, to->count - first, sizeof(*to->lines), by_until);
}

/* What is closed is history. */
static bool is_of_open_plan(const struct book *book, const struct book_entry *share)
{
    const struct book_entry *action = book_follow(book, share, "action");
    const struct book_entry *objective =
        action == NULL ? NULL : book_follow(book, action, "objective");
    const struct book_entry *plan = objective == NULL ? NULL : book_follow(book, objective, "plan");

    return plan != NULL && book_number(plan, "status", 0) != CONCERT__PLAN__STATUS__CLOSED;
}

static void add_blocked(struct agenda *to)
{
    const struct book_entry *party = book_follow(to->book, to->meeting, "party");
    size_t count;
    const struct book_entry *const *shares = book_list(to->book, CONCERT__KIND__SHARE, &count);

    if (party == NULL || book_number(party, "type", 0) != CONCERT__PARTY__TYPE__COORDINATION ||
        meetings_next(to->book, party, to->today) != to->meeting)
        return;
    for (size_t i = 0; i < count; i++)
        if (book_number(shares[i], "status", 0) == CONCERT__SHARE__STATUS__BLOCKED &&
            is_of_open_plan(to->book, shares[i]))
            add(to, AGENDA_BLOCKED, shares[i]);
}

/* The most lines that there can be. */
static size_t room_for(const struct book *book)
{
    static const Concert__Kind kinds_shown[] = {CONCERT__KIND__AGENDA_ITEM, CONCERT__KIND__MEETING,
        CONCERT__KIND__FOLLOW_UP, CONCERT__KIND__SHARE};
    size_t room = 1, count;

    for (size_t i = 0; i < sizeof(kinds_shown) / sizeof(kinds_shown[0]); i++) {
        book_list(book, kinds_shown[i], &count);
        room += count;
    }
    return room;
}

const struct agenda_line *agenda_lines(const struct book *book, const struct book_entry *meeting,
    int32_t today, struct arena *arena, size_t *count_r)
{
    struct agenda to = {.book = book, .meeting = meeting, .today = today};
    size_t n_items;
    const struct book_entry *const *items = agenda_items(book, meeting, arena, &n_items);

    *count_r = 0;
    to.lines = arena_alloc(arena, room_for(book) * sizeof(*to.lines));
    if (items == NULL || to.lines == NULL)
        return NULL;
    for (size_t i = 0; i < n_items; i++)
        add(&to, AGENDA_ITEM, items[i]);
    add_minutes(&to, arena);
    add_follow_ups(&to);
    add_blocked(&to);
    *count_r = to.count;
    return to.lines;
}
