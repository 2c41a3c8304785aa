/* The group commit, over a store whose answers come when the test says so. */
#include "region_scene.h"

#include "writer.h"

#include "fake_store.c"

#define JOBS 64

/* A push and what came of it. */
struct push {
    struct world *world;
    struct batch_job job;
    int calls;
    Concert__Code error;
    size_t order;      /* the how-manyth to be done */
    struct push *then; /* submitted from inside the callback */
};

struct world {
    struct scene *scene;
    struct writer *writer;
    struct push pushes[JOBS];
    size_t n_pushes, done;
    size_t commits, committed_records;
    uint64_t first_seq, last_seq;
};

static int64_t clock_now(void)
{
    return SCENE_NOW + 100;
}

static void on_committed(void *arg, const struct store_record *records, size_t count,
    const struct store_head *before, const struct store_head *head)
{
    struct world *world = arg;
    uint64_t seq = 0, first_seq = before->seq + 1;

    world->commits++;
    world->committed_records += count;
    assert_true(first_seq > world->last_seq); /* a commit whose answer was lost is not told of */
    for (size_t i = 0; i < count; i++) {
        assert_true(records[i].seq > seq && records[i].seq >= first_seq);
        assert_true(records[i].deleted || records[i].body != NULL);
        seq = records[i].seq;
    }
    assert_int_equal(seq, head->seq);
    assert_memory_equal(records[count - 1].hash, head->hash, STORE_HASH_SIZE);
    world->first_seq = first_seq;
    world->last_seq = head->seq;
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    const struct writer_limits limits = {.batch = 8, .queued = 20};
    void *scene;

    scene_setup(&scene);
    world->scene = scene;
    world->last_seq = fake_store_head(world->scene->store)->seq;
    world->writer = writer_new(world->scene->store, &limits, clock_now, on_committed, world);
    *state = world;
    return world->writer == NULL;
}

static int teardown(void **state)
{
    struct world *world = *state;
    void *scene = world->scene;

    store_free(&world->scene->store);
    writer_free(&world->writer);
    assert_null(world->writer);
    for (size_t i = 0; i < world->n_pushes; i++)
        assert_int_equal(world->pushes[i].calls, 1);
    scene_teardown(&scene);
    free(world);
    return 0;
}

static void submit(struct push *push);

static void on_done(void *arg, struct batch_job *job, const struct error *error)
{
    struct push *push = arg;

    assert_ptr_equal(job, &push->job);
    push->calls++;
    push->error = error->code;
    push->order = push->world->done++;
    if (push->then != NULL)
        submit(push->then);
}

static struct push *prepare(struct world *world, const struct decide_operation *ops, size_t count)
{
    struct push *push = &world->pushes[world->n_pushes++];

    assert_true(world->n_pushes <= JOBS);
    push->world = world;
    push->job = scene_job(world->scene, BATCH_PUSH, &world->scene->boss, ops, count);
    return push;
}

static void submit(struct push *push)
{
    writer_submit(push->world->writer, &push->job, on_done, push);
}

/* A push of `count` new notes, named after `name` and their place. */
static struct push *prepare_notes(struct world *world, const char *name, size_t count)
{
    struct decide_operation ops[JOBS];
    char id[64];

    for (size_t i = 0; i < count; i++) {
        snprintf(id, sizeof(id), "%s%02zu", name, i);
        ops[i] = OP(world->scene, "note", id, 0, "subject=@S-mek", "text=Un");
    }
    return prepare(world, ops, count);
}

static struct push *notes(struct world *world, const char *name, size_t count)
{
    struct push *push = prepare_notes(world, name, count);

    submit(push);
    return push;
}

static const struct fake_counts *counts(struct world *world)
{
    return fake_store_counts(world->scene->store);
}

static bool is_kept(struct world *world, const char *name)
{
    return fake_store_record(world->scene->store, scene_id(world->scene, name)) != NULL;
}

static void run(struct world *world)
{
    fake_store_run(world->scene->store);
}

/* --- gathering ---------------------------------------------------------------------------------
 */

