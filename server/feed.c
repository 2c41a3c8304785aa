#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "idmap.h"

/* Entries are a ring of pointers in seq order: an id map may point to them while the ring grows. */
struct feed {
    struct feed_entry **ring;
    size_t size, first, count;
    size_t bytes, limit;
    uint64_t floor; /* all that changed after this is held */
    uint8_t floor_hash[STORE_HASH_SIZE];
    uint64_t head;
    uint8_t head_hash[STORE_HASH_SIZE];
    uint64_t era;
    struct idmap *newest; /* each record's present entry */
    TAILQ_HEAD(live_head, feed_entry) live;
    struct waiters waiters;
    LIST_HEAD(, feed_follower) followers;
};

#define FIRST_SIZE ((size_t)256)
#define ENTRY_COST (sizeof(struct feed_entry) + 64) /* with its place in the ring and the map */

static struct feed_entry *at(const struct feed *feed, size_t index)
{
    return feed->ring[(feed->first + index) & (feed->size - 1)];
}

struct feed *feed_new(size_t bytes)
{
    struct feed *feed = calloc(1, sizeof(*feed));

    if (feed == NULL)
        return NULL;
    LIST_INIT(&feed->waiters);
    LIST_INIT(&feed->followers);
    TAILQ_INIT(&feed->live);
    feed->limit = bytes;
    feed->era = 1;
    feed->size = FIRST_SIZE;
    feed->ring = calloc(feed->size, sizeof(struct feed_entry *));
    feed->newest = idmap_new();
    if (feed->ring == NULL || feed->newest == NULL)
        feed_free(&feed);
    return feed;
}

size_t feed_limit(const struct feed *feed)
{
    return feed->limit;
}

void feed_set_limit(struct feed *feed, size_t bytes)
{
    feed->limit = bytes;
}

static size_t held(const struct feed_entry *entry)
{
    return ENTRY_COST + entry->full_size + (entry->open == entry->full ? 0 : entry->open_size);
}

/* The oldest entry goes, and with it what the feed can answer below it. */
static void evict(struct feed *feed)
{
    struct feed_entry *entry = at(feed, 0);

    feed->bytes -= held(entry);
    feed->floor = entry->seq;
    memcpy(feed->floor_hash, entry->hash, STORE_HASH_SIZE);
    if (entry->full != NULL)
        TAILQ_REMOVE(&feed->live, entry, live);
    if (idmap_get(feed->newest, entry->id) == entry)
        idmap_remove(feed->newest, entry->id);
    feed_entry_clear(entry);
    free(entry);
    feed->first = (feed->first + 1) & (feed->size - 1);
    feed->count--;
}

void feed_free(struct feed **feed)
{
    if (*feed == NULL)
        return;
    while (!LIST_EMPTY(&(*feed)->followers))
        feed_unfollow(LIST_FIRST(&(*feed)->followers));
    while ((*feed)->count > 0)
        evict(*feed);
    idmap_free(&(*feed)->newest);
    free((*feed)->ring);
    free(*feed);
    *feed = NULL;
}

void feed_reset(struct feed *feed, uint64_t seq, const uint8_t hash[STORE_HASH_SIZE])
{
    while (feed->count > 0)
        evict(feed);
    feed->era++;
    feed->floor = feed->head = seq;
    memcpy(feed->floor_hash, hash, STORE_HASH_SIZE);
    memcpy(feed->head_hash, hash, STORE_HASH_SIZE);
}

static bool grow(struct feed *feed)
{
    struct feed_entry **ring;

    if (feed->count < feed->size)
        return true;
    ring = calloc(feed->size * 2, sizeof(struct feed_entry *));
    if (ring == NULL)
        return false;
    for (size_t i = 0; i < feed->count; i++)
        ring[i] = at(feed, i);
    free(feed->ring);
    feed->ring = ring;
    feed->size *= 2;
    feed->first = 0;
    return true;
}

