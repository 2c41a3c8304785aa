/* Opens a record, or a committee's whole part, in the person's editor, and sends what they changed.
 */
#include "i18n.h"
#include "input/allow.h"
#include "input/edit_part.h"
#include "input/form.h"
#include "input/ours.h"
#include "input/pick.h"

static enum command_exit edit_record(struct edited *edit, const struct book_entry *entry)
{
    struct context *context = edit->context;
    enum command_exit code = COMMAND_OK;
    struct fields_problem problem;
    struct fields_patch patch;
    struct desk_change change;
    const char *text;

    edit->again = entry->handle;
    text = edited_text(edit, form_write(&edit->reader, entry), &code);
    if (text == NULL)
        return code;
    if (!form_read(&edit->reader, entry, text, &patch, &problem))
        return edited_kept(edit, problem.sentence);
    if (!change_complete(context, &edit->reader, &patch, entry, &code))
        return edited_kept(edit, "");
    if (!change_reduce(&edit->reader, &patch, entry))
        return edited_unchanged(
            edit, arena_printf(edit->arena, _("Nothing was changed in %s."), entry->handle));
    change = change_of(&patch, entry, entry->id, command_option(context, "message"));
    return edited_sent(edit, allow_write(context, entry, &change, edit->arena));
}

/* An editor edits its own share of an action that is another's. */
static const struct book_entry *own_of(struct context *context, const struct book_entry *entry)
{
    const struct book_entry *share;

    if (entry->kind->id != CONCERT__KIND__ACTION || pick_is_staff(context) ||
        pick_is_own(context, entry->owner))
        return entry;
    share = pick_own_share(context, entry);
    return share == NULL ? entry : share;
}

/* Said before an editor opens: nobody writes a page for nothing. */
static bool may_edit(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r)
{
    const struct record_names none = {.count = 0};

    if (allow_change(context, entry, &none, "-") != ALLOW_OWNER ||
        ours_may_write(context, entry, code_r))
        return true;
    command_tell(context, "propose",
        _("What you may not change you may propose: “concert propose %s FIELD=VALUE… -m REASON”."),
        entry->handle);
    return false;
}

static enum command_exit edit_asked(struct edited *edit)
{
    struct context *context = edit->context;
    bool mine = command_option(context, "mine") != NULL || command_option(context, "party") != NULL;
    const struct book_entry *entry;
    enum command_exit code;

    if (desk_identity(context->desk)->role == CONCERT__ACCOUNT__ROLE__READER)
        return command_say(context, COMMAND_REFUSED,
            _("Your account reads and writes nothing: ask your coordination for the change, or "
              "for another role."));
    if (mine && context->argc > 0)
        return command_say(context, COMMAND_USAGE, _("Give a record, or --mine: not both."));
    if (mine)
        return edit_part_run(edit);
    if (context->argc == 0)
        return command_say(context, COMMAND_USAGE,
            _("Say which record, or --mine for your committee's whole part."));
    entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (entry == NULL)
        return code;
    entry = own_of(context, entry);
    return may_edit(context, entry, &code) ? edit_record(edit, entry) : code;
}

static enum command_exit run(struct context *context)
{
    struct edited edit = {.context = context, .arena = context->arena};

    edit.reader = change_reader(context, edit.arena);
    return edit_asked(&edit);
}

static const struct command_option options[] = {
    {"mine", "ma-part", 0, NULL, N_("All the parts of your committee, in one text.")},
    {"party", "instance", 0, N_("COMMITTEE"), N_("Another committee's parts, for the staff.")},
    {"yes", "oui", 'y', NULL, N_("Do not ask before sending them.")},
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {"from", "de", 0, N_("FILE"), N_("Goes on with a text that was kept.")},
    {.name = NULL},
};

const struct command edit_command = {
    .name = "edit",
    .french = "rediger",
    .usage_en = "HANDLE | --mine",
    .usage_fr = "REPÈRE | --ma-part",
    .summary = N_("Opens a record, or your whole part, in your text editor and sends what you "
                  "change."),
    .examples_en = "concert edit 4.1.1\nconcert edit --mine\nEDITOR=nano concert edit PA12",
    .examples_fr = "concert rediger 4.1.1\nconcert rediger --ma-part\n"
                   "EDITOR=nano concert rediger PA12",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
