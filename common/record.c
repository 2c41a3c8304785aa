#include "record.h"

#include <stdlib.h>
#include <string.h>

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
    return (const char *)message + offset;
}

static void *member_of(ProtobufCMessage *message, unsigned offset)
{
    return (char *)message + offset;
}

ProtobufCMessage *record_new(const struct kind *kind, struct arena *arena)
{
    ProtobufCMessage *message = arena_alloc(arena, kind->descriptor->sizeof_message);

    if (message != NULL)
        protobuf_c_message_init(kind->descriptor, message);
    return message;
}

uint8_t *record_encode(const ProtobufCMessage *message, struct arena *arena, size_t *size_r)
{
    uint8_t *data;

    *size_r = protobuf_c_message_get_packed_size(message);
    data = arena_alloc(arena, *size_r);
    if (data != NULL)
        protobuf_c_message_pack(message, data);
    return data;
}

const ProtobufCFieldDescriptor *record_field(const struct kind *kind, const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(kind->descriptor, name);
}

size_t record_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)member(message, field->quantifier_offset);
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(char *const *)member(message, field->offset) != NULL;
    return *(const protobuf_c_boolean *)member(message, field->quantifier_offset) != 0;
}

static size_t element_size(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof(int64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    default:
        return sizeof(int32_t);
    }
}

static struct record_value load(const ProtobufCFieldDescriptor *field, const void *at)
{
    struct record_value value = {0};

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        value.data = *(char *const *)at;
        value.size = strlen(value.data);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        value.data = (const char *)((const ProtobufCBinaryData *)at)->data;
        value.size = ((const ProtobufCBinaryData *)at)->len;
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        value.number = *(const int64_t *)at;
        break;
    case PROTOBUF_C_TYPE_UINT32:
        value.number = *(const uint32_t *)at;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        value.number = *(const protobuf_c_boolean *)at != 0;
        break;
    default:
        value.number = *(const int32_t *)at;
    }
    return value;
}

static void store(const ProtobufCFieldDescriptor *field, void *at, const struct record_value *value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(const char **)at = value->data;
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = (ProtobufCBinaryData){value->size, (uint8_t *)value->data};
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        *(int64_t *)at = value->number;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = value->number != 0;
        break;
    default:
        *(uint32_t *)at = (uint32_t)value->number;
    }
}

struct record_value record_get(
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t index)
{
    const char *at = member(message, field->offset);

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        at = *(const char *const *)at + index * element_size(field);
    return load(field, at);
}

/* Optional texts have no flag: protobuf-c tells them apart by NULL. */
static void mark(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t count)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        *(size_t *)member_of(message, field->quantifier_offset) = count;
    else if (field->type == PROTOBUF_C_TYPE_STRING && count == 0)
        *(char **)member_of(message, field->offset) = NULL;
    else if (field->type != PROTOBUF_C_TYPE_STRING)
        *(protobuf_c_boolean *)member_of(message, field->quantifier_offset) = count != 0;
}

bool record_set(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
    const struct record_value *values, size_t count, struct arena *arena)
{
    char *at = member_of(message, field->offset);

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        char *array = count == 0 ? NULL : arena_alloc(arena, count * element_size(field));

        if (count > 0 && array == NULL)
            return false;
        *(char **)at = array;
        at = array;
    }
    for (size_t i = 0; i < count; i++)
        store(field, at + i * element_size(field), &values[i]);
    mark(message, field, count);
    return true;
}

void record_copy(
    ProtobufCMessage *dst, const ProtobufCMessage *src, const ProtobufCFieldDescriptor *field)
{
    size_t size = field->label == PROTOBUF_C_LABEL_REPEATED ? sizeof(void *) : element_size(field);

    memcpy(member_of(dst, field->offset), member(src, field->offset), size);
    mark(dst, field, record_count(src, field));
}

static bool value_same(struct record_value a, struct record_value b)
{
    return a.number == b.number && a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool record_same(
    const ProtobufCMessage *a, const ProtobufCMessage *b, const ProtobufCFieldDescriptor *field)
{
    size_t count = record_count(a, field);

    if (count != record_count(b, field))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!value_same(record_get(a, field, i), record_get(b, field, i)))
            return false;
    return true;
}

const uint8_t *record_reference(
    const ProtobufCMessage *message, const struct kind *kind, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(kind, name);
    struct record_value value;

    if (field == NULL || record_count(message, field) != 1)
        return NULL;
    value = record_get(message, field, 0);
    return value.size == UUID_SIZE ? (const uint8_t *)value.data : NULL;
}
