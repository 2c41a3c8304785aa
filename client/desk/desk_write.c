/* The pencil: changes are checked, put in the outbox on the disk, then sent. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_internal.h"
#include "replica/replica_outbox.h"
#include "schedule_record.h"

#define FRAME_SPARE ((size_t)4096)

struct writer {
    struct desk *desk;
    struct arena *arena;
    const struct book *book;
    const struct desk_writing *writing;
    const struct desk_change *changes;
    struct replica_operation *operations;
    const ProtobufCMessage **after; /* the record after each change; NULL: gone, or not known */
    size_t count;
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

/* The record as its author saw it before change `index`: the book with the changes of this write
 * before it. NULL when there is none. */
static const ProtobufCMessage *before(
    const struct writer *writer, size_t index, const struct book_entry *known)
{
    for (size_t i = index; i > 0; i--)
        if (uuid_equal(writer->operations[i - 1].id, writer->changes[index].id))
            return writer->after[i - 1];
    return known == NULL ? NULL : known->body;
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

/* Checks the patch, and the record that it leads to where that can be told here: *after_r. */
static bool check(struct writer *writer, const struct desk_change *change,
    const ProtobufCMessage *now, bool create, const ProtobufCMessage *patch,
    const struct record_names *clear, const ProtobufCMessage **after_r)
{
    struct error error = {0};

    if (!record_check(change->kind, patch, false, &error))
        return refuse(writer, error);
    for (size_t i = 0; i < clear->count; i++)
        if (clear->name[i][0] != '#' && record_field(change->kind, clear->name[i]) == NULL)
            return refuse(
                writer, error_make(CONCERT__CODE__INVALID, clear->name[i], "field", NULL));
    if (now == NULL && !create)
        return true;
    *after_r = record_patch(change->kind, now, patch, clear->name, clear->count, writer->arena);
    if (*after_r == NULL)
        return fail_memory(writer);
    return record_check(change->kind, *after_r, true, &error) || refuse(writer, error);
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

/* What the author saw in the fields that the patch and `clear` name; of a removal, in all. */
static bool note_seen(struct writer *writer, const struct kind *kind, const ProtobufCMessage *now,
    const ProtobufCMessage *patch, const struct record_names *clear,
    struct replica_operation *operation)
{
    ProtobufCMessage *seen = record_new(kind, writer->arena);
    struct record_names touched = {.count = 0};

    if (seen == NULL || (patch != NULL && !record_touched(kind, patch, clear->name, clear->count,
                                              writer->arena, &touched)))
        return fail_memory(writer);
    for (size_t i = 0; i < touched.count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(kind, touched.name[i]);

        if (field != NULL)
            record_copy(seen, now, field);
    }
    operation->seen =
        record_encode(patch == NULL ? now : seen, writer->arena, &operation->seen_size);
    return operation->seen != NULL || fail_memory(writer);
}

static bool prepare_patch(struct writer *writer, size_t index, const ProtobufCMessage *now,
    struct replica_operation *operation)
{
    const struct desk_change *change = &writer->changes[index];
    bool create = operation->base == 0;
    struct record_names clear = {.count = 0};
    ProtobufCMessage *patch = complete_patch(writer, change, create, &clear);

    if (patch == NULL)
        return fail_memory(writer);
    if (!check(writer, change, now, create, patch, &clear, &writer->after[index]) ||
        !encode(writer, patch, &clear, operation))
        return false;
    if (change->seen != NULL)
        now = change->seen;
    return create || now == NULL || note_seen(writer, change->kind, now, patch, &clear, operation);
}

static bool note_resolution(
    struct writer *writer, size_t index, struct replica_operation *operation)
{
    const Concert__Resolution *resolution =
        writer->writing->resolutions == NULL ? NULL : writer->writing->resolutions[index];
    uint8_t *bytes;

    if (resolution == NULL)
        return true;
    operation->resolution_size = concert__resolution__get_packed_size(resolution);
    bytes = arena_alloc(writer->arena, operation->resolution_size + 1);
    if (bytes == NULL)
        return fail_memory(writer);
    concert__resolution__pack(resolution, bytes);
    operation->resolution = bytes;
    return true;
}

static size_t size_of(const struct replica_operation *operation)
{
    return operation->patch_size + operation->seen_size + operation->resolution_size + 128 +
           (operation->clear == NULL ? 0 : 2 * strlen(operation->clear)) +
           (operation->reason == NULL ? 0 : strlen(operation->reason));
}

static bool prepare(struct writer *writer, size_t index)
{
    const struct desk_change *change = &writer->changes[index];
    const struct book_entry *known = book_get(writer->book, change->id);
    struct replica_operation *operation = &writer->operations[index];
    const ProtobufCMessage *now;
    int64_t at = clock_now();
    uint8_t *op_id = arena_alloc(writer->arena, UUID_SIZE);

    if (op_id == NULL)
        return fail_memory(writer);
    uuid_make(at / 1000, op_id);
    operation->op_id = op_id;
    operation->kind = (uint32_t)change->kind->id;
    operation->id = change->id;
    operation->base = base_of(writer, index, known);
    operation->remove = change->remove;
    operation->reason = change->reason;
    operation->authored_at = at;
    if (operation->base > 0 && known == NULL && created_before(writer, index, change->id) == NULL)
        return refuse(writer, error_make(CONCERT__CODE__NOT_FOUND, "id", NULL, NULL));
    now = before(writer, index, known);
    if (!change->remove && !prepare_patch(writer, index, now, operation))
        return false;
    if (change->seen != NULL)
        now = change->seen;
    if (change->remove && now != NULL &&
        !note_seen(writer, change->kind, now, NULL, NULL, operation))
        return false;
    if (!note_resolution(writer, index, operation))
        return false;
    return true;
}

static bool too_large(struct writer *writer, uint32_t limit, const char *field)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", limit);
    return refuse(writer, error_make(CONCERT__CODE__TOO_LARGE, field, "size", text));
}

/* The end of the group that begins at `first`; *bytes_r: of its patches and words. */
static size_t group_end(const struct writer *writer, size_t first, size_t *bytes_r)
{
    size_t end = first;

    *bytes_r = 0;
    while (end < writer->count && writer->changes[end].group == writer->changes[first].group)
        *bytes_r += size_of(&writer->operations[end++]);
    return end;
}

/* Those of a group are one push. */
static bool bind_groups(struct writer *writer)
{
    const struct desk *desk = writer->desk;
    size_t bytes;

    for (size_t first = 0, end; first < writer->count; first = end) {
        end = group_end(writer, first, &bytes);
        if (end - first > desk->limit_operations)
            return too_large(writer, desk->limit_operations, "operations");
        if (bytes + FRAME_SPARE > desk->limit_frame)
            return too_large(writer, desk->limit_frame, "");
        for (size_t i = first; end - first > 1 && i < end; i++)
            writer->operations[i].push = writer->operations[first].op_id;
    }
    return true;
}

/* What could never be sent is not written down. */
static bool check_size(struct writer *writer, bool atomic)
{
    const struct desk *desk = writer->desk;

    if (atomic && !bind_groups(writer))
        return false;
    for (size_t i = 0; i < writer->count; i++)
        if (size_of(&writer->operations[i]) + FRAME_SPARE > desk->limit_frame)
            return too_large(writer, desk->limit_frame, "");
    return true;
}

static bool prepare_all(struct writer *writer, bool atomic)
{
    writer->operations =
        arena_alloc(writer->arena, (writer->count + 1) * sizeof(*writer->operations));
    writer->after = arena_alloc(writer->arena, (writer->count + 1) * sizeof(*writer->after));
    if (writer->operations == NULL || writer->after == NULL)
        return fail_memory(writer);
    for (size_t i = 0; i < writer->count; i++)
        if (!prepare(writer, i))
            return false;
    return check_size(writer, atomic);
}

/* Another command of this home has settled one of them meanwhile: *gone_r. */
static bool drop_all(struct writer *writer, bool *gone_r)
{
    bool good = true, found = true;

    for (size_t i = 0; good && found && i < writer->writing->n_drops; i++)
        good = replica_drop(writer->desk->replica, writer->writing->drops[i], &found);
    *gone_r = good && !found;
    return good && found;
}

/* On the disk when it is true. *first_r: the number of the first. */
static bool record(struct writer *writer, uint64_t *first_r)
{
    struct replica *replica = writer->desk->replica;
    uint64_t number;
    bool gone = false, good = replica_begin(replica, REPLICA_DURABLE);

    for (size_t i = 0; good && i < writer->count; i++) {
        good = replica_add(replica, &writer->operations[i], &number);
        if (i == 0)
            *first_r = number;
    }
    good = good && drop_all(writer, &gone);
    if (good && replica_commit(replica))
        return true;
    replica_rollback(replica);
    if (gone)
        return refuse(writer, error_make(CONCERT__CODE__NOT_FOUND, "number", NULL, NULL));
    return desk_fail_replica(writer->why_r, replica_why(replica));
}

/* Sends what was recorded, and tells what became of it. */
static bool send(struct writer *writer, uint64_t first, const struct desk_operation **operations_r)
{
    struct desk_why ignored;
    size_t found = 0;

    desk_forget_book(writer->desk);
    desk_exchange_after(writer->desk, writer->why_r);
    if (writer->count == 0)
        return true;
    if (desk_read_outbox(writer->desk, first, ~0u, writer->arena, operations_r, &found, &ignored) &&
        found >= writer->count)
        return true;
    *writer->why_r = ignored;
    return false;
}

bool desk_write_all(struct desk *desk, const struct desk_writing *writing,
    const struct desk_operation **operations_r, struct desk_why *why_r)
{
    struct writer writer = {.desk = desk,
        .writing = writing,
        .changes = writing->changes,
        .count = writing->count,
        .why_r = why_r};
    uint64_t first = 0;
    bool good;

    *operations_r = NULL;
    writer.arena = desk_arena(why_r);
    writer.book = writer.arena == NULL ? NULL : desk_book(desk, why_r);
    good = writer.book != NULL && prepare_all(&writer, writing->atomic) &&
           record(&writer, &first) && send(&writer, first, operations_r);
    desk_hand_out(desk, writer.arena);
    return good;
}

bool desk_write(struct desk *desk, const struct desk_change *changes, size_t count, bool atomic,
    const struct desk_operation **operations_r, struct desk_why *why_r)
{
    const struct desk_writing writing = {.changes = changes, .count = count, .atomic = atomic};

    return desk_write_all(desk, &writing, operations_r, why_r);
}
