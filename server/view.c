#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/* What view_back restores: a row as it was before one change. */
struct undo {
    struct view_row *row;
    struct view_row before;
    bool is_new;
};

/* A counter of decisions; the store writes it when the batch has counted on. */
struct counter {
    struct store_resolution now;
    bool counted;
};

/* A number that was given to the change at that place. */
struct number {
    size_t counter, change;
};

struct view {
    struct arena *arena;
    struct idmap *rows;
    struct idmap *known;
    struct store_head head;
    struct store_change **changes;
    struct undo *undos;
    size_t n_changes, max_changes; /* of both arrays */
    struct counter *counters;
    struct number *numbers;
    size_t n_counters, n_numbers;
    size_t max_counters, max_numbers;
};

static struct view_row *add_row(struct view *view, const struct store_record *record)
{
    struct view_row *row = arena_alloc(view->arena, sizeof(*row));

    if (row == NULL || !idmap_put(view->rows, record->id, row))
        return NULL;
    row->record = *record;
    return row;
}

static bool add_change(struct view *view, struct view_row *row, const struct store_change *change)
{
    if (row->n_changes == row->max_changes) {
        size_t max = row->max_changes == 0 ? 4 : row->max_changes * 2;
        const struct store_change **changes = arena_alloc(view->arena, max * sizeof(*changes));

        if (changes == NULL)
            return false;
        if (row->n_changes > 0)
            memcpy(changes, row->changes, row->n_changes * sizeof(*changes));
        row->changes = changes;
        row->max_changes = max;
    }
    row->changes[row->n_changes++] = change;
    return true;
}

static bool add_known(struct view *view, const struct store_known *known)
{
    return idmap_put(view->known, known->op_id, (void *)known);
}

static bool add_counter(struct view *view, const struct store_resolution *resolution)
{
    struct counter *grown =
        array_grow(view->counters, view->n_counters, &view->max_counters, sizeof(*grown));

    if (grown == NULL)
        return false;
    view->counters = grown;
    view->counters[view->n_counters++] = (struct counter){.now = *resolution};
    return true;
}

static bool fill(struct view *view, const struct store_answer *answer)
{
    for (size_t i = 0; i < answer->n_records; i++)
        if (add_row(view, &answer->records[i]) == NULL)
            return false;
    for (size_t i = 0; i < answer->n_changes; i++) {
        struct view_row *row = idmap_get(view->rows, answer->changes[i].id);

        if (row != NULL && !add_change(view, row, &answer->changes[i]))
            return false;
    }
    for (size_t i = 0; i < answer->n_known; i++)
        if (!add_known(view, &answer->known[i]))
            return false;
    for (size_t i = 0; i < answer->n_resolutions; i++)
        if (!add_counter(view, &answer->resolutions[i]))
            return false;
    return true;
}

struct view *view_new(const struct store_answer *answer, struct arena *arena)
{
    struct view *view = calloc(1, sizeof(*view));

    if (view == NULL)
        return NULL;
    view->arena = arena;
    view->head = answer->head;
    view->rows = idmap_new();
    view->known = idmap_new();
    if (view->rows == NULL || view->known == NULL || !fill(view, answer))
        view_free(&view);
    return view;
}

void view_free(struct view **view)
{
    if (*view == NULL)
        return;
    idmap_free(&(*view)->rows);
    idmap_free(&(*view)->known);
    free((*view)->changes);
    free((*view)->undos);
    free((*view)->counters);
    free((*view)->numbers);
    free(*view);
    *view = NULL;
}

const struct view_row *view_get(const struct view *view, const uint8_t id[UUID_SIZE])
{
    return idmap_get(view->rows, id);
}

static struct store_root plan_says(const Concert__Plan *plan)
{
    return (struct store_root){
        .plan = plan->has_status ? plan->status : CONCERT__PLAN__STATUS__DRAFT};
}

static struct store_root meeting_says(const Concert__Meeting *meeting)
{
    struct store_root root = {.minutes = meeting->has_minutes_status
                                             ? meeting->minutes_status
                                             : CONCERT__MEETING__MINUTES_STATUS__DRAFT};

    if (meeting->starts_at != NULL)
        snprintf(root.starts_at, sizeof(root.starts_at), "%s", meeting->starts_at);
    return root;
}

struct store_root view_root(const struct view *view, const struct store_record *record)
{
    const struct view_row *root = idmap_get(view->rows, record->root);

    if (root == NULL || root->record.body == NULL)
        return record->root_says;
    if (root->record.kind->id == CONCERT__KIND__PLAN)
        return plan_says((const Concert__Plan *)root->record.body);
    if (root->record.kind->id == CONCERT__KIND__MEETING)
        return meeting_says((const Concert__Meeting *)root->record.body);
    return record->root_says;
}

Concert__Plan__Status view_plan_status(const struct view *view, const struct store_record *record)
{
    return view_root(view, record).plan;
}

Concert__Meeting__MinutesStatus view_minutes_status(
    const struct view *view, const struct store_record *record)
{
    return view_root(view, record).minutes;
}

static struct counter *find_counter(struct view *view, const uint8_t party[UUID_SIZE], int32_t year)
{
    const struct store_resolution none = {.year = year};

