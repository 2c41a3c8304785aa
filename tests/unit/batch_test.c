/* What becomes of pushes: the batch's decision as a pure function, over the fake store's records.
 */
#include "region_scene.h"

#include <sodium.h>

#include "fake_store.c"

#define STATUS(result, name) assert_int_equal((result)->status, CONCERT__RESULT__STATUS__##name)

/* --- creating and changing ----------------------------------------------------------- */

static void test_create_gives_handle_revision_and_seq(void **state)
{
    struct scene *s = *state;
    uint64_t head = fake_store_head(s->store)->seq;
    const struct decide_result *result =
        scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un"));

    APPLIED(result);
    assert_string_equal(result->handle, "N1");
    assert_int_equal(result->revision, 1);
    assert_int_equal(result->seq, head + 1);
    result = scene_do(s, &s->chenaux, OP(s, "note", "N2", 0, "subject=@S-che", "text=Deux"));
    assert_string_equal(result->handle, "N2");
    assert_int_equal(result->seq, head + 2);
}

static void test_owner_and_plan_are_inherited(void **state)
{
    struct scene *s = *state;
    static const char *const owned[][2] = {{"plan", "chenaux"}, {"O2", "chenaux"},
        {"A21", "chenaux"}, {"S-mek", "mekinac"}, {"S-che", "chenaux"}, {"N", "mekinac"},
        {"D", "chenaux"}, {"mekinac", "mekinac"}};
    const struct store_record *record;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "deadline", "D", 0, "subject=@A21", "text=Au besoin")));
    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
        record = fake_store_record(s->store, scene_id(s, owned[i][0]));
        assert_memory_equal(record->owner, scene_id(s, owned[i][1]), UUID_SIZE);
        if (strcmp(owned[i][0], "mekinac") != 0)
            assert_memory_equal(record->plan, scene_id(s, "plan"), UUID_SIZE);
    }
    record = fake_store_record(s->store, scene_id(s, "T-mek"));
    assert_memory_equal(record->owner, uuid_none, UUID_SIZE);
    assert_memory_equal(record->plan, uuid_none, UUID_SIZE);
}

static void test_numbers_are_handles_and_follow(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    assert_string_equal(fake_store_record(s->store, scene_id(s, "A21"))->handle, "2.1");
    result = scene_do(s, &s->office, OP(s, "action", "A21", 1, "number=2.1.9"));
    assert_string_equal(result->handle, "2.1.9");
    result = scene_do(s, &s->office, OP(s, "action", "A21", 2, "!"));
    assert_string_equal(result->handle, "2.1.9");
}

static void test_change_and_clear(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result = scene_do(s, &s->mekinac,
        OP(s, "share", "S-mek", 1, "status=under_way", "~percent", "due=2009-12-01"));

    APPLIED(result);
    assert_int_equal(result->revision, 2);
    assert_string_equal(result->handle, "PA1");
    assert_string_equal(scene_text(s, "S-mek", "percent"), "");
    assert_string_equal(scene_text(s, "S-mek", "status"), "under_way");
    assert_string_equal(scene_text(s, "S-mek", "due"), "2009-12-01");
}

static void test_changed_and_created_by(void **state)
{
    struct scene *s = *state;
    const struct store_record *record;

    scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=11"));
    record = fake_store_record(s->store, scene_id(s, "S-mek"));
    assert_memory_equal(record->created_by, s->boss.account, UUID_SIZE);
    assert_memory_equal(record->changed_by, s->mekinac.account, UUID_SIZE);
    assert_int_equal(record->changed_at, s->now);
    assert_true(record->created_at < record->changed_at);
}

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

/* --- exactly once -------------------------------------------------------------------- */

static void test_a_duplicate_of_the_log_gets_its_first_result(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "share", "S-mek", 1, "percent=50");
    const struct decide_result *first = scene_do(s, &s->mekinac, op), *again;
    uint64_t head = fake_store_head(s->store)->seq;

    scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "percent=60"));
    again = scene_do(s, &s->mekinac, op);
    STATUS(again, DUPLICATE);
    assert_int_equal(again->seq, first->seq);
    assert_int_equal(again->revision, first->revision);
    assert_string_equal(again->handle, first->handle);
    assert_int_equal(fake_store_head(s->store)->seq, head + 1);
    assert_string_equal(scene_text(s, "S-mek", "percent"), "60");
}

