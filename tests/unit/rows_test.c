/* Messages to parameters and rows to messages, without a database: what is written reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "record.h"
#include "store/binary.h"
#include "store/migrate.h"
#include "store/rows.h"

static int setup(void **state)
{
    *state = arena_new((size_t)4 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

static const struct kind *kind_of(const char *name)
{
    const struct kind *kind = kinds_by_name(name);

    assert_non_null(kind);
    return kind;
}

static void test_select_names_every_field(void **state)
{
    assert_string_equal(rows_sql(kind_of("note"), ROWS_SELECT, *state),
        "SELECT k.n, t.\"subject\", t.\"text\", t.\"on\" FROM unnest($1::uuid[], $2::integer[]) AS"
        " k(id, n), LATERAL (SELECT * FROM \"note\" WHERE id = k.id OFFSET 0) t");
}

static void test_upsert_casts_lists(void **state)
{
    assert_string_equal(rows_sql(kind_of("account"), ROWS_UPSERT, *state),
        "INSERT INTO \"account\" (id, \"person\", \"role\", \"parties\", \"language\", \"active\","
        " \"expires\") SELECT u.id, u.\"person\"::text, u.\"role\"::text, u.\"parties\"::uuid[],"
        " u.\"language\"::text, u.\"active\"::boolean, u.\"expires\"::date FROM unnest($1::uuid[],"
        " $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::date[]) AS u(id,"
        " \"person\", \"role\", \"parties\", \"language\", \"active\", \"expires\") ON CONFLICT "
        "(id)"
        " DO UPDATE SET \"person\" = EXCLUDED.\"person\", \"role\" = EXCLUDED.\"role\","
        " \"parties\" = EXCLUDED.\"parties\", \"language\" = EXCLUDED.\"language\","
        " \"active\" = EXCLUDED.\"active\", \"expires\" = EXCLUDED.\"expires\"");
}

static void test_delete(void **state)
{
    assert_string_equal(rows_sql(kind_of("share"), ROWS_DELETE, *state),
        "DELETE FROM \"share\" WHERE id = ANY($1::uuid[])");
}

/* Two values of each field, so that every type comes by. */
static struct record_value sample(
    const struct kind *kind, const ProtobufCFieldDescriptor *field, int which, struct arena *arena)
{
    static const char *const texts[] = {"« été » \"{,}\\", "NULL"};
    static const char *const dates[] = {"0001-01-01", "2009-12-31"};
    const char *text = texts[which];
    struct record_value value = {0};

    if (kinds_field(kind, field->name)->flags & KIND_DATE)
        text = dates[which];
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        value.data = text;
        value.size = strlen(text);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        value.data = arena_copy(arena, "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", UUID_SIZE);
        value.size = kinds_is_reference(kind, field) ? UUID_SIZE : 5 + (size_t)which;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        value.number = which;
        break;
    case PROTOBUF_C_TYPE_UINT64:
        value.number = which ? INT64_MAX : 0;
        break;
    default:
        value.number = 1 + which;
    }
    return value;
}

static ProtobufCMessage *make(const struct kind *kind, int which, struct arena *arena)
{
    ProtobufCMessage *message = record_new(kind, arena);

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        struct record_value values[2] = {
            sample(kind, field, which, arena), sample(kind, field, which, arena)};

        assert_true(record_set(
            message, field, values, field->label == PROTOBUF_C_LABEL_REPEATED ? 2 : 1, arena));
    }
    return message;
}

/* Literals of lists are PostgreSQL's to read: tests/store reads those back. */
static void check_row(const struct kind *kind, struct pipeline_value *const *columns, size_t row,
    const ProtobufCMessage *expected, struct arena *arena)
{
    struct pipeline_value values[RECORD_FIELDS_MAX] = {{NULL, 0}};
    const ProtobufCMessage *back;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (kind->descriptor->fields[i].label != PROTOBUF_C_LABEL_REPEATED)
            values[i] = columns[i][row];
    back = rows_read(kind, values, (struct pipeline_value){NULL, 0}, arena);
    assert_non_null(back);
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (kind->descriptor->fields[i].label != PROTOBUF_C_LABEL_REPEATED)
            assert_true(record_same(back, expected, &kind->descriptor->fields[i]));
}

static void test_every_kind_comes_back(void **state)
{
    struct arena *arena = *state;

    for (size_t k = 0; k < kinds_count; k++) {
        const ProtobufCMessage *messages[] = {
            make(&kinds[k], 0, arena), make(&kinds[k], 1, arena), record_new(&kinds[k], arena)};
        struct pipeline_value values[RECORD_FIELDS_MAX], *columns[RECORD_FIELDS_MAX];
        struct error error;

        assert_true(rows_write(&kinds[k], messages, 3, arena, values, &error));
        for (size_t i = 0; i < rows_columns(&kinds[k]); i++) {
            size_t count;

            assert_true(binary_get_array(values[i], arena, &columns[i], &count));
            assert_int_equal(count, 3);
            assert_null(columns[i][2].data);
        }
        for (size_t row = 0; row < 3; row++)
            check_row(&kinds[k], columns, row, messages[row], arena);
    }
}

