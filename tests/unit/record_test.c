/* Every generic operation on a record's message. */
#include "record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NO_CLEAR NULL, 0

static int setup(void **state)
{
    *state = arena_new((size_t)32 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

static const ProtobufCFieldDescriptor *field_of(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    assert_non_null(field);
    return field;
}

static const struct kind *kind_of(const ProtobufCMessage *message)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (kinds[i].descriptor == message->descriptor)
            return &kinds[i];
    fail();
    return NULL;
}

/* Sets the field from texts, as a command line would. */
static void set(
    ProtobufCMessage *message, struct arena *arena, const char *name, const char *const *texts)
{
    const ProtobufCFieldDescriptor *field = field_of(message, name);
    struct record_value values[8];
    size_t count = 0;

    for (; texts[count] != NULL; count++)
        assert_true(record_parse(kind_of(message), field, texts[count], arena, &values[count]));
    assert_true(record_set(message, field, values, count, arena));
}
#define SET(message, arena, name, ...)                                                             \
    set(message, arena, name, (const char *const[]){__VA_ARGS__, NULL})

static ProtobufCMessage *message_of(const char *kind, struct arena *arena)
{
    return record_new(kinds_by_name(kind), arena);
}

static bool same(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    for (unsigned i = 0; i < a->descriptor->n_fields; i++)
        if (!record_same(a, b, &a->descriptor->fields[i]))
            return false;
    return true;
}

/* --- values ------------------------------------------------------------------------------------
 */

/* A text for every text of every kind, by what it obeys. */
static const char *sample_text(const struct kind *kind, const char *name, int n)
{
    static const char *const texts[] = {"été", "hiver; \"x\""};
    static const struct {
        unsigned flag;
        const char *text[2];
    } flagged[] = {{KIND_DATE, {"2009-06-02", "2010-01-31"}},
        {KIND_MOMENT, {"2009-06-02T13:30", "2010-01-31"}}, {KIND_NUMBER, {"2.1.3", "A.4"}}};

    if (kind->id == CONCERT__KIND__ACCOUNT && strcmp(name, "language") == 0)
        return n == 0 ? "fr" : "en";
    for (size_t i = 0; i < sizeof(flagged) / sizeof(flagged[0]); i++)
        if (kinds_field(kind, name)->flags & flagged[i].flag)
            return flagged[i].text[n];
    return texts[n];
}

/* A text for every field of every kind, by its type. */
static const char *sample(const struct kind *kind, const ProtobufCFieldDescriptor *field, int n)
{
    static const char *const ids[] = {
        "01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"};

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return sample_text(kind, field->name, n);
    case PROTOBUF_C_TYPE_BYTES:
        return ids[n];
    case PROTOBUF_C_TYPE_ENUM:
        return n == 0 ? ((const ProtobufCEnumDescriptor *)field->descriptor)->values[0].name
                      : ((const ProtobufCEnumDescriptor *)field->descriptor)->values[1].name;
    case PROTOBUF_C_TYPE_BOOL:
        return n == 0 ? "true" : "false";
    default:
        return n == 0 && kinds_field(kind, field->name)->min <= 0 ? "0" : "42";
    }
}

static void fill(const struct kind *kind, ProtobufCMessage *message, struct arena *arena, int n)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        const char *text = sample(kind, field, n);
        struct record_value values[2];
        size_t count = field->label == PROTOBUF_C_LABEL_REPEATED ? 2 : 1;

        for (size_t j = 0; j < count; j++) {
            if (field->type == PROTOBUF_C_TYPE_BYTES && !kinds_is_reference(kind, field))
                values[j] = (struct record_value){.data = text, .size = 3};
            else
                assert_true(record_parse(kind, field, text, arena, &values[j]));
        }
        assert_true(record_set(message, field, values, count, arena));
    }
}

static void check_texts(
    const struct kind *kind, const ProtobufCMessage *message, struct arena *arena, int n)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        size_t count = record_count(message, field);

        assert_int_equal(count, field->label == PROTOBUF_C_LABEL_REPEATED ? 2 : 1);
        if (field->type == PROTOBUF_C_TYPE_BYTES && !kinds_is_reference(kind, field))
            continue;
        for (size_t j = 0; j < count; j++)
            assert_int_equal(
                strcasecmp(record_text(kind, field, record_get(message, field, j), arena),
                    sample(kind, field, n)),
                0);
    }
}