static void test_a_duplicate_within_the_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "note", "N", 0, "subject=@S-mek", "text=Un");
    struct decide_operation ops[] = {op, op};
    struct batch_job first = scene_job(s, BATCH_PUSH, &s->mekinac, ops, 2);
    struct batch_job second = scene_job(s, BATCH_PUSH, &s->mekinac, &op, 1);
    struct batch_job *jobs[] = {&first, &second};

    scene_batch(s, jobs, 2);
    APPLIED(&first.results[0]);
    STATUS(&first.results[1], DUPLICATE);
    STATUS(&second.results[0], DUPLICATE);
    assert_int_equal(second.results[0].seq, first.results[0].seq);
    assert_string_equal(second.results[0].handle, "N1");
}

/* Somebody else's op_id tells nothing of what it led to. */
static void test_a_stranger_with_a_known_op_id(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "share", "S-mek", 1, "percent=50");
    const struct decide_result *result;

    scene_do(s, &s->mekinac, op);
    result = scene_do(s, &s->chenaux, op);
    REFUSED(result, EXISTS, "op_id", "unique");
    assert_int_equal(result->seq, 0);
    assert_string_equal(result->handle, "");
}

static void test_a_refused_operation_may_come_again(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "note", "N", 0, "subject=@S-new", "text=Un");

    REFUSED(scene_do(s, &s->boss, op), INVALID, "subject", "reference");
    APPLIED(scene_do(s, &s->boss, OP(s, "share", "S-new", 0, "action=@A22", "party=@mekinac")));
    APPLIED(scene_do(s, &s->boss, op));
}

/* --- what is refused ----------------------------------------------------------------- */

static void test_targets(void **state)
{
    struct scene *s = *state;
    struct decide_operation broken = OP(s, "note", "N", 0, "subject=@S-mek", "text=Un");

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 0, "action=@A22", "party=@mekinac")),
        EXISTS, "id", "unique");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "share", "none", 1, "percent=1")), NOT_FOUND, "id", "record");
    REFUSED(scene_do(s, &s->boss, OP(s, "note", "S-mek", 1, "text=Un")), INVALID, "kind", "kind");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 2, "percent=1")), INVALID,
        "base_revision", "base_revision");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", UINT64_MAX, "percent=1")), INVALID,
        "base_revision", "base_revision");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "none", 0, "!")), INVALID, "base_revision",
        "base_revision");
    broken.error = error_make(CONCERT__CODE__BAD_REQUEST, "patch", "encoding", NULL);
    REFUSED(scene_do(s, &s->mekinac, broken), BAD_REQUEST, "patch", "encoding");
}

static void test_somebody_elses(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-che", 1, "percent=1")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-che", 1, "!")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-che", "text=Un")), DENIED,
        "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@chenaux")),
        DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "action", "A21", 1, "title=Mien")), DENIED, "", "owner");
    REFUSED(scene_do(s, &s->mekinac, OP(s, "party", "mekinac", 1, "name=Moi")), DENIED, "", "role");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "weight=9")), DENIED, "weight", "role");
    REFUSED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "~weight")), DENIED, "weight", "role");
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")));
}

static void test_fixed_fields(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "party=@chenaux")), INVALID, "party",
        "fixed");
    REFUSED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "action=@A22")), INVALID, "action",
        "fixed");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "~party")), INVALID, "party", "required");
    /* The value that it has is no change. */
    APPLIED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "party=@mekinac")));
}

static void test_references(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@none")), INVALID,
        "territory", "reference");
    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@plan")), INVALID,
        "territory", "reference");
    APPLIED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "territory=@T-mek")));
    APPLIED(scene_do(s, &s->boss, OP(s, "share", "S-mek", 1, "!")));
    REFUSED(scene_do(s, &s->boss, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")), INVALID,
        "subject", "reference");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "account", "A-mek", 1, "parties=@mekinac", "parties=@plan")),
        INVALID, "parties", "reference");
}

