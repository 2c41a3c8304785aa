/*
 * A refresh over the line: the connection, the lock and the loop around the core of desk_sync.c.
 */
#include "clock.h"
#include "desk/desk_internal.h"
#include "desk/desk_line.h"
#include "desk/desk_sync.h"

#define MISSED_LATELY                                                                              \
    5000 /* milliseconds in which a server that did not answer is not asked again */

/* The next response, which the core takes; a page's memory goes as soon as it is in the copy. */
static enum desk_sync_step take_next(
    struct desk *desk, struct desk_sync *sync, struct desk_why *why_r)
{
    struct arena *arena = desk_arena(why_r);
    const Concert__Response *response = arena == NULL ? NULL : desk_next(desk, arena, why_r);
    enum desk_sync_step step =
        response == NULL ? DESK_SYNC_FAILED : desk_sync_take(sync, response, why_r);

    arena_free(&arena);
    return step;
}

static bool drive(struct desk *desk, struct desk_sync *sync, struct desk_why *why_r)
{
    enum desk_sync_step step = desk_sync_begin(sync, why_r) ? DESK_SYNC_MORE : DESK_SYNC_FAILED;
    bool sent;

    while (step == DESK_SYNC_MORE)
        step = take_next(desk, sync, why_r);
    if (step == DESK_SYNC_DONE)
        return true;
    /* a connection that broke may have taken them along; an error that was answered has not */
    sent = why_r->trouble == DESK_UNREACHABLE && (desk->link == NULL || link_has_sent(desk->link));
    desk_sync_cut(sync, sent);
    desk_disconnect(desk);
    return false;
}

static bool exchange_locked(struct desk *desk, struct desk_why *why_r)
{
    struct desk_sync *sync = desk_sync_new(desk, why_r);
    bool good = sync != NULL && drive(desk, sync, why_r);

    desk_sync_free(&sync);
    return good;
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
    good = exchange_locked(desk, why_r);
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
    desk->missed_at = !good && why_r->trouble == DESK_UNREACHABLE ? clock_steady() : 0;
    return good;
}

bool desk_exchange_after(struct desk *desk, struct desk_why *why_r)
{
    if (desk->missed_at > 0 && clock_steady() - desk->missed_at < MISSED_LATELY)
        return desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    return desk_exchange(desk, why_r);
}
