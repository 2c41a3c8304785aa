#include "audit.h"

#include <stdio.h>
#include <string.h>

#include "binary.h"

#define FETCH "FETCH 500 FROM walk"
#define ARENA_LIMIT ((size_t)256 << 20)
#define SQL_MAX 2048

#define CHANGE                                                                                     \
    "c.seq, c.op_id, c.record, c.kind, c.revision, c.at, c.authored_at, c.account, c.device,"      \
    " c.fields, c.deleted, c.reason, c.patch, c.patch_hash, c.resolution, c.resolution_hash,"      \
    " c.hash, c.erased"

/* A walk along one row's columns. */
struct walk {
    const struct inspect_rows *rows;
    struct arena *arena;
    size_t row, column;
};

static struct pipeline_value next(struct walk *walk)
{
    return inspect_get(walk->rows, walk->row, walk->column++);
}

static void take_id(struct walk *walk, uint8_t *id_r)
{
    binary_get_bytes(next(walk), id_r, UUID_SIZE);
}

static uint64_t take_count(struct walk *walk)
{
    return (uint64_t)binary_get_number(next(walk), BINARY_INT64);
}

static bool take_fields(struct walk *walk, struct store_change *change)
{
    struct pipeline_value *elements;
    const char **fields;

    if (!binary_get_array(next(walk), walk->arena, &elements, &change->n_fields))
        return false;
    fields = arena_alloc(walk->arena, change->n_fields * sizeof(*fields));
    for (size_t i = 0; fields != NULL && i < change->n_fields; i++)
        if ((fields[i] = arena_copy(walk->arena, elements[i].data, elements[i].size)) == NULL)
            return false;
    change->fields = fields;
    return fields != NULL;
}

static void take_contents(struct walk *walk, struct store_change *change)
{
    struct pipeline_value value = next(walk);

    change->patch = value.data;
    change->patch_size = value.size;
    binary_get_bytes(next(walk), change->patch_hash, STORE_HASH_SIZE);
    value = next(walk);
    change->resolution = value.data;
    change->resolution_size = value.size;
    value = next(walk);
    change->resolved = value.data != NULL;
    binary_get_bytes(value, change->resolution_hash, STORE_HASH_SIZE);
    binary_get_bytes(next(walk), change->hash, STORE_HASH_SIZE);
}

static bool take(struct walk *walk, struct audit_change *taken)
{
    struct store_change *change = &taken->change;
    struct pipeline_value value;

    memset(taken, 0, sizeof(*taken));
    change->seq = take_count(walk);
    take_id(walk, change->op_id);
    take_id(walk, change->id);
    inspect_get_text(walk->rows, walk->row, walk->column++, taken->kind, sizeof(taken->kind));
    change->kind = kinds_by_name(taken->kind);
    change->revision = take_count(walk);
    change->at = binary_get_number(next(walk), BINARY_TIME);
    change->authored_at = binary_get_number(next(walk), BINARY_TIME);
    take_id(walk, change->account);
    take_id(walk, change->device);
    if (!take_fields(walk, change))
        return false;
    change->deleted = binary_get_number(next(walk), BINARY_BOOL) != 0;
    value = next(walk);
    if (value.data != NULL)
        change->reason = arena_copy(walk->arena, value.data, value.size);
    take_contents(walk, change);
    taken->erased = binary_get_number(next(walk), BINARY_BOOL) != 0;
    return value.data == NULL || change->reason != NULL;
}

static bool tell(const struct inspect_rows *rows, audit_change_cb *cb, void *arg)
{
    struct walk walk = {.rows = rows, .arena = arena_new(ARENA_LIMIT)};
    size_t count = inspect_rows_count(rows);
    struct audit_change change;
    bool fine = walk.arena != NULL;

    for (; fine && walk.row < count; walk.row++) {
        walk.column = 0;
        fine = take(&walk, &change) && cb(arg, &change);
    }
    arena_free(&walk.arena);
    return fine;
}

bool audit_walk(struct inspect *inspect, const char *rest, const struct pipeline_value *values,
    size_t n_values, audit_change_cb *cb, void *arg)
{
    char sql[SQL_MAX];
    struct inspect_rows *rows;
    bool fine = true, more = true;

    snprintf(sql, sizeof(sql), "DECLARE walk NO SCROLL CURSOR FOR SELECT %s FROM change c %s",
        CHANGE, rest);
    rows = inspect_ask(inspect, sql, values, n_values);
    if (rows == NULL)
        return false;
    inspect_rows_free(&rows);
    while (fine && more) {
        rows = inspect_ask(inspect, FETCH, NULL, 0);
        if (rows == NULL)
            return false;
        more = inspect_rows_count(rows) > 0;
        fine = tell(rows, cb, arg);
        inspect_rows_free(&rows);
    }
    return inspect_run(inspect, "CLOSE walk") && fine;
}

bool audit_handle(
    struct inspect *inspect, const uint8_t id[UUID_SIZE], char handle_r[STORE_HANDLE_SIZE])
{
    const struct pipeline_value value = {id, UUID_SIZE};
    struct inspect_rows *rows =
        inspect_ask(inspect, "SELECT handle FROM record WHERE id = $1::uuid", &value, 1);
    bool fine = rows != NULL;

    handle_r[0] = '\0';
    if (fine && inspect_rows_count(rows) == 1)
        inspect_get_text(rows, 0, 0, handle_r, STORE_HANDLE_SIZE);
    inspect_rows_free(&rows);
    return fine;
}
