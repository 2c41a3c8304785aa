/* What waits in the outbox, shown as if it were accepted. */
#include <string.h>

#include "desk/desk_internal.h"
#include "replica/replica_outbox.h"

struct overlay {
    struct desk *desk;
    struct book *book;
    bool out_of_memory;
};

const char **desk_split_names(const char *names, struct arena *arena, size_t *count_r)
{
    size_t length = names == NULL ? 0 : strlen(names), most = 1;
    const char **list;
    char *copy = arena_copy(arena, names, length);

    *count_r = 0;
    for (size_t i = 0; i < length; i++)
        most += names[i] == ' ';
    list = arena_alloc(arena, most * sizeof(*list));
    if (copy == NULL || list == NULL)
        return NULL;
    for (char *name = copy; *name != '\0';) {
        size_t size = strcspn(name, " ");
        char *next = name[size] == '\0' ? name + size : name + size + 1;

        name[size] = '\0';
        if (size > 0)
            list[(*count_r)++] = name;
        name = next;
    }
    return list;
}

void desk_owner(const struct book *book, const struct kind *kind, const uint8_t id[UUID_SIZE],
    const ProtobufCMessage *body, uint8_t owner_r[UUID_SIZE])
{
    const uint8_t *reference;
    const struct book_entry *entry;

    memcpy(owner_r, uuid_none, UUID_SIZE);
    if (kind->owner == NULL)
        return;
    if (strcmp(kind->owner, "id") == 0) {
        memcpy(owner_r, id, UUID_SIZE);
        return;
    }
    reference = record_reference(body, kind, kind->owner);
    if (reference == NULL)
        return;
    entry = book_get(book, reference);
    if (entry != NULL)
        memcpy(owner_r, entry->owner, UUID_SIZE);
    else if (kinds_field(kind, kind->owner)->refs == KIND_BIT(PARTY))
        memcpy(owner_r, reference, UUID_SIZE);
}

/* Numbers are handles by themselves; the others have a provisional one. */
static const char *handle_of(const struct book_entry *entry, uint64_t number, struct arena *arena)
{
    for (size_t i = 0; entry->kind->prefix == NULL && i < entry->kind->n_fields; i++)
        if (entry->kind->fields[i].flags & KIND_NUMBER) {
            const char *text = book_text(entry, entry->kind->fields[i].name);

            if (text != NULL)
                return text;
        }
    if (entry->handle != NULL)
        return entry->handle;
    return arena_printf(arena, "~%llu", (unsigned long long)number);
}

static bool put_patched(struct overlay *overlay, const struct replica_operation *operation,
    struct book_entry *entry, const ProtobufCMessage *patch)
{
    struct arena *arena = book_arena(overlay->book);
    size_t n_clear;
    const char **clear = desk_split_names(operation->clear, arena, &n_clear);

    if (clear == NULL)
        return false;
    entry->body = record_patch(entry->kind, entry->body, patch, clear, n_clear, arena);
    if (entry->body == NULL)
        return false;
    entry->handle = handle_of(entry, operation->number, arena);
    entry->pending = true;
    entry->changed_at = operation->authored_at;
    memcpy(entry->changed_by, overlay->desk->identity.account, UUID_SIZE);
    desk_owner(overlay->book, entry->kind, entry->id, entry->body, entry->owner);
    return entry->handle != NULL && book_put(overlay->book, entry);
}

static struct book_entry new_entry(
    const struct overlay *overlay, const struct replica_operation *operation)
{
    struct book_entry entry = {
        .kind = kinds_get((Concert__Kind)operation->kind), .created_at = operation->authored_at};

    memcpy(entry.id, operation->id, UUID_SIZE);
    memcpy(entry.created_by, overlay->desk->identity.account, UUID_SIZE);
    return entry;
}

static bool fail_memory(struct overlay *overlay)
{
    overlay->out_of_memory = true;
    return false;
}

/* It had been accepted, and is sent again because the server's log came back from a backup: what
 * the copy has of the record may be newer, as somebody else's change that was made on it. */
static bool is_told_by_copy(
    const struct replica_operation *operation, const struct book_entry *known)
{
    return operation->again == REPLICA_AGAIN_RECEIPT && known != NULL && known->revision > 0 &&
           known->revision >= operation->base;
}

static bool put_operation(void *arg, const struct replica_operation *operation)
{
    struct overlay *overlay = arg;
    const struct book_entry *known = book_get(overlay->book, operation->id);
    struct book_entry entry = known == NULL ? new_entry(overlay, operation) : *known;
    const ProtobufCMessage *patch;

    if (entry.kind == NULL || (known == NULL && operation->base > 0))
        return true; /* nothing here to change: its creation was refused, or its kind is not known
                      */
    if (operation->base == 0 && !book_alias(overlay->book, operation->number, operation->id))
        return fail_memory(overlay);
    if (is_told_by_copy(operation, known))
        return true;
    if (operation->remove) {
        book_remove(overlay->book, operation->id);
        return true;
    }
    patch = protobuf_c_message_unpack(entry.kind->descriptor,
        arena_allocator(book_arena(overlay->book)), operation->patch_size, operation->patch);
    if (patch == NULL)
        return replica_damaged(overlay->desk->replica);
    return put_patched(overlay, operation, &entry, patch) || fail_memory(overlay);
}

bool desk_overlay(struct desk *desk, struct book *book, struct desk_why *why_r)
{
    struct overlay overlay = {.desk = desk, .book = book};
    unsigned states = REPLICA_STATE_BIT(REPLICA_WAITING) | REPLICA_STATE_BIT(REPLICA_SENT);

    if (replica_outbox(desk->replica, 0, states, put_operation, &overlay))
        return true;
    if (overlay.out_of_memory)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    return desk_fail_replica(why_r, replica_why(desk->replica));
}
