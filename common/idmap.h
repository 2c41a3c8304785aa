/* A hash map from ids to pointers. Ids are random enough to be their own hash. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uuid.h"

struct idmap;

/* An empty map; NULL when memory is out. Free with idmap_free. */
struct idmap *idmap_new(void);

/* Frees the map, not what it points to. Accepts NULL, leaves NULL. */
void idmap_free(struct idmap **map);

/* The pointer kept under that id, or NULL. */
void *idmap_get(const struct idmap *map, const uint8_t id[UUID_SIZE]);

/* Keeps a non-NULL pointer under the id (copied), in place of an earlier one. False when memory is
 * out. */
bool idmap_put(struct idmap *map, const uint8_t id[UUID_SIZE], void *data);

/* Forgets the id; nothing when it is not there. */
void idmap_remove(struct idmap *map, const uint8_t id[UUID_SIZE]);

/* How many ids it holds. */
size_t idmap_count(const struct idmap *map);

/* Walks the map: *cursor starts at 0; NULL at the end. In no order; no put or remove while walking.
 */
void *idmap_next(const struct idmap *map, size_t *cursor);
