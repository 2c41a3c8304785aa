/*
 * A kind's message ⇄ its typed row. Columns are the descriptor's fields, in their order and under
 * their names: text, date (KIND_DATE), uuid (references), bytea, boolean, integer, bigint, arrays
 * of text and uuid; closed lists are text, their English names in lower case. Knows no kind by
 * name.
 */
#pragma once

#include "arena.h"
#include "error.h"
#include "kinds.h"
#include "pipeline.h"

enum rows_statement {
    ROWS_SELECT, /* ids uuid[], numbers integer[]: number, columns, for each id that has a row */
    ROWS_UPSERT, /* ids uuid[], one array a column */
    ROWS_DELETE, /* ids uuid[] */
    ROWS_STATEMENTS
};

/* The text of the kind's statement; NULL when the arena is at its limit. */
char *rows_sql(const struct kind *kind, enum rows_statement which, struct arena *arena);

/* How many columns the kind's row has, beside its id. */
size_t rows_columns(const struct kind *kind);

/* The messages' columns as ROWS_UPSERT's parameters after the ids: rows_columns arrays into
 * values_r, alive as long as arena and messages. False with what no column can hold (invalid, or
 * internal when memory is out) in error_r. */
bool rows_write(const struct kind *kind, const ProtobufCMessage *const *messages, size_t count,
    struct arena *arena, struct pipeline_value *values_r, struct error *error_r);

/* The message of a row: rows_columns values, on the unknown fields that rows_unknown made (data
 * NULL: none). Everything is copied into the arena. NULL when memory is out or a value is not one.
 */
ProtobufCMessage *rows_read(const struct kind *kind, const struct pipeline_value *values,
    struct pipeline_value unknown, struct arena *arena);

/* The message's unknown fields, encoded; data NULL when it has none (*failed_r false) or memory is
 * out (true). */
struct pipeline_value rows_unknown(
    const struct kind *kind, const ProtobufCMessage *message, struct arena *arena, bool *failed_r);
