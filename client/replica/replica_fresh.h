/*
 * A copy beside the copy. When the server's log is another one, what it has is gathered beside the
 * copy, page by page, while the copy stands; then it takes the copy's place in one transaction.
 * Failures as in replica.h.
 */
#pragma once

#include "replica/replica.h"

/* Where the gathering stands, as replica_cursor; 0 when nothing was gathered. */
bool replica_fresh_cursor(
    struct replica *replica, uint64_t *seq_r, uint8_t hash_r[64], size_t *size_r);

/* As replica_series, of what was gathered. */
bool replica_fresh_series(
    struct replica *replica, uint64_t *head_r, uint8_t hash_r[64], size_t *size_r);

/* Takes a page that was asked for with `since` in, as replica_apply. */
bool replica_fresh_apply(struct replica *replica, uint64_t since, const Concert__Page *page);

/* Throws away what was gathered. */
bool replica_fresh_forget(struct replica *replica);

/* What was gathered becomes the copy, and the log's changes are dropped. Records that the old copy
 * had and the new one lacks, or has in an older state, become `former`. In the caller's durable
 * transaction, with replica_reopen behind it. */
bool replica_fresh_take(struct replica *replica, int64_t now);

/* Gives each record of an older copy that the copy still lacks, or has in an older state, to
 * `take`; false from `take` ends it, and is returned. */
bool replica_former(struct replica *replica,
    bool (*take)(void *arg, const struct replica_record *record), void *arg);

/* Drops former records: those that the copy has again, or with `all` all of them. */
bool replica_former_forget(struct replica *replica, bool all);