/* The older state of the record stays as a mark of its seq and hash. */
static void supersede(struct feed *feed, const uint8_t id[UUID_SIZE])
{
    struct feed_entry *old = idmap_get(feed->newest, id);

    if (old == NULL)
        return;
    TAILQ_REMOVE(&feed->live, old, live);
    feed->bytes -= held(old);
    feed_entry_clear(old);
    feed->bytes += held(old);
}

static bool append(struct feed *feed, const struct store_record *record)
{
    struct feed_entry *entry = calloc(1, sizeof(*entry));

    if (entry == NULL || !grow(feed) || !feed_entry_make(record, entry)) {
        free(entry);
        return false;
    }
    supersede(feed, record->id);
    if (!idmap_put(feed->newest, record->id, entry)) {
        feed_entry_clear(entry);
        free(entry);
        return false;
    }
    TAILQ_INSERT_TAIL(&feed->live, entry, live);
    feed->ring[(feed->first + feed->count++) & (feed->size - 1)] = entry;
    feed->bytes += held(entry);
    return true;
}

bool feed_append(struct feed *feed, const struct store_record *records, size_t count, uint64_t head,
    const uint8_t head_hash[STORE_HASH_SIZE])
{
    bool whole = true;

    for (size_t i = 0; whole && i < count; i++)
        whole = append(feed, &records[i]);
    if (!whole)
        feed_reset(feed, head, head_hash);
    while (feed->bytes > feed->limit && feed->count > 0)
        evict(feed);
    feed->head = head;
    memcpy(feed->head_hash, head_hash, STORE_HASH_SIZE);
    return whole;
}

struct waiters *feed_waiters(struct feed *feed)
{
    return &feed->waiters;
}

struct feed_counts feed_count(const struct feed *feed)
{
    struct feed_counts counts = {.entries = feed->count, .bytes = feed->bytes};
    const struct feed_follower *follower;

    LIST_FOREACH(follower, &feed->followers, link)
    {
        counts.followers++;
        if (*follower->cursor < feed->head && feed->head - *follower->cursor > counts.lag)
            counts.lag = feed->head - *follower->cursor;
    }
    return counts;
}

void feed_follow(struct feed *feed, struct feed_follower *follower, const uint64_t *cursor)
{
    follower->cursor = cursor;
    LIST_INSERT_HEAD(&feed->followers, follower, link);
}

void feed_unfollow(struct feed_follower *follower)
{
    if (follower->cursor != NULL)
        LIST_REMOVE(follower, link);
    follower->cursor = NULL;
}

uint64_t feed_head(const struct feed *feed, const uint8_t **hash_r)
{
    if (hash_r != NULL)
        *hash_r = feed->head_hash;
    return feed->head;
}

uint64_t feed_era(const struct feed *feed)
{
    return feed->era;
}

bool feed_reaches(const struct feed *feed, uint64_t seq)
{
    return seq >= feed->floor;
}

/* Index of the first entry above `seq`. */
static size_t above(const struct feed *feed, uint64_t seq)
{
    size_t low = 0, high = feed->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (at(feed, middle)->seq > seq)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const uint8_t *feed_hash(const struct feed *feed, uint64_t seq)
{
    size_t index;

    if (seq == feed->head)
        return feed->head_hash;
    index = above(feed, seq);
    if (index > 0 && at(feed, index - 1)->seq == seq)
        return at(feed, index - 1)->hash;
    return seq == feed->floor ? feed->floor_hash : NULL;
}

const struct feed_entry *feed_after(const struct feed *feed, uint64_t seq)
{
    const struct feed_entry *last = TAILQ_LAST(&feed->live, live_head);

    if (last == NULL || last->seq <= seq)
        return NULL;
    for (size_t index = above(feed, seq);; index++)
        if (at(feed, index)->full != NULL)
            return at(feed, index);
}

const struct feed_entry *feed_next(const struct feed_entry *entry)
{
    return TAILQ_NEXT(entry, live);
}
