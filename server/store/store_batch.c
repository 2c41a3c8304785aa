/* A batch: begin, then commit or rollback. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "binary.h"
#include "log.h"
#include "machine.h"
#include "register.h"
#include "store_internal.h"

#define ARENA_LIMIT ((size_t)512 << 20)
#define FIXED_CALLS 7 /* records, changes, invitations, resolutions, head, notify, commit */

static void set_state(struct store_batch *batch, enum store_batch_state state)
{
    static const unsigned from[] = {
        [STORE_BATCH_NONE] =
            1u << STORE_BATCH_BEGINNING | 1u << STORE_BATCH_COMMITTING | 1u << STORE_BATCH_ENDING,
        [STORE_BATCH_BEGINNING] = 1u << STORE_BATCH_NONE,
        [STORE_BATCH_OPEN] = 1u << STORE_BATCH_BEGINNING,
        [STORE_BATCH_ORPHANED] = 1u << STORE_BATCH_OPEN,
        [STORE_BATCH_COMMITTING] = 1u << STORE_BATCH_OPEN,
        [STORE_BATCH_ENDING] = 1u << STORE_BATCH_BEGINNING | 1u << STORE_BATCH_OPEN |
                               1u << STORE_BATCH_ORPHANED | 1u << STORE_BATCH_COMMITTING,
    };

    machine_expect(from[state] & 1u << batch->state, "batch", batch->state, state);
    batch->state = state;
}

/* The turn's statements, those that fit. */
static void list_calls(const struct turn_calls *calls, char *names_r, size_t size)
{
    size_t used = 0;

    names_r[0] = '\0';
    for (size_t i = 0; i < calls->count && used < size; i++) {
        int more =
            snprintf(names_r + used, size - used, "%s%s", i == 0 ? "" : ",", calls->list[i].name);

        used += more < 0 ? size : (size_t)more;
    }
}

/* One line a turn, so that a request can be followed to its statements. */
static void log_turn(const struct store_batch *batch, enum pool_end end)
{
    static const char *const turns[] = {[STORE_BATCH_BEGINNING] = "begin",
        [STORE_BATCH_COMMITTING] = "commit",
        [STORE_BATCH_ENDING] = "rollback"};
    static const char *const ends[] = {
        [POOL_DONE] = "done", [POOL_FAILED] = "refused", [POOL_LOST] = "lost"};
    bool ending = batch->state == STORE_BATCH_ENDING;
    char names[1024];

    if (!log_wants(LOG_LEVEL_DEBUG) || turns[batch->state] == NULL)
        return;
    list_calls(&batch->calls, names, sizeof(names));
    log_line(LOG_LEVEL_DEBUG, "store",
        "schema=%s batch=%llu turn=%s outcome=%s us=%lld statements=%s", batch->store->schema,
        (unsigned long long)batch->number, turns[batch->state], ends[end],
        (long long)batch->job.turn_us, ending ? "rollback" : names);
}

/* The batch is over: tells its caller, who may begin the next one from there. */
static void settle(struct store_batch *batch, enum store_status status)
{
    struct arena *arena = batch->arena;
    struct error error = batch->error;
    store_begin_cb *begin_cb = batch->begin_cb;

    batch->arena = NULL;
    set_state(batch, STORE_BATCH_NONE);
    if (begin_cb != NULL)
        begin_cb(batch->arg, status, NULL);
    else
        batch->commit_cb(batch->arg, status, status == STORE_REFUSED ? &error : NULL);
    arena_free(&arena);
}

/* --- ending ----------------------------------------------------------------------------------- */

static bool send_rollback(struct pool_job *job)
{
    static const struct pipeline_call rollback = {"rollback", NULL, 0};

    pool_send(job, &rollback, 1);
    return true;
}

/* Rolls back, then settles with the status. On another connection than the batch's, when that is
 * lost, it only makes the answer come from the loop. */
static void end_with(struct store_batch *batch, enum store_status status)
{
    set_state(batch, STORE_BATCH_ENDING);
    batch->job.measure = METRICS_DATABASE_ROLLBACK;
    batch->status = status;
    if (batch->job.slot != NULL) {
        send_rollback(&batch->job);
        return;
    }
    batch->job.start = send_rollback;
    pool_submit(batch->store->writer, &batch->job);
}

/* --- the job ---------------------------------------------------------------------------------- */

static bool on_start(struct pool_job *job)
{
    return turn_send(&((struct store_batch *)job)->calls, job);
}

