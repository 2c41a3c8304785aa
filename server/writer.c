#include "writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"
#include "log.h"
#include "machine.h"
#include "metrics.h"

#define SLOW_US INT64_C(1000000)
#define BATCH_MEMORY ((size_t)256 << 20)

enum state { IDLE, BEGINNING, COMMITTING, ROLLING_BACK };

/* A job in the queue. One that must run alone, part by part after PostgreSQL refused it
 * whole, is presented to the batch as slices. */
struct item {
    struct item *next;
    struct batch_job *job;
    struct batch_job slice;
    writer_done_cb *cb;
    void *arg;
    bool alone;
    bool sliced;
    size_t clash_bytes; /* of the slices before this one */
};

struct queue {
    struct item *first, **last;
};

struct writer {
    struct store *store;
    struct writer_limits limits;
    int64_t (*now)(void);
    writer_committed_cb *committed;
    void *arg;
    enum state state;
    struct queue waiting, batch;
    struct arena *arena; /* of the batch under way */
    struct batch_job **jobs;
    size_t n_jobs;
    struct store_writes writes;
    struct store_head before; /* where the log stood when the batch began */
    struct writer_counts counts;
    const char *name;
    int64_t begun; /* when the batch was; microseconds since 1970 UTC */
};

static void set_state(struct writer *writer, enum state state)
{
    static const bool moves[4][4] = {
        [IDLE] = {[BEGINNING] = true},
        [BEGINNING] = {[IDLE] = true, [COMMITTING] = true, [ROLLING_BACK] = true},
        [COMMITTING] = {[IDLE] = true},
        [ROLLING_BACK] = {[IDLE] = true},
    };

    machine_expect(moves[writer->state][state], "writer", writer->state, state);
    writer->state = state;
}

static void enqueue(struct queue *queue, struct item *item)
{
    item->next = NULL;
    *queue->last = item;
    queue->last = &item->next;
}

static struct item *dequeue(struct queue *queue)
{
    struct item *item = queue->first;

    if (item != NULL && (queue->first = item->next) == NULL)
        queue->last = &queue->first;
    return item;
}

static void queue_reset(struct queue *queue)
{
    queue->first = NULL;
    queue->last = &queue->first;
}

struct writer *writer_new(struct store *store, const struct writer_limits *limits,
    int64_t (*now)(void), writer_committed_cb *committed, void *arg)
{
    struct writer *writer = calloc(1, sizeof(*writer));

    if (writer == NULL)
        return NULL;
    writer->store = store;
    writer->limits = *limits;
    writer->now = now;
    writer->committed = committed;
    writer->arg = arg;
    writer->name = "-";
    queue_reset(&writer->waiting);
    queue_reset(&writer->batch);
    return writer;
}

void writer_set_name(struct writer *writer, const char *region)
{
    writer->name = region;
}

void writer_set_limits(struct writer *writer, const struct writer_limits *limits)
{
    writer->limits = *limits;
}

static void finish(struct item *item, const struct error *error)
{
    item->cb(item->arg, item->job, error);
    free(item);
}

static void finish_queue(struct queue *queue, const struct error *error)
{
    struct item *item;

    while ((item = dequeue(queue)) != NULL)
        finish(item, error);
}

void writer_free(struct writer **writer)
{
    struct error away = error_make(CONCERT__CODE__UNAVAILABLE, NULL, NULL, NULL);

    if (*writer == NULL)
        return;
    assert((*writer)->state == IDLE);
    finish_queue(&(*writer)->waiting, &away);
    free(*writer);
    *writer = NULL;
}

/* --- one batch -------------------------------------------------------------------------------- */

static struct batch_job *job_of(struct item *item)
{
    return item->sliced ? &item->slice : item->job;
}

static void gather(struct writer *writer)
{
    size_t operations = 0;

    writer->n_jobs = 0;
    while (writer->waiting.first != NULL) {
        struct item *item = writer->waiting.first;

        operations += job_of(item)->count;
        if (writer->n_jobs > 0 && (item->alone || operations > writer->limits.batch))
            break;
        enqueue(&writer->batch, dequeue(&writer->waiting));
        writer->counts.queued -= job_of(item)->count;
        writer->n_jobs++;
        if (item->alone)
            break;
    }
}

