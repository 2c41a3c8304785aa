/* Whether what this program finds in the database is what it was made for. */
#pragma once

#include "settings.h"

/* Looks at each region's schema version. False, with one sentence for the technician in why_r that
 * says what to run, when a database answers and the version is another than this program's; true
 * also when it does not answer, for the server waits for it. Waits up to 5 s for each. */
bool upgrade_not_needed(
    const struct settings *settings, const char *folder, char *why_r, size_t size);
