#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "session.h"
#include "store/store_read.h"
#include "verbs/verbs.h"

#define STORE_RECORDS ((size_t)500)

/* A pull is its cursor: what lies behind it has been sent. It waits for the feed to grow (at_least,
 * follow), for room in the output, for pushes before it, or for the store; each of these calls
 * advance. */
struct pull {
    struct request *request;
    struct waiter waiter;
    uint64_t cursor, at_least;
    uint64_t kinds; /* mask; all when nothing was asked for */
    bool follow;
    bool told;    /* at least one page was sent */
    bool more;    /* the last one promised another */
    bool reading; /* the store is asked: its callback comes for sure */
    bool has_hash;
    uint8_t hash[STORE_HASH_SIZE]; /* the log's at the cursor, as the client knows it */
    uint64_t era;                  /* the feed's when that was last looked for; 0: never */
    uint64_t head;                 /* the feed's when the store was asked */
};

static void advance(struct pull *pull);

static void end(struct pull *pull, enum verb_status status)
{
    request_resume(pull->request, status);
}

static void fail(struct pull *pull, Concert__Code code, const char *field)
{
    end(pull, request_fail(pull->request, code, field, NULL));
}

/* Who asks, as of now: in the pull's own region, for the connection may have gone to another one. A
 * device that was revoked meanwhile gets no more. */
static bool is_active(struct pull *pull)
{
    struct request *request = pull->request;

    if (region_actor(request->region, session_fingerprint(request->session), &request->actor) ==
        DIRECTORY_ACTIVE)
        return true;
    fail(pull, CONCERT__CODE__NOT_AUTHENTICATED, "device");
    return false;
}

static void on_wake(void *arg)
{
    struct pull *pull = arg;

    if (is_active(pull))
        advance(pull);
}

static void on_cancel(struct request *request)
{
    struct pull *pull = request->data;

    waiter_forget(&pull->waiter);
    if (!pull->reading)
        request_resume(request, VERB_DONE);
}

static struct feed *feed_of(const struct pull *pull)
{
    return region_feed(pull->request->region);
}

/* --- pages
 * ---------------------------------------------------------------------------------------- */

static bool wanted(const struct pull *pull, const struct kind *kind)
{
    return pull->kinds & UINT64_C(1) << kind->id;
}

/* False when the page is full. */
static bool offer(struct pull *pull, struct page *page, const struct feed_entry *entry)
{
    const uint8_t *data;
    size_t size;

    if (entry->full == NULL || !wanted(pull, entry->kind))
        return true;
    data = feed_entry_view(entry, &pull->request->actor, &size);
    return data == NULL || page_add(page, data, size);
}

static void move(struct pull *pull, const struct page *page)
{
    pull->cursor = page->upto;
    pull->has_hash = page->upto_hash != NULL;
    if (pull->has_hash)
        memcpy(pull->hash, page->upto_hash, STORE_HASH_SIZE);
}

/* A follower is told of new changes only when it may see one; the cursor moves on all the same.
 * False when memory is out: the connection ends, and the pull with it. */
static bool tell(struct pull *pull, struct page *page)
{
    struct session *session = pull->request->session;

    move(pull, page);
    page->more = pull->follow || page->upto < page->head;
    page->has_number = pull->request->response.has_number;
    page->number = pull->request->response.number;
    if (page->n_parts == 0 && pull->told && page->more)
        return true;
    pull->told = true;
    pull->more = page->more;
    if (!page_write(page, session_output(session))) {
        session_close(session, STREAM_MEMORY);
        return false;
    }
    session_flush(session);
    return true;
}

static bool page_from_feed(struct pull *pull)
{
    struct feed *feed = feed_of(pull);
    struct page page = {.upto = pull->cursor};
    const struct feed_entry *entry;
    bool fine;

    page.head = feed_head(feed, NULL);
    page.upto_hash = feed_hash(feed, pull->cursor);
    for (entry = feed_after(feed, pull->cursor); entry != NULL; entry = feed_next(entry)) {
        if (!offer(pull, &page, entry))
            break;
        page.upto = entry->seq;
        page.upto_hash = entry->hash;
    }
    if (entry == NULL)
        page.upto = feed_head(feed, &page.upto_hash);
    fine = tell(pull, &page);
    page_clear(&page);
    return fine;
}

/* False when memory is out. */
static bool fill_page(
    struct pull *pull, const struct store_page *from, struct feed_entry *entries, struct page *page)
{
    for (size_t i = 0; i < from->n_records; i++) {
        if (!feed_entry_make(&from->records[i], &entries[i]))
            return false;
        if (offer(pull, page, &entries[i]))
            continue;
        if (i > 0) {
            page->upto = from->records[i - 1].seq;
            page->upto_hash = from->records[i - 1].hash;
        }
        return i > 0;
    }
    return true;
}

