/* The outbox on its way: cut into pushes, and what they were answered. */
#include <stdlib.h>
#include <string.h>

#include "desk/desk_line.h"
#include "desk/desk_push_internal.h"

#define FRAME_SPARE ((size_t)4096) /* of a frame, left for what is around the operations */
#define FILE_REQUEST UINT64_MAX    /* number of the request of those that went into a file */

uint64_t desk_push_last(const struct desk_push *push)
{
    uint64_t last = 0;

    for (const struct desk_push_item *item = push->first; item != NULL; item = item->next)
        last = item->number > last ? item->number : last;
    for (const struct desk_push_item *item = push->barred; item != NULL; item = item->next)
        last = item->number > last ? item->number : last;
    return last;
}

static bool same_group(const struct desk_push_item *a, const struct desk_push_item *b)
{
    if (a->push == NULL || b->push == NULL)
        return a->push == b->push;
    return uuid_equal(a->push, b->push);
}

/* How many from `first` on go in one push. A group goes whole: its size was checked when written.
 * Where all is handed over it commits nothing, and what the server takes may be less since. */
static size_t cut(const struct desk_push *push, const struct desk *desk)
{
    const struct desk_push_item *first = push->next;
    const bool whole = first->push != NULL && !push->all;
    size_t count = 0, size = 0;

    for (const struct desk_push_item *item = first; item != NULL && same_group(first, item);
         item = item->next) {
        size += item->size;
        if (!whole && count > 0 &&
            (count == desk->limit_operations || size + FRAME_SPARE > desk->limit_frame))
            break;
        count++;
    }
    return count;
}

/* The message that carries so many operations; it lives in the arena. NULL when that is full. */
static Concert__Push *make_push(
    const struct desk_push *push, const struct desk_push_item *first, size_t count)
{
    Concert__Push *message = arena_alloc(push->arena, sizeof(*message));

    if (message == NULL)
        return NULL;
    concert__push__init(message);
    message->operations = arena_alloc(push->arena, count * sizeof(*message->operations));
    if (message->operations == NULL)
        return NULL;
    message->has_atomic = message->atomic = first->push != NULL;
    for (; message->n_operations < count; first = first->next)
        message->operations[message->n_operations++] = first->operation;
    return message;
}

static bool put_push(struct desk_push *push, struct desk *desk, struct desk_push_item *first,
    size_t count, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    struct desk_push_item *item = first;
    uint64_t number;

    request.verb_case = CONCERT__REQUEST__VERB_PUSH;
    request.push = make_push(push, first, count);
    if (request.push == NULL)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    if (!desk_put(desk, &request, &number, why_r))
        return false;
    push->under_way = number;
    for (item = first; count > 0; count--, item = item->next)
        item->request = number;
    return true;
}

bool desk_push_put(struct desk_push *push, struct desk *desk, bool *more_r, struct desk_why *why_r)
{
    size_t count;

    *more_r = false;
    if (push->next == NULL || push->held.code != 0)
        return true;
    count = cut(push, desk);
    if (!put_push(push, desk, push->next, count, why_r))
        return false;
    for (; count > 0; count--)
        push->next = push->next->next;
    *more_r = push->next != NULL;
    return true;
}

bool desk_push_next(
    struct desk_push *push, const struct desk *desk, Concert__Push **push_r, struct desk_why *why_r)
{
    size_t count;

    *push_r = NULL;
    if (push->next == NULL)
        return true;
    count = cut(push, desk);
    *push_r = make_push(push, push->next, count);
    if (*push_r == NULL)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    for (; count > 0; count--, push->next = push->next->next)
        push->next->request = FILE_REQUEST;
    return true;
}

bool desk_push_barred(const struct desk_push *push,
    bool (*take)(void *arg, const uint8_t op_id[UUID_SIZE]), void *arg)
{
    for (const struct desk_push_item *item = push->barred; item != NULL; item = item->next)
        if (!take(arg, item->operation->op_id.data))
            return false;
    return true;
}

bool desk_push_held(const struct desk_push *push, struct desk_why *why_r)
{
    if (push->held.code == 0)
        return false;
    desk_fail(why_r, DESK_ANSWER, NULL);
    why_r->error = push->held;
    return true;
}

/* Codes that say nothing about the operation itself: it may be accepted another time. */
static bool comes_back(Concert__Code code)
{
    static const Concert__Code codes[] = {CONCERT__CODE__BUSY, CONCERT__CODE__UNAVAILABLE,
        CONCERT__CODE__INTERNAL, CONCERT__CODE__NOT_AUTHENTICATED,
        CONCERT__CODE__UNSUPPORTED_VERSION};

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i] == code)
            return true;
    return false;
}

static enum replica_state state_of(const Concert__Result *result)
{
    switch (result->status) {
    case CONCERT__RESULT__STATUS__APPLIED:
    case CONCERT__RESULT__STATUS__MERGED:
    case CONCERT__RESULT__STATUS__DUPLICATE:
        return REPLICA_ACCEPTED;
    case CONCERT__RESULT__STATUS__CONFLICT:
        return REPLICA_CONFLICT;
    default:
        return result->error != NULL && comes_back(result->error->code) ? REPLICA_SENT
                                                                        : REPLICA_REFUSED;
    }
}

