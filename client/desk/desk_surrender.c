/*
 * The end of a home whose device was revoked: what no server has accepted is handed to the
 * coordination, and when the server has all of it the home is emptied. Cut at any moment, either
 * all is still here or the server has it.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_push.h"
#include "replica/replica_outbox.h"
#include "text.h"

#define FRAME_SPARE ((size_t)4096) /* of a frame, left for what is around the pushes */
#define PUSH_SPARE ((size_t)16)    /* tag and length of one */
#define ROUNDS_MAX 5               /* another command may go on writing meanwhile */

struct surrender {
    struct desk *desk;
    struct arena *arena;
    struct desk_push *push;
    Concert__Push *next; /* read, and in no request yet */
    struct desk_gone *gone;
    struct desk_why *why_r;
    uint64_t last; /* number of the newest operation that was handed over */
};

/* --- handing over ------------------------------------------------------------------------------
 */

static bool read_next(struct surrender *to)
{
    return desk_push_next(to->push, to->desk, &to->next, to->why_r);
}

/* As many pushes as a frame and a lot hold; none are left when there are none in it. */
static bool fill(struct surrender *to, Concert__Surrender *message)
{
    size_t size = 0, operations = 0, room = 0;

    message->region = to->desk->identity.region;
    while (to->next != NULL) {
        size_t more = concert__push__get_packed_size(to->next) + PUSH_SPARE;

        if (message->n_pushes > 0 &&
            (size + more + FRAME_SPARE > to->desk->limit_frame ||
                operations + to->next->n_operations > to->desk->limit_operations))
            return true;
        if (message->n_pushes == room) {
            Concert__Push **pushes =
                arena_alloc(to->arena, (room = room == 0 ? 16 : 2 * room) * sizeof(*pushes));

            if (pushes == NULL)
                return desk_fail(to->why_r, DESK_LIMIT, NULL);
            if (message->n_pushes > 0)
                memcpy(pushes, message->pushes, message->n_pushes * sizeof(*pushes));
            message->pushes = pushes;
        }
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

static bool take_answer(struct surrender *to, const Concert__SurrenderAnswer *answer, size_t sent)
{
    if (answer->n_results < sent)
        return desk_fail(to->why_r, DESK_UNREACHABLE, to->desk->identity.address);
    for (size_t i = 0; i < answer->n_results; i++) {
        const Concert__Result *result = answer->results[i];
        bool kept = result->status == CONCERT__RESULT__STATUS__APPLIED ||
                    result->status == CONCERT__RESULT__STATUS__DUPLICATE;

        if (!kept && is_late(result))
            return desk_fail_error(to->why_r, result->error);
        to->gone->handed += kept;
        to->gone->lost += !kept;
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
    if (arena == NULL)
        return false;
    if (desk_put(to->desk, &request, &number, to->why_r)) {
        do
            response = desk_next(to->desk, arena, to->why_r);
        while (response != NULL && response->number != number);
        if (response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_SURRENDER)
            good = take_answer(to, response->surrender, count_operations(message));
        else if (response != NULL && response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
            good = desk_fail_error(to->why_r, response->error);
        else if (response != NULL)
            desk_fail(to->why_r, DESK_UNREACHABLE, to->desk->identity.address);
    }
    arena_free(&arena);
    return good;
}

/* All that waits, one request after the other. */
static bool hand_over(struct surrender *to)
{
    to->gone->handed = to->gone->lost = 0;
    to->push = desk_push_new_all(to->desk, to->arena, to->why_r);
    if (to->push == NULL || !read_next(to))
        return false;
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

/* --- emptying ----------------------------------------------------------------------------------
 */

static bool note_number(void *arg, const struct replica_operation *operation)
{
    uint64_t *last = arg;

    *last = operation->number > *last ? operation->number : *last;
    return true;
}

/* With the copy held, so that no other command adds anything: whether all is handed over; then the
 * note is put, and no command can add anything any more. *more_r: another was quicker. */
static bool close_copy(struct surrender *to, bool *more_r)
{
    const unsigned open = ~0u & ~REPLICA_STATE_BIT(REPLICA_ACCEPTED);
    struct replica *replica = to->desk->replica;
    uint64_t last = 0;
    bool good = replica_begin(replica, REPLICA_DURABLE) &&
                replica_outbox(replica, 0, open, note_number, &last);

    *more_r = good && last > to->last;
    if (good && !*more_r) {
        if (!desk_gone_note(to->desk->home, to->gone, false, to->why_r)) {
            replica_rollback(replica);
            return false;
        }
        good = replica_give_up(replica) && replica_commit(replica);
        if (!good)
            desk_gone_forget(to->desk->home);
    } else {
        replica_rollback(replica);
    }
    return good || desk_fail_replica(to->why_r, replica_why(replica));
}

static bool surrender(struct surrender *to)
{
    const struct desk_waiting *documents;
    size_t count = 0;
    bool more = true;

    if (!desk_document_waiting(to->desk, to->arena, &documents, &count))
        return desk_fail(to->why_r, DESK_LIMIT, NULL);
    to->gone->documents = (int64_t)count;
    for (int round = 0; more && round < ROUNDS_MAX; round++)
        if (!hand_over(to) || !close_copy(to, &more))
            return false;
    return !more || desk_fail(to->why_r, DESK_LIMIT, NULL);
}

size_t desk_surrender_waiting(struct desk *desk)
{
    struct desk_why ignored;
    size_t count = 0;

    return desk_outbox(desk, false, &count, &ignored) == NULL ? 0 : count;
}

bool desk_surrender(struct desk **desk, struct desk_gone *gone_r, struct desk_why *why_r)
{
    struct surrender to = {.desk = *desk, .gone = gone_r, .why_r = why_r};
    char home[DESK_PATH_SIZE];
    int lock;
    bool good;

    desk_fail(why_r, DESK_FINE, NULL);
    *gone_r = (struct desk_gone){.at = clock_now()};
    text_copy(home, sizeof(home), (*desk)->home);
    text_copy(gone_r->region, sizeof(gone_r->region), (*desk)->identity.region);
    text_copy(gone_r->title, sizeof(gone_r->title), (*desk)->identity.title);
    text_copy(gone_r->language, sizeof(gone_r->language), (*desk)->identity.language);
    text_copy(gone_r->timezone, sizeof(gone_r->timezone), (*desk)->identity.timezone);
    lock = desk_lock(home, why_r);
    to.arena = lock < 0 ? NULL : desk_arena(why_r);
    good = to.arena != NULL && surrender(&to);
    arena_free(&to.arena);
    if (good) {
        desk_free(desk);
        desk_gone_finish(home);
    }
    desk_unlock(&lock);
    return good;
}
