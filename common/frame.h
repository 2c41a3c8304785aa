/*
 * Frames: a 4-byte big-endian length and one protobuf message (proto/README.md, 1).
 * Works on bytes in an evbuffer; knows no descriptor.
 */
#pragma once

#include <event2/buffer.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER 4
#define FRAME_TO_SERVER_MAX ((size_t)1 << 20)
#define FRAME_TO_CLIENT_MAX ((size_t)1 << 20) /* pages keep below 256 KiB; one record may not fit  \
                                               */

enum frame_state {
    FRAME_PARTIAL, /* the buffer does not hold a whole frame yet */
    FRAME_WHOLE,
    FRAME_TOO_LARGE, /* the length is above the limit: nothing after it can be read */
    FRAME_EMPTY      /* the length is 0: no message is */
};

/* Looks at the buffer's start. FRAME_WHOLE: *size_r is the message's length, and it begins
 * FRAME_HEADER bytes in. Nothing is drained. */
enum frame_state frame_peek(struct evbuffer *buffer, size_t limit, size_t *size_r);

/* Appends a frame with the packed message. False when memory is out; the buffer is then as before.
 */
bool frame_append(struct evbuffer *buffer, const ProtobufCMessage *message);

/* Writes a length as the header. */
void frame_header(size_t size, uint8_t header_r[FRAME_HEADER]);

/* Writes a number in protobuf's variable-length form (base 128 varint). Returns its bytes, at
 * most 10. */
size_t frame_varint(uint8_t *to_r, uint64_t value);
