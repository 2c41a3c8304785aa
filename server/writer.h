/*
 * The group commit: gathers what all sessions push, decides it in one batch and commits it in two
 * round trips. While one batch is committing the next one fills; alone, an operation goes at once.
 * No timer.
 */
#pragma once

#include "batch.h"

struct writer;

/* A job is done: results, or `error` for the whole (unavailable, busy), code 0 otherwise. Fires
 * from the loop or, for `busy` and `unavailable`, from inside writer_submit. What results point to
 * lives until the callback returns. */
typedef void writer_done_cb(void *arg, struct batch_job *job, const struct error *error);

/* A batch has committed: its records in their final states, in seq order; where the log stood
 * before, and where it stands now. */
typedef void writer_committed_cb(void *arg, const struct store_record *records, size_t count,
    const struct store_head *before, const struct store_head *head);

struct writer_limits {
    size_t batch;  /* operations of one batch, unless one job alone has more */
    size_t queued; /* operations waiting, over which a job is told busy */
};

/* What the writer has done since it was made, for metrics. */
struct writer_counts {
    uint64_t begun, batches, operations, refused_batches;
    size_t queued, largest;
};

/* A new writer on the store; `now` gives microseconds since 1970 UTC. Borrows all. NULL: no memory.
 */
struct writer *writer_new(struct store *store, const struct writer_limits *limits,
    int64_t (*now)(void), writer_committed_cb *committed, void *arg);

/* What its lines in the log are named by. Borrowed. */
void writer_set_name(struct writer *writer, const char *region);

/* Other limits, from the next job and batch on. */
void writer_set_limits(struct writer *writer, const struct writer_limits *limits);

/* Frees; jobs that wait are told unavailable. The store must be freed before, so that no batch is
 * under way. Accepts NULL, leaves NULL. */
void writer_free(struct writer **writer);

/* Queues a job. The job and what it points to must live until the callback. */
void writer_submit(struct writer *writer, struct batch_job *job, writer_done_cb *cb, void *arg);

/* Its counts. Borrowed. */
const struct writer_counts *writer_counts(const struct writer *writer);