static bool list_jobs(struct writer *writer)
{
    size_t i = 0;

    writer->arena = arena_new(BATCH_MEMORY);
    if (writer->arena == NULL)
        return false;
    writer->jobs = arena_alloc(writer->arena, writer->n_jobs * sizeof(*writer->jobs));
    if (writer->jobs == NULL)
        return false;
    for (struct item *item = writer->batch.first; item != NULL; item = item->next)
        writer->jobs[i++] = job_of(item);
    return true;
}

/* --- what is told of it ----------------------------------------------------------------------- */

/* Which requests are in the batch that begins. */
static void log_jobs(const struct writer *writer)
{
    if (!log_wants(LOG_LEVEL_DEBUG))
        return;
    for (const struct item *item = writer->batch.first; item != NULL; item = item->next)
        log_line(LOG_LEVEL_DEBUG, "writer",
            "event=job region=%s batch=%llu request=%llu operations=%zu", writer->name,
            (unsigned long long)writer->counts.begun, (unsigned long long)item->job->request,
            item->sliced ? item->slice.count : item->job->count);
}

/* How the batch ended. */
static void measure(const struct writer *writer, const char *outcome, bool fine)
{
    int64_t us = writer->now() - writer->begun;
    enum log_level level = fine && us < SLOW_US ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;

    metrics_observe(METRICS_BATCH_TIME, us);
    log_line(level, "writer",
        "event=batch region=%s batch=%llu outcome=%s jobs=%zu operations=%zu us=%lld", writer->name,
        (unsigned long long)writer->counts.begun, outcome, writer->n_jobs,
        fine ? writer->writes.n_changes : 0, (long long)us);
}

static void start(struct writer *writer);

static void end_batch(struct writer *writer)
{
    arena_free(&writer->arena);
    set_state(writer, IDLE);
    start(writer);
}

static void fail_batch(struct writer *writer, Concert__Code code)
{
    struct error error = error_make(code, NULL, NULL, NULL);

    measure(writer, error_name(code), false);
    for (struct item *item = writer->batch.first; item != NULL; item = item->next)
        item->sliced = false;
    finish_queue(&writer->batch, &error);
    end_batch(writer);
}

/* A sliced job goes back for its next operations, twice as many as went well; its results gather in
 * the job itself. */
static bool next_slice(struct writer *writer, struct item *item)
{
    struct batch_job *slice = &item->slice;
    size_t left = (size_t)(item->job->operations + item->job->count - slice->operations);

    if (!item->sliced || left == slice->count)
        return false;
    left -= slice->count;
    slice->operations += slice->count;
    slice->results += slice->count;
    slice->count = left < 2 * slice->count ? left : 2 * slice->count;
    item->clash_bytes = slice->clash_bytes;
    item->next = writer->waiting.first;
    if (item->next == NULL)
        writer->waiting.last = &item->next;
    writer->waiting.first = item;
    writer->counts.queued += slice->count;
    return true;
}

static void settle_batch(struct writer *writer)
{
    const struct error none = {0};
    struct item *item;

    while ((item = dequeue(&writer->batch)) != NULL)
        if (!next_slice(writer, item))
            finish(item, &none);
    end_batch(writer);
}

/* --- what PostgreSQL refuses ------------------------------------------------------------------ */

static void refuse_job(struct batch_job *job, const struct error *error)
{
    job->error = *error;
    for (size_t i = 0; i < job->count; i++)
        job->results[i] =
            (struct decide_result){.status = CONCERT__RESULT__STATUS__REFUSED, .error = *error};
}

/* The first half of what was refused. */
static void slice(struct item *item)
{
    if (!item->sliced) {
        item->slice = *item->job;
        item->slice.partial = true;
        item->clash_bytes = 0;
    }
    item->sliced = true;
    item->slice.count = (item->slice.count + 1) / 2;
    item->slice.clash_bytes = item->clash_bytes;
}

/* The batch is run again job by job, then a job by ever smaller parts, so that what is at fault
 * fails alone; an atomic job fails as one. */
static void isolate(struct writer *writer, const struct error *error)
{
    struct queue rest = writer->waiting;
    struct item *item = writer->batch.first;
    bool several = writer->n_jobs > 1;
    bool divisible = !several && !job_of(item)->atomic && job_of(item)->count > 1;

    writer->counts.refused_batches++;
    metrics_add(METRICS_BATCHES_REFUSED, 1);
    measure(writer, "refused", true);
    if (!several && !divisible) {
        refuse_job(job_of(item), error);
        settle_batch(writer);
        return;
    }
    queue_reset(&writer->waiting);
    while ((item = dequeue(&writer->batch)) != NULL) {
        item->alone = true;
        if (divisible)
            slice(item);
        writer->counts.queued += job_of(item)->count;
        enqueue(&writer->waiting, item);
    }
    if (rest.first != NULL) {
        *writer->waiting.last = rest.first;
        writer->waiting.last = rest.last;
    }
    end_batch(writer);
}

