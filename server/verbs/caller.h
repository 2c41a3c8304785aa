/*
 * Who calls, for verbs that are answered before hello. What this server knows of a device may be
 * old: another one may have joined, revoked or opened it a moment ago.
 */
#pragma once

#include "request.h"

/* Goes on with the request, knowing who asks; the actor is filled in unless it is unknown. */
typedef enum verb_status caller_next_fn(struct request *request, struct region *region,
    enum directory_found found, const struct policy_actor *actor);

/* Finds who the connection's device is in the region of that name. `next` is called with what is
 * found, at once when that is `wanted`, else once the log was looked at. Fails the request without
 * it when there is no certificate or no such region (not_authenticated), and when the log cannot be
 * looked at (unavailable). Sets request->data and ->cancel until then. */
enum verb_status caller_find(struct request *request, const char *region_name,
    enum directory_found wanted, caller_next_fn *next);
