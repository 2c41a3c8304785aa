/* Operations as commands see them. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "desk/desk_internal.h"
#include "replica/replica_outbox.h"
#include "text.h"

_Static_assert((int)DESK_WAITING == (int)REPLICA_WAITING && (int)DESK_SENT == (int)REPLICA_SENT &&
                   (int)DESK_ACCEPTED == (int)REPLICA_ACCEPTED &&
                   (int)DESK_CONFLICT == (int)REPLICA_CONFLICT &&
                   (int)DESK_REFUSED == (int)REPLICA_REFUSED,
    "the states of both are the same");

struct reader {
    struct desk *desk;
    struct arena *arena;
    struct desk_operation *operations; /* malloc; copied to the arena when all are there */
    size_t count, room;
    bool out_of_memory;
};

static bool fail_memory(struct reader *reader)
{
    reader->out_of_memory = true;
    return false;
}

static bool grow(struct reader *reader)
{
    struct desk_operation *operations =
        array_grow(reader->operations, reader->count, &reader->room, sizeof(*operations));

    if (operations != NULL)
        reader->operations = operations;
    return operations != NULL;
}

static const ProtobufCMessage *decode(
    const struct kind *kind, ProtobufCBinaryData bytes, struct arena *arena)
{
    return protobuf_c_message_unpack(
        kind->descriptor, arena_allocator(arena), bytes.len, bytes.data);
}

static bool take_clashes(
    struct desk_operation *operation, const Concert__Result *result, struct arena *arena)
{
    struct desk_clash *clashes =
        arena_alloc(arena, (result->n_clashes + 1) * sizeof(struct desk_clash));

    if (clashes == NULL)
        return false;
    for (size_t i = 0; i < result->n_clashes; i++) {
        const Concert__Clash *clash = result->clashes[i];

        text_copy(
            clashes[i].field, sizeof(clashes[i].field), clash->field == NULL ? "" : clash->field);
        text_copy(clashes[i].who, sizeof(clashes[i].who), clash->who == NULL ? "" : clash->who);
        clashes[i].at = clash->at;
        clashes[i].theirs = decode(operation->kind, clash->theirs, arena);
        if (clashes[i].theirs == NULL)
            return false;
    }
    operation->clashes = clashes;
    operation->n_clashes = result->n_clashes;
    return true;
}

static bool take_result(
    struct desk_operation *operation, const struct replica_operation *stored, struct arena *arena)
{
    const Concert__Result *result;

    if (stored->result == NULL)
        return true;
    result = concert__result__unpack(arena_allocator(arena), stored->result_size, stored->result);
    if (result == NULL)
        return false;
    operation->merged = result->status == CONCERT__RESULT__STATUS__MERGED;
    operation->seq = result->seq;
    operation->revision = result->revision;
    if (result->handle != NULL)
        text_copy(operation->handle, sizeof(operation->handle), result->handle);
    if (result->error != NULL)
        operation->error = error_make(
            result->error->code, result->error->field, result->error->rule, result->error->limit);
    return take_clashes(operation, result, arena);
}

static bool take_resolution(
    struct desk_operation *operation, const struct replica_operation *stored, struct arena *arena)
{
    if (stored->push != NULL)
        memcpy(operation->push, stored->push, UUID_SIZE);
    if (stored->proposal != NULL)
        memcpy(operation->proposal, stored->proposal, UUID_SIZE);
    if (stored->seen != NULL) {
        operation->seen = decode(operation->kind,
            (ProtobufCBinaryData){stored->seen_size, (uint8_t *)stored->seen}, arena);
        if (operation->seen == NULL)
            return false;
    }
    if (stored->resolution != NULL)
        operation->resolution = concert__resolution__unpack(
            arena_allocator(arena), stored->resolution_size, stored->resolution);
    return stored->resolution == NULL || operation->resolution != NULL;
}

