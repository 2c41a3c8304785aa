/* The database's rows: what a batch asks of them, and what it writes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_store_internal.h"

/* Through bytes, so that nothing of the source is kept. */
ProtobufCMessage *sim_store_rows_body(
    const struct kind *kind, const ProtobufCMessage *body, struct arena *arena)
{
    ProtobufCMessage *message;
    struct error error;
    uint8_t *bytes;
    size_t size;

    if (body == NULL)
        return NULL;
    bytes = record_encode(body, arena, &size);
    message = bytes == NULL ? NULL : record_decode(kind, bytes, size, arena, &error);
    if (message == NULL)
        abort();
    return message;
}

struct store_change sim_store_rows_copy(const struct store_change *change, struct arena *arena)
{
    struct store_change copied = *change;
    const char **fields = sim_store_alloc(arena, (change->n_fields + 1) * sizeof(*fields));

    for (size_t i = 0; i < change->n_fields; i++)
        fields[i] = sim_store_bytes(arena, change->fields[i], strlen(change->fields[i]));
    copied.fields = fields;
    copied.patch = sim_store_bytes(arena, change->patch, change->patch_size);
    if (change->reason != NULL)
        copied.reason = sim_store_bytes(arena, change->reason, strlen(change->reason));
    if (change->resolution != NULL)
        copied.resolution = sim_store_bytes(arena, change->resolution, change->resolution_size);
    return copied;
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct slot *slot_of(const struct sim_store *store, const uint8_t *id)
{
    return idmap_get(store->by_id, id);
}

const struct store_record *sim_store_rows_get(const struct sim_store *store, const uint8_t *id)
{
    const struct slot *slot = slot_of(store, id);

    return slot == NULL || slot->newest == NULL ? NULL : &slot->newest->record;
}

static struct store_root root_says(const struct sim_store *store, const uint8_t *id)
{
    const struct store_record *record = sim_store_rows_get(store, id);
    const ProtobufCMessage *body = record == NULL ? NULL : record->body;
    struct store_root root = {0};

    if (body != NULL && record->kind->id == CONCERT__KIND__PLAN)
        root.plan = ((const Concert__Plan *)body)->has_status
                        ? ((const Concert__Plan *)body)->status
                        : CONCERT__PLAN__STATUS__DRAFT;
    if (body != NULL && record->kind->id == CONCERT__KIND__MEETING) {
        const Concert__Meeting *meeting = (const Concert__Meeting *)body;

        root.minutes = meeting->has_minutes_status ? meeting->minutes_status : 0;
        if (meeting->starts_at != NULL)
            snprintf(root.starts_at, sizeof(root.starts_at), "%s", meeting->starts_at);
    }
    return root;
}

/* --- what a batch asks ------------------------------------------------------------------------ */

struct answering {
    const struct sim_store *store;
    struct arena *arena;
    struct store_record *records;
    struct store_known *known;
    struct store_change *changes;
    struct store_invitation *invitations;
    struct store_answer *answer;
};

/* The row of a record, once; with its body when an operation of its kind touches it. */
static void answer_record(struct answering *a, const uint8_t *id, const struct kind *touched)
{
    const struct store_record *record = sim_store_rows_get(a->store, id);
    struct store_record *row = NULL;

    if (record == NULL)
        return;
    for (size_t i = 0; i < a->answer->n_records; i++)
        if (uuid_equal(a->records[i].id, id))
            row = &a->records[i];
    if (row == NULL) {
        row = &a->records[a->answer->n_records++];
        *row = *record;
        row->body = NULL;
        row->root_says = root_says(a->store, record->root);
        memset(row->hash, 0, sizeof(row->hash));
    }
    if (touched == record->kind)
        row->body = record->body;
}

static void answer_changes(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; a->store->bad != SIM_STORE_NO_PAST && i < a->store->head.seq; i++) {
        const struct store_change *change = &a->store->log[i];
        struct store_change *told = &a->changes[a->answer->n_changes];
        bool asked = false;

        for (size_t j = 0; j < ask->n_touched; j++)
            asked |= uuid_equal(ask->touched[j].id, change->id) &&
                     change->revision > ask->touched[j].base;
        if (!asked)
            continue;
        *told = *change;
        told->patch = NULL;
        told->patch_size = 0;
        memset(told->hash, 0, STORE_HASH_SIZE);
        a->answer->n_changes++;
    }
}

static bool asked_before(const struct store_ask *ask, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (uuid_equal(ask->op_ids[j], ask->op_ids[i]))
            return true;
    return false;
}

static void answer_known(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; a->store->bad != SIM_STORE_NO_DEDUP && i < ask->n_op_ids; i++) {
        const struct store_change *change = idmap_get(a->store->by_op, ask->op_ids[i]);
        struct store_known *known = &a->known[a->answer->n_known];

        if (change == NULL || asked_before(ask, i))
            continue;
        *known = (struct store_known){.seq = change->seq, .revision = change->revision};
        memcpy(known->op_id, change->op_id, UUID_SIZE);
        memcpy(known->account, change->account, UUID_SIZE);
        memcpy(
            known->handle, sim_store_rows_get(a->store, change->id)->handle, sizeof(known->handle));
        memcpy(known->hash, change->hash, STORE_HASH_SIZE);
        a->answer->n_known++;
    }
}

