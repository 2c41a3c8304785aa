#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "date.h"
#include "record.h"

/* How a field is kept. */
enum shape {
    SHAPE_TEXT,
    SHAPE_DATE,
    SHAPE_ID,
    SHAPE_BYTES,
    SHAPE_LIST, /* of a closed list */
    SHAPE_BOOL,
    SHAPE_INT32,
    SHAPE_INT64,
    SHAPE_TEXTS,
    SHAPE_IDS
};

/* Arrays of arrays would be flattened by unnest, so an array column travels as the texts that stand
 * for its values. */
struct shape_row {
    const char *column;
    const char *parameter;
    enum binary_type type; /* of the parameter's elements */
};

static const struct shape_row shapes[] = {
    [SHAPE_TEXT] = {"text", "text[]", BINARY_TEXT},
    [SHAPE_DATE] = {"date", "date[]", BINARY_DATE},
    [SHAPE_ID] = {"uuid", "uuid[]", BINARY_UUID},
    [SHAPE_BYTES] = {"bytea", "bytea[]", BINARY_BYTES},
    [SHAPE_LIST] = {"text", "text[]", BINARY_TEXT},
    [SHAPE_BOOL] = {"boolean", "boolean[]", BINARY_BOOL},
    [SHAPE_INT32] = {"integer", "integer[]", BINARY_INT32},
    [SHAPE_INT64] = {"bigint", "bigint[]", BINARY_INT64},
    [SHAPE_TEXTS] = {"text[]", "text[]", BINARY_TEXT},
    [SHAPE_IDS] = {"uuid[]", "text[]", BINARY_TEXT},
};

static enum shape shape_of(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        if (repeated)
            return SHAPE_TEXTS;
        return kinds_field(kind, field->name)->flags & KIND_DATE ? SHAPE_DATE : SHAPE_TEXT;
    case PROTOBUF_C_TYPE_BYTES:
        if (repeated)
            return SHAPE_IDS;
        return kinds_is_reference(kind, field) ? SHAPE_ID : SHAPE_BYTES;
    case PROTOBUF_C_TYPE_ENUM:
        return SHAPE_LIST;
    case PROTOBUF_C_TYPE_BOOL:
        return SHAPE_BOOL;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return SHAPE_INT64;
    default:
        return SHAPE_INT32;
    }
}

size_t rows_columns(const struct kind *kind)
{
    return kind->descriptor->n_fields;
}

/* --- statements ------------------------------------------------------------------------------- */

/* The pieces of one column, NUL-terminated together by fprintf. */
static void column_sql(
    FILE *to, const char *format, const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    fprintf(to, format, field->name, shapes[shape_of(kind, field)].column);
}

static void columns_sql(FILE *to, const char *format, const struct kind *kind)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        column_sql(to, format, kind, &kind->descriptor->fields[i]);
}

static void select_sql(FILE *to, const struct kind *kind)
{
    fprintf(to, "SELECT k.n");
    columns_sql(to, ", t.\"%1$s\"", kind);
    fprintf(to,
        " FROM unnest($1::uuid[], $2::integer[]) AS k(id, n), LATERAL (SELECT * FROM \"%s\" WHERE"
        " id = k.id OFFSET 0) t",
        kind->name);
}

static void upsert_sql(FILE *to, const struct kind *kind)
{
    const ProtobufCMessageDescriptor *descriptor = kind->descriptor;

    fprintf(to, "INSERT INTO \"%s\" (id", kind->name);
    columns_sql(to, ", \"%1$s\"", kind);
    fprintf(to, ") SELECT u.id");
    columns_sql(to, ", u.\"%1$s\"::%2$s", kind);
    fprintf(to, " FROM unnest($1::uuid[]");
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        fprintf(to, ", $%u::%s", i + 2, shapes[shape_of(kind, &descriptor->fields[i])].parameter);
    fprintf(to, ") AS u(id");
    columns_sql(to, ", \"%1$s\"", kind);
    fprintf(to, ") ON CONFLICT (id) DO UPDATE SET ");
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        fprintf(to, "%s\"%s\" = EXCLUDED.\"%s\"", i == 0 ? "" : ", ", descriptor->fields[i].name,
            descriptor->fields[i].name);
}

