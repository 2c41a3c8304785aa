#include "kinds.h"

#include <string.h>

const struct kind *kinds_get(Concert__Kind id)
{
    /* Rows are in the order of their numbers, which begin at 1. */
    return id >= 1 && (size_t)id <= kinds_count ? &kinds[id - 1] : NULL;
}

const struct kind *kinds_by_name(const char *name)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const struct kind_field *kinds_field(const struct kind *kind, const char *name)
{
    static const struct kind_field plain = {.name = ""};

    for (size_t i = 0; i < kind->n_fields; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    return &plain;
}

bool kinds_is_reference(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_BYTES && kinds_field(kind, field->name)->refs != 0;
}

bool kinds_is_root(const struct kind *kind)
{
    return kind->id == CONCERT__KIND__PLAN || kind->id == CONCERT__KIND__MEETING;
}

bool kinds_has_personal(const struct kind *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].flags & KIND_PERSONAL)
            return true;
    return false;
}