static void test_references_within_a_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation before[] = {
        OP(s, "note", "N1", 0, "subject=@S-new", "text=Un"),
        OP(s, "share", "S-new", 0, "action=@A22", "party=@mekinac"),
        OP(s, "note", "N2", 0, "subject=@S-new", "text=Deux"),
        OP(s, "share", "S-new", 1, "!"),
        OP(s, "note", "N3", 0, "subject=@S-new", "text=Trois"),
    };
    const struct decide_result *results = scene_push(s, &s->boss, false, before, 5);

    REFUSED(&results[0], INVALID, "subject", "reference");
    APPLIED(&results[1]);
    APPLIED(&results[2]);
    APPLIED(&results[3]);
    REFUSED(&results[4], INVALID, "subject", "reference");
    assert_memory_equal(
        fake_store_record(s->store, scene_id(s, "N2"))->owner, scene_id(s, "mekinac"), UUID_SIZE);
}

static void test_a_blocked_share_says_why(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "status=blocked")), INVALID,
        "blocked_by", "blocked");
    REFUSED(scene_do(s, &s->mekinac,
                OP(s, "share", "S-mek", 1, "status=blocked", "blocked_by=Pas de local")),
        INVALID, "help_from", "blocked");
    APPLIED(scene_do(s, &s->mekinac,
        OP(s, "share", "S-mek", 1, "status=blocked", "blocked_by=Pas de local",
            "help_from=@chenaux")));
    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "~help_from")), INVALID,
        "help_from", "blocked");
    APPLIED(
        scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "status=under_way", "~blocked_by")));
}

static void test_orders(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "ends_on=2009-03-31")), INVALID,
        "ends_on", "order");
    REFUSED(scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "meetings_min=6", "meetings_max=4")),
        INVALID, "meetings_max", "order");
    APPLIED(
        scene_do(s, &s->boss, OP(s, "party", "mekinac", 1, "meetings_min=4", "meetings_max=4")));
    REFUSED(
        scene_do(s, &s->boss,
            OP(s, "membership", "M", 0, "party=@mekinac", "since=2010-01-01", "until=2009-12-31")),
        INVALID, "until", "order");
}

static void test_bounds_and_required(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=101")), INVALID, "percent",
        "range");
    REFUSED(
        scene_do(s, &s->boss, OP(s, "action", "A21", 1, "~title")), INVALID, "title", "required");
    REFUSED(scene_do(s, &s->boss, OP(s, "objective", "O3", 0, "plan=@plan", "title=Sans")), INVALID,
        "number", "required");
}

static void test_structure_stays_in_its_plan(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {
        OP(s, "plan", "plan2", 0, "title=Autre", "type=local", "party=@mekinac",
            "starts_on=2009-04-01", "ends_on=2010-03-31"),
        OP(s, "objective", "P2-O1", 0, "plan=@plan2", "number=1", "title=Un"),
        OP(s, "objective", "O3", 0, "plan=@plan", "number=3", "title=Trois", "parent=@O2"),
    };
    const struct decide_result *results = scene_push(s, &s->boss, true, ops, 3);

    APPLIED(&results[2]);
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "objective=@P2-O1")), INVALID,
        "objective", "same_plan");
    REFUSED(scene_do(s, &s->boss, OP(s, "objective", "O2", 1, "parent=@P2-O1")), INVALID, "parent",
        "same_plan");
    REFUSED(scene_do(s, &s->boss, OP(s, "objective", "O2", 1, "parent=@O2")), INVALID, "parent",
        "same_plan");
    APPLIED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "objective=@O3")));
}

/* --- adopted and closed plans -------------------------------------------------------- */

static void adopt(struct scene *s)
{
    APPLIED(
        scene_do(s, &s->boss, OP(s, "plan", "plan", 1, "status=adopted", "adopted_on=2009-05-01")));
}

static void test_adoption_is_the_coordinators(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->office, OP(s, "plan", "plan", 1, "status=adopted")), DENIED, "status",
        "adoption");
    REFUSED(scene_do(s, &s->chenaux, OP(s, "plan", "plan", 1, "status=closed")), DENIED, "status",
        "adoption");
    REFUSED(scene_do(s, &s->office, OP(s, "plan", "plan", 1, "adopted_on=2009-05-01")), DENIED,
        "adopted_on", "role");
    adopt(s);
    REFUSED(
        scene_do(s, &s->office, OP(s, "plan", "plan", 2, "~status")), DENIED, "status", "adoption");
    REFUSED(scene_do(s, &s->office, OP(s, "plan", "plan", 2, "!")), FROZEN, "", "adopted");
}

