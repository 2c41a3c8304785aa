#include "book/book_past.h"

#include <string.h>

#include "book/book_internal.h"
#include "date.h"

#define NO_HANDLE "–"

struct replay {
    struct book *book;
    const struct book *now;
};

static void copy_id(uint8_t id_r[UUID_SIZE], const Concert__Change *change)
{
    if (change->has_account && change->account.len == UUID_SIZE)
        memcpy(id_r, change->account.data, UUID_SIZE);
}

/* A number is its record's handle; the others have the one that they have today. */
static const char *handle_of(const struct replay *replay, const struct book_entry *entry)
{
    const struct book_entry *now = replay->now == NULL ? NULL : book_get(replay->now, entry->id);

    for (size_t i = 0; entry->kind->prefix == NULL && i < entry->kind->n_fields; i++)
        if (entry->kind->fields[i].flags & KIND_NUMBER) {
            const char *number = book_text(entry, entry->kind->fields[i].name);

            if (number != NULL)
                return number;
        }
    if (now == NULL)
        return NO_HANDLE;
    return arena_copy(replay->book->arena, now->handle, strlen(now->handle));
}

static struct book_entry new_entry(
    const struct replay *replay, const struct kind *kind, const Concert__Change *change)
{
    struct book_entry entry = {.kind = kind, .created_at = change->at};
    const struct book_entry *now =
        replay->now == NULL ? NULL : book_get(replay->now, change->id.data);

    memcpy(entry.id, change->id.data, UUID_SIZE);
    copy_id(entry.created_by, change);
    if (now != NULL)
        memcpy(entry.owner, now->owner, UUID_SIZE);
    return entry;
}

/* The fields named that the patch lacks were emptied, or erased since: either way they are absent.
 */
static bool put_change(
    const struct replay *replay, const struct kind *kind, const Concert__Change *change)
{
    struct arena *arena = replay->book->arena;
    const struct book_entry *known = book_get(replay->book, change->id.data);
    struct book_entry entry = known == NULL ? new_entry(replay, kind, change) : *known;
    struct error error;
    const uint8_t *bytes =
        (const uint8_t *)arena_copy(arena, change->patch.data, change->patch.len);
    ProtobufCMessage *patch =
        bytes == NULL ? NULL : record_decode(kind, bytes, change->patch.len, arena, &error);

    if (patch == NULL)
        patch = record_new(kind, arena);
    if (patch == NULL)
        return false;
    entry.body = record_patch(
        kind, entry.body, patch, (const char *const *)change->fields, change->n_fields, arena);
    entry.revision = change->revision;
    entry.seq = change->seq;
    entry.changed_at = change->at;
    copy_id(entry.changed_by, change);
    if (entry.body == NULL || (entry.handle = handle_of(replay, &entry)) == NULL)
        return false;
    return book_put(replay->book, &entry);
}

static bool take_change(const struct replay *replay, const Concert__Change *change)
{
    const struct kind *kind = kinds_get(change->kind);

    if (kind == NULL || change->id.len != UUID_SIZE)
        return true; /* of a later version: this one cannot show it */
    if (!change->delete_)
        return put_change(replay, kind, change);
    book_remove(replay->book, change->id.data);
    return true;
}

struct book *book_past_make(const struct book_past *past, uint64_t seq, const struct book *now)
{
    struct replay replay = {.book = book_new(), .now = now};
    bool good = replay.book != NULL;

    for (size_t i = 0; good && i < past->count && past->changes[i]->seq <= seq; i++)
        good = take_change(&replay, past->changes[i]);
    if (!good || !book_index(replay.book))
        book_free(&replay.book);
    return replay.book;
}

const Concert__Change *book_past_on(const struct book_past *past, int32_t day)
{
    for (size_t i = past->count; i > 0; i--)
        if (date_of_time(past->changes[i - 1]->at, NULL) <= day)
            return past->changes[i - 1];
    return NULL;
}

const Concert__Change *book_past_at(const struct book_past *past, uint64_t seq)
{
    for (size_t i = past->count; i > 0; i--)
        if (past->changes[i - 1]->seq <= seq)
            return past->changes[i - 1];
    return NULL;
}

static bool touches(const Concert__Change *change, const char *field)
{
    if (field == NULL || change->delete_)
        return true;
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i], field) == 0)
            return true;
    return false;
}

static bool is_of(const Concert__Change *change, const uint8_t id[UUID_SIZE])
{
    return change->id.len == UUID_SIZE && uuid_equal(change->id.data, id);
}

const Concert__Change *book_past_touch(const struct book_past *past, uint64_t after, uint64_t upto,
    const uint8_t id[UUID_SIZE], const char *field)
{
    for (size_t i = past->count; i > 0 && past->changes[i - 1]->seq > after; i--) {
        const Concert__Change *change = past->changes[i - 1];

        if (change->seq <= upto && is_of(change, id) && touches(change, field))
            return change;
    }
    return NULL;
}

const Concert__Change *book_past_creation(const struct book_past *past, const uint8_t id[UUID_SIZE])
{
    for (size_t i = 0; i < past->count; i++)
        if (is_of(past->changes[i], id))
            return past->changes[i]->revision <= 1 ? past->changes[i] : NULL;
    return NULL;
}
