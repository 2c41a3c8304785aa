#include "frame.h"

#include "protocol.pb-c.h"

void frame_header(size_t size, uint8_t header_r[FRAME_HEADER])
{
    for (int i = 0; i < FRAME_HEADER; i++)
        header_r[i] = (uint8_t)(size >> (8 * (FRAME_HEADER - 1 - i)));
}

size_t frame_varint(uint8_t *to_r, uint64_t value)
{
    size_t size = 0;

    for (; value >= 0x80; value >>= 7)
        to_r[size++] = (uint8_t)(value | 0x80);
    to_r[size++] = (uint8_t)value;
    return size;
}

enum frame_state frame_peek(struct evbuffer *buffer, size_t limit, size_t *size_r)
{
    uint8_t header[FRAME_HEADER];
    size_t size = 0;

    if (evbuffer_copyout(buffer, header, sizeof(header)) < FRAME_HEADER)
        return FRAME_PARTIAL;
    for (int i = 0; i < FRAME_HEADER; i++)
        size = size << 8 | header[i];
    if (size > limit)
        return FRAME_TOO_LARGE;
    if (size == 0)
        return FRAME_EMPTY;
    *size_r = size;
    return evbuffer_get_length(buffer) - FRAME_HEADER < size ? FRAME_PARTIAL : FRAME_WHOLE;
}

bool frame_append(struct evbuffer *buffer, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    struct evbuffer_iovec space;

    if (evbuffer_reserve_space(buffer, (ev_ssize_t)(size + FRAME_HEADER), &space, 1) < 1)
        return false;
    frame_header(size, space.iov_base);
    protobuf_c_message_pack(message, (uint8_t *)space.iov_base + FRAME_HEADER);
    space.iov_len = size + FRAME_HEADER;
    return evbuffer_commit_space(buffer, &space, 1) == 0;
}
