/* Operations as they come, to what the batch decides on. */
#include "verbs/operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = arena_new((size_t)8 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

/* A good one, of a share, to be spoilt. */
static Concert__Operation good(Concert__Kind kind, const char *patch, size_t size)
{
    static uint8_t id[UUID_SIZE] = {1, 2, 3};
    Concert__Operation message = CONCERT__OPERATION__INIT;

    message.has_op_id = message.has_id = message.has_kind = true;
    message.op_id = message.id = (ProtobufCBinaryData){UUID_SIZE, id};
    message.kind = kind;
    message.has_base_revision = true;
    message.base_revision = 3;
    message.has_patch = true;
    message.patch = (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)patch};
    return message;
}
#define GOOD() good(CONCERT__KIND__SHARE, "\x20\x3c", 2)

static struct decide_operation read_it(void **state, const Concert__Operation *message)
{
    struct decide_operation op;

    operation_read(message, *state, &op);
    return op;
}

static void assert_wrong(void **state, const Concert__Operation *message, Concert__Code code,
    const char *field, const char *rule)
{
    struct decide_operation op = read_it(state, message);

    assert_string_equal(error_name(op.error.code), error_name(code));
    assert_string_equal(op.error.field, field);
    assert_string_equal(op.error.rule, rule);
}

static void test_good(void **state)
{
    Concert__Operation message = GOOD();
    struct decide_operation op = read_it(state, &message);

    assert_int_equal(op.error.code, 0);
    assert_int_equal(op.base, 3);
    assert_ptr_equal(op.kind, kinds_by_name("share"));
    assert_int_equal(((const Concert__Share *)op.patch)->percent, 60);
    assert_false(op.remove);
    assert_null(op.reason);
    message.has_patch = false;
    op = read_it(state, &message);
    assert_int_equal(op.error.code, 0);
    assert_non_null(op.patch);
    message.has_delete_ = message.delete_ = true;
    op = read_it(state, &message);
    assert_true(op.error.code == 0 && op.remove);
}

static void test_ids(void **state)
{
    static uint8_t none[UUID_SIZE + 1];
    Concert__Operation message = GOOD();

    message.op_id.len = UUID_SIZE - 1;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "op_id", "id");
    message = GOOD();
    message.op_id.data = none;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "op_id", "id");
    message = GOOD();
    message.id = (ProtobufCBinaryData){UUID_SIZE + 1, none};
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "id", "id");
    message = GOOD();
    message.has_id = false;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "id", "id");
}

static void test_kinds(void **state)
{
    static const int unknown[] = {0, -1, 43, 64, 1000, INT32_MAX};
    Concert__Operation message = GOOD();

    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        message.kind = (Concert__Kind)unknown[i];
        assert_wrong(state, &message, CONCERT__CODE__INVALID, "kind", "unknown_kind");
    }
    message = GOOD();
    message.has_kind = false;
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "kind", "unknown_kind");
}

static void test_patches(void **state)
{
    Concert__Operation message = good(CONCERT__KIND__SHARE, "\x20", 1);

    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "patch", "encoding");
    message = good(CONCERT__KIND__SHARE, "\x20\x65", 2);
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "percent", "range");
    message = good(CONCERT__KIND__SHARE, "\x2a\x02x\0", 4);
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "expected", "nul");
    message = good(CONCERT__KIND__SHARE, "\x2a\x01\xff", 3);
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "expected", "utf8");
    message = GOOD();
    message.has_delete_ = message.delete_ = true;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "delete", "patch");
}

/* What is emptied goes into the log by its name: only names that a field can have. */
static void test_names_to_clear(void **state)
{
    static const char *const names[] = {"percent", "#900", "#536870911"};
    static const char *const wrong[] = {"Percent", "", "id", "#", "#0", "#-1", "#+900", "# 900",
        "#0900", "#900 ", "#x", "#\xff", "#536870912", "#99999999999999999999",
        "#4" /* percent, which has a name */};
    char *clear[65];
    Concert__Operation message = GOOD();

    message.clear = clear;
    message.n_clear = 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        clear[0] = (char *)(uintptr_t)names[i];
        assert_int_equal(read_it(state, &message).error.code, 0);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        clear[0] = (char *)(uintptr_t)wrong[i];
        assert_wrong(state, &message, CONCERT__CODE__INVALID, "clear", "field");
    }
    for (size_t i = 0; i < 65; i++)
        clear[i] = (char *)(uintptr_t)names[0];
    message.n_clear = 65;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "clear", "count");
    message.n_clear = 64;
    assert_int_equal(read_it(state, &message).error.code, 0);
}

static void test_reasons(void **state)
{
    Concert__Operation message = GOOD();

    message.reason = arena_printf(*state, "%*s", 4096, "x");
    assert_int_equal(read_it(state, &message).error.code, 0);
    message.reason = arena_printf(*state, "%*s", 4097, "x");
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "reason", "length");
    message.reason = (char *)(uintptr_t) "\xc3";
    assert_wrong(state, &message, CONCERT__CODE__INVALID, "reason", "utf8");
}

