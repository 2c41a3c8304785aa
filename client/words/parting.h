/* What is said to a device that the coordination has revoked, or whose account is over. */
#pragma once

#include "command.h"
#include "desk/desk_gone.h"

/* Says what became of a home that was emptied, and what to do. COMMAND_UNJOINED; COMMAND_FAILED
 * when some of it could not be deleted. */
enum command_exit parting_say_gone(struct context *context, const struct desk_gone *gone);

/* Tells of a change that the server cannot keep, or had refused, whole: it is deleted next.
 * `context` is a struct context; a desk_lost_fn. */
void parting_tell_lost(void *context, const struct desk_operation *operation);

/* Says that the device was revoked and what is still to be handed over; `why` (may be NULL) stands
 * against it. COMMAND_WAITING. */
enum command_exit parting_say_waiting(
    struct context *context, size_t waiting, const struct desk_why *why);

/* Says on stderr that the mandate has ended, or that the account is closed, and whom to ask. */
void parting_tell_closed(struct context *context);

/* The same sentence; NULL when the device is let in. Arena memory, or static. */
const char *parting_closed(struct context *context, struct arena *arena);
