#include "region.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "date.h"
#include "log.h"
#include "machine.h"
#include "places.h"
#include "store/store_read.h"

#define PAGE_RECORDS ((size_t)500)
#define TODAY_US INT64_C(10000000) /* how long a civil date is taken for granted */
#define DAY_S 10                   /* how often is looked whether a day has ended */
#define RETRY_S 1                  /* after a read that failed though the database is there */
#define FEED_RECORDS(bytes)                                                                        \
    ((size_t)(bytes) / 512) /* a first guess of what fits: trimmed by bytes */

enum state {
    AWAY,    /* not loaded; waits for the database */
    LOADING, /* the feed's floor, then the directory, then pages from the floor */
    FILLING, /* loaded once; the feed is being brought up to the log */
    READY
};

/* Parcels under way, in all and of one device: some tens of MiB each at the worst. */
#define CARRIES_MAX ((size_t)16)
#define CARRIES_PER_DEVICE ((size_t)4)

/* What revoked devices hand over, in all: each holds its request's memory. One at a time of one
 * device, so that what waits of it already is known. */
#define SURRENDERS_MAX ((size_t)8)

struct region {
    const struct settings_region *settings;
    char prefix[96];
    enum state state;
    struct store *store;
    struct writer *writer;
    struct feed *feed;
    struct directory *directory;
    struct directory *fresh; /* while loading: what becomes the directory */
    struct waiters waiters;
    struct event *retry, *day;
    uint64_t floor;
    struct date_rules *rules; /* of its time zone; NULL: UTC */
    int32_t today;            /* the civil date, as looked up at `today_from` */
    int64_t today_from;
    int32_t woken_on;                        /* the day on which mandates were last looked at */
    uint8_t carries[CARRIES_MAX][UUID_SIZE]; /* the device of each; uuid_none: a free place */
    uint8_t surrenders[SURRENDERS_MAX][UUID_SIZE];
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

    machine_expect(moves[region->state][state], "region", region->state, state);
    if (!(region->state >= FILLING && state >= FILLING))
        log_line(LOG_LEVEL_INFO, region->prefix, "state=%s head=%llu", names[state],
            (unsigned long long)feed_head(region->feed, NULL));
    region->state = state;
}

/* --- bringing the feed up to the log -----------------------------------------------------------
 */

static void load(struct region *region);
static void on_page(void *arg, enum store_status status, const struct store_page *page);

/* Who listens to the database tells when it is back; a read may also fail while it is there. */
static void lose(struct region *region)
{
    set_state(region, AWAY);
    event_add(region->retry, &(struct timeval){.tv_sec = RETRY_S});
    waiter_wake_all(&region->waiters);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
    struct region *region = arg;

    (void)fd;
    (void)what;
    if (region->state == AWAY && store_ready(region->store))
        region_catch_up(region);
}

/* A mandate ends with its last day, without a change of the log: who follows looks again. */
static void on_day(evutil_socket_t fd, short what, void *arg)
{
    struct region *region = arg;
    int32_t today = region_today(region);

    (void)fd;
    (void)what;
    if (today == region->woken_on)
        return;
    region->woken_on = today;
    waiter_wake_all(feed_waiters(region->feed));
}

/* Where the log has been read to. */
static uint64_t cursor(const struct region *region)
{
    return region->loaded ? feed_head(region->feed, NULL) : region->floor;
}

static void next_page(struct region *region)
{
    region->again = false;
    store_page(region->store, cursor(region), PAGE_RECORDS, on_page, region);
}

/* The log is not the one that this server has read: the database came back from a backup. */
static bool diverged(const struct region *region, const struct store_page *page)
{
    const uint8_t *hash;

    feed_head(region->feed, &hash);
    return cursor(region) > page->head || !page->since_known ||
           (region->loaded && memcmp(hash, page->since_hash, STORE_HASH_SIZE) != 0);
}

static bool learn(struct directory *directory, const struct store_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!directory_learn(directory, &records[i]))
            return false;
    return true;
}

static void on_page(void *arg, enum store_status status, const struct store_page *page)
{
    struct region *region = arg;
    bool goes_on;

    if (status != STORE_OK) {
        lose(region);
        return;
    }
    if (diverged(region, page)) {
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=diverged head=%llu database=%llu",
            (unsigned long long)cursor(region), (unsigned long long)page->head);
        region->loaded = false;
        load(region);
        return;
    }
    if (!region->loaded)
        feed_reset(region->feed, region->floor, page->since_hash);
    if (!learn(region->directory, page->records, page->n_records) ||
        !feed_append(region->feed, page->records, page->n_records, page->upto, page->upto_hash))
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=no_memory");
    region->loaded = true;
    goes_on = page->upto < page->head || region->again;
    if (goes_on)
        next_page(region);
    else
        set_state(region, READY);
    waiter_wake_all(feed_waiters(region->feed)); /* others may commit faster than it ever ends */
    if (!goes_on)
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

/* --- loading ------------------------------------------------------------------------------------
 */

static void load_next(struct region *region);

static void on_kind(
    void *arg, enum store_status status, const struct store_record *records, size_t count)
{
    struct region *region = arg;

    if (status != STORE_OK || !learn(region->fresh, records, count)) {
        lose(region);
        return;
    }
    region->kinds_loaded++;
    load_next(region);
}

