#include "verbs/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule_record.h"
#include "text.h"

#define REASON_MAX ((size_t)4096)
#define FIELD_NUMBER_MAX ((1UL << 29) - 1)    /* protobuf's */
#define CLOCK_MAX INT64_C(253402300799999999) /* microseconds: the last of year 9999 */

static bool read_id(bool present, const ProtobufCBinaryData *data, uint8_t id_r[UUID_SIZE])
{
    if (!present || data->len != UUID_SIZE || uuid_equal(data->data, uuid_none))
        return false;
    memcpy(id_r, data->data, UUID_SIZE);
    return true;
}

static struct error bad(const char *field, const char *rule)
{
    return error_make(CONCERT__CODE__BAD_REQUEST, field, rule, NULL);
}

/* "#NUMBER", as the log names a field of a later version: one that this version has goes by its
 * name. */
static bool is_unknown_field(const struct kind *kind, const char *name)
{
    char written[16];
    unsigned long number = strtoul(name + 1, NULL, 10);

    if (name[0] != '#' || number == 0 || number > FIELD_NUMBER_MAX)
        return false;
    snprintf(written, sizeof(written), "#%lu", number);
    return strcmp(written, name) == 0 &&
           protobuf_c_message_descriptor_get_field(kind->descriptor, (unsigned)number) == NULL;
}

/* Names to clear are fields of the kind, or "#NUMBER" for one of a later version. */
static struct error check_clear(const struct kind *kind, const Concert__Operation *message)
{
    if (message->n_clear > RECORD_FIELDS_MAX)
        return bad("clear", "count");
    for (size_t i = 0; i < message->n_clear; i++)
        if (record_field(kind, message->clear[i]) == NULL &&
            !is_unknown_field(kind, message->clear[i]))
            return error_make(CONCERT__CODE__INVALID, "clear", "field", NULL);
    return (struct error){0};
}

static struct error check_words(const Concert__Operation *message)
{
    if (message->reason == NULL)
        return (struct error){0};
    if (strlen(message->reason) > REASON_MAX)
        return error_make(CONCERT__CODE__INVALID, "reason", "length", "4096");
    if (!text_valid_utf8(message->reason, strlen(message->reason)))
        return error_make(CONCERT__CODE__INVALID, "reason", "utf8", NULL);
    return (struct error){0};
}

static struct error too_large(void)
{
    return error_make(CONCERT__CODE__TOO_LARGE, NULL, "memory", NULL);
}

static struct error read_patch(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op)
{
    struct error error = {0};
    ProtobufCMessage *patch;

    patch = record_decode(op->kind, message->has_patch ? (const void *)message->patch.data : "",
        message->has_patch ? message->patch.len : 0, arena, &error);
    if (patch == NULL)
        return error;
    op->patch = patch;
    if (!record_check(op->kind, patch, false, &error))
        return error;
    error = check_clear(op->kind, message);
    if (error.code == 0)
        error = check_words(message);
    return error;
}

/* What a deadline's text says goes into its other fields, when the author left them out: those that
 * the author named are noted before. */
static struct error read_deadline(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op)
{
    struct record_names *named, *clear;

    (void)message;
    if (op->kind->id != CONCERT__KIND__DEADLINE)
        return (struct error){0};
    named = arena_alloc(arena, sizeof(*named));
    clear = arena_alloc(arena, sizeof(*clear));
    if (named == NULL || clear == NULL ||
        !record_touched(op->kind, op->patch, op->clear, op->n_clear, arena, named))
        return too_large();
    for (size_t i = 0; i < op->n_clear; i++)
        clear->name[clear->count++] = op->clear[i];
    if (!schedule_record_fill((ProtobufCMessage *)op->patch, op->base == 0, arena, clear))
        return too_large();
    op->named = named;
    op->clear = clear->name;
    op->n_clear = clear->count;
    return (struct error){0};
}

/* Its values are only compared: they need not obey today's rules. */
static struct error read_seen(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op)
{
    struct error error = {0};

    if (!message->has_seen)
        return error;
    op->seen = record_decode(op->kind, message->seen.data == NULL ? "" : (char *)message->seen.data,
        message->seen.len, arena, &error);
    return op->seen == NULL ? bad("seen", "encoding") : (struct error){0};
}

/* Each name is a field of the kind, and is named once. */
static bool add_names(
    const struct kind *kind, char *const *names, size_t count, struct record_names *all)
{
    for (size_t i = 0; i < count; i++) {
        if (all->count == RECORD_FIELDS_MAX || record_named(all, names[i]) ||
            (record_field(kind, names[i]) == NULL && !is_unknown_field(kind, names[i])))
            return false;
        all->name[all->count++] = names[i];
    }
    return true;
}

static struct error read_resolution(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op)
{
    const Concert__Resolution *from = message->resolution;
    struct record_names *names;
    struct error error;
    uint8_t id[UUID_SIZE];

    if (from == NULL)
        return (struct error){0};
    names = arena_alloc(arena, sizeof(*names));
    if (names == NULL)
        return too_large();
    if (!read_id(from->has_op_id, &from->op_id, id))
        return bad("resolution", "id");
    if (concert__resolution__get_packed_size(from) > OPERATION_RESOLUTION_MAX)
        return bad("resolution", "length");
    if (!add_names(op->kind, from->mine, from->n_mine, names) ||
        !add_names(op->kind, from->theirs, from->n_theirs, names) ||
        !add_names(op->kind, from->rewritten, from->n_rewritten, names) || names->count == 0)
        return bad("resolution", "field");
    if (from->has_set_aside &&
        record_decode(op->kind, from->set_aside.data == NULL ? "" : (char *)from->set_aside.data,
            from->set_aside.len, arena, &error) == NULL)
        return bad("resolution", "encoding");
    op->resolution = from;
    return (struct error){0};
}

typedef struct error part_fn(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op);

/* In this order: the first that is wrong is told. */
static part_fn *const parts[] = {read_patch, read_deadline, read_seen, read_resolution};

static struct error read(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *op)
{
    if (!read_id(message->has_op_id, &message->op_id, op->op_id))
        return bad("op_id", "id");
    if (!read_id(message->has_id, &message->id, op->id))
        return bad("id", "id");
    op->kind = message->has_kind ? kinds_get(message->kind) : NULL;
    if (op->kind == NULL)
        return error_make(CONCERT__CODE__INVALID, "kind", "unknown_kind", NULL);
    if (message->authored_at < 0 || message->authored_at > CLOCK_MAX)
        return error_make(CONCERT__CODE__INVALID, "authored_at", "range", "0-253402300799999999");
    op->base = message->base_revision;
    op->clear = (const char *const *)message->clear;
    op->n_clear = message->n_clear;
    op->remove = message->has_delete_ && message->delete_;
    op->reason = message->reason;
    op->authored_at = message->authored_at;
    if (op->remove && ((message->has_patch && message->patch.len > 0) || message->n_clear > 0))
        return bad("delete", "patch");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct error error = parts[i](message, arena, op);

        if (error.code != 0)
            return error;
    }
    return (struct error){0};
}

void operation_read(
    const Concert__Operation *message, struct arena *arena, struct decide_operation *operation_r)
{
    *operation_r = (struct decide_operation){0};
    operation_r->error = read(message, arena, operation_r);
}
