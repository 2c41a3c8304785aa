/* One record, encoded once for all who read it. */
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "frame.h"

#define ENTRY_ARENA ((size_t)8 << 20)

/* A shallow copy without the personal fields. */
static ProtobufCMessage *without_personal(
    const struct kind *kind, const ProtobufCMessage *body, struct arena *arena)
{
    ProtobufCMessage *open = record_new(kind, arena);

    for (unsigned i = 0; open != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (!(kinds_field(kind, field->name)->flags & KIND_PERSONAL))
            record_copy(open, body, field);
    }
    return open;
}

#define ID(bytes)                                                                                  \
    (ProtobufCBinaryData)                                                                          \
    {                                                                                              \
        UUID_SIZE, (uint8_t *)(bytes)                                                              \
    }

static void envelope(const struct store_record *record, Concert__Record *message_r)
{
    concert__record__init(message_r);
    message_r->has_id = message_r->has_kind = message_r->has_revision = message_r->has_seq = true;
    message_r->id = ID(record->id);
    message_r->kind = record->kind->id;
    message_r->handle = (char *)record->handle;
    message_r->revision = record->revision;
    message_r->seq = record->seq;
    message_r->has_owner = !uuid_equal(record->owner, uuid_none);
    message_r->owner = ID(record->owner);
    message_r->has_created_at = message_r->has_changed_at = true;
    message_r->created_at = record->created_at;
    message_r->changed_at = record->changed_at;
    message_r->has_created_by = message_r->has_changed_by = true;
    message_r->created_by = ID(record->created_by);
    message_r->changed_by = ID(record->changed_by);
    message_r->has_deleted = record->deleted;
    message_r->deleted = record->deleted;
}

/* Tag (field 1 of Page, length-delimited), length, record. */
static uint8_t *encode(const struct store_record *record, const ProtobufCMessage *body,
    struct arena *arena, size_t *size_r)
{
    Concert__Record message;
    uint8_t head[11] = {0x0a}, *bytes;
    size_t size, prefix;

    envelope(record, &message);
    if (body != NULL) {
        message.has_body = true;
        message.body.data = record_encode(body, arena, &message.body.len);
        if (message.body.data == NULL)
            return NULL;
    }
    size = concert__record__get_packed_size(&message);
    prefix = 1 + frame_varint(head + 1, size);
    bytes = malloc(prefix + size);
    if (bytes == NULL)
        return NULL;
    memcpy(bytes, head, prefix);
    concert__record__pack(&message, bytes + prefix);
    *size_r = prefix + size;
    return bytes;
}

static const uint8_t *holder(const struct store_record *record)
{
    const uint8_t *account = NULL;

    if (record->kind->id == CONCERT__KIND__ACCOUNT)
        return record->id;
    if (record->kind->id == CONCERT__KIND__DEVICE && record->body != NULL)
        account = record_reference(record->body, record->kind, "account");
    return account == NULL ? uuid_none : account;
}

static const uint8_t *second_party(const struct store_record *record)
{
    const uint8_t *party = NULL;

    if (record->kind->also != NULL && record->body != NULL)
        party = record_reference(record->body, record->kind, record->kind->also);
    return party == NULL ? uuid_none : party;
}

bool feed_entry_make(const struct store_record *record, struct feed_entry *entry_r)
{
    struct arena *arena = arena_new(ENTRY_ARENA);
    const ProtobufCMessage *open = record->body;

    *entry_r = (struct feed_entry){.seq = record->seq, .kind = record->kind};
    memcpy(entry_r->hash, record->hash, STORE_HASH_SIZE);
    memcpy(entry_r->id, record->id, UUID_SIZE);
    memcpy(entry_r->owner, record->owner, UUID_SIZE);
    memcpy(entry_r->also, second_party(record), UUID_SIZE);
    memcpy(entry_r->holder, holder(record), UUID_SIZE);
    if (arena != NULL)
        entry_r->full = encode(record, record->body, arena, &entry_r->full_size);
    entry_r->open = entry_r->full;
    entry_r->open_size = entry_r->full_size;
    if (entry_r->full != NULL && open != NULL && kinds_has_personal(record->kind)) {
        open = without_personal(record->kind, record->body, arena);
        entry_r->open = open == NULL ? NULL : encode(record, open, arena, &entry_r->open_size);
    }
    arena_free(&arena);
    if (entry_r->full == NULL || entry_r->open == NULL)
        feed_entry_clear(entry_r);
    return entry_r->full != NULL;
}

void feed_entry_clear(struct feed_entry *entry)
{
    if (entry->open != entry->full)
        free(entry->open);
    free(entry->full);
    entry->full = entry->open = NULL;
    entry->full_size = entry->open_size = 0;
}

const uint8_t *feed_entry_view(
    const struct feed_entry *entry, const struct policy_actor *actor, size_t *size_r)
{
    struct policy_question question = {.role = actor->role,
        .act = POLICY_READ,
        .kind = entry->kind,
        .also = policy_owns(actor, entry->also),
        .own = policy_owns(actor, entry->owner) || uuid_equal(entry->holder, actor->account)};

    if (!policy_allows(&question))
        return NULL;
    question.flags = KIND_PERSONAL;
    *size_r = policy_allows(&question) ? entry->full_size : entry->open_size;
    return policy_allows(&question) ? entry->full : entry->open;
}
