#include "input/change.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "date.h"
#include "i18n.h"
#include "words.h"

struct fields_reader change_reader(const struct context *context, struct arena *arena)
{
    return (struct fields_reader){.book = context->book,
        .arena = arena,
        .language = context->language,
        .today = context->today};
}

void change_new_id(uint8_t id_r[UUID_SIZE])
{
    uuid_make(clock_now() / 1000, id_r);
}

enum command_exit change_wrong(struct context *context, const struct fields_problem *problem)
{
    return command_say(context, COMMAND_USAGE, "%s", problem->sentence);
}

enum command_exit change_no_memory(struct context *context)
{
    return command_say(context, COMMAND_FAILED, _("There is not enough memory for this."));
}

/* --- what follows ------------------------------------------------------------------------------
 */

static bool given(const struct fields_patch *patch, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(patch->kind, name);

    return field != NULL && record_count(patch->message, field) > 0;
}

static bool cleared(const struct fields_patch *patch, const char *name)
{
    for (size_t i = 0; i < patch->n_clear; i++)
        if (strcmp(patch->clear[i], name) == 0)
            return true;
    return false;
}

/* True when the record will have the field. */
static bool will_have(
    const struct fields_patch *patch, const struct book_entry *base, const char *name)
{
    if (given(patch, name))
        return true;
    return base != NULL && !cleared(patch, name) &&
           record_count(base->body, record_field(patch->kind, name)) > 0;
}

/* The dates of a deadline are read from its text, unless they were typed beside it. */
static bool complete_deadline(struct context *context, const struct fields_reader *reader,
    struct fields_patch *patch, const struct book_entry *base)
{
    struct schedule schedule;
    const char *text;

    if (!given(patch, "text") || given(patch, "mode") || given(patch, "earliest") ||
        given(patch, "latest"))
        return true;
    text = record_get(patch->message, record_field(patch->kind, "text"), 0).data;
    if (!schedule_read(text, &schedule))
        report_note(context->report,
            _("The deadline is kept as written, but could not be read as a date: it will never be "
              "said to be late."));
    /* A label that was typed stands: the text alone is read. */
    if (schedule.label[0] == '\0' && given(patch, "label"))
        memccpy(schedule.label,
            record_get(patch->message, record_field(patch->kind, "label"), 0).data, '\0',
            sizeof(schedule.label) - 1);
    return fields_schedule(reader, patch, &schedule, base != NULL);
}

static int64_t number_after(const struct fields_patch *patch, const struct book_entry *base,
    const char *name, int64_t otherwise)
{
    if (given(patch, name))
        return record_get(patch->message, record_field(patch->kind, name), 0).number;
    return base == NULL || cleared(patch, name) ? otherwise : book_number(base, name, otherwise);
}

static bool complete_share(struct context *context, const struct fields_reader *reader,
    const struct fields_patch *patch, const struct book_entry *base, enum command_exit *code_r)
{
    bool cause = will_have(patch, base, "blocked_by"), help = will_have(patch, base, "help_from");
    bool options = strcmp(context->command->name, "progress") == 0;

    if (number_after(patch, base, "status", 0) != CONCERT__SHARE__STATUS__BLOCKED ||
        (cause && help))
        return true;
    *code_r = command_say(context, COMMAND_USAGE,
        _("A blocked share says what blocks it and who may help. Missing: “%s”%s%s. Add for "
          "instance: %s"),
        words_show(WORDS_FIELD, cause ? "help_from" : "blocked_by", reader->language),
        cause || help ? "" : ", ",
        cause || help ? ""
                      : arena_printf(reader->arena, _("“%s”"),
                            words_show(WORDS_FIELD, "help_from", reader->language)),
        options ? _("--cause \"no answer from the city\" --help-from \"Comité de soutien\"")
                : _("cause=\"no answer from the city\" help-from=\"Comité de soutien\""));
    return false;
}

