/* What an author saw, how a conflict was settled, and who may settle it: pushes over the scene. */
#include "region_scene.h"

#include <sodium.h>

#include "chain.h"

#include "fake_store.c"

#define STATUS(result, name) assert_int_equal((result)->status, CONCERT__RESULT__STATUS__##name)

static struct decide_operation with_seen(struct decide_operation op, const ProtobufCMessage *seen)
{
    op.seen = seen;
    return op;
}
#define SEEN(s, op, kind, ...) with_seen(op, MESSAGE(s, kind, __VA_ARGS__))

/* --- what was seen -----------------------------------------------------------------------------
 */

/* A home restored from an old backup does not overwrite its own later words: without `seen` a
 * device knows what it wrote. */
static void test_ones_own_later_words(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "expected=Mai")));
    result = scene_do(
        s, &s->mekinac, SEEN(s, OP(s, "share", "S-mek", 1, "expected=Juin"), "share", "x"));
    STATUS(result, CONFLICT);
    assert_memory_equal(result->clashes[0].change->device, s->mekinac.device, UUID_SIZE);
    assert_int_equal(result->clashes[0].change->revision, 2);
    APPLIED(scene_do(s, &s->mekinac,
        SEEN(s, OP(s, "share", "S-mek", 1, "expected=Juin"), "share", "expected=Mai")));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "expected=Juillet")));
}

/* Nothing after the base is known: who wrote what is there is told all the same. */
static void test_a_base_that_hides_the_change(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "percent=40")));
    result = scene_do(
        s, &s->mekinac, SEEN(s, OP(s, "share", "S-mek", 2, "percent=50"), "share", "percent=10"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->clashes[0].change->revision, 2);
    assert_memory_equal(result->clashes[0].change->account, s->office.account, UUID_SIZE);
}

static void test_lines_merge(void **state)
{
    struct scene *s = *state;
    const struct store_change *log;
    const struct decide_result *result;
    Concert__Share *patch;
    struct error error;
    size_t count;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "expected=Un\nDeux\nTrois")));
    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 2, "expected=UN\nDeux\nTrois")));
    result = scene_do(s, &s->mekinac,
        SEEN(s, OP(s, "share", "S-mek", 2, "expected=Un\nDeux\nTROIS", "percent=70"), "share",
            "expected=Un\nDeux\nTrois", "percent=10"));
    STATUS(result, MERGED);
    assert_string_equal(scene_text(s, "S-mek", "expected"), "UN\nDeux\nTROIS");
    assert_string_equal(scene_text(s, "S-mek", "percent"), "70");
    log = fake_store_log(s->store, &count);
    patch = (Concert__Share *)record_decode(
        kinds_by_name("share"), log[count - 1].patch, log[count - 1].patch_size, s->arena, &error);
    assert_string_equal(patch->expected, "UN\nDeux\nTROIS");
    assert_memory_equal(result->hash, log[count - 1].hash, STORE_HASH_SIZE);
    STATUS(scene_do(s, &s->mekinac,
               SEEN(s, OP(s, "share", "S-mek", 2, "expected=Un\nDeux\nTrois\nQuatre"), "share",
                   "expected=Un\nDeux\nTrois")),
        CONFLICT);
}

static void test_a_deletion_by_value(void **state)
{
    struct scene *s = *state;
    const struct decide_result *result;

    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 1, "#900=mots")));
    result = scene_do(s, &s->mekinac,
        SEEN(s, OP(s, "share", "S-mek", 2, "!"), "share", "action=@A21", "party=@mekinac"));
    STATUS(result, CONFLICT);
    assert_int_equal(result->n_clashes, 2);
    assert_string_equal(result->clashes[0].field, "percent");
    assert_string_equal(result->clashes[1].field, "#900");
    APPLIED(scene_do(s, &s->mekinac,
        SEEN(s, OP(s, "share", "S-mek", 2, "!"), "share", "action=@A21", "party=@mekinac",
            "percent=10", "#900=mots")));
}

/* --- resolutions -------------------------------------------------------------------------------
 */

static Concert__Resolution *resolution(struct scene *s, const char *mine, const char *theirs)
{
    Concert__Resolution *made = arena_alloc(s->arena, sizeof(*made));
    char **names = arena_alloc(s->arena, 2 * sizeof(*names));

    concert__resolution__init(made);
    made->has_op_id = true;
    made->op_id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)(uintptr_t)scene_id(s, "settled")};
    names[0] = (char *)(uintptr_t)mine;
    names[1] = (char *)(uintptr_t)theirs;
    made->mine = names;
    made->n_mine = mine != NULL;
    made->theirs = names + 1;
    made->n_theirs = theirs != NULL;
    return made;
}

static struct decide_operation settling(
    struct decide_operation op, const Concert__Resolution *resolution_)
{
    op.resolution = resolution_;
    return op;
}
#define SETTLE(s, op, mine, theirs) settling(op, resolution(s, mine, theirs))

