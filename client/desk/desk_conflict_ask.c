/*
 * The field's owner decides: what the coordination or the secretariat wrote into a committee's
 * record, and what clashed there, becomes a proposal to that committee.
 */
#include <sodium.h>
#include <string.h>

#include "desk/desk_conflict_internal.h"
#include "replica/replica_outbox.h"

#define ARENA_LIMIT ((size_t)64 << 20)

/* One operation to ask about, with what it takes to. */
struct asking {
    const struct replica_operation *stored;
    const struct kind *kind;
    const ProtobufCMessage *patch;
    const char **clear;
    size_t n_clear;
    struct record_names touched;
};

/* One record of the copy. */
struct found {
    struct arena *arena;
    const struct kind *kind; /* NULL: it is not there, or of no known kind */
    const ProtobufCMessage *body;
    uint8_t owner[UUID_SIZE];
};

/* One operation in conflict that asks nobody yet. */
struct clash {
    struct clash *next;
    struct replica_operation stored;
};

struct asker {
    struct desk *desk;
    struct arena *arena;
    struct clash *first, **end;
    bool out_of_memory;
};

/* The reason of a proposal whose operation has none. */
static const char *const crossed[][2] = {
    {"fr", "Changement fait pendant que le comité changeait la même chose : au comité de choisir."},
    {"en", "Written while the committee was changing the same thing: the committee chooses."},
};

static const char *sentence(const struct desk *desk)
{
    for (size_t i = 0; i < sizeof(crossed) / sizeof(crossed[0]); i++)
        if (strcmp(crossed[i][0], desk->identity.language) == 0)
            return crossed[i][1];
    return crossed[0][1];
}

/* The same every time it is made from the same operation: asking twice asks once. */
static void derive_id(const char *word, const uint8_t op_id[UUID_SIZE], uint8_t id_r[UUID_SIZE])
{
    uint8_t hash[crypto_generichash_BYTES];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, (const uint8_t *)word, strlen(word));
    crypto_generichash_update(&state, op_id, UUID_SIZE);
    crypto_generichash_final(&state, hash, sizeof(hash));
    memcpy(id_r, hash, UUID_SIZE);
    id_r[6] = (uint8_t)((id_r[6] & 0x0f) | 0x70);
    id_r[8] = (uint8_t)((id_r[8] & 0x3f) | 0x80);
}

/* --- is it the owner's to decide? --------------------------------------------------------------
 */

static bool take_found(void *arg, const struct replica_record *record)
{
    struct found *found = arg;

    found->kind = kinds_get((Concert__Kind)record->kind);
    if (record->owner != NULL)
        memcpy(found->owner, record->owner, UUID_SIZE);
    if (found->kind != NULL)
        found->body = protobuf_c_message_unpack(found->kind->descriptor,
            arena_allocator(found->arena), record->body_size, record->body);
    return true;
}

static bool find_record(
    const struct asker *asker, const uint8_t id[UUID_SIZE], struct found *found_r)
{
    *found_r = (struct found){.arena = asker->arena};
    return replica_record(asker->desk->replica, id, take_found, found_r);
}

/* The plan that the record hangs on is adopted: its structure is the coordination's. */
static bool is_adopted(const struct asker *asker, struct found found)
{
    for (int depth = 0; depth < 8 && found.body != NULL; depth++) {
        const uint8_t *parent;

        if (found.kind->id == CONCERT__KIND__PLAN) {
            const Concert__Plan *plan = (const Concert__Plan *)found.body;

            return plan->has_status && plan->status >= CONCERT__PLAN__STATUS__ADOPTED;
        }
        parent = found.kind->parent == NULL
                     ? NULL
                     : record_reference(found.body, found.kind, found.kind->parent);
        if (parent == NULL || !find_record(asker, parent, &found))
            return false;
    }
    return false;
}

/* What the owner may not set itself, or no proposal may hold, is not asked. */
static bool are_the_owners(
    const struct asker *asker, const struct asking *asking, const struct found *record)
{
    const unsigned never = KIND_PERSONAL | KIND_FIXED | KIND_SERVER | KIND_STAFF | KIND_COORDINATOR;
    bool adopted = is_adopted(asker, *record);

    for (size_t i = 0; i < asking->touched.count; i++) {
        unsigned flags = kinds_field(asking->kind, asking->touched.name[i])->flags;

        if (record_field(asking->kind, asking->touched.name[i]) == NULL || flags & never ||
            (flags & KIND_FROZEN && adopted))
            return false;
    }
    return asking->touched.count > 0;
}

/* The same as the server's rule "owner_decides". */
static bool is_askable(
    const struct asker *asker, const struct asking *asking, const struct found *record)
{
    const uint8_t *also = record->body == NULL || asking->kind->also == NULL
                              ? NULL
                              : record_reference(record->body, asking->kind, asking->kind->also);

    return record->body != NULL && asking->kind->readers == KIND_READ_ALL &&
           asking->kind->writers == KIND_WRITE_EDITORS && !asking->kind->append_only &&
           !uuid_equal(record->owner, uuid_none) &&
           !desk_conflict_ours(asker->desk, record->owner) &&
           (also == NULL || !desk_conflict_ours(asker->desk, also)) &&
           are_the_owners(asker, asking, record);
}

static bool read_operation(struct asker *asker, struct asking *asking)
{
    const struct replica_operation *stored = asking->stored;

    asking->kind = kinds_get((Concert__Kind)stored->kind);
    if (asking->kind == NULL)
        return true;
    asking->clear = desk_split_names(stored->clear, asker->arena, &asking->n_clear);
    asking->patch = protobuf_c_message_unpack(
        asking->kind->descriptor, arena_allocator(asker->arena), stored->patch_size, stored->patch);
    return asking->clear != NULL && asking->patch != NULL &&
           record_touched(asking->kind, asking->patch, asking->clear, asking->n_clear, asker->arena,
               &asking->touched);
}