static void on_rows(struct pool_job *job, size_t call, const struct pipeline_rows *rows)
{
    struct store_batch *batch = (struct store_batch *)job;

    if (batch->state == STORE_BATCH_BEGINNING)
        store_ask_rows(batch, call, rows);
}

static void on_begun(struct store_batch *batch, const struct pipeline_failure *failure)
{
    store_begin_cb *cb = batch->begin_cb;

    if (failure != NULL || batch->failed) {
        end_with(batch, STORE_UNAVAILABLE);
        return;
    }
    set_state(batch, STORE_BATCH_OPEN);
    batch->begin_cb = NULL;
    cb(batch->arg, STORE_OK, &batch->answer);
}

static void on_committed(struct store_batch *batch, const struct pipeline_failure *failure)
{
    if (failure != NULL) {
        end_with(batch, store_refusal(failure, &batch->error));
        return;
    }
    pool_finish(&batch->job);
    settle(batch, STORE_OK);
}

/* When the connection goes while the batch rolls back, it is rolled back all the same. */
static void on_lost(struct store_batch *batch)
{
    if (batch->state == STORE_BATCH_OPEN)
        set_state(batch, STORE_BATCH_ORPHANED);
    else if (batch->state == STORE_BATCH_ENDING && batch->status == STORE_REFUSED)
        settle(batch, STORE_REFUSED);
    else
        settle(batch, STORE_UNAVAILABLE);
}

static void on_end(struct pool_job *job, enum pool_end end, const struct pipeline_failure *failure)
{
    struct store_batch *batch = (struct store_batch *)job;

    log_turn(batch, end);
    if (end == POOL_LOST) {
        on_lost(batch);
    } else if (batch->state == STORE_BATCH_BEGINNING) {
        on_begun(batch, failure);
    } else if (batch->state == STORE_BATCH_COMMITTING) {
        on_committed(batch, failure);
    } else {
        assert(batch->state == STORE_BATCH_ENDING);
        pool_finish(job);
        settle(batch, batch->status);
    }
}

void store_batch_prepare(struct store *store)
{
    store->batch.store = store;
    store->batch.job = (struct pool_job){.rows = on_rows, .end = on_end};
}

void store_batch_clear(struct store *store)
{
    arena_free(&store->batch.arena);
}

/* --- the calls -------------------------------------------------------------------------------- */

void store_begin(struct store *store, const struct store_ask *ask, store_begin_cb *cb, void *arg)
{
    struct store_batch *batch = &store->batch;

    set_state(batch, STORE_BATCH_BEGINNING);
    batch->job.measure = METRICS_DATABASE_BEGIN;
    batch->number = ask->batch;
    batch->begin_cb = cb;
    batch->arg = arg;
    batch->answer = (struct store_answer){0};
    batch->error = (struct error){0};
    batch->failed = false;
    batch->arena = arena_new(ARENA_LIMIT);
    batch->calls = (struct turn_calls){.failed = true};
    if (batch->arena == NULL || !store_ask_calls(batch, ask))
        log_line(LOG_LEVEL_ERROR, NULL, "event=batch_too_large schema=%s", store->schema);
    batch->job.start = on_start;
    pool_submit(store->writer, &batch->job);
}

void store_rollback(struct store *store, store_commit_cb *cb, void *arg)
{
    struct store_batch *batch = &store->batch;

    batch->commit_cb = cb;
    batch->arg = arg;
    end_with(batch, batch->state == STORE_BATCH_OPEN ? STORE_OK : STORE_UNAVAILABLE);
}

/* The kind's live records, as one upsert. */
static bool add_upsert(struct store_batch *batch, const struct kind *kind,
    const ProtobufCMessage **bodies, struct binary_array *ids)
{
    struct pipeline_value *values = turn_add(&batch->calls,
        statements_name(&batch->store->statements, kind, ROWS_UPSERT), 1 + rows_columns(kind));

    if (values == NULL || ids->failed)
        return false;
    values[0] = binary_array_value(ids);
    return rows_write(kind, bodies, ids->count, batch->arena, values + 1, &batch->error);
}

static bool add_delete(struct store_batch *batch, const struct kind *kind, struct binary_array *ids)
{
    struct pipeline_value *values =
        turn_add(&batch->calls, statements_name(&batch->store->statements, kind, ROWS_DELETE), 1);

    if (values == NULL || ids->failed)
        return false;
    values[0] = binary_array_value(ids);
    return true;
}

static bool add_kind(
    struct store_batch *batch, const struct kind *kind, const struct store_writes *writes)
{
    struct binary_array live = binary_array_make(batch->arena, BINARY_UUID, writes->n_records);
    struct binary_array gone = binary_array_make(batch->arena, BINARY_UUID, 8);
    const ProtobufCMessage **bodies =
        arena_alloc(batch->arena, writes->n_records * sizeof(*bodies));