static void test_a_resolution_stays_in_the_log(void **state)
{
    struct scene *s = *state;
    const struct store_change *log, *change;
    const struct decide_result *result = scene_do(
        s, &s->mekinac, SETTLE(s, OP(s, "share", "S-mek", 1, "percent=50"), "percent", "expected"));
    uint8_t hash[STORE_HASH_SIZE];
    Concert__Resolution *kept;
    size_t count;

    APPLIED(result);
    log = fake_store_log(s->store, &count);
    change = &log[count - 1];
    kept = concert__resolution__unpack(NULL, change->resolution_size, change->resolution);
    assert_string_equal(kept->mine[0], "percent");
    assert_string_equal(kept->theirs[0], "expected");
    assert_memory_equal(kept->op_id.data, scene_id(s, "settled"), UUID_SIZE);
    concert__resolution__free_unpacked(kept, NULL);
    crypto_generichash(hash, sizeof(hash), change->resolution, change->resolution_size, NULL, 0);
    assert_true(change->resolved);
    assert_memory_equal(change->resolution_hash, hash, sizeof(hash));
    assert_false(log[count - 2].resolved);
}

/* All theirs: nothing of the record changes, and the log knows. Even where it is frozen since. */
static void test_an_empty_change(void **state)
{
    struct scene *s = *state;
    const struct store_change *log;
    size_t count;

    scene_decision(s);
    APPLIED(scene_do(s, &s->mekinac, SETTLE(s, OP(s, "share", "S-mek", 1, "x"), NULL, "percent")));
    log = fake_store_log(s->store, &count);
    assert_int_equal(log[count - 1].n_fields, 0);
    assert_int_equal(log[count - 1].patch_size, 0);
    assert_int_equal(log[count - 1].revision, 2);
    assert_string_equal(scene_text(s, "S-mek", "percent"), "10");
    APPLIED(scene_do(s, &s->boss,
        OP(s, "plan", "plan", 1, "status=adopted", "adopted_on=2009-06-01", "resolution=@dec")));
    APPLIED(scene_do(s, &s->boss, OP(s, "plan", "plan", 2, "status=closed")));
    APPLIED(scene_do(s, &s->mekinac, SETTLE(s, OP(s, "share", "S-mek", 2, "x"), NULL, "percent")));
    REFUSED(scene_do(s, &s->chenaux, SETTLE(s, OP(s, "share", "S-mek", 3, "x"), NULL, "percent")),
        DENIED, "", "owner");
}

static void test_a_change_of_nothing(void **state)
{
    struct scene *s = *state;
    struct decide_operation op = OP(s, "share", "S-mek", 1, "x");

    REFUSED(scene_do(s, &s->mekinac, op), BAD_REQUEST, "patch", "required");
    op = OP(s, "note", "S-mek", 1, "x");
    REFUSED(scene_do(s, &s->mekinac, op), INVALID, "kind", "kind");
}

static void test_the_owner_decides(void **state)
{
    struct scene *s = *state;
    struct policy_actor member = scene_actor(s, ROLE(SECRETARIAT), "office2", "mekinac");

    REFUSED(
        scene_do(s, &s->boss, SETTLE(s, OP(s, "share", "S-mek", 1, "percent=50"), "percent", NULL)),
        DENIED, "percent", "owner_decides");
    REFUSED(scene_do(s, &s->office, SETTLE(s, OP(s, "share", "S-mek", 1, "x"), "percent", NULL)),
        DENIED, "percent", "owner_decides");
    APPLIED(scene_do(s, &s->office, SETTLE(s, OP(s, "share", "S-mek", 1, "x"), NULL, "percent")));
    APPLIED(
        scene_do(s, &member, SETTLE(s, OP(s, "share", "S-mek", 2, "percent=5"), "percent", NULL)));
    APPLIED(scene_do(
        s, &s->mekinac, SETTLE(s, OP(s, "share", "S-mek", 3, "percent=6"), "percent", NULL)));
}

