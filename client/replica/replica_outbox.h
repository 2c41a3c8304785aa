/*
 * The outbox: operations that this home has written, and what became of them. Failures as in
 * replica.h.
 */
#pragma once

#include "replica/replica.h"

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
                            known */
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

/* Nothing can be added from now on, by any process, once the caller's transaction is committed: all
 * that was here is another's. */
bool replica_give_up(struct replica *replica);

/* Takes the records that were created in this home and have been accepted: their provisional
 * numbers. False from `take` ends it, and is returned. */
bool replica_created(struct replica *replica,
    bool (*take)(void *arg, uint64_t number, const uint8_t id[UUID_SIZE]), void *arg);