static void test_every_field_of_every_kind(void **state)
{
    struct arena *arena = *state;

    for (size_t i = 0; i < kinds_count; i++)
        for (int n = 0; n < 2; n++) {
            ProtobufCMessage *message = record_new(&kinds[i], arena), *again;
            struct error error = {0};
            size_t size;
            uint8_t *bytes;

            for (unsigned f = 0; f < kinds[i].descriptor->n_fields; f++)
                assert_int_equal(record_count(message, &kinds[i].descriptor->fields[f]), 0);
            fill(&kinds[i], message, arena, n);
            check_texts(&kinds[i], message, arena, n);
            /* The rules of a kind are for record_rules_test. */
            assert_true(record_check(&kinds[i], message, false, &error));
            bytes = record_encode(message, arena, &size);
            again = record_decode(&kinds[i], bytes, size, arena, &error);
            assert_non_null(again);
            assert_true(same(message, again));
            check_texts(&kinds[i], again, arena, n);
        }
}

static void test_set_empties(void **state)
{
    struct arena *arena = *state;
    ProtobufCMessage *message = message_of("territory", arena);

    SET(message, arena, "name", "Mékinac");
    SET(message, arena, "municipalities", "Un", "Deux", "Trois");
    SET(message, arena, "population", "12000");
    assert_int_equal(record_count(message, field_of(message, "municipalities")), 3);
    assert_string_equal(record_get(message, field_of(message, "municipalities"), 2).data, "Trois");
    assert_int_equal(record_get(message, field_of(message, "name"), 0).size, 8);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        assert_true(record_set(message, &message->descriptor->fields[i], NULL, 0, arena));
        assert_int_equal(record_count(message, &message->descriptor->fields[i]), 0);
    }
    assert_true(same(message, message_of("territory", arena)));
}

static void test_same(void **state)
{
    struct arena *arena = *state;
    ProtobufCMessage *a = message_of("territory", arena), *b = message_of("territory", arena);

    SET(a, arena, "municipalities", "Un", "Deux");
    SET(b, arena, "municipalities", "Deux", "Un");
    assert_false(record_same(a, b, field_of(a, "municipalities")));
    SET(b, arena, "municipalities", "Un");
    assert_false(record_same(a, b, field_of(a, "municipalities")));
    SET(b, arena, "municipalities", "Un", "Deux");
    assert_true(record_same(a, b, field_of(a, "municipalities")));
    /* Absent is not zero. */
    SET(a, arena, "population", "0");
    assert_false(record_same(a, b, field_of(a, "population")));
}

static void test_references(void **state)
{
    struct arena *arena = *state;
    ProtobufCMessage *share = message_of("share", arena);
    const struct kind *kind = kinds_by_name("share");
    struct record_value cut = {.data = "abc", .size = 3};

    assert_null(record_reference(share, kind, "action"));
    SET(share, arena, "action", "01890a5d-ac96-774b-bcce-b302099a8057");
    assert_int_equal(record_reference(share, kind, "action")[15], 0x57);
    assert_true(record_set(share, field_of(share, "action"), &cut, 1, arena));
    assert_null(record_reference(share, kind, "action"));
    assert_null(record_reference(share, kind, "no_such_field"));
}

static void test_what_is_no_value(void **state)
{
    static const char *const wrong[][3] = {{"share", "percent", "dix"}, {"share", "percent", ""},
        {"share", "percent", "10 %"}, {"share", "percent", "-1"},
        /* Nothing may come round to a small number. */
        {"share", "percent", "4294967346"}, {"share", "percent", "-4294967246"},
        {"share", "percent", "99999999999999999999"}, {"plan", "adopted_seq", "-1"},
        {"share", "status", "perdu"}, {"share", "status", ""}, {"share", "status", "under way"},
        {"share", "action", "2.1.3"}, {"share", "action", ""},
        {"share", "action", "01890a5d-ac96-774b-bcce-b302099a805"},
        {"share", "action", "01890a5d-ac96-774b-bcce-b302099a8057 "},
        {"share", "action", "01890a5d+ac96-774b-bcce-b302099a8057"},
        {"share", "action", "01890a5d-ac96-774b-bcce-b302099a805g"}, {"device", "revoked", "oui"},
        {"device", "revoked", ""}, {"proposal", "patch", "00"}};
    struct record_value value;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct kind *kind = kinds_by_name(wrong[i][0]);

        if (record_parse(kind, record_field(kind, wrong[i][1]), wrong[i][2], *state, &value))
            fail_msg("%s.%s=%s is taken", wrong[i][0], wrong[i][1], wrong[i][2]);
    }
}

