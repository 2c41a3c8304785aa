/*
 * A batch's decision: a function of (head, known op_ids, present rows, jobs) to (results, writes).
 * What the writer asks the store for, and what it makes of the answer, without I/O.
 */
#pragma once

#include "decide.h"

enum batch_kind {
    BATCH_PUSH,
    BATCH_OWN, /* a push of the server itself, which policy does not bind */
    BATCH_JOIN,
    BATCH_INVITE
};

/* One request's work. A join has one operation, which makes the device; its account is filled in
 * from the invitation. */
struct batch_job {
    enum batch_kind kind;
    struct policy_actor actor;
    struct decide_operation *operations;
    size_t count;
    bool atomic;
    struct arena
        *arena; /* the job's own, for what its results hold; NULL: they borrow from the batch */
    size_t clash_bytes;                 /* of what clashes in the results, so far */
    bool partial;                       /* some of a push's operations, after those before them */
    struct decide_result *results;      /* `count` of them, filled in */
    struct store_invitation invitation; /* JOIN: code_hash is given; INVITE: all is given */
    struct error error; /* JOIN, INVITE: what is wrong with the whole; code 0: nothing */
    uint64_t request;   /* whose it is, for the log; 0: nobody's */
};

/* What the store must answer to decide these jobs; in the arena. False when it is at its limit. */
bool batch_ask(
    struct batch_job *const *jobs, size_t count, struct arena *arena, struct store_ask *ask_r);

/* Decides the jobs in their order; fills in their results, and in *writes_r (in the arena) what to
 * commit. `now`: microseconds since 1970 UTC. False when memory is out: nothing may be committed.
 */
bool batch_decide(struct batch_job *const *jobs, size_t count, const struct store_answer *answer,
    int64_t now, struct arena *arena, struct store_writes *writes_r);
