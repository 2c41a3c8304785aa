#include "figures/diff.h"

#include <stdlib.h>
#include <string.h>

#include "figures/tally.h"
#include "kinds.h"
#include "record.h"

/* One subject on both sides. */
struct pair {
    const struct book_entry *before, *after;
};

struct differ {
    const struct diff_side *before, *after;
    struct arena *arena;
    struct diff_row *rows;
    size_t count, room;
    bool full; /* the arena could give no more */
};

/* --- rows --------------------------------------------------------------------------------------
 */

static void add_row(struct differ *to, struct diff_row row)
{
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 64 : 2 * to->room;
        struct diff_row *rows = arena_alloc(to->arena, room * sizeof(*rows));

        to->full = to->full || rows == NULL;
        if (rows == NULL)
            return;
        if (to->count > 0)
            memcpy(rows, to->rows, to->count * sizeof(*rows));
        to->rows = rows;
        to->room = room;
    }
    to->rows[to->count++] = row;
}

static const struct book_entry *shown(const struct pair *subject)
{
    return subject->after != NULL ? subject->after : subject->before;
}

static void add_whole(struct differ *to, const struct pair *subject, const struct pair *record)
{
    add_row(to, (struct diff_row){.subject = shown(subject),
                    .what = record->before == NULL  ? DIFF_ADDED
                            : record->after == NULL ? DIFF_DROPPED
                                                    : DIFF_CHANGED,
                    .before = record->before,
                    .after = record->after});
}

static bool same(const struct pair *record, const char *name)
{
    return record_same(
        record->before->body, record->after->body, record_field(record->before->kind, name));
}

static void compare_field(struct differ *to, const struct pair *subject, const struct pair *record,
    const ProtobufCFieldDescriptor *field)
{
    if (field == NULL || record_same(record->before->body, record->after->body, field))
        return;
    add_row(to, (struct diff_row){.subject = shown(subject),
                    .before = record->before,
                    .after = record->after,
                    .field = field});
}

/* --- the subject itself ------------------------------------------------------------------------
 */

/* What is given by the server or fixed says nothing of the plan's content. */
static void compare_own(struct differ *to, const struct pair *subject)
{
    const struct kind *kind = subject->before->kind;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (!(kinds_field(kind, field->name)->flags & (KIND_SERVER | KIND_FIXED)))
            compare_field(to, subject, subject, field);
    }
}

static int percent(const struct diff_side *side, const struct book_entry *of, struct arena *arena)
{
    const struct tally_scope scope = {.of = of};
    struct tally tally;

    return tally_sum(side->book, &scope, side->today, arena, &tally) ? rollup_percent(&tally.rollup)
                                                                     : DIFF_NOTHING;
}

static void compare_progress(struct differ *to, const struct pair *subject)
{
    int from = percent(to->before, subject->before, to->arena);
    int now = percent(to->after, subject->after, to->arena);

    if (from != now)
        add_row(to, (struct diff_row){.subject = subject->after,
                        .before = subject->before,
                        .after = subject->after,
                        .progress = true,
                        .from = from,
                        .to = now});
}

/* --- what hangs on it --------------------------------------------------------------------------
 */

/* A deadline is what is written; its reading matters where the writing is the same. */
static void compare_deadline(
    struct differ *to, const struct pair *subject, const struct pair *record)
{
    static const char *const reading[] = {
        "mode", "earliest", "latest", "times_min", "times_max", "calendar_of"};

    if (!same(record, "text") || !same(record, "label"))
        add_whole(to, subject, record);
    else
        for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++)
            compare_field(to, subject, record, record_field(record->before->kind, reading[i]));
    compare_field(to, subject, record, record_field(record->before->kind, "met_on"));
}

static void compare_responsibility(
    struct differ *to, const struct pair *subject, const struct pair *record)
{
    if (!same(record, "party") || !same(record, "role") || !same(record, "lead"))
        add_whole(to, subject, record);
}

/* Who joins an action or leaves it shows in its progress; the weight alone is the plan's. */
static void compare_share(struct differ *to, const struct pair *subject, const struct pair *record)
{
    compare_field(to, subject, record, record_field(record->before->kind, "weight"));
}

/* What hangs on an objective or action and is the plan's. */
struct part {
    Concert__Kind kind;
    bool whole; /* added and dropped ones are differences */
    void (*compare)(struct differ *to, const struct pair *subject, const struct pair *record);
};

