/* The first of a batch's round trips: what to read, and what came. */
#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "register.h"
#include "store_internal.h"

#define PLAN_STATUS (1 + REGISTER_RECORD_VALUES) /* the column of "records" after n and RECORD */
#define FIXED_CALLS 6 /* begin, head, known, records, changes, invitations */

static int by_id(const void *a, const void *b)
{
    return memcmp(
        ((const struct store_wanted *)a)->id, ((const struct store_wanted *)b)->id, UUID_SIZE);
}

/* The same record once: touched if it is by any, from the lowest base. */
static void unite(struct store_wanted *into, const struct store_wanted *other)
{
    if (other->kind != NULL && (into->kind == NULL || other->base < into->base))
        into->base = other->base;
    if (into->kind == NULL)
        into->kind = other->kind;
}

static bool gather(struct store_batch *batch, const struct store_ask *ask)
{
    size_t count = ask->n_touched + ask->n_referred, n = 0;
    struct store_wanted *wanted = arena_alloc(batch->arena, count * sizeof(*wanted));

    if (wanted == NULL)
        return false;
    for (size_t i = 0; i < ask->n_touched; i++) {
        memcpy(wanted[i].id, ask->touched[i].id, UUID_SIZE);
        wanted[i].kind = ask->touched[i].kind;
        wanted[i].base = ask->touched[i].base;
    }
    for (size_t i = 0; i < ask->n_referred; i++)
        memcpy(wanted[ask->n_touched + i].id, ask->referred[i], UUID_SIZE);
    qsort(wanted, count, sizeof(*wanted), by_id);
    for (size_t i = 0; i < count; i++)
        if (n > 0 && by_id(&wanted[n - 1], &wanted[i]) == 0)
            unite(&wanted[n - 1], &wanted[i]);
        else
            wanted[n++] = wanted[i];
    batch->wanted = wanted;
    batch->n_wanted = n;
    return true;
}

static void add_known(struct store_batch *batch, const struct store_ask *ask)
{
    struct binary_array ids = binary_array_make(batch->arena, BINARY_UUID, ask->n_op_ids);
    struct pipeline_value *values;

    if (ask->n_op_ids == 0)
        return;
    for (size_t i = 0; i < ask->n_op_ids; i++)
        binary_add(&ids, ask->op_ids[i], UUID_SIZE);
    values = turn_add(&batch->calls, "known", 1);
    if (values != NULL)
        values[0] = binary_array_value(&ids);
    batch->calls.failed |= ids.failed;
}

static bool is_wanted(const struct store_wanted *wanted, const struct kind *kind)
{
    return kind == NULL || wanted->kind == kind;
}

/* A call with the ids and numbers of those of the kind; NULL: of all. */
static void add_select(struct store_batch *batch, const char *name, const struct kind *kind)
{
    struct binary_array ids = binary_array_make(batch->arena, BINARY_UUID, batch->n_wanted);
    struct binary_array numbers = binary_array_make(batch->arena, BINARY_INT32, batch->n_wanted);
    struct pipeline_value *values;

    for (size_t i = 0; i < batch->n_wanted; i++)
        if (is_wanted(&batch->wanted[i], kind)) {
            binary_add(&ids, batch->wanted[i].id, UUID_SIZE);
            binary_add_number(&numbers, (int64_t)i);
        }
    values = turn_add(&batch->calls, name, 2);
    if (values != NULL) {
        values[0] = binary_array_value(&ids);
        values[1] = binary_array_value(&numbers);
    }
    batch->calls.failed |= ids.failed || numbers.failed;
}

static bool has_kind(const struct store_batch *batch, const struct kind *kind)
{
    for (size_t i = 0; i < batch->n_wanted; i++)
        if (batch->wanted[i].kind == kind)
            return true;
    return false;
}

static void add_changes(struct store_batch *batch)
{
    struct binary_array ids = binary_array_make(batch->arena, BINARY_UUID, batch->n_wanted);
    struct binary_array bases = binary_array_make(batch->arena, BINARY_INT64, batch->n_wanted);
    struct pipeline_value *values;

    for (size_t i = 0; i < batch->n_wanted; i++)
        if (batch->wanted[i].kind != NULL) {
            binary_add(&ids, batch->wanted[i].id, UUID_SIZE);
            binary_add_number(&bases, (int64_t)batch->wanted[i].base);
        }
    values = turn_add(&batch->calls, "changes_after", 2);
    if (values != NULL) {
        values[0] = binary_array_value(&ids);
        values[1] = binary_array_value(&bases);
    }
    batch->calls.failed |= ids.failed || bases.failed;
}

static void add_invitations(struct store_batch *batch, const struct store_ask *ask)
{
    struct binary_array hashes =
        binary_array_make(batch->arena, BINARY_BYTES, 2 * ask->n_code_hashes);
    struct pipeline_value *values;

    if (ask->n_code_hashes == 0)
        return;
    for (size_t i = 0; i < ask->n_code_hashes; i++)
        binary_add(&hashes, ask->code_hashes[i], STORE_HASH_SIZE);
    values = turn_add(&batch->calls, "lock_invitations", 1);
    if (values != NULL)
        values[0] = binary_array_value(&hashes);
    batch->calls.failed |= hashes.failed;
}

