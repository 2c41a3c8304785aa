#include "words/status_word.h"

#include "words/phrase.h"

const char *status_word(const struct context *context, const struct book_entry *entry,
    const char *field, bool first, struct arena *arena)
{
    const ProtobufCFieldDescriptor *of = record_field(entry->kind, field);
    struct record_value value = {.number = 1};
    const char *text;

    if (record_count(entry->body, of) > 0)
        value = record_get(entry->body, of, 0);
    else if (!first)
        return "";
    text = context->machine ? record_text(entry->kind, of, value, arena)
                            : phrase_value(context->book, entry->kind, of, value, context->language,
                                  false, arena);
    return text == NULL ? "" : text;
}
