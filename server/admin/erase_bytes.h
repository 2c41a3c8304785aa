/* Names in encoded records that stand inside others: proposals, what is in quarantine. */
#pragma once

#include "admin/erase_plan.h"

/* True when a text of the encoded message holds one of the plan's names: as erase_plan_names with
 * `full`, or, with `whole`, the text is a name and nothing else. The kind need not be known. */
bool erase_bytes_name(
    struct erase_plan *plan, const uint8_t *data, size_t size, bool whole, struct arena *arena);

/* Adds to *ids_r (UUID_SIZE bytes each, in the plan's arena) the quarantined operations, also those
 * that were removed, that still say something about a personal record of the plan's first `count`
 * targets, or, when names are looked for everywhere, that tell one. Records that only the operation
 * would have made are among them. False when the database refuses or memory is out. */
bool erase_bytes_quarantined(
    struct erase_plan *plan, size_t count, const uint8_t **ids_r, size_t *n_ids_r);
