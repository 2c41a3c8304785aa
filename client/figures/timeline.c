#include "figures/timeline.h"

#include <string.h>

#include "date.h"

/* --- one milestone -----------------------------------------------------------------------------
 */

static bool is_dated(const struct book_entry *deadline)
{
    return book_number(deadline, "mode", 0) == CONCERT__DEADLINE__MODE__DATED &&
           book_date(deadline, "latest") != DATE_NONE;
}

static int32_t begins(const struct book_entry *deadline)
{
    int32_t day = book_date(deadline, "earliest");

    return day == DATE_NONE ? book_date(deadline, "latest") : day;
}

static void widen(int32_t *earliest, int32_t *latest, int32_t from, int32_t to)
{
    if (from != DATE_NONE && (*earliest == DATE_NONE || from < *earliest))
        *earliest = from;
    if (to != DATE_NONE && (*latest == DATE_NONE || to > *latest))
        *latest = to;
}

static struct timeline_item read_item(
    const struct book *book, const struct book_entry *milestone, int32_t today)
{
    struct timeline_item item = {.entry = milestone,
        .status = (Concert__Milestone__Status)book_number(
            milestone, "status", CONCERT__MILESTONE__STATUS__NOT_STARTED),
        .percent = (uint32_t)book_number(milestone, "percent", 0),
        .earliest = DATE_NONE,
        .latest = DATE_NONE};
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(book, milestone->id, CONCERT__KIND__DEADLINE, NULL, &count);
    bool met = true;

    for (size_t i = 0; i < count; i++) {
        if (!is_dated(deadlines[i]))
            continue;
        widen(
            &item.earliest, &item.latest, begins(deadlines[i]), book_date(deadlines[i], "latest"));
        met = met && book_date(deadlines[i], "met_on") != DATE_NONE;
    }
    if (item.status == CONCERT__MILESTONE__STATUS__DONE)
        item.percent = 100;
    item.late = item.latest != DATE_NONE && item.latest < today && !met &&
                item.status != CONCERT__MILESTONE__STATUS__DONE &&
                item.status != CONCERT__MILESTONE__STATUS__DROPPED;
    return item;
}

/* A milestone counts as a share of weight 1 does. */
static void add_item(struct rollup *rollup, const struct timeline_item *item)
{
    static const Concert__Share__Status statuses[] = {
        [CONCERT__MILESTONE__STATUS__NOT_STARTED] = CONCERT__SHARE__STATUS__NOT_STARTED,
        [CONCERT__MILESTONE__STATUS__UNDER_WAY] = CONCERT__SHARE__STATUS__UNDER_WAY,
        [CONCERT__MILESTONE__STATUS__DONE] = CONCERT__SHARE__STATUS__DONE,
        [CONCERT__MILESTONE__STATUS__DROPPED] = CONCERT__SHARE__STATUS__DROPPED};
    struct rollup_share share = {
        .status = CONCERT__SHARE__STATUS__NOT_STARTED, .percent = item->percent, .weight = 1};

    if ((size_t)item->status < sizeof(statuses) / sizeof(statuses[0]) && item->status > 0)
        share.status = statuses[item->status];
    rollup_add(rollup, &share, 1);
}

/* --- phases ------------------------------------------------------------------------------------
 */

static int64_t rank_of(const struct book_entry *milestone)
{
    return book_number(milestone, "rank", INT64_MAX);
}

