/*
 * What is counted and measured. The numbers stand in memory that all workers of the machine share,
 * each its own slot, so that any of them tells the sum; their rows are in metrics_table.h. As the
 * log: the program's own, not a region's. A call is an addition or two in memory that no other
 * process writes; before metrics_open, and in tests that never call it, nothing happens.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters, and gauges of the whole process (they go when it dies). Limits come first:
 * METRICS_LIMIT_… are one family, concert_limit_reached_total{limit="…"}; those of one family stay
 * side by side. */
enum metrics_number {
    METRICS_LIMIT_HANDSHAKE_MS,
    METRICS_LIMIT_FRAME_MS,
    METRICS_LIMIT_IDLE_MS,
    METRICS_LIMIT_HANDSHAKES,
    METRICS_LIMIT_CONNECTIONS,
    METRICS_LIMIT_CONNECTIONS_PER_ADDRESS,
    METRICS_LIMIT_CONNECTIONS_PER_DEVICE,
    METRICS_LIMIT_REQUESTS,
    METRICS_LIMIT_OPERATIONS,
    METRICS_LIMIT_QUEUED,
    METRICS_LIMIT_OUTPUT,
    METRICS_LIMIT_OUTPUT_MAX,
    METRICS_LIMIT_FRAME_SIZE,
    METRICS_LIMIT_DOCUMENTS,
    METRICS_LIMIT_JOINS,
    METRICS_CONNECTIONS, /* gauges: metrics_add with +1 and -1 */
    METRICS_HANDSHAKING, /* connections by state, in the order of stream.c's states */
    METRICS_OPEN,
    METRICS_BROKEN,
    METRICS_ENDING,
    METRICS_CLOSED,
    METRICS_REQUESTS_UNDER_WAY,
    METRICS_PROCESS_MEMORY, /* bytes */
    METRICS_PROCESS_DESCRIPTORS,
    METRICS_PROCESS_DESCRIPTORS_MAX,
    METRICS_ACCEPTED, /* counters */
    METRICS_HANDSHAKES_DONE,
    METRICS_HANDSHAKES_FAILED,
    METRICS_BYTES_IN,
    METRICS_BYTES_OUT,
    METRICS_DOCUMENT_BYTES_IN,
    METRICS_DOCUMENT_BYTES_OUT,
    METRICS_OPERATIONS, /* committed */
    METRICS_BATCHES_REFUSED,
    METRICS_DATABASE_LOST,
    METRICS_DATABASE_FAILED, /* statements that PostgreSQL refused */
    METRICS_RELOADS_DONE,
    METRICS_RELOADS_REFUSED,
    METRICS_WORKERS_DIED,
    METRICS_PROCESS_CPU, /* microseconds */
    METRICS_NUMBERS      /* how many; more may stand before it */
};

/* What is measured as a histogram. */
enum metrics_histogram {
    METRICS_DATABASE_READ, /* round trips to PostgreSQL; this one unless another is named */
    METRICS_DATABASE_BEGIN,
    METRICS_DATABASE_COMMIT,
    METRICS_DATABASE_ROLLBACK,
    METRICS_BATCH_OPERATIONS, /* operations that a batch committed */
    METRICS_BATCH_TIME,       /* from begin to the last answer */
    METRICS_HANDSHAKE_TIME,
    METRICS_HISTOGRAMS
};

/* What each worker tells of each region; last told, not counted. */
enum metrics_region_number {
    METRICS_REGION_UNREADY, /* enum metrics_unready; the worst of the workers counts */
    METRICS_REGION_HEAD,
    METRICS_REGION_FEED_ENTRIES,
    METRICS_REGION_FEED_BYTES,
    METRICS_REGION_QUEUED,
    METRICS_REGION_FOLLOWERS,
    METRICS_REGION_LAG, /* seqs that the last of the followers is behind */
    METRICS_REGION_WRITER_UP,
    METRICS_REGION_READERS_UP,
    METRICS_REGION_DOCUMENTS_UP,
    METRICS_REGION_WRITER_WAITING,
    METRICS_REGION_READERS_WAITING,
    METRICS_REGION_DOCUMENTS_WAITING,
    METRICS_REGION_SCHEMA, /* its version; 0: not known */
    METRICS_REGION_NUMBERS
};