/* A device's clock may be wrong, but it tells a time that the database can hold: one that it cannot
 * would be refused with everything else of its batch. */
static void test_clocks(void **state)
{
    static const int64_t wrong[] = {INT64_MIN, INT64_MAX, -1, INT64_C(253402300800000000)};
    Concert__Operation message = GOOD();

    message.has_authored_at = true;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        message.authored_at = wrong[i];
        assert_wrong(state, &message, CONCERT__CODE__INVALID, "authored_at", "range");
    }
    message.authored_at = INT64_C(253402300799999999);
    assert_int_equal(read_it(state, &message).error.code, 0);
}

static void test_a_deadline_is_read(void **state)
{
    Concert__Operation message = good(CONCERT__KIND__DEADLINE, "\x1a\x0bJuin 2009  ", 13);
    struct decide_operation op = read_it(state, &message);
    const Concert__Deadline *deadline = (const Concert__Deadline *)op.patch;

    assert_int_equal(op.error.code, 0);
    assert_string_equal(deadline->text, "Juin 2009  ");
    assert_int_equal(deadline->mode, CONCERT__DEADLINE__MODE__DATED);
    assert_string_equal(deadline->earliest, "2009-06-01");
    assert_string_equal(deadline->latest, "2009-06-30");
    /* What the text does not say is emptied, when the record was there before. */
    assert_true(op.n_clear > 0);
    message.base_revision = 0;
    op = read_it(state, &message);
    assert_int_equal(op.n_clear, 0);
}

static void test_resolutions(void **state)
{
    static uint8_t id[UUID_SIZE] = {9}, large[2 * RECORD_TEXT_MAX];
    char *names[65], *percent[] = {(char *)(uintptr_t) "percent"};
    char *wrong[] = {(char *)(uintptr_t) "Percent"}, *later[] = {(char *)(uintptr_t) "#900"};
    Concert__Resolution good_one = CONCERT__RESOLUTION__INIT, resolution;
    Concert__Operation message = GOOD();

    good_one.has_op_id = good_one.has_set_aside = true;
    good_one.op_id = (ProtobufCBinaryData){UUID_SIZE, id};
    good_one.rewritten = percent;
    good_one.n_rewritten = 1;
    good_one.set_aside = (ProtobufCBinaryData){2, (uint8_t *)(uintptr_t) "\x20\x3c"};
    message.resolution = &resolution;
    resolution = good_one;
    assert_int_equal(read_it(state, &message).error.code, 0);
    resolution.mine = later;
    resolution.n_mine = 1;
    assert_int_equal(read_it(state, &message).error.code, 0);
    resolution.theirs = percent; /* twice */
    resolution.n_theirs = 1;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "field");
    resolution.theirs = wrong;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "field");
    resolution = good_one;
    resolution.n_rewritten = 0;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "field");
    for (size_t i = 0; i < 65; i++)
        names[i] = arena_printf(*state, "#%zu", 900 + i);
    resolution.mine = names;
    resolution.n_mine = 65;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "field");
    resolution = good_one;
    resolution.op_id.len = UUID_SIZE - 1;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "id");
    resolution = good_one;
    resolution.set_aside.len = 1;
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "encoding");
    resolution.set_aside = (ProtobufCBinaryData){sizeof(large), large};
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "resolution", "length");
}

static void test_seen(void **state)
{
    Concert__Operation message = GOOD();
    struct decide_operation op;

    assert_null(read_it(state, &message).seen);
    message.has_seen = true;
    message.seen = (ProtobufCBinaryData){2, (uint8_t *)(uintptr_t) "\x20\x7f"}; /* of other rules */
    op = read_it(state, &message);
    assert_int_equal(op.error.code, 0);
    assert_int_equal(((const Concert__Share *)op.seen)->percent, 127);
    message.seen = (ProtobufCBinaryData){0, NULL};
    assert_non_null(read_it(state, &message).seen);
    message.seen = (ProtobufCBinaryData){1, (uint8_t *)(uintptr_t) "\x20"};
    assert_wrong(state, &message, CONCERT__CODE__BAD_REQUEST, "seen", "encoding");
}

/* Of a deadline's text the server reads more, of which `seen` says nothing. */
static void test_named(void **state)
{
    Concert__Operation message = good(CONCERT__KIND__DEADLINE,
        "\x1a\x04"
        "2010",
        6);
    struct decide_operation op = read_it(state, &message);
    struct record_names touched;

    assert_int_equal(op.error.code, 0);
    assert_int_equal(op.named->count, 1);
    assert_string_equal(op.named->name[0], "text");
    assert_true(record_touched(op.kind, op.patch, op.clear, op.n_clear, *state, &touched));
    assert_true(touched.count > 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_good),
        TEST(test_ids),
        TEST(test_kinds),
        TEST(test_patches),
        TEST(test_names_to_clear),
        TEST(test_reasons),
        TEST(test_clocks),
        TEST(test_a_deadline_is_read),
        TEST(test_resolutions),
        TEST(test_seen),
        TEST(test_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