static void test_texts_of_values(void **state)
{
    const struct kind *share = kinds_by_name("share"), *proposal = kinds_by_name("proposal");
    const ProtobufCFieldDescriptor *status = record_field(share, "status");

    assert_string_equal(
        record_text(share, status, (struct record_value){.number = 7}, *state), "not_applicable");
    /* Of a later version. */
    assert_string_equal(
        record_text(share, status, (struct record_value){.number = 99}, *state), "99");
    assert_string_equal(record_text(proposal, record_field(proposal, "patch"),
                            (struct record_value){.data = "\x01\xfe", .size = 2}, *state),
        "01fe");
    assert_string_equal(record_text(share, record_field(share, "action"),
                            (struct record_value){.data = "\x01\xfe", .size = 2}, *state),
        "01fe");
}

/* --- patches ------------------------------------------------------------------------------------
 */

static void add_unknown(ProtobufCMessage *message, struct arena *arena, uint32_t tag, uint8_t byte)
{
    ProtobufCMessageUnknownField *fields =
        arena_alloc(arena, (message->n_unknown_fields + 1) * sizeof(*fields));

    if (message->n_unknown_fields > 0)
        memcpy(fields, message->unknown_fields, message->n_unknown_fields * sizeof(*fields));
    fields[message->n_unknown_fields++] = (ProtobufCMessageUnknownField){.tag = tag,
        .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT,
        .len = 1,
        .data = (uint8_t *)arena_copy(arena, &byte, 1)};
    message->unknown_fields = fields;
}

static void test_patch_sets_and_clears(void **state)
{
    static const char *const clear[] = {"note", "code", "population"};
    struct arena *arena = *state;
    const struct kind *kind = kinds_by_name("territory");
    ProtobufCMessage *base = message_of("territory", arena),
                     *patch = message_of("territory", arena);
    const Concert__Territory *result;

    SET(base, arena, "code", "35");
    SET(base, arena, "name", "Mékinac");
    SET(base, arena, "note", "x");
    SET(base, arena, "municipalities", "Un", "Deux");
    SET(patch, arena, "municipalities", "Trois");
    SET(patch, arena, "code", "350");
    result = (const Concert__Territory *)record_patch(kind, base, patch, clear, 3, arena);
    assert_string_equal(result->code, "350"); /* what is set wins over what is emptied */
    assert_string_equal(result->name, "Mékinac");
    assert_null(result->note);
    assert_false(result->has_population);
    assert_int_equal(result->n_municipalities, 1);
    /* The base is as it was. */
    assert_int_equal(record_count(base, field_of(base, "municipalities")), 2);
    result = (const Concert__Territory *)record_patch(kind, NULL, patch, clear, 3, arena);
    assert_string_equal(result->code, "350");
    assert_null(result->name);
}

static void test_unknown_fields_are_kept(void **state)
{
    static const char *const clear[] = {"#902", "#9", "#903x"};
    struct arena *arena = *state;
    const struct kind *kind = kinds_by_name("note");
    ProtobufCMessage *base = message_of("note", arena), *patch = message_of("note", arena), *result;
    struct error error;
    size_t size;
    uint8_t *bytes;

    add_unknown(base, arena, 900, 1);
    add_unknown(base, arena, 901, 2);
    add_unknown(base, arena, 901, 3);
    add_unknown(base, arena, 902, 4);
    add_unknown(patch, arena, 901, 5);
    add_unknown(patch, arena, 904, 6);
    result = record_patch(kind, base, patch, clear, 2, arena);
    assert_int_equal(result->n_unknown_fields, 3);
    bytes = record_encode(result, arena, &size);
    result = record_decode(kind, bytes, size, arena, &error);
    assert_int_equal(result->n_unknown_fields, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(result->unknown_fields[i].tag, ((const uint32_t[]){900, 901, 904})[i]);
        assert_int_equal(result->unknown_fields[i].data[0], ((const uint8_t[]){1, 5, 6})[i]);
    }
}

