/* From the copy to the plan in memory. */
#include <string.h>

#include "desk/desk_internal.h"
#include "replica/replica_outbox.h"

struct loader {
    struct desk *desk;
    struct book *book;
    bool out_of_memory;
};

static void copy_id(uint8_t id_r[UUID_SIZE], const uint8_t *id)
{
    if (id != NULL)
        memcpy(id_r, id, UUID_SIZE);
}

static bool fail_memory(struct loader *loader)
{
    loader->out_of_memory = true;
    return false;
}

/* All but handle and body. False when this version does not know the kind. */
static bool read_envelope(const struct replica_record *record, struct book_entry *entry_r)
{
    *entry_r = (struct book_entry){.kind = kinds_get((Concert__Kind)record->kind),
        .revision = record->revision,
        .seq = record->seq,
        .created_at = record->created_at,
        .changed_at = record->changed_at};
    copy_id(entry_r->id, record->id);
    copy_id(entry_r->owner, record->owner);
    copy_id(entry_r->created_by, record->created_by);
    copy_id(entry_r->changed_by, record->changed_by);
    return entry_r->kind != NULL;
}

/* A kind of a later version stays in the copy: this one cannot show it. */
static bool load_record(void *arg, const struct replica_record *record)
{
    struct loader *loader = arg;
    struct arena *arena = book_arena(loader->book);
    struct book_entry entry;

    if (!read_envelope(record, &entry))
        return true;
    entry.handle = arena_copy(arena, record->handle, strlen(record->handle));
    entry.body = protobuf_c_message_unpack(
        entry.kind->descriptor, arena_allocator(arena), record->body_size, record->body);
    if (entry.body == NULL)
        return replica_damaged(loader->desk->replica);
    return (entry.handle != NULL && book_put(loader->book, &entry)) || fail_memory(loader);
}

static bool take_removed(void *arg, const struct replica_record *record)
{
    return read_envelope(record, arg);
}

bool desk_removed(struct desk *desk, const char *handle, struct book_entry *entry_r)
{
    *entry_r = (struct book_entry){.kind = NULL};
    if (!replica_removed(desk->replica, handle, take_removed, entry_r))
        return false;
    entry_r->handle = handle;
    return entry_r->kind != NULL;
}

static bool load_alias(void *arg, uint64_t number, const uint8_t id[UUID_SIZE])
{
    struct loader *loader = arg;

    return book_alias(loader->book, number, id) || fail_memory(loader);
}

/* One transaction: what the outbox holds and what the copy holds are of one moment. */
static bool load(struct loader *loader, struct desk_why *why_r)
{
    struct replica *replica = loader->desk->replica;

    if (!replica_begin(replica, REPLICA_READ) || !replica_records(replica, load_record, loader) ||
        !replica_created(replica, load_alias, loader))
        return loader->out_of_memory ? desk_fail(why_r, DESK_LIMIT, NULL)
                                     : desk_fail_replica(why_r, replica_why(replica));
    return desk_overlay(loader->desk, loader->book, why_r);
}

const struct book *desk_book(struct desk *desk, struct desk_why *why_r)
{
    struct loader loader = {.desk = desk};

    if (desk->book != NULL)
        return desk->book;
    loader.book = book_new();
    if (loader.book == NULL) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    if (!load(&loader, why_r))
        book_free(&loader.book);
    else if (!book_index(loader.book)) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        book_free(&loader.book);
    }
    replica_rollback(desk->replica);
    desk->book = loader.book;
    return desk->book;
}
