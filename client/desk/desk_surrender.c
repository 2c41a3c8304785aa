/*
 * The end of a home whose device was revoked: what no server has accepted is handed to the
 * coordination, and when the server has all of it the home is emptied. Cut at any moment, either
 * all is still here or the server has it.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_surrender_internal.h"
#include "replica/replica_outbox.h"
#include "text.h"

#define ROUNDS_MAX 5 /* another command may go on writing meanwhile */

/* A server that takes less than it last told says so with an error: asked again by fewer. */
static bool takes_fewer(struct surrender *to)
{
    const struct error *error = &to->why_r->error;

    if (to->why_r->trouble != DESK_ANSWER || error->code != CONCERT__CODE__TOO_LARGE ||
        strcmp(error->rule, "limit") == 0 || to->asked < 2)
        return false;
    to->desk->limit_operations = (uint32_t)(to->asked / 2);
    desk_fail(to->why_r, DESK_FINE, NULL);
    return true;
}

static bool is_lost(const struct surrender *to, const struct desk_operation *operation)
{
    for (size_t i = 0; i < to->n_lost; i++)
        if (uuid_equal(to->lost[i], operation->op_id))
            return operation->number > to->told;
    return false;
}

/* While they are still here. What cannot be read again keeps nobody from leaving. */
static void tell_lost(struct surrender *to)
{
    const unsigned open = ~0u & ~REPLICA_STATE_BIT(REPLICA_ACCEPTED);
    const struct desk_operation *operations;
    struct desk_why ignored;
    size_t count = 0;

    if (to->n_lost == 0 ||
        !desk_read_outbox(to->desk, 0, open, to->arena, &operations, &count, &ignored))
        return;
    for (size_t i = 0; i < count; i++)
        if (is_lost(to, &operations[i])) {
            to->on_lost(to->arg, &operations[i]);
            to->told = operations[i].number;
        }
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
        if (!desk_gone_note(to->desk->home, to->gone, to->why_r)) {
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
    for (int round = 0; more && round < ROUNDS_MAX; round++) {
        while (!desk_surrender_hand_over(to))
            if (!takes_fewer(to))
                return false;
        tell_lost(to);
        if (!close_copy(to, &more))
            return false;
    }
    return !more || desk_fail(to->why_r, DESK_LIMIT, NULL);
}

size_t desk_surrender_waiting(struct desk *desk)
{
    struct desk_why ignored;
    size_t count = 0, waiting = 0;
    const struct desk_operation *operations = desk_outbox(desk, false, &count, &ignored);

    for (size_t i = 0; operations != NULL && i < count; i++)
        waiting += operations[i].state != DESK_REFUSED ||
                   !desk_push_bars(operations[i].error.code, operations[i].error.rule);
    return waiting;
}

bool desk_surrender(struct desk **desk, desk_lost_fn *on_lost, void *arg, struct desk_gone *gone_r,
    struct desk_why *why_r)
{
    struct surrender to = {
        .desk = *desk, .gone = gone_r, .why_r = why_r, .on_lost = on_lost, .arg = arg};
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
        desk_gone_empty(home, gone_r);
    }
    desk_unlock(&lock);
    return good;
}
