#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static const char *lower(const char *name, struct arena *arena)
{
    char *text = arena_copy(arena, name, strlen(name));

    for (char *c = text; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static const char *enum_text(
    const ProtobufCFieldDescriptor *field, int64_t number, struct arena *arena)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(field->descriptor, (int)number);

    return value == NULL ? arena_printf(arena, "%lld", (long long)number)
                         : lower(value->name, arena);
}

static const char *bytes_text(struct record_value value, struct arena *arena)
{
    char *text = arena_alloc(arena, value.size * 2 + 1);
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; text != NULL && i < value.size; i++) {
        text[2 * i] = hex[(unsigned char)value.data[i] >> 4];
        text[2 * i + 1] = hex[(unsigned char)value.data[i] & 15];
    }
    return text;
}

const char *record_text(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    struct record_value value, struct arena *arena)
{
    char id[UUID_TEXT];

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return value.data;
    case PROTOBUF_C_TYPE_ENUM:
        return enum_text(field, value.number, arena);
    case PROTOBUF_C_TYPE_BOOL:
        return value.number ? "true" : "false";
    case PROTOBUF_C_TYPE_BYTES:
        if (!kinds_is_reference(kind, field) || value.size != UUID_SIZE)
            return bytes_text(value, arena);
        uuid_format((const uint8_t *)value.data, id);
        return arena_copy(arena, id, UUID_TEXT - 1);
    default:
        return arena_printf(arena, "%lld", (long long)value.number);
    }
}

static bool parse_enum(
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;

    for (unsigned i = 0; i < list->n_values; i++)
        if (strcasecmp(list->values[i].name, text) == 0) {
            value_r->number = list->values[i].value;
            return true;
        }
    return false;
}

static bool parse_number(
    const ProtobufCFieldDescriptor *field, const char *text, struct record_value *value_r)
{
    bool wide = field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_INT64;
    bool natural = field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_UINT32;
    int64_t max = wide ? INT64_MAX : natural ? UINT32_MAX : INT32_MAX;
    char *end;

    errno = 0;
    value_r->number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && value_r->number <= max &&
           value_r->number >= (natural ? 0 : -max - 1);
}

static bool parse_bool(const char *text, struct record_value *value_r)
{
    value_r->number = strcasecmp(text, "true") == 0;
    return value_r->number || strcasecmp(text, "false") == 0;
}

static bool parse_id(const char *text, struct arena *arena, struct record_value *value_r)
{
    uint8_t id[UUID_SIZE];

    if (!uuid_parse(text, id))
        return false;
    value_r->data = arena_copy(arena, id, UUID_SIZE);
    value_r->size = UUID_SIZE;
    return value_r->data != NULL;
}

bool record_parse(const struct kind *kind, const ProtobufCFieldDescriptor *field, const char *text,
    struct arena *arena, struct record_value *value_r)
{
    *value_r = (struct record_value){0};
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        value_r->size = strlen(text);
        value_r->data = arena_copy(arena, text, value_r->size);
        return value_r->data != NULL;
    case PROTOBUF_C_TYPE_ENUM:
        return parse_enum(field, text, value_r);
    case PROTOBUF_C_TYPE_BOOL:
        return parse_bool(text, value_r);
    case PROTOBUF_C_TYPE_BYTES:
        return kinds_is_reference(kind, field) && parse_id(text, arena, value_r);
    default:
        return parse_number(field, text, value_r);
    }
}
