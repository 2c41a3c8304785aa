#include "sim_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "sim_check_internal.h"

#define MEMORY ((size_t)1 << 30)

bool sim_check_fail(const struct sim_check *check, const char *what, const uint8_t *id)
{
    char text[UUID_TEXT] = "";

    (void)check;
    if (id != NULL)
        uuid_format(id, text);
    printf("check: %s %s\n", what, text);
    return false;
}

void *sim_check_alloc(struct arena *arena, size_t size)
{
    void *memory = arena_alloc(arena, size);

    if (memory == NULL)
        abort();
    return memory;
}

static const void *copy(struct sim_check *check, const void *data, size_t size)
{
    const void *copied = data == NULL ? NULL : arena_copy(check->arena, data, size);

    if (data != NULL && copied == NULL)
        abort();
    return copied;
}

ProtobufCMessage *sim_check_decode(
    const struct kind *kind, const uint8_t *data, size_t size, struct arena *arena)
{
    struct error error;
    ProtobufCMessage *message =
        data == NULL ? NULL : record_decode(kind, data, size, arena, &error);

    if (data != NULL && message == NULL)
        abort();
    return message;
}

struct entry *sim_check_find(const struct sim_check *check, const uint8_t op_id[UUID_SIZE])
{
    return idmap_get(check->by_op, op_id);
}

/* --- what was ever committed ------------------------------------------------------------------ */

ProtobufCMessage *sim_check_apply(
    const ProtobufCMessage *before, const struct store_change *change, struct arena *arena)
{
    const ProtobufCMessage *patch;
    const char **clear = sim_check_alloc(arena, (change->n_fields + 1) * sizeof(*clear));
    size_t n_clear = 0;
    ProtobufCMessage *after;

    if (change->deleted)
        return NULL;
    patch = sim_check_decode(change->kind, change->patch, change->patch_size, arena);
    for (size_t i = 0; i < change->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = record_field(change->kind, change->fields[i]);

        if (field != NULL && record_count(patch, field) == 0)
            clear[n_clear++] = change->fields[i];
    }
    after = record_patch(change->kind, before, patch, clear, n_clear, arena);
    if (after == NULL)
        abort();
    return after;
}

/* The record before a change: as an earlier change of the same batch left it, or as its row is. */
static const ProtobufCMessage *before_commit(
    const struct sim_check *check, const struct store_change *change)
{
    size_t count, logged;
    const struct store_record *const *rows = sim_store_records(check->store, &count);
    const struct store_change *log = sim_store_log(check->store, &logged);
    const struct store_record *row = NULL;

    for (size_t i = 0; row == NULL && i < count; i++)
        row = uuid_equal(rows[i]->id, change->id) ? rows[i] : NULL;
    for (size_t i = check->n_commits; i > 0; i--) {
        const struct commit *commit = &check->commits[i - 1];

        if (uuid_equal(commit->id, change->id) && commit->seq < change->seq &&
            commit->seq > (row == NULL ? 0 : row->seq) &&
            uuid_equal(log[commit->seq - 1].op_id, commit->op_id))
            return commit->after;
        if (commit->seq >= change->seq)
            break;
    }
    return row == NULL ? NULL : row->body;
}

static void on_commit(void *arg, const struct store_change *change)
{
    struct sim_check *check = arg;
    const ProtobufCMessage *before = before_commit(check, change);
    struct commit *commit;

    if (check->n_commits == check->commits_room) {
        check->commits_room = check->commits_room == 0 ? 256 : 2 * check->commits_room;
        check->commits = realloc(check->commits, check->commits_room * sizeof(*check->commits));
        if (check->commits == NULL)
            abort();
    }
    commit = &check->commits[check->n_commits++];
    memcpy(commit->op_id, change->op_id, UUID_SIZE);
    memcpy(commit->id, change->id, UUID_SIZE);
    commit->seq = change->seq;
    commit->after = sim_check_apply(before, change, check->arena);
}

/* --- what offices tell ------------------------------------------------------------------------ */