static bool take_operation(void *arg, const struct replica_operation *stored)
{
    struct reader *reader = arg;
    struct desk_operation operation = {.number = stored->number,
        .kind = kinds_get((Concert__Kind)stored->kind),
        .state = (enum desk_state)stored->state,
        .authored_at = stored->authored_at,
        .remove = stored->remove,
        .base = stored->base};

    if (operation.kind == NULL)
        return true; /* written by a later version of this program */
    memcpy(operation.op_id, stored->op_id, UUID_SIZE);
    memcpy(operation.id, stored->id, UUID_SIZE);
    if (stored->reason != NULL)
        operation.reason = arena_copy(reader->arena, stored->reason, strlen(stored->reason));
    if (stored->clear != NULL)
        operation.clear = desk_split_names(stored->clear, reader->arena, &operation.n_clear);
    if (stored->patch != NULL) {
        operation.patch = decode(operation.kind,
            (ProtobufCBinaryData){stored->patch_size, (uint8_t *)stored->patch}, reader->arena);
        if (operation.patch == NULL)
            return replica_damaged(reader->desk->replica);
    }
    if (!take_resolution(&operation, stored, reader->arena) ||
        !take_result(&operation, stored, reader->arena))
        return replica_damaged(reader->desk->replica);
    if (!grow(reader))
        return fail_memory(reader);
    reader->operations[reader->count++] = operation;
    return true;
}

/* What the server has given no handle is called as the book calls it. */
static bool name_operations(struct reader *reader, struct desk_why *why_r)
{
    for (size_t i = 0; i < reader->count; i++) {
        struct desk_operation *operation = &reader->operations[i];
        const struct book *book;
        const struct book_entry *entry;

        if (operation->handle[0] != '\0')
            continue;
        book = desk_book(reader->desk, why_r);
        if (book == NULL)
            return false;
        entry = book_get(book, operation->id);
        if (entry != NULL)
            text_copy(operation->handle, sizeof(operation->handle), entry->handle);
    }
    return true;
}

static bool finish(struct reader *reader, const struct desk_operation **operations_r,
    size_t *count_r, struct desk_why *why_r)
{
    size_t size = reader->count * sizeof(struct desk_operation);

    if (!name_operations(reader, why_r))
        return false;
    *operations_r = (const struct desk_operation *)arena_copy(
        reader->arena, reader->operations == NULL ? (const void *)"" : reader->operations, size);
    *count_r = reader->count;
    return *operations_r != NULL || desk_fail(why_r, DESK_LIMIT, NULL);
}

bool desk_read_outbox(struct desk *desk, uint64_t from, unsigned states, struct arena *arena,
    const struct desk_operation **operations_r, size_t *count_r, struct desk_why *why_r)
{
    struct reader reader = {.desk = desk, .arena = arena};
    bool good = replica_outbox(desk->replica, from, states, take_operation, &reader);

    if (!good && reader.out_of_memory)
        desk_fail(why_r, DESK_LIMIT, NULL);
    else if (!good)
        desk_fail_replica(why_r, replica_why(desk->replica));
    good = good && finish(&reader, operations_r, count_r, why_r);
    free(reader.operations);
    return good;
}

const struct desk_operation *desk_outbox(
    struct desk *desk, bool all, size_t *count_r, struct desk_why *why_r)
{
    struct arena *arena = desk_arena(why_r);
    const struct desk_operation *operations = NULL;
    unsigned states = ~0u;

    *count_r = 0;
    if (!all)
        states &= ~REPLICA_STATE_BIT(REPLICA_ACCEPTED);
    if (arena != NULL && !desk_read_outbox(desk, 0, states, arena, &operations, count_r, why_r))
        operations = NULL;
    desk_hand_out(desk, arena);
    return operations;
}

bool desk_drop(struct desk *desk, uint64_t number, struct desk_why *why_r)
{
    bool found = false;

    desk_hand_out(desk, NULL);
    if (!replica_begin(desk->replica, REPLICA_DURABLE) ||
        !replica_drop(desk->replica, number, &found) || !replica_commit(desk->replica)) {
        replica_rollback(desk->replica);
        return desk_fail_replica(why_r, replica_why(desk->replica));
    }
    if (found)
        return true;
    desk_fail(why_r, DESK_ANSWER, NULL);
    why_r->error = error_make(CONCERT__CODE__NOT_FOUND, "number", NULL, NULL);
    return false;
}
