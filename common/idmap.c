#include "idmap.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    uint8_t id[UUID_SIZE];
    void *data; /* NULL: free */
};

struct idmap {
    struct slot *slots;
    size_t size, count; /* size is a power of two; linear probing below two thirds full */
};

#define FIRST_SIZE ((size_t)16)

struct idmap *idmap_new(void)
{
    struct idmap *map = calloc(1, sizeof(*map));

    if (map == NULL)
        return NULL;
    map->size = FIRST_SIZE;
    map->slots = calloc(map->size, sizeof(*map->slots));
    if (map->slots == NULL)
        idmap_free(&map);
    return map;
}

void idmap_free(struct idmap **map)
{
    if (*map == NULL)
        return;
    free((*map)->slots);
    free(*map);
    *map = NULL;
}

/* The last 8 bytes of a UUIDv7 are random; a multiplication spreads ids that are not. */
static size_t home(const struct idmap *map, const uint8_t id[UUID_SIZE])
{
    uint64_t low, high;

    memcpy(&high, id, sizeof(high));
    memcpy(&low, id + sizeof(high), sizeof(low));
    return (size_t)(((low ^ high >> 7) * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (map->size - 1);
}

static size_t find(const struct idmap *map, const uint8_t id[UUID_SIZE])
{
    size_t at = home(map, id);

    while (map->slots[at].data != NULL && memcmp(map->slots[at].id, id, UUID_SIZE) != 0)
        at = (at + 1) & (map->size - 1);
    return at;
}

void *idmap_get(const struct idmap *map, const uint8_t id[UUID_SIZE])
{
    return map->slots[find(map, id)].data;
}

static bool grow(struct idmap *map)
{
    struct idmap bigger = {calloc(map->size * 2, sizeof(struct slot)), map->size * 2, map->count};

    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < map->size; i++)
        if (map->slots[i].data != NULL)
            bigger.slots[find(&bigger, map->slots[i].id)] = map->slots[i];
    free(map->slots);
    *map = bigger;
    return true;
}

bool idmap_put(struct idmap *map, const uint8_t id[UUID_SIZE], void *data)
{
    size_t at = find(map, id);

    if (map->slots[at].data == NULL) {
        if ((map->count + 1) * 3 > map->size * 2) {
            if (!grow(map))
                return false;
            at = find(map, id);
        }
        map->count++;
        memcpy(map->slots[at].id, id, UUID_SIZE);
    }
    map->slots[at].data = data;
    return true;
}

void idmap_remove(struct idmap *map, const uint8_t id[UUID_SIZE])
{
    size_t at = find(map, id), next;

    if (map->slots[at].data == NULL)
        return;
    map->slots[at].data = NULL;
    map->count--;
    /* What was pushed past the freed slot moves back, so that searches need no tombstones. */
    for (next = (at + 1) & (map->size - 1); map->slots[next].data != NULL;
         next = (next + 1) & (map->size - 1)) {
        struct slot moved = map->slots[next];

        map->slots[next].data = NULL;
        map->slots[find(map, moved.id)] = moved;
    }
}

size_t idmap_count(const struct idmap *map)
{
    return map->count;
}

void *idmap_next(const struct idmap *map, size_t *cursor)
{
    while (*cursor < map->size) {
        void *data = map->slots[(*cursor)++].data;

        if (data != NULL)
            return data;
    }
    return NULL;
}
