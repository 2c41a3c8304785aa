/* Something that the technician's commands do in a region through the same writer as everyone, so
 * that it is in the log and other servers hear of it. */
#pragma once

#include "batch.h"
#include "settings.h"

/* Does the jobs one after the other in an event loop of its own, each only if the one before was
 * done (all its operations applied, or known already); 30 s at most. False with a line of why in
 * why_r, which says so when it is not known whether the last one that was begun is done. */
bool errand_run(const struct settings *settings, const struct settings_region *region,
    struct batch_job *jobs, size_t count, char *why_r, size_t size);
