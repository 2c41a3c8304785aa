/* Following the log: each page goes into the copy, and each change that led to it is told. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "desk/desk_feed.h"

#include "clock.h"
#include "desk/desk_line.h"

#define PAUSE_FIRST 500 /* milliseconds before the server is tried again, doubling */
#define PAUSE_MAX 30000

struct watcher {
    struct desk *desk;
    const struct desk_watching *watching;
    struct desk_why *why_r;
    struct desk_feed *feed;
    int signals;    /* readable when SIGINT or SIGTERM came */
    uint64_t since; /* up to here pages came */
    uint8_t hash[64];
    size_t hash_size;
    bool stopped;
    bool heard; /* this connection has brought a page */
    bool lost;  /* that the line is cut was told */
};

static bool keep_page(struct watcher *watcher, const Concert__Page *page)
{
    struct desk *desk = watcher->desk;

    if (replica_begin(desk->replica, REPLICA_WRITE) &&
        replica_apply(desk->replica, watcher->since, page, clock_now()) &&
        desk_log_note(desk, page) && replica_commit(desk->replica))
        return true;
    replica_rollback(desk->replica);
    return desk_fail_replica(watcher->why_r, replica_why(desk->replica));
}

static void tell_found(struct watcher *watcher)
{
    if (watcher->lost && watcher->watching->found != NULL)
        watcher->watching->found(watcher->watching->arg);
    watcher->lost = false;
    watcher->heard = true;
}

static bool take_page(struct watcher *watcher, const Concert__Page *page, struct arena *arena)
{
    struct desk *desk = watcher->desk;

    tell_found(watcher);
    if (desk_book(desk, watcher->why_r) == NULL || !keep_page(watcher, page)) {
        arena_free(&arena);
        return false;
    }
    watcher->since = page->upto;
    watcher->hash_size = page->upto_hash.len <= sizeof(watcher->hash) ? page->upto_hash.len : 0;
    if (watcher->hash_size > 0)
        memcpy(watcher->hash, page->upto_hash.data, watcher->hash_size);
    return desk_feed_page(watcher->feed, page, arena, watcher->why_r);
}

static bool put_pull(struct watcher *watcher, uint64_t since, uint8_t *hash, size_t hash_size,
    bool follow, uint64_t *number_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;
    uint8_t head_hash[64];
    size_t head_size = 0;

    if (!replica_series(watcher->desk->replica, &pull.head, head_hash, &head_size))
        return desk_fail_replica(watcher->why_r, replica_why(watcher->desk->replica));
    pull.has_head = pull.has_head_hash = head_size > 0;
    pull.head_hash = (ProtobufCBinaryData){head_size, head_hash};
    pull.has_since = pull.has_follow = true;
    pull.follow = follow;
    pull.since = since;
    pull.has_since_hash = hash_size > 0;
    pull.since_hash = (ProtobufCBinaryData){hash_size, hash};
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return desk_put(watcher->desk, &request, number_r, watcher->why_r);
}

/* Another command of this home may have taken more meanwhile, of a log that the server has lost
 * since: what comes must not go on top of that. The server says DIVERGED then. */
static bool check_copy(struct watcher *watcher)
{
    uint64_t cursor = 0, number;
    uint8_t hash[64];
    size_t size = 0;

    if (!replica_cursor(watcher->desk->replica, &cursor, hash, &size))
        return desk_fail_replica(watcher->why_r, replica_why(watcher->desk->replica));
    return cursor <= watcher->since || put_pull(watcher, cursor, hash, size, false, &number);
}

static bool put_follow(struct watcher *watcher, uint64_t *number_r)
{
    return check_copy(watcher) &&
           put_pull(watcher, watcher->since, watcher->hash, watcher->hash_size, true, number_r);
}