static void answer_invitations(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; i < a->store->n_invitations; i++)
        for (size_t j = 0; j < ask->n_code_hashes; j++)
            if (memcmp(a->store->invitations[i].code_hash, ask->code_hashes[j], STORE_HASH_SIZE) ==
                0) {
                a->invitations[a->answer->n_invitations++] = a->store->invitations[i];
                break;
            }
}

const struct store_answer *sim_store_rows_answer(
    const struct sim_store *store, const struct store_ask *ask, struct arena *arena)
{
    size_t rows = ask->n_touched + ask->n_referred + 1;
    struct answering a = {.store = store,
        .arena = arena,
        .records = sim_store_alloc(arena, rows * sizeof(*a.records)),
        .known = sim_store_alloc(arena, (ask->n_op_ids + 1) * sizeof(*a.known)),
        .changes = sim_store_alloc(arena, (store->head.seq + 1) * sizeof(*a.changes)),
        .invitations = sim_store_alloc(arena, SIM_STORE_INVITATIONS * sizeof(*a.invitations)),
        .answer = sim_store_alloc(arena, sizeof(*a.answer))};

    for (size_t i = 0; i < ask->n_touched; i++)
        answer_record(&a, ask->touched[i].id, ask->touched[i].kind);
    for (size_t i = 0; i < ask->n_referred; i++)
        answer_record(&a, ask->referred[i], NULL);
    answer_changes(&a, ask);
    answer_known(&a, ask);
    answer_invitations(&a, ask);
    a.answer->head = store->head;
    a.answer->records = a.records;
    a.answer->known = a.known;
    a.answer->changes = a.changes;
    a.answer->invitations = a.invitations;
    a.answer->n_resolutions = ask->resolutions ? store->n_resolutions : 0;
    a.answer->resolutions = sim_store_bytes(
        arena, store->resolutions, store->n_resolutions * sizeof(*store->resolutions));
    return a.answer;
}

/* --- what a batch writes ---------------------------------------------------------------------- */

/* A row as it will be after the batch. */
static const struct store_record *final_row(
    const struct sim_store *store, const struct store_writes *writes, const uint8_t *id)
{
    for (size_t i = 0; i < writes->n_records; i++)
        if (uuid_equal(writes->records[i].id, id))
            return &writes->records[i];
    return sim_store_rows_get(store, id);
}

static bool same_fields(
    const struct store_record *a, const struct store_record *b, const char *const fields[2])
{
    if (a->kind != b->kind || b->deleted || b->body == NULL || uuid_equal(a->id, b->id))
        return false;
    for (int i = 0; i < 2; i++)
        if (!record_same(a->body, b->body, record_field(a->kind, fields[i])))
            return false;
    return true;
}

/* Of the schema's unique keys, those that the simulation's operations may hit; deferred to the
 * commit, so rows that are being written count in their final state. */
static bool unique(const struct sim_store *store, const struct store_writes *writes,
    const struct store_record *record)
{
    static const struct {
        Concert__Kind kind;
        const char *fields[2];
    } keys[] = {{CONCERT__KIND__ACTION, {"objective", "number"}},
        {CONCERT__KIND__SHARE, {"action", "party"}}};

    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
        if (record->deleted || record->kind->id != keys[k].kind)
            continue;
        for (size_t i = 0; i < store->n_slots; i++) {
            const struct store_record *other = final_row(store, writes, store->slots[i].id);

            if (other != NULL && same_fields(record, other, keys[k].fields))
                return false;
        }
        for (size_t j = 0; j < writes->n_records; j++)
            if (same_fields(record, &writes->records[j], keys[k].fields))
                return false;
    }
    return true;
}

/* The fields whose foreign key is to the typed table, so that what they name stays live; others
 * refer to the register, or no operation of the simulation touches them. */
static bool holds_live(const struct kind *kind, const char *name)
{
    return (kind->id == CONCERT__KIND__SHARE && strcmp(name, "action") == 0) ||
           (kind->id == CONCERT__KIND__ACTION && strcmp(name, "objective") == 0);
}

/* What the row's references name is there. */
static bool references_hold(const struct sim_store *store, const struct store_writes *writes,
    const struct store_record *record)
{
    for (unsigned i = 0; !record->deleted && i < record->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &record->kind->descriptor->fields[i];

        for (size_t j = 0;
             kinds_is_reference(record->kind, field) && j < record_count(record->body, field);
             j++) {
            const uint8_t *id = (const uint8_t *)record_get(record->body, field, j).data;
            const struct store_record *row = final_row(store, writes, id);

            if (row == NULL || (row->deleted && holds_live(record->kind, field->name)))
                return false;
        }
    }
    return true;
}

