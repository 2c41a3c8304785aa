/* The first records of a region: the Consortium, its coordinator, and the invitation to join as
 * such. */
#pragma once

#include <stdbool.h>

#include "identity.h"
#include "settings.h"

/* Writes them into a region whose schema has just been made, through the same writer as everything
 * else; runs an event loop until that is done (30 s at most). `coordinator` are the words for the
 * coordinator. The invitation's code in code_r. False with a line of why in why_r. */
bool founding_run(const struct settings *settings, const char *coordinator, char code_r[32],
    char *why_r, size_t size);
