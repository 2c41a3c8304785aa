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

/* A formatted text, as printf; NULL past the limit. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For protobuf-c's unpack: allocates from the arena, frees nothing. Lives as long as the arena. */
ProtobufCAllocator *arena_allocator(struct arena *arena);
