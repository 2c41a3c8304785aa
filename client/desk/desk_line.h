/* A home's connection to its server: requests and answers, packed where that is worth it. Private
 * to desk*.c. */
#pragma once

#include "desk/desk_internal.h"

/* Connects when there is no connection, and queues hello on a new one. *reused_r (may be NULL): an
 * earlier one was there, which the server may have closed since. */
bool desk_connect(struct desk *desk, bool *reused_r, struct desk_why *why_r);

/* Connects without hello, for join. */
bool desk_connect_only(struct desk *desk, struct desk_why *why_r);

/* Closes the connection, if there is one. */
void desk_disconnect(struct desk *desk);

/* Queues a request under the next number, which is *number_r. */
bool desk_put(
    struct desk *desk, Concert__Request *request, uint64_t *number_r, struct desk_why *why_r);

/* Takes over a response, unpacked, when it is hello's answer: *taken_r says so. False with why_r:
 * hello's error, or one of the connection as a whole. */
bool desk_take_response(
    struct desk *desk, const Concert__Response *response, bool *taken_r, struct desk_why *why_r);

/* The next response other than hello's, which is taken over in passing. NULL with why_r, the
 * connection then closed (but for link_follow's waking: trouble DESK_FINE). */
Concert__Response *desk_next(struct desk *desk, struct arena *arena, struct desk_why *why_r);

/* Asks one thing on a connection, new or not; NULL with why_r, also when the answer is an error. */
Concert__Response *desk_ask(
    struct desk *desk, Concert__Request *request, struct arena *arena, struct desk_why *why_r);

/* --- desk_packing.c: Packed of the protocol, either way -----------------------------------------
 */

/* Queues the request, packed when the server unpacks and it is worth it. False with why_r. */
bool desk_pack(struct desk *desk, const Concert__Request *request, struct desk_why *why_r);

/* The response that a Packed holds, in the arena. NULL with why_r when it holds none. */
Concert__Response *desk_unpack(struct desk *desk, const Concert__Response *response,
    struct arena *arena, struct desk_why *why_r);

/* Forgets the streams of the answers under way. */
void desk_drop_streams(struct desk *desk);
