#include "register.h"

#include <string.h>
#include <strings.h>

#include "binary.h"
#include "rows.h"

/* A walk along one row's columns. */
struct walk {
    const struct pipeline_rows *rows;
    size_t row, column;
};

static struct pipeline_value next(struct walk *walk)
{
    return pipeline_rows_get(walk->rows, walk->row, walk->column++);
}

static void take_id(struct walk *walk, uint8_t *id_r)
{
    binary_get_bytes(next(walk), id_r, UUID_SIZE);
}

static void take_hash(struct walk *walk, uint8_t *hash_r)
{
    binary_get_bytes(next(walk), hash_r, STORE_HASH_SIZE);
}

static uint64_t take_count(struct walk *walk)
{
    return (uint64_t)binary_get_number(next(walk), BINARY_INT64);
}

/* NULL is 0. */
static int64_t take_time(struct walk *walk)
{
    return binary_get_number(next(walk), BINARY_TIME);
}

static bool take_bool(struct walk *walk)
{
    return binary_get_number(next(walk), BINARY_BOOL) != 0;
}

/* Cuts what is too long, which nothing in the database is. */
static void take_name(struct walk *walk, char *text_r, size_t room)
{
    struct pipeline_value value = next(walk);
    size_t size = value.size < room ? value.size : room - 1;

    if (value.data != NULL)
        memcpy(text_r, value.data, size);
    text_r[value.data == NULL ? 0 : size] = '\0';
}

static const struct kind *take_kind(struct walk *walk)
{
    char name[64];

    take_name(walk, name, sizeof(name));
    return kinds_by_name(name);
}

/* NULL stays NULL; false when memory is out. */
static bool take_text(struct walk *walk, struct arena *arena, const char **text_r)
{
    struct pipeline_value value = next(walk);

    *text_r = value.data == NULL ? NULL : arena_copy(arena, value.data, value.size);
    return value.data == NULL || *text_r != NULL;
}

bool register_read_record(const struct pipeline_rows *rows, size_t row, size_t column,
    struct store_record *record_r, struct pipeline_value *unknown_r)
{
    struct walk walk = {rows, row, column};

    memset(record_r, 0, sizeof(*record_r));
    take_id(&walk, record_r->id);
    record_r->kind = take_kind(&walk);
    take_name(&walk, record_r->handle, sizeof(record_r->handle));
    record_r->revision = take_count(&walk);
    record_r->seq = take_count(&walk);
    take_id(&walk, record_r->owner);
    take_id(&walk, record_r->root);
    record_r->created_at = take_time(&walk);
    take_id(&walk, record_r->created_by);
    record_r->changed_at = take_time(&walk);
    take_id(&walk, record_r->changed_by);
    record_r->deleted = take_bool(&walk);
    *unknown_r = next(&walk);
    return record_r->kind != NULL;
}

static bool take_fields(struct walk *walk, struct arena *arena, struct store_change *change_r)
{
    struct pipeline_value *elements;
    const char **fields;

    if (!binary_get_array(next(walk), arena, &elements, &change_r->n_fields))
        return false;
    fields = arena_alloc(arena, change_r->n_fields * sizeof(*fields));
    for (size_t i = 0; fields != NULL && i < change_r->n_fields; i++)
        if ((fields[i] = arena_copy(arena, elements[i].data, elements[i].size)) == NULL)
            return false;
    change_r->fields = fields;
    return fields != NULL;
}

/* NULL stays NULL; false when memory is out. */
static bool take_bytes(
    struct walk *walk, struct arena *arena, const uint8_t **bytes_r, size_t *size_r)
{
    struct pipeline_value value = next(walk);

    *size_r = value.size;
    *bytes_r =
        value.data == NULL ? NULL : (const uint8_t *)arena_copy(arena, value.data, value.size);
    return value.data == NULL || *bytes_r != NULL;
}

