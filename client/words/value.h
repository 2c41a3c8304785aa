/* One field of a record, for whom the answer is. */
#pragma once

#include "arena.h"
#include "command.h"

/* The field's value: for people in words as phrase_field, "" when absent; for programs as
 * records.proto names it, NULL when absent. In the arena, or borrowed. */
const char *value_text(struct context *context, const struct book_entry *entry, const char *field,
    struct arena *arena);
