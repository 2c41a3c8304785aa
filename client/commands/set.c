/* Changes fields of a record, given as field=value. */
#include <string.h>

#include "i18n.h"
#include "input/allow.h"
#include "input/change.h"
#include "input/pick.h"
#include "words.h"

/* Whose fields the words are: the action's that was named, or the person's own share's of it. */
static bool all_fields_of(const struct context *context, const struct kind *kind)
{
    char name[256];

    for (int i = 1; i < context->argc; i++) {
        size_t size = strcspn(context->argv[i], "=");

        if (size >= sizeof(name) || context->argv[i][size] != '=')
            return false;
        memcpy(name, context->argv[i], size);
        name[size] = '\0';
        if (fields_find(kind, name) == NULL)
            return false;
    }
    return true;
}

/* For an editor every field that an action lacks is one of the share: so are the offers of an
 * error. */
static bool means_share(const struct context *context, const struct book_entry *entry)
{
    bool others = !pick_is_staff(context) && !pick_is_own(context, entry->owner);

    return entry->kind->id == CONCERT__KIND__ACTION && !all_fields_of(context, entry->kind) &&
           (others || all_fields_of(context, kinds_get(CONCERT__KIND__SHARE)));
}

/* A record to change, and what it is called in sentences. */
struct target {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    struct pick_share pick;         /* party set: a share is meant */
    const struct book_entry *entry; /* NULL: a share to be made */
    struct fields_patch patch;
};

static void say_share(struct target *to)
{
    const char *format = to->entry == NULL
                             ? _("%s: %s had no share of it yet; it has one from now on.")
                             : _("%s: these are fields of the share; that of %s is changed.");
    const char *text = arena_printf(
        to->arena, format, to->pick.action->handle, book_label(to->context->book, to->pick.party));

    if (text != NULL)
        report_note(to->context->report, text);
}

static enum command_exit read_words(struct target *to)
{
    struct fields_problem problem;

    for (int i = 1; i < to->context->argc; i++)
        if (!fields_word(&to->reader, &to->patch, to->context->argv[i], &problem))
            return change_wrong(to->context, &problem);
    return COMMAND_OK;
}

static enum command_exit write_target(struct target *to)
{
    struct desk_change change;
    uint8_t id[UUID_SIZE];

    change_new_id(id);
    change = change_of(&to->patch, to->entry, id, command_option(to->context, "message"));
    return allow_write(to->context, to->entry, &change, to->arena);
}

static enum command_exit change(struct target *to)
{
    const struct kind *kind =
        to->pick.party != NULL ? kinds_get(CONCERT__KIND__SHARE) : to->entry->kind;
    enum command_exit code;

    if (!fields_begin(&to->reader, kind, &to->patch) ||
        (to->entry == NULL &&
            !change_new_share(&to->reader, to->pick.action, to->pick.party, &to->patch)))
        return change_no_memory(to->context);
    code = read_words(to);
    if (code != COMMAND_OK ||
        !change_complete(to->context, &to->reader, &to->patch, to->entry, &code))
        return code;
    if (to->entry != NULL && !change_reduce(&to->reader, &to->patch, to->entry)) {
        report_note(to->context->report,
            arena_printf(to->arena, _("%s says so already; nothing changes."), to->entry->handle));
        return COMMAND_OK;
    }
    if (to->pick.party != NULL)
        say_share(to);
    return write_target(to);
}

static enum command_exit run(struct context *context)
{
    struct target to = {.context = context, .arena = context->arena};
    enum command_exit code;

    to.entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (to.entry == NULL)
        return code;
    if (means_share(context, to.entry)) {
        if (!pick_share(context, to.entry, command_option(context, "for"), &to.pick, &code))
            return code;
        to.entry = to.pick.share;
    }
    to.reader = change_reader(context, to.arena);
    return change(&to);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {"for", "pour", 0, N_("COMMITTEE"), N_("Whose share, when it is not plain.")},
    {.name = NULL},
};

const struct command set_command = {
    .name = "set",
    .french = "changer",
    .usage_en = "HANDLE FIELD=VALUE…",
    .usage_fr = "REPÈRE CHAMP=VALEUR…",
    .summary = N_("Changes fields of a record; FIELD= empties it."),
    .examples_en =
        "concert set 4.1.1 percent=60 status=under-way\n"
        "concert set I9 phone=\"819 555-0134\" email=-\n"
        "concert set 2.1.3 title=\"Meet the needs in housing\" -m \"Decision of June 2\"",
    .examples_fr = "concert changer 4.1.1 pourcentage=60 état=en-cours\n"
                   "concert changer I9 téléphone=\"819 555-0134\" courriel=-\n"
                   "concert changer 2.1.3 titre=\"Répondre aux besoins en logement\" "
                   "-m \"Décision du 2 juin\"",
    .options = options,
    .min_args = 2,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
