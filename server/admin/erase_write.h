/* What the plan's records say from now on: written as everything is, so that all servers and
 * clients hear of it. */
#pragma once

#include "admin/erase_plan.h"
#include "settings.h"

/* Writes all in one go: pseudonyms, emptied fields, closed accounts, revoked devices, removed
 * documents. *count_r: how many records were changed. False with a line of why in why_r. */
bool erase_write(const struct settings *settings, const struct settings_region *region,
    struct erase_plan *plan, size_t *count_r, char *why_r, size_t size);
