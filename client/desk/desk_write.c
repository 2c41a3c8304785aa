/* The pencil: changes are checked, put in the outbox on the disk, then sent. */
#include <stdio.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "schedule_record.h"

#define FRAME_SPARE ((size_t)4096)

struct writer {
    struct desk *desk;
    struct arena *arena;
    const struct book *book;
    const struct desk_change *changes;
    struct replica_operation *operations;
    size_t count;
    size_t bytes; /* of all patches and words */
    struct desk_why *why_r;
};

static bool fail_memory(struct writer *writer)
{
    return desk_fail(writer->why_r, DESK_LIMIT, NULL);
}

static bool refuse(struct writer *writer, struct error error)
{
    desk_fail(writer->why_r, DESK_ANSWER, NULL);
    writer->why_r->error = error;
    return false;
}

/* A record that an earlier change of the same write creates. */
static const struct replica_operation *created_before(
    const struct writer *writer, size_t index, const uint8_t id[UUID_SIZE])
{
    for (size_t i = index; i > 0; i--)
        if (writer->operations[i - 1].base == 0 && uuid_equal(writer->operations[i - 1].id, id))
            return &writer->operations[i - 1];
    return NULL;
}

/* A change to what this home created itself, and the server has not told of yet, is based on the
 * creation: revision 1. */
static uint64_t base_of(const struct writer *writer, size_t index, const struct book_entry *known)
{
    const struct desk_change *change = &writer->changes[index];

    if (change->base == 0 && ((known != NULL && known->revision == 0) ||
                                 created_before(writer, index, change->id) != NULL))
        return 1;
    return change->base;
}

/* A patch of our own, with what follows from it. */
static ProtobufCMessage *complete_patch(struct writer *writer, const struct desk_change *change,
    bool create, struct record_names *clear)
{
    ProtobufCMessage *patch =
        record_patch(change->kind, NULL, change->patch, NULL, 0, writer->arena);

    for (size_t i = 0; i < change->n_clear; i++)
        if (clear->count < sizeof(clear->name) / sizeof(clear->name[0]))
            clear->name[clear->count++] = change->clear[i];
    if (patch == NULL || !schedule_record_fill(patch, create, writer->arena, clear))
        return NULL;
    return patch;
}

/* Checks the patch, and the record that it leads to where that can be told here. */
static bool check(struct writer *writer, const struct desk_change *change,
    const struct book_entry *known, bool create, const ProtobufCMessage *patch,
    const struct record_names *clear)
{
    struct error error = {0};
    const ProtobufCMessage *whole;

    if (!record_check(change->kind, patch, create, &error))
        return refuse(writer, error);
    for (size_t i = 0; i < clear->count; i++)
        if (clear->name[i][0] != '#' && record_field(change->kind, clear->name[i]) == NULL)
            return refuse(
                writer, error_make(CONCERT__CODE__INVALID, clear->name[i], "field", NULL));
    if (known == NULL)
        return true;
    whole =
        record_patch(change->kind, known->body, patch, clear->name, clear->count, writer->arena);
    if (whole == NULL)
        return fail_memory(writer);
    return record_check(change->kind, whole, true, &error) || refuse(writer, error);
}

static const char *join_names(const struct record_names *names, struct arena *arena)
{
    size_t size = 1, at = 0;
    char *text;

    for (size_t i = 0; i < names->count; i++)
        size += strlen(names->name[i]) + 1;
    text = arena_alloc(arena, size);
    for (size_t i = 0; text != NULL && i < names->count; i++) {
        size_t length = strlen(names->name[i]);

        if (i > 0)
            text[at++] = ' ';
        memcpy(text + at, names->name[i], length);
        at += length;
    }
    return text;
}

static bool encode(struct writer *writer, const ProtobufCMessage *patch,
    const struct record_names *clear, struct replica_operation *operation)
{
    operation->patch = record_encode(patch, writer->arena, &operation->patch_size);
    if (operation->patch == NULL)
        return fail_memory(writer);
    if (clear->count == 0)
        return true;
    operation->clear = join_names(clear, writer->arena);
    return operation->clear != NULL || fail_memory(writer);
}