bool store_ask_calls(struct store_batch *batch, const struct store_ask *ask)
{
    batch->calls = turn_make(batch->arena, FIXED_CALLS + kinds_count);
    if (batch->calls.failed || !gather(batch, ask))
        return false;
    turn_add_values(&batch->calls, "begin_batch", NULL, 0);
    turn_add_values(&batch->calls, "lock_head", NULL, 0);
    add_known(batch, ask);
    if (batch->n_wanted > 0)
        add_select(batch, "records", NULL);
    for (size_t i = 0; i < kinds_count; i++)
        if (has_kind(batch, &kinds[i]))
            add_select(batch, statements_name(&batch->store->statements, &kinds[i], ROWS_SELECT),
                &kinds[i]);
    if (ask->n_touched > 0)
        add_changes(batch);
    add_invitations(batch, ask);
    return !batch->calls.failed;
}

/* --- what came -------------------------------------------------------------------------------- */

static struct store_wanted *numbered(
    struct store_batch *batch, const struct pipeline_rows *rows, size_t row)
{
    int64_t number = binary_get_number(pipeline_rows_get(rows, row, 0), BINARY_INT32);

    return number >= 0 && (size_t)number < batch->n_wanted ? &batch->wanted[number] : NULL;
}

static bool take_head(struct store_batch *batch, const struct pipeline_rows *rows)
{
    return register_read_head(rows, true, batch->arena, &batch->answer.head);
}

static bool take_known(struct store_batch *batch, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows);
    struct store_known *known = arena_alloc(batch->arena, count * sizeof(*known));

    if (known == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        register_read_known(rows, i, &known[i]);
    batch->answer.known = known;
    batch->answer.n_known = count;
    return true;
}

/* The status of the plan that the record hangs on, which the last column tells; none: draft. */
static bool take_plan_status(
    struct store_batch *batch, struct pipeline_value from, struct store_record *record_r)
{
    const struct kind *plan = kinds_get(CONCERT__KIND__PLAN);
    struct record_value status;
    const char *text;

    if (from.data == NULL)
        return true;
    text = arena_copy(batch->arena, from.data, from.size);
    if (text == NULL ||
        !record_parse(plan, record_field(plan, "status"), text, batch->arena, &status))
        return false;
    record_r->plan_status = (Concert__Plan__Status)status.number;
    return true;
}

static bool take_records(struct store_batch *batch, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows), n = 0;
    struct store_record *records = arena_alloc(batch->arena, count * sizeof(*records));

    for (size_t i = 0; records != NULL && i < count; i++) {
        struct store_wanted *wanted = numbered(batch, rows, i);
        struct pipeline_value unknown;

        if (wanted == NULL || !register_read_record(rows, i, 1, &records[n], &unknown))
            continue;
        if (!take_plan_status(batch, pipeline_rows_get(rows, i, PLAN_STATUS), &records[n]))
            return false;
        if (unknown.data != NULL) {
            unknown.data = arena_copy(batch->arena, unknown.data, unknown.size);
            if (unknown.data == NULL)
                return false;
        }
        wanted->unknown = unknown;
        wanted->record = &records[n++];
    }
    batch->answer.records = records;
    batch->answer.n_records = n;
    return records != NULL;
}

static bool take_changes(struct store_batch *batch, const struct pipeline_rows *rows)
{
    batch->answer.changes = store_read_changes(rows, false, batch->arena, &batch->answer.n_changes);
    return batch->answer.changes != NULL;
}

static bool take_invitations(struct store_batch *batch, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows);
    struct store_invitation *invitations = arena_alloc(batch->arena, count * sizeof(*invitations));

    for (size_t i = 0; invitations != NULL && i < count; i++)
        register_read_invitation(rows, i, &invitations[i]);
    batch->answer.invitations = invitations;
    batch->answer.n_invitations = count;
    return invitations != NULL;
}

/* Rows of a kind's select. A row under an id that the register knows as another kind's is not its.
 */
static bool take_bodies(struct store_batch *batch, const struct pipeline_rows *rows)
{
    for (size_t i = 0; i < pipeline_rows_count(rows); i++) {
        struct store_wanted *wanted = numbered(batch, rows, i);
        struct store_record *record = wanted == NULL ? NULL : wanted->record;

        if (record == NULL || record->kind != wanted->kind || record->deleted)
            continue;
        record->body = store_read_body(record->kind, rows, i, wanted->unknown, batch->arena);
        if (record->body == NULL)
            return false;
    }
    return true;
}

struct taker {
    const char *name;
    bool (*take)(struct store_batch *batch, const struct pipeline_rows *rows);
};

static const struct taker takers[] = {
    {"lock_head", take_head},
    {"known", take_known},
    {"records", take_records},
    {"changes_after", take_changes},
    {"lock_invitations", take_invitations},
};

void store_ask_rows(struct store_batch *batch, size_t call, const struct pipeline_rows *rows)
{
    bool (*take)(struct store_batch *, const struct pipeline_rows *) = take_bodies;

    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (strcmp(takers[i].name, batch->calls.list[call].name) == 0)
            take = takers[i].take;
    if (!batch->failed && !take(batch, rows))
        batch->failed = true;
}
