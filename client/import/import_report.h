/* What an import says: its lines as sheets, for people one a file, for programs one in all. */
#pragma once

#include "command.h"
#include "import/import.h"

/* Adds the lines to the report: all of them with `all` or for programs, else those to look at.
 * Then, for people, how many of each kind were created, updated, left or refused. */
void import_report(struct context *context, const struct import *import, bool all);

/* Says each refused line on stderr, up to a screenful, and how many there are in all. */
void import_report_refusals(struct context *context, const struct import *import);