    if (bodies == NULL)
        return false;
    for (size_t i = 0; i < writes->n_records; i++) {
        const struct store_record *record = &writes->records[i];

        if (record->kind != kind)
            continue;
        if (!record->deleted)
            bodies[live.count] = record->body;
        binary_add(record->deleted ? &gone : &live, record->id, UUID_SIZE);
    }
    return (live.count == 0 || add_upsert(batch, kind, bodies, &live)) &&
           (gone.count == 0 || add_delete(batch, kind, &gone));
}

/* Which kinds are written, as a mask of their numbers. */
static uint64_t kinds_of(const struct store_writes *writes)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < writes->n_records; i++)
        mask |= UINT64_C(1) << writes->records[i].kind->id;
    return mask;
}

static bool add_records(struct store_batch *batch, const struct store_writes *writes)
{
    struct pipeline_value *values =
        turn_add(&batch->calls, "write_records", REGISTER_RECORD_VALUES);
    uint64_t mask = kinds_of(writes);

    if (values == NULL ||
        !register_write_records(writes->records, writes->n_records, batch->arena, values))
        return false;
    for (size_t i = 0; i < kinds_count; i++)
        if ((mask & UINT64_C(1) << kinds[i].id) && !add_kind(batch, &kinds[i], writes))
            return false;
    return true;
}

/* The log, the head, and the word to other servers, which they get at commit. */
static bool add_changes(struct store_batch *batch, const struct store_writes *writes)
{
    struct pipeline_value *values =
        turn_add(&batch->calls, "write_changes", REGISTER_CHANGE_VALUES);
    struct pipeline_value *head = turn_add(&batch->calls, "write_head", REGISTER_HEAD_VALUES);
    struct pipeline_value *notify = turn_add(&batch->calls, "notify", 2);
    const char *payload = arena_printf(
        batch->arena, "%llu %s", (unsigned long long)writes->head.seq, batch->store->tag);
    const char *channel = batch->store->channel;

    if (batch->calls.failed || payload == NULL)
        return false;
    notify[0] = (struct pipeline_value){channel, strlen(channel)};
    notify[1] = (struct pipeline_value){payload, strlen(payload)};
    return register_write_changes(writes->changes, writes->n_changes, batch->arena, values) &&
           register_write_head(&writes->head, batch->arena, head);
}

static bool add_invitations(struct store_batch *batch, const struct store_writes *writes)
{
    struct pipeline_value *values =
        turn_add(&batch->calls, "write_invitations", REGISTER_INVITATION_VALUES);

    return values != NULL && register_write_invitations(
                                 writes->invitations, writes->n_invitations, batch->arena, values);
}

static bool add_resolutions(struct store_batch *batch, const struct store_writes *writes)
{
    struct pipeline_value *values =
        turn_add(&batch->calls, "write_resolutions", REGISTER_RESOLUTION_VALUES);

    return values != NULL && register_write_resolutions(
                                 writes->resolutions, writes->n_resolutions, batch->arena, values);
}

static bool gather(struct store_batch *batch, const struct store_writes *writes)
{
    batch->calls = turn_make(batch->arena, FIXED_CALLS + 2 * kinds_count);
    if (writes->n_records > 0 && !add_records(batch, writes))
        return false;
    if (writes->n_changes > 0 && !add_changes(batch, writes))
        return false;
    if (writes->n_invitations > 0 && !add_invitations(batch, writes))
        return false;
    if (writes->n_resolutions > 0 && !add_resolutions(batch, writes))
        return false;
    turn_add_values(&batch->calls, "commit", NULL, 0);
    return !batch->calls.failed;
}

void store_commit(
    struct store *store, const struct store_writes *writes, store_commit_cb *cb, void *arg)
{
    struct store_batch *batch = &store->batch;

    batch->commit_cb = cb;
    batch->arg = arg;
    if (batch->state == STORE_BATCH_ORPHANED) {
        end_with(batch, STORE_UNAVAILABLE);
    } else if (!gather(batch, writes)) {
        if (batch->error.code == 0)
            batch->error = error_make(CONCERT__CODE__INTERNAL, NULL, NULL, NULL);
        end_with(batch, STORE_REFUSED);
    } else {
        set_state(batch, STORE_BATCH_COMMITTING);
        batch->job.measure = METRICS_DATABASE_COMMIT;
        turn_send(&batch->calls, &batch->job);
    }
}