static void test_an_adopted_plan_keeps_its_structure(void **state)
{
    struct scene *s = *state;

    APPLIED(scene_do(s, &s->office, OP(s, "deadline", "D", 0, "subject=@A21", "text=Mai 2009")));
    adopt(s);
    for (int i = 0; i < 2; i++) {
        const struct policy_actor *actor = i == 0 ? &s->office : &s->chenaux;

        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "title=Autre", "?Parce que")), FROZEN,
            "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "number=9")), FROZEN, "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "!")), FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "objective", "O2", 1, "title=Autre")), FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "responsibility", "R", 0, "subject=@A21", "party=@mekinac")),
            FROZEN, "", "adopted");
        REFUSED(
            scene_do(s, actor, OP(s, "deadline", "D", 1, "text=Juin 2009")), FROZEN, "", "adopted");
        REFUSED(scene_do(s, actor, OP(s, "deadline", "D", 1, "!")), FROZEN, "", "adopted");
    }
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "title=Autre")), FROZEN, "reason",
        "amendment");
    REFUSED(scene_do(s, &s->boss, OP(s, "action", "A21", 1, "title=Autre", "?")), FROZEN, "reason",
        "amendment");
}

static void test_an_adopted_plan_lives_on(void **state)
{
    struct scene *s = *state;
    const struct store_change *log;
    size_t count;

    APPLIED(scene_do(s, &s->office, OP(s, "deadline", "D", 0, "subject=@A21", "text=Mai 2009")));
    adopt(s);
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=50")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "deadline", "D", 1, "met_on=2009-05-20")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "milestone", "ET", 0, "subject=@A21", "title=Local")));
    APPLIED(scene_do(s, &s->chenaux, OP(s, "milestone", "ET", 1, "percent=50")));
    APPLIED(scene_do(s, &s->office, OP(s, "action", "A21", 1, "description=Précisée")));
    APPLIED(scene_do(s, &s->boss, OP(s, "action", "A22", 1, "title=Autre", "?Séance du 3 juin")));
    log = fake_store_log(s->store, &count);
    assert_string_equal(log[count - 1].reason, "Séance du 3 juin");
}

static void test_adopted_within_the_batch(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "action", "A21", 1, "title=Avant"),
        OP(s, "plan", "plan", 1, "status=adopted"), OP(s, "action", "A22", 1, "title=Après"),
        OP(s, "objective", "O9", 0, "plan=@plan", "number=9", "title=Après")};
    const struct decide_result *results = scene_push(s, &s->boss, false, ops, 4);

    APPLIED(&results[0]);
    APPLIED(&results[1]);
    REFUSED(&results[2], FROZEN, "reason", "amendment");
    REFUSED(&results[3], FROZEN, "reason", "amendment");
}

static void test_a_closed_plan_takes_notes_alone(void **state)
{
    struct scene *s = *state;

    adopt(s);
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 2, "status=closed")));
    for (int i = 0; i < 2; i++) {
        const struct policy_actor *actor = i == 0 ? &s->boss : &s->office;

        REFUSED(scene_do(s, actor, OP(s, "share", "S-mek", 1, "percent=1", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "action", "A21", 1, "description=x", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "share", "S", 0, "action=@A22", "party=@mekinac")), FROZEN,
            "", "closed");
        REFUSED(
            scene_do(s, actor, OP(s, "proposal", "P", 0, "subject=@A22", "patch=x", "reason=Oui")),
            FROZEN, "", "closed");
        /* The plan itself is closed like what hangs on it. */
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "title=Autre", "?Oui")), FROZEN, "",
            "closed");
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "ends_on=2011-03-31", "?Oui")), FROZEN,
            "", "closed");
        REFUSED(scene_do(s, actor, OP(s, "plan", "plan", 3, "!", "?Oui")), FROZEN, "", "closed");
    }
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 0, "subject=@S-mek", "text=Un")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "note", "N", 1, "text=Un, corrigé")));
    REFUSED(
        scene_do(s, &s->office, OP(s, "plan", "plan", 3, "~status")), DENIED, "status", "adoption");
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 3, "status=adopted")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "percent=1")));
}

/* --- atomic pushes ------------------------------------------------------------------- */