/* Why a region cannot be served, from the best on. A worker that has told nothing yet is loading.
 */
enum metrics_unready {
    METRICS_READY,
    METRICS_LOADING,
    METRICS_AWAY,  /* the database is */
    METRICS_SCHEMA /* its version is not this program's */
};

/* When something is or was, in seconds since 1970 UTC; the same in all workers. */
enum metrics_time {
    METRICS_STARTED,
    METRICS_RELOADED, /* the settings, last */
    METRICS_CERTIFICATE_EXPIRES,
    METRICS_TIMES
};

#define METRICS_VERBS 32   /* numbers of verbs below this are told apart; 0: none that is known */
#define METRICS_CODES 16   /* of errors; 0: done */
#define METRICS_BUCKETS 21 /* the last one is +Inf; each of the others goes twice as far */
#define METRICS_REGIONS 16
#define METRICS_SMALLEST_TIME 5  /* the first bucket of times: 32 microseconds; the 20th: 16.8 s */
#define METRICS_SMALLEST_COUNT 0 /* of counts: 1 */

/* Shares memory for so many workers, from before they are forked. What this process counts itself
 * until metrics_begin is nobody's. False: there is none. */
bool metrics_open(size_t workers);

/* Gives it back, in this process; from then on as before metrics_open. Nothing to give back is no
 * error. */
void metrics_close(void);

/* This process counts as that worker, from 0: its counters go on where the one before it died. */
void metrics_begin(size_t worker);

/* A worker has died, as its parent knows: its gauges are nothing, its counters stay. */
void metrics_end(size_t worker);

/* Counts on; a gauge also back (negative). */
void metrics_add(enum metrics_number number, int64_t change);

/* A gauge's value of this process. */
void metrics_set(enum metrics_number number, int64_t value);

/* One more value: microseconds, or what the histogram counts. */
void metrics_observe(enum metrics_histogram histogram, int64_t value);

/* A request's first answer came after so many microseconds. `verb`: its number on the wire. */
void metrics_answered(unsigned verb, int64_t microseconds);

/* A request is over with that code; 0: done. */
void metrics_ended(unsigned verb, unsigned code);

/* What this process tells of a region, by its place in the settings. */
void metrics_region(size_t region, enum metrics_region_number number, int64_t value);

/* A time, for all. */
void metrics_time(enum metrics_time which, int64_t seconds);

/* The server ends: it is not ready from now on. */
void metrics_stopping(void);

/* --- what is told: sums over the workers ------------------------------------------------------ */

/* How many are alive. */
size_t metrics_workers(void);

/* Counters of all, gauges of those alive. */
int64_t metrics_number(enum metrics_number number);

/* How many values each bucket has, not cumulated. Returns their sum. */
int64_t metrics_histogram(enum metrics_histogram histogram, int64_t buckets_r[METRICS_BUCKETS]);

/* As metrics_histogram, of a verb's first answers. */
int64_t metrics_latency(unsigned verb, int64_t buckets_r[METRICS_BUCKETS]);

/* Requests that are over with that code. */
int64_t metrics_outcomes(unsigned verb, unsigned code);

/* A region's number of one worker; false when that one is not alive. */
bool metrics_region_of(
    size_t worker, size_t region, enum metrics_region_number number, int64_t *value_r);

/* The time, 0: never. */
int64_t metrics_time_of(enum metrics_time which);

/* True once metrics_stopping was called in this process. */
bool metrics_is_stopping(void);

/* How many slots there are: workers that may be alive. */
size_t metrics_slots(void);
