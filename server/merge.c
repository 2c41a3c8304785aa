#include "merge.h"

#include <stdlib.h>
#include <string.h>

#include "text_merge.h"

/* What has a form of its own, or is read by the server, is not put together from lines. */
#define NO_LINES (KIND_FIXED | KIND_DATE | KIND_NUMBER | KIND_SERVER | KIND_MOMENT)

static bool unseen(
    const struct store_change *change, uint64_t base, const uint8_t device[UUID_SIZE])
{
    return change->revision > base &&
           (!uuid_equal(change->device, device) || uuid_equal(device, uuid_none));
}

static bool sets(const struct store_change *change, const char *name)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i], name) == 0)
            return true;
    return false;
}

/* The newest change since `base` that set the field; NULL: none is known. */
static const struct store_change *newest(
    const struct merge_case *c, uint64_t base, const char *name)
{
    for (size_t i = c->n_changes; i > 0; i--)
        if (c->changes[i - 1]->revision > base && sets(c->changes[i - 1], name))
            return c->changes[i - 1];
    return NULL;
}

/* Who wrote what is there, when the changes that are known do not say: the record does. */
static const struct store_change *latest(const struct merge_case *c)
{
    struct store_change *change = arena_alloc(c->arena, sizeof(*change));

    if (change == NULL)
        return NULL;
    *change = (struct store_change){.seq = c->record->seq,
        .kind = c->record->kind,
        .revision = c->record->revision,
        .at = c->record->changed_at};
    memcpy(change->id, c->record->id, UUID_SIZE);
    memcpy(change->account, c->record->changed_by, UUID_SIZE);
    return change;
}

/* --- what a field holds ----------------------------------------------------------------------- */

static const ProtobufCMessageUnknownField *find_unknown(
    const ProtobufCMessage *message, uint32_t tag, unsigned *from)
{
    while (*from < message->n_unknown_fields)
        if (message->unknown_fields[(*from)++].tag == tag)
            return &message->unknown_fields[*from - 1];
    return NULL;
}

/* By their bytes: what a field of a later version means is not known. */
static bool same_unknown(const ProtobufCMessage *a, const ProtobufCMessage *b, uint32_t tag)
{
    unsigned i = 0, j = 0;
    const ProtobufCMessageUnknownField *left, *right;

    do {
        left = find_unknown(a, tag, &i);
        right = find_unknown(b, tag, &j);
        if (left != NULL && right != NULL &&
            (left->wire_type != right->wire_type || left->len != right->len ||
                memcmp(left->data, right->data, left->len) != 0))
            return false;
    } while (left != NULL && right != NULL);
    return left == NULL && right == NULL;
}

static bool same(
    const struct kind *kind, const ProtobufCMessage *a, const ProtobufCMessage *b, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(kind, name);

    if (field != NULL)
        return record_same(a, b, field);
    return same_unknown(a, b, (uint32_t)strtoul(name + 1, NULL, 10)); /* "#NUMBER" */
}

static const ProtobufCMessage *only(const struct merge_case *c, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(c->record->kind, name);
    ProtobufCMessage *one = record_new(c->record->kind, c->arena);

    if (one != NULL && field != NULL)
        record_copy(one, c->record->body, field);
    return one;
}

/* --- one field -------------------------------------------------------------------------------- */

/* Unknown fields are not compared by value here: one that both sides set clashes. */
static const struct store_change *clash_by_revision(const struct merge_case *c, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(c->record->kind, name);
    const struct store_change *change = newest(c, c->base, name);

    if (change == NULL || !unseen(change, c->base, c->device) ||
        (field != NULL && record_same(c->record->body, c->after, field)))
        return NULL;
    return change;
}

static bool clashes_by_value(const struct merge_case *c, const char *name)
{
    return !same(c->record->kind, c->record->body, c->after, name) &&
           !same(c->record->kind, c->record->body, c->seen, name);
}

static bool is_told(const struct merge_case *c, const char *name)
{
    return c->seen != NULL && (c->told == NULL || record_named(c->told, name));
}