bool change_complete(struct context *context, const struct fields_reader *reader,
    struct fields_patch *patch, const struct book_entry *base, enum command_exit *code_r)
{
    const char *missing;

    if (patch->kind->id == CONCERT__KIND__DEADLINE &&
        !complete_deadline(context, reader, patch, base)) {
        *code_r = change_no_memory(context);
        return false;
    }
    if (patch->kind->id == CONCERT__KIND__SHARE &&
        !complete_share(context, reader, patch, base, code_r))
        return false;
    missing = base == NULL ? fields_missing(reader, patch, NULL) : NULL;
    if (missing == NULL)
        return true;
    *code_r = command_say(context, COMMAND_USAGE, _("Still missing for a new record (%s): %s."),
        words_show(WORDS_KIND, patch->kind->name, reader->language), missing);
    return false;
}

/* --- the change itself -------------------------------------------------------------------------
 */

bool change_reduce(
    const struct fields_reader *reader, struct fields_patch *patch, const struct book_entry *base)
{
    struct record_names clear;
    ProtobufCMessage *after = record_patch(
        patch->kind, base->body, patch->message, patch->clear, patch->n_clear, reader->arena);
    ProtobufCMessage *less =
        after == NULL ? NULL
                      : record_difference(patch->kind, base->body, after, reader->arena, &clear);
    bool any = false;

    /* At the arena's limit the whole patch goes: it says the same. */
    if (less == NULL)
        return true;
    patch->message = less;
    patch->n_clear = clear.count;
    memcpy(patch->clear, clear.name, clear.count * sizeof(clear.name[0]));
    for (unsigned i = 0; i < patch->kind->descriptor->n_fields; i++)
        any |= record_count(less, &patch->kind->descriptor->fields[i]) > 0;
    return any || clear.count > 0;
}

struct desk_change change_of(const struct fields_patch *patch, const struct book_entry *base,
    const uint8_t id[UUID_SIZE], const char *reason)
{
    struct desk_change change = {.kind = patch->kind,
        .base = base == NULL ? 0 : base->revision,
        .patch = patch->message,
        .clear = patch->clear,
        .n_clear = patch->n_clear,
        .reason = reason};

    memcpy(change.id, base == NULL ? id : base->id, UUID_SIZE);
    return change;
}

static bool put_text(const struct fields_reader *reader, struct fields_patch *patch,
    const char *name, const char *text)
{
    struct record_value value = {.size = strlen(text)};

    value.data = arena_copy(reader->arena, text, value.size);
    return value.data != NULL &&
           record_set(patch->message, record_field(patch->kind, name), &value, 1, reader->arena);
}

bool change_note(struct context *context, const struct fields_reader *reader,
    const uint8_t subject[UUID_SIZE], const char *text, uint8_t id_r[UUID_SIZE],
    struct fields_patch *patch_r)
{
    char today[11];

    date_format(context->today, today);
    change_new_id(id_r);
    return fields_begin(reader, kinds_get(CONCERT__KIND__NOTE), patch_r) &&
           fields_refer(reader, patch_r, "subject", subject) &&
           put_text(reader, patch_r, "text", text) && put_text(reader, patch_r, "on", today);
}

bool change_new_share(const struct fields_reader *reader, const struct book_entry *action,
    const struct book_entry *party, struct fields_patch *patch)
{
    return fields_refer(reader, patch, "action", action->id) &&
           fields_refer(reader, patch, "party", party->id);
}

bool change_waits(const struct context *context, const uint8_t id[UUID_SIZE])
{
    struct desk_why ignored;
    size_t count;
    const struct desk_operation *list = desk_outbox(context->desk, false, &count, &ignored);

    for (size_t i = 0; list != NULL && i < count; i++)
        if (uuid_equal(list[i].id, id) &&
            (list[i].state == DESK_WAITING || list[i].state == DESK_SENT))
            return true;
    return false;
}
