/*
 * STATE/erasures (mode 0600): what was erased, so that it can be erased again in a database that
 * was restored from an older backup. It tells no name: a line is REGION RECORD FROM TO DIGITS
 * (person|expired) DAY with the record's id, the revisions, the pseudonym's six digits and the day,
 * UTC.
 */
#pragma once

#include "admin/erase_plan.h"

/* Adds the plan's targets, and waits until they are on the disk. False with errno. */
bool erase_book_add(const char *folder, const char *region, const struct erase_plan *plan);

/* Takes a line of the region; `everywhere`: a person, not a record whose time was over. False:
 * enough. */
typedef bool erase_book_cb(void *arg, const uint8_t id[UUID_SIZE], uint64_t from, uint64_t to,
    const char digits[7], bool everywhere);

/* Tells all lines of that region. No file: none. False with errno, or when the callback had enough.
 */
bool erase_book_read(const char *folder, const char *region, erase_book_cb *cb, void *arg);
