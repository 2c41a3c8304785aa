/* The log's changes, as far as this home keeps them. Failures as in replica.h. */
#pragma once

#include "replica/replica.h"

/* Up to which seq the changes of the log are kept here, from the first on: 0, none are. */
bool replica_log_upto(struct replica *replica, uint64_t *upto_r);

/* Drops what is kept, to be fetched anew. In the caller's write transaction. */
bool replica_log_forget(struct replica *replica);

/* How often it was dropped, with the copy or alone: what was fetched before that is not kept. */
bool replica_forgotten(struct replica *replica, uint64_t *times_r);

/* Keeps one change; it counts once replica_log_reach tells so. In the caller's write transaction.
 */
bool replica_log_put(struct replica *replica, const Concert__Change *change);

/* All changes up to `upto` that this home may read are kept now, and no fetch is under way. In the
 * same transaction. */
bool replica_log_reach(struct replica *replica, uint64_t upto);

/* How far a fetch of the changes above `upto` has come: the server tells the newest first. */
struct replica_log_place {
    uint64_t goal;  /* it began below here; 0: none is under way */
    uint64_t below; /* the oldest change that came, and its hash */
    uint8_t hash[64];
    size_t hash_size;
};

/* Reads it. */
bool replica_log_place(struct replica *replica, struct replica_log_place *place_r);

/* Notes it; with goal 0 what came of the fetch is dropped. In the caller's write transaction. */
bool replica_log_move(struct replica *replica, const struct replica_log_place *place);

/* Gives each change that is there, counted or not, to `take`, as replica_log. */
bool replica_log_all(struct replica *replica,
    bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg);

/* Gives each kept change, an encoded Concert.Change, to `take`, the oldest first; false from `take`
 * ends it, and is returned. */
bool replica_log(struct replica *replica,
    bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg);
