/*
 * The server's log is not the one that this copy came from, as after a restore from an older
 * backup: the copy is made anew, and all that had been accepted is sent again. Exactly-once makes
 * that safe (design/protocol.md, promise 6).
 */
#include "desk/desk_internal.h"

static bool fail_storage(struct desk *desk, struct desk_why *why_r)
{
    return desk_fail_replica(why_r, replica_why(desk->replica));
}

static bool ask_for_all(struct desk *desk, uint64_t *number_r, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;

    pull.has_since = true;
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return desk_put(desk, &request, number_r, why_r);
}

/* One page; *since is where the next one begins, *more_r whether there is one. */
static bool take_page(struct desk *desk, uint64_t number, uint64_t *since, bool *more_r,
    struct arena *arena, struct desk_why *why_r)
{
    const Concert__Response *response = desk_next(desk, arena, why_r);

    if (response == NULL)
        return false;
    *more_r = response->more;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail_error(why_r, response->error);
    if (response->number != number || response->answer_case != CONCERT__RESPONSE__ANSWER_PULL)
        return desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    if (!replica_apply(desk->replica, *since, response->pull, desk_now()) ||
        !desk_log_note(desk, response->pull))
        return fail_storage(desk, why_r);
    *since = response->pull->upto;
    if (desk->progress != NULL)
        desk->progress(desk->progress_arg, response->pull->upto, response->pull->head);
    return true;
}

static bool take_all(struct desk *desk, uint64_t *cursor_r, struct desk_why *why_r)
{
    uint64_t number;
    bool more = true, good = ask_for_all(desk, &number, why_r);

    *cursor_r = 0;
    while (good && more) {
        struct arena *arena = desk_arena(why_r);

        good = arena != NULL && take_page(desk, number, cursor_r, &more, arena, why_r);
        arena_free(&arena);
    }
    return good;
}

/* One transaction: until the new copy is whole and the outbox is open again, the old ones stand. */
bool desk_restart(struct desk *desk, struct desk_why *why_r)
{
    uint64_t cursor, count;
    bool good;

    if (!desk_connect(desk, NULL, why_r))
        return false;
    if (!replica_begin(desk->replica, REPLICA_DURABLE))
        return fail_storage(desk, why_r);
    good = (replica_forget(desk->replica) && desk_log_begin(desk)) || fail_storage(desk, why_r);
    good = good && take_all(desk, &cursor, why_r);
    if (good && !(replica_reopen(desk->replica, &count) && replica_commit(desk->replica)))
        good = fail_storage(desk, why_r);
    if (!good) {
        replica_rollback(desk->replica);
        desk_disconnect(desk);
        return false;
    }
    desk->cursor = cursor;
    desk->resent = (long)count;
    return true;
}
