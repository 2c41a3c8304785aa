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

static void test_owner_and_root_are_inherited(void **state)
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
            assert_memory_equal(record->root, scene_id(s, "plan"), UUID_SIZE);
    }
    record = fake_store_record(s->store, scene_id(s, "T-mek"));
    assert_memory_equal(record->owner, uuid_none, UUID_SIZE);
    assert_memory_equal(record->root, uuid_none, UUID_SIZE);
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
    assert_memory_equal(again->hash, first->hash, STORE_HASH_SIZE);
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
    assert_memory_equal(second.results[0].hash, first.results[0].hash, STORE_HASH_SIZE);
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
    /* What was taken back is not known: the same operation may come again, in the same batch. */
    memcpy(third.operations[0].op_id, b[0].op_id, UUID_SIZE);
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

/* As a client would verify it, from proto/README.md, 8, and what history tells. */
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
    assert_memory_equal(job.results[0].hash, writes.changes[0].hash, STORE_HASH_SIZE);
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
    assert_int_equal(fake_store_record(s->store, scene_id(s, "A-mek"))->revision, 2);
    assert_memory_equal(fake_store_record(s->store, scene_id(s, "A-mek"))->changed_by,
        s->boss.account, UUID_SIZE);
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
    assert_int_equal(writes.n_changes, 2);
    assert_memory_equal(writes.changes[0].id, scene_id(s, "A-mek"), UUID_SIZE);
    assert_int_equal(writes.changes[0].n_fields, 0);
    assert_string_equal(writes.changes[0].reason, "invitation");
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
        TEST(test_owner_and_root_are_inherited),
        TEST(test_numbers_are_handles_and_follow),
        TEST(test_change_and_clear),
        TEST(test_changed_and_created_by),
        TEST(test_a_duplicate_of_the_log_gets_its_first_result),
        TEST(test_a_duplicate_within_the_batch),
        TEST(test_a_stranger_with_a_known_op_id),
        TEST(test_a_refused_operation_may_come_again),
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
