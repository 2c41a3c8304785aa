/* What an operation and the changes that its author had not seen have in common. */
#include "merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MINE 1
#define OTHERS 2

static const char *const percent[] = {"percent"};
static const char *const both[] = {"expected", "percent"};
static const char *const unknown[] = {"#900"};

static const uint8_t devices[3][UUID_SIZE] = {{0}, {1}, {2}};

static int setup(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

static struct store_change change(
    uint64_t revision, int device, const char *const *fields, size_t n_fields)
{
    struct store_change made = {.revision = revision, .fields = fields, .n_fields = n_fields};

    memcpy(made.device, devices[device], UUID_SIZE);
    return made;
}

/* The case: a record whose percent is 30 and whose expected is "Mai"; an operation of device MINE
 * that sets percent. */
struct percent_case {
    uint32_t now, after;
    const struct store_change *changes[4];
    size_t n_changes;
    uint64_t base;
    int device;
};

static const uint8_t account[UUID_SIZE] = {7};

static struct store_record record_of(Concert__Share *share)
{
    struct store_record record = {.kind = kinds_by_name("share"),
        .revision = 9,
        .seq = 90,
        .changed_at = 900,
        .body = &share->base};

    memcpy(record.changed_by, account, UUID_SIZE);
    return record;
}

static size_t run(void **state, const struct percent_case *c, const struct merge_clash **clashes_r,
    bool *unseen_r)
{
    struct record_names touched = {.name = {"percent"}, .count = 1};
    Concert__Share now = CONCERT__SHARE__INIT, after = CONCERT__SHARE__INIT;
    struct store_record record = record_of(&now);
    struct merge_result result;

    now.has_percent = after.has_percent = true;
    now.percent = c->now;
    after.percent = c->after;
    now.expected = after.expected = (char *)(uintptr_t) "Mai";
    assert_true(merge_fields(&(struct merge_case){.record = &record,
                                 .after = &after.base,
                                 .touched = touched.name,
                                 .n_touched = touched.count,
                                 .changes = c->changes,
                                 .n_changes = c->n_changes,
                                 .base = c->base,
                                 .device = devices[c->device],
                                 .arena = *state},
        &result));
    assert_null(result.texts);
    *clashes_r = result.clashes;
    *unseen_r = result.unseen;
    return result.n_clashes;
}

static void assert_merge(void **state, const struct percent_case *c, size_t clashes, bool unseen)
{
    const struct merge_clash *found;
    bool was_unseen = !unseen;

    assert_int_equal(run(state, c, &found, &was_unseen), clashes);
    assert_int_equal(was_unseen, unseen);
}

static void test_nothing_unseen(void **state)
{
    struct store_change old = change(2, OTHERS, percent, 1), own = change(3, MINE, percent, 1);

    assert_merge(state, &(struct percent_case){30, 40, {0}, 0, 3, MINE}, 0, false);
    assert_merge(state, &(struct percent_case){30, 40, {&old}, 1, 2, MINE}, 0, false);
    assert_merge(state, &(struct percent_case){30, 40, {&old, &own}, 2, 2, MINE}, 0, false);
}

static void test_unseen(void **state)
{
    struct store_change a = change(2, OTHERS, percent, 1), b = change(3, OTHERS, unknown, 1);

    assert_merge(state, &(struct percent_case){30, 40, {&a}, 1, 1, MINE}, 1, true);
    assert_merge(state, &(struct percent_case){30, 30, {&a}, 1, 1, MINE}, 0, true);
    assert_merge(state, &(struct percent_case){30, 40, {&b}, 1, 2, MINE}, 0, true);
    assert_merge(state, &(struct percent_case){30, 40, {&a, &b}, 2, 2, MINE}, 0, true);
    assert_merge(state, &(struct percent_case){30, 40, {&a, &b}, 2, 3, MINE}, 0, false);
}

/* One's own change of the field after theirs was made knowingly, or to the same value; one of
 * another field makes nothing seen, and theirs after one's own is told. */
static void test_in_between(void **state)
{
    struct store_change theirs = change(2, OTHERS, percent, 1), own = change(3, MINE, both, 2);
    struct store_change first = change(2, MINE, percent, 1), later = change(3, OTHERS, both, 2);
    struct store_change aside = change(3, MINE, unknown, 1);
    const struct merge_clash *found;
    bool unseen;

    assert_merge(state, &(struct percent_case){30, 40, {&theirs, &own}, 2, 1, MINE}, 0, true);
    assert_merge(state, &(struct percent_case){30, 40, {&theirs, &aside}, 2, 1, MINE}, 1, true);
    assert_merge(state, &(struct percent_case){30, 40, {&first, &later}, 2, 1, MINE}, 1, true);
    run(state, &(struct percent_case){30, 40, {&theirs, &later}, 2, 1, MINE}, &found, &unseen);
    assert_ptr_equal(found[0].change, &later); /* the newest */
    assert_string_equal(found[0].field, "percent");
    assert_int_equal(((const Concert__Share *)found[0].theirs)->percent, 30);
    assert_null(((const Concert__Share *)found[0].theirs)->expected);
}

/* The server's own changes have no device: nobody has seen them, not even the server. */
static void test_no_device(void **state)
{
    struct store_change a = change(2, 0, percent, 1);

    assert_merge(state, &(struct percent_case){30, 40, {&a}, 1, 1, 0}, 1, true);
    assert_merge(state, &(struct percent_case){30, 40, {&a}, 1, 1, MINE}, 1, true);
}

/* --- with what the author saw ------------------------------------------------------------------
 */

/* A share as three people know it, and who changed what since. */
struct seen_case {
    Concert__Share seen, now, after;
    struct record_names touched;
    const struct record_names *told;
    const struct store_change *changes[4];
    size_t n_changes;
    uint64_t base;
};

static struct seen_case percents(uint32_t seen, uint32_t now, uint32_t after)
{
    struct seen_case c = {.seen = CONCERT__SHARE__INIT,
        .now = CONCERT__SHARE__INIT,
        .after = CONCERT__SHARE__INIT,
        .touched = {.name = {"percent"}, .count = 1}};

    c.seen.has_percent = seen > 0;
    c.now.has_percent = now > 0;
    c.after.has_percent = after > 0;
    c.seen.percent = seen;
    c.now.percent = now;
    c.after.percent = after;
    return c;
}

static struct seen_case texts(const char *seen, const char *now, const char *after)
{
    struct seen_case c = percents(0, 0, 0);

    c.touched.name[0] = "expected";
    c.after.has_action = c.after.has_party = true; /* the merged record is checked as a whole */
    c.after.action = c.after.party =
        (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)(uintptr_t)account};
    c.seen.expected = (char *)(uintptr_t)seen;
    c.now.expected = (char *)(uintptr_t)now;
    c.after.expected = (char *)(uintptr_t)after;
    return c;
}

