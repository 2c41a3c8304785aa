/* Adds a note to the journal of a record; of an action, to one's own share of it. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"

/* -m TEXT, or all that stands behind the handle. Arena memory; NULL when there is none. */
static const char *text_of(struct context *context)
{
    const char *text = command_option(context, "message");

    for (int i = 1; i < context->argc; i++)
        text = text == NULL ? context->argv[i]
                            : arena_printf(context->arena, "%s %s", text, context->argv[i]);
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0' ? NULL : text;
}

/* The journal for it: that of the committee asked for, of the person's own share, or the record's.
 */
static const struct book_entry *subject_of(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r)
{
    const char *whose = command_option(context, "for");
    struct pick_share pick;

    if (whose == NULL || entry->kind->id != CONCERT__KIND__ACTION)
        return pick_journal(context, entry);
    if (!pick_share(context, entry, whose, &pick, code_r))
        return NULL;
    if (pick.share == NULL)
        *code_r = command_say(context, COMMAND_NOT_FOUND, _("%s has no share of %s."),
            book_label(context->book, pick.party), entry->handle);
    return pick.share;
}

/* An editor's note on another's record would be refused: say before it is recorded what can be
 * done. */
static bool may_note(
    struct context *context, const struct book_entry *subject, enum command_exit *code_r)
{
    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__EDITOR || subject->pending ||
        pick_is_own(context, subject->owner))
        return true;
    if (subject->kind->id == CONCERT__KIND__ACTION)
        *code_r = command_say(context, COMMAND_REFUSED,
            _("Your committee has no share of %s. “concert progress %s 0” gives it one; notes then "
              "go there."),
            subject->handle, subject->handle);
    else
        *code_r = command_say(context, COMMAND_REFUSED,
            _("%s belongs to another committee, which alone adds notes to it."), subject->handle);
    return false;
}

static enum command_exit note(struct context *context, const struct book_entry *entry)
{
    struct fields_reader reader = change_reader(context, context->arena);
    const char *text = text_of(context);
    enum command_exit code = COMMAND_OK;
    const struct book_entry *subject;
    struct desk_change change;
    struct fields_patch patch;
    uint8_t id[UUID_SIZE];

    if (text == NULL)
        return command_say(context, COMMAND_USAGE,
            _("The note is empty. Write: concert note %s -m \"what happened\"."), context->argv[0]);
    subject = subject_of(context, entry, &code);
    if (subject == NULL || !may_note(context, subject, &code))
        return code;
    if (!change_note(context, &reader, subject->id, text, id, &patch))
        return change_no_memory(context);
    change = change_of(&patch, NULL, id, NULL);
    return command_write(context, &change, 1, true);
}

static enum command_exit run(struct context *context)
{
    enum command_exit code;
    const struct book_entry *entry = command_record(context, context->argv[0], KIND_ANY, &code);

    return entry == NULL ? code : note(context, entry);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("TEXT"), N_("The note; it may also stand behind the handle.")},
    {"for", "pour", 0, N_("COMMITTEE"), N_("Whose share of the action, when it is not yours.")},
    {.name = NULL},
};

const struct command note_command = {
    .name = "note",
    .french = "noter",
    .usage_en = "HANDLE -m TEXT",
    .usage_fr = "REPÈRE -m TEXTE",
    .summary = N_("Adds a note to the journal of a record, or of your share of an action."),
    .examples_en = "concert note 4.1.1 -m \"The municipality lends the hall\"",
    .examples_fr = "concert noter 4.1.1 -m \"La municipalité prête la salle\"",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
