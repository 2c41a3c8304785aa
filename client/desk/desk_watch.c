/* Following the log: each page goes into the copy, and each of its records is told. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "desk/desk_internal.h"

#define PAUSE_FIRST 500 /* milliseconds before the server is tried again, doubling */
#define PAUSE_MAX 30000
#define BOOK_RELOAD 20000 /* records taken into one book before its memory is let go */

typedef bool changed_fn(void *arg, const struct book *book, const struct book_entry *before,
    const struct book_entry *now, bool deleted);

struct watcher {
    struct desk *desk;
    changed_fn *changed;
    void *arg;
    struct desk_why *why_r;
    int signals;    /* readable when SIGINT or SIGTERM came */
    uint64_t since; /* what was told so far */
    uint8_t hash[64];
    size_t hash_size;
    size_t taken; /* records since the book was loaded */
    bool stopped;
    bool heard; /* this connection has brought a page */
};

/* A record of a page, and what was known of it before. */
struct news {
    struct book_entry before, now;
    bool known, deleted;
};

static void take_id(uint8_t id_r[UUID_SIZE], protobuf_c_boolean has, ProtobufCBinaryData id)
{
    if (has && id.len == UUID_SIZE)
        memcpy(id_r, id.data, UUID_SIZE);
}

/* The entry of a record as it came; a tombstone keeps the body that was known. False when there is
 * nothing to tell of it. */
static bool read_news(struct book *book, const Concert__Record *record, struct news *news)
{
    struct arena *arena = book_arena(book);
    const struct kind *kind = kinds_get(record->kind);
    const struct book_entry *before =
        record->id.len == UUID_SIZE ? book_get(book, record->id.data) : NULL;
    struct book_entry *now = &news->now;

    if (kind == NULL || record->id.len != UUID_SIZE || (record->deleted && before == NULL))
        return false;
    news->known = before != NULL;
    if (before != NULL)
        news->before = news->now = *before;
    news->deleted = record->deleted;
    now->kind = kind;
    memcpy(now->id, record->id.data, UUID_SIZE);
    now->revision = record->revision;
    now->seq = record->seq;
    now->changed_at = record->changed_at;
    now->pending = false;
    take_id(now->changed_by, record->has_changed_by, record->changed_by);
    if (record->deleted)
        return true;
    now->created_at = record->created_at;
    take_id(now->created_by, record->has_created_by, record->created_by);
    take_id(now->owner, record->has_owner, record->owner);
    now->handle = arena_printf(arena, "%s", record->handle == NULL ? "" : record->handle);
    now->body = protobuf_c_message_unpack(
        kind->descriptor, arena_allocator(arena), record->body.len, record->body.data);
    return now->handle != NULL && now->body != NULL;
}

static bool tell(struct watcher *watcher, const struct book *book, const struct news *news)
{
    const struct book_entry *now = news->deleted ? &news->now : book_get(book, news->now.id);

    return now == NULL || watcher->changed(watcher->arg, book, news->known ? &news->before : NULL,
                              now, news->deleted);
}

/* First all of the page is known, then it is told: a record may name another of the same page. */
static bool tell_page(struct watcher *watcher, struct book *book, const Concert__Page *page)
{
    struct news *list = calloc(page->n_records + 1, sizeof(*list));
    size_t count = 0;
    bool good = list != NULL;

    for (size_t i = 0; good && i < page->n_records; i++) {
        if (!read_news(book, page->records[i], &list[count]))
            continue;
        if (list[count].deleted)
            book_remove(book, list[count].now.id);
        else
            good = book_put(book, &list[count].now);
        count++;
    }
    good = good && book_index(book);
    for (size_t i = 0; good && i < count && !watcher->stopped; i++)
        watcher->stopped = !tell(watcher, book, &list[i]);
    free(list);
    watcher->taken += count;
    return good || desk_fail(watcher->why_r, DESK_LIMIT, NULL);
}

static bool keep_page(struct watcher *watcher, const Concert__Page *page)
{
    struct desk *desk = watcher->desk;

    if (replica_begin(desk->replica, REPLICA_WRITE) &&
        replica_apply(desk->replica, watcher->since, page, desk_now()) &&
        desk_log_note(desk, page) && replica_commit(desk->replica))
        return true;
    replica_rollback(desk->replica);
    return desk_fail_replica(watcher->why_r, replica_why(desk->replica));
}

static bool take_page(struct watcher *watcher, const Concert__Page *page)
{
    struct desk *desk = watcher->desk;

    if (watcher->taken > BOOK_RELOAD) {
        desk_forget_book(desk);
        watcher->taken = 0;
    }
    if (desk_book(desk, watcher->why_r) == NULL || !keep_page(watcher, page) ||
        !tell_page(watcher, desk->book, page))
        return false;
    watcher->since = page->upto;
    watcher->hash_size = page->upto_hash.len <= sizeof(watcher->hash) ? page->upto_hash.len : 0;
    if (watcher->hash_size > 0)
        memcpy(watcher->hash, page->upto_hash.data, watcher->hash_size);
    watcher->heard = true;
    return true;
}

static bool put_follow(struct watcher *watcher, uint64_t *number_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Pull pull = CONCERT__PULL__INIT;

    pull.has_since = pull.has_follow = pull.follow = true;
    pull.since = watcher->since;
    pull.has_since_hash = watcher->hash_size > 0;
    pull.since_hash = (ProtobufCBinaryData){watcher->hash_size, watcher->hash};
    request.verb_case = CONCERT__REQUEST__VERB_PULL;
    request.pull = &pull;
    return desk_put(watcher->desk, &request, number_r, watcher->why_r);
}

/* One answer of the pull; false with trouble FINE when a signal came. */
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
        good = take_page(watcher, response->pull);
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
    while (!watcher->stopped && take_answer(watcher, number))
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

static bool watch(struct watcher *watcher)
{
    int pause = PAUSE_FIRST;

    for (;;) {
        watcher->heard = false;
        follow(watcher);
        desk_disconnect(watcher->desk);
        if (watcher->stopped)
            return true;
        if (!may_pass(watcher->why_r))
            return false;
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

bool desk_watch(struct desk *desk,
    bool (*changed)(void *arg, const struct book *book, const struct book_entry *before,
        const struct book_entry *now, bool deleted),
    void *arg, struct desk_why *why_r)
{
    struct watcher watcher = {.desk = desk, .changed = changed, .arg = arg, .why_r = why_r};

    if (!desk_refresh(desk, why_r))
        return false;
    if (!replica_cursor(desk->replica, &watcher.since, watcher.hash, &watcher.hash_size))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    return watch_signals(&watcher);
}
