/* What is not counted when it happens but looked at each second, and before a page is told. */
#pragma once

#include <stddef.h>

struct event_base;
struct region;
struct metrics_sample;

/* Begins to look at the regions and at this process. Borrows both. NULL: no memory. */
struct metrics_sample *metrics_sample_new(
    struct event_base *base, struct region *const *regions, size_t n_regions);

/* Ends it. Accepts NULL, leaves NULL. */
void metrics_sample_free(struct metrics_sample **sample);

/* Looks now. `sample` is a struct metrics_sample. */
void metrics_sample_now(void *sample);