bool desk_push_settle_one(
    struct replica *replica, uint64_t number, const Concert__Result *result, struct arena *arena)
{
    enum replica_state became = state_of(result);
    size_t size = concert__result__get_packed_size(result);
    uint8_t *bytes = arena_alloc(arena, size);

    if (became == REPLICA_SENT)
        return true;
    if (bytes != NULL)
        concert__result__pack(result, bytes);
    return bytes != NULL && replica_settle(replica, number, became, bytes, size,
                                became == REPLICA_ACCEPTED ? result->seq : 0);
}

static bool take_result(
    struct desk_push *push, struct desk_push_item *item, const Concert__Result *result)
{
    item->became = state_of(result);
    item->status = result->status;
    item->seq = item->became == REPLICA_ACCEPTED ? result->seq : 0;
    if (item->became == REPLICA_SENT) {
        push->held = error_make(
            result->error->code, result->error->field, result->error->rule, result->error->limit);
        return true;
    }
    item->result_size = concert__result__get_packed_size(result);
    item->result = arena_alloc(push->arena, item->result_size);
    if (item->result == NULL)
        return false;
    concert__result__pack(result, item->result);
    return true;
}

static bool take_results(
    struct desk_push *push, uint64_t request, const Concert__PushAnswer *answer)
{
    size_t at = 0;

    for (struct desk_push_item *item = push->first; item != NULL; item = item->next) {
        if (item->request != request)
            continue;
        if (at == answer->n_results)
            return true; /* the rest wait */
        if (!take_result(push, item, answer->results[at++]))
            return false;
    }
    return true;
}

/* The push as a whole was answered an error. */
static bool take_error(struct desk_push *push, uint64_t request, Concert__Error *error)
{
    Concert__Result result = CONCERT__RESULT__INIT;

    result.has_status = true;
    result.status = CONCERT__RESULT__STATUS__REFUSED;
    result.error = error;
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (item->request == request && !take_result(push, item, &result))
            return false;
    return true;
}

bool desk_push_take(
    struct desk_push *push, const Concert__Response *response, struct desk_why *why_r)
{
    bool good = true;

    push->under_way = 0;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_PUSH)
        good = take_results(push, response->number, response->push);
    else if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        good = take_error(push, response->number, response->error);
    return good || desk_fail(why_r, DESK_LIMIT, NULL);
}

bool desk_push_awaits(const struct desk_push *push, uint64_t number)
{
    return push->under_way != 0 && push->under_way == number;
}

void desk_push_reach(struct desk_push *push, uint64_t upto)
{
    push->upto = upto;
}

/* A result that counts from now on. */
static bool is_ready(const struct desk_push *push, const struct desk_push_item *item)
{
    return item->result != NULL && !item->settled &&
           (item->became != REPLICA_ACCEPTED || item->seq <= push->upto);
}

static void count_status(Concert__Result__Status status, struct desk_restart *restart)
{
    restart->known += status == CONCERT__RESULT__STATUS__DUPLICATE;
    restart->lacking +=
        status == CONCERT__RESULT__STATUS__APPLIED || status == CONCERT__RESULT__STATUS__MERGED;
    restart->clashing += status == CONCERT__RESULT__STATUS__CONFLICT;
}

void desk_push_count_one(const Concert__Result *result, struct desk_restart *restart)
{
    count_status(result->status, restart);
}

void desk_push_count(const struct desk_push *push, struct desk_restart *restart)
{
    for (const struct desk_push_item *item = push->first; item != NULL; item = item->next) {
        if (!is_ready(push, item) ||
            (item->again != REPLICA_AGAIN_RECEIPT && item->again != REPLICA_AGAIN_REFUSED))
            continue;
        count_status(item->status, restart);
    }
}

bool desk_push_empty(const struct desk_push *push)
{
    return push->first == NULL;
}

bool desk_push_clashed(const struct desk_push *push)
{
    for (const struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (item->result != NULL && !item->settled && item->became == REPLICA_CONFLICT)
            return true;
    return false;
}

void desk_push_forget_refusals(struct desk_push *push)
{
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (item->result != NULL && !item->settled && item->became != REPLICA_ACCEPTED) {
            item->became = REPLICA_SENT;
            item->result = NULL;
        }
}

bool desk_push_settle(struct desk_push *push, struct replica *replica)
{
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (is_ready(push, item) && !replica_settle(replica, item->number, item->became,
                                        item->result, item->result_size, item->seq))
            return false;
    return true;
}

void desk_push_settled(struct desk_push *push)
{
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        item->settled = item->settled || is_ready(push, item);
}

bool desk_push_pending(const struct desk_push *push, bool sent)
{
    for (const struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (!item->settled && (item->result != NULL || (sent && item->request != 0)))
            return true;
    return false;
}

bool desk_push_mark_sent(struct desk_push *push, struct replica *replica)
{
    for (struct desk_push_item *item = push->first; item != NULL; item = item->next)
        if (!item->settled && !is_ready(push, item) && item->request != 0 &&
            !replica_settle(replica, item->number, REPLICA_SENT, NULL, 0, 0))
            return false;
    return true;
}
