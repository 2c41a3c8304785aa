#include "reader.h"

#include <string.h>

#include "reader_page.h"
#include "store/store_read.h"

/* Records read at once: more than a page holds would be read for nothing. */
#define STORE_RECORDS ((size_t)500)
#define STORE_RECORDS_MIN ((size_t)64)

/* Whether a log has a place that is looked for. */
enum has { HAS_IT, HAS_ANOTHER, HAS_UNKNOWN };

/* A reader is its cursor: what lies behind it has been taken. It waits for the feed to grow
 * (at_least, follow), for its owner, or for the store; each of these calls advance. */
struct reader {
    struct region *region;
    const uint8_t *fingerprint;
    const struct reader_sink *sink;
    void *arg;
    struct waiter waiter;
    struct policy_actor actor;
    struct reader_view view;
    uint64_t cursor, at_least;
    bool follow;
    bool told;    /* at least one page was taken */
    bool more;    /* the last one promised another */
    bool reading; /* the store is asked: its callback comes for sure */
    bool cancelled;
    bool has_hash;
    uint8_t hash[STORE_HASH_SIZE]; /* the log's at the cursor, as the device knows it */
    uint64_t era;                  /* the feed's when that was last looked for; 0: never */
    uint64_t head;                 /* the feed's when the store was asked */

    /* A page leaves out a record that changed once more up to the head at which the page was read:
     * it comes with a later page, as long as the log holds that change. So until the cursor is
     * there, the log must hold the highest of those heads, or the record might never come. */
    uint64_t series;
    uint8_t series_hash[STORE_HASH_SIZE];
    uint64_t series_era;      /* the feed's whose log is known to hold it; 0: none */
    struct reader_page *made; /* told when the store is known to hold it; else NULL */
    struct feed_follower follower;
};

static void advance(struct reader *reader);
static void ask_series(struct reader *reader);

static void end(struct reader *reader, const struct error *error)
{
    feed_unfollow(&reader->follower);
    reader->sink->end(reader->arg, error);
}

static void fail(struct reader *reader, Concert__Code code, const char *field)
{
    struct error error = error_make(code, field, NULL, NULL);

    end(reader, &error);
}

static void finish(struct reader *reader)
{
    end(reader, &(struct error){0});
}

/* Who asks, as of now: a device that was revoked meanwhile gets no more. */
static bool is_active(struct reader *reader)
{
    enum directory_found found = region_actor(reader->region, reader->fingerprint, &reader->actor);
    const char *rule = directory_rule(found);
    struct error error =
        error_make(CONCERT__CODE__NOT_AUTHENTICATED, rule == NULL ? NULL : "device", rule, NULL);

    if (found != DIRECTORY_ACTIVE)
        end(reader, &error);
    return found == DIRECTORY_ACTIVE;
}

static void on_wake(void *arg)
{
    struct reader *reader = arg;

    if (is_active(reader))
        advance(reader);
}

static struct feed *feed_of(const struct reader *reader)
{
    return region_feed(reader->region);
}

/* --- pages
 * ---------------------------------------------------------------------------------------- */

static void move(struct reader *reader, const struct page *page)
{
    reader->cursor = page->upto;
    reader->has_hash = page->upto_hash != NULL;
    if (reader->has_hash)
        memcpy(reader->hash, page->upto_hash, STORE_HASH_SIZE);
    if (page->upto < page->head && page->head > reader->series) {
        reader->series = page->head;
        reader->series_era = 0;
        memcpy(reader->series_hash, page->head_hash, STORE_HASH_SIZE);
    }
}

/* A follower is told of new changes only when it may see one; the cursor moves on all the same.
 * False when the owner has ended. */
static bool tell(struct reader *reader, struct page *page)
{
    move(reader, page);
    page->more = reader->follow || page->upto < page->head;
    if (page->n_parts == 0 && reader->told && page->more)
        return true;
    reader->told = true;
    reader->more = page->more;
    return reader->sink->page(reader->arg, page);
}

static bool page_from_feed(struct reader *reader)
{
    struct feed *feed = feed_of(reader);
    struct page page = {.upto = reader->cursor};
    const struct feed_entry *entry;
    bool fine;

    page.head = feed_head(feed, &page.head_hash);
    page.upto_hash = feed_hash(feed, reader->cursor);
    for (entry = feed_after(feed, reader->cursor); entry != NULL; entry = feed_next(entry)) {
        if (!reader_page_offer(&reader->view, &page, entry))
            break;
        page.upto = entry->seq;
        page.upto_hash = entry->hash;
    }
    if (entry == NULL)
        page.upto = feed_head(feed, &page.upto_hash);
    fine = tell(reader, &page);
    page_clear(&page);
    return fine;
}

