/* What became of the files of documents that waited, in words for people. */
#pragma once

#include "command.h"
#include "desk/desk_document.h"

/* Says on stderr what left, what never will, and with `waiting` what waits on. */
void sending_tell(struct context *context, const struct desk_sending *sending, bool waiting);
