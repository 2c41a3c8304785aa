/* What waits in the outbox, read again as operations of the wire. */
#include <string.h>

#include "desk/desk_push_internal.h"

#define OPERATION_SPARE ((size_t)16) /* tag and length of one */

static uint8_t *copy(struct arena *arena, const void *data, size_t size)
{
    return (uint8_t *)arena_copy(arena, data, size);
}

/* What the author saw, and the conflict that this settles. */
static bool fill_seen(
    Concert__Operation *operation, const struct replica_operation *stored, struct arena *arena)
{
    operation->has_seen = stored->seen != NULL;
    if (stored->seen != NULL)
        operation->seen =
            (ProtobufCBinaryData){stored->seen_size, copy(arena, stored->seen, stored->seen_size)};
    if (stored->resolution != NULL)
        operation->resolution = concert__resolution__unpack(
            arena_allocator(arena), stored->resolution_size, stored->resolution);
    return (operation->seen.data != NULL || !operation->has_seen) &&
           (operation->resolution != NULL || stored->resolution == NULL);
}

static bool fill_operation(
    Concert__Operation *operation, const struct replica_operation *stored, struct arena *arena)
{
    concert__operation__init(operation);
    operation->has_op_id = operation->has_kind = operation->has_id = true;
    operation->op_id = (ProtobufCBinaryData){UUID_SIZE, copy(arena, stored->op_id, UUID_SIZE)};
    operation->id = (ProtobufCBinaryData){UUID_SIZE, copy(arena, stored->id, UUID_SIZE)};
    operation->kind = (Concert__Kind)stored->kind;
    operation->has_base_revision = operation->has_authored_at = true;
    operation->base_revision = stored->base;
    operation->authored_at = stored->authored_at;
    operation->has_delete_ = operation->delete_ = stored->remove;
    operation->has_patch = stored->patch != NULL;
    if (stored->patch != NULL)
        operation->patch = (ProtobufCBinaryData){
            stored->patch_size, copy(arena, stored->patch, stored->patch_size)};
    if (stored->reason != NULL)
        operation->reason = arena_copy(arena, stored->reason, strlen(stored->reason));
    operation->clear = (char **)desk_split_names(stored->clear, arena, &operation->n_clear);
    return fill_seen(operation, stored, arena) && operation->op_id.data != NULL &&
           operation->id.data != NULL && operation->clear != NULL &&
           (operation->patch.data != NULL || !operation->has_patch) &&
           (operation->reason != NULL || stored->reason == NULL);
}

bool desk_push_bars(Concert__Code code, const char *rule)
{
    return code == CONCERT__CODE__DENIED || (rule != NULL && strcmp(rule, "last_coordinator") == 0);
}

/* Whoever takes it over later would do with their own rights what its author was told not to do.
 * What another log had accepted is no such thing. */
static bool is_barred(const struct replica_operation *stored, struct arena *arena)
{
    const Concert__Result *result;

    if (stored->state != REPLICA_REFUSED || stored->again != REPLICA_AGAIN_NO ||
        stored->result == NULL)
        return false;
    result = concert__result__unpack(arena_allocator(arena), stored->result_size, stored->result);
    return result != NULL && result->error != NULL &&
           desk_push_bars(result->error->code, result->error->rule);
}

static bool add_item(void *arg, const struct replica_operation *stored)
{
    struct desk_push *push = arg;
    struct desk_push_item *item;

    if (!push->all && stored->state == REPLICA_REFUSED && stored->again == REPLICA_AGAIN_NO)
        return true;
    item = arena_alloc(push->arena, sizeof(*item));
    push->out_of_memory = true;
    if (item == NULL)
        return false;
    item->number = stored->number;
    item->became = REPLICA_SENT;
    item->again = stored->again;
    item->barred = push->all && is_barred(stored, push->arena);
    item->operation = arena_alloc(push->arena, sizeof(*item->operation));
    if (item->operation == NULL || !fill_operation(item->operation, stored, push->arena))
        return false;
    if (stored->push != NULL && (item->push = copy(push->arena, stored->push, UUID_SIZE)) == NULL)
        return false;
    item->size = concert__operation__get_packed_size(item->operation) + OPERATION_SPARE;
    *push->end = item;
    push->end = &item->next;
    push->out_of_memory = false;
    return true;
}

static bool goes_with_barred(const struct desk_push *push, const struct desk_push_item *item)
{
    for (const struct desk_push_item *other = push->first; other != NULL; other = other->next)
        if (other->barred && other->push != NULL && uuid_equal(other->push, item->push))
            return true;
    return false;
}

/* Takes what is barred out of the list, with all that was to commit together with it. */
static void set_barred_apart(struct desk_push *push)
{
    struct desk_push_item **link = &push->first, **end = &push->barred;
    bool some = false;

    for (const struct desk_push_item *item = push->first; item != NULL; item = item->next)
        some = some || item->barred;
    if (!some)
        return;
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        item->barred = item->barred || (item->push != NULL && goes_with_barred(push, item));
    while (*link != NULL) {
        struct desk_push_item *item = *link;

        if (!item->barred) {
            link = &item->next;
            continue;
        }
        *link = item->next;
        item->next = NULL;
        *end = item;
        end = &item->next;
    }
    push->end = link;
}

static struct desk_push *read_push(
    struct desk *desk, unsigned states, bool all, struct arena *arena, struct desk_why *why_r)
{
    struct desk_push *push = arena_alloc(arena, sizeof(*push));

    if (push == NULL) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    push->arena = arena;
    push->all = all;
    push->end = &push->first;
    if (replica_outbox(desk->replica, 0, states, add_item, push)) {
        set_barred_apart(push);
        push->next = push->first;
        return push;
    }
    if (push->out_of_memory)
        desk_fail(why_r, DESK_LIMIT, NULL);
    else
        desk_fail_replica(why_r, replica_why(desk->replica));
    return NULL;
}

struct desk_push *desk_push_new(struct desk *desk, struct arena *arena, struct desk_why *why_r)
{
    const unsigned states = REPLICA_STATE_BIT(REPLICA_WAITING) | REPLICA_STATE_BIT(REPLICA_SENT) |
                            REPLICA_STATE_BIT(REPLICA_REFUSED);

    return read_push(desk, states, false, arena, why_r);
}

struct desk_push *desk_push_new_all(struct desk *desk, struct arena *arena, struct desk_why *why_r)
{
    const unsigned states = ~0u & ~REPLICA_STATE_BIT(REPLICA_ACCEPTED);

    return read_push(desk, states, true, arena, why_r);
}
