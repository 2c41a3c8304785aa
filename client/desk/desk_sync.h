/*
 * Private to desk*.c and the simulation: one exchange with the server as a core that is driven by
 * calls. It reads and writes the copy and queues requests by desk_put; it never waits on the line.
 */
#pragma once

#include "desk/desk_internal.h"

struct desk_sync;

enum desk_sync_step {
    DESK_SYNC_MORE, /* responses are still to come */
    DESK_SYNC_DONE, /* the outbox is empty of what could leave, and the copy is the server's */
    DESK_SYNC_FAILED
};

/* Reads what waits in the outbox. Under the caller's lock; what it returns is for one connection.
 * NULL with why_r. Free with desk_sync_free. */
struct desk_sync *desk_sync_new(struct desk *desk, struct desk_why *why_r);

/* Queues the first requests on the desk's connection. False with why_r. */
bool desk_sync_begin(struct desk_sync *sync, struct desk_why *why_r);

/* Takes a response other than hello's (desk_take_response), which is borrowed for the call, and
 * queues what follows from it. When the server's log is another one it goes over by itself to
 * gathering that log beside the copy, and then sends again what had been accepted. FAILED with
 * why_r: the server's error, the copy's trouble, or (all was taken) that it wants to be asked
 * later. */
enum desk_sync_step desk_sync_take(
    struct desk_sync *sync, const Concert__Response *response, struct desk_why *why_r);

/* After a failure, or when the connection is gone: keeps what came. `sent`: requests may have
 * reached the server without their answers having come. */
void desk_sync_cut(struct desk_sync *sync, bool sent);

/* Accepts NULL, leaves NULL. */
void desk_sync_free(struct desk_sync **sync);
