/*
 * A region's database for commands of the server's own machine: one connection, one question after
 * the other, each waited for. What serves people goes through store.h instead.
 */
#pragma once

#include "direct.h"
#include "pipeline_rows.h"
#include "uuid.h"

#define INSPECT_WHY DIRECT_WHY_SIZE

struct arena;
struct inspect;
struct inspect_rows;

/* Connects as direct_open does, with names looked up in `schema`. NULL with a line of why in why_r.
 */
struct inspect *inspect_open(const char *conninfo, const char *schema, char why_r[INSPECT_WHY]);

/* Closes, which rolls back what has not been committed. Accepts NULL, leaves NULL. */
void inspect_close(struct inspect **inspect);

/* What PostgreSQL said when a call failed: one line. Borrowed. */
const char *inspect_why(const struct inspect *inspect);

/* Asks with parameters in PostgreSQL's binary format, and gets rows in the same. NULL when it is
 * refused or the connection lost: see inspect_why. Free with inspect_rows_free. */
struct inspect_rows *inspect_ask(
    struct inspect *inspect, const char *sql, const struct pipeline_value *values, size_t n_values);

/* The same for a statement without rows and parameters. */
bool inspect_run(struct inspect *inspect, const char *sql);

/* The first value, a bigint, of a statement without parameters into *number_r; NULL or no row: 0.
 * False when it is refused. */
bool inspect_number(struct inspect *inspect, const char *sql, int64_t *number_r);

/* The first value, a text, of a statement without parameters, cut to `size`; NULL or no row: "".
 * False when it is refused. */
bool inspect_text(struct inspect *inspect, const char *sql, char *text_r, size_t size);

/* Frees what inspect_ask gave. Accepts NULL, leaves NULL. */
void inspect_rows_free(struct inspect_rows **rows);

/* How many rows there are. */
size_t inspect_rows_count(const struct inspect_rows *rows);

/* A value of a row; borrowed from the rows. */
struct pipeline_value inspect_get(const struct inspect_rows *rows, size_t row, size_t column);

/* A bigint of a row; NULL: 0. */
int64_t inspect_get_number(const struct inspect_rows *rows, size_t row, size_t column);

/* A text of a row, cut to `size`; NULL: "". */
void inspect_get_text(
    const struct inspect_rows *rows, size_t row, size_t column, char *text_r, size_t size);

/* An id of a row; NULL: uuid_none. */
void inspect_get_id(
    const struct inspect_rows *rows, size_t row, size_t column, uint8_t id_r[UUID_SIZE]);
