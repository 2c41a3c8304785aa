/* Nothing is overwritten unseen: merges and conflicts of pushes, field by field. */
#include "region_scene.h"

#include "fake_store.c"

#define STATUS(result, name) assert_int_equal((result)->status, CONCERT__RESULT__STATUS__##name)

/* --- merging ------------------------------------------------------------------------- */

static void test_other_fields_are_merged(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "weight=3")));
    result = scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=40"));
    STATUS(result, MERGED);
    assert_int_equal(result->revision, 3);
    assert_string_equal(scene_text(s, "S-mek", "weight"), "3");
    assert_string_equal(scene_text(s, "S-mek", "percent"), "40");
}

static void test_the_same_field_conflicts(void **state)
{
    struct scene *s = *state;
    uint64_t head;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "percent=30", "expected=Mai")));
    head = fake_store_head(s->store)->seq;
    result = scene_do(s, &s->mekinac,
        OP(s, "share", "S-mek", 1, "percent=40", "expected=Juin", "due=2010-01-01"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->n_clashes, 2);
    assert_string_equal(result->clashes[0].field, "percent");
    assert_string_equal(result->clashes[1].field, "expected");
    assert_int_equal(((const Concert__Share *)result->clashes[0].theirs)->percent, 30);
    assert_null(((const Concert__Share *)result->clashes[0].theirs)->expected);
    assert_memory_equal(result->clashes[0].change->account, s->office.account, UUID_SIZE);
    assert_int_equal(result->clashes[0].change->revision, 2);
    /* Nothing of it is applied. */
    assert_int_equal(fake_store_head(s->store)->seq, head);
    assert_string_equal(scene_text(s, "S-mek", "due"), "");
}

static void test_the_same_value_is_no_conflict(void **state)
{
    struct scene *s = *state;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "percent=30", "~due")));
    STATUS(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=30", "~due")), MERGED);
}

static void test_emptying_what_the_other_set_conflicts(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "~percent", "expected=Mai")));
    result = scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=5", "~expected"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->n_clashes, 2);
    assert_false(((const Concert__Share *)result->clashes[0].theirs)->has_percent);
}

static void test_own_earlier_changes_are_no_conflict(void **state)
{
    struct scene *s = *state;
    struct policy_actor other = s->mekinac;
    struct decide_operation ops[] = {OP(s, "share", "S-mek", 1, "percent=50"),
        OP(s, "share", "S-mek", 1, "percent=60"), OP(s, "share", "S-mek", 1, "percent=70")};
    const struct decide_result *results = scene_push(s, &s->mekinac, false, ops, 3);

    for (int i = 0; i < 3; i++)
        APPLIED(&results[i]);
    assert_string_equal(scene_text(s, "S-mek", "percent"), "70");
    /* The same account on another device has not seen them. */
    other.device[5] ^= 1;
    STATUS(scene_do(s, &other, OP(s, "share", "S-mek", 1, "percent=80")), CONFLICT);
    /* Nor does the one device's own change hide what came between. */
    APPLIED(scene_do(s, &other, OP(s, "share", "S-mek", 4, "percent=90")));
    STATUS(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 4, "due=2010-01-01")), MERGED);
    STATUS(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 4, "percent=100")), CONFLICT);
}

static void test_unseen_by_another_in_the_same_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation a = OP(s, "share", "S-mek", 1, "percent=1");
    struct decide_operation b = OP(s, "share", "S-mek", 1, "percent=2");
    struct decide_operation c = OP(s, "share", "S-mek", 1, "expected=Mai");
    struct batch_job first = scene_job(s, BATCH_PUSH, &s->mekinac, &a, 1);
    struct batch_job second = scene_job(s, BATCH_PUSH, &s->office, &b, 1);
    struct batch_job third = scene_job(s, BATCH_PUSH, &s->boss, &c, 1);
    struct batch_job *jobs[] = {&first, &second, &third};

    scene_batch(s, jobs, 3);
    APPLIED(first.results);
    STATUS(second.results, CONFLICT);
    STATUS(third.results, MERGED);
    assert_int_equal(third.results->revision, 3);
}

static void test_a_deletion_sees_what_changed(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "next_step=Appeler")));
    result = scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "!"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->n_clashes, 1);
    assert_string_equal(result->clashes[0].field, "next_step");
    result = scene_do(s, &s->office, OP(s, "share", "S-mek", 2, "!"));
    APPLIED(result);
    assert_true(fake_store_record(s->store, scene_id(s, "S-mek"))->deleted);
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "percent=1")), NOT_FOUND, "id",
        "deleted");
    REFUSED(scene_do(s, &s->office, OP(s, "share", "S-mek", 3, "!")), NOT_FOUND, "id", "deleted");
}

/* Nothing is overwritten unseen, not even what this version does not understand. */
static void test_a_deletion_sees_a_later_versions_field(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "#900=mots")));
    result = scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "!"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->n_clashes, 1);
    assert_string_equal(result->clashes[0].field, "#900");
}

static void test_a_later_versions_fields_are_kept_and_clash(void **state)
{
    struct scene *s = *state;
    const struct store_record *record;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "#900=mots", "#901=x")));
    STATUS(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "percent=3")), MERGED);
    result = scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "#900=autres"));
    STATUS(result, CONFLICT);
    assert_string_equal(result->clashes[0].field, "#900");
    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 3, "~#901")));
    record = fake_store_record(s->store, scene_id(s, "S-mek"));
    assert_int_equal(record->body->n_unknown_fields, 1);
    assert_int_equal(record->body->unknown_fields[0].tag, 900);
    assert_memory_equal(record->body->unknown_fields[0].data + 1, "mots", 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_other_fields_are_merged),
        TEST(test_the_same_field_conflicts),
        TEST(test_the_same_value_is_no_conflict),
        TEST(test_emptying_what_the_other_set_conflicts),
        TEST(test_own_earlier_changes_are_no_conflict),
        TEST(test_unseen_by_another_in_the_same_batch),
        TEST(test_a_deletion_sees_what_changed),
        TEST(test_a_deletion_sees_a_later_versions_field),
        TEST(test_a_later_versions_fields_are_kept_and_clash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