/* --- the round trips -------------------------------------------------------------------------- */

static void on_rolled_back(void *arg, enum store_status status, const struct error *error)
{
    (void)status; /* nothing was to be written: the results hold either way */
    (void)error;
    measure(arg, "nothing", true);
    settle_batch(arg);
}

static int by_seq(const void *a, const void *b)
{
    const struct store_record *left = a, *right = b;

    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static void on_committed(void *arg, enum store_status status, const struct error *error)
{
    struct writer *writer = arg;

    if (status == STORE_UNAVAILABLE) {
        fail_batch(writer, CONCERT__CODE__UNAVAILABLE);
        return;
    }
    if (status == STORE_REFUSED) {
        isolate(writer, error);
        return;
    }
    measure(writer, "committed", true);
    metrics_observe(METRICS_BATCH_OPERATIONS, (int64_t)writer->writes.n_changes);
    metrics_add(METRICS_OPERATIONS, (int64_t)writer->writes.n_changes);
    writer->counts.batches++;
    writer->counts.operations += writer->writes.n_changes;
    if (writer->writes.n_changes > writer->counts.largest)
        writer->counts.largest = writer->writes.n_changes;
    qsort((void *)writer->writes.records, writer->writes.n_records, sizeof(struct store_record),
        by_seq);
    if (writer->writes.n_changes > 0)
        writer->committed(writer->arg, writer->writes.records, writer->writes.n_records,
            &writer->before, &writer->writes.head);
    settle_batch(writer);
}

static void on_begun(void *arg, enum store_status status, const struct store_answer *answer)
{
    struct writer *writer = arg;

    if (status != STORE_OK) {
        fail_batch(writer, CONCERT__CODE__UNAVAILABLE);
        return;
    }
    writer->before = answer->head;
    if (!batch_decide(
            writer->jobs, writer->n_jobs, answer, writer->now(), writer->arena, &writer->writes)) {
        struct error error = error_make(CONCERT__CODE__BUSY, NULL, "memory", NULL);

        log_line(LOG_LEVEL_ERROR, "writer", "event=no_memory jobs=%zu", writer->n_jobs);
        for (size_t i = 0; i < writer->n_jobs; i++)
            refuse_job(writer->jobs[i], &error);
        writer->writes = (struct store_writes){0};
    }
    if (writer->writes.n_changes == 0 && writer->writes.n_invitations == 0) {
        set_state(writer, ROLLING_BACK);
        store_rollback(writer->store, on_rolled_back, writer);
        return;
    }
    set_state(writer, COMMITTING);
    store_commit(writer->store, &writer->writes, on_committed, writer);
}

static void start(struct writer *writer)
{
    struct store_ask ask;

    if (writer->state != IDLE || writer->waiting.first == NULL)
        return;
    set_state(writer, BEGINNING);
    gather(writer);
    writer->counts.begun++;
    writer->begun = writer->now();
    log_jobs(writer);
    if (!list_jobs(writer) || !batch_ask(writer->jobs, writer->n_jobs, writer->arena, &ask)) {
        fail_batch(writer, CONCERT__CODE__BUSY);
        return;
    }
    ask.batch = writer->counts.begun;
    store_begin(writer->store, &ask, on_begun, writer);
}

void writer_submit(struct writer *writer, struct batch_job *job, writer_done_cb *cb, void *arg)
{
    struct error error = error_make(CONCERT__CODE__UNAVAILABLE, NULL, NULL, NULL);
    struct item *item = NULL;

    if (store_ready(writer->store)) {
        error.code = CONCERT__CODE__BUSY;
        if (writer->counts.queued + job->count <= writer->limits.queued || writer->state == IDLE)
            item = calloc(1, sizeof(*item));
        else
            limit_reached(METRICS_LIMIT_QUEUED, NULL);
    }
    if (item == NULL) {
        cb(arg, job, &error);
        return;
    }
    item->job = job;
    item->cb = cb;
    item->arg = arg;
    writer->counts.queued += job->count;
    enqueue(&writer->waiting, item);
    start(writer);
}

const struct writer_counts *writer_counts(const struct writer *writer)
{
    return &writer->counts;
}