static void test_alone_it_goes_at_once(void **state)
{
    struct world *w = *state;
    struct push *push = notes(w, "a", 1);

    assert_int_equal(counts(w)->begins, 1);
    assert_int_equal(push->calls, 0);
    fake_store_step(w->scene->store);
    assert_int_equal(counts(w)->commits, 1);
    assert_int_equal(push->calls, 0); /* nothing is told before it is durable */
    fake_store_step(w->scene->store);
    assert_int_equal(push->calls, 1);
    assert_int_equal(push->error, 0);
    APPLIED(push->job.results);
    assert_int_equal(w->commits, 1);
    assert_false(fake_store_step(w->scene->store));
}

static void test_a_batch_grows_while_another_commits(void **state)
{
    struct world *w = *state;

    notes(w, "a", 1);
    for (int i = 0; i < 5; i++)
        notes(w, (const char *[]){"b", "c", "d", "e", "f"}[i], 1);
    assert_int_equal(counts(w)->begins, 1);
    assert_int_equal(writer_counts(w->writer)->queued, 5);
    fake_store_step(w->scene->store);
    notes(w, "g", 1); /* while it commits, too */
    run(w);
    assert_int_equal(counts(w)->begins, 2);
    assert_int_equal(counts(w)->batches[0], 1);
    assert_int_equal(counts(w)->batches[1], 6);
    assert_int_equal(writer_counts(w->writer)->batches, 2);
    assert_int_equal(writer_counts(w->writer)->operations, 7);
    assert_int_equal(writer_counts(w->writer)->largest, 6);
    assert_int_equal(writer_counts(w->writer)->queued, 0);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(w->pushes[i].order, i); /* in the order of submission */
        APPLIED(w->pushes[i].job.results);
    }
}

static void test_a_batch_has_its_limit(void **state)
{
    struct world *w = *state;

    notes(w, "a", 1);
    notes(w, "b", 3);
    notes(w, "c", 3);
    notes(w, "d", 3); /* 9 operations would be one too many */
    notes(w, "e", 5);
    notes(w, "f", 1);
    run(w);
    assert_int_equal(counts(w)->begins, 4);
    assert_int_equal(counts(w)->batches[1], 6);
    assert_int_equal(counts(w)->batches[2], 8);
    assert_int_equal(counts(w)->batches[3], 1);
}

/* A job is never split: one that is larger than a batch is one. */
static void test_one_job_larger_than_a_batch(void **state)
{
    struct world *w = *state;
    struct push *push = notes(w, "a", 40);

    notes(w, "b", 1);
    run(w);
    assert_int_equal(counts(w)->batches[0], 40);
    assert_int_equal(push->error, 0);
    assert_int_equal(w->commits, 2);
}

static void test_busy_over_the_limit(void **state)
{
    struct world *w = *state;
    struct push *last;

    notes(w, "a", 1);
    notes(w, "b", 20);
    last = notes(w, "c", 1);
    assert_int_equal(last->calls, 1);
    assert_int_equal(last->error, CONCERT__CODE__BUSY);
    run(w);
    assert_false(is_kept(w, "c00"));
    assert_true(is_kept(w, "b19"));
    last = notes(w, "d", 1);
    run(w);
    assert_int_equal(last->error, 0);
}

static void test_from_inside_a_callback(void **state)
{
    struct world *w = *state;
    struct push *first = prepare_notes(w, "a", 1), *second = prepare_notes(w, "b", 1);

    first->then = second;
    submit(first);
    notes(w, "c", 1);
    run(w);
    assert_int_equal(second->error, 0);
    assert_int_equal(counts(w)->begins, 2); /* with c, which waited */
    assert_int_equal(second->order, 2);
}

/* --- what is not to be written --------------------------------------------------------------- */

static void test_nothing_to_write_is_rolled_back(void **state)
{
    struct world *w = *state;
    struct decide_operation op = OP(w->scene, "share", "none", 1, "percent=1");
    struct push *push = prepare(w, &op, 1);

    submit(push);
    notes(w, "a", 1);
    run(w);
    assert_int_equal(counts(w)->rollbacks, 1);
    assert_int_equal(counts(w)->commits, 1);
    assert_int_equal(push->error, 0);
    REFUSED(push->job.results, NOT_FOUND, "id", "record");
    assert_int_equal(w->commits, 1);
}

