/* What a new connection is told first: its own room only because of the pipeline's size. */
#pragma once

#include "pipeline.h"

struct pg_conn;
struct pg_result;

struct pipeline_prepare {
    const struct pipeline_statement *statements;
    size_t n_statements;
    unsigned use;        /* mask of the statements to prepare */
    const char *channel; /* to listen to; NULL: none */
};

/* Sends, with a sync, what asks for the schema's version (call 0, a number or NULL), prepares,
 * listens, and commits once, so that with synchronous replication the standbys have all that the
 * connection may read. In pipeline mode and non-blocking; the caller flushes. The number of calls
 * in *n_calls_r. False when libpq refuses. */
bool pipeline_prepare(struct pg_conn *conn, const struct pipeline_prepare *what, size_t *n_calls_r);

/* Asks for the version once more, of who listens now: a migration between the first look and that
 * was not heard. With a sync; its only call is 0 too, the number of calls in *n_calls_r. False when
 * libpq refuses. */
bool pipeline_prepare_again(struct pg_conn *conn, size_t *n_calls_r);

/* The schema's version as call 0 is answered, 0 when there is no such schema. False when the result
 * does not tell it. */
bool pipeline_prepare_version(const struct pg_result *result, int *version_r);