static bool take_contents(struct walk *walk, struct arena *arena, struct store_change *change_r)
{
    struct pipeline_value hash;

    if (!take_bytes(walk, arena, &change_r->patch, &change_r->patch_size))
        return false;
    take_hash(walk, change_r->patch_hash);
    if (!take_bytes(walk, arena, &change_r->resolution, &change_r->resolution_size))
        return false;
    hash = next(walk);
    change_r->resolved = hash.data != NULL;
    binary_get_bytes(hash, change_r->resolution_hash, STORE_HASH_SIZE);
    take_hash(walk, change_r->hash);
    change_r->erased = take_bool(walk);
    return true;
}

bool register_read_change(const struct pipeline_rows *rows, size_t row, bool whole,
    struct arena *arena, struct store_change *change_r)
{
    struct walk walk = {rows, row, 0};

    memset(change_r, 0, sizeof(*change_r));
    change_r->seq = take_count(&walk);
    take_id(&walk, change_r->op_id);
    take_id(&walk, change_r->id);
    change_r->kind = take_kind(&walk);
    change_r->revision = take_count(&walk);
    change_r->at = take_time(&walk);
    change_r->authored_at = take_time(&walk);
    take_id(&walk, change_r->account);
    take_id(&walk, change_r->device);
    if (!take_fields(&walk, arena, change_r))
        return false;
    change_r->deleted = take_bool(&walk);
    return take_text(&walk, arena, &change_r->reason) &&
           (!whole || take_contents(&walk, arena, change_r));
}

bool register_read_head(
    const struct pipeline_rows *rows, bool serials, struct arena *arena, struct store_head *head_r)
{
    struct walk walk = {rows, 0, 0};
    struct pipeline_value *elements;
    size_t count;

    memset(head_r, 0, sizeof(*head_r));
    if (pipeline_rows_count(rows) != 1)
        return false;
    head_r->seq = take_count(&walk);
    take_hash(&walk, head_r->hash);
    if (!serials)
        return true;
    if (!binary_get_array(next(&walk), arena, &elements, &count) || count >= STORE_SERIALS)
        return false;
    for (size_t i = 0; i < count; i++) /* the first is kind 1's */
        head_r->serials[i + 1] = (uint32_t)binary_get_number(elements[i], BINARY_INT32);
    return true;
}

void register_read_invitation(
    const struct pipeline_rows *rows, size_t row, struct store_invitation *invitation_r)
{
    struct walk walk = {rows, row, 0};

    take_hash(&walk, invitation_r->code_hash);
    take_id(&walk, invitation_r->account);
    invitation_r->expires_at = take_time(&walk);
    take_id(&walk, invitation_r->device);
}

void register_read_resolution(
    const struct pipeline_rows *rows, size_t row, struct store_resolution *resolution_r)
{
    struct walk walk = {rows, row, 0};

    take_id(&walk, resolution_r->party);
    resolution_r->year = (int32_t)binary_get_number(next(&walk), BINARY_INT32);
    resolution_r->last = (uint32_t)binary_get_number(next(&walk), BINARY_INT32);
}

/* The number of a value of a closed list; 0 when it is absent or of a later version. */
static int take_choice(struct walk *walk, const struct kind *kind, const char *field)
{
    const ProtobufCEnumDescriptor *list = record_field(kind, field)->descriptor;
    char name[64];

    take_name(walk, name, sizeof(name));
    for (unsigned i = 0; i < list->n_values; i++)
        if (strcasecmp(list->values[i].name, name) == 0)
            return list->values[i].value;
    return 0;
}

void register_read_root(
    const struct pipeline_rows *rows, size_t row, size_t column, struct store_root *root_r)
{
    struct walk walk = {rows, row, column};

    *root_r = (struct store_root){0};
    root_r->plan =
        (Concert__Plan__Status)take_choice(&walk, kinds_get(CONCERT__KIND__PLAN), "status");
    root_r->minutes = (Concert__Meeting__MinutesStatus)take_choice(
        &walk, kinds_get(CONCERT__KIND__MEETING), "minutes_status");
    take_name(&walk, root_r->starts_at, sizeof(root_r->starts_at));
}