static struct merge_result merge_seen(void **state, struct seen_case *c)
{
    struct store_record record = record_of(&c->now);
    struct merge_result result;

    assert_true(merge_fields(&(struct merge_case){.record = &record,
                                 .after = &c->after.base,
                                 .touched = c->touched.name,
                                 .n_touched = c->touched.count,
                                 .seen = &c->seen.base,
                                 .told = c->told,
                                 .changes = c->changes,
                                 .n_changes = c->n_changes,
                                 .base = c->base,
                                 .device = devices[MINE],
                                 .arena = *state},
        &result));
    return result;
}

static size_t clashes_of(void **state, struct seen_case c)
{
    return merge_seen(state, &c).n_clashes;
}

/* Values decide, whoever changed them and whatever the revisions say. */
static void test_by_value(void **state)
{
    struct store_change own = change(3, MINE, percent, 1), theirs = change(2, OTHERS, percent, 1);
    struct seen_case c = percents(30, 30, 40);

    assert_int_equal(clashes_of(state, percents(30, 30, 40)), 0);
    assert_int_equal(clashes_of(state, percents(30, 40, 40)), 0);
    assert_int_equal(clashes_of(state, percents(30, 35, 40)), 1);
    assert_int_equal(clashes_of(state, percents(0, 35, 40)), 1);
    assert_int_equal(clashes_of(state, percents(30, 0, 40)), 1);
    assert_int_equal(clashes_of(state, percents(30, 35, 0)), 1);
    assert_int_equal(clashes_of(state, percents(30, 0, 0)), 0);
    /* They changed it and put it back: nothing is lost, but the record had moved on. */
    c.changes[c.n_changes++] = &theirs;
    c.base = 1;
    assert_int_equal(clashes_of(state, c), 0);
    assert_true(merge_seen(state, &c).unseen);
    /* A home that was restored does not know its own later words. */
    c = percents(30, 35, 40);
    c.changes[c.n_changes++] = &own;
    c.base = 2;
    assert_int_equal(clashes_of(state, c), 1);
    assert_ptr_equal(merge_seen(state, &c).clashes[0].change, &own);
}

