#include "words/value.h"

#include "words/phrase.h"

const char *value_text(
    struct context *context, const struct book_entry *entry, const char *name, struct arena *arena)
{
    const ProtobufCFieldDescriptor *field = record_field(entry->kind, name);

    if (!context->machine)
        return phrase_field(
            context->book, entry->kind, entry->body, field, context->language, false, arena);
    if (record_count(entry->body, field) == 0)
        return NULL;
    return record_text(entry->kind, field, record_get(entry->body, field, 0), arena);
}
