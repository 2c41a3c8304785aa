/*
 * The database of a simulation: one, shared by two servers, with one head row that one batch at a
 * time locks. Answers come later, in simulated time; connections are lost at any point; a commit
 * that was answered is durable, one that was not may have happened. Backups are taken and restored:
 * the log then goes back. Defines server/store/store.h, store_read.h and store_document.h; what is
 * committed is checked as PostgreSQL's constraints would.
 *
 * `base` of store_open is the server's struct sim_process; `conninfo` is not looked at.
 */
#pragma once

#include "sim_world.h"
#include "store/store.h"

struct sim_store;

/* In 10,000 calls each. */
struct sim_store_weather {
    uint32_t lost;  /* the connection is lost before the call was done */
    uint32_t after; /* the commit happened, and the connection is lost before the answer */
    uint32_t slow;  /* calls that take a hundred times as long */
};

/* An empty database that is up. There is one at a time, for store_open. */
struct sim_store *sim_store_new(struct sim_world *world);

/* Accepts NULL, leaves NULL. There must be no door open any more. */
void sim_store_free(struct sim_store **store);

/* Another weather, for calls made from now on. */
void sim_store_weather(struct sim_store *store, const struct sim_store_weather *weather);

/* PostgreSQL is killed (all connections are lost, what waits for its answer happened or did not)
 * and comes back after `delay` microseconds. */
void sim_store_crash(struct sim_store *store, int64_t delay);

/* Takes a backup: of what is committed now. */
void sim_store_backup(struct sim_store *store);

/* One of the backups, drawn, takes the place of what there is, as after a crash: later changes are
 * gone. False when there is no backup that is older than the log. */
bool sim_store_restore(struct sim_store *store, int64_t delay);

/* The server was killed: its calls are never answered, its door is told unavailable when freed. A
 * commit under way happens or does not. */
void sim_store_kill(struct sim_store *store, const struct sim_process *server);

/* --- what is in it ----------------------------------------------------------------------------
 */

/* Its log's present end. */
const struct store_head *sim_store_head(const struct sim_store *store);

/* The log, oldest first, as it is now. Borrowed until anything happens. */
const struct store_change *sim_store_log(const struct sim_store *store, size_t *count_r);

/* The present rows, with bodies, in no order. Borrowed likewise. */
const struct store_record *const *sim_store_records(const struct sim_store *store, size_t *count_r);

/* How often a restore has taken changes away. */
uint32_t sim_store_restores(const struct sim_store *store);

/* Called for each change when it is committed, restored logs' changes included, in order; NULL:
 * nobody. */
void sim_store_on_commit(
    struct sim_store *store, void (*committed)(void *arg, const struct store_change *), void *arg);

/* --- known-bad variants -----------------------------------------------------------------------
 */

enum sim_store_bad {
    SIM_STORE_GOOD,
    SIM_STORE_NO_DEDUP, /* knows no op_id; takes one twice */
    SIM_STORE_NO_PAST   /* tells of no change since a base */
};

/* From now on. */
void sim_store_bad(struct sim_store *store, enum sim_store_bad bad);