/* Somebody wrote it, though none of the changes that are known tells. */
static void test_who_wrote_it(void **state)
{
    struct seen_case c = percents(30, 35, 40);
    struct merge_result result = merge_seen(state, &c);

    assert_int_equal(result.clashes[0].change->revision, 9);
    assert_int_equal(result.clashes[0].change->at, 900);
    assert_memory_equal(result.clashes[0].change->account, account, UUID_SIZE);
    assert_int_equal(((const Concert__Share *)result.clashes[0].theirs)->percent, 35);
    assert_false(result.unseen);
}

/* `seen` speaks of what its author named; for what the server read from that the revisions do. */
static void test_told(void **state)
{
    struct record_names others = {.name = {"expected"}, .count = 1};
    struct store_change theirs = change(2, OTHERS, percent, 1), own = change(2, MINE, percent, 1);
    struct seen_case c = percents(0, 35, 40);

    c.told = &others;
    assert_int_equal(clashes_of(state, c), 0);
    c.changes[0] = &theirs;
    c.n_changes = 1;
    c.base = 1;
    assert_int_equal(clashes_of(state, c), 1);
    c.changes[0] = &own;
    assert_int_equal(clashes_of(state, c), 0);
}

static void add_unknown(
    ProtobufCMessage *message, ProtobufCMessageUnknownField *field, const char *bytes)
{
    *field = (ProtobufCMessageUnknownField){.tag = 900,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = strlen(bytes),
        .data = (uint8_t *)(uintptr_t)bytes};
    message->unknown_fields = field;
    message->n_unknown_fields = 1;
}

static void test_later_versions_fields_by_their_bytes(void **state)
{
    ProtobufCMessageUnknownField fields[3];
    struct seen_case c = percents(0, 0, 0);

    c.touched.name[0] = "#900";
    add_unknown(&c.seen.base, &fields[0], "\1a");
    add_unknown(&c.now.base, &fields[1], "\1b");
    add_unknown(&c.after.base, &fields[2], "\1c");
    assert_int_equal(clashes_of(state, c), 1);
    add_unknown(&c.now.base, &fields[1], "\1a");
    assert_int_equal(clashes_of(state, c), 0);
    add_unknown(&c.now.base, &fields[1], "\1c");
    assert_int_equal(clashes_of(state, c), 0);
    c.now.base.n_unknown_fields = 0;
    assert_int_equal(clashes_of(state, c), 1);
    c.seen.base.n_unknown_fields = 0;
    assert_int_equal(clashes_of(state, c), 0);
}

