/* What a store's connections do, for metrics. */
#pragma once

#include "store.h"

struct store_counts {
    size_t up, waiting; /* connections, and jobs that wait for one */
};

/* Of batches, of reads, and of documents. */
struct store_pools {
    struct store_counts writer, readers, documents;
};

/* Counts. */
struct store_pools store_count(const struct store *store);
