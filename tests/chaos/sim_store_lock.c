/* The transactions at the database: one holds the head's row, the others wait in line. */
#include <stdlib.h>

#include "sim_store_internal.h"

#define MEMORY ((size_t)256 << 20)
#define NOTICED_MAX INT64_C(3000000) /* until PostgreSQL sees that a connection is gone */

struct transaction *sim_store_lock_begin(struct door *door, const struct store_ask *ask)
{
    struct transaction *transaction = calloc(1, sizeof(*transaction));
    struct arena *arena = arena_new(MEMORY);

    if (transaction == NULL || arena == NULL)
        abort();
    transaction->store = door->store;
    transaction->door = door;
    transaction->arena = arena;
    transaction->kept = true;
    transaction->ask = *ask;
    transaction->ask.op_ids = sim_store_bytes(arena, ask->op_ids, ask->n_op_ids * UUID_SIZE);
    transaction->ask.touched =
        sim_store_bytes(arena, ask->touched, ask->n_touched * sizeof(*ask->touched));
    transaction->ask.referred = sim_store_bytes(arena, ask->referred, ask->n_referred * UUID_SIZE);
    transaction->ask.code_hashes =
        sim_store_bytes(arena, ask->code_hashes, ask->n_code_hashes * STORE_HASH_SIZE);
    return transaction;
}

/* Freed when the door and the database have both let go of it. */
static void free_if_over(struct transaction *transaction)
{
    if (transaction->kept || !transaction->ended)
        return;
    arena_free(&transaction->arena);
    free(transaction);
}

static void grant(struct sim_store *store)
{
    struct transaction *first = store->first;

    if (store->holder != NULL || first == NULL)
        return;
    store->first = first->next;
    if (store->first == NULL)
        store->last = &store->first;
    store->holder = first;
    first->holds = true;
    first->answer = sim_store_rows_answer(store, &first->ask, first->arena);
    if (!first->lost)
        sim_store_call_granted(first);
}

void sim_store_lock_wait(struct sim_store *store, struct transaction *transaction)
{
    transaction->next = NULL;
    *store->last = transaction;
    store->last = &transaction->next;
    grant(store);
}

/* Out of the line, or the row is free. */
static void let_go(struct transaction *transaction)
{
    struct sim_store *store = transaction->store;

    for (struct transaction **at = &store->first; *at != NULL; at = &(*at)->next)
        if (*at == transaction) {
            *at = transaction->next;
            break;
        }
    store->last = &store->first;
    while (*store->last != NULL)
        store->last = &(*store->last)->next;
    if (store->holder == transaction)
        store->holder = NULL;
    transaction->holds = false;
    transaction->ended = true;
}

void sim_store_lock_end(struct transaction *transaction)
{
    struct sim_store *store = transaction->store;

    let_go(transaction);
    free_if_over(transaction);
    grant(store);
}

static void roll_back(void *arg)
{
    sim_store_lock_end(arg);
}

/* The commit was on its way when its connection went. */
static void commit_late(void *arg)
{
    struct transaction *transaction = arg;
    struct sim_store *store = transaction->store;
    struct error error;
    bool done = sim_store_rows_write(store, &transaction->writes, &error);

    sim_world_trace(store->world, store->process.number, "commit late", store->head.seq, done);
    if (done)
        sim_store_door_notify(store, NULL);
    sim_store_lock_end(transaction);
}

void sim_store_lock_lose(struct transaction *transaction, bool commit)
{
    struct sim_world *world = transaction->store->world;
    bool happens = commit && transaction->holds && sim_world_chance(world, 5000);
    int64_t delay = sim_world_between(world, 0, NOTICED_MAX);

    if (transaction->lost)
        return;
    transaction->lost = true;
    if (transaction->holds)
        sim_world_after(world, &transaction->store->process, delay,
            happens ? commit_late : roll_back, transaction);
    else if (!transaction->ended)
        sim_store_lock_end(transaction);
}

void sim_store_lock_leave(struct transaction *transaction)
{
    transaction->kept = false;
    free_if_over(transaction);
}

void sim_store_lock_crash(struct sim_store *store)
{
    sim_world_forget(store->world, &store->process);
    while (store->first != NULL || store->holder != NULL) {
        struct transaction *over = store->holder != NULL ? store->holder : store->first;

        over->lost = true;
        let_go(over);
        free_if_over(over);
    }
}
