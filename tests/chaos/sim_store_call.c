/* The calls of a server on their way: to the database, and back. */
#include <stdlib.h>
#include <string.h>

#include "sim_store_internal.h"

#define NETWORK_MAX INT64_C(2000) /* microseconds, one way */
#define SLOW 100                  /* times that */
#define MEMORY ((size_t)256 << 20)

static struct sim_world *world_of(const struct door *door)
{
    return door->store->world;
}

int64_t sim_store_call_delay(const struct door *door)
{
    struct sim_world *world = world_of(door);
    int64_t delay = sim_world_between(world, 1, NETWORK_MAX);

    return sim_world_chance(world, door->store->weather.slow) ? SLOW * delay : delay;
}

/* --- calls ------------------------------------------------------------------------------------ */

static void unlink_call(struct call *call)
{
    struct call **at = &call->door->calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
}

/* What a batch's call was answered may hold memory of the batch until its callback has returned. */
void sim_store_call_leave(struct door *door)
{
    struct transaction *batch = door->batch;

    door->batch = NULL;
    if (batch != NULL)
        sim_store_lock_leave(batch);
}

static void tell_begin(struct call *call)
{
    struct door *door = call->door;
    bool good = call->status == STORE_OK;

    if (!good)
        sim_store_call_leave(door);
    call->cb.begin(call->arg, call->status, good ? door->batch->answer : NULL);
}

/* The next batch may begin from inside the callback. */
static void tell_end(struct call *call)
{
    struct transaction *batch = call->door->batch;

    call->door->batch = NULL;
    call->cb.end(call->arg, call->status, call->status == STORE_REFUSED ? &call->error : NULL);
    if (batch != NULL)
        sim_store_lock_leave(batch);
}

static void tell_page(struct call *call)
{
    call->cb.page(call->arg, call->status, call->status == STORE_OK ? &call->page : NULL);
}

static void tell_kind(struct call *call)
{
    call->cb.records(call->arg, call->status, call->records, call->count);
}

static void tell_history(struct call *call)
{
    call->cb.history(call->arg, call->status, call->changes, call->count);
}

static void tell_floor(struct call *call)
{
    call->cb.floor(call->arg, call->status, call->since);
}

/* The simulation has no documents. */
static void tell_document(struct call *call)
{
    static const struct store_document none;

    call->cb.document(call->arg, call->status, call->status == STORE_OK ? &none : NULL);
}

static void tell_quarantined(struct call *call)
{
    call->cb.quarantined(
        call->arg, call->status, call->status == STORE_OK ? &call->quarantined : NULL);
}

void sim_store_call_tell(struct call *call)
{
    static void (*const tells[CALL_KINDS])(struct call *) = {[BEGIN] = tell_begin,
        [COMMIT] = tell_end,
        [ROLLBACK] = tell_end,
        [PAGE] = tell_page,
        [KIND] = tell_kind,
        [HISTORY] = tell_history,
        [FLOOR] = tell_floor,
        [DOCUMENT] = tell_document,
        [QUARANTINED] = tell_quarantined};

    unlink_call(call);
    tells[call->kind](call);
    arena_free(&call->arena);
    free(call);
}

static void on_answer(void *arg)
{
    struct call *call = arg;

    sim_world_trace(world_of(call->door), call->door->server->number, "store answers", call->kind,
        call->status);
    sim_store_call_tell(call);
}

void sim_store_call_answer(struct call *call, int64_t delay)
{
    call->event = sim_world_after(world_of(call->door), call->door->server, delay, on_answer, call);
}

/* --- at the database -------------------------------------------------------------------------- */

