#include "figures/news.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/tally.h"

struct collecting {
    const struct book *book;
    const struct news_period *period;
    struct arena *arena;
    struct news_item *items;
    size_t count, room;
    bool full;
};

/* How a record of a source becomes news. */
enum how {
    BECAME,  /* its status is one of these, and was none of them then */
    IS,      /* its status is one of these */
    CREATED, /* it was made since */
    PAST,    /* its day is in the period */
    AHEAD    /* its day comes */
};

struct source {
    Concert__Kind kind;
    enum news_section section;
    enum how how;
    uint32_t statuses;  /* mask; 0: any */
    const char *day;    /* the field for PAST and AHEAD */
    const char *absent; /* a field that must be absent; NULL: none */
};

#define STATUS(kind, status) (UINT32_C(1) << CONCERT__##kind##__STATUS__##status)

static const struct source sources[] = {
    {CONCERT__KIND__SHARE, NEWS_DONE, BECAME, STATUS(SHARE, DONE), NULL, NULL},
    {CONCERT__KIND__MILESTONE, NEWS_DONE, BECAME, STATUS(MILESTONE, DONE), NULL, NULL},
    {CONCERT__KIND__PROJECT, NEWS_DONE, BECAME, STATUS(PROJECT, DONE), NULL, NULL},
    {CONCERT__KIND__TRAINING_NEED, NEWS_DONE, BECAME, STATUS(TRAINING_NEED, MET), NULL, NULL},
    {CONCERT__KIND__DEADLINE, NEWS_DONE, PAST, 0, "met_on", NULL},
    {CONCERT__KIND__FOLLOW_UP, NEWS_DONE, PAST, 0, "done_on", NULL},
    {CONCERT__KIND__MEETING, NEWS_DONE, PAST, STATUS(MEETING, HELD), "starts_at", NULL},
    {CONCERT__KIND__SHARE, NEWS_BEGUN, BECAME, STATUS(SHARE, UNDER_WAY), NULL, NULL},
    {CONCERT__KIND__MILESTONE, NEWS_BEGUN, BECAME, STATUS(MILESTONE, UNDER_WAY), NULL, NULL},
    {CONCERT__KIND__PROJECT, NEWS_BEGUN, BECAME,
        STATUS(PROJECT, SUBMITTED) | STATUS(PROJECT, FUNDED) | STATUS(PROJECT, UNDER_WAY), NULL,
        NULL},
    {CONCERT__KIND__ROUTE, NEWS_BEGUN, BECAME, STATUS(ROUTE, UNDER_STUDY) | STATUS(ROUTE, RUNNING),
        NULL, NULL},
    {CONCERT__KIND__INTERVENTION, NEWS_BEGUN, CREATED, 0, NULL, NULL},
    {CONCERT__KIND__NOTE, NEWS_SAID, PAST, 0, "on", NULL},
    {CONCERT__KIND__SHARE, NEWS_ASKED, IS, STATUS(SHARE, BLOCKED), NULL, NULL},
    {CONCERT__KIND__PROPOSAL, NEWS_ASKED, IS, STATUS(PROPOSAL, OPEN), NULL, NULL},
    {CONCERT__KIND__TRAINING_NEED, NEWS_ASKED, IS, STATUS(TRAINING_NEED, EXPRESSED), NULL, NULL},
    {CONCERT__KIND__DEADLINE, NEWS_COMING, AHEAD, 0, "latest", "met_on"},
    {CONCERT__KIND__MEETING, NEWS_COMING, AHEAD, STATUS(MEETING, PLANNED), "starts_at", NULL},
    {CONCERT__KIND__SHARE, NEWS_COMING, AHEAD,
        STATUS(SHARE, NOT_STARTED) | STATUS(SHARE, UNDER_WAY) | STATUS(SHARE, BLOCKED), "due",
        NULL},
    {CONCERT__KIND__ENVELOPE, NEWS_COMING, AHEAD, 0, "apply_by", NULL},
};

