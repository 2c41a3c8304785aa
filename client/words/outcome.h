/* What became of an operation of the outbox, in words for people and as rows for programs. */
#pragma once

#include <stddef.h>

#include "command.h"

/* Says on stderr what became of it: nothing for an accepted one unless `each`. */
void outcome_tell(struct context *context, const struct desk_operation *operation, bool each);

/* Says on stderr of one field what both sides wrote, long texts by their beginning. `at`:
 * microseconds since 1970 UTC, 0 when that is not known. */
void outcome_tell_sides(struct context *context, const char *field, const char *theirs,
    const char *who, int64_t at, const char *mine);

/* True when it was refused for another's sake, with which it commits together: that one tells what
 * there is to do. */
bool outcome_is_bystander(const struct desk_operation *operation);

/* A sheet "operations" with a row for each. */
void outcome_sheet(struct context *context, const struct desk_operation *operations, size_t count);

/* How people call the record of an operation: "4.1.1 · Mékinac"; its handle or kind when it is not
 * in the book. Arena memory of the report, or borrowed. */
const char *outcome_record(struct context *context, const struct desk_operation *operation);

/* A record that is in no book, as its author wrote it: "note “Fait”", "share “4.1.1 · Mékinac”".
 * Arena memory of the report, or static. */
const char *outcome_new(
    struct context *context, const struct kind *kind, const ProtobufCMessage *body);

/* The state for people, in the language of gettext. */
const char *outcome_state(enum desk_state state);
