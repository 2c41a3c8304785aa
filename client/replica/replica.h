/*
 * This home's copy of the plan and its outbox, in one SQLite file (HOME/copy.db, WAL). Several
 * processes may have it open. Knows neither the desk nor the line; decodes no record.
 *
 * Calls that fail return false and leave the reason in replica_why; inside a transaction the caller
 * then calls replica_rollback.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.pb-c.h"
#include "uuid.h"

struct replica;

enum replica_trouble {
    REPLICA_FINE,
    REPLICA_ABSENT,  /* there is no copy, or one that was never finished */
    REPLICA_DAMAGED, /* the file is not one of ours, or is corrupt: detail is its path */
    REPLICA_STORAGE, /* disk full, no permission, held by another */
    REPLICA_MEMORY
};

struct replica_why {
    enum replica_trouble trouble;
    int system; /* STORAGE: errno, and detail is the path; 0: detail says it */
    char detail[512];
};

/* What a transaction is for. */
enum replica_mode {
    REPLICA_READ,   /* one view of everything */
    REPLICA_WRITE,  /* what the server holds too: lost with the power it is fetched again */
    REPLICA_DURABLE /* on the disk when replica_commit is true */
};

/* Opens HOME/copy.db; with `create` makes it when absent. NULL with why_r. Free with replica_free.
 */
struct replica *replica_open(const char *home, bool create, struct replica_why *why_r);

/* Accepts NULL, leaves NULL. */
void replica_free(struct replica **replica);

/* Why the last call failed. Borrowed. */
const struct replica_why *replica_why(const struct replica *replica);

/* Records that what was read makes no sense: DAMAGED. Always false. */
bool replica_damaged(struct replica *replica);

/* Begins a transaction; waits at most 5 s for another process's. */
bool replica_begin(struct replica *replica, enum replica_mode mode);

/* Commits. On failure (disk full) the transaction is rolled back. */
bool replica_commit(struct replica *replica);

/* Undoes the transaction under way, if any; replica_why stays. */
void replica_rollback(struct replica *replica);

/* Moves what the log beside the file holds into the file: after a first copy, or much writing.
 * False when not all of it could be, as while another process reads. Not within a transaction. */
bool replica_checkpoint(struct replica *replica);

/* --- Facts about this home -------------------------------------------------------------------- */

/* One of them: bytes (NUL behind them), or a number with data NULL. */
struct replica_fact {
    const char *key;
    const uint8_t *data;
    size_t size;
    int64_t number;
};

/* Gives each fact to `take`; what it gets is borrowed for the call. */
bool replica_facts(
    struct replica *replica, void (*take)(void *arg, const struct replica_fact *fact), void *arg);

/* Sets a fact. */
bool replica_put_fact(struct replica *replica, const struct replica_fact *fact);

/* --- Records ---------------------------------------------------------------------------------- */

/* A record as stored; `body` is its kind's message, encoded. `owner` etc. are NULL when absent. */
struct replica_record {
    const uint8_t *id;
    uint32_t kind;
    const char *handle;
    uint64_t revision, seq;
    const uint8_t *owner;
    int64_t created_at, changed_at;
    const uint8_t *created_by, *changed_by;
    const uint8_t *body;
    size_t body_size;
};

/* Gives each record to `take`, in no order; false from `take` ends it, and is returned. */
bool replica_records(struct replica *replica,
    bool (*take)(void *arg, const struct replica_record *record), void *arg);

/* Gives the record of that id to `take`, if there is one. */
bool replica_record(struct replica *replica, const uint8_t id[UUID_SIZE],
    bool (*take)(void *arg, const struct replica_record *record), void *arg);

/* Gives the record removed last that had this handle to `take`, if there is one; its body is empty.
 */
bool replica_removed(struct replica *replica, const char *handle,
    bool (*take)(void *arg, const struct replica_record *record), void *arg);

/* Where the copy stands: `seq_r` and its hash (hash_r, *size_r bytes, 0 at the start). */
bool replica_cursor(struct replica *replica, uint64_t *seq_r, uint8_t hash_r[64], size_t *size_r);

/* The highest head at which pages up to the cursor were read, while the cursor is below it, and its
 * hash; *size_r 0: none, what is up to the cursor is all there was. Told to the server with the
 * cursor. */
bool replica_series(struct replica *replica, uint64_t *head_r, uint8_t hash_r[64], size_t *size_r);

/* Applies a page that was asked for with `since`, and moves the cursor with it; in the caller's
 * write transaction. What another process has applied meanwhile is left as it is. A page that
 * begins after the cursor would leave a hole: STORAGE, and nothing is applied. `now`: the time,
 * microseconds. */
bool replica_apply(struct replica *replica, uint64_t since, const Concert__Page *page, int64_t now);
