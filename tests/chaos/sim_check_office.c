/* One office at the end: its copy, its cursor and its outbox, beside the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "replica/replica_outbox.h"
#include "sim_check_internal.h"

#define MEMORY ((size_t)64 << 20)

struct looking {
    struct sim_check *check;
    uint32_t office;
    const struct policy_actor *actor;
    struct idmap *copy; /* by id: the copy's records, in the arena */
    struct arena *arena;
    bool good;
};

static void fail(struct looking *looking, const char *what, const uint8_t *id)
{
    printf("office %u: ", looking->office - 10);
    looking->good = sim_check_fail(looking->check, what, id);
}

/* --- the copy --------------------------------------------------------------------------------- */

static bool take_record(void *arg, const struct replica_record *record)
{
    struct looking *looking = arg;
    struct replica_record *kept = sim_check_alloc(looking->arena, sizeof(*kept));

    *kept = *record;
    kept->id = (const uint8_t *)arena_copy(looking->arena, record->id, UUID_SIZE);
    kept->handle = arena_copy(looking->arena, record->handle, strlen(record->handle));
    kept->body = (const uint8_t *)arena_copy(looking->arena, record->body, record->body_size);
    if (kept->id == NULL || kept->body == NULL || !idmap_put(looking->copy, kept->id, kept))
        abort();
    return true;
}

/* What the account may read of a row, as a page would hold it; NULL: nothing. */
static Concert__Record *readable(struct looking *looking, const struct store_record *row)
{
    struct feed_entry entry = {0};
    Concert__Page *page = NULL;
    const uint8_t *bytes;
    size_t size;

    if (!feed_entry_make(row, &entry))
        abort();
    bytes = feed_entry_view(&entry, looking->actor, &size);
    if (bytes != NULL) {
        page = concert__page__unpack(arena_allocator(looking->arena), size, bytes);
        if (page == NULL || page->n_records != 1)
            abort();
    }
    feed_entry_clear(&entry);
    return page == NULL ? NULL : page->records[0];
}

static void compare(
    struct looking *looking, const struct replica_record *copy, const Concert__Record *record)
{
    if (copy == NULL)
        fail(looking, "its copy lacks a record:", record->id.data);
    else if (copy->kind != record->kind || copy->revision != record->revision ||
             copy->seq != record->seq || strcmp(copy->handle, record->handle) != 0 ||
             copy->body_size != record->body.len ||
             memcmp(copy->body, record->body.data, copy->body_size) != 0)
        fail(looking, "its copy has another state of a record:", record->id.data);
}

static void compare_all(struct looking *looking)
{
    size_t count, live = 0;
    const struct store_record *const *rows = sim_store_records(looking->check->store, &count);

    for (size_t i = 0; i < count; i++) {
        const Concert__Record *record = rows[i]->deleted ? NULL : readable(looking, rows[i]);

        if (record == NULL)
            continue;
        live++;
        compare(looking, idmap_get(looking->copy, rows[i]->id), record);
    }
    if (looking->good && live != idmap_count(looking->copy))
        fail(looking, "its copy has records that there are not", NULL);
}

static void compare_cursor(struct looking *looking, struct replica *replica)
{
    const struct store_head *head = sim_store_head(looking->check->store);
    uint8_t hash[64];
    uint64_t seq;
    size_t size;

    if (!replica_cursor(replica, &seq, hash, &size))
        fail(looking, "its cursor cannot be read", NULL);
    else if (seq != head->seq || size != STORE_HASH_SIZE ||
             memcmp(hash, head->hash, STORE_HASH_SIZE) != 0)
        fail(looking, "its cursor is not the log's end", NULL);
}

/* --- the outbox ------------------------------------------------------------------------------- */

/* An accepted operation's receipt is of the log as it is now. */
static void check_receipt(struct looking *looking, const struct replica_operation *operation)
{
    Concert__Result *result = concert__result__unpack(
        arena_allocator(looking->arena), operation->result_size, operation->result);
    size_t count;
    const struct store_change *log = sim_store_log(looking->check->store, &count);

    if (result == NULL)
        fail(looking, "a receipt cannot be read:", operation->op_id);
    else if (result->seq == 0 || result->seq > count ||
             !uuid_equal(log[result->seq - 1].op_id, operation->op_id))
        fail(looking, "a receipt names another place of the log:", operation->op_id);
    else if (result->hash.len != STORE_HASH_SIZE ||
             memcmp(result->hash.data, log[result->seq - 1].hash, STORE_HASH_SIZE) != 0)
        fail(looking, "a receipt has another hash:", operation->op_id);
}

static bool take_operation(void *arg, const struct replica_operation *operation)
{
    struct looking *looking = arg;
    struct entry *entry = sim_check_find(looking->check, operation->op_id);

    if (entry == NULL)
        fail(looking, "its outbox has what nobody wrote:", operation->op_id);
    if (operation->state == REPLICA_WAITING || operation->state == REPLICA_SENT)
        fail(looking, "an operation still waits:", operation->op_id);
    if (operation->state == REPLICA_ACCEPTED)
        check_receipt(looking, operation);
    if (entry != NULL) {
        entry->in_outbox = true;
        entry->settled |=
            operation->state == REPLICA_CONFLICT || operation->state == REPLICA_REFUSED;
    }
    return true;
}

bool sim_check_office(struct sim_check *check, uint32_t office, const struct policy_actor *actor,
    struct replica *replica)
{
    struct looking looking = {.check = check,
        .office = office,
        .actor = actor,
        .copy = idmap_new(),
        .arena = arena_new(MEMORY),
        .good = true};

    if (looking.copy == NULL || looking.arena == NULL)
        abort();
    if (!replica_records(replica, take_record, &looking))
        fail(&looking, "its copy cannot be read", NULL);
    compare_all(&looking);
    compare_cursor(&looking, replica);
    if (!replica_outbox(replica, 0, ~0u, take_operation, &looking))
        fail(&looking, "its outbox cannot be read", NULL);
    idmap_free(&looking.copy);
    arena_free(&looking.arena);
    return looking.good;
}
