#include "pool.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "clock.h"

struct pool_slot {
    struct pool *pool;
    struct pipeline *pipeline;
    struct pool_job *job;
    uint64_t turn; /* under way; 0: none */
    int64_t sent;  /* when; microseconds since 1970 UTC */
};

struct pool {
    const struct pool_events *events;
    void *arg;
    struct event *kick;            /* looks after those that wait */
    struct pool_job *first, *last; /* waiting */
    size_t size;
    struct pool_slot slots[];
};

static struct pool_job *pop(struct pool *pool)
{
    struct pool_job *job = pool->first;

    if (job != NULL && (pool->first = job->next) == NULL)
        pool->last = NULL;
    return job;
}

static void end(struct pool_job *job)
{
    job->slot = NULL;
    job->end(job, POOL_LOST, NULL);
}

static void drop_waiting(struct pool *pool)
{
    struct pool_job *job;

    while ((job = pop(pool)) != NULL)
        end(job);
}

static struct pool_slot *idle(struct pool *pool, bool *any_up_r)
{
    *any_up_r = false;
    for (size_t i = 0; i < pool->size; i++) {
        struct pool_slot *slot = &pool->slots[i];

        if (!pipeline_ready(slot->pipeline))
            continue;
        *any_up_r = true;
        if (slot->job == NULL)
            return slot;
    }
    return NULL;
}

static void run(struct pool_slot *slot, struct pool_job *job)
{
    job->slot = slot;
    slot->job = job;
    if (!job->start(job))
        pipeline_drop(slot->pipeline); /* whose loss then ends the job */
}

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
    struct pool *pool = arg;
    struct pool_slot *slot;
    bool up = true;

    (void)fd;
    (void)what;
    while (pool->first != NULL && (slot = idle(pool, &up)) != NULL)
        run(slot, pop(pool));
    if (!up)
        drop_waiting(pool);
}

void pool_submit(struct pool *pool, struct pool_job *job)
{
    bool up;
    struct pool_slot *slot = pool->first == NULL ? idle(pool, &up) : NULL;

    job->next = NULL;
    job->slot = NULL;
    if (slot != NULL) {
        run(slot, job);
        return;
    }
    if (pool->last == NULL)
        pool->first = job;
    else
        pool->last->next = job;
    pool->last = job;
    event_active(pool->kick, EV_TIMEOUT, 1);
}

void pool_send(struct pool_job *job, const struct pipeline_call *calls, size_t n_calls)
{
    assert(job->slot->turn == 0);
    job->slot->sent = clock_now();
    job->slot->turn = pipeline_send(job->slot->pipeline, calls, n_calls);
}

void pool_finish(struct pool_job *job)
{
    struct pool_slot *slot = job->slot;

    assert(slot->job == job && slot->turn == 0);
    job->slot = NULL;
    slot->job = NULL;
    if (slot->pool->first != NULL)
        event_active(slot->pool->kick, EV_TIMEOUT, 1);
}

void pool_break(struct pool_job *job)
{
    struct pool_slot *slot = job->slot;

    pool_finish(job);
    pipeline_drop(slot->pipeline);
}

/* --- what the connections tell ---------------------------------------------------------------- */

static void on_up(void *arg, bool up)
{
    struct pool_slot *slot = arg;
    struct pool *pool = slot->pool;
    struct pool_job *job = slot->job;

    slot->turn = 0;
    slot->job = NULL;
    pool->events->up(pool->arg, slot == &pool->slots[0], up);
    if (job != NULL)
        end(job);
    event_active(pool->kick, EV_TIMEOUT, 1);
}

static void on_rows(void *arg, uint64_t turn, size_t call, const struct pipeline_rows *rows)
{
    struct pool_slot *slot = arg;

    (void)turn; /* a connection has one at a time */
    assert(slot->job != NULL && slot->turn == turn);
    slot->job->rows(slot->job, call, rows);
}

static void on_end(void *arg, uint64_t turn, const struct pipeline_failure *failure)
{
    struct pool_slot *slot = arg;

    (void)turn;
    assert(slot->job != NULL && slot->turn == turn);
    slot->turn = 0;
    slot->job->turn_us = clock_now() - slot->sent;
    metrics_observe(slot->job->measure, slot->job->turn_us);
    slot->job->end(slot->job, failure == NULL ? POOL_DONE : POOL_FAILED, failure);
}

static void on_notify(void *arg, const char *payload)
{
    struct pool_slot *slot = arg;

    slot->pool->events->notify(slot->pool->arg, payload);
}

static const struct pipeline_events slot_events = {on_up, on_rows, on_end, on_notify};

/* --- life ------------------------------------------------------------------------------------- */

int pool_schema_wrong(const struct pool *pool)
{
    return pool->size > 0 ? pipeline_schema_wrong(pool->slots[0].pipeline) : -1;
}

void pool_renew(struct pool *pool)
{
    for (size_t i = 0; i < pool->size; i++)
        pipeline_drop(pool->slots[i].pipeline);
}

bool pool_ready(const struct pool *pool)
{
    return pool->size > 0 && pipeline_ready(pool->slots[0].pipeline);
}

void pool_count(const struct pool *pool, size_t *up_r, size_t *waiting_r)
{
    *up_r = *waiting_r = 0;
    for (size_t i = 0; i < pool->size; i++)
        *up_r += pipeline_ready(pool->slots[i].pipeline);
    for (const struct pool_job *job = pool->first; job != NULL; job = job->next)
        ++*waiting_r;
}

struct pool *pool_new(struct event_base *base, const struct pipeline_options *options, size_t size,
    const struct pool_events *events, void *arg)
{
    struct pool *pool = calloc(1, sizeof(*pool) + size * sizeof(pool->slots[0]));
    struct pipeline_options each = *options;

    if (pool == NULL)
        return NULL;
    pool->events = events;
    pool->arg = arg;
    pool->kick = event_new(base, -1, 0, on_kick, pool);
    for (; pool->kick != NULL && pool->size < size; pool->size++) {
        struct pool_slot *slot = &pool->slots[pool->size];

        slot->pool = pool;
        slot->pipeline = pipeline_new(base, &each, &slot_events, slot);
        if (slot->pipeline == NULL)
            break;
        each.channel = NULL;
    }
    if (pool->size < size)
        pool_free(&pool);
    return pool;
}

void pool_free(struct pool **pool)
{
    struct pool *p = *pool;
    size_t size;

    if (p == NULL)
        return;
    size = p->size;
    p->size = 0; /* nothing starts any more */
    for (size_t i = 0; i < size; i++) {
        struct pool_slot *slot = &p->slots[i];
        struct pool_job *job = slot->job;

        slot->job = NULL;
        pipeline_free(&slot->pipeline);
        if (job != NULL)
            end(job);
    }
    drop_waiting(p);
    if (p->kick != NULL)
        event_free(p->kick);
    free(p);
    *pool = NULL;
}
