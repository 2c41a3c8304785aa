/* Private to desk*.c: the outbox on its way, cut into pushes, and what they were answered. */
#pragma once

#include "desk/desk_internal.h"

struct desk_push;

/* Reads what waits in the outbox. Lives in the arena. NULL with why_r. */
struct desk_push *desk_push_new(struct desk *desk, struct arena *arena, struct desk_why *why_r);

/* Queues the next push: operations that commit together as one, the others as many as the limits
 * allow. One is under way at a time, or one that the server holds back would come after later ones.
 * *more_r tells whether others remain to be queued when it is answered. Nothing is queued when none
 * remain. */
bool desk_push_put(struct desk_push *push, struct desk *desk, bool *more_r, struct desk_why *why_r);

/* Takes the answer to one of the pushes; another's is passed over. An error that tells to come back
 * later leaves the operations waiting; one that says that the push can never be accepted refuses
 * them. */
bool desk_push_take(
    struct desk_push *push, const Concert__Response *response, struct desk_why *why_r);

/* True with why_r when the server told to come back later: what remains waits. */
bool desk_push_held(const struct desk_push *push, struct desk_why *why_r);

/* Writes results that came since the last desk_push_settled, in the caller's transaction. */
bool desk_push_settle(struct desk_push *push, struct replica *replica);

/* The transaction was committed. */
void desk_push_settled(struct desk_push *push);

/* True when there are results to settle, or with `sent` operations without one. */
bool desk_push_pending(const struct desk_push *push, bool sent);

/* Marks those without a result as sent, in the caller's transaction. */
bool desk_push_mark_sent(struct desk_push *push, struct replica *replica);
