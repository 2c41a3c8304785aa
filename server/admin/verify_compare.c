/* What records must be by the log, against the register and the tables. */
#include <stdio.h>
#include <string.h>

#include "admin/verify_internal.h"
#include "i18n.h"
#include "record.h"
#include "store/binary.h"
#include "store/rows.h"

#define WORDS_MAX 200 /* bytes of a value in a finding */

struct comparing {
    struct verify *verify;
    const struct verify_expected *expected;
    size_t count;
    struct arena *arena;
    struct pipeline_value *unknown; /* of each, from the register */
    bool *there;                    /* the typed row was found */
};

static void found(struct comparing *c, const struct verify_expected *record, const char *field,
    const char *log, const char *table)
{
    char name[64];

    verify_name(c->verify, record->id, name);
    verify_found(c->verify, _("%s (%s), %s: the log says “%.*s” (change %llu), the table “%.*s”."),
        name, record->kind_name, field, WORDS_MAX, log, (unsigned long long)record->seq, WORDS_MAX,
        table);
}

/* --- the register ------------------------------------------------------------------------------
 */

static void compare_number(struct comparing *c, const struct verify_expected *record,
    const char *field, int64_t log, int64_t table)
{
    char a[32], b[32];

    if (log == table)
        return;
    snprintf(a, sizeof(a), "%lld", (long long)log);
    snprintf(b, sizeof(b), "%lld", (long long)table);
    found(c, record, field, a, b);
}

static void compare_id(struct comparing *c, const struct verify_expected *record, const char *field,
    const uint8_t *log, const uint8_t *table)
{
    char a[UUID_TEXT], b[UUID_TEXT];

    if (uuid_equal(log, table))
        return;
    uuid_format(log, a);
    uuid_format(table, b);
    found(c, record, field, a, b);
}

/* The record's own party, or that of the record it inherits from. */
static void compare_owner(struct comparing *c, const struct verify_expected *record,
    const struct inspect_rows *rows, size_t row)
{
    const char *from = record->kind->owner;
    const uint8_t *expected = uuid_none;
    uint8_t owner[UUID_SIZE], parents[UUID_SIZE];

    inspect_get_id(rows, row, 4, owner);
    inspect_get_id(rows, row, 11, parents);
    if (from != NULL && strcmp(from, "id") == 0)
        expected = record->id;
    else if (from != NULL)
        expected = record_reference(record->body, record->kind, from);
    if (expected == NULL)
        expected = uuid_none;
    else if (expected != uuid_none && expected != record->id &&
             inspect_get(rows, row, 11).data != NULL)
        expected = parents;
    compare_id(c, record, "owner", expected, owner);
}

/* The plan or meeting whose state freezes the record: its own, or that of what it hangs on, which
 * stays the same when it is moved. */
static void compare_root(struct comparing *c, const struct verify_expected *record,
    const struct inspect_rows *rows, size_t row)
{
    uint8_t root[UUID_SIZE], parents[UUID_SIZE];

    inspect_get_id(rows, row, 13, root);
    inspect_get_id(rows, row, 14, parents);
    compare_id(c, record, "root", kinds_is_root(record->kind) ? record->id : parents, root);
}

static void compare_register(struct comparing *c, const struct inspect_rows *rows, size_t row,
    const struct verify_expected *record)
{
    uint8_t id[UUID_SIZE];
    char kind[64], handle[STORE_HANDLE_SIZE];

    inspect_get_text(rows, row, 1, kind, sizeof(kind));
    if (strcmp(kind, record->kind_name) != 0)
        found(c, record, "kind", record->kind_name, kind);
    inspect_get_text(rows, row, 12, handle, sizeof(handle));
    if (record->handle[0] != '\0' && strcmp(handle, record->handle) != 0)
        found(c, record, "handle", record->handle, handle);
    compare_number(
        c, record, "revision", (int64_t)record->revision, inspect_get_number(rows, row, 2));
    compare_number(c, record, "seq", (int64_t)record->seq, inspect_get_number(rows, row, 3));
    compare_number(c, record, "deleted", record->deleted,
        binary_get_number(inspect_get(rows, row, 9), BINARY_BOOL));
    compare_number(c, record, "created_at", record->created_at,
        binary_get_number(inspect_get(rows, row, 5), BINARY_TIME));
    compare_number(c, record, "changed_at", record->changed_at,
        binary_get_number(inspect_get(rows, row, 7), BINARY_TIME));
    inspect_get_id(rows, row, 6, id);
    compare_id(c, record, "created_by", record->created_by, id);
    inspect_get_id(rows, row, 8, id);
    compare_id(c, record, "changed_by", record->changed_by, id);
    if (record->body == NULL)
        return;
    compare_owner(c, record, rows, row);
    compare_root(c, record, rows, row);
}

