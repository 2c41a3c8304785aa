/* What PostgreSQL answers: rows of values in its binary format. */
#pragma once

#include <stddef.h>

struct pg_result;

/* A value in PostgreSQL's binary format; data NULL: NULL. */
struct pipeline_value {
    const void *data;
    size_t size;
};

/* Rows of libpq's; borrowed. */
struct pipeline_rows {
    const struct pg_result *result;
};

/* How many rows there are. */
size_t pipeline_rows_count(const struct pipeline_rows *rows);

/* A value of a row; borrowed from the rows. */
struct pipeline_value pipeline_rows_get(
    const struct pipeline_rows *rows, size_t row, size_t column);