/* What its owner could not set, or not everybody may see, or nobody owns; and a deletion. */
static void test_who_else_settles(void **state)
{
    struct scene *s = *state;
    struct decide_operation proposal;

    APPLIED(
        scene_do(s, &s->boss, SETTLE(s, OP(s, "share", "S-mek", 1, "weight=2"), "weight", NULL)));
    APPLIED(scene_do(s, &s->boss, SETTLE(s, OP(s, "share", "S-mek", 2, "!"), "percent", NULL)));
    APPLIED(scene_do(
        s, &s->boss, OP(s, "membership", "seat", 0, "party=@mekinac", "seat=X", "person=Y")));
    APPLIED(scene_do(
        s, &s->boss, SETTLE(s, OP(s, "membership", "seat", 1, "person=Z"), "person", NULL)));
    APPLIED(scene_do(
        s, &s->boss, SETTLE(s, OP(s, "territory", "T-mek", 1, "name=La Mékinac"), "name", NULL)));
    APPLIED(scene_do(s, &s->boss, OP(s, "note", "N", 0, "subject=@S-che", "text=Un")));
    APPLIED(scene_do(s, &s->boss, SETTLE(s, OP(s, "note", "N", 1, "text=Deux"), "text", NULL)));
    proposal = OP(s, "proposal", "P", 0, "subject=@S-che", "reason=Un");
    ((Concert__Proposal *)proposal.patch)->has_patch = true;
    ((Concert__Proposal *)proposal.patch)->patch =
        (ProtobufCBinaryData){2, (uint8_t *)(uintptr_t) "\x20\x3c"};
    APPLIED(scene_do(s, &s->boss, proposal));
    APPLIED(
        scene_do(s, &s->boss, SETTLE(s, OP(s, "proposal", "P", 1, "reason=Deux"), "reason", NULL)));
}

/* The structure of an adopted plan is the coordinator's to amend. */
static void test_an_adopted_plans_structure(void **state)
{
    struct scene *s = *state;

    REFUSED(scene_do(s, &s->boss, SETTLE(s, OP(s, "action", "A21", 1, "title=Ici"), "title", NULL)),
        DENIED, "title", "owner_decides");
    scene_decision(s);
    APPLIED(scene_do(s, &s->boss,
        OP(s, "plan", "plan", 1, "status=adopted", "adopted_on=2009-06-01", "resolution=@dec")));
    APPLIED(scene_do(s, &s->boss,
        SETTLE(s, OP(s, "action", "A21", 1, "title=Ici", "?Il le faut"), "title", NULL)));
}

/* The chain over entries with and without a resolution, computed anew. */
static void test_the_chain(void **state)
{
    struct scene *s = *state;
    uint8_t hash[STORE_HASH_SIZE] = {0};
    const struct store_change *log;
    size_t count;

    APPLIED(scene_do(
        s, &s->mekinac, SETTLE(s, OP(s, "share", "S-mek", 1, "percent=50"), "percent", NULL)));
    APPLIED(scene_do(s, &s->mekinac, OP(s, "share", "S-mek", 2, "percent=60")));
    log = fake_store_log(s->store, &count);
    for (size_t i = 0; i < count; i++) {
        chain_next(hash, &log[i], hash);
        assert_memory_equal(hash, log[i].hash, STORE_HASH_SIZE);
    }
    assert_true(log[count - 2].resolved && !log[count - 1].resolved);
}

/* All of a merge and a resolution or nothing of them. */
static void test_wherever_memory_runs_out(void **state)
{
    struct scene *s = *state;
    const char *mine = arena_printf(s->arena, "expected=Un\nDeux\nTrois\n%*s", 20000, "!");
    struct decide_operation ops[] = {SETTLE(s, OP(s, "share", "S-mek", 1, mine), "expected", NULL)};
    struct batch_job job = scene_job(s, BATCH_PUSH, &s->mekinac, ops, 1), *jobs[] = {&job};
    const struct store_answer *answer;
    struct store_writes writes = {0};
    struct store_ask ask;
    size_t refused = 0;
    bool done = false;

    job.operations[0].seen = MESSAGE(s, "share", "expected=Un\nDeux\nTrois");
    APPLIED(scene_do(s, &s->office, OP(s, "share", "S-mek", 1, "expected=UN\nDeux\nTrois")));
    assert_true(batch_ask(jobs, 1, s->arena, &ask));
    answer = fake_store_answer(s->store, &ask, s->arena);
    for (size_t limit = 16; !done; limit += 16) {
        struct arena *arena = arena_new(limit);

        assert_true(limit < 200000);
        if (batch_decide(jobs, 1, answer, s->now, arena, &writes)) {
            done = job.results[0].status == CONCERT__RESULT__STATUS__MERGED;
            assert_true(job.results[0].status != CONCERT__RESULT__STATUS__CONFLICT);
            assert_int_equal(writes.n_changes, done);
            refused += !done && job.results[0].error.code == CONCERT__CODE__TOO_LARGE;
        }
        if (done)
            assert_true(writes.changes[0].resolved && writes.changes[0].resolution_size > 0);
        arena_free(&arena);
    }
    assert_true(refused > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ones_own_later_words),
        TEST(test_a_base_that_hides_the_change),
        TEST(test_lines_merge),
        TEST(test_a_deletion_by_value),
        TEST(test_a_resolution_stays_in_the_log),
        TEST(test_an_empty_change),
        TEST(test_a_change_of_nothing),
        TEST(test_the_owner_decides),
        TEST(test_who_else_settles),
        TEST(test_an_adopted_plans_structure),
        TEST(test_the_chain),
        TEST(test_wherever_memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