static void test_atomic_is_all_or_none(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "note", "N1", 0, "subject=@S-mek", "text=Un"),
        OP(s, "share", "S-mek", 1, "percent=50"), OP(s, "share", "S-mek", 1, "percent=500"),
        OP(s, "note", "N2", 0, "subject=@S-mek", "text=Deux")};
    struct store_head before = *fake_store_head(s->store);
    const struct decide_result *results = scene_push(s, &s->mekinac, true, ops, 4);

    REFUSED(&results[0], INVALID, "", "atomic");
    REFUSED(&results[1], INVALID, "", "atomic");
    REFUSED(&results[2], INVALID, "percent", "range");
    REFUSED(&results[3], INVALID, "", "atomic");
    assert_int_equal(results[0].seq, 0);
    assert_memory_equal(&before, fake_store_head(s->store), sizeof(before));
    assert_null(fake_store_record(s->store, scene_id(s, "N1")));
    /* Handles, seqs and op_ids are free again. */
    ops[2] = OP(s, "share", "S-mek", 1, "due=2010-01-01");
    results = scene_push(s, &s->mekinac, true, ops, 4);
    for (int i = 0; i < 4; i++)
        APPLIED(&results[i]);
    assert_string_equal(results[0].handle, "N1");
    assert_string_equal(results[3].handle, "N2");
}

static void test_a_failed_atomic_leaves_the_batch_alone(void **state)
{
    struct scene *s = *state;
    struct decide_operation a[] = {OP(s, "note", "N1", 0, "subject=@S-mek", "text=Un"),
        OP(s, "share", "S-mek", 1, "percent=1")};
    struct decide_operation b[] = {OP(s, "note", "N2", 0, "subject=@S-mek", "text=Deux"),
        OP(s, "share", "S-mek", 1, "expected=Mai"), OP(s, "note", "N3", 0, "subject=@none")};
    struct decide_operation c[] = {OP(s, "note", "N2", 0, "subject=@S-mek", "text=Trois"),
        OP(s, "share", "S-mek", 1, "next_step=Appeler")};
    struct batch_job first = scene_job(s, BATCH_PUSH, &s->boss, a, 2);
    struct batch_job second = scene_job(s, BATCH_PUSH, &s->boss, b, 3);
    struct batch_job third = scene_job(s, BATCH_PUSH, &s->boss, c, 2);
    struct batch_job *jobs[] = {&first, &second, &third};
    struct store_writes writes;

    second.atomic = true;
    writes = scene_batch(s, jobs, 3);
    assert_int_equal(writes.n_changes, 4);
    assert_int_equal(writes.n_records, 3);
    APPLIED(&third.results[0]);
    assert_string_equal(third.results[0].handle, "N2");
    assert_int_equal(third.results[1].revision, 3);
    assert_string_equal(scene_text(s, "S-mek", "expected"), "");
    assert_string_equal(scene_text(s, "N2", "text"), "Trois");
}

/* An operation sent again gives its first result, whatever becomes of those around it. */
static void test_a_duplicate_in_a_failed_atomic(void **state)
{
    struct scene *s = *state;
    struct decide_operation known = OP(s, "share", "S-mek", 1, "percent=50");
    struct decide_operation fresh = OP(s, "note", "N", 0, "subject=@S-mek", "text=Un");
    struct decide_operation ops[] = {
        known, fresh, fresh, OP(s, "share", "S-mek", 1, "percent=500")};
    const struct decide_result *results;

    APPLIED(scene_do(s, &s->mekinac, known));
    results = scene_push(s, &s->mekinac, true, ops, 4);
    STATUS(&results[0], DUPLICATE);
    REFUSED(&results[1], INVALID, "", "atomic");
    REFUSED(&results[2], INVALID, "", "atomic");
    REFUSED(&results[3], INVALID, "percent", "range");
}

static void test_a_conflict_stops_an_atomic_push(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "note", "N1", 0, "subject=@S-mek", "text=Un"),
        OP(s, "share", "S-mek", 1, "percent=50")};
    const struct decide_result *results;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "percent=30")));
    results = scene_push(s, &s->mekinac, true, ops, 2);
    REFUSED(&results[0], INVALID, "", "atomic");
    STATUS(&results[1], CONFLICT);
    assert_int_equal(results[1].n_clashes, 1);
}