void sim_check_wrote(struct sim_check *check, const struct sim_check_written *written)
{
    struct entry *entry = sim_check_find(check, written->op_id);

    if (entry != NULL)
        return;
    entry = sim_check_alloc(check->arena, sizeof(*entry));
    entry->what = *written;
    entry->what.op_id = copy(check, written->op_id, UUID_SIZE);
    entry->what.id = copy(check, written->id, UUID_SIZE);
    entry->what.patch = copy(check, written->patch, written->patch_size);
    entry->what.shown = copy(check, written->shown, written->shown_size);
    entry->what.clear =
        copy(check, written->clear, written->clear == NULL ? 0 : strlen(written->clear));
    entry->patch =
        sim_check_decode(written->kind, entry->what.patch, written->patch_size, check->arena);
    entry->shown =
        sim_check_decode(written->kind, entry->what.shown, written->shown_size, check->arena);
    if (check->n_entries == check->entries_room) {
        check->entries_room = check->entries_room == 0 ? 256 : 2 * check->entries_room;
        check->entries = realloc(check->entries, check->entries_room * sizeof(*check->entries));
        if (check->entries == NULL)
            abort();
    }
    check->entries[check->n_entries++] = entry;
    if (!idmap_put(check->by_op, entry->what.op_id, entry))
        abort();
    check->counts.written++;
}

void sim_check_answered(struct sim_check *check, uint32_t office, const uint8_t op_id[UUID_SIZE],
    Concert__Result__Status status, uint64_t seq, const uint8_t *hash)
{
    struct entry *entry = sim_check_find(check, op_id);
    uint64_t *const counts[] = {[CONCERT__RESULT__STATUS__APPLIED] = &check->counts.applied,
        [CONCERT__RESULT__STATUS__MERGED] = &check->counts.merged,
        [CONCERT__RESULT__STATUS__DUPLICATE] = &check->counts.duplicate,
        [CONCERT__RESULT__STATUS__CONFLICT] = &check->counts.conflict,
        [CONCERT__RESULT__STATUS__REFUSED] = &check->counts.refused};

    (void)office;
    if (entry == NULL)
        return;
    if (entry->status == 0)
        ++*counts[status];
    entry->status = status;
    entry->seq = seq;
    entry->hash = hash == NULL ? NULL : copy(check, hash, STORE_HASH_SIZE);
}

void sim_check_dropped(struct sim_check *check, const uint8_t op_id[UUID_SIZE])
{
    struct entry *entry = sim_check_find(check, op_id);

    if (entry == NULL || entry->dropped)
        return;
    entry->dropped = true;
    check->counts.dropped++;
}

/* --- the log ---------------------------------------------------------------------------------- */

static const ProtobufCMessage *encoded_row(
    const struct sim_check *check, const uint8_t *id, const struct store_record **row_r)
{
    size_t count;
    const struct store_record *const *rows = sim_store_records(check->store, &count);

    *row_r = NULL;
    for (size_t i = 0; i < count; i++)
        if (uuid_equal(rows[i]->id, id))
            *row_r = rows[i];
    return *row_r == NULL ? NULL : (*row_r)->body;
}

static bool same_message(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const struct kind *kind)
{
    for (unsigned i = 0; a != NULL && b != NULL && i < kind->descriptor->n_fields; i++)
        if (!record_same(a, b, &kind->descriptor->fields[i]))
            return false;
    return (a == NULL) == (b == NULL);
}

/* A record's replayed state and its revision. */
struct replayed {
    const ProtobufCMessage *body;
    uint64_t revision;
    const struct store_change *last;
};

static bool replay(const struct sim_check *check, struct idmap *states, struct arena *arena,
    const struct store_change *change)
{
    struct replayed *state = idmap_get(states, change->id);
    const ProtobufCMessage *before;
    bool good = true;

    if (state == NULL) {
        state = sim_check_alloc(arena, sizeof(*state));
        if (!idmap_put(states, change->id, state))
            abort();
    }
    before = state->body;
    if (change->revision <= state->revision)
        good = sim_check_fail(check, "a revision does not grow:", change->id);
    state->body = sim_check_apply(before, change, arena);
    state->revision = change->revision;
    state->last = change;
    return sim_check_seen(check, change, before, state->body) && good;
}

