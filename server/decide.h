/* What becomes of one operation: a function of the view, the actor and the operation. No I/O. */
#pragma once

#include "merge.h"
#include "policy.h"
#include "view.h"

/* An operation as it came, decoded. */
struct decide_operation {
    uint8_t op_id[UUID_SIZE], id[UUID_SIZE];
    const struct kind *kind;
    uint64_t base;
    const ProtobufCMessage *patch; /* never NULL unless `error` says why */
    const char *const *clear;
    size_t n_clear;
    bool remove;
    const char *reason; /* NULL: none */
    int64_t authored_at;
    const ProtobufCMessage *seen;          /* what the fields held for its author; NULL: not told */
    const struct record_names *named;      /* its author's fields; NULL: all that it touches */
    const Concert__Resolution *resolution; /* NULL: it settles no conflict */
    struct error error;                    /* code 0: well formed */
    struct error unless_known; /* told of what is new: there is no room for it; code 0: there is */
    bool empty;                /* it may change nothing: what it says is its reason */
};

struct decide_result {
    Concert__Result__Status status;
    uint64_t revision, seq;
    uint8_t hash[STORE_HASH_SIZE]; /* the receipt: the log's at `seq`; not with CONFLICT, REFUSED */
    char handle[STORE_HANDLE_SIZE];
    const struct merge_clash *clashes; /* with CONFLICT; in the arena */
    size_t n_clashes;
    struct error error; /* with REFUSED */
};

/* Decides, and applies to the view what it accepts. `actor` tells who; `bound` false: the server's
 * own act, which policy does not bind. `now`: microseconds since 1970 UTC. */
void decide_operation(struct view *view, const struct policy_actor *actor, bool bound, int64_t now,
    const struct decide_operation *operation, struct arena *arena, struct decide_result *result_r);
