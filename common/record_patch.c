/* What leads from one state of a record to the next. */
#include <stdlib.h>
#include <string.h>

#include "record.h"

static bool cleared(const char *name, const char *const *clear, size_t n_clear)
{
    for (size_t i = 0; i < n_clear; i++)
        if (strcmp(name, clear[i]) == 0)
            return true;
    return false;
}

static bool unknown_cleared(
    const ProtobufCMessageUnknownField *field, const char *const *clear, size_t n_clear)
{
    for (size_t i = 0; i < n_clear; i++)
        if (clear[i][0] == '#' && strtoul(clear[i] + 1, NULL, 10) == field->tag)
            return true;
    return false;
}

static bool unknown_in(const ProtobufCMessage *message, uint32_t tag)
{
    for (unsigned i = 0; message != NULL && i < message->n_unknown_fields; i++)
        if (message->unknown_fields[i].tag == tag)
            return true;
    return false;
}

/* Fields of a later version are kept: those of the base that the patch does not replace, and its.
 */
static bool patch_unknown(ProtobufCMessage *result, const ProtobufCMessage *base,
    const ProtobufCMessage *patch, const char *const *clear, size_t n_clear, struct arena *arena)
{
    unsigned most = patch->n_unknown_fields + (base == NULL ? 0 : base->n_unknown_fields);
    ProtobufCMessageUnknownField *fields;
    unsigned count = 0;

    if (most == 0)
        return true;
    fields = arena_alloc(arena, most * sizeof(*fields));
    if (fields == NULL)
        return false;
    for (unsigned i = 0; base != NULL && i < base->n_unknown_fields; i++)
        if (!unknown_in(patch, base->unknown_fields[i].tag) &&
            !unknown_cleared(&base->unknown_fields[i], clear, n_clear))
            fields[count++] = base->unknown_fields[i];
    for (unsigned i = 0; i < patch->n_unknown_fields; i++)
        fields[count++] = patch->unknown_fields[i];
    result->unknown_fields = fields;
    result->n_unknown_fields = count;
    return true;
}

ProtobufCMessage *record_patch(const struct kind *kind, const ProtobufCMessage *base,
    const ProtobufCMessage *patch, const char *const *clear, size_t n_clear, struct arena *arena)
{
    ProtobufCMessage *result = record_new(kind, arena);

    if (result == NULL || !patch_unknown(result, base, patch, clear, n_clear, arena))
        return NULL;
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (record_count(patch, field) > 0)
            record_copy(result, patch, field);
        else if (base != NULL && !cleared(field->name, clear, n_clear))
            record_copy(result, base, field);
    }
    return result;
}

static bool add_name(struct record_names *names, const char *name)
{
    if (name == NULL || names->count == sizeof(names->name) / sizeof(names->name[0]))
        return false;
    names->name[names->count++] = name;
    return true;
}

bool record_named(const struct record_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return true;
    return false;
}

static bool touch_unknown(const ProtobufCMessage *patch, const char *const *clear, size_t n_clear,
    struct arena *arena, struct record_names *names_r)
{
    for (unsigned i = 0; i < patch->n_unknown_fields; i++) {
        const char *name = arena_printf(arena, "#%u", patch->unknown_fields[i].tag);

        if (name == NULL || (!record_named(names_r, name) && !add_name(names_r, name)))
            return false;
    }
    for (size_t i = 0; i < n_clear; i++)
        if (clear[i][0] == '#' && !record_named(names_r, clear[i]) && !add_name(names_r, clear[i]))
            return false;
    return true;
}

bool record_touched(const struct kind *kind, const ProtobufCMessage *patch,
    const char *const *clear, size_t n_clear, struct arena *arena, struct record_names *names_r)
{
    names_r->count = 0;
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if ((record_count(patch, field) > 0 || cleared(field->name, clear, n_clear)) &&
            !add_name(names_r, field->name))
            return false;
    }
    return touch_unknown(patch, clear, n_clear, arena, names_r);
}

ProtobufCMessage *record_difference(const struct kind *kind, const ProtobufCMessage *from,
    const ProtobufCMessage *to, struct arena *arena, struct record_names *clear_r)
{
    ProtobufCMessage *patch = record_new(kind, arena);

    clear_r->count = 0;
    for (unsigned i = 0; patch != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (from != NULL && record_same(from, to, field))
            continue;
        if (record_count(to, field) > 0)
            record_copy(patch, to, field);
        else if (from != NULL)
            add_name(clear_r, field->name);
    }
    return patch;
}
