/* Scratch memory that is freed all at once: a request's, a command's. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct arena;

/* A new arena that hands out at most `limit` bytes; NULL when memory is out. Free with arena_free.
 */
struct arena *arena_new(size_t limit);

/* Frees the arena and all that it handed out. Accepts NULL, leaves NULL. */
void arena_free(struct arena **arena);

/* Zeroed memory aligned for any type, alive until arena_free; NULL past the limit. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `size` bytes with a NUL behind them; NULL past the limit. */
char *arena_copy(struct arena *arena, const void *data, size_t size);

/* Room for one more in an array of `count` elements of `size` bytes that has room for *room_r: the
 * array itself, or a larger copy of it (the old one stays until arena_free), with *room_r set. The
 * first one: NULL with room 0. NULL past the limit; then *room_r and the array are as they were. */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *room_r, size_t size);

/* A formatted text, as printf; NULL past the limit. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For protobuf-c's unpack: allocates from the arena, frees nothing. Lives as long as the arena. */
ProtobufCAllocator *arena_allocator(struct arena *arena);
