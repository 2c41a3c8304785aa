#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)4096)
#define FIRST_ROOM ((size_t)16) /* elements of an array that grows */

struct block {
    struct block *next;
    max_align_t data[];
};

struct arena {
    struct block *blocks;
    char *free;
    size_t left;  /* bytes in the newest block */
    size_t limit; /* bytes that may still be asked of malloc */
    ProtobufCAllocator allocator;
};

static void *allocator_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void allocator_free(void *arena, void *data)
{
    (void)arena;
    (void)data;
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof(*arena));

    if (arena == NULL)
        return NULL;
    arena->limit = limit;
    arena->allocator = (ProtobufCAllocator){allocator_alloc, allocator_free, arena};
    return arena;
}

void arena_free(struct arena **arena)
{
    struct block *block, *next;

    if (*arena == NULL)
        return;
    for (block = (*arena)->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(*arena);
    *arena = NULL;
}

static bool grow(struct arena *arena, size_t size)
{
    size_t want = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct block *block;

    if (want > arena->limit)
        want = size;
    if (want > arena->limit || want > (size_t)PTRDIFF_MAX - sizeof(*block) ||
        (block = malloc(sizeof(*block) + want)) == NULL)
        return false;
    arena->limit -= want;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->free = (char *)block->data;
    arena->left = want;
    return true;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = _Alignof(max_align_t);
    void *data;

    if (size > SIZE_MAX - unit)
        return NULL;
    size = (size + unit - 1) / unit * unit;
    if (size == 0)
        size = unit;
    if (size > arena->left && !grow(arena, size))
        return NULL;
    data = arena->free;
    arena->free += size;
    arena->left -= size;
    return memset(data, 0, size);
}

char *arena_copy(struct arena *arena, const void *data, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);

    if (copy != NULL && size > 0)
        memcpy(copy, data, size);
    return copy;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room_r, size_t size)
{
    size_t room = *room_r == 0 ? FIRST_ROOM : *room_r * 2;
    void *larger;

    if (count < *room_r)
        return array;
    larger = room > SIZE_MAX / 2 / size ? NULL : arena_alloc(arena, room * size);
    if (larger == NULL)
        return NULL;
    if (count > 0)
        memcpy(larger, array, count * size);
    *room_r = room;
    return larger;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list list;
    char *text;
    int length;

    va_start(list, format);
    length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0 || (text = arena_alloc(arena, (size_t)length + 1)) == NULL)
        return NULL;
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}

ProtobufCAllocator *arena_allocator(struct arena *arena)
{
    return &arena->allocator;
}