static void test_a_refusal_beside_what_is_written(void **state)
{
    struct world *w = *state;
    struct decide_operation ops[] = {OP(w->scene, "share", "none", 1, "percent=1"),
        OP(w->scene, "note", "a", 0, "subject=@S-mek", "text=Un")};
    struct push *push = prepare(w, ops, 2);

    submit(push);
    run(w);
    REFUSED(&push->job.results[0], NOT_FOUND, "id", "record");
    APPLIED(&push->job.results[1]);
    assert_int_equal(counts(w)->rollbacks, 0);
}

/* --- what PostgreSQL refuses ----------------------------------------------------------------- */

static void refuse(struct world *world, const char *name)
{
    fake_store_refuse(world->scene->store, scene_id(world->scene, name),
        error_make(CONCERT__CODE__EXISTS, "party", "unique", NULL));
}

static void test_a_bad_job_fails_alone(void **state)
{
    struct world *w = *state;
    struct push *bad;

    refuse(w, "c00");
    notes(w, "a", 1);
    notes(w, "b", 2);
    bad = notes(w, "c", 1);
    notes(w, "d", 2);
    run(w);
    assert_int_equal(bad->error, 0);
    REFUSED(bad->job.results, EXISTS, "party", "unique");
    assert_false(is_kept(w, "c00"));
    for (size_t i = 0; i < 4; i++)
        if (&w->pushes[i] != bad)
            for (size_t j = 0; j < w->pushes[i].job.count; j++)
                APPLIED(&w->pushes[i].job.results[j]);
    /* a; then b, c and d together, in vain, and one by one. */
    assert_int_equal(counts(w)->begins, 5);
    assert_int_equal(writer_counts(w->writer)->refused_batches, 2);
    assert_int_equal(writer_counts(w->writer)->queued, 0);
}

static void test_a_bad_operation_fails_alone(void **state)
{
    struct world *w = *state;
    struct push *push;

    refuse(w, "a01");
    refuse(w, "a03");
    push = notes(w, "a", 5);
    notes(w, "b", 1);
    run(w);
    assert_int_equal(push->error, 0);
    for (size_t i = 0; i < 5; i++)
        if (i == 1 || i == 3)
            REFUSED(&push->job.results[i], EXISTS, "party", "unique");
        else
            APPLIED(&push->job.results[i]);
    assert_false(is_kept(w, "a01"));
    assert_true(is_kept(w, "a04") && is_kept(w, "b00"));
    assert_int_equal(writer_counts(w->writer)->queued, 0);
}

/* The first and the last operation end the slices right. */
static void test_bad_at_both_ends(void **state)
{
    struct world *w = *state;
    struct push *push;

    refuse(w, "a00");
    refuse(w, "a02");
    push = notes(w, "a", 3);
    run(w);
    REFUSED(&push->job.results[0], EXISTS, "party", "unique");
    APPLIED(&push->job.results[1]);
    REFUSED(&push->job.results[2], EXISTS, "party", "unique");
    assert_int_equal(push->calls, 1);
}

static void test_a_bad_atomic_fails_whole(void **state)
{
    struct world *w = *state;
    struct push *push = prepare_notes(w, "a", 3);

    push->job.atomic = true;
    refuse(w, "a01");
    submit(push);
    notes(w, "b", 1);
    run(w);
    for (size_t i = 0; i < 3; i++)
        REFUSED(&push->job.results[i], EXISTS, "party", "unique");
    assert_false(is_kept(w, "a00"));
    assert_true(is_kept(w, "b00"));
}

/* Later operations of a push that is run one by one see the earlier ones. */
static void test_slices_build_on_each_other(void **state)
{
    struct world *w = *state;
    struct scene *s = w->scene;
    struct decide_operation ops[] = {OP(s, "share", "S-new", 0, "action=@A22", "party=@mekinac"),
        OP(s, "note", "bad", 0, "subject=@S-new", "text=Un"),
        OP(s, "note", "good", 0, "subject=@S-new", "text=Deux"),
        OP(s, "note", "after-bad", 0, "subject=@bad", "text=Trois")};
    struct push *push = prepare(w, ops, 4);

    refuse(w, "bad");
    submit(push);
    run(w);
    APPLIED(&push->job.results[0]);
    REFUSED(&push->job.results[1], EXISTS, "party", "unique");
    APPLIED(&push->job.results[2]);
    REFUSED(&push->job.results[3], INVALID, "subject", "reference");
}

