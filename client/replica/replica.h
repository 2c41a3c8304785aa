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
    REPLICA_STORAGE, /* disk full, no permission, held by another: detail is the system's message */
    REPLICA_MEMORY
};

struct replica_why {
    enum replica_trouble trouble;
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

/* Moves what the log beside the file holds into the file: after a first copy, or much writing. Best
 * effort. Not within a transaction. */
void replica_checkpoint(struct replica *replica);

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

/* --- A copy beside the copy ---------------------------------------------------------------------
 *
 * When the server's log is another one, what it has is gathered beside the copy, page by page,
 * while the copy stands; then it takes the copy's place in one transaction.
 */

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

/* --- The log ---------------------------------------------------------------------------------- */

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

/* --- Outbox ----------------------------------------------------------------------------------- */

enum replica_state {
    REPLICA_WAITING,
    REPLICA_SENT, /* sent, and the answer was not seen: it is sent again */
    REPLICA_ACCEPTED,
    REPLICA_CONFLICT,
    REPLICA_REFUSED
};
#define REPLICA_STATE_BIT(state) (1u << (state))

/* Why an operation is sent again after the server's log was found to be another one. Others that
 * lost changes too may have to send theirs first: one that is refused then stays so, but is asked
 * again with each exchange. */
enum replica_again {
    REPLICA_AGAIN_NO,
    REPLICA_AGAIN_RECEIPT, /* it had been accepted, and has not been asked again yet */
    REPLICA_AGAIN_WAITING, /* it waited already then */
    REPLICA_AGAIN_REFUSED  /* it had been accepted, and the new log does not take it so far */
};

struct replica_operation {
    uint64_t number; /* given by replica_add */
    const uint8_t *op_id;
    uint32_t kind;
    const uint8_t *id;
    uint64_t base;
    const uint8_t *patch; /* NULL with remove */
    size_t patch_size;
    const char *clear; /* names of fields, a space between; NULL: none */
    bool remove;
    const char *reason; /* NULL: none */
    int64_t authored_at;
    const uint8_t *push; /* UUID shared by those that commit together; NULL: by itself */
    const uint8_t *seen; /* the kind's message: what the fields held when it was written; NULL: not
                            known, as after a restart from an older log */
    size_t seen_size;
    const uint8_t *resolution; /* encoded Concert.Resolution; NULL: it settles no conflict */
    size_t resolution_size;
    const uint8_t *proposal; /* the record that asks its owner; NULL: it asks nobody */
    enum replica_again again;
    enum replica_state state;
    const uint8_t *result; /* encoded Concert.Result; NULL: none yet */
    size_t result_size;
};

/* Adds an operation, waiting; its number is *number_r. In the caller's durable transaction. */
bool replica_add(
    struct replica *replica, const struct replica_operation *operation, uint64_t *number_r);

/* Gives each operation from number `from` on whose state is in the mask (REPLICA_STATE_BIT) to
 * `take`, the oldest first; false from `take` ends it, and is returned. */
bool replica_outbox(struct replica *replica, uint64_t from, unsigned states,
    bool (*take)(void *arg, const struct replica_operation *operation), void *arg);

/* The one setter of an operation's state, with the server's result (may be NULL) and the seq it got
 * (0: none). An operation that is settled (accepted, conflict, refused) stays as it is, but for a
 * refused one that is asked again. */
bool replica_settle(struct replica *replica, uint64_t number, enum replica_state state,
    const uint8_t *result, size_t result_size, uint64_t seq);

/* What had been accepted is to be sent again, *count_r of it, in the order in which it was written;
 * no base is above what the copy has (1 when it lacks the record, which an operation before it
 * makes); `seen` stays, since what the new copy has may be what its author never saw. In the
 * transaction of replica_fresh_take. */
bool replica_reopen(struct replica *replica, uint64_t *count_r);

/* How many operations that are not accepted have this mark. */
bool replica_again_count(struct replica *replica, enum replica_again again, uint64_t *count_r);

/* Refused operations are not asked again any more. */
bool replica_again_end(struct replica *replica);

/* The number of the operation of that op_id; *found_r tells whether there is one. */
bool replica_number(
    struct replica *replica, const uint8_t op_id[UUID_SIZE], uint64_t *number_r, bool *found_r);

/* Notes that an operation in conflict asks the record's owner by this proposal. */
bool replica_ask(struct replica *replica, uint64_t number, const uint8_t proposal[UUID_SIZE]);

/* Takes a refused or conflicting operation out; *found_r tells whether there was such a one. */
bool replica_drop(struct replica *replica, uint64_t number, bool *found_r);

/* Takes the records that were created in this home and have been accepted: their provisional
 * numbers. False from `take` ends it, and is returned. */
bool replica_created(struct replica *replica,
    bool (*take)(void *arg, uint64_t number, const uint8_t id[UUID_SIZE]), void *arg);
