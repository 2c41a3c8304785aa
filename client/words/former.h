/* Records of a copy of before, which the server came back without. */
#pragma once

#include "command.h"

/* A sheet "former" with a row for each record that the server lacks, or has in an older state: the
 * record in words, whether it is missing, older or had been removed, when it was written, by whom,
 * and the words that were in it (of an older one those that differ), so that they can be typed
 * again. False with why_r when the copy cannot be read. */
bool former_sheet(struct context *context, struct desk_why *why_r);
