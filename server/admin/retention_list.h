/* How long records of a kind keep what is personal: the setting `retention`, "contact 24,
 * attendance 36", in months; and which are over their time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "kinds.h"
#include "store/inspect.h"

#define RETENTION_KINDS 16

struct retention {
    struct {
        const struct kind *kind;
        int months;
    } rows[RETENTION_KINDS];
    size_t count;
};

/* Reads the setting. False with a sentence (translated) of what is wrong in why_r: an unknown kind,
 * one without personal fields, no number of months from 1 to 1200, one twice. */
bool retention_list(const char *setting, struct retention *retention_r, char *why_r, size_t size);

/* Asks for the records of row `index` whose time was over on `today` ("2026-11-23") and of which
 * the log still has something personal, also those that were deleted: their ids, each once. NULL
 * when the database refuses or memory is out. Free with inspect_rows_free. */
struct inspect_rows *retention_overdue(
    struct inspect *inspect, const struct retention *retention, size_t index, const char *today);
