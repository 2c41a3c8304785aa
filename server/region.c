#include "region.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "date.h"
#include "log.h"

#define PAGE_RECORDS ((size_t)500)
#define FEED_RECORDS(bytes) ((size_t)(bytes) / 512) /* a first guess of what fits: trimmed by bytes */

enum state {
    AWAY,    /* not loaded; waits for the database */
    LOADING, /* directory, then the feed's floor, then pages */
    FILLING, /* loaded once; the feed is being brought up to the log */
    READY
};

struct region {
    const struct settings_region *settings;
    char prefix[96];
    enum state state;
    struct store *store;
    struct writer *writer;
    struct feed *feed;
    struct directory *directory;
    struct waiters waiters;
    size_t kinds_loaded;
    bool loaded;
    bool again; /* something changed while filling: look once more */
};

static const Concert__Kind directory_kinds[] = {
    CONCERT__KIND__PARTY, CONCERT__KIND__ACCOUNT, CONCERT__KIND__DEVICE};

#define DIRECTORY_KINDS (sizeof(directory_kinds) / sizeof(directory_kinds[0]))

static void set_state(struct region *region, enum state state)
{
    static const char *const names[] = {"away", "loading", "filling", "ready"};
    static const bool moves[4][4] = {
        [AWAY] = {[LOADING] = true, [FILLING] = true},
        [LOADING] = {[AWAY] = true, [FILLING] = true},
        [FILLING] = {[AWAY] = true, [LOADING] = true, [READY] = true},
        [READY] = {[FILLING] = true, [AWAY] = true},
    };

    assert(moves[region->state][state]);
    if (!(region->state >= FILLING && state >= FILLING))
        log_line(LOG_LEVEL_INFO, region->prefix, "state=%s head=%llu", names[state],
            (unsigned long long)feed_head(region->feed, NULL));
    region->state = state;
}

int64_t region_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- bringing the feed up to the log ----------------------------------------------------------- */

static void load(struct region *region);
static void on_page(void *arg, enum store_status status, const struct store_page *page);

static void lose(struct region *region)
{
    set_state(region, AWAY);
    waiter_wake_all(&region->waiters);
}

static void next_page(struct region *region)
{
    region->again = false;
    store_page(region->store, feed_head(region->feed, NULL), PAGE_RECORDS, on_page, region);
}

/* The log is not the one that this server has read: the database came back from a backup. */
static bool diverged(const struct region *region, const struct store_page *page)
{
    const uint8_t *hash;
    uint64_t head = feed_head(region->feed, &hash);

    return head > page->head || !page->since_known ||
        (region->loaded && memcmp(hash, page->since_hash, STORE_HASH_SIZE) != 0);
}

static bool learn(struct region *region, const struct store_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!directory_learn(region->directory, &records[i]))
            return false;
    return true;
}

static void on_page(void *arg, enum store_status status, const struct store_page *page)
{
    struct region *region = arg;

    if (status != STORE_OK) {
        lose(region);
        return;
    }
    if (diverged(region, page)) {
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=diverged head=%llu database=%llu",
            (unsigned long long)feed_head(region->feed, NULL), (unsigned long long)page->head);
        region->loaded = false;
        load(region);
        return;
    }
    if (!region->loaded && page->n_records > 0)
        feed_reset(region->feed, feed_head(region->feed, NULL), page->since_hash);
    if (!learn(region, page->records, page->n_records) ||
        !feed_append(region->feed, page->records, page->n_records, page->upto, page->upto_hash))
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=no_memory");
    region->loaded = true;
    if (page->upto < page->head || region->again) {
        next_page(region);
        return;
    }
    set_state(region, READY);
    waiter_wake_all(feed_waiters(region->feed));
    waiter_wake_all(&region->waiters);
}

static void fill(struct region *region)
{
    set_state(region, FILLING);
    next_page(region);
}

void region_catch_up(struct region *region)
{
    if (region->state == AWAY && !region->loaded)
        load(region);
    else if (region->state == AWAY || region->state == READY)
        fill(region);
    else
        region->again = true;
}

/* --- the first load ---------------------------------------------------------------------------- */