    for (size_t i = 0; i < view->n_counters; i++)
        if (view->counters[i].now.year == year && uuid_equal(view->counters[i].now.party, party))
            return &view->counters[i];
    if (!add_counter(view, &none))
        return NULL;
    memcpy(view->counters[view->n_counters - 1].now.party, party, UUID_SIZE);
    return &view->counters[view->n_counters - 1];
}

uint32_t view_number(struct view *view, const uint8_t party[UUID_SIZE], int32_t year)
{
    struct number *grown =
        array_grow(view->numbers, view->n_numbers, &view->max_numbers, sizeof(*grown));
    struct counter *counter = grown == NULL ? NULL : find_counter(view, party, year);

    if (grown != NULL)
        view->numbers = grown;
    if (counter == NULL)
        return 0;
    counter->counted = true;
    view->numbers[view->n_numbers++] =
        (struct number){(size_t)(counter - view->counters), view->n_changes};
    return ++counter->now.last;
}

const struct store_known *view_known(const struct view *view, const uint8_t op_id[UUID_SIZE])
{
    return idmap_get(view->known, op_id);
}

struct store_head *view_head(struct view *view)
{
    return &view->head;
}

static bool reserve(struct view *view)
{
    size_t max = view->max_changes == 0 ? 64 : view->max_changes * 2;
    void *changes, *undos;

    if (view->n_changes < view->max_changes)
        return true;
    changes = realloc(view->changes, max * sizeof(struct store_change *));
    if (changes != NULL)
        view->changes = changes;
    undos = realloc(view->undos, max * sizeof(struct undo));
    if (undos != NULL)
        view->undos = undos;
    if (changes == NULL || undos == NULL)
        return false;
    view->max_changes = max;
    return true;
}

static bool remember(struct view *view, const struct store_change *change, const char *handle)
{
    struct store_known *known = arena_alloc(view->arena, sizeof(*known));

    if (known == NULL)
        return false;
    memcpy(known->op_id, change->op_id, UUID_SIZE);
    memcpy(known->account, change->account, UUID_SIZE);
    known->seq = change->seq;
    known->revision = change->revision;
    memcpy(known->handle, handle, sizeof(known->handle));
    memcpy(known->hash, change->hash, STORE_HASH_SIZE);
    return add_known(view, known);
}

bool view_apply(
    struct view *view, const struct store_record *record, const struct store_change *change)
{
    struct store_change *kept = arena_alloc(view->arena, sizeof(*kept));
    struct view_row *row = idmap_get(view->rows, record->id);
    bool is_new = row == NULL;
    struct store_head head = view->head;
    size_t mark = view->n_changes;

    if (kept == NULL || !reserve(view) || (is_new && (row = add_row(view, record)) == NULL))
        return false;
    *kept = *change;
    view->undos[view->n_changes] = (struct undo){row, *row, is_new};
    view->changes[view->n_changes++] = kept;
    row->record = *record;
    row->written = true;
    view->head.seq = change->seq;
    memcpy(view->head.hash, change->hash, STORE_HASH_SIZE);
    if (add_change(view, row, kept) && remember(view, kept, record->handle))
        return true;
    view_back(view, mark, &head);
    return false;
}

size_t view_mark(const struct view *view)
{
    return view->n_changes;
}

void view_back(struct view *view, size_t mark, const struct store_head *head)
{
    while (view->n_changes > mark) {
        struct undo *undo = &view->undos[--view->n_changes];

        idmap_remove(view->known, view->changes[view->n_changes]->op_id);
        if (undo->is_new)
            idmap_remove(view->rows, undo->row->record.id);
        *undo->row = undo->before;
    }
    while (view->n_numbers > 0 && view->numbers[view->n_numbers - 1].change >= mark)
        view->counters[view->numbers[--view->n_numbers].counter].now.last--;
    view->head = *head;
}

/* A counter that was taken back to 0 is none. */
static bool write_counters(const struct view *view, struct store_writes *writes_r)
{
    struct store_resolution *resolutions =
        arena_alloc(view->arena, (view->n_counters + 1) * sizeof(*resolutions));

    if (resolutions == NULL)
        return false;
    for (size_t i = 0; i < view->n_counters; i++)
        if (view->counters[i].counted && view->counters[i].now.last > 0)
            resolutions[writes_r->n_resolutions++] = view->counters[i].now;
    writes_r->resolutions = resolutions;
    return true;
}

bool view_writes(const struct view *view, struct store_writes *writes_r)
{
    size_t rows = idmap_count(view->rows), cursor = 0, count = 0;
    struct store_record *records = arena_alloc(view->arena, (rows + 1) * sizeof(*records));
    struct store_change *changes =
        arena_alloc(view->arena, (view->n_changes + 1) * sizeof(*changes));
    const struct view_row *row;

    if (records == NULL || changes == NULL)
        return false;
    while ((row = idmap_next(view->rows, &cursor)) != NULL)
        if (row->written)
            records[count++] = row->record;
    for (size_t i = 0; i < view->n_changes; i++)
        changes[i] = *view->changes[i];
    *writes_r = (struct store_writes){.head = view->head,
        .records = records,
        .n_records = count,
        .changes = changes,
        .n_changes = view->n_changes};
    return write_counters(view, writes_r);
}
