/* The store's statements: the fixed ones of the register and the log, and three for each kind. */
#pragma once

#include "rows.h"

enum statements_use { STATEMENTS_BATCH = 1, STATEMENTS_READ = 2 };

struct statements {
    struct pipeline_statement *list;
    size_t count;
    struct arena *arena;
};

/* All of them, made from the register of kinds; false when memory is out. */
bool statements_make(struct statements *statements_r);

/* Frees what statements_make made; accepts an empty one, leaves an empty one. */
void statements_clear(struct statements *statements);

/* The name of a kind's statement: "upsert_share". */
const char *statements_name(
    const struct statements *statements, const struct kind *kind, enum rows_statement which);