/* Nothing that is live holds what the batch deletes. */
static bool unused(const struct sim_store *store, const struct store_writes *writes,
    const struct store_record *gone)
{
    static const char *const names[] = {"action", "objective"};

    for (size_t i = 0; gone->deleted && i < store->n_slots; i++) {
        const struct store_record *row = final_row(store, writes, store->slots[i].id);

        for (size_t n = 0; row != NULL && !row->deleted && n < 2; n++) {
            const uint8_t *id = holds_live(row->kind, names[n])
                                    ? record_reference(row->body, row->kind, names[n])
                                    : NULL;

            if (id != NULL && uuid_equal(id, gone->id))
                return false;
        }
    }
    return true;
}

static void must(const struct sim_store *store, bool holds, const char *what)
{
    if (!holds)
        sim_world_fail(store->world, what);
}

static void write_change(struct sim_store *store, const struct store_change *change)
{
    struct store_change *entry = &store->log[store->head.seq];
    const struct store_record *row = sim_store_rows_get(store, change->id);

    must(store, store->head.seq < SIM_STORE_LOG, "the simulated log is full");
    must(store, change->seq == store->head.seq + 1, "a batch leaves a gap in the log");
    must(store, store->bad == SIM_STORE_NO_DEDUP || idmap_get(store->by_op, change->op_id) == NULL,
        "a batch writes an op_id that the log has");
    must(store, row == NULL || row->revision < change->revision,
        "a batch writes a revision that the record has");
    *entry = sim_store_rows_copy(change, store->arena);
    if (!idmap_put(store->by_op, entry->op_id, entry))
        abort();
    store->head.seq = change->seq;
    if (store->committed != NULL)
        store->committed(store->committed_arg, entry);
}

static struct slot *new_slot(struct sim_store *store, const uint8_t *id)
{
    struct slot *slot = &store->slots[store->n_slots++];

    must(store, store->n_slots < SIM_STORE_LOG, "the simulated register is full");
    memcpy(slot->id, id, UUID_SIZE);
    if (!idmap_put(store->by_id, slot->id, slot))
        abort();
    return slot;
}

static void write_record(struct sim_store *store, const struct store_record *record)
{
    struct slot *slot = slot_of(store, record->id);
    struct state *state = sim_store_alloc(store->arena, sizeof(*state));

    if (slot == NULL)
        slot = new_slot(store, record->id);
    must(store, record->seq <= store->head.seq && record->deleted == (record->body == NULL),
        "a batch writes a row that makes no sense");
    must(store,
        slot->newest == NULL || (slot->newest->record.kind == record->kind &&
                                    slot->newest->record.revision < record->revision),
        "a batch writes over a newer row");
    state->record = *record;
    state->record.body = sim_store_rows_body(record->kind, record->body, store->arena);
    memcpy(state->record.hash, store->log[record->seq - 1].hash, STORE_HASH_SIZE);
    state->older = slot->newest;
    slot->newest = state;
}

static void write_invitation(struct sim_store *store, const struct store_invitation *invitation)
{
    for (size_t i = 0; i < store->n_invitations; i++)
        if (memcmp(store->invitations[i].code_hash, invitation->code_hash, STORE_HASH_SIZE) == 0) {
            store->invitations[i] = *invitation;
            return;
        }
    must(store, store->n_invitations < SIM_STORE_INVITATIONS, "too many invitations");
    store->invitations[store->n_invitations++] = *invitation;
}

static void write_resolution(struct sim_store *store, const struct store_resolution *resolution)
{
    for (size_t i = 0; i < store->n_resolutions; i++)
        if (uuid_equal(store->resolutions[i].party, resolution->party) &&
            store->resolutions[i].year == resolution->year) {
            store->resolutions[i] = *resolution;
            return;
        }
    must(store, store->n_resolutions < SIM_STORE_INVITATIONS, "too many counters");
    store->resolutions[store->n_resolutions++] = *resolution;
}

/* As the constraints that are checked at commit would tell. */
static bool constraints_hold(const struct sim_store *store, const struct store_writes *writes,
    const struct store_record *record, struct error *error_r)
{
    bool live = references_hold(store, writes, record);

    if (!unique(store, writes, record))
        *error_r = error_make(CONCERT__CODE__EXISTS, "number", "unique", NULL);
    else if (!live || !unused(store, writes, record))
        *error_r = error_make(CONCERT__CODE__INVALID, "", live ? "in_use" : "reference", NULL);
    else
        return true;
    return false;
}

bool sim_store_rows_write(
    struct sim_store *store, const struct store_writes *writes, struct error *error_r)
{
    for (size_t i = 0; i < writes->n_records; i++)
        if (!constraints_hold(store, writes, &writes->records[i], error_r))
            return false;
    for (size_t i = 0; i < writes->n_changes; i++)
        write_change(store, &writes->changes[i]);
    for (size_t i = 0; i < writes->n_records; i++)
        write_record(store, &writes->records[i]);
    for (size_t i = 0; i < writes->n_invitations; i++)
        write_invitation(store, &writes->invitations[i]);
    for (size_t i = 0; i < writes->n_resolutions; i++)
        write_resolution(store, &writes->resolutions[i]);
    if (writes->n_changes > 0) {
        must(store, writes->head.seq == store->head.seq, "the head is not the log's end");
        store->head = writes->head;
    }
    return true;
}
