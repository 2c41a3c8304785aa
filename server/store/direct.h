/*
 * A plain connection to PostgreSQL for the technician's commands: each call waits for its answer.
 * Never inside the event loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pipeline_rows.h"

#define DIRECT_WHY_SIZE 512
#define DIRECT_QUOTED_SIZE 132 /* of the longest name that PostgreSQL has, quoted */
#define DIRECT_VALUES_MAX 16

struct pg_conn;   /* libpq's PGconn */
struct pg_result; /* libpq's PGresult */

/* Connects (libpq's conninfo), for at most 10 s per host unless it says another connect_timeout.
 * Notices are dropped. NULL with one line of why in why_r. */
struct pg_conn *direct_open(const char *conninfo, char why_r[DIRECT_WHY_SIZE]);

/* Closes, which rolls back what was not committed. Accepts NULL, leaves NULL. */
void direct_close(struct pg_conn **conn);

/* Runs SQL made as printf makes it. False with why_r when PostgreSQL refuses. */
bool direct_run(struct pg_conn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether why_r has PostgreSQL's SQLSTATE from now on, which no language changes (libpq,
 * PQsetErrorVerbosity). */
void direct_codes(struct pg_conn *conn, bool with);

/* The first value of a query as text, cut to `size`; "" for NULL or no row. False with why_r. */
bool direct_text(struct pg_conn *conn, char *text_r, size_t size, char why_r[DIRECT_WHY_SIZE],
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The first value of a query as a number, 0 for NULL or no row; -1 with why_r. */
long long direct_number(struct pg_conn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Asks with at most DIRECT_VALUES_MAX parameters in PostgreSQL's binary format; the answer's rows,
 * in the same, are read with pipeline_rows.h and freed with direct_result_free. NULL with why_r. */
struct pg_result *direct_ask(struct pg_conn *conn, const char *sql,
    const struct pipeline_value *values, size_t n_values, char why_r[DIRECT_WHY_SIZE]);

/* Frees an answer. Accepts NULL, leaves NULL. */
void direct_result_free(struct pg_result **result);

/* Is given a word of a connection's text and its value; false ends it. */
typedef bool direct_word(void *arg, const char *key, const char *value);

/* All that an open connection goes by: what its text said, the environment, and what libpq takes by
 * itself. False with errno when memory is out or `take` ends it. */
bool direct_words(struct pg_conn *conn, direct_word *take, void *arg);

/* The user that a connection's text names. False when it names none or one that has no room. */
bool direct_user(const char *conninfo, char *user_r, size_t size);

/* The name as SQL writes it, quotes and all. False when it is longer than a name of PostgreSQL's or
 * no text of the connection's encoding. */
bool direct_identifier(struct pg_conn *conn, const char *name, char name_r[DIRECT_QUOTED_SIZE]);

/* The text as SQL writes it, quotes and all; NULL where it is longer than a name of PostgreSQL's or
 * no text of the connection's encoding. */
void direct_literal(struct pg_conn *conn, const char *text, char literal_r[DIRECT_QUOTED_SIZE]);
