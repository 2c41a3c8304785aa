/* Fields of an entry, and the words by which people know it. */
#include <string.h>

#include "book/book_internal.h"
#include "date.h"

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

const char *book_label(const struct book *book, const struct book_entry *entry)
{
    const struct book_entry *party;
    const char *text = NULL;

    if (entry->kind->id == CONCERT__KIND__SHARE)
        return share_label(book, entry);
    if (entry->kind->id == CONCERT__KIND__PARTY)
        text = book_text(entry, "short_name");
    if (text == NULL && entry->kind->label != NULL)
        text = book_text(entry, entry->kind->label);
    if (text != NULL)
        return text;
    party = book_follow(book, entry, "organization");
    if (party == NULL)
        party = book_follow(book, entry, "party");
    return party == NULL || party == entry ? entry->handle : book_label(book, party);
}