static void delete_sql(FILE *to, const struct kind *kind)
{
    fprintf(to, "DELETE FROM \"%s\" WHERE id = ANY($1::uuid[])", kind->name);
}

char *rows_sql(const struct kind *kind, enum rows_statement which, struct arena *arena)
{
    static void (*const writers[ROWS_STATEMENTS])(FILE *, const struct kind *) = {
        [ROWS_SELECT] = select_sql, [ROWS_UPSERT] = upsert_sql, [ROWS_DELETE] = delete_sql};
    char *text = NULL, *copy = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    if (to == NULL)
        return NULL;
    writers[which](to, kind);
    if (fclose(to) == 0)
        copy = arena_copy(arena, text, size);
    free(text);
    return copy;
}

/* --- message to row --------------------------------------------------------------------------- */

static bool wrong(struct error *error_r, const char *field, const char *rule)
{
    *error_r = error_make(CONCERT__CODE__INVALID, field, rule, NULL);
    return false;
}

static bool add_repeated(struct binary_array *array, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    size_t count = record_count(message, field);
    struct pipeline_value *texts;
    char *literal;

    if (count == 0) {
        binary_add(array, NULL, 0);
        return true;
    }
    texts = arena_alloc(array->arena, count * sizeof(*texts));
    for (size_t i = 0; texts != NULL && i < count; i++) {
        texts[i].data = record_text(kind, field, record_get(message, field, i), array->arena);
        if (texts[i].data == NULL)
            return false;
        texts[i].size = strlen(texts[i].data);
    }
    literal = texts == NULL ? NULL : binary_literal(array->arena, texts, count);
    if (literal == NULL)
        return false;
    binary_add(array, literal, strlen(literal));
    return true;
}

static bool add_list(struct binary_array *array, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value)
{
    const char *text;

    if (protobuf_c_enum_descriptor_get_value(field->descriptor, (int)value.number) == NULL)
        return false;
    text = record_text(kind, field, value, array->arena);
    if (text == NULL)
        array->failed = true;
    else
        binary_add(array, text, strlen(text));
    return true;
}

/* NULL, or the rule that the value breaks. */
static const char *add_value(struct binary_array *array, const struct kind *kind,
    const ProtobufCFieldDescriptor *field, struct record_value value)
{
    int32_t day;

    switch (shape_of(kind, field)) {
    case SHAPE_TEXT:
    case SHAPE_BYTES:
        binary_add(array, value.data == NULL ? "" : value.data, value.size);
        return NULL;
    case SHAPE_DATE:
        if (!date_parse(value.data, &day))
            return "date";
        binary_add_number(array, day);
        return NULL;
    case SHAPE_ID:
        if (value.size != UUID_SIZE)
            return "id";
        binary_add(array, value.data, UUID_SIZE);
        return NULL;
    case SHAPE_LIST:
        return add_list(array, kind, field, value) ? NULL : "choice";
    default:
        binary_add_number(array, value.number);
        return NULL;
    }
}

static bool write_column(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const ProtobufCMessage *const *messages, size_t count, struct binary_array *array,
    struct error *error_r)
{
    for (size_t i = 0; i < count; i++) {
        const char *rule = NULL;

        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            array->failed |= !add_repeated(array, kind, field, messages[i]);
        else if (record_count(messages[i], field) == 0)
            binary_add(array, NULL, 0);
        else
            rule = add_value(array, kind, field, record_get(messages[i], field, 0));
        if (rule != NULL)
            return wrong(error_r, field->name, rule);
    }
    if (array->failed)
        *error_r = error_make(CONCERT__CODE__INTERNAL, NULL, NULL, NULL);
    return !array->failed;
}

