/*
 * One exchange with the server: what waits in the outbox goes, what others wrote comes. All
 * requests leave together; the pull is answered after the pushes are decided, so that its pages
 * hold them.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "desk/desk_push.h"

#define MISSED_LATELY                                                                              \
    5000 /* milliseconds in which a server that did not answer is not asked again */

struct sync {
    struct desk *desk;
    struct desk_why *why_r;
    struct arena *arena; /* of the whole exchange */
    struct desk_push *push;
    uint64_t pull;  /* its request's number; 0: not asked yet */
    uint64_t since; /* where the next page begins */
    bool pulled;
};

static bool fail_storage(struct sync *sync)
{
    replica_rollback(sync->desk->replica);
    return desk_fail_replica(sync->why_r, replica_why(sync->desk->replica));
}

static bool put_pull(struct sync *sync)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;
    uint8_t hash[64];
    size_t size = 0;

    if (!replica_cursor(sync->desk->replica, &sync->since, hash, &size))
        return desk_fail_replica(sync->why_r, replica_why(sync->desk->replica));
    pull.has_since = true;
    pull.since = sync->since;
    pull.has_since_hash = size > 0;
    pull.since_hash = (ProtobufCBinaryData){size, hash};
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return desk_put(sync->desk, &request, &sync->pull, sync->why_r);
}

/* The next push, and behind the last one the pull. */
static bool put_next(struct sync *sync)
{
    bool more;

    if (!desk_push_put(sync->push, sync->desk, &more, sync->why_r))
        return false;
    return more || put_pull(sync);
}

static bool mark_complete(struct sync *sync)
{
    const struct replica_fact fact = {.key = "complete", .number = 1};

    if (sync->desk->complete)
        return true;
    sync->desk->complete = true;
    return replica_put_fact(sync->desk->replica, &fact);
}

/* What the pushes led to and the page that shows it become true here together. */
static bool take_page(struct sync *sync, const Concert__Response *response)
{
    struct replica *replica = sync->desk->replica;
    const Concert__Page *page = response->pull;
    int64_t now = desk_now();
    bool last = !response->more, first_copy = !sync->desk->complete;

    if (!replica_begin(replica, REPLICA_WRITE) || !desk_push_settle(sync->push, replica) ||
        !replica_apply(replica, sync->since, page, now) || !desk_log_note(sync->desk, page) ||
        (last && !mark_complete(sync)) || !replica_commit(replica))
        return fail_storage(sync);
    if (last && first_copy)
        replica_checkpoint(replica);
    desk_push_settled(sync->push);
    sync->since = page->upto;
    sync->pulled = last;
    sync->desk->cursor = page->upto > sync->desk->cursor ? page->upto : sync->desk->cursor;
    sync->desk->synced_at = now;
    if (sync->desk->progress != NULL)
        sync->desk->progress(sync->desk->progress_arg, page->upto, page->head);
    return true;
}

static bool take_pull(struct sync *sync, const Concert__Response *response)
{
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_PULL)
        return take_page(sync, response);
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail_error(sync->why_r, response->error);
    return desk_fail(sync->why_r, DESK_UNREACHABLE, sync->desk->identity.address);
}

/* A page's memory goes as soon as it is in the copy. */
static bool take_response(struct sync *sync)
{
    struct arena *arena = desk_arena(sync->why_r);
    Concert__Response *response = arena == NULL ? NULL : desk_next(sync->desk, arena, sync->why_r);
    bool good = response != NULL;

    if (good && sync->pull != 0 && response->number == sync->pull)
        good = take_pull(sync, response);
    else if (good)
        good = desk_push_take(sync->push, response, sync->why_r) &&
               (sync->pull != 0 || put_next(sync));
    arena_free(&arena);
    return good;
}

/* After an exchange that did not come to its end: results that came are kept, and what left without
 * an answer is noted as sent. */
static void keep_results(struct sync *sync, bool sent)
{
    struct replica *replica = sync->desk->replica;

    if (!desk_push_pending(sync->push, sent))
        return;
    if (!replica_begin(replica, REPLICA_WRITE) || !desk_push_settle(sync->push, replica) ||
        (sent && !desk_push_mark_sent(sync->push, replica)) || !replica_commit(replica))
        replica_rollback(replica); /* sent again, it gets the same results */
}

static bool exchange(struct sync *sync)
{
    struct desk *desk = sync->desk;
    bool sent, good = put_next(sync);

    while (good && !sync->pulled)
        good = take_response(sync);
    if (good)
        return !desk_push_held(sync->push, sync->why_r);
    /* results of another log say nothing: everything is asked again after the restart */
    if (sync->why_r->trouble == DESK_DIVERGED) {
        desk_disconnect(desk);
        return false;
    }
    /* a connection that broke may have taken them along; an error that was answered has not */
    sent = sync->why_r->trouble == DESK_UNREACHABLE &&
           (desk->link == NULL || link_has_sent(desk->link));
    keep_results(sync, sent);
    desk_disconnect(desk);
    return false;
}

static bool sync_once(struct desk *desk, struct desk_why *why_r)
{
    struct sync sync = {.desk = desk, .why_r = why_r, .arena = desk_arena(why_r)};
    bool good;

    if (sync.arena == NULL)
        return false;
    sync.push = desk_push_new(desk, sync.arena, why_r);
    good = sync.push != NULL && exchange(&sync);
    arena_free(&sync.arena);
    return good;
}

bool desk_sync(struct desk *desk, struct desk_why *why_r)
{
    desk->resent = -1;
    if (sync_once(desk, why_r))
        return true;
    return why_r->trouble == DESK_DIVERGED && desk_restart(desk, why_r) && sync_once(desk, why_r);
}

static bool exchange_once(struct desk *desk, bool *reused_r, struct desk_why *why_r)
{
    int lock;
    bool good;

    if (!desk_connect(desk, reused_r, why_r))
        return false;
    lock = desk_lock(desk->home, why_r);
    if (lock < 0)
        return false;
    link_renew(desk->link);
    good = desk_sync(desk, why_r);
    desk_unlock(&lock);
    if (good)
        desk_log_follow(desk); /* may take long: who sends meanwhile does not wait for it */
    return good;
}

bool desk_exchange(struct desk *desk, struct desk_why *why_r)
{
    bool reused = false, good;

    desk_fail(why_r, DESK_FINE, NULL);
    good = exchange_once(desk, &reused, why_r);
    /* a connection kept from before may have been closed meanwhile */
    if (!good && reused && why_r->trouble == DESK_UNREACHABLE)
        good = exchange_once(desk, &reused, why_r);
    desk->missed_at = !good && why_r->trouble == DESK_UNREACHABLE ? link_clock() : 0;
    return good;
}

bool desk_exchange_after(struct desk *desk, struct desk_why *why_r)
{
    if (desk->missed_at > 0 && link_clock() - desk->missed_at < MISSED_LATELY)
        return desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    return desk_exchange(desk, why_r);
}