/* An absent status is the first of its list. */
static bool has_status(const struct book_entry *entry, uint32_t statuses)
{
    return statuses == 0 || (statuses & (UINT32_C(1) << book_number(entry, "status", 1))) != 0;
}

/* True when what the record says of itself now, it did not say then. */
static bool is_new(
    const struct collecting *to, const struct source *source, const struct book_entry *entry)
{
    const struct book *then = to->period->then;
    const struct book_entry *before = then == NULL ? NULL : book_get(then, entry->id);

    if (then == NULL)
        return date_of_time(source->how == CREATED ? entry->created_at : entry->changed_at, NULL) >
               to->period->since;
    return before == NULL || (source->how == BECAME && !has_status(before, source->statuses));
}

static int32_t day_of(const struct source *source, const struct book_entry *entry)
{
    int32_t day = source->day == NULL ? DATE_NONE : book_date(entry, source->day);

    if (day != DATE_NONE || (source->day != NULL && source->kind != CONCERT__KIND__NOTE))
        return day;
    return date_of_time(source->how == CREATED ? entry->created_at : entry->changed_at, NULL);
}

/* Nobody waits for the deadline of an action that is done. */
static bool is_over(const struct collecting *to, const struct book_entry *entry)
{
    const struct book_entry *subject =
        entry->kind->id == CONCERT__KIND__DEADLINE ? book_follow(to->book, entry, "subject") : NULL;
    struct tally_scope scope = {.of = subject};
    struct tally tally;

    return subject != NULL && subject->kind->id == CONCERT__KIND__ACTION &&
           tally_sum(to->book, &scope, to->period->today, to->arena, &tally) &&
           tally.status == ROLLUP_DONE;
}

static bool is_news(const struct collecting *to, const struct source *source,
    const struct book_entry *entry, int32_t day)
{
    if (!has_status(entry, source->statuses) ||
        (source->absent != NULL && book_text(entry, source->absent) != NULL))
        return false;
    switch (source->how) {
    case BECAME:
    case CREATED:
        return is_new(to, source, entry);
    case PAST:
        return day != DATE_NONE && day > to->period->since && day <= to->period->today;
    case AHEAD:
        return day != DATE_NONE && day >= to->period->today && day <= to->period->ahead &&
               !is_over(to, entry);
    case IS:
        break;
    }
    return true;
}

static void add(struct collecting *to, struct news_item item)
{
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 64 : 2 * to->room;
        struct news_item *items = arena_alloc(to->arena, room * sizeof(*items));

        if (items == NULL) {
            to->full = true;
            return;
        }
        if (to->count > 0)
            memcpy(items, to->items, to->count * sizeof(*items));
        to->items = items;
        to->room = room;
    }
    to->items[to->count++] = item;
}

static void collect(struct collecting *to, const struct source *source)
{
    size_t count;
    const struct book_entry *const *all = book_list(to->book, source->kind, &count);

    for (size_t i = 0; i < count && !to->full; i++) {
        int32_t day = day_of(source, all[i]);

        if (is_news(to, source, all[i], day))
            add(to, (struct news_item){source->section, all[i], day});
    }
}

static int compare(const void *a, const void *b)
{
    const struct news_item *one = a, *two = b;

    if (one->section != two->section)
        return one->section < two->section ? -1 : 1;
    if (one->day != two->day)
        return one->day < two->day ? -1 : 1;
    return strcmp(one->entry->handle, two->entry->handle);
}

const struct news_item *news_collect(
    const struct book *book, const struct news_period *period, struct arena *arena, size_t *count_r)
{
    struct collecting to = {.book = book, .period = period, .arena = arena};

    to.items = arena_alloc(arena, sizeof(*to.items));
    to.full = to.items == NULL;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        collect(&to, &sources[i]);
    *count_r = to.full ? 0 : to.count;
    if (to.count > 1)
        qsort(to.items, to.count, sizeof(*to.items), compare);
    return to.full ? NULL : to.items;
}