/* A deadline's other fields are read from its text: what two made of it is read by nobody. */
static bool has_lines(const struct merge_case *c, const ProtobufCFieldDescriptor *field)
{
    return field != NULL && field->type == PROTOBUF_C_TYPE_STRING &&
           field->label != PROTOBUF_C_LABEL_REPEATED &&
           c->record->kind->id != CONCERT__KIND__DEADLINE &&
           (kinds_field(c->record->kind, field->name)->flags & NO_LINES) == 0 &&
           record_count(c->record->body, field) > 0 && record_count(c->after, field) > 0;
}

static const char *text_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return record_count(message, field) == 0 ? NULL : record_get(message, field, 0).data;
}

/* Puts a text that merges into *texts, which is made with the first. *merged_r: it does. One that
 * its author put there as it was is no change to merge, and is not dropped either. False when
 * memory is out. */
static bool merge_text(
    const struct merge_case *c, const char *name, ProtobufCMessage **texts, bool *merged_r)
{
    const ProtobufCFieldDescriptor *field = record_field(c->record->kind, name);
    enum text_merge_end end;
    const char *text;
    struct record_value value = {0};

    *merged_r = false;
    if (!has_lines(c, field) || record_same(c->seen, c->after, field))
        return true;
    text = text_merge(text_of(c->seen, field), text_of(c->record->body, field),
        text_of(c->after, field), c->arena, &end);
    if (text == NULL)
        return end != TEXT_MERGE_MEMORY;
    if (*texts == NULL)
        *texts = record_new(c->record->kind, c->arena);
    value.data = text;
    value.size = strlen(text);
    *merged_r = true;
    return *texts != NULL && record_set(*texts, field, &value, 1, c->arena);
}

/* --- all of them ------------------------------------------------------------------------------ */

struct collecting {
    const struct merge_case *c;
    struct merge_clash *clashes;
    size_t count;
    bool by_line;            /* texts merge */
    ProtobufCMessage *texts; /* those that did; NULL: none */
};

static bool add(struct collecting *to, const char *name, const struct store_change *change)
{
    to->clashes[to->count] = (struct merge_clash){name, only(to->c, name), change};
    return change != NULL && to->clashes[to->count++].theirs != NULL;
}

/* False when memory is out. */
static bool look_at(struct collecting *to, const char *name)
{
    const struct merge_case *c = to->c;
    const struct store_change *change;
    bool merged = false;

    if (!is_told(c, name)) {
        change = clash_by_revision(c, name);
        return change == NULL || add(to, name, change);
    }
    if (!clashes_by_value(c, name))
        return true;
    if (to->by_line && !merge_text(c, name, &to->texts, &merged))
        return false;
    if (merged)
        return true;
    change = newest(c, 0, name);
    return add(to, name, change != NULL ? change : latest(c));
}

static bool collect(const struct merge_case *c, bool by_line, struct merge_result *result_r)
{
    struct collecting to = {.c = c,
        .clashes = arena_alloc(c->arena, (c->n_touched + 1) * sizeof(*to.clashes)),
        .by_line = by_line};

    if (to.clashes == NULL)
        return false;
    for (size_t i = 0; i < c->n_touched; i++)
        if (!look_at(&to, c->touched[i]))
            return false;
    result_r->clashes = to.clashes;
    result_r->n_clashes = to.count;
    result_r->texts = to.texts;
    return true;
}

/* With both sides' lines the record may become too large, or break a rule of its kind. */
static bool fits(const struct merge_case *c, const ProtobufCMessage *texts)
{
    const struct kind *kind = c->record->kind;
    const ProtobufCMessage *body = record_patch(kind, c->after, texts, NULL, 0, c->arena);
    struct error error;

    return body != NULL && record_check(kind, body, true, &error);
}

bool merge_fields(const struct merge_case *merge_case, struct merge_result *result_r)
{
    const struct merge_case *c = merge_case;

    *result_r = (struct merge_result){0};
    for (size_t i = 0; i < c->n_changes; i++)
        result_r->unseen |= unseen(c->changes[i], c->base, c->device);
    if (!collect(c, true, result_r))
        return false;
    if (result_r->texts != NULL && (result_r->n_clashes > 0 || !fits(c, result_r->texts)))
        return collect(c, false, result_r);
    return true;
}