/* Those who come while a batch is being isolated wait behind it. */
static void test_isolation_keeps_the_order(void **state)
{
    struct world *w = *state;

    refuse(w, "b00");
    notes(w, "a", 1);
    notes(w, "b", 1);
    notes(w, "c", 1);
    fake_store_step(w->scene->store);
    fake_store_step(w->scene->store); /* a is done; b and c begin */
    notes(w, "d", 1);
    run(w);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(w->pushes[i].order, i);
    assert_true(is_kept(w, "d00") && !is_kept(w, "b00"));
}

/* --- the database away ----------------------------------------------------------------------- */

static void test_away_from_the_start(void **state)
{
    struct world *w = *state;
    struct push *push;

    fake_store_up(w->scene->store, false);
    push = notes(w, "a", 1);
    assert_int_equal(push->calls, 1);
    assert_int_equal(push->error, CONCERT__CODE__UNAVAILABLE);
    assert_int_equal(counts(w)->begins, 0);
    fake_store_up(w->scene->store, true);
    push = notes(w, "b", 1);
    run(w);
    assert_int_equal(push->error, 0);
}

static void test_away_at_begin(void **state)
{
    struct world *w = *state;
    struct push *first, *second;

    fake_store_fail_begins(w->scene->store, STORE_UNAVAILABLE, 1);
    first = notes(w, "a", 1);
    second = notes(w, "b", 1);
    run(w);
    assert_int_equal(first->error, CONCERT__CODE__UNAVAILABLE);
    assert_int_equal(second->error, 0);
    assert_true(!is_kept(w, "a00") && is_kept(w, "b00"));
}

static void test_away_at_commit(void **state)
{
    struct world *w = *state;
    struct push *first, *second;

    fake_store_lose_commit(w->scene->store, false);
    first = notes(w, "a", 2);
    second = notes(w, "b", 1);
    run(w);
    assert_int_equal(first->error, CONCERT__CODE__UNAVAILABLE);
    assert_int_equal(second->error, 0);
    assert_int_equal(w->commits, 1);
}

/* The commit happened, its answer was lost: the same push again is settled by its op_ids. */
static void test_a_lost_answer_is_settled_by_op_id(void **state)
{
    struct world *w = *state;
    struct push *first, *again;

    fake_store_lose_commit(w->scene->store, true);
    first = notes(w, "a", 2);
    run(w);
    assert_int_equal(first->error, CONCERT__CODE__UNAVAILABLE);
    assert_true(is_kept(w, "a01"));
    again = prepare(w, first->job.operations, 2);
    submit(again);
    run(w);
    assert_int_equal(again->error, 0);
    assert_int_equal(again->job.results[1].status, CONCERT__RESULT__STATUS__DUPLICATE);
    assert_string_equal(again->job.results[1].handle, "N2");
    assert_int_equal(counts(w)->rollbacks, 1);
}

/* While a push is run part by part: what was committed of it stays, the client asks again. */
static void test_away_between_slices(void **state)
{
    struct world *w = *state;
    struct push *push;

    refuse(w, "a00");
    push = notes(w, "a", 4);
    for (int i = 0; i < 3 * 2; i++) /* refused whole, then the first half, then the first alone */
        fake_store_step(w->scene->store);
    fake_store_lose_commit(w->scene->store, true);
    run(w);
    assert_int_equal(push->error, CONCERT__CODE__UNAVAILABLE);
    assert_int_equal(push->calls, 1);
    assert_true(is_kept(w, "a01") && is_kept(w, "a02") && !is_kept(w, "a03"));
    assert_int_equal(writer_counts(w->writer)->queued, 0);
}