/* One response; false with trouble FINE when a signal came. */
static bool take_answer(struct watcher *watcher, uint64_t number)
{
    struct arena *arena = desk_arena(watcher->why_r);
    Concert__Response *response =
        arena == NULL ? NULL : desk_next(watcher->desk, arena, watcher->why_r);
    bool good = response != NULL;

    if (good && response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        good = desk_fail_error(watcher->why_r, response->error);
    else if (good && response->number == number &&
             response->answer_case == CONCERT__RESPONSE__ANSWER_PULL)
        return take_page(watcher, response->pull, arena);
    else if (good && desk_feed_asked(watcher->feed, response->number) &&
             response->answer_case == CONCERT__RESPONSE__ANSWER_HISTORY)
        return desk_feed_changes(
            watcher->feed, response->history, arena, &watcher->stopped, watcher->why_r);
    arena_free(&arena);
    return good;
}

/* Until the connection breaks, `changed` says stop or a signal comes. */
static void follow(struct watcher *watcher)
{
    struct desk *desk = watcher->desk;
    uint64_t number;

    desk_fail(watcher->why_r, DESK_FINE, NULL);
    if ((desk->link == NULL && !desk_connect(desk, NULL, watcher->why_r)) ||
        !put_follow(watcher, &number))
        return;
    link_follow(desk->link, watcher->signals);
    while (!watcher->stopped && desk_feed_ask(watcher->feed, watcher->why_r) &&
           take_answer(watcher, number))
        continue;
    if (watcher->why_r->trouble == DESK_FINE)
        watcher->stopped = true;
}

/* Trouble that passes by itself. */
static bool may_pass(const struct desk_why *why)
{
    return why->trouble == DESK_UNREACHABLE ||
           (why->trouble == DESK_ANSWER && (why->error.code == CONCERT__CODE__BUSY ||
                                               why->error.code == CONCERT__CODE__UNAVAILABLE ||
                                               why->error.code == CONCERT__CODE__INTERNAL));
}

static bool pause_until(struct watcher *watcher, int milliseconds)
{
    struct pollfd wait = {.fd = watcher->signals, .events = POLLIN};

    return poll(&wait, 1, milliseconds) == 0;
}

static void tell_lost(struct watcher *watcher)
{
    if (!watcher->lost && watcher->watching->lost != NULL)
        watcher->watching->lost(watcher->watching->arg, watcher->why_r);
    watcher->lost = true;
}

static bool watch(struct watcher *watcher)
{
    int pause = PAUSE_FIRST;

    for (;;) {
        watcher->heard = false;
        follow(watcher);
        desk_disconnect(watcher->desk);
        desk_feed_cut(watcher->feed);
        if (watcher->stopped)
            return true;
        if (!may_pass(watcher->why_r))
            return false;
        tell_lost(watcher);
        pause = watcher->heard ? PAUSE_FIRST : pause;
        if (!pause_until(watcher, pause))
            return true;
        pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
    }
}

/* SIGINT and SIGTERM end the watch in place of the program. */
static bool watch_signals(struct watcher *watcher)
{
    sigset_t ours, before;
    bool good;

    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigprocmask(SIG_BLOCK, &ours, &before);
    watcher->signals = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
    if (watcher->signals >= 0) {
        struct signalfd_siginfo taken;

        good = watch(watcher);
        while (read(watcher->signals, &taken, sizeof(taken)) > 0)
            continue;
        close(watcher->signals);
    } else {
        good = desk_fail(watcher->why_r, DESK_LIMIT, strerror(errno));
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}

bool desk_watch(struct desk *desk, const struct desk_watching *watching, struct desk_why *why_r)
{
    struct watcher watcher = {.desk = desk, .watching = watching, .why_r = why_r};
    bool good;

    desk_fail(why_r, DESK_FINE, NULL);
    /* the cursor first: what comes between is in the book, and told all the same */
    if (!replica_cursor(desk->replica, &watcher.since, watcher.hash, &watcher.hash_size))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    if (desk_book(desk, why_r) == NULL)
        return false;
    watcher.feed = desk_feed_new(desk, watching, watcher.since);
    if (watcher.feed == NULL)
        return desk_fail(why_r, DESK_LIMIT, NULL);
    good = watch_signals(&watcher);
    desk_feed_free(&watcher.feed);
    return good;
}
