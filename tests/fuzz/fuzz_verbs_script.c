#include "fuzz_verbs_script.h"

#include <string.h>

#include "kinds.h"

#define HEAD 4

size_t script_read(const uint8_t *data, size_t size, struct script_step steps_r[SCRIPT_STEPS_MAX])
{
    struct fuzz_input input = {data, size};
    size_t count = 0;

    while (input.size >= HEAD && count < SCRIPT_STEPS_MAX) {
        struct script_step *step = &steps_r[count++];
        size_t length;

        step->who = fuzz_byte(&input) % SCRIPT_PEOPLE;
        step->flags = fuzz_byte(&input);
        length = (size_t)fuzz_byte(&input) << 8;
        length |= fuzz_byte(&input);
        step->data = fuzz_bytes(&input, length, &step->size);
    }
    return count;
}

size_t script_write(const struct script_step *steps, size_t count, uint8_t *data_r, size_t max_size)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (steps[i].size > UINT16_MAX || size + HEAD + steps[i].size > max_size)
            continue;
        data_r[size] = steps[i].who;
        data_r[size + 1] = steps[i].flags;
        data_r[size + 2] = (uint8_t)(steps[i].size >> 8);
        data_r[size + 3] = (uint8_t)steps[i].size;
        if (steps[i].size > 0)
            memcpy(data_r + size + HEAD, steps[i].data, steps[i].size);
        size += HEAD + steps[i].size;
    }
    return size;
}

void *script_member(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (uint8_t *)message + field->offset;
}

size_t script_count(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const void *quantifier = (uint8_t *)message + field->quantifier_offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)quantifier;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)quantifier == field->id;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING)
        return *(void **)script_member(message, field) != NULL;
    return *(const protobuf_c_boolean *)quantifier != 0;
}

/* Bytes of one value. */
static size_t width(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    default:
        return 4; /* a boolean and an enumeration are ints */
    }
}

void *script_value(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t index)
{
    uint8_t *member = script_member(message, field);

    return field->label == PROTOBUF_C_LABEL_REPEATED ? *(uint8_t **)member + index * width(field)
                                                     : member;
}

uint8_t *script_encode(const ProtobufCMessage *message, struct arena *arena, size_t *size_r)
{
    uint8_t *data;

    *size_r = protobuf_c_message_get_packed_size(message);
    data = arena_alloc(arena, *size_r + 1);
    if (data != NULL)
        protobuf_c_message_pack(message, data);
    return data;
}

ProtobufCMessage *script_body(const Concert__Operation *operation,
    const ProtobufCFieldDescriptor *field, const ProtobufCBinaryData *bytes, struct arena *arena)
{
    const struct kind *kind =
        operation != NULL && operation->has_kind ? kinds_get(operation->kind) : NULL;

    if (kind == NULL || (strcmp(field->name, "patch") != 0 && strcmp(field->name, "seen") != 0 &&
                            strcmp(field->name, "set_aside") != 0))
        return NULL;
    return protobuf_c_message_unpack(
        kind->descriptor, arena_allocator(arena), bytes->len, bytes->data);
}
