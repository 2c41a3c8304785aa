/* What a server calls its store: its connections, and store.h. */
#include <stdlib.h>
#include <string.h>

#include "sim_store_internal.h"

struct store {
    struct door door;
};

static struct sim_world *world_of(const struct door *door)
{
    return door->store->world;
}

/* --- connections ------------------------------------------------------------------------------ */

static void connect_later(struct door *door, int64_t delay);

static void on_connect(void *arg)
{
    struct door *door = arg;

    door->connecting = 0;
    if (!door->store->up) {
        connect_later(door, sim_world_between(world_of(door), 100000, 1000000));
        return;
    }
    door->up = true;
    sim_world_trace(world_of(door), door->server->number, "store is up", 0, 0);
    if (door->listen != NULL)
        door->listen(door->listen_arg, true, 0);
}

static void connect_later(struct door *door, int64_t delay)
{
    door->connecting = sim_world_after(world_of(door), door->server, delay, on_connect, door);
}

static void on_gone(void *arg)
{
    struct door *door = arg;

    if (!door->up && door->listen != NULL)
        door->listen(door->listen_arg, false, 0);
}

/* What was on its way to the server is lost with what was on its way from it, but for a commit. */
void sim_store_door_lose(struct door *door)
{
    struct transaction *batch = door->batch;
    bool commit = false;

    if (!door->up)
        return;
    sim_world_trace(world_of(door), door->server->number, "store is lost", 0, 0);
    door->up = false;
    door->notified = 0;
    for (struct call *call = door->calls; call != NULL; call = call->next) {
        commit |= call->kind == COMMIT && !call->arrived;
        sim_world_cancel(world_of(door), call->event);
        call->status = STORE_UNAVAILABLE;
        sim_store_call_answer(call, sim_store_call_delay(door));
    }
    if (batch != NULL)
        sim_store_lock_lose(batch, commit);
    sim_world_after(world_of(door), door->server, 0, on_gone, door);
    connect_later(door, sim_world_between(world_of(door), 100000, 3000000));
}

static void on_notice(void *arg)
{
    struct door *door = arg;
    uint64_t head = door->notified;

    door->notified = 0;
    if (door->up && head > 0 && door->listen != NULL)
        door->listen(door->listen_arg, true, head);
}

void sim_store_door_notify(struct sim_store *store, const struct door *from)
{
    for (int i = 0; i < SIM_STORE_DOORS; i++) {
        struct door *door = store->doors[i];

        if (door == NULL || door == from || !door->up)
            continue;
        if (door->notified == 0)
            sim_world_after(
                store->world, door->server, sim_store_call_delay(door), on_notice, door);
        door->notified = store->head.seq;
    }
}

static void on_restarted(void *arg)
{
    struct sim_store *store = arg;

    store->up = true;
}

void sim_store_crash(struct sim_store *store, int64_t delay)
{
    sim_world_trace(store->world, store->process.number, "database crashes", store->head.seq, 0);
    store->up = false;
    for (int i = 0; i < SIM_STORE_DOORS; i++)
        if (store->doors[i] != NULL)
            sim_store_door_lose(store->doors[i]);
    sim_store_lock_crash(store);
    sim_world_after(store->world, &store->process, delay, on_restarted, store);
}

void sim_store_kill(struct sim_store *store, const struct sim_process *server)
{
    for (int i = 0; i < SIM_STORE_DOORS; i++) {
        struct door *door = store->doors[i];
        bool commit = false;

        if (door == NULL || door->server != server)
            continue;
        for (struct call *call = door->calls; call != NULL; call = call->next)
            commit |= call->kind == COMMIT && !call->arrived;
        if (door->up && door->batch != NULL)
            sim_store_lock_lose(door->batch, commit);
        door->up = false;
    }
}

/* --- store.h ---------------------------------------------------------------------------------- */

struct store *store_open(struct event_base *base, const char *conninfo, const char *schema,
    size_t connections, store_listen_cb *listen, void *arg)
{
    struct store *store = calloc(1, sizeof(*store));
    struct door **place;

    (void)conninfo;
    (void)schema;
    (void)connections;
    if (store == NULL)
        abort();
    store->door = (struct door){.store = sim_store_the(),
        .server = (const struct sim_process *)base,
        .listen = listen,
        .listen_arg = arg};
    place = store->door.store->doors;
    while (*place != NULL)
        place++;
    *place = &store->door;
    connect_later(&store->door, sim_world_between(world_of(&store->door), 1000, 50000));
    return store;
}

void store_free(struct store **store)
{
    struct door *door;

    if (*store == NULL)
        return;
    door = &(*store)->door;
    door->listen = NULL;
    door->up = false;
    while (door->calls != NULL) {
        sim_world_cancel(world_of(door), door->calls->event);
        door->calls->status = STORE_UNAVAILABLE;
        sim_store_call_tell(door->calls);
    }
    sim_store_call_leave(door);
    for (int i = 0; i < SIM_STORE_DOORS; i++)
        if (door->store->doors[i] == door)
            door->store->doors[i] = NULL;
    free(*store);
    *store = NULL;
}