static void test_touched(void **state)
{
    static const char *const clear[] = {"text", "#904", "on", "#900", "on"};
    struct arena *arena = *state;
    ProtobufCMessage *patch = message_of("note", arena);
    struct record_names names;

    SET(patch, arena, "text", "x");
    add_unknown(patch, arena, 900, 1);
    add_unknown(patch, arena, 900, 2);
    assert_true(record_touched(kinds_by_name("note"), patch, clear, 5, arena, &names));
    assert_int_equal(names.count, 4);
    assert_string_equal(names.name[0], "text");
    assert_string_equal(names.name[1], "on");
    assert_string_equal(names.name[2], "#900");
    assert_string_equal(names.name[3], "#904");
    assert_true(record_named(&names, "on"));
    assert_false(record_named(&names, "subject"));
    for (uint32_t tag = 1000; tag < 1200; tag++)
        add_unknown(patch, arena, tag, 1);
    assert_false(record_touched(kinds_by_name("note"), patch, NO_CLEAR, arena, &names));
}

/* What difference tells, patch does: from any state of a record to any other. */
static void test_difference_then_patch(void **state)
{
    struct arena *arena = *state;
    const struct kind *kind = kinds_by_name("party");

    srand(1);
    for (int round = 0; round < 200; round++) {
        ProtobufCMessage *two[2], *patch, *result;
        struct record_names clear;

        for (int n = 0; n < 2; n++) {
            two[n] = record_new(kind, arena);
            fill(kind, two[n], arena, rand() % 2);
            for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
                if (rand() % 2 == 0)
                    record_set(two[n], &kind->descriptor->fields[i], NULL, 0, arena);
        }
        patch = record_difference(kind, two[0], two[1], arena, &clear);
        result = record_patch(kind, two[0], patch, clear.name, clear.count, arena);
        assert_true(same(result, two[1]));
        patch = record_difference(kind, two[1], two[1], arena, &clear);
        assert_int_equal(clear.count, 0);
        assert_true(same(patch, record_new(kind, arena)));
        patch = record_difference(kind, NULL, two[1], arena, &clear);
        assert_int_equal(clear.count, 0);
        assert_true(same(patch, two[1]));
    }
}

/* --- checks -------------------------------------------------------------------------------------
 */

struct wrong {
    const char *kind, *field, *text, *rule;
};

static void check_wrong(struct arena *arena, const struct wrong *wrong)
{
    ProtobufCMessage *message = message_of(wrong->kind, arena);
    const ProtobufCFieldDescriptor *field = field_of(message, wrong->field);
    struct record_value value = {.data = wrong->text, .size = strlen(wrong->text)};
    struct error error = {0};

    if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_BYTES)
        value = (struct record_value){.number = atoll(wrong->text)};
    assert_true(record_set(message, field, &value, 1, arena));
    if (record_check(kinds_by_name(wrong->kind), message, false, &error) != (wrong->rule == NULL))
        fail_msg("%s.%s=%s", wrong->kind, wrong->field, wrong->text);
    if (wrong->rule != NULL) {
        assert_int_equal(error.code, CONCERT__CODE__INVALID);
        assert_string_equal(error.field, wrong->field);
        assert_string_equal(error.rule, wrong->rule);
    }
}