static struct pipeline_value ids_of(
    const struct comparing *c, const struct kind *kind, struct pipeline_value *numbers_r)
{
    struct binary_array ids = binary_array_make(c->arena, BINARY_UUID, c->count);
    struct binary_array numbers = binary_array_make(c->arena, BINARY_INT32, c->count);

    for (size_t i = 0; i < c->count; i++) {
        if (kind != NULL && (c->expected[i].kind != kind || c->expected[i].body == NULL))
            continue;
        binary_add(&ids, c->expected[i].id, UUID_SIZE);
        binary_add_number(&numbers, (int64_t)i);
    }
    *numbers_r = binary_array_value(&numbers);
    return binary_array_value(&ids);
}

/* The record that this field of it names; uuid_none: it names none, or is deleted. */
static const uint8_t *named_by(const struct verify_expected *record, const char *field)
{
    const uint8_t *id = NULL;

    if (record->body != NULL && field != NULL && strcmp(field, "id") != 0)
        id = record_reference(record->body, record->kind, field);
    return id == NULL ? uuid_none : id;
}

/* Column 11: what the record that it inherits its owner from has; NULL: that one is a party. 14:
 * the root of the one that it hangs on. */
static struct inspect_rows *ask_register(struct comparing *c)
{
    struct binary_array owners = binary_array_make(c->arena, BINARY_UUID, c->count);
    struct binary_array parents = binary_array_make(c->arena, BINARY_UUID, c->count);
    struct pipeline_value values[4];

    for (size_t i = 0; i < c->count; i++) {
        const struct verify_expected *record = &c->expected[i];
        const struct kind *kind = record->kind;

        binary_add_id(&owners, named_by(record, kind == NULL ? NULL : kind->owner));
        binary_add_id(&parents, named_by(record, kind == NULL ? NULL : kind->parent));
    }
    values[0] = ids_of(c, NULL, &values[1]);
    values[2] = binary_array_value(&owners);
    values[3] = binary_array_value(&parents);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        c->verify->failed |= values[i].data == NULL;
    if (c->verify->failed)
        return NULL;
    return inspect_ask(c->verify->inspect,
        "SELECT k.n::bigint, r.kind, r.revision, r.seq, r.owner, r.created_at, r.created_by,"
        " r.changed_at, r.changed_by, r.deleted, r.unknown,"
        " CASE WHEN o.kind <> 'party' THEN"
        " coalesce(o.owner, '00000000-0000-0000-0000-000000000000') END, r.handle, r.root, p.root"
        " FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[]) AS k(id, n, owner, parent)"
        " LEFT JOIN record r ON r.id = k.id LEFT JOIN record o ON o.id = k.owner"
        " LEFT JOIN record p ON p.id = k.parent",
        values, 4);
}

static bool compare_registers(struct comparing *c)
{
    struct inspect_rows *rows = ask_register(c);
    bool fine = rows != NULL;

    for (size_t i = 0; fine && i < inspect_rows_count(rows); i++) {
        size_t n = (size_t)inspect_get_number(rows, i, 0);
        struct pipeline_value unknown = inspect_get(rows, i, 10);

        if (n >= c->count)
            continue;
        if (inspect_get(rows, i, 1).data == NULL) {
            found(c, &c->expected[n], "id", c->expected[n].kind_name, "");
            continue;
        }
        compare_register(c, rows, i, &c->expected[n]);
        if (unknown.data != NULL)
            unknown.data = arena_copy(c->arena, unknown.data, unknown.size);
        c->unknown[n] = unknown;
    }
    inspect_rows_free(&rows);
    return fine;
}

/* --- the tables --------------------------------------------------------------------------------
 */

static const char *words(struct comparing *c, const struct kind *kind, const ProtobufCMessage *body,
    const ProtobufCFieldDescriptor *field)
{
    const char *text = "";

    for (size_t i = 0; i < record_count(body, field) && text != NULL; i++)
        text = arena_printf(c->arena, "%s%s%s", text, i == 0 ? "" : ", ",
            record_text(kind, field, record_get(body, field, i), c->arena));
    return text == NULL ? "" : text;
}

static void compare_body(
    struct comparing *c, const struct verify_expected *record, const ProtobufCMessage *row)
{
    struct pipeline_value log, table;
    bool failed = false;

