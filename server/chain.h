/* The hash chain of a region's log (its bytes: proto/README.md, 8, "The chain"). */
#pragma once

#include "store/store.h"

/* BLAKE2b-256 of a patch's bytes, or of a resolution's. */
void chain_patch(const uint8_t *patch, size_t size, uint8_t hash_r[STORE_HASH_SIZE]);

/* The change's hash, from its predecessor's, its own metadata, its patch's hash and the
 * resolution's where there is one: that of a change that settled nothing is as it always was. */
void chain_next(const uint8_t previous[STORE_HASH_SIZE], const struct store_change *change,
    uint8_t hash_r[STORE_HASH_SIZE]);
