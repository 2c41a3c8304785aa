/*
 * One region: everything hangs on it, so that a process serves as many as its settings name, each
 * in a schema of its own. Keeps the feed and the directory in step with the log.
 */
#pragma once

#include "directory.h"
#include "feed.h"
#include "metrics.h"
#include "settings.h"
#include "store/store.h"
#include "waiter.h"
#include "writer.h"

struct event_base;
struct region;

/* A new region that begins to connect and load; borrows base and settings. NULL with errno. */
struct region *region_new(
    struct event_base *base, const struct settings *settings, const struct settings_region *own);

/* Ends it: what is under way is answered unavailable. Accepts NULL, leaves NULL. */
void region_free(struct region **region);

/* Takes limits from the settings again, as region_new did. */
void region_reload(struct region *region, const struct settings *settings);

/* Why it cannot be served now; METRICS_READY: it can. */
enum metrics_unready region_unready(const struct region *region);

/* Its settings. Borrowed. */
const struct settings_region *region_settings(const struct region *region);

/* True when the feed and the directory are loaded, so that it can serve. */
bool region_ready(const struct region *region);

/* True when the feed was in step with the log when last looked; false while that is being looked
 * for, and when it could not be. */
bool region_in_step(const struct region *region);

/* Woken each time the feed is in step with what the log held when asked, and when that failed: look
 * at region_ready and region_in_step. */
struct waiters *region_waiters(struct region *region);

/* Looks in the database for changes of other servers; region_waiters are woken when it is done. */
void region_catch_up(struct region *region);

/* Its rooms. Borrowed. */
struct store *region_store(struct region *region);

/* Its writer. Borrowed. */
struct writer *region_writer(struct region *region);

/* Its feed. Borrowed. */
struct feed *region_feed(struct region *region);

/* Its directory. Borrowed. */
const struct directory *region_directory(const struct region *region);

/* Takes a place for a parcel that a device hands on: each may hold its request's memory for as long
 * as its pushes take, one after the other. False when the device, or all together, have as many as
 * there may be. Give it back with region_carry_ends. */
bool region_carry_begins(struct region *region, const uint8_t device[UUID_SIZE]);

/* A parcel of that device is over. */
void region_carry_ends(struct region *region, const uint8_t device[UUID_SIZE]);

/* Takes the one place of a revoked device that hands over what it had not sent. False when it has
 * it, or all together have as many as there may be. Give it back with region_surrender_ends. */
bool region_surrender_begins(struct region *region, const uint8_t device[UUID_SIZE]);

/* What that device handed over is kept, or not. */
void region_surrender_ends(struct region *region, const uint8_t device[UUID_SIZE]);

/* The civil date in the region's time zone (days since 1970-01-01), at most ten seconds old. */
int32_t region_today(struct region *region);

/* Who a device's fingerprint is, today in the region's time zone. */
enum directory_found region_actor(struct region *region,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], struct policy_actor *actor_r);