/* Whom the log does not hold any more is not known any more: the directory is a new one. */
static void load_next(struct region *region)
{
    if (region->kinds_loaded < DIRECTORY_KINDS) {
        store_kind(
            region->store, kinds_get(directory_kinds[region->kinds_loaded]), on_kind, region);
        return;
    }
    directory_free(&region->directory);
    region->directory = region->fresh;
    region->fresh = NULL;
    fill(region);
}

static void on_floor(void *arg, enum store_status status, uint64_t seq)
{
    struct region *region = arg;

    directory_free(&region->fresh);
    region->fresh = directory_new();
    if (status != STORE_OK || region->fresh == NULL) {
        lose(region);
        return;
    }
    region->floor = seq;
    load_next(region);
}

/* The floor comes first: what changes while the directory is read comes again with the pages. */
static void load(struct region *region)
{
    set_state(region, LOADING);
    region->kinds_loaded = 0;
    store_floor(region->store, FEED_RECORDS(feed_limit(region->feed)), on_floor, region);
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

/* --- what this server commits itself ------------------------------------------------------------
 */

static void on_committed(void *arg, const struct store_record *records, size_t count,
    const struct store_head *before, const struct store_head *head)
{
    struct region *region = arg;
    const uint8_t *hash;

    /* another server committed in between, or the database came back with another log */
    if (region->state != READY || before->seq != feed_head(region->feed, &hash) ||
        memcmp(before->hash, hash, STORE_HASH_SIZE) != 0) {
        region_catch_up(region);
        return;
    }
    if (!learn(region->directory, records, count) ||
        !feed_append(region->feed, records, count, head->seq, head->hash))
        log_line(LOG_LEVEL_ERROR, region->prefix, "event=no_memory");
    waiter_wake_all(feed_waiters(region->feed));
}

/* --- life ---------------------------------------------------------------------------------------
 */

static bool open_rooms(
    struct region *region, struct event_base *base, const struct settings *settings)
{
    struct writer_limits limits = {(size_t)settings->batch, (size_t)settings->queued};

    region->feed = feed_new((size_t)settings->feed);
    region->directory = directory_new();
    region->retry = event_new(base, -1, 0, on_retry, region);
    region->day = event_new(base, -1, EV_PERSIST, on_day, region);
    if (region->feed == NULL || region->directory == NULL || region->retry == NULL ||
        region->day == NULL || event_add(region->day, &(struct timeval){.tv_sec = DAY_S}) != 0)
        return false;
    region->store = store_open(base, region->settings->database, region->settings->name,
        (size_t)settings->store_connections, on_listen, region);
    if (region->store == NULL)
        return false;
    region->writer = writer_new(region->store, &limits, clock_now, on_committed, region);
    if (region->writer != NULL)
        writer_set_name(region->writer, region->settings->name);
    return region->writer != NULL;
}

void region_reload(struct region *region, const struct settings *settings)
{
    struct writer_limits limits = {(size_t)settings->batch, (size_t)settings->queued};

    writer_set_limits(region->writer, &limits);
    feed_set_limit(region->feed, (size_t)settings->feed);
}

struct region *region_new(
    struct event_base *base, const struct settings *settings, const struct settings_region *own)
{
    struct region *region = calloc(1, sizeof(*region));

    if (region == NULL)
        return NULL;
    LIST_INIT(&region->waiters);
    region->settings = own;
    region->rules = date_rules_load(own->timezone);
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
    if ((*region)->retry != NULL)
        event_free((*region)->retry);
    if ((*region)->day != NULL)
        event_free((*region)->day);
    directory_free(&(*region)->fresh);
    directory_free(&(*region)->directory);
    feed_free(&(*region)->feed);
    date_rules_free(&(*region)->rules);
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

enum metrics_unready region_unready(const struct region *region)
{
    if (store_schema_wrong(region->store, NULL))
        return METRICS_SCHEMA;
    if (!store_ready(region->store))
        return METRICS_AWAY;
    return region->loaded ? METRICS_READY : METRICS_LOADING;
}

bool region_in_step(const struct region *region)
{
    return region->state == READY;
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

bool region_carry_begins(struct region *region, const uint8_t device[UUID_SIZE])
{
    return places_take(region->carries, CARRIES_MAX, CARRIES_PER_DEVICE, device);
}

void region_carry_ends(struct region *region, const uint8_t device[UUID_SIZE])
{
    places_leave(region->carries, CARRIES_MAX, device);
}

bool region_surrender_begins(struct region *region, const uint8_t device[UUID_SIZE])
{
    return places_take(region->surrenders, SURRENDERS_MAX, 1, device);
}

void region_surrender_ends(struct region *region, const uint8_t device[UUID_SIZE])
{
    places_leave(region->surrenders, SURRENDERS_MAX, device);
}

int32_t region_today(struct region *region)
{
    int64_t now = clock_now();

    if (now < region->today_from || now >= region->today_from + TODAY_US) {
        region->today = date_by_rules(region->rules, now);
        region->today_from = now;
    }
    return region->today;
}

enum directory_found region_actor(struct region *region,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], struct policy_actor *actor_r)
{
    return directory_actor(region->directory, fingerprint, region_today(region), actor_r);
}
