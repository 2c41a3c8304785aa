/*
 * Some connections to one region's schema, and the jobs that wait for one. A job has a connection
 * to itself, for as many turns as it sends, until it is finished.
 */
#pragma once

#include "metrics.h"
#include "pipeline.h"

struct pool;
struct pool_slot;

enum pool_end {
    POOL_DONE,   /* the turn is over */
    POOL_FAILED, /* likewise; a call was refused and those after it were not run */
    POOL_LOST    /* the connection was lost, or there is none: the job is over */
};

/* Embedded in what the job is for. */
struct pool_job {
    struct pool_job *next;  /* the pool's own, as is slot */
    struct pool_slot *slot; /* NULL: waits, or is over */
    /* Sends the first turn; false when memory is out: `end` with POOL_LOST follows. */
    bool (*start)(struct pool_job *job);
    /* What a call of the present turn gave; borrowed until return. */
    void (*rows)(struct pool_job *job, size_t call, const struct pipeline_rows *rows);
    /* The present turn is over: sends the next one, keeps the connection for later, or finishes.
     * With POOL_LOST, which may also come between turns, the job is over by itself. */
    void (*end)(struct pool_job *job, enum pool_end end, const struct pipeline_failure *failure);
    enum metrics_histogram measure; /* as what its turns are measured; zero: as reads */
    int64_t turn_us;                /* how long the last turn took */
};

struct pool_events {
    /* A connection came or went; `first` tells whether it was the one that listens. */
    void (*up)(void *arg, bool first, bool up);
    /* As pipeline's. */
    void (*notify)(void *arg, const char *payload);
};

/* `size` connections of these options; the first one alone listens to the channel. Borrows as
 * pipeline_new does. NULL when memory is out. */
struct pool *pool_new(struct event_base *base, const struct pipeline_options *options, size_t size,
    const struct pool_events *events, void *arg);

/* Ends all jobs with POOL_LOST, then closes. Not from inside an event. Accepts NULL, leaves NULL.
 */
void pool_free(struct pool **pool);

/* pipeline_schema_wrong of the first connection. */
int pool_schema_wrong(const struct pool *pool);

/* Gives all connections up and makes others: the schema may have changed. */
void pool_renew(struct pool *pool);

/* True when the first connection is up. */
bool pool_ready(const struct pool *pool);

/* Counts the connections that are up, and the jobs that wait for one. */
void pool_count(const struct pool *pool, size_t *up_r, size_t *waiting_r);

/* Starts the job when a connection is free, else once one is. When none is up it ends with
 * POOL_LOST at the loop's next turn. Borrows the job until it is over. */
void pool_submit(struct pool *pool, struct pool_job *job);

/* Sends the job's next turn on its connection. When that fails, `end` with POOL_LOST follows. */
void pool_send(struct pool_job *job, const struct pipeline_call *calls, size_t n_calls);

/* The job is over: its connection goes to the next one. */
void pool_finish(struct pool_job *job);

/* The job is over, and its connection with it: its transaction may be open. */
void pool_break(struct pool_job *job);