static bool tell_store_page(struct pull *pull, const struct store_page *from)
{
    struct feed_entry *entries = calloc(from->n_records + 1, sizeof(*entries));
    struct page page = {.upto = from->upto, .upto_hash = from->upto_hash, .head = from->head};
    bool fine = entries != NULL && fill_page(pull, from, entries, &page);

    if (fine)
        fine = tell(pull, &page);
    else
        session_close(pull->request->session, STREAM_MEMORY);
    for (size_t i = 0; entries != NULL && i < from->n_records; i++)
        feed_entry_clear(&entries[i]);
    free(entries);
    page_clear(&page);
    return fine;
}

/* --- the cursor
 * ------------------------------------------------------------------------------------- */

/* Whether the log is still the one that the cursor belongs to is looked for at first, and again
 * when the feed has started over. */
static bool is_checked(const struct pull *pull)
{
    return pull->era == feed_era(feed_of(pull));
}

/* DIVERGED when false: the log's hash at the cursor is not the client's. */
static bool agrees(const struct pull *pull, const uint8_t *hash)
{
    return !pull->has_hash || pull->cursor == 0 || memcmp(pull->hash, hash, STORE_HASH_SIZE) == 0;
}

static void lag(struct pull *pull)
{
    region_catch_up(pull->request->region);
    fail(pull, CONCERT__CODE__UNAVAILABLE, NULL);
}

static void on_page(void *arg, enum store_status status, const struct store_page *page)
{
    struct pull *pull = arg;

    pull->reading = false;
    if (pull->request->session == NULL)
        end(pull, VERB_DONE);
    else if (status != STORE_OK)
        fail(pull, CONCERT__CODE__UNAVAILABLE, NULL);
    else if (!page->since_known || !agrees(pull, page->since_hash))
        fail(pull, CONCERT__CODE__DIVERGED, "since");
    else if (page->head < pull->head) /* what was committed is gone: the region must look */
        lag(pull);
    else if (is_active(pull) && tell_store_page(pull, page))
        advance(pull);
}

static void read_store(struct pull *pull)
{
    pull->reading = true;
    pull->era = feed_era(feed_of(pull));
    pull->head = feed_head(feed_of(pull), NULL);
    store_page(region_store(pull->request->region), pull->cursor, STORE_RECORDS, on_page, pull);
}

static bool must_wait(struct pull *pull, struct waiters **for_r)
{
    struct session *session = pull->request->session;
    uint64_t head = feed_head(feed_of(pull), NULL), least = pull->at_least;

    if (!pull->told && least < session_at_least(session, pull->request->region))
        least = session_at_least(session, pull->request->region);
    if (!pull->told && session_pushing(session))
        *for_r = session_pushed(session);
    else if (session_full(session))
        *for_r = session_room(session);
    else if (least > head ||
             (pull->told && pull->follow && is_checked(pull) && pull->cursor >= head))
        *for_r = feed_waiters(feed_of(pull));
    else
        return false;
    return true;
}

/* One step, until it waits or is over. What the feed does not hold, or not yet, comes from the
 * store, which may be ahead of it. */
static bool step(struct pull *pull)
{
    struct feed *feed = feed_of(pull);
    struct waiters *waiters;

    if (pull->told && !pull->more) {
        end(pull, VERB_DONE);
        return false;
    }
    if (must_wait(pull, &waiters)) {
        waiter_wait(waiters, &pull->waiter);
        return false;
    }
    if (!feed_reaches(feed, pull->cursor) || pull->cursor > feed_head(feed, NULL) ||
        (!is_checked(pull) && feed_hash(feed, pull->cursor) == NULL)) {
        read_store(pull);
        return false;
    }
    if (!is_checked(pull) && !agrees(pull, feed_hash(feed, pull->cursor))) {
        fail(pull, CONCERT__CODE__DIVERGED, "since");
        return false;
    }
    pull->era = feed_era(feed);
    return page_from_feed(pull);
}

static void advance(struct pull *pull)
{
    while (step(pull))
        continue;
}

static uint64_t mask_of(const Concert__Pull *message)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < message->n_kinds; i++)
        if (kinds_get(message->kinds[i]) != NULL)
            mask |= UINT64_C(1) << message->kinds[i];
    return message->n_kinds == 0 ? UINT64_MAX : mask;
}

enum verb_status pull_run(struct request *request)
{
    const Concert__Pull *message = request->message->pull;
    struct pull *pull = arena_alloc(request->arena, sizeof(*pull));

    if (pull == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    if (message->since > INT64_MAX || message->at_least > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "since", "range");
    *pull = (struct pull){.request = request,
        .cursor = message->since,
        .at_least = message->at_least,
        .kinds = mask_of(message),
        .follow = message->has_follow && message->follow,
        .has_hash = message->has_since_hash,
        .waiter = {.wake = on_wake, .arg = pull}};
    if (message->has_since_hash && message->since_hash.len == STORE_HASH_SIZE)
        memcpy(pull->hash, message->since_hash.data, STORE_HASH_SIZE);
    request->data = pull;
    request->cancel = on_cancel;
    if (pull->at_least > feed_head(feed_of(pull), NULL))
        region_catch_up(request->region); /* another server may have committed it */
    advance(pull);
    return VERB_WAIT;
}
