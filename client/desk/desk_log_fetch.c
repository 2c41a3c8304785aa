/*
 * Fetching the log's changes. The server tells them the newest first: each page is kept beside what
 * counts already, until they meet. After a cut it goes on below the last page, of the same log.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/desk_internal.h"
#include "desk/desk_line.h"
#include "desk/desk_log_rid.h"
#include "kinds.h"
#include "replica/replica_log.h"

#define PAGE_MAX 1000 /* changes asked for at once */
#define PAGE_MIN 100  /* fewer could be only such as this home may not read */

struct fetch {
    struct desk *desk;
    uint64_t from;                  /* what counts already */
    uint64_t cursor;                /* what the copy shows, with its hash */
    uint64_t forgotten;             /* which of the copies made anew it is for */
    struct replica_log_place place; /* its goal, and how far it has come */
    uint8_t hash[64];
    size_t hash_size;
    bool done; /* for now, or for good */
    struct desk_why *why_r;
};

static bool fail_storage(struct fetch *fetch)
{
    replica_rollback(fetch->desk->replica);
    return desk_fail_replica(fetch->why_r, replica_why(fetch->desk->replica));
}

/* --- where it is -------------------------------------------------------------------------------
 */

/* All of one moment: another process may begin the copy anew, or fetch too. */
static bool read_bounds(struct fetch *fetch)
{
    struct replica *replica = fetch->desk->replica;
    bool good = replica_log_upto(replica, &fetch->from) &&
                replica_forgotten(replica, &fetch->forgotten) &&
                replica_log_place(replica, &fetch->place) &&
                replica_cursor(replica, &fetch->cursor, fetch->hash, &fetch->hash_size);

    if (fetch->place.goal == 0) {
        fetch->place = (struct replica_log_place){.goal = fetch->cursor};
        fetch->place.below = fetch->cursor + 1;
    }
    return good;
}

/* No page has come yet. */
static bool is_first(const struct fetch *fetch)
{
    return fetch->place.below > fetch->place.goal;
}

/* Whether it all still is as it was when the page was asked for. */
static bool is_unchanged(const struct fetch *fetch, bool *good_r)
{
    struct replica *replica = fetch->desk->replica;
    uint64_t from, forgotten, cursor;
    struct replica_log_place place;
    uint8_t hash[64];
    size_t size;

    *good_r = replica_log_upto(replica, &from) && replica_forgotten(replica, &forgotten) &&
              replica_log_place(replica, &place) && replica_cursor(replica, &cursor, hash, &size);
    if (!*good_r || from != fetch->from || forgotten != fetch->forgotten)
        return false;
    if (is_first(fetch))
        return place.goal == 0 && cursor >= fetch->place.goal;
    return place.goal == fetch->place.goal && place.below == fetch->place.below;
}

/* --- asking ------------------------------------------------------------------------------------
 */

/* The oldest change that came is asked for once more: it tells whether it is the same log still. */
static uint64_t before_of(const struct fetch *fetch)
{
    return is_first(fetch) ? fetch->place.below : fetch->place.below + 1;
}

static uint32_t limit_of(const struct fetch *fetch)
{
    uint64_t missing = before_of(fetch) - 1 - fetch->from;

    if (missing < PAGE_MIN)
        return PAGE_MIN;
    return missing < PAGE_MAX ? (uint32_t)missing : PAGE_MAX;
}

static const Concert__HistoryAnswer *ask(struct fetch *fetch, struct arena *arena)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__History history = CONCERT__HISTORY__INIT;
    Concert__Response *response;

    history.has_before = history.has_limit = true;
    history.before = before_of(fetch);
    history.limit = limit_of(fetch);
    request.verb_case = CONCERT__REQUEST__VERB_HISTORY;
    request.history = &history;
    response = desk_ask(fetch->desk, &request, arena, fetch->why_r);
    if (response == NULL)
        return NULL;
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_HISTORY)
        return response->history;
    desk_fail(fetch->why_r, DESK_UNREACHABLE, fetch->desk->identity.address);
    return NULL;
}

static bool has_hash(const Concert__Change *change, const uint8_t *hash, size_t size)
{
    return size == 0 || (change->hash.len == size && memcmp(change->hash.data, hash, size) == 0);
}

/* The first of a page must be the one that the copy stands on, or that ended the page before. */
static bool is_ours(const struct fetch *fetch, const Concert__HistoryAnswer *answer)
{
    const Concert__Change *newest = answer->n_changes == 0 ? NULL : answer->changes[0];

    if (!is_first(fetch))
        return newest != NULL && newest->seq == fetch->place.below &&
               has_hash(newest, fetch->place.hash, fetch->place.hash_size);
    return newest == NULL || newest->seq != fetch->cursor ||
           has_hash(newest, fetch->hash, fetch->hash_size);
}

/* --- keeping -----------------------------------------------------------------------------------
 */

