#include "store_count.h"

#include "store_internal.h"

static struct store_counts count(const struct pool *pool)
{
    struct store_counts counts;

    pool_count(pool, &counts.up, &counts.waiting);
    return counts;
}

struct store_pools store_count(const struct store *store)
{
    return (struct store_pools){.writer = count(store->writer),
        .readers = count(store->readers),
        .documents = count(store->documents)};
}
