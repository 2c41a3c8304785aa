/*
 * The region's newest changes in memory, each record encoded once, and who waits for more. Serves
 * recent pulls and followers without SQL.
 */
#pragma once

#include "policy.h"
#include "store/store.h"
#include "waiter.h"

struct feed;

/* What a record looks like to those who may not see personal fields and to those who may: the bytes
 * of one `records` entry of protocol.proto's Page, tag and length included. */
struct feed_entry {
    TAILQ_ENTRY(feed_entry) live; /* the records' present states, in seq order */
    uint64_t seq;
    uint8_t hash[STORE_HASH_SIZE];
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint8_t owner[UUID_SIZE];  /* uuid_none: the Consortium's own */
    uint8_t also[UUID_SIZE];   /* a second party that may write it; uuid_none: none */
    uint8_t holder[UUID_SIZE]; /* of an account or a device: the account; else uuid_none */
    uint8_t *full, *open;      /* the same pointer when nothing is personal; NULL: superseded */
    size_t full_size, open_size;
};

/* An empty feed of at most `bytes` of encoded records, which knows nothing below `seq`. NULL: no
 * memory. */
struct feed *feed_new(size_t bytes);

/* The bytes of encoded records that it may hold. */
size_t feed_limit(const struct feed *feed);

/* Changes that, from the next append on. */
void feed_set_limit(struct feed *feed, size_t bytes);

/* Frees the feed; waiters are forgotten. Accepts NULL, leaves NULL. */
void feed_free(struct feed **feed);

/* Starts over: nothing is held, the log ends at `seq` with `hash`, and what is later will be
 * appended. */
void feed_reset(struct feed *feed, uint64_t seq, const uint8_t hash[STORE_HASH_SIZE]);

/* Appends records, whose seqs are above all that the feed holds, in seq order; then the log ends at
 * head. Older states of the same records are superseded. Does not wake. False when memory is out:
 * the feed is then empty from `head` on, and older pulls go to the store. */
bool feed_append(struct feed *feed, const struct store_record *records, size_t count, uint64_t head,
    const uint8_t head_hash[STORE_HASH_SIZE]);

/* Who waits for the feed to grow; whoever appends wakes them. */
struct waiters *feed_waiters(struct feed *feed);

/* What the feed holds, for metrics: changes, their bytes, followers, and how far behind the log's
 * end the last of those is. */
struct feed_counts {
    size_t entries, bytes, followers;
    uint64_t lag;
};

/* Counts. */
struct feed_counts feed_count(const struct feed *feed);

/* A reader that follows; its cursor is borrowed. One that is all zero follows nothing. */
struct feed_follower {
    LIST_ENTRY(feed_follower) link;
    const uint64_t *cursor;
};

/* Counts the follower from now on. */
void feed_follow(struct feed *feed, struct feed_follower *follower, const uint64_t *cursor);

/* It follows no more; nothing when it does not. Right also when the feed is gone. */
void feed_unfollow(struct feed_follower *follower);

/* The log's end, as far as the feed knows, and its hash (borrowed). */
uint64_t feed_head(const struct feed *feed, const uint8_t **hash_r);

/* A number that is another one each time the feed has started over: the log may then be another
 * one. */
uint64_t feed_era(const struct feed *feed);

/* True when every record that changed after `seq` is held. */
bool feed_reaches(const struct feed *feed, uint64_t seq);

/* The log's hash at `seq`, when the feed holds it; else NULL. Borrowed. */
const uint8_t *feed_hash(const struct feed *feed, uint64_t seq);

/* The first present state with a seq above `seq`; NULL: none. Borrowed until the next append. */
const struct feed_entry *feed_after(const struct feed *feed, uint64_t seq);

/* The present state after this one; NULL: none. */
const struct feed_entry *feed_next(const struct feed_entry *entry);

/* Encodes one record as an entry that the caller owns (feed_entry_clear). False when memory is out.
 */
bool feed_entry_make(const struct store_record *record, struct feed_entry *entry_r);

/* Frees what an entry holds. */
void feed_entry_clear(struct feed_entry *entry);

/* The bytes that this actor may see of the entry; NULL: none. */
const uint8_t *feed_entry_view(
    const struct feed_entry *entry, const struct policy_actor *actor, size_t *size_r);