/* The milestones in order of rank; those of one rank, or none, stay in the book's order. */
static const struct book_entry **ranked(
    const struct book *book, const struct book_entry *subject, struct arena *arena, size_t *count_r)
{
    const struct book_entry *const *found =
        book_children(book, subject->id, CONCERT__KIND__MILESTONE, NULL, count_r);
    const struct book_entry **sorted = arena_alloc(arena, (*count_r + 1) * sizeof(*sorted));

    for (size_t i = 0; sorted != NULL && i < *count_r; i++) {
        size_t at = i;

        for (; at > 0 && rank_of(sorted[at - 1]) > rank_of(found[i]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = found[i];
    }
    return sorted;
}

static bool same_phase(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void end_item(struct timeline_phase *phase, const struct timeline_item *item)
{
    phase->count++;
    phase->late += item->late;
    add_item(&phase->rollup, item);
    widen(&phase->earliest, &phase->latest, item->earliest, item->latest);
}

/* All milestones of that phase, behind each other at `items`. */
static struct timeline_phase read_phase(const struct book *book, const char *name, int32_t today,
    const struct book_entry *const *milestones, size_t count, struct timeline_item *items)
{
    struct timeline_phase phase = {
        .name = name, .items = items, .earliest = DATE_NONE, .latest = DATE_NONE};

    for (size_t i = 0; i < count; i++)
        if (same_phase(book_text(milestones[i], "phase"), name)) {
            items[phase.count] = read_item(book, milestones[i], today);
            end_item(&phase, &items[phase.count]);
        }
    return phase;
}

static void end_phase(struct timeline *timeline, const struct timeline_phase *phase)
{
    timeline->n_phases++;
    timeline->items += phase->count;
    timeline->late += phase->late;
    rollup_merge(&timeline->rollup, &phase->rollup);
    widen(&timeline->earliest, &timeline->latest, phase->earliest, phase->latest);
}

static bool has_phase(const struct timeline_phase *phases, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (same_phase(phases[i].name, name))
            return true;
    return false;
}

bool timeline_read(const struct book *book, const struct book_entry *subject, int32_t today,
    struct arena *arena, struct timeline *timeline_r)
{
    size_t count;
    const struct book_entry **milestones = ranked(book, subject, arena, &count);
    struct timeline_item *items = arena_alloc(arena, (count + 1) * sizeof(*items));
    struct timeline_phase *phases = arena_alloc(arena, (count + 1) * sizeof(*phases));

    *timeline_r = (struct timeline){.phases = phases, .earliest = DATE_NONE, .latest = DATE_NONE};
    if (milestones == NULL || items == NULL || phases == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = book_text(milestones[i], "phase");
        struct timeline_phase *phase = &phases[timeline_r->n_phases];

        if (has_phase(phases, timeline_r->n_phases, name))
            continue;
        *phase = read_phase(book, name, today, milestones, count, items + timeline_r->items);
        end_phase(timeline_r, phase);
    }
    if (record_field(subject->kind, "starts_on") != NULL)
        widen(&timeline_r->earliest, &timeline_r->latest, book_date(subject, "starts_on"),
            book_date(subject, "ends_on"));
    return true;
}

const struct book_entry *const *timeline_subjects(
    const struct book *book, struct arena *arena, size_t *count_r)
{
    static const Concert__Kind kinds_of[] = {CONCERT__KIND__PROJECT, CONCERT__KIND__ACTION};
    const struct book_entry *const *lists[2];
    const struct book_entry **subjects;
    size_t counts[2], milestones;

    for (size_t k = 0; k < 2; k++)
        lists[k] = book_list(book, kinds_of[k], &counts[k]);
    subjects = arena_alloc(arena, (counts[0] + counts[1] + 1) * sizeof(*subjects));
    *count_r = 0;
    for (size_t k = 0; subjects != NULL && k < 2; k++)
        for (size_t i = 0; i < counts[k]; i++) {
            book_children(book, lists[k][i]->id, CONCERT__KIND__MILESTONE, NULL, &milestones);
            if (milestones > 0)
                subjects[(*count_r)++] = lists[k][i];
        }
    return subjects;
}

/* --- months as columns -------------------------------------------------------------------------
 */

/* year × 12 + month − 1; -1 for no day. */
static int month_of(int32_t day)
{
    int year, month;

    return date_to_civil(day, &year, &month, NULL) ? year * 12 + month - 1 : -1;
}

struct timeline_scale timeline_scale(int32_t from, int32_t to, size_t room)
{
    static const int steps[] = {1, 3, 6, 12};
    struct timeline_scale scale = {.months = 1};
    int first = month_of(from), last = month_of(to);

    if (first < 0 || last < first || room == 0)
        return scale;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        scale.months = steps[i];
        scale.first = steps[i] == 1 ? first : first - first % 12;
        scale.count = (size_t)((last - scale.first) / steps[i] + 1);
        if (scale.count <= room)
            return scale;
    }
    scale.count = room; /* a life's work: the rest has no room */
    return scale;
}

int timeline_cell(const struct timeline_scale *scale, int32_t day)
{
    int month = month_of(day), cell;

    if (month < scale->first)
        return -1;
    cell = (month - scale->first) / scale->months;
    return (size_t)cell < scale->count ? cell : -1;
}

void timeline_touched(const struct book *book, const struct book_entry *milestone,
    const struct timeline_scale *scale, bool *touched_r)
{
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(book, milestone->id, CONCERT__KIND__DEADLINE, NULL, &count);

    for (size_t cell = 0; cell < scale->count; cell++)
        touched_r[cell] = false;
    for (size_t i = 0; i < count; i++) {
        int from = month_of(begins(deadlines[i])), to = month_of(book_date(deadlines[i], "latest"));

        for (size_t cell = 0; is_dated(deadlines[i]) && cell < scale->count; cell++) {
            int month = scale->first + (int)cell * scale->months;

            if (month + scale->months > from && month <= to)
                touched_r[cell] = true;
        }
    }
}
