/* All that is held on one person, for that person: what the law gives them. */
#pragma once

#include "command.h"

/* Gathers what is held on the person that `who` names (a name, or the handle of an account, a
 * contact, a seat or an attendance), into context->report, or as text or JSON into the file of
 * --to. Staff may ask for anybody, others for themselves. The exit code after having said what is
 * wrong. */
enum command_exit person_export(struct context *context, const char *who);