    for (unsigned i = 0; i < record->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &record->kind->descriptor->fields[i];

        if (!record_same(record->body, row, field))
            found(c, record, field->name, words(c, record->kind, record->body, field),
                words(c, record->kind, row, field));
    }
    log = rows_unknown(record->kind, record->body, c->arena, &failed);
    table = rows_unknown(record->kind, row, c->arena, &failed);
    if (log.size != table.size || (log.size > 0 && memcmp(log.data, table.data, log.size) != 0))
        found(c, record, "unknown", "#", "#");
}

/* The row as a message; without the register's unknown fields when those are damaged. NULL: it is
 * damaged itself. Either is told. */
static const ProtobufCMessage *decode(struct comparing *c, const struct verify_expected *record,
    const struct pipeline_value *values, struct pipeline_value unknown)
{
    const ProtobufCMessage *body = rows_read(record->kind, values, unknown, c->arena);
    char name[64];

    if (body != NULL)
        return body;
    if (unknown.data != NULL)
        body = rows_read(record->kind, values, (struct pipeline_value){0}, c->arena);
    verify_name(c->verify, record->id, name);
    if (body == NULL)
        verify_found(c->verify,
            _("%s (%s, change %llu): its row in the table %s is not to be read."), name,
            record->kind_name, (unsigned long long)record->seq, record->kind_name);
    else
        verify_found(c->verify,
            _("%s (%s, change %llu): what the register keeps of a later version's fields (unknown) "
              "is not to be read."),
            name, record->kind_name, (unsigned long long)record->seq);
    return body;
}

static bool read_row(struct comparing *c, const struct inspect_rows *rows, size_t row)
{
    size_t n = (size_t)binary_get_number(inspect_get(rows, row, 0), BINARY_INT32);
    const struct verify_expected *record = &c->expected[n];
    size_t columns = n < c->count ? rows_columns(record->kind) : 0;
    struct pipeline_value *values = arena_alloc(c->arena, columns * sizeof(*values));
    const ProtobufCMessage *body;

    if (n >= c->count || values == NULL)
        return false;
    for (size_t i = 0; i < columns; i++)
        values[i] = inspect_get(rows, row, i + 1);
    c->there[n] = true;
    body = decode(c, record, values, c->unknown[n]);
    if (body != NULL)
        compare_body(c, record, body);
    return true;
}

static bool compare_kind(struct comparing *c, const struct kind *kind)
{
    const char *sql = rows_sql(kind, ROWS_SELECT, c->arena);
    struct pipeline_value values[2];
    struct inspect_rows *rows;
    bool fine = true;

    values[0] = ids_of(c, kind, &values[1]);
    if (sql == NULL || values[0].data == NULL || values[1].data == NULL) {
        c->verify->failed = true;
        return false;
    }
    rows = inspect_ask(c->verify->inspect, sql, values, 2);
    if (rows == NULL)
        return false;
    for (size_t i = 0; fine && i < inspect_rows_count(rows); i++)
        fine = read_row(c, rows, i);
    c->verify->failed |= !fine;
    inspect_rows_free(&rows);
    return fine;
}

static bool compare_bodies(struct comparing *c)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < c->count; i++)
        if (c->expected[i].body != NULL)
            mask |= UINT64_C(1) << c->expected[i].kind->id;
    for (size_t i = 0; i < kinds_count; i++)
        if ((mask & UINT64_C(1) << kinds[i].id) && !compare_kind(c, &kinds[i]))
            return false;
    for (size_t i = 0; i < c->count; i++) {
        char name[64];

        if (c->expected[i].body == NULL || c->there[i])
            continue;
        verify_name(c->verify, c->expected[i].id, name);
        verify_found(c->verify, _("%s: the log has it, but its row in the table %s is missing."),
            name, c->expected[i].kind_name);
    }
    return true;
}

bool verify_compare(struct verify *verify, const struct verify_expected *expected, size_t count,
    struct arena *arena)
{
    struct comparing c = {.verify = verify,
        .expected = expected,
        .count = count,
        .arena = arena,
        .unknown = arena_alloc(arena, (count + 1) * sizeof(struct pipeline_value)),
        .there = arena_alloc(arena, count + 1)};

    if (c.unknown == NULL || c.there == NULL) {
        verify->failed = true;
        return false;
    }
    return count == 0 || (compare_registers(&c) && compare_bodies(&c) &&
                             verify_documents(verify, expected, count, arena));
}
