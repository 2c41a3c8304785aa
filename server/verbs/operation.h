/* An operation off the wire, checked by itself and made ready to be decided. */
#pragma once

#include "decide.h"
#include "protocol.pb-c.h"

#define OPERATION_RESOLUTION_MAX (2 * RECORD_TEXT_MAX) /* bytes: any one text fits */

/* Reads an operation; what is wrong with it is left in operation_r->error (bad_request or invalid,
 * the field, the rule). It borrows from the message and the arena. A deadline's read fields are
 * filled in from its text when the author left them out (proto/README.md, 7), and are not among
 * those that it named. */
void operation_read(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *operation_r);
