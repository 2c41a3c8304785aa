/*
 * Reads through the door of store.h: each on any pooled connection, each its own short transaction.
 * Callbacks are as there.
 */
#pragma once

#include "store/store.h"

struct store_page {
    uint64_t head;
    uint8_t head_hash[STORE_HASH_SIZE];
    bool since_known;                    /* the log has `since` (or it is 0) */
    uint8_t since_hash[STORE_HASH_SIZE]; /* the log's at `since`; all zero for 0 */
    const struct store_record *records;  /* with bodies and hashes, in seq order */
    size_t n_records;
    uint64_t upto; /* the last record's seq, or head when nothing later is left */
    uint8_t upto_hash[STORE_HASH_SIZE];
};

typedef void store_page_cb(void *arg, enum store_status status, const struct store_page *page);

/* The next at most `limit` records, tombstones included, changed after `since`, in one snapshot. */
void store_page(struct store *store, uint64_t since, size_t limit, store_page_cb *cb, void *arg);

typedef void store_kind_cb(
    void *arg, enum store_status status, const struct store_record *records, size_t count);

/* All live records of one kind, with bodies, in seq order: for what a server keeps in memory. */
void store_kind(struct store *store, const struct kind *kind, store_kind_cb *cb, void *arg);

typedef void store_history_cb(
    void *arg, enum store_status status, const struct store_change *changes, size_t count);

/* The newest at most `limit` changes with a seq below `before` (0: no bound), of record `id` or,
 * when NULL, of all; the newest first, patches and hashes included. */
void store_history(struct store *store, const uint8_t id[UUID_SIZE], uint64_t before, size_t limit,
    store_history_cb *cb, void *arg);

typedef void store_floor_cb(void *arg, enum store_status status, uint64_t seq);

/* The lowest seq after which at most `count` records have changed: 0 when the region has no more.
 */
void store_floor(struct store *store, size_t count, store_floor_cb *cb, void *arg);

/* What is in quarantine of one device. */
struct store_quarantined {
    uint64_t waiting;    /* operations that nobody has reviewed, */
    uint64_t bytes;      /* and what their patches take */
    uint32_t rank, part; /* the highest given, reviewed ones included; 0: none */
};

/* `quarantined` is NULL unless STORE_OK. */
typedef void store_quarantined_cb(
    void *arg, enum store_status status, const struct store_quarantined *quarantined);

/* Counts what is in quarantine of a device: some milliseconds for ten thousand. */
void store_quarantined(
    struct store *store, const uint8_t device[UUID_SIZE], store_quarantined_cb *cb, void *arg);
