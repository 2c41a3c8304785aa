/* The answer to what revoked devices had not sent: taken over, or turned down. */
#include <string.h>

#include "commands/quarantine.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"

/* The words of -m; NULL: none, or blank ones. */
static const char *message_of(const struct review *to)
{
    const char *text = command_option(to->context, "message");
    size_t length = 0;

    if (text != NULL)
        text_trimmed(text, strlen(text), &length);
    return length == 0 ? NULL : text;
}

/* `text`: NULL for none. */
static bool answer(const struct review *to, const struct book_entry *entry,
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

/* Who wrote it, on which device: both names are then in the history. */
static const char *reason_of(const struct review *to, const struct waiting *one)
{
    return arena_printf(to->arena, _("%s, not sent by %s%s%s"), one->entry->handle,
        quarantine_device(to, book_follow(to->context->book, one->entry, "device")),
        one->reason == NULL ? "" : " · ", one->reason == NULL ? "" : one->reason);
}

static enum command_exit check(const struct review *to, const struct waiting *one)
{
    if (one->kind == NULL)
        return command_say(to->context, COMMAND_REFUSED,
            _("%s is of a kind that this program does not know: a newer version takes it over."),
            one->entry->handle);
    if (one->gone)
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s would change is gone: turn it down with “concert quarantine %s --refuse -m "
              "REASON”."),
            one->entry->handle, one->entry->handle);
    if (one->kind->writers == KIND_WRITE_SERVER && (one->base == 0 || one->removes))
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s asks, the server alone does: turn it down with “concert quarantine %s "
              "--refuse -m REASON”."),
            one->entry->handle, one->entry->handle);
    if (waiting_lacks_file(one))
        return command_say(to->context, COMMAND_REFUSED,
            _("The file of %s was not handed over, and a document without its file serves nobody: "
              "turn it down with “concert quarantine %s --refuse -m REASON”, and have the file "
              "attached again."),
            one->entry->handle, one->entry->handle);
    return COMMAND_OK;
}

/* The operation in this person's name, behind those that stand already; nothing is added when the
 * record is so already: *so_r. */
static enum command_exit take_over(
    const struct review *to, size_t index, struct desk_change *changes, size_t *count_r, bool *so_r)
{
    const size_t count = *count_r;
    struct desk_change *change = &changes[count];
    struct waiting one;
    enum command_exit code;

    if (!waiting_read(to->context->book, to->chosen[index], to->arena, &one))
        return change_no_memory(to->context);
    /* what an earlier one of them makes is there for the later ones */
    for (size_t i = 0; i < count; i++)
        one.gone = one.gone && !(changes[i].base == 0 && uuid_equal(changes[i].id, one.id));
    if ((code = check(to, &one)) != COMMAND_OK)
        return code;
    if ((*so_r = quarantine_is_so(to, index, &one)))
        return COMMAND_OK;
    (*count_r)++;
    *change = (struct desk_change){.kind = one.kind,
        .base = one.base,
        .patch = one.removes ? NULL : one.patch,
        .clear = one.clear,
        .n_clear = one.removes ? 0 : one.n_clear,
        .remove = one.removes,
        .seen = one.seen,
        .reason = reason_of(to, &one)};
    memcpy(change->id, one.id, UUID_SIZE);
    return COMMAND_OK;
}

/* The end of those that were written together with `first`. */
static size_t end_of(const struct review *to, size_t first)
{
    size_t end = first + 1;

    while (end < to->count && waiting_together(to->chosen[first], to->chosen[end]))
        end++;
    return end;
}

/* Those that were written together, from `first` up to `end`, with their answers. */
static enum command_exit take_group(
    const struct review *to, size_t first, size_t end, struct desk_change *changes, size_t *count)
{
    const size_t start = *count;
    bool *so = arena_alloc(to->arena, (end - first) * sizeof(*so));
    enum command_exit code;

    if (so == NULL)
        return change_no_memory(to->context);
    for (size_t i = first; i < end; i++)
        if ((code = take_over(to, i, changes, count, &so[i - first])) != COMMAND_OK)
            return code;
    for (size_t i = first; i < end; i++) {
        const char *text = message_of(to);

        if (so[i - first])
            command_tell(to->context, "already", _("%s: it is so already: nothing changes."),
                to->chosen[i]->handle);
        if (text == NULL && so[i - first])
            text = _("it is so already: nothing changes");
        if (!answer(to, to->chosen[i], CONCERT__QUARANTINE__STATUS__ACCEPTED, text,
                &changes[(*count)++]))
            return change_no_memory(to->context);
    }
    for (size_t i = start; i < *count; i++)
        changes[i].group = first;
    return COMMAND_OK;
}

/* Of all that waits, what cannot be taken over holds up nothing else: it is said, and stays. */
static enum command_exit take_all(
    const struct review *to, struct desk_change *changes, size_t *count, bool *left_r)
{
    const bool named = to->context->argc > 0;
    enum command_exit code;

    for (size_t first = 0, end; first < to->count; first = end) {
        const size_t start = *count;

        end = end_of(to, first);
        code = take_group(to, first, end, changes, count);
        if (code != COMMAND_OK && (named || code != COMMAND_REFUSED))
            return code;
        if (code != COMMAND_OK)
            *count = start;
        *left_r = *left_r || code != COMMAND_OK;
    }
    return COMMAND_OK;
}

enum command_exit quarantine_accept(const struct review *to)
{
    struct desk_change *changes = arena_alloc(to->arena, 2 * to->count * sizeof(*changes));
    enum command_exit code;
    bool left = false;
    size_t count = 0;

    if (changes == NULL)
        return change_no_memory(to->context);
    if ((code = take_all(to, changes, &count, &left)) != COMMAND_OK)
        return code;
    if (count > 0)
        code = command_write(to->context, changes, count, true);
    if (code == COMMAND_CONFLICT)
        command_tell(to->context, "kept", "%s",
            _("The quarantine of what clashes stays as it is until this is settled: “concert "
              "conflicts”."));
    return code == COMMAND_OK && left ? COMMAND_REFUSED : code;
}

/* Each by itself: there may be more of them than one push holds. */
enum command_exit quarantine_refuse(const struct review *to)
{
    struct desk_change *changes = arena_alloc(to->arena, (to->count + 1) * sizeof(*changes));

    if (changes == NULL)
        return change_no_memory(to->context);
    if (message_of(to) == NULL)
        return command_say(to->context, COMMAND_USAGE,
            _("Say why it is turned down: it stays in the log. Give the reason with -m."));
    for (size_t i = 0; i < to->count; i++)
        if (!answer(to, to->chosen[i], CONCERT__QUARANTINE__STATUS__REFUSED, message_of(to),
                &changes[i]))
            return change_no_memory(to->context);
    return command_write(to->context, changes, to->count, false);
}