static void test_values(void **state)
{
    static const struct wrong cases[] = {
        {"share", "percent", "100", NULL},
        {"share", "percent", "101", "range"},
        {"share", "percent", "4294967295", "range"},
        {"share", "status", "8", "choice"},
        {"share", "status", "0", "choice"},
        {"share", "status", "-1", "choice"},
        {"share", "due", "2009-02-28", NULL},
        {"share", "due", "2009-02-29", "date"},
        {"share", "due", "2009-2-28", "date"},
        {"share", "due", "2009-02-28 ", "date"},
        {"share", "due", "0000-01-01", "date"},
        {"share", "due", "20090228", "date"},
        {"share", "due", "", "empty"},
        {"share", "action", "0123456789abcde", "id"},
        {"share", "action", "", "id"},
        {"share", "action", "0123456789abcdefg", "id"},
        {"share", "expected", "\xc3", "utf8"},
        {"share", "expected", "\xed\xa0\x80", "utf8"},
        {"share", "expected", "\xc0\x80", "utf8"},
        {"share", "expected", "\xf4\x90\x80\x80", "utf8"},
        {"share", "expected", "\xf0\x9f\x8c\xb2", NULL},
        {"share", "expected", "", "empty"},
        {"action", "number", "2.1.3", NULL},
        {"action", "number", "A.4", NULL},
        {"action", "number", "2..3", "number"},
        {"action", "number", ".2", "number"},
        {"action", "number", "2.", "number"},
        {"action", "number", "2,1", "number"},
        {"action", "number", "2 1", "number"},
        {"action", "number", "é", "number"},
        {"action", "number", "12345678901234567890123456789012", NULL},
        {"action", "number", "123456789012345678901234567890123", "number"},
        {"plan", "adopted_seq", "9223372036854775807", NULL},
        {"plan", "adopted_seq", "-1", "range"},
        {"proposal", "patch", "x", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_wrong(*state, &cases[i]);
}

static void test_long_texts(void **state)
{
    char *text = arena_printf(*state, "%*s", (int)RECORD_TEXT_MAX, "x");
    char *more = arena_printf(*state, "%*s", (int)RECORD_TEXT_MAX + 1, "x");

    check_wrong(*state, &(struct wrong){"note", "text", text, NULL});
    check_wrong(*state, &(struct wrong){"note", "text", more, "length"});
}

static void test_long_lists(void **state)
{
    struct arena *arena = *state;
    ProtobufCMessage *message = message_of("territory", arena);
    const ProtobufCFieldDescriptor *field = field_of(message, "municipalities");
    struct record_value *values = arena_alloc(arena, 1001 * sizeof(*values));
    struct error error = {0};

    for (size_t i = 0; i < 1001; i++)
        values[i] = (struct record_value){.data = "x", .size = 1};
    assert_true(record_set(message, field, values, 1000, arena));
    assert_true(record_check(kinds_by_name("territory"), message, false, &error));
    assert_true(record_set(message, field, values, 1001, arena));
    assert_false(record_check(kinds_by_name("territory"), message, false, &error));
    assert_string_equal(error.rule, "count");
    /* Each value is looked at. */
    values[999] = (struct record_value){.data = "\xff", .size = 1};
    assert_true(record_set(message, field, values, 1000, arena));
    assert_false(record_check(kinds_by_name("territory"), message, false, &error));
    assert_string_equal(error.rule, "utf8");
}

/* Fields of a later version are kept, but a record has an end: it must fit in a page. */
static void test_many_unknown_fields(void **state)
{
    struct arena *arena = *state;
    size_t count = RECORD_REPEATED_MAX + 1;
    uint8_t *bytes = arena_alloc(arena, count * 3);
    struct error error = {0};
    ProtobufCMessage *message;

    for (size_t i = 0; i < count; i++) /* field 900, varint 0 */
        memcpy(bytes + 3 * i, "\xa0\x38\x00", 3);
    message = record_decode(kinds_by_name("note"), bytes, (count - 1) * 3, arena, &error);
    assert_true(record_check(kinds_by_name("note"), message, false, &error));
    message = record_decode(kinds_by_name("note"), bytes, count * 3, arena, &error);
    assert_non_null(message);
    assert_false(record_check(kinds_by_name("note"), message, false, &error));
    assert_string_equal(error.rule, "count");
}

static void test_a_record_fits_in_a_page(void **state)
{
    struct arena *arena = *state;
    const struct kind *kind = kinds_by_name("proposal");
    ProtobufCMessage *message = message_of("proposal", arena);
    struct record_value patch = {.data = arena_alloc(arena, (size_t)1 << 20), .size = 1000};
    struct error error = {0};

    assert_true(record_set(message, field_of(message, "patch"), &patch, 1, arena));
    assert_true(record_check(kind, message, false, &error));
    patch.size = (size_t)900 << 10;
    assert_true(record_set(message, field_of(message, "patch"), &patch, 1, arena));
    assert_false(record_check(kind, message, false, &error));
    assert_int_equal(error.code, CONCERT__CODE__TOO_LARGE);
    assert_string_equal(error.rule, "record");
}

static void test_required(void **state)
{
    struct arena *arena = *state;
    const struct kind *kind = kinds_by_name("territory");
    ProtobufCMessage *message = message_of("territory", arena);
    struct error error = {0};

    SET(message, arena, "code", "35");
    assert_true(record_check(kind, message, false, &error));
    assert_false(record_check(kind, message, true, &error));
    assert_string_equal(error.field, "name");
    assert_string_equal(error.rule, "required");
    SET(message, arena, "name", "Mékinac");
    assert_true(record_check(kind, message, true, &error));
}

/* --- bytes from elsewhere -----------------------------------------------------------------------
 */

static Concert__Code decode(
    struct arena *arena, const char *kind, const char *bytes, size_t size, const char *field)
{
    struct error error = {0};
    ProtobufCMessage *message = record_decode(kinds_by_name(kind), bytes, size, arena, &error);

    assert_true((message == NULL) == (error.code != 0));
    if (error.code != 0)
        assert_string_equal(error.field, field);
    return error.code;
}

#define DECODE(kind, bytes, field) decode(*state, kind, bytes, sizeof(bytes) - 1, field)

static void test_decoding(void **state)
{
    /* A note's text is field 2. */
    assert_int_equal(DECODE("note", "\x12\x02xy", ""), 0);
    assert_int_equal(DECODE("note", "", ""), 0);
    assert_int_equal(DECODE("note", "\x12\x02x\0", "text"), CONCERT__CODE__INVALID);
    assert_int_equal(DECODE("note", "\x12\x03\0xy", "text"), CONCERT__CODE__INVALID);
    /* The last of several counts, but a NUL in one that is hidden is one too. */
    assert_int_equal(DECODE("note", "\x12\x01\0\x12\x01x", "text"), CONCERT__CODE__INVALID);
    assert_int_equal(DECODE("note", "\x12\x05xy", "patch"), CONCERT__CODE__BAD_REQUEST);
    assert_int_equal(DECODE("note", "\x12", "patch"), CONCERT__CODE__BAD_REQUEST);
    assert_int_equal(DECODE("note", "\x10\x01", "patch"), CONCERT__CODE__BAD_REQUEST);
    assert_int_equal(
        DECODE("note", "\x12\xff\xff\xff\xff\x0fxy", "patch"), CONCERT__CODE__BAD_REQUEST);
    assert_int_equal(DECODE("note", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "patch"),
        CONCERT__CODE__BAD_REQUEST);
    /* A NUL behind fields of a later version, of every wire type. */
    assert_int_equal(DECODE("note",
                         "\xa0\x38\xff\x01\xa1\x38"
                         "12345678\xa5\x38"
                         "1234\xa2\x38\x02\0\0\x12\x02x\0",
                         "text"),
        CONCERT__CODE__INVALID);
    /* In a list, and in bytes, where it is one like another. */
    assert_int_equal(
        DECODE("territory", "\x22\x01x\x22\x01\0", "municipalities"), CONCERT__CODE__INVALID);
    assert_int_equal(DECODE("proposal", "\x12\x02\0\0", ""), 0);
}

/* Whatever comes, it is read or refused: nothing else. */
static void test_any_bytes(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const struct kind *kind = &kinds[(size_t)round % kinds_count];
        struct arena *arena = arena_new((size_t)1 << 20);
        uint8_t bytes[48];
        size_t size = (size_t)round % sizeof(bytes);
        struct error error = {0};
        ProtobufCMessage *message;

        for (size_t i = 0; i < size; i++) {
            seed = seed * 1664525 + 1013904223;
            /* Mostly tags of fields that are, short lengths and small values. */
            bytes[i] = (uint8_t)(seed >> 29 ? seed >> 20 & 0x1f : seed >> 12);
        }
        message = record_decode(kind, bytes, size, arena, &error);
        assert_true((message == NULL) == (error.code != 0));
        if (message != NULL && record_check(kind, message, false, &error)) {
            struct record_names names;

            assert_true(record_touched(kind, message, NO_CLEAR, arena, &names));
            assert_non_null(record_patch(kind, message, message, NO_CLEAR, arena));
        }
        arena_free(&arena);
    }
}

static void test_no_memory(void **state)
{
    const struct kind *kind = kinds_by_name("territory");
    struct arena *arena = *state;
    ProtobufCMessage *full = record_new(kind, arena);
    bool done = false;

    fill(kind, full, arena, 0);
    for (size_t limit = 16; !done; limit += 16) {
        struct arena *small = arena_new(limit);
        struct record_names names;
        size_t size;

        done = record_patch(kind, full, full, NO_CLEAR, small) != NULL &&
               record_difference(kind, NULL, full, small, &names) != NULL &&
               record_encode(full, small, &size) != NULL;
        arena_free(&small);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_field_of_every_kind),
        TEST(test_set_empties),
        TEST(test_same),
        TEST(test_references),
        TEST(test_what_is_no_value),
        TEST(test_texts_of_values),
        TEST(test_patch_sets_and_clears),
        TEST(test_unknown_fields_are_kept),
        TEST(test_touched),
        TEST(test_difference_then_patch),
        TEST(test_values),
        TEST(test_long_texts),
        TEST(test_long_lists),
        TEST(test_many_unknown_fields),
        TEST(test_a_record_fits_in_a_page),
        TEST(test_required),
        TEST(test_decoding),
        TEST(test_any_bytes),
        TEST(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
