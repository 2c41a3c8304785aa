/* The first of a batch's round trips: what to read, and what came. */
#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "register.h"
#include "store_internal.h"

#define ROOT (1 + REGISTER_RECORD_VALUES) /* the column of "records" after n and RECORD */
#define FIXED_CALLS 7 /* begin, head, known, records, changes, invitations, resolutions */

static int by_id(const void *a, const void *b)
{
    return memcmp(
        ((const struct store_wanted *)a)->id, ((const struct store_wanted *)b)->id, UUID_SIZE);
}

/* The same record once: touched if it is by any, from the lowest base. Somebody may have its kind
 * wrong, which takes nothing from who has it right. */
static void unite(struct store_wanted *into, const struct store_wanted *other)
{
    if (other->kinds != 0 && (into->kinds == 0 || other->base < into->base))
        into->base = other->base;
    into->kinds |= other->kinds;
}

static bool gather(struct store_batch *batch, const struct store_ask *ask)
{
    size_t count = ask->n_touched + ask->n_referred, n = 0;
    struct store_wanted *wanted = arena_alloc(batch->arena, count * sizeof(*wanted));

    if (wanted == NULL)
        return false;
    for (size_t i = 0; i < ask->n_touched; i++) {
        memcpy(wanted[i].id, ask->touched[i].id, UUID_SIZE);
        wanted[i].kinds = UINT64_C(1) << ask->touched[i].kind->id;
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
    return kind == NULL || wanted->kinds & UINT64_C(1) << kind->id;
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

/* Which kinds have a body to read, as a mask of their numbers. */
static uint64_t kinds_of(const struct store_batch *batch)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < batch->n_wanted; i++)
        mask |= batch->wanted[i].kinds;
    return mask;
}

static void add_changes(struct store_batch *batch)
{
    struct binary_array ids = binary_array_make(batch->arena, BINARY_UUID, batch->n_wanted);
    struct binary_array bases = binary_array_make(batch->arena, BINARY_INT64, batch->n_wanted);
    struct pipeline_value *values;

    for (size_t i = 0; i < batch->n_wanted; i++)
        if (batch->wanted[i].kinds != 0) {
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
    uint64_t mask;

    batch->calls = turn_make(batch->arena, FIXED_CALLS + kinds_count);
    if (batch->calls.failed || !gather(batch, ask))
        return false;
    turn_add_values(&batch->calls, "begin_batch", NULL, 0);
    turn_add_values(&batch->calls, "lock_head", NULL, 0);
    add_known(batch, ask);
    if (batch->n_wanted > 0)
        add_select(batch, "records", NULL);
    mask = kinds_of(batch);
    for (size_t i = 0; i < kinds_count; i++)
        if (mask & UINT64_C(1) << kinds[i].id)
            add_select(batch, statements_name(&batch->store->statements, &kinds[i], ROWS_SELECT),
                &kinds[i]);
    if (ask->n_touched > 0)
        add_changes(batch);
    add_invitations(batch, ask);
    if (ask->resolutions)
        turn_add_values(&batch->calls, "resolutions", NULL, 0);
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

static bool take_records(struct store_batch *batch, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows), n = 0;
    struct store_record *records = arena_alloc(batch->arena, count * sizeof(*records));

    for (size_t i = 0; records != NULL && i < count; i++) {
        struct store_wanted *wanted = numbered(batch, rows, i);
        struct pipeline_value unknown;

        if (wanted == NULL || !register_read_record(rows, i, 1, &records[n], &unknown))
            continue;
        register_read_root(rows, i, ROOT, &records[n].root_says);
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

static bool take_resolutions(struct store_batch *batch, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows);
    struct store_resolution *resolutions = arena_alloc(batch->arena, count * sizeof(*resolutions));

    for (size_t i = 0; resolutions != NULL && i < count; i++)
        register_read_resolution(rows, i, &resolutions[i]);
    batch->answer.resolutions = resolutions;
    batch->answer.n_resolutions = count;
    return resolutions != NULL;
}

/* Rows of a kind's select. A row under an id that the register knows as another kind's is not its.
 */
static bool take_bodies(
    struct store_batch *batch, const struct kind *kind, const struct pipeline_rows *rows)
{
    for (size_t i = 0; i < pipeline_rows_count(rows); i++) {
        struct store_wanted *wanted = numbered(batch, rows, i);
        struct store_record *record = wanted == NULL ? NULL : wanted->record;

        if (record == NULL || record->kind != kind || record->deleted)
            continue;
        record->body = store_read_body(kind, rows, i, wanted->unknown, batch->arena);
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
    {"resolutions", take_resolutions},
};

static bool take(struct store_batch *batch, const char *name, const struct pipeline_rows *rows)
{
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (strcmp(takers[i].name, name) == 0)
            return takers[i].take(batch, rows);
    for (size_t i = 0; i < kinds_count; i++)
        if (strcmp(statements_name(&batch->store->statements, &kinds[i], ROWS_SELECT), name) == 0)
            return take_bodies(batch, &kinds[i], rows);
    return true;
}

void store_ask_rows(struct store_batch *batch, size_t call, const struct pipeline_rows *rows)
{
    if (!batch->failed && !take(batch, batch->calls.list[call].name, rows))
        batch->failed = true;
}
