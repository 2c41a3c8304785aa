/* Private to desk*.c: the outbox on its way, cut into pushes, and what they were answered. */
#pragma once

#include "desk/desk_internal.h"

struct desk_push;

/* Reads what waits in the outbox. Lives in the arena. NULL with why_r. */
struct desk_push *desk_push_new(struct desk *desk, struct arena *arena, struct desk_why *why_r);

/* Likewise of all that no server has accepted, what clashed and what was refused too, for
 * desk_push_next; but for what was refused for want of a right, with what commits together with it:
 * desk_push_barred has it. */
struct desk_push *desk_push_new_all(struct desk *desk, struct arena *arena, struct desk_why *why_r);

/* True of a refusal that says that its author had no right to the change, or that the region would
 * be left without a coordinator. */
bool desk_push_bars(Concert__Code code, const char *rule);

/* Gives the op_id of each operation that desk_push_new_all left out to `take`; false from `take`
 * ends it, and is returned. */
bool desk_push_barred(const struct desk_push *push,
    bool (*take)(void *arg, const uint8_t op_id[UUID_SIZE]), void *arg);

/* The number of the last operation of it, or left out of it; 0: there is none. */
uint64_t desk_push_last(const struct desk_push *push);

/* Queues the next push: operations that commit together as one, the others as many as the limits
 * allow. One is under way at a time, or one that the server holds back would come after later ones.
 * *more_r tells whether others remain to be queued when it is answered. Nothing is queued when none
 * remain. */
bool desk_push_put(struct desk_push *push, struct desk *desk, bool *more_r, struct desk_why *why_r);

/* True when it is the number of the push that is under way. */
bool desk_push_awaits(const struct desk_push *push, uint64_t number);

/* The next push as desk_push_put would queue it, for a file; it lives in the arena. *push_r is NULL
 * when none remain. desk_push_mark_sent takes its operations for sent. False with why_r. */
bool desk_push_next(struct desk_push *push, const struct desk *desk, Concert__Push **push_r,
    struct desk_why *why_r);

/* Settles the operation of that number by a result that came in a file, in the caller's
 * transaction; one that tells to come back later leaves it waiting. False with replica_why, or when
 * the arena is full. */
bool desk_push_settle_one(
    struct replica *replica, uint64_t number, const Concert__Result *result, struct arena *arena);

/* Takes the answer to one of the pushes; another's is passed over. An error that tells to come back
 * later leaves the operations waiting; one that says that the push can never be accepted refuses
 * them. */
bool desk_push_take(
    struct desk_push *push, const Concert__Response *response, struct desk_why *why_r);

/* True when there is nothing to send. */
bool desk_push_empty(const struct desk_push *push);

/* True when results that are not settled yet hold a conflict. */
bool desk_push_clashed(const struct desk_push *push);

/* Results that are not settled yet count only where the operation was accepted: the others are
 * asked for again. */
void desk_push_forget_refusals(struct desk_push *push);

/* True with why_r when the server told to come back later: what remains waits. */
bool desk_push_held(const struct desk_push *push, struct desk_why *why_r);

/* From now on the copy shows the log up to this seq, or will when the transaction is committed.
 * What was accepted beyond it is not settled yet: only what the copy's place and hash stand for is
 * sent again when the log turns out to be another one. */
void desk_push_reach(struct desk_push *push, uint64_t upto);

/* Writes results that came since the last desk_push_settled, in the caller's transaction. */
bool desk_push_settle(struct desk_push *push, struct replica *replica);

/* Adds to the counts what desk_push_settle writes of operations that had been accepted by another
 * log. */
void desk_push_count(const struct desk_push *push, struct desk_restart *restart);

/* The same for one result of such an operation. */
void desk_push_count_one(const Concert__Result *result, struct desk_restart *restart);

/* The transaction was committed. */
void desk_push_settled(struct desk_push *push);

/* True when there are results to settle, or with `sent` operations without one. */
bool desk_push_pending(const struct desk_push *push, bool sent);

/* Marks those without a result that was settled as sent, in the caller's transaction. */
bool desk_push_mark_sent(struct desk_push *push, struct replica *replica);