bool store_ready(const struct store *store)
{
    return store->door.up;
}

bool store_schema_wrong(const struct store *store, int *found_r)
{
    (void)store;
    if (found_r != NULL)
        *found_r = 0;
    return false;
}

void store_begin(struct store *store, const struct store_ask *ask, store_begin_cb *cb, void *arg)
{
    struct door *door = &store->door;

    if (door->batch != NULL)
        sim_world_fail(world_of(door), "a batch begins within a batch");
    if (door->up)
        door->batch = sim_store_lock_begin(door, ask);
    sim_store_call_add(&store->door, BEGIN, arg, (union call_cb){.begin = cb});
}

/* What the writes point to may go as soon as the call returns: they are copied. */
static void keep_writes(struct transaction *batch, const struct store_writes *writes)
{
    struct store_change *changes =
        sim_store_alloc(batch->arena, (writes->n_changes + 1) * sizeof(*changes));
    struct store_record *records =
        sim_store_alloc(batch->arena, (writes->n_records + 1) * sizeof(*records));

    for (size_t i = 0; i < writes->n_changes; i++)
        changes[i] = sim_store_rows_copy(&writes->changes[i], batch->arena);
    for (size_t i = 0; i < writes->n_records; i++) {
        records[i] = writes->records[i];
        records[i].body =
            sim_store_rows_body(records[i].kind, writes->records[i].body, batch->arena);
    }
    batch->writes = *writes;
    batch->writes.changes = changes;
    batch->writes.records = records;
    batch->writes.resolutions = sim_store_bytes(
        batch->arena, writes->resolutions, writes->n_resolutions * sizeof(*writes->resolutions));
    batch->writes.invitations = sim_store_bytes(
        batch->arena, writes->invitations, writes->n_invitations * sizeof(*writes->invitations));
}

void store_commit(
    struct store *store, const struct store_writes *writes, store_commit_cb *cb, void *arg)
{
    struct door *door = &store->door;

    if (door->batch == NULL)
        sim_world_fail(world_of(door), "a commit without a batch");
    keep_writes(door->batch, writes);
    sim_store_call_add(&store->door, COMMIT, arg, (union call_cb){.end = cb});
}

void store_rollback(struct store *store, store_commit_cb *cb, void *arg)
{
    sim_store_call_add(&store->door, ROLLBACK, arg, (union call_cb){.end = cb});
}

void store_page(struct store *store, uint64_t since, size_t limit, store_page_cb *cb, void *arg)
{
    struct call *call = sim_store_call_add(&store->door, PAGE, arg, (union call_cb){.page = cb});

    call->since = since;
    call->limit = limit;
}

void store_kind(struct store *store, const struct kind *kind, store_kind_cb *cb, void *arg)
{
    sim_store_call_add(&store->door, KIND, arg, (union call_cb){.records = cb})->of = kind;
}

void store_history(struct store *store, const uint8_t id[UUID_SIZE], uint64_t before, size_t limit,
    store_history_cb *cb, void *arg)
{
    struct call *call =
        sim_store_call_add(&store->door, HISTORY, arg, (union call_cb){.history = cb});

    call->since = before;
    call->limit = limit;
    call->one = id != NULL;
    memcpy(call->id, id == NULL ? uuid_none : id, UUID_SIZE);
}

void store_floor(struct store *store, size_t count, store_floor_cb *cb, void *arg)
{
    sim_store_call_add(&store->door, FLOOR, arg, (union call_cb){.floor = cb})->limit = count;
}

void store_quarantined(
    struct store *store, const uint8_t device[UUID_SIZE], store_quarantined_cb *cb, void *arg)
{
    union call_cb each = {.quarantined = cb};

    memcpy(sim_store_call_add(&store->door, QUARANTINED, arg, each)->id, device, UUID_SIZE);
}

/* --- store_document.h ------------------------------------------------------------------------- */

void store_document_look(
    struct store *store, const uint8_t id[UUID_SIZE], store_document_cb *cb, void *arg)
{
    (void)id;
    sim_store_call_add(&store->door, DOCUMENT, arg, (union call_cb){.document = cb});
}

void store_document_add(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    const uint8_t *bytes, size_t n_bytes, uint64_t most, store_document_cb *cb, void *arg)
{
    (void)offset;
    (void)bytes;
    (void)n_bytes;
    (void)most;
    store_document_look(store, id, cb, arg);
}

void store_document_read(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    size_t limit, store_document_cb *cb, void *arg)
{
    (void)offset;
    (void)limit;
    store_document_look(store, id, cb, arg);
}
