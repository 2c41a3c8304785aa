/*
 * One exchange with the server: what waits in the outbox goes, what others wrote comes. All
 * requests leave together; the pull is answered after the pushes are decided, so that its pages
 * hold them. When the server's log is not the one that the copy came from, as after a restore from
 * an older backup, it goes on by gathering (desk_fresh.c).
 */
#include "desk/desk_sync.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_conflict.h"
#include "desk/desk_fresh.h"
#include "desk/desk_line.h"
#include "desk/desk_push.h"
#include "replica/replica_fresh.h"

#define TURNS_MAX 4

struct desk_sync {
    struct desk *desk;
    struct arena *arena;    /* of the operations under way and their results */
    struct desk_push *push; /* NULL while gathering */
    uint64_t asked;         /* number of the pull; 0: not asked yet */
    uint64_t since;         /* where its next page begins */
    bool gathering;         /* the pull is of another log, beside the copy */
    bool pulled;            /* its last page came */
    unsigned turns;         /* how often another log was met */
    bool clashed;           /* something did, and its owner may have been asked: to be sent too */
};

static bool fail_storage(struct desk_sync *sync, struct desk_why *why_r)
{
    replica_rollback(sync->desk->replica);
    return desk_fail_replica(why_r, replica_why(sync->desk->replica));
}

/* --- asking ------------------------------------------------------------------------------------
 */

/* The place from which pages are wanted; the cursor is read before the series, for another process
 * may move both meanwhile, and only a cursor that is behind the series does no harm. */
static bool read_place(struct desk_sync *sync, Concert__Pull *pull, uint8_t hashes[2][64])
{
    struct replica *replica = sync->desk->replica;
    uint64_t head = 0;
    size_t sizes[2] = {0, 0};

    if (!(sync->gathering ? replica_fresh_cursor : replica_cursor)(
            replica, &sync->since, hashes[0], &sizes[0]) ||
        !(sync->gathering ? replica_fresh_series : replica_series)(
            replica, &head, hashes[1], &sizes[1]))
        return false;
    pull->has_since = true;
    pull->since = sync->since;
    pull->has_since_hash = sizes[0] > 0;
    pull->since_hash = (ProtobufCBinaryData){sizes[0], hashes[0]};
    pull->has_head = pull->has_head_hash = sizes[1] > 0;
    pull->head = head;
    pull->head_hash = (ProtobufCBinaryData){sizes[1], hashes[1]};
    return true;
}

static bool put_pull(struct desk_sync *sync, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;
    uint8_t hashes[2][64];

    if (!read_place(sync, &pull, hashes))
        return desk_fail_replica(why_r, replica_why(sync->desk->replica));
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return desk_put(sync->desk, &request, &sync->asked, why_r);
}

/* The next push, and behind the last one the pull. */
static bool put_next(struct desk_sync *sync, struct desk_why *why_r)
{
    bool more;

    if (!desk_push_put(sync->push, sync->desk, &more, why_r))
        return false;
    return more || put_pull(sync, why_r);
}

/* The outbox as it is now is to leave. */
static bool read_outbox(struct desk_sync *sync, struct desk_why *why_r)
{
    arena_free(&sync->arena);
    sync->asked = 0;
    sync->gathering = false;
    sync->arena = desk_arena(why_r);
    sync->push = sync->arena == NULL ? NULL : desk_push_new(sync->desk, sync->arena, why_r);
    return sync->push != NULL;
}

/* From where an earlier gathering was cut, or else from the start. */
static bool gather(struct desk_sync *sync, struct desk_why *why_r)
{
    arena_free(&sync->arena);
    sync->push = NULL;
    sync->gathering = true;
    return put_pull(sync, why_r);
}

/* --- the copy ----------------------------------------------------------------------------------
 */

static bool mark_complete(struct desk_sync *sync)
{
    const struct replica_fact fact = {.key = "complete", .number = 1};

    if (sync->desk->complete)
        return true;
    sync->desk->complete = true;
    return replica_put_fact(sync->desk->replica, &fact);
}

static void tell_progress(struct desk_sync *sync, const Concert__Page *page)
{
    if (sync->desk->progress != NULL)
        sync->desk->progress(sync->desk->progress_arg, page->upto, page->head);
}

/* Those who decide about what clashed are asked by a proposal, which leaves behind it. */
static bool ask_owners(struct desk_sync *sync)
{
    if (!desk_push_clashed(sync->push))
        return true;
    sync->clashed = true;
    return desk_conflict_ask(sync->desk);
}

/* What the pushes led to and the page that shows it become true here together. */
static bool take_page(
    struct desk_sync *sync, const Concert__Page *page, bool last, struct desk_why *why_r)
{
    struct replica *replica = sync->desk->replica;
    int64_t now = clock_now();
    bool first_copy = !sync->desk->complete;

