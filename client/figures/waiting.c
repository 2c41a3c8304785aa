#include "figures/waiting.h"

#include <stdlib.h>
#include <string.h>

static const Concert__Quarantine *body_of(const struct book_entry *entry)
{
    return (const Concert__Quarantine *)entry->body;
}

bool waiting_is_open(const struct book_entry *entry)
{
    return book_number(entry, "status", CONCERT__QUARANTINE__STATUS__WAITING) ==
           CONCERT__QUARANTINE__STATUS__WAITING;
}

static int compare_bytes(ProtobufCBinaryData a, ProtobufCBinaryData b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

bool waiting_together(const struct book_entry *a, const struct book_entry *b)
{
    const Concert__Quarantine *one = body_of(a), *two = body_of(b);

    return one->part > 0 && one->part == two->part && compare_bytes(one->device, two->device) == 0;
}

int waiting_compare(const void *a, const void *b)
{
    const struct book_entry *one = *(const struct book_entry *const *)a;
    const struct book_entry *two = *(const struct book_entry *const *)b;
    int devices = compare_bytes(body_of(one)->device, body_of(two)->device);

    if (devices != 0)
        return devices;
    if (body_of(one)->rank != body_of(two)->rank)
        return body_of(one)->rank < body_of(two)->rank ? -1 : 1;
    return book_compare_handles(one->handle, two->handle);
}

const struct book_entry *const *waiting_list(
    const struct book *book, struct arena *arena, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *list = book_list(book, CONCERT__KIND__QUARANTINE, &count);
    const struct book_entry **open = arena_alloc(arena, (count + 1) * sizeof(*open));

    *count_r = 0;
    for (size_t i = 0; open != NULL && i < count; i++)
        if (waiting_is_open(list[i]))
            open[(*count_r)++] = list[i];
    if (*count_r > 1)
        qsort(open, *count_r, sizeof(*open), waiting_compare);
    return open;
}

bool waiting_lacks_file(const struct waiting *waiting)
{
    return waiting->kind != NULL && waiting->kind->id == CONCERT__KIND__DOCUMENT &&
           waiting->base == 0;
}

bool waiting_is_so(const struct waiting *waiting)
{
    if (waiting->base == 0 || waiting->removes || waiting->kind == NULL ||
        waiting->target == NULL || waiting->target->kind != waiting->kind)
        return false;
    for (size_t i = 0; i < waiting->fields.count; i++) {
        const ProtobufCFieldDescriptor *field =
            record_field(waiting->kind, waiting->fields.name[i]);

        if (field == NULL || !record_same(waiting->patch, waiting->target->body, field))
            return false;
    }
    return true;
}

/* Bytes that are no message of the kind: as if nothing had been asked. */
static const ProtobufCMessage *decode(
    const struct kind *kind, ProtobufCBinaryData bytes, struct arena *arena)
{
    static const uint8_t none[1];
    struct error error;
    const ProtobufCMessage *message =
        record_decode(kind, bytes.data == NULL ? none : bytes.data, bytes.len, arena, &error);

    return message != NULL ? message : record_new(kind, arena);
}

bool waiting_read(const struct book *book, const struct book_entry *entry, struct arena *arena,
    struct waiting *waiting_r)
{
    const Concert__Quarantine *body = body_of(entry);

    *waiting_r = (struct waiting){.entry = entry,
        .kind = body->target_kind == NULL ? NULL : kinds_by_name(body->target_kind),
        .base = body->base_revision,
        .removes = body->has_removes && body->removes,
        .clear = (const char *const *)body->clear,
        .n_clear = body->n_clear,
        .reason = body->reason,
        .authored_at = body->authored_at,
        .part = body->part};
    if (body->target.len == UUID_SIZE)
        memcpy(waiting_r->id, body->target.data, UUID_SIZE);
    waiting_r->target = book_get(book, waiting_r->id);
    waiting_r->gone = waiting_r->base > 0 && waiting_r->target == NULL;
    if (waiting_r->kind == NULL)
        return true;
    waiting_r->patch = decode(waiting_r->kind, body->patch, arena);
    if (waiting_r->patch == NULL)
        return false;
    if (body->has_seen && (waiting_r->seen = decode(waiting_r->kind, body->seen, arena)) == NULL)
        return false;
    return waiting_r->removes || record_touched(waiting_r->kind, waiting_r->patch, waiting_r->clear,
                                     waiting_r->n_clear, arena, &waiting_r->fields);
}