static void on_floor(void *arg, enum store_status status, uint64_t seq)
{
    static const uint8_t unknown[STORE_HASH_SIZE] = {0};
    struct region *region = arg;

    if (status != STORE_OK) {
        lose(region);
        return;
    }
    feed_reset(region->feed, seq, unknown);
    fill(region);
}

static void load_next(struct region *region);

static void on_kind(
    void *arg, enum store_status status, const struct store_record *records, size_t count)
{
    struct region *region = arg;

    if (status != STORE_OK || !learn(region, records, count)) {
        lose(region);
        return;
    }
    region->kinds_loaded++;
    load_next(region);
}

static void load_next(struct region *region)
{
    if (region->kinds_loaded < DIRECTORY_KINDS)
        store_kind(region->store, kinds_get(directory_kinds[region->kinds_loaded]), on_kind, region);
    else
        store_floor(region->store, FEED_RECORDS(feed_limit(region->feed)), on_floor, region);
}

static void load(struct region *region)
{
    set_state(region, LOADING);
    region->kinds_loaded = 0;
    load_next(region);
}

static void on_listen(void *arg, bool up, uint64_t head)
{
    struct region *region = arg;

    log_line(LOG_LEVEL_DEBUG, region->prefix, "event=listen up=%d head=%llu", up,
        (unsigned long long)head);
    if (!up)
        return;
    if (head == 0 || head > feed_head(region->feed, NULL))
        region_catch_up(region);
}

/* --- what this server commits itself ------------------------------------------------------------ */

static void on_committed(void *arg, const struct store_record *records, size_t count,
    uint64_t first_seq, const struct store_head *head)
{
    struct region *region = arg;

    if (region->state != READY || first_seq != feed_head(region->feed, NULL) + 1) {
        region_catch_up(region);
        return;
    }
    if (!learn(region, records, count) ||
        !feed_append(region->feed, records, count, head->seq, head->hash))
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=no_memory");
    waiter_wake_all(feed_waiters(region->feed));
}

/* --- life --------------------------------------------------------------------------------------- */

static bool open_rooms(
    struct region *region, struct event_base *base, const struct settings *settings)
{
    struct writer_limits limits = {(size_t)settings->batch, (size_t)settings->queued};

    region->feed = feed_new((size_t)settings->feed);
    region->directory = directory_new();
    if (region->feed == NULL || region->directory == NULL)
        return false;
    region->store = store_open(base, region->settings->database, region->settings->name,
        (size_t)settings->store_connections, on_listen, region);
    if (region->store == NULL)
        return false;
    region->writer = writer_new(region->store, &limits, region_now, on_committed, region);
    return region->writer != NULL;
}

struct region *region_new(struct event_base *base, const struct settings *settings,
    const struct settings_region *own)
{
    struct region *region = calloc(1, sizeof(*region));

    if (region == NULL)
        return NULL;
    LIST_INIT(&region->waiters);
    region->settings = own;
    snprintf(region->prefix, sizeof(region->prefix), "region=%s", own->name);
    if (!open_rooms(region, base, settings))
        region_free(&region);
    return region;
}

void region_free(struct region **region)
{
    if (*region == NULL)
        return;
    store_free(&(*region)->store);
    writer_free(&(*region)->writer);
    directory_free(&(*region)->directory);
    feed_free(&(*region)->feed);
    free(*region);
    *region = NULL;
}

const struct settings_region *region_settings(const struct region *region)
{
    return region->settings;
}

bool region_ready(const struct region *region)
{
    return region->loaded;
}

struct waiters *region_waiters(struct region *region)
{
    return &region->waiters;
}

struct store *region_store(struct region *region)
{
    return region->store;
}

struct writer *region_writer(struct region *region)
{
    return region->writer;
}

struct feed *region_feed(struct region *region)
{
    return region->feed;
}

const struct directory *region_directory(const struct region *region)
{
    return region->directory;
}

enum directory_found region_actor(const struct region *region,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], struct policy_actor *actor_r)
{
    int32_t today = date_of_time(region_now(), region->settings->timezone);

    return directory_actor(region->directory, fingerprint, today, actor_r);
}