void register_read_known(const struct pipeline_rows *rows, size_t row, struct store_known *known_r)
{
    struct walk walk = {rows, row, 0};

    take_id(&walk, known_r->op_id);
    take_id(&walk, known_r->account);
    known_r->seq = take_count(&walk);
    known_r->revision = take_count(&walk);
    take_name(&walk, known_r->handle, sizeof(known_r->handle));
    take_hash(&walk, known_r->hash);
}

/* --- to parameters ---------------------------------------------------------------------------- */

static void make_arrays(struct binary_array *arrays, const enum binary_type *types, size_t n,
    size_t count, struct arena *arena)
{
    for (size_t i = 0; i < n; i++)
        arrays[i] = binary_array_make(arena, types[i], count);
}

static bool take_values(struct binary_array *arrays, size_t n, struct pipeline_value *values_r)
{
    bool fine = true;

    for (size_t i = 0; i < n; i++) {
        values_r[i] = binary_array_value(&arrays[i]);
        fine = fine && values_r[i].data != NULL;
    }
    return fine;
}

static void add_text(struct binary_array *array, const char *text)
{
    binary_add(array, text, text == NULL ? 0 : strlen(text));
}

/* 0 is NULL. */
static void add_time(struct binary_array *array, int64_t time)
{
    if (time == 0)
        binary_add(array, NULL, 0);
    else
        binary_add_number(array, time);
}

static void add_record(struct binary_array *to, const struct store_record *record)
{
    struct pipeline_value unknown = {NULL, 0};
    bool failed = false;

    if (record->body != NULL && !record->deleted)
        unknown = rows_unknown(record->kind, record->body, to->arena, &failed);
    binary_add(to++, record->id, UUID_SIZE);
    add_text(to++, record->kind->name);
    add_text(to++, record->handle);
    binary_add_number(to++, (int64_t)record->revision);
    binary_add_number(to++, (int64_t)record->seq);
    binary_add_id(to++, record->owner);
    binary_add_id(to++, record->root);
    binary_add_number(to++, record->created_at);
    binary_add_id(to++, record->created_by);
    binary_add_number(to++, record->changed_at);
    binary_add_id(to++, record->changed_by);
    binary_add_number(to++, record->deleted);
    binary_add(to, unknown.data, unknown.size);
    to->failed |= failed;
}

bool register_write_records(const struct store_record *records, size_t count, struct arena *arena,
    struct pipeline_value values_r[REGISTER_RECORD_VALUES])
{
    static const enum binary_type types[REGISTER_RECORD_VALUES] = {BINARY_UUID, BINARY_TEXT,
        BINARY_TEXT, BINARY_INT64, BINARY_INT64, BINARY_UUID, BINARY_UUID, BINARY_TIME, BINARY_UUID,
        BINARY_TIME, BINARY_UUID, BINARY_BOOL, BINARY_BYTES};
    struct binary_array arrays[REGISTER_RECORD_VALUES];

    make_arrays(arrays, types, REGISTER_RECORD_VALUES, count, arena);
    for (size_t i = 0; i < count; i++)
        add_record(arrays, &records[i]);
    return take_values(arrays, REGISTER_RECORD_VALUES, values_r);
}

static bool add_fields(struct binary_array *array, const struct store_change *change)
{
    struct pipeline_value *texts = arena_alloc(array->arena, change->n_fields * sizeof(*texts));
    char *literal;

    if (texts == NULL)
        return false;
    for (size_t i = 0; i < change->n_fields; i++)
        texts[i] = (struct pipeline_value){change->fields[i], strlen(change->fields[i])};
    literal = binary_literal(array->arena, texts, change->n_fields);
    if (literal != NULL)
        add_text(array, literal);
    return literal != NULL;
}

static void add_change(struct binary_array *to, const struct store_change *change)
{
    binary_add_number(to++, (int64_t)change->seq);
    binary_add(to++, change->op_id, UUID_SIZE);
    binary_add(to++, change->id, UUID_SIZE);
    add_text(to++, change->kind->name);
    binary_add_number(to++, (int64_t)change->revision);
    binary_add_number(to++, change->at);
    add_time(to++, change->authored_at);
    binary_add_id(to++, change->account);
    binary_add_id(to++, change->device);
    to->failed |= !add_fields(to, change);
    to++;
    binary_add_number(to++, change->deleted);
    add_text(to++, change->reason);
    binary_add(to++, change->patch, change->patch_size);
    binary_add(to++, change->patch_hash, STORE_HASH_SIZE);
    binary_add(to++, change->resolution, change->resolution_size);
    binary_add(to++, change->resolved ? change->resolution_hash : NULL,
        change->resolved ? STORE_HASH_SIZE : 0);
    binary_add(to, change->hash, STORE_HASH_SIZE);
}

