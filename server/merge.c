#include "merge.h"

#include <string.h>

static bool unseen(
    const struct store_change *change, uint64_t base, const uint8_t device[UUID_SIZE])
{
    return change->revision > base &&
           (!uuid_equal(change->device, device) || uuid_equal(device, uuid_none));
}

static bool sets(const struct store_change *change, const char *name)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i], name) == 0)
            return true;
    return false;
}

/* The newest change since the base that set the field, when it is unseen: an own one above it means
 * that the author wrote over the others' knowingly. */
static const struct store_change *newest(const struct store_change *const *changes,
    size_t n_changes, uint64_t base, const uint8_t device[UUID_SIZE], const char *name)
{
    for (size_t i = n_changes; i > 0; i--)
        if (changes[i - 1]->revision > base && sets(changes[i - 1], name))
            return unseen(changes[i - 1], base, device) ? changes[i - 1] : NULL;
    return NULL;
}

static const ProtobufCMessage *only(const struct kind *kind, const ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    ProtobufCMessage *one = record_new(kind, arena);

    if (one != NULL && field != NULL)
        record_copy(one, message, field);
    return one;
}

/* Unknown fields cannot be compared by value: a later version's field set on both sides clashes. */
static bool agree(const ProtobufCMessage *now, const ProtobufCMessage *after,
    const ProtobufCFieldDescriptor *field)
{
    return field != NULL && record_same(now, after, field);
}

size_t merge_clashes(const struct kind *kind, const ProtobufCMessage *now,
    const ProtobufCMessage *after, const struct record_names *touched,
    const struct store_change *const *changes, size_t n_changes, uint64_t base,
    const uint8_t device[UUID_SIZE], struct arena *arena, const struct merge_clash **clashes_r,
    bool *unseen_r)
{
    struct merge_clash *clashes = arena_alloc(arena, (touched->count + 1) * sizeof(*clashes));
    size_t count = 0;

    *unseen_r = false;
    if (clashes == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < n_changes; i++)
        *unseen_r |= unseen(changes[i], base, device);
    for (size_t i = 0; *unseen_r && i < touched->count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(kind, touched->name[i]);
        const struct store_change *change =
            newest(changes, n_changes, base, device, touched->name[i]);

        if (change == NULL || agree(now, after, field))
            continue;
        clashes[count] =
            (struct merge_clash){touched->name[i], only(kind, now, field, arena), change};
        if (clashes[count++].theirs == NULL)
            return SIZE_MAX;
    }
    *clashes_r = clashes;
    return count;
}