/* --- the log ------------------------------------------------------------------------- */

static void put(crypto_generichash_state *hash, uint64_t number, size_t bytes)
{
    uint8_t big[8];

    for (size_t i = 0; i < bytes; i++)
        big[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
    crypto_generichash_update(hash, big, bytes);
}

static void put_words(crypto_generichash_state *hash, const char *words)
{
    put(hash, words == NULL ? 0 : strlen(words), 4);
    if (words != NULL)
        crypto_generichash_update(hash, (const uint8_t *)words, strlen(words));
}

/* As a client would verify it, from design/protocol.md and what history tells. */
static void rehash(
    const uint8_t previous[32], const struct store_change *change, uint8_t hash_r[32])
{
    crypto_generichash_state hash;
    uint8_t patch_hash[32];

    crypto_generichash(patch_hash, 32, change->patch, change->patch_size, NULL, 0);
    assert_memory_equal(patch_hash, change->patch_hash, 32);
    crypto_generichash_init(&hash, NULL, 0, 32);
    crypto_generichash_update(&hash, previous, 32);
    put(&hash, change->seq, 8);
    crypto_generichash_update(&hash, change->op_id, 16);
    crypto_generichash_update(&hash, change->id, 16);
    put(&hash, (uint64_t)change->kind->id, 4);
    put(&hash, change->revision, 8);
    put(&hash, (uint64_t)change->at, 8);
    put(&hash, (uint64_t)change->authored_at, 8);
    crypto_generichash_update(&hash, change->account, 16);
    crypto_generichash_update(&hash, change->device, 16);
    put(&hash, change->deleted, 1);
    put(&hash, change->n_fields, 4);
    for (size_t i = 0; i < change->n_fields; i++)
        put_words(&hash, change->fields[i]);
    put_words(&hash, change->reason);
    crypto_generichash_update(&hash, patch_hash, 32);
    crypto_generichash_final(&hash, hash_r, 32);
}

static void verify_log(struct scene *s)
{
    uint8_t hash[32] = {0};
    size_t count;
    const struct store_change *log = fake_store_log(s->store, &count);

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(log[i].seq, i + 1);
        rehash(hash, &log[i], hash);
        assert_memory_equal(hash, log[i].hash, 32);
    }
    assert_memory_equal(hash, fake_store_head(s->store)->hash, 32);
}

static void test_the_chain_goes_on_over_batches(void **state)
{
    struct scene *s = *state;
    struct decide_operation ops[] = {OP(s, "note", "N1", 0, "subject=@S-mek", "text=Un", "?Oui"),
        OP(s, "share", "S-mek", 1, "percent=50", "~due", "#900=x"),
        OP(s, "share", "S-mek", 2, "!")};
    const struct store_change *log;
    size_t count;

    scene_push(s, &s->boss, true, ops, 3);
    scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 3, "percent=1"));
    scene_do(s, &s->chenaux, OP(s, "share", "S-che", 1, "percent=1"));
    verify_log(s);
    log = fake_store_log(s->store, &count);
    assert_int_equal(count, 14);
    assert_int_equal(log[11].n_fields, 3);
    assert_string_equal(log[11].fields[0], "percent");
    assert_string_equal(log[11].fields[1], "due");
    assert_string_equal(log[11].fields[2], "#900");
    assert_true(log[12].deleted);
    assert_int_equal(log[12].n_fields, 0);
}

static void test_the_records_hash_is_the_logs_at_its_seq(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "share", "S-mek", 1, "percent=2");
    struct batch_job job = scene_job(s, BATCH_PUSH, &s->mekinac, &op, 1);
    struct batch_job *jobs[] = {&job};
    struct store_writes writes = scene_batch(s, jobs, 1);

    assert_int_equal(writes.n_records, 1);
    assert_memory_equal(writes.records[0].hash, writes.changes[0].hash, STORE_HASH_SIZE);
    assert_memory_equal(writes.records[0].hash, writes.head.hash, STORE_HASH_SIZE);
    assert_int_equal(writes.records[0].seq, writes.changes[0].seq);
}

/* --- join and invite ----------------------------------------------------------------- */

static struct batch_job invite_job(
    struct scene *s, const char *account, uint8_t code, int64_t until)
{
    struct batch_job job = {.kind = BATCH_INVITE, .actor = s->boss};