/* A bad one among many is found by halves: others wait for a few batches, not for one each. */
static void test_a_bad_operation_is_found_soon(void **state)
{
    struct world *w = *state;
    struct push *push;

    refuse(w, "a37");
    push = notes(w, "a", 40);
    run(w);
    for (size_t i = 0; i < 40; i++)
        if (i == 37)
            REFUSED(&push->job.results[i], EXISTS, "party", "unique");
        else
            APPLIED(&push->job.results[i]);
    assert_in_range(counts(w)->begins, 1, 16);
}

static void test_the_end_tells_all(void **state)
{
    struct world *w = *state;

    notes(w, "a", 1);
    notes(w, "b", 1);
    fake_store_step(w->scene->store);
    notes(w, "c", 12);
    store_free(&w->scene->store);
    writer_free(&w->writer);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(w->pushes[i].error, CONCERT__CODE__UNAVAILABLE);
}

/* --- invitations ------------------------------------------------------------------------------ */

/* An invitation is written, and the log holds that its account was invited. */
static void test_an_invitation_is_committed(void **state)
{
    struct world *w = *state;
    struct push *push = prepare(w, NULL, 0);

    push->job.kind = BATCH_INVITE;
    memset(push->job.invitation.code_hash, 7, STORE_HASH_SIZE);
    memcpy(push->job.invitation.account, scene_id(w->scene, "A-mek"), UUID_SIZE);
    push->job.invitation.expires_at = w->scene->now + 1000;
    submit(push);
    run(w);
    assert_int_equal(push->error, 0);
    assert_int_equal(counts(w)->commits, 1);
    assert_int_equal(w->commits, 1);
}

/* --- at random -------------------------------------------------------------------------------- */

/* Steps and pushes in any order, some refused, some lost: every push is answered once, and what is
 * told applied is there. The store itself asserts seqs, revisions and op_ids. */
static void test_any_order(void **state)
{
    struct world *w = *state;
    uint32_t seed = 12345;
    char name[32];

    for (size_t i = 0; i < 300 && w->n_pushes < 60; i++) {
        seed = seed * 1664525 + 1013904223;
        snprintf(name, sizeof(name), "p%zu-", w->n_pushes);
        if (seed >> 30 == 0) {
            prepare_notes(w, name, 1 + (seed >> 20) % 5)->job.atomic = seed >> 19 & 1;
            submit(&w->pushes[w->n_pushes - 1]);
        } else {
            fake_store_step(w->scene->store);
        }
        if (i % 40 == 20) {
            snprintf(name, sizeof(name), "p%zu-01", w->n_pushes);
            refuse(w, name);
        }
        if (i % 50 == 30)
            fake_store_lose_commit(w->scene->store, seed >> 18 & 1);
    }
    run(w);
    for (size_t i = 0; i < w->n_pushes; i++)
        for (size_t j = 0; j < w->pushes[i].job.count && w->pushes[i].error == 0; j++) {
            bool kept =
                fake_store_record(w->scene->store, w->pushes[i].job.operations[j].id) != NULL;

            assert_int_equal(
                kept, w->pushes[i].job.results[j].status == CONCERT__RESULT__STATUS__APPLIED);
        }
    assert_int_equal(writer_counts(w->writer)->queued, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_alone_it_goes_at_once),
        TEST(test_a_batch_grows_while_another_commits),
        TEST(test_a_batch_has_its_limit),
        TEST(test_one_job_larger_than_a_batch),
        TEST(test_busy_over_the_limit),
        TEST(test_from_inside_a_callback),
        TEST(test_nothing_to_write_is_rolled_back),
        TEST(test_a_refusal_beside_what_is_written),
        TEST(test_a_bad_job_fails_alone),
        TEST(test_a_bad_operation_fails_alone),
        TEST(test_bad_at_both_ends),
        TEST(test_a_bad_atomic_fails_whole),
        TEST(test_slices_build_on_each_other),
        TEST(test_isolation_keeps_the_order),
        TEST(test_away_from_the_start),
        TEST(test_away_at_begin),
        TEST(test_away_at_commit),
        TEST(test_a_lost_answer_is_settled_by_op_id),
        TEST(test_away_between_slices),
        TEST(test_a_bad_operation_is_found_soon),
        TEST(test_the_end_tells_all),
        TEST(test_an_invitation_is_committed),
        TEST(test_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
