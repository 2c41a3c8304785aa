/* Bytes from elsewhere to a message. */
#include <string.h>

#include "record.h"

struct cursor {
    const uint8_t *at, *end;
};

static bool varint(struct cursor *cursor, uint64_t *value_r)
{
    *value_r = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte;

        if (cursor->at == cursor->end)
            return false;
        byte = *cursor->at++;
        *value_r |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct cursor *cursor, uint64_t size)
{
    if (size > (uint64_t)(cursor->end - cursor->at))
        return false;
    cursor->at += size;
    return true;
}

static const ProtobufCFieldDescriptor *nul_in_field(
    const ProtobufCFieldDescriptor *field, const uint8_t *data, size_t size)
{
    if (field == NULL)
        return NULL;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return memchr(data, 0, size) != NULL ? field : NULL;
    return field->type == PROTOBUF_C_TYPE_MESSAGE ? record_find_nul(field->descriptor, data, size)
                                                  : NULL;
}

/* protobuf-c hands texts over as C strings, so that a NUL would cut one unseen: they are looked for
 * in the bytes. Source: the protobuf encoding, wire types 0, 1, 2 and 5. */
const ProtobufCFieldDescriptor *record_find_nul(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t size)
{
    struct cursor cursor = {data, data + size};
    uint64_t key, value;

    while (varint(&cursor, &key)) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(key >> 3));

        switch (key & 7) {
        case 0:
            if (!varint(&cursor, &value))
                return NULL;
            break;
        case 1:
        case 5:
            if (!skip(&cursor, (key & 7) == 1 ? 8 : 4))
                return NULL;
            break;
        case 2:
            if (!varint(&cursor, &value) || !skip(&cursor, value))
                return NULL;
            field = nul_in_field(field, cursor.at - value, (size_t)value);
            if (field != NULL)
                return field;
            break;
        default:
            return NULL;
        }
    }
    return NULL;
}

ProtobufCMessage *record_decode(const struct kind *kind, const void *data, size_t size,
    struct arena *arena, struct error *error_r)
{
    ProtobufCMessage *message =
        protobuf_c_message_unpack(kind->descriptor, arena_allocator(arena), size, data);
    const ProtobufCFieldDescriptor *field;

    if (message == NULL) {
        *error_r = error_make(CONCERT__CODE__BAD_REQUEST, "patch", "encoding", NULL);
        return NULL;
    }
    field = record_find_nul(kind->descriptor, data, size);
    if (field != NULL) {
        *error_r = error_make(CONCERT__CODE__INVALID, field->name, "nul", NULL);
        return NULL;
    }
    return message;
}
