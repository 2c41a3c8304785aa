/* Which year a person means: that of a plan. */
#pragma once

#include "command.h"

/* The days of the year that the option --year asks for, "2009-2010" or "2009": those of the annual
 * plan that begins then, else from April to March; without the option those of the plan in force
 * (of one of several years its first twelve months). False after having said what is wrong
 * (code_r). */
bool year_read(
    struct context *context, int32_t *from_r, int32_t *until_r, enum command_exit *code_r);