static void test_what_no_column_holds(void **state)
{
    static const struct {
        const char *field;
        struct record_value value;
        const char *rule;
    } bad[] = {
        {"due", {.data = "2009-02-30", .size = 10}, "date"},
        {"due", {.data = "", .size = 0}, "date"},
        {"status", {.number = 99}, "choice"},
        {"party", {.data = "short", .size = 5}, "id"},
        {"party", {.data = NULL, .size = 0}, "id"},
    };
    const struct kind *kind = kind_of("share");
    struct arena *arena = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ProtobufCMessage *message = record_new(kind, arena);
        const ProtobufCMessage *messages[] = {message};
        struct pipeline_value values[RECORD_FIELDS_MAX];
        struct error error = {0};

        record_set(message, record_field(kind, bad[i].field), &bad[i].value, 1, arena);
        assert_false(rows_write(kind, messages, 1, arena, values, &error));
        assert_int_equal(error.code, CONCERT__CODE__INVALID);
        assert_string_equal(error.field, bad[i].field);
        assert_string_equal(error.rule, bad[i].rule);
    }
}

/* A program that has learnt a field finds it among what its elder could not name. */
static void test_unknown_fields(void **state)
{
    static uint8_t data[] = {5, 'n', 'e', 'u', 'v', 'e'};
    const struct kind *kind = kind_of("note");
    struct arena *arena = *state;
    ProtobufCMessageUnknownField unknown[] = {
        {.tag = 50, .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, .len = 6, .data = data},
        {.tag = 2, .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, .len = 6, .data = data}};
    struct pipeline_value values[RECORD_FIELDS_MAX] = {{NULL, 0}}, kept;
    ProtobufCMessage *message = make(kind, 0, arena);
    bool failed;

    kept = rows_unknown(kind, message, arena, &failed);
    assert_null(kept.data);
    assert_false(failed);
    message->n_unknown_fields = 2;
    message->unknown_fields = unknown;
    kept = rows_unknown(kind, message, arena, &failed);
    assert_non_null(kept.data);
    message = rows_read(kind, values, kept, arena);
    assert_int_equal(message->n_unknown_fields, 1);
    assert_int_equal(message->unknown_fields[0].tag, 50);
    assert_memory_equal(message->unknown_fields[0].data, data, 6);
    assert_string_equal(record_get(message, record_field(kind, "text"), 0).data, "neuve");
}

static void test_numbers(void **state)
{
    static const struct {
        enum binary_type type;
        int64_t number;
        const char *bytes;
        size_t size;
    } cases[] = {
        {BINARY_BOOL, 1, "\1", 1},
        {BINARY_INT32, -2, "\xff\xff\xff\xfe", 4},
        {BINARY_INT64, 258, "\0\0\0\0\0\0\1\2", 8},
        {BINARY_DATE, 10957, "\0\0\0\0", 4}, /* 2000-01-01 */
        {BINARY_DATE, 0, "\xff\xff\xd5\x33", 4},
        {BINARY_TIME, INT64_C(946684800000001), "\0\0\0\0\0\0\0\1", 8},
        {BINARY_TIME, INT64_C(946684799999999), "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pipeline_value value = binary_number(*state, cases[i].type, cases[i].number);

        assert_int_equal(value.size, cases[i].size);
        assert_memory_equal(value.data, cases[i].bytes, cases[i].size);
        assert_int_equal(binary_get_number(value, cases[i].type), cases[i].number);
    }
    assert_int_equal(binary_get_number((struct pipeline_value){"\1", 1}, BINARY_INT64), 0);
    assert_int_equal(binary_get_number((struct pipeline_value){NULL, 0}, BINARY_TIME), 0);
}

static void test_malformed_arrays(void **state)
{
    struct binary_array array = binary_array_make(*state, BINARY_TEXT, 0);
    struct pipeline_value *elements, value;
    size_t count;

    value = binary_array_value(&array);
    assert_int_equal(value.size, 12);
    assert_true(binary_get_array(value, *state, &elements, &count));
    assert_int_equal(count, 0);
    for (int i = 0; i < 100; i++)
        binary_add(&array, "abc", 3);
    binary_add(&array, NULL, 0);
    value = binary_array_value(&array);
    assert_true(binary_get_array(value, *state, &elements, &count));
    assert_int_equal(count, 101);
    assert_memory_equal(elements[99].data, "abc", 3);
    assert_null(elements[100].data);
    for (size_t size = 0; size < value.size; size++) {
        struct pipeline_value cut = {arena_copy(*state, value.data, size), size};

        assert_false(binary_get_array(cut, *state, &elements, &count));
    }
}

static void test_literals(void **state)
{
    static const struct pipeline_value texts[] = {{"a", 1}, {"b \"c\" \\ {d},", 12}, {"", 0}};

    assert_string_equal(binary_literal(*state, texts, 3), "{\"a\",\"b \\\"c\\\" \\\\ {d},\",\"\"}");
    assert_string_equal(binary_literal(*state, NULL, 0), "{}");
}

static void test_schema_names(void **state)
{
    (void)state;
    assert_true(migrate_name_valid("mauricie"));
    assert_true(migrate_name_valid("r2_d2"));
    assert_false(migrate_name_valid(""));
    assert_false(migrate_name_valid("Mauricie"));
    assert_false(migrate_name_valid("2009"));
    assert_false(migrate_name_valid("a\"b"));
    assert_false(migrate_name_valid("pg_catalog"));
    assert_false(migrate_name_valid("a23456789012345678901234567890123456789012345678x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_select_names_every_field, setup, teardown),
        cmocka_unit_test_setup_teardown(test_upsert_casts_lists, setup, teardown),
        cmocka_unit_test_setup_teardown(test_delete, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_kind_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_no_column_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_malformed_arrays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_literals, setup, teardown),
        cmocka_unit_test(test_schema_names),
    };

    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
