#include "sim_store.h"

#include <stdlib.h>
#include <string.h>

#include "sim_store_internal.h"

#define MEMORY ((size_t)1 << 30)

void *sim_store_alloc(struct arena *arena, size_t size)
{
    void *memory = arena_alloc(arena, size);

    if (memory == NULL)
        abort();
    return memory;
}

const void *sim_store_bytes(struct arena *arena, const void *data, size_t size)
{
    void *copied = sim_store_alloc(arena, size + 1);

    if (size > 0)
        memcpy(copied, data, size);
    return copied;
}

/* --- backups ---------------------------------------------------------------------------------- */

void sim_store_backup(struct sim_store *store)
{
    struct backup *backup = &store->backups[store->n_backups % SIM_STORE_BACKUPS];

    backup->head = store->head;
    backup->n_invitations = store->n_invitations;
    backup->n_resolutions = store->n_resolutions;
    memcpy(backup->invitations, store->invitations, sizeof(store->invitations));
    memcpy(backup->resolutions, store->resolutions, sizeof(store->resolutions));
    store->n_backups++;
    sim_world_trace(store->world, store->process.number, "backup", store->head.seq, 0);
}

void sim_store_back(struct sim_store *store, const struct backup *backup)
{
    for (size_t i = backup->head.seq; i < store->head.seq; i++)
        idmap_remove(store->by_op, store->log[i].op_id);
    for (size_t i = 0; i < store->n_slots; i++) {
        struct slot *slot = &store->slots[i];

        while (slot->newest != NULL && slot->newest->record.seq > backup->head.seq)
            slot->newest = slot->newest->older;
    }
    sim_world_trace(
        store->world, store->process.number, "restore", store->head.seq, backup->head.seq);
    store->head = backup->head;
    store->n_invitations = backup->n_invitations;
    store->n_resolutions = backup->n_resolutions;
    memcpy(store->invitations, backup->invitations, sizeof(store->invitations));
    memcpy(store->resolutions, backup->resolutions, sizeof(store->resolutions));
}

bool sim_store_restore(struct sim_store *store, int64_t delay)
{
    size_t kept = store->n_backups < SIM_STORE_BACKUPS ? store->n_backups : SIM_STORE_BACKUPS;
    struct backup backup;

    if (kept == 0)
        return false;
    backup = store->backups[sim_world_below(store->world, (uint32_t)kept)];
    if (backup.head.seq >= store->head.seq)
        return false;
    sim_store_crash(store, delay);
    sim_store_back(store, &backup);
    store->restores++;
    /* What was backed up later is of a log that is no more. */
    store->backups[0] = backup;
    store->n_backups = 1;
    return true;
}

/* --- life ------------------------------------------------------------------------------------- */

/* store_open has no argument for it. */
static struct sim_store *the_store;

struct sim_store *sim_store_the(void)
{
    return the_store;
}

struct sim_store *sim_store_new(struct sim_world *world)
{
    struct sim_store *store = calloc(1, sizeof(*store));

    if (store == NULL || the_store != NULL)
        abort();
    store->world = world;
    store->process.number = 9;
    store->up = true;
    store->last = &store->first;
    store->arena = arena_new(MEMORY);
    store->log = calloc(SIM_STORE_LOG, sizeof(*store->log));
    store->slots = calloc(SIM_STORE_LOG, sizeof(*store->slots));
    store->present = calloc(SIM_STORE_LOG, sizeof(const struct store_record *));
    store->by_op = idmap_new();
    store->by_id = idmap_new();
    if (store->arena == NULL || store->log == NULL || store->slots == NULL ||
        store->present == NULL || store->by_op == NULL || store->by_id == NULL)
        abort();
    the_store = store;
    return store;
}

void sim_store_free(struct sim_store **store)
{
    if (*store == NULL)
        return;
    the_store = NULL;
    sim_store_lock_crash(*store);
    arena_free(&(*store)->arena);
    free((*store)->log);
    free((*store)->slots);
    free(*(void **)&(*store)->present);
    idmap_free(&(*store)->by_op);
    idmap_free(&(*store)->by_id);
    free(*store);
    *store = NULL;
}

void sim_store_weather(struct sim_store *store, const struct sim_store_weather *weather)
{
    store->weather = *weather;
}

const struct store_head *sim_store_head(const struct sim_store *store)
{
    return &store->head;
}

const struct store_change *sim_store_log(const struct sim_store *store, size_t *count_r)
{
    *count_r = store->head.seq;
    return store->log;
}

const struct store_record *const *sim_store_records(const struct sim_store *store, size_t *count_r)
{
    *count_r = 0;
    for (size_t i = 0; i < store->n_slots; i++)
        if (store->slots[i].newest != NULL)
            store->present[(*count_r)++] = &store->slots[i].newest->record;
    return store->present;
}

uint32_t sim_store_restores(const struct sim_store *store)
{
    return store->restores;
}

void sim_store_on_commit(
    struct sim_store *store, void (*committed)(void *arg, const struct store_change *), void *arg)
{
    store->committed = committed;
    store->committed_arg = arg;
}

void sim_store_bad(struct sim_store *store, enum sim_store_bad bad)
{
    store->bad = bad;
}