    desk_push_reach(sync->push, page->upto);
    if (!replica_begin(replica, REPLICA_WRITE) || !desk_push_settle(sync->push, replica) ||
        !replica_apply(replica, sync->since, page, now) || !desk_log_note(sync->desk, page) ||
        !desk_fresh_count(sync->desk, sync->push, last) || !ask_owners(sync) ||
        (last && !mark_complete(sync)) || !replica_commit(replica))
        return fail_storage(sync, why_r);
    if (last && first_copy)
        replica_checkpoint(replica);
    desk_push_settled(sync->push);
    sync->since = page->upto;
    sync->pulled = last;
    sync->desk->cursor = page->upto > sync->desk->cursor ? page->upto : sync->desk->cursor;
    sync->desk->synced_at = now;
    tell_progress(sync, page);
    return true;
}

/* The last page makes what was gathered the copy, and what had been accepted leaves again. */
static bool take_gathered(
    struct desk_sync *sync, const Concert__Page *page, bool last, struct desk_why *why_r)
{
    if (!(last ? desk_fresh_take : desk_fresh_page)(sync->desk, sync->since, page, why_r))
        return false;
    sync->since = page->upto;
    tell_progress(sync, page);
    return !last || (read_outbox(sync, why_r) && put_next(sync, why_r));
}

/* Results that another log gave say nothing: after the gathering everything is asked again. */
static bool diverged(struct desk_sync *sync, struct desk_why *why_r)
{
    if ((sync->gathering && sync->since == 0) || ++sync->turns > TURNS_MAX)
        return desk_fail(
            why_r, DESK_DIVERGED, NULL); /* a log that does not even begin, or swings */
    return (!sync->gathering || desk_fresh_forget(sync->desk, why_r)) && gather(sync, why_r);
}

static bool take_pull(
    struct desk_sync *sync, const Concert__Response *response, struct desk_why *why_r)
{
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_PULL)
        return (sync->gathering ? take_gathered : take_page)(
            sync, response->pull, !response->more, why_r);
    if (response->answer_case != CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail(why_r, DESK_UNREACHABLE, sync->desk->identity.address);
    if (response->error->code == CONCERT__CODE__DIVERGED)
        return diverged(sync, why_r);
    return desk_fail_error(why_r, response->error);
}

static bool take_push(
    struct desk_sync *sync, const Concert__Response *response, struct desk_why *why_r)
{
    if (sync->push == NULL || !desk_push_awaits(sync->push, response->number))
        return true; /* asked for before it was known that the log is another one */
    return desk_push_take(sync->push, response, why_r) &&
           (sync->asked != 0 || put_next(sync, why_r));
}

/* --- what drives it ----------------------------------------------------------------------------
 */

struct desk_sync *desk_sync_new(struct desk *desk, struct desk_why *why_r)
{
    struct desk_sync *sync = calloc(1, sizeof(*sync));

    desk_fail(why_r, DESK_FINE, NULL);
    if (sync == NULL) {
        desk_fail(why_r, DESK_LIMIT, NULL);
        return NULL;
    }
    sync->desk = desk;
    if (!read_outbox(sync, why_r))
        desk_sync_free(&sync);
    return sync;
}

bool desk_sync_begin(struct desk_sync *sync, struct desk_why *why_r)
{
    bool gathering;

    if (!desk_fresh_begun(sync->desk, &gathering, why_r))
        return false;
    return gathering ? gather(sync, why_r) : put_next(sync, why_r);
}

/* All that was asked for came. What owners are asked by leaves at once. */
static enum desk_sync_step finish(struct desk_sync *sync, struct desk_why *why_r)
{
    if (desk_push_held(sync->push, why_r))
        return DESK_SYNC_FAILED;
    if (!sync->clashed)
        return DESK_SYNC_DONE;
    sync->clashed = sync->pulled = false;
    if (!read_outbox(sync, why_r))
        return DESK_SYNC_FAILED;
    if (desk_push_empty(sync->push))
        return DESK_SYNC_DONE;
    return put_next(sync, why_r) ? DESK_SYNC_MORE : DESK_SYNC_FAILED;
}

enum desk_sync_step desk_sync_take(
    struct desk_sync *sync, const Concert__Response *response, struct desk_why *why_r)
{
    bool ours = sync->asked != 0 && response->number == sync->asked;

    if (!(ours ? take_pull : take_push)(sync, response, why_r))
        return DESK_SYNC_FAILED;
    if (!sync->pulled)
        return DESK_SYNC_MORE;
    return finish(sync, why_r);
}

void desk_sync_cut(struct desk_sync *sync, bool sent)
{
    struct replica *replica = sync->desk->replica;

    if (sync->push != NULL && sent) /* a page behind them would have told whether it is our log */
        desk_push_forget_refusals(sync->push);
    if (sync->push == NULL || !desk_push_pending(sync->push, sent))
        return;
    desk_push_reach(sync->push, sync->desk->cursor);
    if (!replica_begin(replica, REPLICA_WRITE) || !desk_push_settle(sync->push, replica) ||
        !desk_fresh_count(sync->desk, sync->push, false) || !ask_owners(sync) ||
        (sent && !desk_push_mark_sent(sync->push, replica)) || !replica_commit(replica))
        replica_rollback(replica); /* sent again, it gets the same results */
    else
        desk_push_settled(sync->push);
}

void desk_sync_free(struct desk_sync **sync)
{
    if (*sync == NULL)
        return;
    arena_free(&(*sync)->arena);
    free(*sync);
    *sync = NULL;
}
