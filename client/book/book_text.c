/* Fields of an entry, and the words by which people know it. */
#include <string.h>

#include "book/book_internal.h"
#include "date.h"

#define ISO_DAY ((size_t)10) /* bytes of YYYY-MM-DD */

#define LABEL_DEPTH 4 /* a score is its criterion's question; circles end */

static bool first_value(
    const struct book_entry *entry, const char *name, struct record_value *value_r)
{
    const ProtobufCFieldDescriptor *field = record_field(entry->kind, name);

    if (field == NULL || record_count(entry->body, field) == 0)
        return false;
    *value_r = record_get(entry->body, field, 0);
    return true;
}

const char *book_text(const struct book_entry *entry, const char *field)
{
    const ProtobufCFieldDescriptor *descriptor = record_field(entry->kind, field);
    struct record_value value;

    if (descriptor == NULL || descriptor->type != PROTOBUF_C_TYPE_STRING)
        return NULL;
    return first_value(entry, field, &value) ? value.data : NULL;
}

int64_t book_number(const struct book_entry *entry, const char *field, int64_t otherwise)
{
    struct record_value value;

    return first_value(entry, field, &value) && value.data == NULL ? value.number : otherwise;
}

int32_t book_date(const struct book_entry *entry, const char *field)
{
    const char *text = book_text(entry, field);
    int32_t day = DATE_NONE;
    char iso[ISO_DAY + 1];

    if (text != NULL && (kinds_field(entry->kind, field)->flags & KIND_MOMENT) &&
        strlen(text) > ISO_DAY) {
        memcpy(iso, text, ISO_DAY);
        iso[ISO_DAY] = '\0';
        text = iso;
    }
    if (text != NULL)
        date_parse(text, &day);
    return day;
}

/* A share has no words of its own: the action's number and the party's name are. */
static const char *share_label(const struct book *book, const struct book_entry *entry)
{
    const struct book_entry *action = book_follow(book, entry, "action");
    const struct book_entry *party = book_follow(book, entry, "party");
    const char *label = NULL;

    if (action != NULL && party != NULL)
        label = arena_printf(book->arena, "%s · %s", action->handle, book_label(book, party));
    return label == NULL ? entry->handle : label;
}

static const char *label_at(const struct book *book, const struct book_entry *entry, int depth);

/* What the field says, or names; NULL when it says nothing. */
static const char *field_label(
    const struct book *book, const struct book_entry *entry, const char *name, int depth)
{
    const ProtobufCFieldDescriptor *field = record_field(entry->kind, name);
    const struct book_entry *named;
    const char *text;

    if (field != NULL && kinds_is_reference(entry->kind, field)) {
        named = depth == 0 ? NULL : book_follow(book, entry, name);
        return named == NULL || named == entry ? NULL : label_at(book, named, depth - 1);
    }
    text = book_text(entry, name);
    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* A meeting without a title is its party's of that day. */
static const char *dated_label(
    const struct book *book, const struct book_entry *entry, const char *label)
{
    const char *when = book_text(entry, "starts_at"), *text = NULL;

    if (when != NULL)
        text = arena_printf(book->arena, "%s · %.10s", label, when);
    return text == NULL ? label : text;
}

/* A change in quarantine is known by the record that it would change, or make. */
static const char *waiting_label(const struct book *book, const struct book_entry *entry, int depth)
{
    const Concert__Quarantine *body = (const Concert__Quarantine *)entry->body;
    const struct kind *kind = body->target_kind == NULL ? NULL : kinds_by_name(body->target_kind);
    const struct book_entry *target =
        body->target.len == UUID_SIZE ? book_get(book, body->target.data) : NULL;
    struct book_entry made = {.kind = kind, .handle = entry->handle};
    struct error error;

    if (target != NULL)
        return depth == 0 ? entry->handle : label_at(book, target, depth - 1);
    if (kind == NULL || body->base_revision > 0 || body->patch.data == NULL || depth == 0)
        return entry->handle;
    made.body = record_decode(kind, body->patch.data, body->patch.len, book->arena, &error);
    return made.body == NULL ? entry->handle : label_at(book, &made, depth - 1);
}

static const char *label_at(const struct book *book, const struct book_entry *entry, int depth)
{
    /* By what a record is known when its label says nothing, the likeliest first. */
    static const char *const others[] = {
        "organization", "party", "person", "seat", "envelope", "territory", "area"};
    const char *text = NULL;

    if (entry->kind->id == CONCERT__KIND__SHARE)
        return share_label(book, entry);
    if (entry->kind->id == CONCERT__KIND__QUARANTINE)
        return waiting_label(book, entry, depth);
    if (entry->kind->id == CONCERT__KIND__PARTY)
        text = field_label(book, entry, "short_name", depth);
    if (text == NULL && entry->kind->label != NULL)
        text = field_label(book, entry, entry->kind->label, depth);
    if (text != NULL)
        return text;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        text = field_label(book, entry, others[i], depth);
        if (text != NULL)
            return dated_label(book, entry, text);
    }
    return entry->handle;
}

const char *book_label(const struct book *book, const struct book_entry *entry)
{
    return label_at(book, entry, LABEL_DEPTH);
}