/* --- the proposal ------------------------------------------------------------------------------
 */

static ProtobufCBinaryData bytes_of(const uint8_t *data, size_t size)
{
    return (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)data};
}

static uint8_t *pack_proposal(
    const struct asker *asker, const struct asking *asking, size_t *size_r)
{
    const struct replica_operation *stored = asking->stored;
    Concert__Proposal body = CONCERT__PROPOSAL__INIT;
    uint8_t *packed;

    body.has_subject = body.has_patch = body.has_operation = true;
    body.subject = bytes_of(stored->id, UUID_SIZE);
    body.patch = bytes_of(stored->patch, stored->patch_size);
    body.operation = bytes_of(stored->op_id, UUID_SIZE);
    body.clear = (char **)(uintptr_t)asking->clear;
    body.n_clear = asking->n_clear;
    body.has_seen = stored->seen != NULL;
    body.seen = bytes_of(stored->seen, stored->seen_size);
    body.reason = (char *)(uintptr_t)(stored->reason != NULL && stored->reason[0] != '\0'
                                          ? stored->reason
                                          : sentence(asker->desk));
    /* without what was seen the owner still has both sides; too large, it would not be asked */
    body.has_seen = body.has_seen && concert__proposal__get_packed_size(&body) <= RECORD_SIZE_MAX;
    *size_r = concert__proposal__get_packed_size(&body);
    packed = arena_alloc(asker->arena, *size_r + 1);
    if (packed != NULL)
        concert__proposal__pack(&body, packed);
    return packed;
}

static bool add_proposal(struct asker *asker, const struct asking *asking)
{
    struct replica *replica = asker->desk->replica;
    uint8_t id[UUID_SIZE], op_id[UUID_SIZE];
    struct replica_operation proposal = {.op_id = op_id,
        .kind = CONCERT__KIND__PROPOSAL,
        .id = id,
        .authored_at = asking->stored->authored_at};
    uint64_t number;
    bool found;

    derive_id("proposal", asking->stored->op_id, id);
    derive_id("push", asking->stored->op_id, op_id);
    proposal.patch = pack_proposal(asker, asking, &proposal.patch_size);
    if (proposal.patch == NULL) {
        asker->out_of_memory = true;
        return false;
    }
    if (!replica_number(replica, op_id, &number, &found) ||
        (!found && !replica_add(replica, &proposal, &number)))
        return false;
    return replica_ask(replica, asking->stored->number, id);
}

static bool ask_one(struct asker *asker, const struct replica_operation *stored)
{
    struct asking asking = {.stored = stored};
    struct found record;

    if (!read_operation(asker, &asking)) {
        asker->out_of_memory = true;
        return false;
    }
    if (asking.kind == NULL)
        return true;
    return find_record(asker, stored->id, &record) &&
           (!is_askable(asker, &asking, &record) || add_proposal(asker, &asking));
}

/* --- which are in conflict ---------------------------------------------------------------------
 */

static const uint8_t *keep(struct asker *asker, const uint8_t *data, size_t size)
{
    const uint8_t *copy =
        data == NULL ? NULL : (const uint8_t *)arena_copy(asker->arena, data, size);

    asker->out_of_memory = asker->out_of_memory || (data != NULL && copy == NULL);
    return copy;
}

/* A statement is under way: what is found is kept, and asked about after it. */
static bool take_conflict(void *arg, const struct replica_operation *stored)
{
    struct asker *asker = arg;
    struct clash *clash;
    struct replica_operation *to;

    if (stored->proposal != NULL || stored->remove || stored->patch == NULL || stored->base == 0)
        return true;
    clash = arena_alloc(asker->arena, sizeof(*clash));
    if (clash == NULL) {
        asker->out_of_memory = true;
        return false;
    }
    *asker->end = clash;
    asker->end = &clash->next;
    to = &clash->stored;
    *to = *stored;
    to->op_id = keep(asker, stored->op_id, UUID_SIZE);
    to->id = keep(asker, stored->id, UUID_SIZE);
    to->patch = keep(asker, stored->patch, stored->patch_size);
    to->seen = keep(asker, stored->seen, stored->seen_size);
    to->clear = stored->clear == NULL ? NULL
                                      : (const char *)keep(asker, (const uint8_t *)stored->clear,
                                            strlen(stored->clear));
    to->reason = stored->reason == NULL ? NULL
                                        : (const char *)keep(asker, (const uint8_t *)stored->reason,
                                              strlen(stored->reason));
    return !asker->out_of_memory;
}

static bool is_staff(const struct desk *desk)
{
    return desk->identity.role == CONCERT__ACCOUNT__ROLE__COORDINATOR ||
           desk->identity.role == CONCERT__ACCOUNT__ROLE__SECRETARIAT;
}

bool desk_conflict_ask(struct desk *desk)
{
    struct asker asker = {.desk = desk};
    bool good;

    if (!is_staff(desk))
        return true;
    asker.end = &asker.first;
    asker.arena = arena_new(ARENA_LIMIT);
    good = asker.arena != NULL && replica_outbox(desk->replica, 0,
                                      REPLICA_STATE_BIT(REPLICA_CONFLICT), take_conflict, &asker);
    for (const struct clash *clash = asker.first; good && clash != NULL; clash = clash->next)
        good = ask_one(&asker, &clash->stored);
    arena_free(&asker.arena);
    return good;
}
