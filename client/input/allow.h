/* Whether a change would be taken, as far as the copy can tell: so that a person is told what to do
 * instead before the server says no. The server alone decides. */
#pragma once

#include "arena.h"
#include "command.h"
#include "record.h"

enum allow {
    ALLOW_FINE,
    ALLOW_OWNER,   /* another committee's record */
    ALLOW_ROLE,    /* a field that this role may not set, or a reader's */
    ALLOW_ADOPTED, /* structure of an adopted plan: the coordination amends it */
    ALLOW_REASON,  /* it may, with a reason */
    ALLOW_CLOSED   /* a closed plan takes notes alone */
};

/* What stands against setting those fields of the record. `reason` may be NULL. */
enum allow allow_change(const struct context *context, const struct book_entry *entry,
    const struct record_names *fields, const char *reason);

/* Writes a change of `entry` (NULL: a new record) as command_write does. An amendment without its
 * reason is not written; of what is refused, or waits and will be, it says how it is proposed. */
enum command_exit allow_write(struct context *context, const struct book_entry *entry,
    const struct desk_change *change, struct arena *arena);
