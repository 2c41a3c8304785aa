/*
 * Messages in fewer bytes (Packed of the protocol): zstd, one stream per request, flushed behind
 * each message, so that each can be read as soon as it is there. Both sides' sizes are bounded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "protocol.pb-c.h"

/* Smaller messages are not worth it. */
#define PACK_MIN ((size_t)512)

/* Bytes that a stream may look back, as a power of two: no reader needs more memory than that. */
#define PACK_WINDOW 17

/* A stream that is being written. It takes some 600 KiB, and less when `whole` is small. */
struct pack;

/* Begins one. `whole`: the size of the only message that it will hold; 0: there may be several.
 * NULL: no memory. Free with pack_free. */
struct pack *pack_new(size_t whole);

/* Accepts NULL, leaves NULL. */
void pack_free(struct pack **pack);

/* Packs a message of at most 1 MiB as the stream's next. *packed_r borrows from the stream until
 * the next call. False when memory is out; the stream is then of no more use. */
bool pack_add(struct pack *pack, const uint8_t *data, size_t size, Concert__Packed *packed_r);

/* True when the list (Hello.packings, HelloAnswer.packings) holds the one that is known here. */
bool pack_known(const Concert__Packing *packings, size_t count);

/* What is wrong with a Packed. */
enum pack_state {
    PACK_FINE,
    PACK_UNKNOWN, /* no packing that is known here */
    PACK_SIZE,    /* it says no size, or one above the limit */
    PACK_BYTES,   /* not the stream's next bytes, or another size than it says */
    PACK_MEMORY
};

/* A stream that is being read. */
struct pack_reader;

/* Begins one; some 200 KiB while it reads. NULL: no memory. Free with pack_reader_free. */
struct pack_reader *pack_reader_new(void);

/* Accepts NULL, leaves NULL. */
void pack_reader_free(struct pack_reader **reader);

/* Unpacks into the arena, packed->size bytes and no more than `limit`; nothing is allocated for a
 * size above it, nor is more written than was allocated whatever the bytes say. *data_r is NULL
 * unless PACK_FINE; otherwise the stream is of no more use. */
enum pack_state pack_read(struct pack_reader *reader, const Concert__Packed *packed, size_t limit,
    struct arena *arena, uint8_t **data_r);