static int by_seq(const void *a, const void *b)
{
    const struct store_record *left = a, *right = b;

    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static const uint8_t *hash_at(const struct sim_store *store, uint64_t seq)
{
    static const uint8_t zero[STORE_HASH_SIZE];

    if (seq > store->head.seq)
        return NULL;
    return seq == 0 ? zero : store->log[seq - 1].hash;
}

/* The rows after `since`, or of one kind, in seq order. */
static struct store_record *pick(struct call *call, size_t *count_r)
{
    const struct sim_store *store = call->door->store;
    size_t count;
    const struct store_record *const *rows = sim_store_records(store, &count);
    struct store_record *picked = sim_store_alloc(call->arena, (count + 1) * sizeof(*picked));

    *count_r = 0;
    for (size_t i = 0; i < count; i++)
        if (call->kind == PAGE ? rows[i]->seq > call->since
                               : rows[i]->kind == call->of && !rows[i]->deleted)
            picked[(*count_r)++] = *rows[i];
    qsort(picked, *count_r, sizeof(*picked), by_seq);
    return picked;
}

static void run_page(struct call *call)
{
    const struct sim_store *store = call->door->store;
    const uint8_t *since = hash_at(store, call->since);
    struct store_page *page = &call->page;

    page->records = pick(call, &page->n_records);
    page->head = page->upto = store->head.seq;
    if (page->n_records > call->limit) {
        page->n_records = call->limit;
        page->upto = page->records[page->n_records - 1].seq;
    }
    page->since_known = since != NULL;
    if (since != NULL)
        memcpy(page->since_hash, since, STORE_HASH_SIZE);
    memcpy(page->head_hash, store->head.hash, STORE_HASH_SIZE);
    memcpy(page->upto_hash, hash_at(store, page->upto), STORE_HASH_SIZE);
}

static void run_kind(struct call *call)
{
    call->records = pick(call, &call->count);
}

static void run_history(struct call *call)
{
    const struct sim_store *store = call->door->store;
    struct store_change *changes =
        sim_store_alloc(call->arena, (store->head.seq + 1) * sizeof(*changes));

    for (size_t i = store->head.seq; i > 0 && call->count < call->limit; i--)
        if ((call->since == 0 || i < call->since) &&
            (!call->one || uuid_equal(store->log[i - 1].id, call->id)))
            changes[call->count++] = store->log[i - 1];
    call->changes = changes;
}

static void run_quarantined(struct call *call)
{
    struct store_quarantined *found = &call->quarantined;
    size_t count;
    const struct store_record *const *rows = sim_store_records(call->door->store, &count);

    for (size_t i = 0; i < count; i++) {
        const Concert__Quarantine *body = (const Concert__Quarantine *)rows[i]->body;

        if (rows[i]->kind->id != CONCERT__KIND__QUARANTINE || body == NULL ||
            !uuid_equal(body->device.data, call->id))
            continue;
        found->waiting += !body->has_status || body->status == CONCERT__QUARANTINE__STATUS__WAITING;
        found->bytes += body->patch.len;
        found->rank = body->rank > found->rank ? body->rank : found->rank;
        found->part = body->part > found->part ? body->part : found->part;
    }
}

static void run_floor(struct call *call)
{
    const struct sim_store *store = call->door->store;
    size_t count, above = 0;
    const struct store_record *const *rows = sim_store_records(store, &count);
    uint64_t floor = store->head.seq;

    for (; floor > 0; floor--) {
        for (size_t i = 0; i < count; i++)
            above += rows[i]->seq == floor;
        if (above > call->limit)
            break;
    }
    call->since = floor;
}

static void run_begin(struct call *call)
{
    sim_store_lock_wait(call->door->store, call->door->batch);
}

void sim_store_call_granted(struct transaction *transaction)
{
    for (struct call *call = transaction->door->calls; call != NULL; call = call->next)
        if (call->kind == BEGIN)
            sim_store_call_answer(call, sim_store_call_delay(transaction->door));
}

/* Committed; the connection may still be lost before it says so. */
static void run_commit(struct call *call)
{
    struct sim_store *store = call->door->store;
    struct transaction *batch = call->door->batch;
    bool good = sim_store_rows_write(store, &batch->writes, &call->error);

    call->status = good ? STORE_OK : STORE_REFUSED;
    sim_world_trace(store->world, store->process.number, "commit", store->head.seq, good);
    if (good)
        sim_store_door_notify(store, call->door);
    sim_store_lock_end(batch);
    if (good && sim_world_chance(store->world, store->weather.after))
        sim_store_door_lose(call->door);
}

static void run_rollback(struct call *call)
{
    sim_store_lock_end(call->door->batch);
}

static void run_nothing(struct call *call)
{
    (void)call;
}

static void on_arrival(void *arg)
{
    static void (*const runs[CALL_KINDS])(struct call *) = {[BEGIN] = run_begin,
        [COMMIT] = run_commit,
        [ROLLBACK] = run_rollback,
        [PAGE] = run_page,
        [KIND] = run_kind,
        [HISTORY] = run_history,
        [FLOOR] = run_floor,
        [DOCUMENT] = run_nothing,
        [QUARANTINED] = run_quarantined};
    struct call *call = arg;
    struct door *door = call->door;

    sim_world_trace(world_of(door), door->server->number, "store runs", call->kind, call->since);
    call->event = 0;
    call->arrived = true;
    if (sim_world_chance(world_of(door), door->store->weather.lost)) {
        sim_store_door_lose(door);
        return;
    }
    if (call->kind != BEGIN)
        sim_store_call_answer(call, sim_store_call_delay(door));
    runs[call->kind](call);
}

struct call *sim_store_call_add(struct door *door, enum call_kind kind, void *arg, union call_cb cb)
{
    struct call *call = calloc(1, sizeof(*call));

    if (call == NULL || (call->arena = arena_new(MEMORY)) == NULL)
        abort();
    call->door = door;
    call->kind = kind;
    call->cb = cb;
    call->arg = arg;
    call->next = door->calls;
    door->calls = call;
    call->status = door->up ? STORE_OK : STORE_UNAVAILABLE;
    if (door->up)
        call->event = sim_world_after(
            world_of(door), &door->store->process, sim_store_call_delay(door), on_arrival, call);
    else
        sim_store_call_answer(call, sim_store_call_delay(door));
    return call;
}