/* Tells the page and frees it. */
static void tell_made(struct reader *reader, struct reader_page *made)
{
    bool fine = tell(reader, &made->page);

    reader_page_free(&made);
    if (fine)
        advance(reader);
}

/* --- the cursor
 * ------------------------------------------------------------------------------------- */

/* Whether the log is still the one that the cursor belongs to is looked for at first, and again
 * when the feed has started over. */
static bool is_checked(const struct reader *reader)
{
    return reader->era == feed_era(feed_of(reader));
}

/* DIVERGED when false: the log's hash at the cursor is not the device's. */
static bool agrees(const struct reader *reader, const uint8_t *hash)
{
    return !reader->has_hash || reader->cursor == 0 ||
           memcmp(reader->hash, hash, STORE_HASH_SIZE) == 0;
}

static void lag(struct reader *reader)
{
    region_catch_up(reader->region);
    fail(reader, CONCERT__CODE__UNAVAILABLE, NULL);
}

/* Whether the feed's log goes on from the heads of the pages before. */
static enum has feed_has_series(struct reader *reader)
{
    struct feed *feed = feed_of(reader);
    const uint8_t *hash;

    if (reader->series <= reader->cursor || reader->series_era == feed_era(feed))
        return HAS_IT;
    hash = feed_hash(feed, reader->series);
    if (hash == NULL)
        return HAS_UNKNOWN;
    if (memcmp(hash, reader->series_hash, STORE_HASH_SIZE) != 0)
        return HAS_ANOTHER;
    reader->series_era = feed_era(feed);
    return HAS_IT;
}

/* Whether the log that a page was read from does, as far as one can tell without a question. */
static enum has page_has_series(struct reader *reader, const struct store_page *page)
{
    const uint8_t *hash;

    if (reader->series <= reader->cursor)
        return HAS_IT;
    if (page->head < reader->series)
        return HAS_ANOTHER;
    if (page->head == reader->series)
        return memcmp(page->head_hash, reader->series_hash, STORE_HASH_SIZE) == 0 ? HAS_IT
                                                                                  : HAS_ANOTHER;
    hash = feed_hash(feed_of(reader), page->head);
    return feed_has_series(reader) == HAS_IT && hash != NULL &&
                   memcmp(hash, page->head_hash, STORE_HASH_SIZE) == 0
               ? HAS_IT
               : HAS_UNKNOWN;
}

/* A page from the store is told when its log is known to be the one of the pages before. The store
 * is asked behind the page: a log that it then has is the page's, or one restored since. */
static void take_store_page(struct reader *reader, const struct store_page *page)
{
    enum has has = page_has_series(reader, page);
    struct reader_page *made = has == HAS_ANOTHER ? NULL : reader_page_make(&reader->view, page);

    if (has == HAS_ANOTHER)
        fail(reader, CONCERT__CODE__DIVERGED, "since");
    else if (made == NULL) {
        struct error error = error_make(CONCERT__CODE__TOO_LARGE, NULL, "memory", NULL);

        end(reader, &error);
    } else if (has == HAS_IT)
        tell_made(reader, made);
    else {
        reader->made = made;
        ask_series(reader);
    }
}

static void on_series(void *arg, enum store_status status, const struct store_page *page)
{
    struct reader *reader = arg;
    struct reader_page *made = reader->made;

    reader->reading = false;
    reader->made = NULL;
    if (!reader->cancelled && status == STORE_OK && page->since_known &&
        memcmp(page->since_hash, reader->series_hash, STORE_HASH_SIZE) == 0) {
        if (!is_active(reader))
            reader_page_free(&made);
        else if (made != NULL)
            tell_made(reader, made);
        else
            advance(reader);
        return;
    }
    reader_page_free(&made);
    if (reader->cancelled)
        finish(reader);
    else if (status != STORE_OK)
        fail(reader, CONCERT__CODE__UNAVAILABLE, NULL);
    else
        fail(reader, CONCERT__CODE__DIVERGED, "since");
}

static void ask_series(struct reader *reader)
{
    reader->reading = true;
    reader->series_era = feed_era(feed_of(reader));
    store_page(region_store(reader->region), reader->series, 1, on_series, reader);
}

static void on_page(void *arg, enum store_status status, const struct store_page *page)
{
    struct reader *reader = arg;

    reader->reading = false;
    if (reader->cancelled)
        finish(reader);
    else if (status != STORE_OK)
        fail(reader, CONCERT__CODE__UNAVAILABLE, NULL);
    else if (!page->since_known || !agrees(reader, page->since_hash))
        fail(reader, CONCERT__CODE__DIVERGED, "since");
    else if (page->head < reader->head) /* what was committed is gone: the region must look */
        lag(reader);
    else if (is_active(reader))
        take_store_page(reader, page);
}

