/* Says that entries of the directory are true: checked today, by whom. */
#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"

#define ENTRIES_MAX 100

/* Who has checked: as --by says, else the committee that keeps the entry when it is the person's,
 * else their only one. Its short name where it has one. */
static const char *checker(struct context *context, const struct book_entry *entry)
{
    const struct desk_identity *me = desk_identity(context->desk);
    const char *by = command_option(context, "by");
    const struct book_entry *party = book_follow(context->book, entry, "party");

    if (by != NULL && *by != '\0')
        return by;
    if (party != NULL && pick_is_own(context, party->id))
        return book_label(context->book, party);
    party = me->n_parties == 1 ? book_get(context->book, me->parties[0]) : NULL;
    return party == NULL ? NULL : book_label(context->book, party);
}

/* Another committee's entry would be refused: say before it is recorded what can be done. */
static bool may_confirm(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r)
{
    const struct book_entry *party = book_follow(context->book, entry, "party");

    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__EDITOR ||
        pick_is_own(context, entry->owner))
        return true;
    *code_r = command_say(context, COMMAND_REFUSED,
        _("%s is kept true by %s: tell them what you found, or propose it to them: concert propose "
          "%s FIELD=VALUE -m \"why\"."),
        entry->handle, party == NULL ? "?" : book_label(context->book, party), entry->handle);
    return false;
}

static bool set_field(const struct fields_reader *reader, struct fields_patch *patch,
    const char *field, const char *text)
{
    struct fields_problem problem;

    return fields_set(reader, patch, record_field(patch->kind, field), text, &problem);
}

static bool make_change(struct context *context, const struct fields_reader *reader,
    const struct book_entry *entry, struct fields_patch *patch, struct desk_change *change_r,
    enum command_exit *code_r)
{
    const char *by = checker(context, entry);
    char day[11];

    date_format(context->today, day);
    if (by == NULL) {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Your account speaks for no committee, or for several. Say who has checked: --by "
              "NAME."));
        return false;
    }
    if (!fields_begin(reader, entry->kind, patch) || !set_field(reader, patch, "checked_on", day) ||
        !set_field(reader, patch, "checked_by", by)) {
        *code_r = change_no_memory(context);
        return false;
    }
    *change_r = change_of(patch, entry, entry->id, NULL);
    return true;
}

static enum command_exit run(struct context *context)
{
    const struct fields_reader reader = change_reader(context, context->arena);
    size_t count = (size_t)context->argc;
    struct fields_patch *patches = arena_alloc(context->arena, count * sizeof(*patches));
    struct desk_change *changes = arena_alloc(context->arena, count * sizeof(*changes));
    enum command_exit code = COMMAND_OK;

    if (patches == NULL || changes == NULL)
        return change_no_memory(context);
    for (size_t i = 0; i < count; i++) {
        const struct book_entry *entry =
            command_record(context, context->argv[i], KIND_BIT(DIRECTORY_ENTRY), &code);

        if (entry == NULL || !may_confirm(context, entry, &code) ||
            !make_change(context, &reader, entry, &patches[i], &changes[i], &code))
            return code;
    }
    return command_write(context, changes, count, true);
}

static const struct command_option options[] = {
    {"by", "par", 0, N_("NAME"), N_("Who has checked, when it is not your committee.")},
    {.name = NULL},
};

const struct command confirm_command = {
    .name = "confirm",
    .french = "confirmer",
    .usage_en = "ENTRY… [--by NAME]",
    .usage_fr = "FICHE… [--par NOM]",
    .summary = N_("Says that entries of the directory were checked, today and by your committee."),
    .examples_en = "concert confirm F3\nconcert confirm F3 F4 --on 2009-09-14",
    .examples_fr = "concert confirmer F3\nconcert confirmer F3 F4 --le 2009-09-14",
    .options = options,
    .min_args = 1,
    .max_args = ENTRIES_MAX,
    .flags = COMMAND_WRITES,
    .run = run,
};
