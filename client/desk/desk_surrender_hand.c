/* What a revoked device has not sent, on its way to the coordination. */
#include <string.h>

#include "desk/desk_line.h"
#include "desk/desk_surrender_internal.h"

#define FRAME_SPARE ((size_t)4096) /* of a frame, left for what is around the pushes */
#define PUSH_SPARE ((size_t)16)    /* tag and length of one */

static bool read_next(struct surrender *to)
{
    return desk_push_next(to->push, to->desk, &to->next, to->why_r);
}

/* As many pushes as a frame and a lot hold; none are left when there are none in it. */
static bool fill(struct surrender *to, Concert__Surrender *message)
{
    size_t size = 0, operations = 0, room = 0;
    Concert__Push **pushes;

    message->region = to->desk->identity.region;
    while (to->next != NULL) {
        size_t more = concert__push__get_packed_size(to->next) + PUSH_SPARE;

        if (message->n_pushes > 0 &&
            (size + more + FRAME_SPARE > to->desk->limit_frame ||
                operations + to->next->n_operations > to->desk->limit_operations))
            return true;
        pushes = arena_grow(to->arena, message->pushes, message->n_pushes, &room, sizeof(*pushes));
        if (pushes == NULL)
            return desk_fail(to->why_r, DESK_LIMIT, NULL);
        message->pushes = pushes;
        message->pushes[message->n_pushes++] = to->next;
        size += more;
        operations += to->next->n_operations;
        if (!read_next(to))
            return false;
    }
    return true;
}

/* What cannot be kept just now is another matter than what never can: the coordination makes room
 * by reviewing what it has. */
static bool is_late(const Concert__Result *result)
{
    const Concert__Error *error = result->error;

    return error != NULL &&
           (error->code == CONCERT__CODE__BUSY || error->code == CONCERT__CODE__UNAVAILABLE ||
               error->code == CONCERT__CODE__INTERNAL ||
               (error->rule != NULL && strcmp(error->rule, "limit") == 0));
}

static bool note_lost(void *arg, const uint8_t op_id[UUID_SIZE])
{
    struct surrender *to = arg;
    uint8_t(*lost)[UUID_SIZE] =
        arena_grow(to->arena, to->lost, to->n_lost, &to->room_lost, sizeof(*lost));

    if (lost == NULL)
        return desk_fail(to->why_r, DESK_LIMIT, NULL);
    to->lost = lost;
    memcpy(to->lost[to->n_lost++], op_id, UUID_SIZE);
    return true;
}

static bool take_answer(struct surrender *to, const Concert__SurrenderAnswer *answer)
{
    if (answer->n_results < to->asked)
        return desk_fail(to->why_r, DESK_UNREACHABLE, to->desk->identity.address);
    for (size_t i = 0; i < to->asked; i++) {
        const Concert__Result *result = answer->results[i];
        bool kept = result->status == CONCERT__RESULT__STATUS__APPLIED ||
                    result->status == CONCERT__RESULT__STATUS__DUPLICATE;

        if (!kept && is_late(result))
            return desk_fail_error(to->why_r, result->error);
        to->gone->handed += kept;
        to->gone->lost += !kept;
        if (!kept && result->op_id.len == UUID_SIZE && !note_lost(to, result->op_id.data))
            return false;
    }
    return true;
}

static size_t count_operations(const Concert__Surrender *message)
{
    size_t count = 0;

    for (size_t i = 0; i < message->n_pushes; i++)
        count += message->pushes[i]->n_operations;
    return count;
}

static bool ask(struct surrender *to, Concert__Surrender *message)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Response *response;
    struct arena *arena = desk_arena(to->why_r);
    uint64_t number;
    bool good = false;

    request.verb_case = CONCERT__REQUEST__VERB_SURRENDER;
    request.surrender = message;
    to->asked = count_operations(message);
    if (arena == NULL)
        return false;
    if (desk_put(to->desk, &request, &number, to->why_r)) {
        do
            response = desk_next(to->desk, arena, to->why_r);
        while (response != NULL && response->number != number);
        if (response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_SURRENDER)
            good = take_answer(to, response->surrender);
        else if (response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
            good = desk_fail_error(to->why_r, response->error);
        else if (response != NULL)
            desk_fail(to->why_r, DESK_UNREACHABLE, to->desk->identity.address);
    }
    arena_free(&arena);
    return good;
}

bool desk_surrender_hand_over(struct surrender *to)
{
    to->gone->handed = to->gone->lost = to->gone->refused = 0;
    to->asked = to->n_lost = 0;
    to->push = desk_push_new_all(to->desk, to->arena, to->why_r);
    if (to->push == NULL || !read_next(to) || !desk_push_barred(to->push, note_lost, to))
        return false;
    to->gone->refused = (int64_t)to->n_lost;
    to->last = desk_push_last(to->push);
    if (to->next == NULL)
        return true;
    desk_disconnect(to->desk); /* no greeting: it would be refused */
    to->desk->packs = false;
    if (!desk_connect_only(to->desk, to->why_r))
        return false;
    while (to->next != NULL) {
        Concert__Surrender message = CONCERT__SURRENDER__INIT;

        if (!fill(to, &message) || !ask(to, &message))
            return false;
    }
    return true;
}
