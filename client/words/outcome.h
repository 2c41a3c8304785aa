/* What became of an operation of the outbox, in words for people and as rows for programs. */
#pragma once

#include <stddef.h>

#include "command.h"

/* Says on stderr what became of it: nothing for an accepted one unless `each`. */
void outcome_tell(struct context *context, const struct desk_operation *operation, bool each);

/* A sheet "operations" with a row for each. */
void outcome_sheet(struct context *context, const struct desk_operation *operations, size_t count);

/* How people call the record of an operation: "4.1.1 · Mékinac"; its handle or kind when it is not
 * in the book. Arena memory of the report, or borrowed. */
const char *outcome_record(struct context *context, const struct desk_operation *operation);

/* The state for people, in the language of gettext. */
const char *outcome_state(enum desk_state state);
