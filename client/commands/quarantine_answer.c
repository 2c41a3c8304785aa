/* The answer to what revoked devices had not sent; and turning it down. */
#include <string.h>

#include "commands/quarantine.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"

const char *quarantine_message(const struct review *to)
{
    const char *text = command_option(to->context, "message");
    size_t length = 0;

    if (text != NULL)
        text_trimmed(text, strlen(text), &length);
    return length == 0 ? NULL : text;
}

bool quarantine_answer(const struct review *to, const struct book_entry *entry,
    Concert__Quarantine__Status status, const char *text, struct desk_change *change_r)
{
    struct fields_reader reader = change_reader(to->context, to->arena);
    struct record_value value = {.number = status};
    struct record_value words = {.data = text, .size = text == NULL ? 0 : strlen(text)};
    struct fields_patch patch;

    if (!fields_begin(&reader, entry->kind, &patch) ||
        !record_set(patch.message, record_field(entry->kind, "status"), &value, 1, to->arena) ||
        (text != NULL &&
            !record_set(patch.message, record_field(entry->kind, "answer"), &words, 1, to->arena)))
        return false;
    *change_r = change_of(&patch, entry, entry->id, text);
    return true;
}

/* Each by itself: there may be more of them than one push holds. */
enum command_exit quarantine_refuse(const struct review *to)
{
    struct desk_change *changes = arena_alloc(to->arena, (to->count + 1) * sizeof(*changes));

    if (changes == NULL)
        return change_no_memory(to->context);
    if (quarantine_message(to) == NULL)
        return command_say(to->context, COMMAND_USAGE,
            _("Say why it is turned down: it stays in the log. Give the reason with -m."));
    for (size_t i = 0; i < to->count; i++)
        if (!quarantine_answer(to, to->chosen[i], CONCERT__QUARANTINE__STATUS__REFUSED,
                quarantine_message(to), &changes[i]))
            return change_no_memory(to->context);
    return command_write(to->context, changes, to->count, false);
}