static size_t records_of(size_t limit)
{
    size_t records = STORE_RECORDS * limit / PAGE_MAX;

    return records < STORE_RECORDS_MIN ? STORE_RECORDS_MIN : records;
}

static void read_store(struct reader *reader)
{
    reader->reading = true;
    reader->era = feed_era(feed_of(reader));
    reader->head = feed_head(feed_of(reader), NULL);
    store_page(region_store(reader->region), reader->cursor, records_of(reader->view.limit),
        on_page, reader);
}

static struct waiters *must_wait(struct reader *reader)
{
    struct feed *feed = feed_of(reader);
    struct waiters *busy = reader->sink->busy(reader->arg, !reader->told);
    uint64_t head = feed_head(feed, NULL);

    if (busy != NULL)
        return busy;
    if (reader->at_least > head ||
        (reader->told && reader->follow && is_checked(reader) && reader->cursor >= head))
        return feed_waiters(feed);
    return NULL;
}

/* The feed's log against what the device knows of it; false: the store is being asked, or it is
 * another one. */
static bool check_feed(struct reader *reader)
{
    enum has series;

    if (!is_checked(reader) && !agrees(reader, feed_hash(feed_of(reader), reader->cursor)))
        series = HAS_ANOTHER;
    else
        series = feed_has_series(reader);
    if (series == HAS_ANOTHER)
        fail(reader, CONCERT__CODE__DIVERGED, "since");
    else if (series == HAS_UNKNOWN)
        ask_series(reader);
    return series == HAS_IT;
}

/* One step, until it waits or is over. What the feed does not hold, or not yet, comes from the
 * store, which may be ahead of it. */
static bool step(struct reader *reader)
{
    struct feed *feed = feed_of(reader);
    struct waiters *waiters;

    if (reader->told && !reader->more) {
        finish(reader);
        return false;
    }
    waiters = must_wait(reader);
    if (waiters != NULL) {
        waiter_wait(waiters, &reader->waiter);
        return false;
    }
    if (!feed_reaches(feed, reader->cursor) || reader->cursor > feed_head(feed, NULL) ||
        (!is_checked(reader) && feed_hash(feed, reader->cursor) == NULL)) {
        read_store(reader);
        return false;
    }
    if (!check_feed(reader))
        return false;
    reader->era = feed_era(feed);
    return page_from_feed(reader);
}

static void advance(struct reader *reader)
{
    while (step(reader))
        continue;
}

/* --- life
 * ----------------------------------------------------------------------------------------- */

static size_t limit_of(size_t asked)
{
    if (asked == 0 || asked > PAGE_MAX)
        return PAGE_MAX;
    return asked < READER_PAGE_MIN ? READER_PAGE_MIN : asked;
}

struct reader *reader_new(
    const struct reader_ask *ask, const struct reader_sink *sink, void *arg, struct arena *arena)
{
    struct reader *reader = arena_alloc(arena, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    *reader = (struct reader){.region = ask->region,
        .fingerprint = ask->fingerprint,
        .sink = sink,
        .arg = arg,
        .waiter = {.wake = on_wake, .arg = reader},
        .view = {.actor = &reader->actor, .kinds = ask->kinds, .limit = limit_of(ask->page)},
        .cursor = ask->since,
        .at_least = ask->at_least,
        .follow = ask->follow,
        .has_hash = ask->since_hash != NULL};
    if (reader->has_hash)
        memcpy(reader->hash, ask->since_hash, STORE_HASH_SIZE);
    if (ask->head_hash != NULL) {
        reader->series = ask->head;
        memcpy(reader->series_hash, ask->head_hash, STORE_HASH_SIZE);
    }
    return reader;
}

void reader_start(struct reader *reader)
{
    if (reader->at_least > feed_head(feed_of(reader), NULL))
        region_catch_up(reader->region); /* another server may have committed it */
    if (reader->follow)
        feed_follow(feed_of(reader), &reader->follower, &reader->cursor);
    if (is_active(reader))
        advance(reader);
}

bool reader_endless(const struct reader *reader)
{
    return reader->follow || (!reader->told && reader->at_least > feed_head(feed_of(reader), NULL));
}

void reader_cancel(struct reader *reader)
{
    reader->cancelled = true;
    waiter_forget(&reader->waiter);
    if (!reader->reading)
        finish(reader);
}

uint64_t reader_kinds(const Concert__Kind *named, size_t count)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < count; i++)
        if (kinds_get(named[i]) != NULL)
            mask |= UINT64_C(1) << named[i];
    return count == 0 ? UINT64_MAX : mask;
}

const uint8_t *reader_hash(bool told, const ProtobufCBinaryData *hash)
{
    static const uint8_t none[STORE_HASH_SIZE];

    if (!told)
        return NULL;
    return hash->len == STORE_HASH_SIZE ? hash->data : none;
}
