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
struct merge_case {
    uint32_t now, after;
    const struct store_change *changes[4];
    size_t n_changes;
    uint64_t base;
    int device;
};

static size_t run(
    void **state, const struct merge_case *c, const struct merge_clash **clashes_r, bool *unseen_r)
{
    struct record_names touched = {.name = {"percent"}, .count = 1};
    Concert__Share now = CONCERT__SHARE__INIT, after = CONCERT__SHARE__INIT;

    now.has_percent = after.has_percent = true;
    now.percent = c->now;
    after.percent = c->after;
    now.expected = after.expected = (char *)(uintptr_t) "Mai";
    return merge_clashes(kinds_by_name("share"), &now.base, &after.base, &touched, c->changes,
        c->n_changes, c->base, devices[c->device], *state, clashes_r, unseen_r);
}

static void assert_merge(void **state, const struct merge_case *c, size_t clashes, bool unseen)
{
    const struct merge_clash *found;
    bool was_unseen = !unseen;

    assert_int_equal(run(state, c, &found, &was_unseen), clashes);
    assert_int_equal(was_unseen, unseen);
}

static void test_nothing_unseen(void **state)
{
    struct store_change old = change(2, OTHERS, percent, 1), own = change(3, MINE, percent, 1);

    assert_merge(state, &(struct merge_case){30, 40, {0}, 0, 3, MINE}, 0, false);
    assert_merge(state, &(struct merge_case){30, 40, {&old}, 1, 2, MINE}, 0, false);
    assert_merge(state, &(struct merge_case){30, 40, {&old, &own}, 2, 2, MINE}, 0, false);
}

static void test_unseen(void **state)
{
    struct store_change a = change(2, OTHERS, percent, 1), b = change(3, OTHERS, unknown, 1);

    assert_merge(state, &(struct merge_case){30, 40, {&a}, 1, 1, MINE}, 1, true);
    assert_merge(state, &(struct merge_case){30, 30, {&a}, 1, 1, MINE}, 0, true);
    assert_merge(state, &(struct merge_case){30, 40, {&b}, 1, 2, MINE}, 0, true);
    assert_merge(state, &(struct merge_case){30, 40, {&a, &b}, 2, 2, MINE}, 0, true);
    assert_merge(state, &(struct merge_case){30, 40, {&a, &b}, 2, 3, MINE}, 0, false);
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

    assert_merge(state, &(struct merge_case){30, 40, {&theirs, &own}, 2, 1, MINE}, 0, true);
    assert_merge(state, &(struct merge_case){30, 40, {&theirs, &aside}, 2, 1, MINE}, 1, true);
    assert_merge(state, &(struct merge_case){30, 40, {&first, &later}, 2, 1, MINE}, 1, true);
    run(state, &(struct merge_case){30, 40, {&theirs, &later}, 2, 1, MINE}, &found, &unseen);
    assert_ptr_equal(found[0].change, &later); /* the newest */
    assert_string_equal(found[0].field, "percent");
    assert_int_equal(((const Concert__Share *)found[0].theirs)->percent, 30);
    assert_null(((const Concert__Share *)found[0].theirs)->expected);
}

/* The server's own changes have no device: nobody has seen them, not even the server. */
static void test_no_device(void **state)
{
    struct store_change a = change(2, 0, percent, 1);

    assert_merge(state, &(struct merge_case){30, 40, {&a}, 1, 1, 0}, 1, true);
    assert_merge(state, &(struct merge_case){30, 40, {&a}, 1, 1, MINE}, 1, true);
}

static void test_no_memory(void **state)
{
    struct store_change a = change(2, OTHERS, percent, 1);
    struct record_names touched = {.name = {"percent"}, .count = 1};
    const struct store_change *changes[] = {&a};
    Concert__Share now = CONCERT__SHARE__INIT, after = CONCERT__SHARE__INIT;
    size_t found = SIZE_MAX;

    (void)state;
    after.has_percent = true;
    for (size_t limit = 0; found == SIZE_MAX; limit += 16) {
        struct arena *arena = arena_new(limit);
        const struct merge_clash *clashes;
        bool unseen;

        assert_true(limit < 4096);
        found = merge_clashes(kinds_by_name("share"), &now.base, &after.base, &touched, changes, 1,
            1, devices[MINE], arena, &clashes, &unseen);
        arena_free(&arena);
    }
    assert_int_equal(found, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_unseen),
        TEST(test_unseen),
        TEST(test_in_between),
        TEST(test_no_device),
        TEST(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
