/* What `concert` alone says: what to do first, or next. */
#pragma once

#include "command.h"

/* Fills the report with the first steps: how to join in a home that has not, else what this person
 * is most likely to want. No network. */
void start_report(struct context *context);