static bool rows_are(const struct sim_check *check, const struct idmap *states)
{
    size_t cursor = 0;
    const struct replayed *state;
    bool good = true;

    while ((state = idmap_next(states, &cursor)) != NULL) {
        const struct store_record *row;
        const ProtobufCMessage *body = encoded_row(check, state->last->id, &row);

        if (row == NULL || row->seq != state->last->seq || row->revision != state->revision ||
            !same_message(body, state->body, state->last->kind))
            good = sim_check_fail(check, "a row is not what its changes lead to:", state->last->id);
    }
    return good;
}

bool sim_check_log(struct sim_check *check)
{
    struct arena *arena = arena_new(MEMORY);
    struct idmap *states = idmap_new(), *ops = idmap_new();
    uint8_t hash[STORE_HASH_SIZE] = {0};
    size_t count;
    const struct store_change *log = sim_store_log(check->store, &count);
    bool good = true;

    if (arena == NULL || states == NULL || ops == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        chain_next(hash, &log[i], hash);
        if (log[i].seq != i + 1 || memcmp(hash, log[i].hash, STORE_HASH_SIZE) != 0)
            good = sim_check_fail(check, "the chain does not hold at", log[i].op_id);
        if (idmap_get(ops, log[i].op_id) != NULL)
            good = sim_check_fail(check, "an operation is in the log twice:", log[i].op_id);
        if (!idmap_put(ops, log[i].op_id, (void *)&log[i]))
            abort();
        good = replay(check, states, arena, &log[i]) && good;
    }
    good = rows_are(check, states) && good;
    idmap_free(&states);
    idmap_free(&ops);
    arena_free(&arena);
    return good;
}

/* --- operations ------------------------------------------------------------------------------- */

static const struct store_change *in_log(const struct sim_check *check, const uint8_t *op_id)
{
    size_t count;
    const struct store_change *log = sim_store_log(check->store, &count);

    for (size_t i = 0; i < count; i++)
        if (uuid_equal(log[i].op_id, op_id))
            return &log[i];
    return NULL;
}

static bool accepted(const struct entry *entry)
{
    return entry->status == CONCERT__RESULT__STATUS__APPLIED ||
           entry->status == CONCERT__RESULT__STATUS__MERGED ||
           entry->status == CONCERT__RESULT__STATUS__DUPLICATE;
}

/* An operation that its author has not put aside. */
static bool entry_holds(const struct sim_check *check, const struct entry *entry)
{
    const struct store_change *change = in_log(check, entry->what.op_id);

    if (entry->dropped)
        return true;
    if (accepted(entry) && change == NULL)
        return sim_check_fail(check, "acknowledged, and not in the log:", entry->what.op_id);
    if (accepted(entry) && entry->hash != NULL &&
        (entry->seq != change->seq || memcmp(entry->hash, change->hash, STORE_HASH_SIZE) != 0))
        return sim_check_fail(check, "a receipt is not the log's:", entry->what.op_id);
    if (!accepted(entry) && entry->status != 0 && change == NULL && !entry->settled)
        return sim_check_fail(
            check, "refused or in conflict, and not in its author's hands:", entry->what.op_id);
    if (change == NULL && !entry->in_outbox)
        return sim_check_fail(check, "neither in the log nor with its author:", entry->what.op_id);
    return true;
}

bool sim_check_written_all(struct sim_check *check)
{
    bool good = true;

    for (size_t i = 0; i < check->n_entries; i++)
        good = entry_holds(check, check->entries[i]) && good;
    return good;
}

const struct sim_check_counts *sim_check_counts(const struct sim_check *check)
{
    return &check->counts;
}

/* --- life ------------------------------------------------------------------------------------- */

struct sim_check *sim_check_new(struct sim_world *world, struct sim_store *store)
{
    struct sim_check *check = calloc(1, sizeof(*check));

    if (check == NULL)
        abort();
    check->world = world;
    check->store = store;
    check->arena = arena_new(MEMORY);
    check->by_op = idmap_new();
    if (check->arena == NULL || check->by_op == NULL)
        abort();
    sim_store_on_commit(store, on_commit, check);
    return check;
}

void sim_check_free(struct sim_check **check)
{
    if (*check == NULL)
        return;
    sim_store_on_commit((*check)->store, NULL, NULL);
    idmap_free(&(*check)->by_op);
    arena_free(&(*check)->arena);
    free((*check)->entries);
    free((*check)->commits);
    free(*check);
    *check = NULL;
}