static void test_texts_merge_by_line(void **state)
{
    struct seen_case c = texts("Un\nDeux\nTrois", "UN\nDeux\nTrois", "Un\nDeux\nTROIS");
    struct merge_result result = merge_seen(state, &c);

    assert_int_equal(result.n_clashes, 0);
    assert_string_equal(((const Concert__Share *)result.texts)->expected, "UN\nDeux\nTROIS");
    assert_int_equal(clashes_of(state, texts("Un", "UN", "Une")), 1);
    assert_int_equal(clashes_of(state, texts("Un\nDeux", "UN\nDeux", "Un\nDeux")), 1);
    assert_int_equal(clashes_of(state, texts("Un\nDeux", "UN\nDeux", "Un\nDEUX")), 1);
    assert_int_equal(clashes_of(state, texts("Un\nDeux\nTrois", NULL, "Un\nDeux\nTROIS")), 1);
    assert_int_equal(clashes_of(state, texts("Un\nDeux\nTrois", "UN\nDeux\nTrois", NULL)), 1);
    assert_int_equal(clashes_of(state, texts(NULL, "Un", "Deux")), 1);
}

/* Who settles one field must know of the other. */
static void test_texts_do_not_merge_beside_a_clash(void **state)
{
    struct seen_case c = texts("Un\nDeux\nTrois", "UN\nDeux\nTrois", "Un\nDeux\nTROIS");
    struct merge_result result;

    c.touched = (struct record_names){.name = {"expected", "percent"}, .count = 2};
    c.now.has_percent = c.after.has_percent = true;
    c.now.percent = 10;
    c.after.percent = 20;
    result = merge_seen(state, &c);
    assert_int_equal(result.n_clashes, 2);
    assert_null(result.texts);
    assert_string_equal(result.clashes[0].field, "expected");
}

/* Both together would be no record any more. */
static void test_texts_that_do_not_fit(void **state)
{
    static char now[RECORD_TEXT_MAX + 1], after[RECORD_TEXT_MAX + 1];
    struct seen_case c = texts("Un\nDeux\nTrois", now, after);

    memset(now, 'n', RECORD_TEXT_MAX / 2);
    memcpy(now + RECORD_TEXT_MAX / 2, "\nUn\nDeux\nTrois", 15);
    memcpy(after, "Un\nDeux\nTrois\n", 14);
    memset(after + 14, 'a', RECORD_TEXT_MAX / 2);
    assert_int_equal(clashes_of(state, c), 1);
    c = texts("Un\nDeux\nTrois", "UN\nDeux\nTrois", "Un\nDeux\nTROIS");
    assert_int_equal(clashes_of(state, c), 0);
    c.after.has_party = false;
    assert_int_equal(clashes_of(state, c), 1);
}

static void test_no_memory(void **state)
{
    bool done = false;

    (void)state;
    for (size_t limit = 0; !done; limit += 16) {
        struct seen_case c = texts("Un\nDeux\nTrois", "UN\nDeux\nTrois", "Un\nDeux\nTROIS");
        struct store_record record = record_of(&c.now);
        struct arena *arena = arena_new(limit);
        struct merge_result result;

        assert_true(limit < 1 << 16);
        done = merge_fields(&(struct merge_case){.record = &record,
                                .after = &c.after.base,
                                .touched = c.touched.name,
                                .n_touched = c.touched.count,
                                .seen = &c.seen.base,
                                .device = devices[MINE],
                                .arena = arena},
            &result);
        arena_free(&arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_unseen),
        TEST(test_unseen),
        TEST(test_in_between),
        TEST(test_no_device),
        TEST(test_by_value),
        TEST(test_who_wrote_it),
        TEST(test_told),
        TEST(test_later_versions_fields_by_their_bytes),
        TEST(test_texts_merge_by_line),
        TEST(test_texts_do_not_merge_beside_a_clash),
        TEST(test_texts_that_do_not_fit),
        TEST(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