static const struct part parts[] = {
    {CONCERT__KIND__DEADLINE, true, compare_deadline},
    {CONCERT__KIND__RESPONSIBILITY, true, compare_responsibility},
    {CONCERT__KIND__SHARE, false, compare_share},
};

static void compare_part(struct differ *to, const struct pair *subject, const struct part *part)
{
    size_t n_before, n_after;
    const struct book_entry *const *before =
        book_children(to->before->book, subject->before->id, part->kind, NULL, &n_before);
    const struct book_entry *const *after =
        book_children(to->after->book, subject->after->id, part->kind, NULL, &n_after);

    for (size_t i = 0; i < n_before; i++) {
        struct pair record = {before[i], book_get(to->after->book, before[i]->id)};

        if (record.after != NULL)
            part->compare(to, subject, &record);
        else if (part->whole)
            add_whole(to, subject, &record);
    }
    for (size_t i = 0; part->whole && i < n_after; i++) {
        struct pair record = {NULL, after[i]};

        if (book_get(to->before->book, after[i]->id) == NULL)
            add_whole(to, subject, &record);
    }
}

static void compare(struct differ *to, const struct pair *subject)
{
    if (subject->before == NULL || subject->after == NULL) {
        add_whole(to, subject, subject);
        return;
    }
    compare_own(to, subject);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        compare_part(to, subject, &parts[i]);
    compare_progress(to, subject);
}

/* --- all subjects ------------------------------------------------------------------------------
 */

struct subjects {
    struct pair *list;
    size_t count, room;
    bool full;
};

static void add_subject(struct subjects *to, struct pair pair, struct arena *arena)
{
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 64 : 2 * to->room;
        struct pair *list = arena_alloc(arena, room * sizeof(*list));

        to->full = to->full || list == NULL;
        if (list == NULL)
            return;
        if (to->count > 0)
            memcpy(list, to->list, to->count * sizeof(*list));
        to->list = list;
        to->room = room;
    }
    to->list[to->count++] = pair;
}

/* Adds one of a side; what both sides have is added once, from the first. */
static void gather_one(
    const struct differ *differ, bool first, const struct book_entry *entry, struct subjects *to)
{
    const struct book *other = first ? differ->after->book : differ->before->book;
    const struct book_entry *there = book_get(other, entry->id);

    if (first)
        add_subject(to, (struct pair){entry, there}, differ->arena);
    else if (there == NULL)
        add_subject(to, (struct pair){NULL, entry}, differ->arena);
}

static void gather(
    const struct differ *differ, bool first, const uint8_t plan[UUID_SIZE], struct subjects *to)
{
    const struct book *book = first ? differ->before->book : differ->after->book;
    size_t n_objectives, n_actions;
    const struct book_entry *const *objectives =
        book_children(book, plan, CONCERT__KIND__OBJECTIVE, NULL, &n_objectives);

    for (size_t i = 0; i < n_objectives; i++) {
        const struct book_entry *const *actions =
            book_children(book, objectives[i]->id, CONCERT__KIND__ACTION, NULL, &n_actions);

        gather_one(differ, first, objectives[i], to);
        for (size_t j = 0; j < n_actions; j++)
            gather_one(differ, first, actions[j], to);
    }
}

/* By number, as in the plan; of the same number what was there before first. */
static int by_number(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = book_compare_handles(shown(a)->handle, shown(b)->handle);

    if (order != 0)
        return order;
    if ((a->after == NULL) != (b->after == NULL))
        return a->after == NULL ? -1 : 1;
    return memcmp(shown(a)->id, shown(b)->id, UUID_SIZE);
}

const struct diff_row *diff_plans(const struct diff_side *before, const struct diff_side *after,
    const uint8_t plan[UUID_SIZE], struct arena *arena, size_t *count_r)
{
    static const struct diff_row none[1];
    struct differ to = {.before = before, .after = after, .arena = arena};
    struct pair whole = {book_get(before->book, plan), book_get(after->book, plan)};
    struct subjects subjects = {.count = 0};

    gather(&to, true, plan, &subjects);
    gather(&to, false, plan, &subjects);
    if (subjects.count > 1)
        qsort(subjects.list, subjects.count, sizeof(*subjects.list), by_number);
    if (whole.before != NULL || whole.after != NULL)
        compare(&to, &whole);
    for (size_t i = 0; i < subjects.count; i++)
        compare(&to, &subjects.list[i]);
    *count_r = to.count;
    if (to.full || subjects.full)
        return NULL;
    return to.count == 0 ? none : to.rows;
}
