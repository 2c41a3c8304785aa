/* Receipts: what the server has said it took, and where in its log. */
#include <stdlib.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "replica/replica_outbox.h"
#include "text.h"

struct collector {
    struct arena *arena;
    struct desk_receipt *list; /* a ring of the last `room` */
    size_t room, count;
    bool out_of_memory;
};

static bool take(void *arg, const struct replica_operation *stored)
{
    struct collector *to = arg;
    struct desk_receipt receipt = {.number = stored->number,
        .kind = kinds_get((Concert__Kind)stored->kind),
        .authored_at = stored->authored_at};
    const Concert__Result *result = NULL;

    if (receipt.kind == NULL)
        return true; /* written by a later version of this program */
    memcpy(receipt.op_id, stored->op_id, UUID_SIZE);
    memcpy(receipt.id, stored->id, UUID_SIZE);
    if (stored->result != NULL)
        result = concert__result__unpack(
            arena_allocator(to->arena), stored->result_size, stored->result);
    if (result != NULL) {
        receipt.seq = result->seq;
        if (result->handle != NULL)
            text_copy(receipt.handle, sizeof(receipt.handle), result->handle);
        if (result->hash.len <= sizeof(receipt.hash)) {
            receipt.hash_size = result->hash.len;
            if (receipt.hash_size > 0)
                memcpy(receipt.hash, result->hash.data, receipt.hash_size);
        }
    }
    to->list[to->count++ % to->room] = receipt;
    return true;
}

/* Turns the ring so that the newest is the first. */
static void put_in_order(const struct collector *from, struct desk_receipt *list, size_t kept)
{
    for (size_t i = 0; i < kept; i++)
        list[i] = from->list[(from->count - 1 - i) % from->room];
}

bool desk_receipts(struct desk *desk, size_t most, struct arena *arena,
    const struct desk_receipt **list_r, size_t *count_r, size_t *all_r, struct desk_why *why_r)
{
    struct collector to = {.arena = arena, .room = most == 0 ? 1 : most};
    struct desk_receipt *list;
    size_t kept;
    bool good;

    to.list = calloc(to.room, sizeof(*to.list));
    if (to.list == NULL)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    good = replica_outbox(desk->replica, 0, REPLICA_STATE_BIT(REPLICA_ACCEPTED), take, &to) ||
           desk_fail_replica(why_r, replica_why(desk->replica));
    kept = to.count < most ? to.count : most;
    list = arena_alloc(arena, (kept + 1) * sizeof(*list));
    if (list != NULL)
        put_in_order(&to, list, kept);
    free(to.list);
    *list_r = list;
    *count_r = kept;
    *all_r = to.count;
    return good && (list != NULL || desk_fail(why_r, DESK_LIMIT, NULL));
}
