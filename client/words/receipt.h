/* Receipts as a sheet. */
#pragma once

#include <stddef.h>

#include "command.h"

/* A sheet "receipts" with a row for each: its number, the record in words, when it was written, its
 * place in the log and the log's hash there (whole for programs, its beginning for people). */
void receipt_sheet(struct context *context, const struct desk_receipt *receipts, size_t count);
