/* What a new record need not be told: who makes it, what comes next among its siblings, today. */
#pragma once

#include "command.h"
#include "input/fields.h"

/* Gives the patch of a new record what people expect without saying, where it was not said: the
 * party of an account that speaks for one alone, the plan in force, the number or rank after the
 * last, the day of what happens when it is written down. Never an error: what is still missing,
 * change_complete names. */
void defaults_fill(
    struct context *context, const struct fields_reader *reader, struct fields_patch *patch);