    memset(job.invitation.code_hash, code, STORE_HASH_SIZE);
    memcpy(job.invitation.account, scene_id(s, account), UUID_SIZE);
    job.invitation.expires_at = until;
    return job;
}

static struct batch_job join_job(struct scene *s, const char *device, uint8_t code)
{
    struct policy_actor nobody = {0};
    struct decide_operation op = OP(s, "device", device, 0, "name=Bureau", "fingerprint=00ff");
    struct batch_job job = scene_job(s, BATCH_JOIN, &nobody, &op, 1);

    memcpy(job.actor.device, op.id, UUID_SIZE);
    memset(job.invitation.code_hash, code, STORE_HASH_SIZE);
    return job;
}

static void run_one(struct scene *s, struct batch_job *job)
{
    struct batch_job *jobs[] = {job};

    scene_batch(s, jobs, 1);
}

static void test_invite_then_join(void **state)
{
    struct scene *s = *state;
    struct batch_job invite = invite_job(s, "A-mek", 7, s->now + 1000);
    struct batch_job join = join_job(s, "dev1", 7), again = join_job(s, "dev2", 7);
    const struct store_invitation *kept;
    size_t count;

    run_one(s, &invite);
    assert_int_equal(invite.error.code, 0);
    run_one(s, &join);
    assert_int_equal(join.error.code, 0);
    APPLIED(join.results);
    assert_memory_equal(join.actor.account, scene_id(s, "A-mek"), UUID_SIZE);
    assert_memory_equal(fake_store_record(s->store, scene_id(s, "dev1"))->created_by,
        join.actor.account, UUID_SIZE);
    assert_string_equal(scene_text(s, "dev1", "name"), "Bureau");
    kept = fake_store_invitations(s->store, &count);
    assert_int_equal(count, 1);
    assert_memory_equal(kept[0].device, scene_id(s, "dev1"), UUID_SIZE);
    run_one(s, &again);
    assert_int_equal(again.error.code, CONCERT__CODE__NOT_AUTHENTICATED);
    assert_string_equal(again.error.rule, "used");
    assert_null(fake_store_record(s->store, scene_id(s, "dev2")));
    verify_log(s);
}

static void test_invitations_that_are_not_good(void **state)
{
    struct scene *s = *state;
    struct batch_job invite = invite_job(s, "A-mek", 7, s->now);
    struct batch_job expired = join_job(s, "dev1", 7), unknown = join_job(s, "dev2", 8);
    struct batch_job nobody = invite_job(s, "plan", 9, s->now),
                     gone = invite_job(s, "x", 9, s->now);

    run_one(s, &invite);
    run_one(s, &expired);
    assert_string_equal(expired.error.rule, "expired");
    run_one(s, &unknown);
    assert_string_equal(unknown.error.rule, "unknown");
    run_one(s, &nobody);
    assert_int_equal(nobody.error.code, CONCERT__CODE__NOT_FOUND);
    run_one(s, &gone);
    assert_int_equal(gone.error.code, CONCERT__CODE__NOT_FOUND);
}

static void test_one_use_within_one_batch(void **state)
{
    struct scene *s = *state;
    struct batch_job invite = invite_job(s, "A-mek", 7, s->now + 1000);
    struct batch_job first = join_job(s, "dev1", 7), second = join_job(s, "dev2", 7);
    struct batch_job *jobs[] = {&invite, &first, &second};
    struct store_writes writes = scene_batch(s, jobs, 3);
    size_t count;

    assert_int_equal(first.error.code, 0);
    assert_string_equal(second.error.rule, "used");
    assert_int_equal(writes.n_changes, 1);
    fake_store_invitations(s->store, &count);
    assert_int_equal(count, 1);
}

/* --- memory -------------------------------------------------------------------------- */

/* What was told is what is written, and the chain holds. */
static size_t check_told(
    const struct batch_job *job, const struct store_head *head, const struct store_writes *writes)
{
    uint64_t seq = head->seq;
    uint8_t hash[32];

    memcpy(hash, head->hash, 32);
    for (size_t i = 0; i < job->count; i++) {
        if (job->results[i].status == CONCERT__RESULT__STATUS__APPLIED)
            assert_int_equal(job->results[i].seq, ++seq);
        else
            assert_int_equal(job->results[i].error.code, CONCERT__CODE__TOO_LARGE);
    }
    assert_int_equal(writes->n_changes, seq - head->seq);
    assert_int_equal(writes->head.seq, seq);
    for (size_t i = 0; i < writes->n_changes; i++)
        rehash(hash, &writes->changes[i], hash);
    assert_memory_equal(hash, writes->head.hash, 32);
    return writes->n_changes;
}

