#include "import/import_order.h"

#include <stdlib.h>
#include <string.h>

#define UNDER_WAY SIZE_MAX

/* A field that closes a record to what hangs on it, from the value on. */
struct seal {
    Concert__Kind kind;
    const char *field;
    int64_t from;
};

static const struct seal seals[] = {
    {CONCERT__KIND__PLAN, "status", CONCERT__PLAN__STATUS__ADOPTED},
    {CONCERT__KIND__MEETING, "minutes_status", CONCERT__MEETING__MINUTES_STATUS__ADOPTED},
};

/* What a record cannot be made without, or cannot be given later. */
static bool is_hard(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    return (kinds_field(kind, field->name)->flags & (KIND_REQUIRED | KIND_FIXED)) != 0;
}

static struct draft *target(const struct import *import, const struct draft *draft,
    const ProtobufCFieldDescriptor *field, size_t index)
{
    struct record_value value = record_get(draft->wanted, field, index);
    struct draft *found = value.size == UUID_SIZE
                              ? import_draft_get(import->drafts, (const uint8_t *)value.data)
                              : NULL;

    return found != NULL && found->entry == NULL && found->wanted != NULL ? found : NULL;
}

/* True when records of the kind hang on nothing: they can always be made first. */
static bool is_free(const struct kind *kind)
{
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        if (kinds_is_reference(kind, &kind->descriptor->fields[i]) &&
            is_hard(kind, &kind->descriptor->fields[i]))
            return false;
    return true;
}

/* Kinds come in the order of their table, which mostly lists what others refer to first. Depth is
 * bounded by how deep records hang on each other. */
static void visit(
    const struct import *import, struct draft *draft, struct draft **list, size_t *count)
{
    const ProtobufCMessageDescriptor *d = draft->kind->descriptor;

    if (draft->order != 0)
        return;
    draft->order = UNDER_WAY;
    for (unsigned i = 0; i < d->n_fields; i++) {
        if (!kinds_is_reference(draft->kind, &d->fields[i]))
            continue;
        for (size_t j = 0; j < record_count(draft->wanted, &d->fields[i]); j++) {
            struct draft *before = target(import, draft, &d->fields[i], j);

            if (before != NULL && (is_hard(draft->kind, &d->fields[i]) || is_free(before->kind)))
                visit(import, before, list, count);
        }
    }
    list[*count] = draft;
    draft->order = ++*count;
}

struct draft **import_order_creates(struct import *import, size_t *count_r)
{
    struct draft *first = import_draft_all(import->drafts), **list;
    size_t all = 0;

    *count_r = 0;
    for (struct draft *draft = first; draft != NULL; draft = draft->next)
        all++;
    list = arena_alloc(import->arena, (all + 1) * sizeof(struct draft *));
    for (size_t k = 0; k < kinds_count && list != NULL; k++)
        for (struct draft *draft = first; draft != NULL; draft = draft->next)
            if (draft->kind == &kinds[k] && draft->entry == NULL && draft->wanted != NULL)
                visit(import, draft, list, count_r);
    return list;
}

static bool refers_ahead(
    const struct import *import, const struct draft *draft, const ProtobufCFieldDescriptor *field)
{
    if (!kinds_is_reference(draft->kind, field) || is_hard(draft->kind, field))
        return false;
    for (size_t i = 0; i < record_count(draft->wanted, field); i++) {
        const struct draft *other = target(import, draft, field, i);

        if (other != NULL && other->order >= draft->order)
            return true;
    }
    return false;
}

static bool closes(const struct draft *draft, const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < sizeof(seals) / sizeof(seals[0]); i++)
        if (seals[i].kind == draft->kind->id && strcmp(seals[i].field, field->name) == 0)
            return record_count(draft->wanted, field) > 0 &&
                   record_get(draft->wanted, field, 0).number >= seals[i].from;
    return false;
}

ProtobufCMessage *import_order_later(
    struct import *import, const struct draft *draft, ProtobufCMessage *patch)
{
    const ProtobufCMessageDescriptor *d = draft->kind->descriptor;
    ProtobufCMessage *later = NULL;

    for (unsigned i = 0; i < d->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];

        if (!refers_ahead(import, draft, field) && !closes(draft, field))
            continue;
        if (later == NULL)
            later = record_new(draft->kind, import->arena);
        if (later == NULL) {
            import->out_of_memory = true;
            return NULL;
        }
        record_copy(later, patch, field);
        record_set(patch, field, NULL, 0, import->arena);
    }
    return later;
}
