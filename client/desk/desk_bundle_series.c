#include "desk/desk_bundle_series.h"

#include "replica/replica_fresh.h"

#include <string.h>

void desk_bundle_series_note(struct desk_bundle_series *series, const Concert__Page *page)
{
    const ProtobufCBinaryData *hash = &page->head_hash;

    if (page->head <= series->head || hash->len > sizeof(series->hash) || hash->len == 0)
        return;
    series->head = page->head;
    series->size = hash->len;
    memcpy(series->hash, hash->data, hash->len);
}

bool desk_bundle_series_find(const struct desk_bundle_series *series, struct replica *replica,
    bool fresh, const Concert__Bundle *about, bool *found_r)
{
    const ProtobufCBinaryData *told = &about->head_hash;
    uint8_t hash[64];
    uint64_t head = 0;
    size_t size = 0;

    if (!(fresh ? replica_fresh_series : replica_series)(replica, &head, hash, &size))
        return false;
    *found_r =
        size == 0 ||
        (about->head == head && told->len == size && memcmp(told->data, hash, size) == 0) ||
        (series->head == head && series->size == size && memcmp(series->hash, hash, size) == 0);
    return true;
}
