/*
 * The door to a region's database: asynchronous, opaque, the only one. Callbacks fire from the
 * event loop, never from inside the call, exactly once each; what they are handed lives until they
 * return. No call blocks. Tests put a scripted fake behind this header.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "store/store_shapes.h"

struct event_base;
struct store;

enum store_status {
    STORE_OK,
    STORE_REFUSED,    /* PostgreSQL refused the batch for what it says; it is rolled back */
    STORE_UNAVAILABLE /* no connection, or it was lost: whether a commit happened is not known */
};

/* --- a batch: two round trips on the writer's own connection ---------------------------------- */

/* A record that an operation touches, with the revision its author saw. */
struct store_touch {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint64_t base;
};

struct store_ask {
    const uint8_t (*op_ids)[UUID_SIZE];
    size_t n_op_ids;
    const struct store_touch *touched; /* register row, typed row, changes after base */
    size_t n_touched;
    const uint8_t (*referred)[UUID_SIZE]; /* register rows only */
    size_t n_referred;
    const uint8_t (*code_hashes)[STORE_HASH_SIZE];
    size_t n_code_hashes;
    bool resolutions; /* the counters of decisions, all of them */
    uint64_t batch;   /* its number, for the log */
};

/* An operation that the log holds already. */
struct store_known {
    uint8_t op_id[UUID_SIZE];
    uint8_t account[UUID_SIZE];
    uint64_t seq, revision;
    char handle[STORE_HANDLE_SIZE];
    uint8_t hash[STORE_HASH_SIZE]; /* the log's at `seq` */
};

/* Without body and hash: what one change since a base touched. */
struct store_answer {
    struct store_head head;
    const struct store_known *known;
    size_t n_known;
    const struct store_record *records; /* each once; touched ones with body */
    size_t n_records;
    const struct store_change
        *changes; /* of touched records after their base, oldest first; patch, hashes absent */
    size_t n_changes;
    const struct store_invitation *invitations;
    size_t n_invitations;
    const struct store_resolution *resolutions; /* each party and year once */
    size_t n_resolutions;
};

typedef void store_begin_cb(void *arg, enum store_status status, const struct store_answer *answer);

/* Begins a transaction, takes the head row (FOR UPDATE) and reads what a batch needs, in one
 * pipelined round trip. `ask` is borrowed until the call returns; the answer (NULL unless STORE_OK)
 * until store_commit's or store_rollback's callback has returned. One batch at a time. */
void store_begin(struct store *store, const struct store_ask *ask, store_begin_cb *cb, void *arg);

struct store_writes {
    struct store_head head; /* as it is after the batch */
    const struct store_record
        *records; /* final states, each record once; deleted: typed row goes */
    size_t n_records;
    const struct store_change *changes; /* in seq order */
    size_t n_changes;
    const struct store_invitation *invitations; /* new ones, and those whose device is set now */
    size_t n_invitations;
    const struct store_resolution *resolutions; /* those that were counted on */
    size_t n_resolutions;
};

/* `error` tells, for STORE_REFUSED, what the constraint says: exists (unique), invalid "in_use" or
 * "reference" (foreign key), invalid "check" or the word of a rule that the schema keeps, with the
 * field; internal otherwise. Else NULL. */
typedef void store_commit_cb(void *arg, enum store_status status, const struct error *error);

/* Writes and commits the batch that store_begin began, in one pipelined round trip with a constant
 * number of statements per kind, and notifies other servers of the head. Borrows `writes` until the
 * call returns. After the callback the next batch may begin. */
void store_commit(
    struct store *store, const struct store_writes *writes, store_commit_cb *cb, void *arg);

/* Ends the batch without writing: all of its operations were refused, in conflict or known. The
 * callback's status is STORE_OK or STORE_UNAVAILABLE. */
void store_rollback(struct store *store, store_commit_cb *cb, void *arg);

/* --- life ------------------------------------------------------------------------------------ */

/* Called when a server of the region committed (`head`: its seq), and with 0 when the listening
 * connection is new, so that what was missed in between must be looked for. Also tells, by `up`,
 * that the database came or went. */
typedef void store_listen_cb(void *arg, bool up, uint64_t head);

/* Opens a region's door and begins to connect, without waiting. `conninfo` is libpq's, with one
 * host or several: each is tried in turn, names are looked up in /etc/hosts and by DNS at every
 * attempt, and unless it says otherwise the server must take writes
 * (target_session_attrs=read-write), so that a fail-over is followed. `schema` is the region's.
 * Reconnects by itself with growing pauses (0.1 to 5 s). Borrows base; copies the texts. NULL when
 * memory is out. */
struct store *store_open(struct event_base *base, const char *conninfo, const char *schema,
    size_t connections, store_listen_cb *listen, void *arg);

/* Closes; callbacks of calls under way fire first with STORE_UNAVAILABLE. Accepts NULL, leaves
 * NULL. */
void store_free(struct store **store);

/* True when the schema was of another version than this program's at the latest connection, so that
 * the store cannot be ready: *found_r (may be NULL) gets its version, 0 for a schema that is not
 * there. It looks again by itself, and when migrate says so. For those who tell people why. */
bool store_schema_wrong(const struct store *store, int *found_r);

/* True when the writer's and the listening connection are up. */
bool store_ready(const struct store *store);