bool register_write_changes(const struct store_change *changes, size_t count, struct arena *arena,
    struct pipeline_value values_r[REGISTER_CHANGE_VALUES])
{
    static const enum binary_type types[REGISTER_CHANGE_VALUES] = {BINARY_INT64, BINARY_UUID,
        BINARY_UUID, BINARY_TEXT, BINARY_INT64, BINARY_TIME, BINARY_TIME, BINARY_UUID, BINARY_UUID,
        BINARY_TEXT, BINARY_BOOL, BINARY_TEXT, BINARY_BYTES, BINARY_BYTES, BINARY_BYTES,
        BINARY_BYTES, BINARY_BYTES};
    struct binary_array arrays[REGISTER_CHANGE_VALUES];

    make_arrays(arrays, types, REGISTER_CHANGE_VALUES, count, arena);
    for (size_t i = 0; i < count; i++)
        add_change(arrays, &changes[i]);
    return take_values(arrays, REGISTER_CHANGE_VALUES, values_r);
}

bool register_write_invitations(const struct store_invitation *invitations, size_t count,
    struct arena *arena, struct pipeline_value values_r[REGISTER_INVITATION_VALUES])
{
    static const enum binary_type types[REGISTER_INVITATION_VALUES] = {
        BINARY_BYTES, BINARY_UUID, BINARY_TIME, BINARY_UUID};
    struct binary_array arrays[REGISTER_INVITATION_VALUES];

    make_arrays(arrays, types, REGISTER_INVITATION_VALUES, count, arena);
    for (size_t i = 0; i < count; i++) {
        binary_add(&arrays[0], invitations[i].code_hash, STORE_HASH_SIZE);
        binary_add(&arrays[1], invitations[i].account, UUID_SIZE);
        binary_add_number(&arrays[2], invitations[i].expires_at);
        binary_add_id(&arrays[3], invitations[i].device);
    }
    return take_values(arrays, REGISTER_INVITATION_VALUES, values_r);
}

bool register_write_resolutions(const struct store_resolution *resolutions, size_t count,
    struct arena *arena, struct pipeline_value values_r[REGISTER_RESOLUTION_VALUES])
{
    static const enum binary_type types[REGISTER_RESOLUTION_VALUES] = {
        BINARY_UUID, BINARY_INT32, BINARY_INT32};
    struct binary_array arrays[REGISTER_RESOLUTION_VALUES];

    make_arrays(arrays, types, REGISTER_RESOLUTION_VALUES, count, arena);
    for (size_t i = 0; i < count; i++) {
        binary_add(&arrays[0], resolutions[i].party, UUID_SIZE);
        binary_add_number(&arrays[1], resolutions[i].year);
        binary_add_number(&arrays[2], resolutions[i].last);
    }
    return take_values(arrays, REGISTER_RESOLUTION_VALUES, values_r);
}

bool register_write_head(const struct store_head *head, struct arena *arena,
    struct pipeline_value values_r[REGISTER_HEAD_VALUES])
{
    struct binary_array serials = binary_array_make(arena, BINARY_INT32, STORE_SERIALS);
    size_t last = STORE_SERIALS - 1;

    while (last > 0 && head->serials[last] == 0)
        last--;
    for (size_t i = 1; i <= last; i++)
        binary_add_number(&serials, head->serials[i]);
    values_r[0] = binary_number(arena, BINARY_INT64, (int64_t)head->seq);
    values_r[1] = (struct pipeline_value){head->hash, STORE_HASH_SIZE};
    values_r[2] = binary_array_value(&serials);
    return values_r[0].data != NULL && values_r[2].data != NULL;
}