static void test_wherever_memory_runs_out(void **state)
{
    struct scene *s = *state;
    const char *long_words = arena_printf(s->arena, "expected=%*s", 20000, "!");
    struct decide_operation ops[] = {
        OP(s, "note", "N1", 0, "subject=@S-mek", "text=Un mot de plus"),
        OP(s, "share", "S-mek", 1, "expected=Beaucoup de monde"),
        OP(s, "share", "S-mek", 1, "expected=Peu de monde"),
        OP(s, "note", "N2", 0, "subject=@S-mek", "text=Un autre"),
        OP(s, "share", "S-mek", 1, long_words), OP(s, "share", "S-mek", 1, "expected=Tous"),
        OP(s, "share", "S-mek", 1, "expected=Chacun"), OP(s, "note", "N2", 1, "text=Une autre")};
    struct batch_job job = scene_job(s, BATCH_PUSH, &s->mekinac, ops, 8), *jobs[] = {&job};
    const struct store_answer *answer;
    struct store_ask ask;
    size_t applied = 0, partly = 0;

    assert_true(batch_ask(jobs, 1, s->arena, &ask));
    answer = fake_store_answer(s->store, &ask, s->arena);
    for (size_t limit = 16; applied < 8; limit += 16) {
        struct arena *arena = arena_new(limit);
        struct store_writes writes;

        assert_true(limit < 100000);
        if (batch_decide(jobs, 1, answer, s->now, arena, &writes)) {
            applied = check_told(&job, &answer->head, &writes);
            partly += applied > 0 && applied < 8 ? 1 : 0;
        }
        arena_free(&arena);
    }
    assert_true(partly > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_create_gives_handle_revision_and_seq),
        TEST(test_owner_and_plan_are_inherited),
        TEST(test_numbers_are_handles_and_follow),
        TEST(test_change_and_clear),
        TEST(test_changed_and_created_by),
        TEST(test_other_fields_are_merged),
        TEST(test_the_same_field_conflicts),
        TEST(test_the_same_value_is_no_conflict),
        TEST(test_emptying_what_the_other_set_conflicts),
        TEST(test_own_earlier_changes_are_no_conflict),
        TEST(test_unseen_by_another_in_the_same_batch),
        TEST(test_a_deletion_sees_what_changed),
        TEST(test_a_deletion_sees_a_later_versions_field),
        TEST(test_a_later_versions_fields_are_kept_and_clash),
        TEST(test_a_duplicate_of_the_log_gets_its_first_result),
        TEST(test_a_duplicate_within_the_batch),
        TEST(test_a_stranger_with_a_known_op_id),
        TEST(test_a_refused_operation_may_come_again),
        TEST(test_targets),
        TEST(test_somebody_elses),
        TEST(test_fixed_fields),
        TEST(test_references),
        TEST(test_references_within_a_batch),
        TEST(test_a_blocked_share_says_why),
        TEST(test_orders),
        TEST(test_bounds_and_required),
        TEST(test_structure_stays_in_its_plan),
        TEST(test_adoption_is_the_coordinators),
        TEST(test_an_adopted_plan_keeps_its_structure),
        TEST(test_an_adopted_plan_lives_on),
        TEST(test_adopted_within_the_batch),
        TEST(test_a_closed_plan_takes_notes_alone),
        TEST(test_atomic_is_all_or_none),
        TEST(test_a_failed_atomic_leaves_the_batch_alone),
        TEST(test_a_duplicate_in_a_failed_atomic),
        TEST(test_a_conflict_stops_an_atomic_push),
        TEST(test_the_chain_goes_on_over_batches),
        TEST(test_the_records_hash_is_the_logs_at_its_seq),
        TEST(test_invite_then_join),
        TEST(test_invitations_that_are_not_good),
        TEST(test_one_use_within_one_batch),
        TEST(test_wherever_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
