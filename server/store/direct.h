/*
 * A plain connection to PostgreSQL for the technician's commands: each call waits for its answer.
 * Never inside the event loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define DIRECT_WHY_SIZE 512
#define DIRECT_LITERAL_SIZE 132 /* of the longest name that PostgreSQL has, quoted */

struct pg_conn;   /* libpq's PGconn */
struct pg_result; /* libpq's PGresult */

/* Connects (libpq's conninfo), for at most 10 s per host unless it says another connect_timeout.
 * Notices are dropped. NULL with one line of why in why_r. */
struct pg_conn *direct_open(const char *conninfo, char why_r[DIRECT_WHY_SIZE]);

/* Closes, which rolls back what was not committed. Accepts NULL, leaves NULL. */
void direct_close(struct pg_conn **conn);

/* Runs SQL made as printf makes it. NULL with why_r when PostgreSQL refuses; else PQclear it. */
struct pg_result *direct_query(struct pg_conn *conn, char why_r[DIRECT_WHY_SIZE],
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same without a result. */
bool direct_run(struct pg_conn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first value of a query as text, cut to `size`; "" for NULL or no row. False with why_r. */
bool direct_text(struct pg_conn *conn, char *text_r, size_t size, char why_r[DIRECT_WHY_SIZE],
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The first value of a query as a number, 0 for NULL or no row; -1 with why_r. */
long long direct_number(struct pg_conn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text as SQL writes it, quotes and all; NULL where it is longer than a name of PostgreSQL's or
 * no text of the connection's encoding. */
void direct_literal(struct pg_conn *conn, const char *text, char literal_r[DIRECT_LITERAL_SIZE]);