static bool prepare_patch(struct writer *writer, const struct desk_change *change,
    const struct book_entry *known, struct replica_operation *operation)
{
    bool create = operation->base == 0;
    struct record_names clear = {.count = 0};
    ProtobufCMessage *patch = complete_patch(writer, change, create, &clear);

    if (patch == NULL)
        return fail_memory(writer);
    return check(writer, change, known, create, patch, &clear) &&
           encode(writer, patch, &clear, operation);
}

static bool prepare(struct writer *writer, size_t index)
{
    const struct desk_change *change = &writer->changes[index];
    const struct book_entry *known = book_get(writer->book, change->id);
    struct replica_operation *operation = &writer->operations[index];
    int64_t now = desk_now();
    uint8_t *op_id = arena_alloc(writer->arena, UUID_SIZE);

    if (op_id == NULL)
        return fail_memory(writer);
    uuid_make(now / 1000, op_id);
    operation->op_id = op_id;
    operation->kind = (uint32_t)change->kind->id;
    operation->id = change->id;
    operation->base = base_of(writer, index, known);
    operation->remove = change->remove;
    operation->reason = change->reason;
    operation->authored_at = now;
    if (operation->base > 0 && known == NULL && created_before(writer, index, change->id) == NULL)
        return refuse(writer, error_make(CONCERT__CODE__NOT_FOUND, "id", NULL, NULL));
    if (!change->remove && !prepare_patch(writer, change, known, operation))
        return false;
    writer->bytes += operation->patch_size + 128 +
                     (operation->clear == NULL ? 0 : 2 * strlen(operation->clear)) +
                     (operation->reason == NULL ? 0 : strlen(operation->reason));
    return true;
}

static bool too_large(struct writer *writer, uint32_t limit, const char *field)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", limit);
    return refuse(writer, error_make(CONCERT__CODE__TOO_LARGE, field, "size", text));
}

/* What could never be sent is not written down. */
static bool check_size(struct writer *writer, bool atomic)
{
    const struct desk *desk = writer->desk;

    if (atomic && writer->count > desk->limit_operations)
        return too_large(writer, desk->limit_operations, "operations");
    if (atomic && writer->bytes + FRAME_SPARE > desk->limit_frame)
        return too_large(writer, desk->limit_frame, "");
    for (size_t i = 0; i < writer->count; i++)
        if (writer->operations[i].patch_size + FRAME_SPARE > desk->limit_frame)
            return too_large(writer, desk->limit_frame, "");
    return true;
}

static bool prepare_all(struct writer *writer, bool atomic)
{
    writer->operations =
        arena_alloc(writer->arena, (writer->count + 1) * sizeof(*writer->operations));
    if (writer->operations == NULL)
        return fail_memory(writer);
    for (size_t i = 0; i < writer->count; i++)
        if (!prepare(writer, i))
            return false;
    for (size_t i = 0; atomic && writer->count > 1 && i < writer->count; i++)
        writer->operations[i].push = writer->operations[0].op_id;
    return check_size(writer, atomic);
}

/* On the disk when it is true. *first_r: the number of the first. */
static bool record(struct writer *writer, uint64_t *first_r)
{
    struct replica *replica = writer->desk->replica;
    uint64_t number;
    bool good = replica_begin(replica, REPLICA_DURABLE);

    for (size_t i = 0; good && i < writer->count; i++) {
        good = replica_add(replica, &writer->operations[i], &number);
        if (i == 0)
            *first_r = number;
    }
    if (good && replica_commit(replica))
        return true;
    replica_rollback(replica);
    return desk_fail_replica(writer->why_r, replica_why(replica));
}

bool desk_write(struct desk *desk, const struct desk_change *changes, size_t count, bool atomic,
    const struct desk_operation **operations_r, struct desk_why *why_r)
{
    struct writer writer = {.desk = desk, .changes = changes, .count = count, .why_r = why_r};
    struct desk_why ignored;
    uint64_t first = 0;
    size_t found = 0;
    bool good;

    *operations_r = NULL;
    writer.arena = desk_arena(why_r);
    writer.book = writer.arena == NULL ? NULL : desk_book(desk, why_r);
    good = writer.book != NULL && prepare_all(&writer, atomic) && record(&writer, &first);
    if (good) {
        desk_forget_book(desk);
        desk_exchange_after(desk, why_r);
        good = desk_read_outbox(desk, first, ~0u, writer.arena, operations_r, &found, &ignored) &&
               found >= count;
        if (!good)
            *why_r = ignored;
    }
    desk_hand_out(desk, writer.arena);
    return good;
}