/* What is personal can be erased on the server: it is not kept here. What this version does not
 * know is kept as it came. */
static bool is_kept(const struct fetch *fetch, const Concert__Change *change)
{
    const struct kind *kind = kinds_get(change->kind);

    return change->seq > fetch->from && change->seq <= fetch->place.goal &&
           (kind == NULL || (kind->readers == KIND_READ_ALL && !kinds_has_personal(kind)));
}

static bool put_changes(const struct fetch *fetch, const Concert__HistoryAnswer *answer)
{
    for (size_t i = 0; i < answer->n_changes; i++)
        if (is_kept(fetch, answer->changes[i]) &&
            !replica_log_put(fetch->desk->replica, answer->changes[i]))
            return false;
    return true;
}

/* Where the next page begins; the last one makes it count. */
static bool move(struct fetch *fetch, const Concert__HistoryAnswer *answer)
{
    const Concert__Change *oldest =
        answer->n_changes == 0 ? NULL : answer->changes[answer->n_changes - 1];
    uint64_t before = fetch->place.below;

    if (oldest != NULL) {
        fetch->place.below = oldest->seq;
        fetch->place.hash_size = oldest->hash.len <= 64 ? oldest->hash.len : 0;
        if (fetch->place.hash_size > 0)
            memcpy(fetch->place.hash, oldest->hash.data, fetch->place.hash_size);
    }
    fetch->done = oldest == NULL || oldest->seq <= fetch->from + 1 || oldest->seq == before;
    return fetch->done ? replica_log_reach(fetch->desk->replica, fetch->place.goal)
                       : replica_log_move(fetch->desk->replica, &fetch->place);
}

/* One transaction. What another process has kept meanwhile, or begun anew, stands. */
static bool keep(struct fetch *fetch, const Concert__HistoryAnswer *answer)
{
    struct replica *replica = fetch->desk->replica;
    bool good, unchanged;

    if (!replica_begin(replica, REPLICA_WRITE))
        return fail_storage(fetch);
    unchanged = is_unchanged(fetch, &good);
    if (good && !unchanged) {
        fetch->done = true;
        good = replica_log_upto(replica, &fetch->from);
        replica_rollback(replica);
        fetch->desk->log_upto = fetch->from;
        return good || fail_storage(fetch);
    }
    if (!good || !put_changes(fetch, answer) || !move(fetch, answer) || !replica_commit(replica))
        return fail_storage(fetch);
    if (fetch->done)
        fetch->desk->log_upto = fetch->place.goal;
    return true;
}

/* The pages that came were of another log than this one. */
static bool drop(struct fetch *fetch)
{
    const struct replica_log_place none = {.goal = 0};
    struct replica *replica = fetch->desk->replica;

    if (!replica_begin(replica, REPLICA_WRITE) || !replica_log_move(replica, &none) ||
        !replica_commit(replica))
        return fail_storage(fetch);
    return desk_fail(fetch->why_r, DESK_DIVERGED, NULL);
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static bool take_page(struct fetch *fetch)
{
    struct arena *arena = desk_arena(fetch->why_r);
    const Concert__HistoryAnswer *answer = arena == NULL ? NULL : ask(fetch, arena);
    bool good = answer != NULL;

    if (good && !is_ours(fetch, answer))
        good = drop(fetch);
    else if (good && answer->n_changes > 0 &&
             answer->changes[answer->n_changes - 1]->seq >= before_of(fetch))
        good = desk_fail(fetch->why_r, DESK_UNREACHABLE, fetch->desk->identity.address);
    else if (good)
        good = keep(fetch, answer);
    arena_free(&arena);
    return good;
}

/* Up to one goal: that of a fetch that was cut, or else what the copy shows. */
static bool fetch_goal(struct fetch *fetch)
{
    bool good = replica_begin(fetch->desk->replica, REPLICA_READ) && read_bounds(fetch);

    replica_rollback(fetch->desk->replica);
    if (!good)
        return desk_fail_replica(fetch->why_r, replica_why(fetch->desk->replica));
    fetch->done = fetch->place.goal <= fetch->from;
    while (good && !fetch->done)
        good = take_page(fetch);
    return good;
}

bool desk_log_fetch(struct desk *desk, struct desk_why *why_r)
{
    struct fetch fetch = {.desk = desk, .why_r = why_r};
    bool good = fetch_goal(&fetch);

    /* one that was cut had an earlier goal */
    if (good && fetch.place.goal > 0 && desk->log_upto == fetch.place.goal &&
        fetch.place.goal < fetch.cursor)
        good = fetch_goal(&fetch);
    return good;
}

void desk_log_follow(struct desk *desk)
{
    struct desk_why ignored;

    desk_log_rid(desk);
    if (desk->log_wanted > desk->log_upto && desk->cursor > desk->log_upto)
        desk_log_fetch(desk, &ignored);
}