bool rows_write(const struct kind *kind, const ProtobufCMessage *const *messages, size_t count,
    struct arena *arena, struct pipeline_value *values_r, struct error *error_r)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        struct binary_array array =
            binary_array_make(arena, shapes[shape_of(kind, field)].type, count);

        if (!write_column(kind, field, messages, count, &array, error_r))
            return false;
        values_r[i] = binary_array_value(&array);
    }
    return true;
}

struct pipeline_value rows_unknown(
    const struct kind *kind, const ProtobufCMessage *message, struct arena *arena, bool *failed_r)
{
    struct pipeline_value value = {NULL, 0};
    ProtobufCMessage *rest;

    *failed_r = false;
    if (message->n_unknown_fields == 0)
        return value;
    rest = record_new(kind, arena);
    if (rest != NULL) {
        rest->n_unknown_fields = message->n_unknown_fields;
        rest->unknown_fields = message->unknown_fields;
        value.data = record_encode(rest, arena, &value.size);
    }
    *failed_r = value.data == NULL;
    return value;
}

/* --- row to message --------------------------------------------------------------------------- */

static bool read_text(struct pipeline_value from, struct arena *arena, struct record_value *value_r)
{
    value_r->data = arena_copy(arena, from.data, from.size);
    value_r->size = from.size;
    return value_r->data != NULL;
}

static bool read_date(struct pipeline_value from, struct arena *arena, struct record_value *value_r)
{
    char text[11];

    date_format((int32_t)binary_get_number(from, BINARY_DATE), text);
    return read_text((struct pipeline_value){text, strlen(text)}, arena, value_r);
}

static bool read_list(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    struct pipeline_value from, struct arena *arena, struct record_value *value_r)
{
    struct record_value text;

    return read_text(from, arena, &text) && record_parse(kind, field, text.data, arena, value_r);
}

static bool read_value(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    struct pipeline_value from, struct arena *arena, struct record_value *value_r)
{
    enum shape shape = shape_of(kind, field);

    *value_r = (struct record_value){0};
    switch (shape) {
    case SHAPE_DATE:
        return read_date(from, arena, value_r);
    case SHAPE_LIST:
        return read_list(kind, field, from, arena, value_r);
    case SHAPE_BOOL:
    case SHAPE_INT32:
    case SHAPE_INT64:
        value_r->number = binary_get_number(from, shapes[shape].type);
        return true;
    default:
        return read_text(from, arena, value_r);
    }
}

static bool read_repeated(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
    struct pipeline_value from, struct arena *arena)
{
    struct pipeline_value *elements;
    struct record_value *values;
    size_t count;

    if (!binary_get_array(from, arena, &elements, &count))
        return false;
    values = arena_alloc(arena, count * sizeof(*values));
    if (values == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_text(elements[i], arena, &values[i]))
            return false;
    return record_set(message, field, values, count, arena);
}

static bool read_column(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    ProtobufCMessage *message, struct pipeline_value from, struct arena *arena)
{
    struct record_value value;

    if (from.data == NULL)
        return true;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_repeated(message, field, from, arena);
    return read_value(kind, field, from, arena, &value) &&
           record_set(message, field, &value, 1, arena);
}

/* What an earlier version kept as unknown may be known by now: then it fills its field. */
ProtobufCMessage *rows_read(const struct kind *kind, const struct pipeline_value *values,
    struct pipeline_value unknown, struct arena *arena)
{
    ProtobufCMessage *message = unknown.data == NULL
                                    ? record_new(kind, arena)
                                    : protobuf_c_message_unpack(kind->descriptor,
                                          arena_allocator(arena), unknown.size, unknown.data);

    for (unsigned i = 0; message != NULL && i < kind->descriptor->n_fields; i++)
        if (!read_column(kind, &kind->descriptor->fields[i], message, values[i], arena))
            return NULL;
    return message;
}
