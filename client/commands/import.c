/* A secretariat's CSV files into the plan, in one push. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "date.h"
#include "i18n.h"
#include "import/import.h"
#include "import/import_report.h"
#include "input/fields.h"
#include "words/talk.h"

static const struct command_option options[] = {
    {"dry-run", "essai", 'n', NULL, N_("List what would change, line by line; write nothing.")},
    {"plan", "plan", 'p', N_("TITLE"), N_("The plan to fill, by its title or handle.")},
    {"year", "annee", 'y', N_("YEARS"), N_("The plan's years, such as 2009-2010.")},
    {"from", "debut", 0, N_("DATE"), N_("The plan's first day.")},
    {"until", "fin", 0, N_("DATE"), N_("The plan's last day.")},
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it. Needed when the plan is adopted.")},
    {0},
};

static bool read_day(struct context *context, const char *option, int32_t *day_r)
{
    const char *text = command_option(context, option);

    *day_r = DATE_NONE;
    if (text == NULL || fields_day(text, context->today, day_r))
        return true;
    command_say(context, COMMAND_USAGE,
        _("“%s” is not a day: write one such as 2009-04-01 or 1 April 2009."), text);
    return false;
}

/* What became of an import that the server did not take: nothing of it is kept in the outbox, since
 * the files hold it. */
static enum command_exit turned_down(struct context *context, struct import *import,
    const struct desk_operation *operations, size_t count)
{
    uint64_t *numbers = calloc(count + 1, sizeof(*numbers));
    struct desk_why why;

    for (size_t i = 0; i < count; i++) {
        const struct desk_operation *operation = &operations[i];
        char sentence[TALK_SIZE];

        if (numbers != NULL)
            numbers[i] = operation->number;
        talk_error(&operation->error, context->language, sentence);
        if (operation->state == DESK_CONFLICT)
            import_refused(import, i,
                _("Somebody changed the same field meanwhile: look at the dry run, then import "
                  "again."));
        else if (strcmp(operation->error.rule, "atomic") != 0)
            import_refused(import, i, sentence);
    }
    for (size_t i = 0; numbers != NULL && i < count; i++)
        desk_drop(context->desk, numbers[i], &why);
    free(numbers);
    import_report_refusals(context, import);
    return command_say(context, COMMAND_REFUSED,
        _("Nothing was imported: the server refused it. Correct what is said above and import "
          "again."));
}

/* The worst of what became of the operations. */
static enum desk_state worst(const struct desk_operation *operations, size_t count)
{
    enum desk_state state = DESK_ACCEPTED;

    for (size_t i = 0; i < count; i++) {
        if (operations[i].state == DESK_REFUSED || operations[i].state == DESK_CONFLICT)
            return DESK_REFUSED;
        if (operations[i].state != DESK_ACCEPTED)
            state = DESK_WAITING;
    }
    return state;
}

static enum command_exit write_all(struct context *context, struct import *import)
{
    size_t count;
    const struct desk_change *changes = import_changes(import, &count);
    const struct desk_operation *operations;
    struct desk_why why = {0};
    enum desk_state state = DESK_ACCEPTED;

    if (count == 0) {
        report_note(context->report, _("Nothing to import: all of it is in the plan already."));
        return COMMAND_OK;
    }
    if (!desk_write(context->desk, changes, count, true, &operations, &why))
        return command_why(context, &why);
    state = worst(operations, count);
    if (state == DESK_REFUSED)
        return turned_down(context, import, operations, count);
    for (size_t i = 0; i < count && state == DESK_ACCEPTED; i++)
        import_accepted(import, i, operations[i].handle);
    if (state == DESK_WAITING)
        report_note(context->report,
            _("Recorded on this device. It goes to the server, all at once, when it answers: "
              "“concert sync” sends it."));
    return COMMAND_OK;
}

/* After the lines are worked out: nothing when one is refused, a list on a dry run, else the push.
 */
static enum command_exit finish(struct context *context, struct import *import, bool whole)
{
    bool dry = command_option(context, "dry-run") != NULL;
    enum command_exit code = COMMAND_OK;

    if (!whole && !dry)
        import_report_refusals(context, import);
    if (whole && !dry)
        code = write_all(context, import);
    if (dry || context->machine || (whole && code == COMMAND_OK))
        import_report(context, import, dry);
    if (!whole)
        return command_say(context, COMMAND_REFUSED,
            dry ? _("Lines are refused: an import would write nothing. Correct them first.")
                : _("Nothing was imported. Correct these lines and import again."));
    if (dry)
        report_note(context->report, _("This was a dry run: nothing was written."));
    return code;
}

static enum command_exit run(struct context *context)
{
    struct import_options asked = {.plan = command_option(context, "plan"),
        .years = command_option(context, "year"),
        .reason = command_option(context, "message"),
        .language = context->language,
        .today = context->today};
    struct import *import;
    enum command_exit code;

    if (!read_day(context, "from", &asked.from) || !read_day(context, "until", &asked.until))
        return COMMAND_USAGE;
    import = import_new(context->book, &asked);
    if (import == NULL)
        return command_say(context, COMMAND_FAILED, _("Memory is out."));
    for (int i = 0; i < context->argc; i++)
        import_add(import, context->argv[i]);
    code = finish(context, import, import_settle(import));
    import_free(&import);
    return code;
}

const struct command import_command = {
    .name = "import",
    .french = "importer",
    .usage_en = "FILE.csv... [--dry-run]",
    .usage_fr = "FICHIER.csv... [--essai]",
    .summary = N_("Brings the secretariat's CSV files into the plan, all or nothing."),
    .examples_en = "concert import territoires.csv comites.csv membres.csv --dry-run\n"
                   "concert import plan-2009-2010.csv parts.csv\n"
                   "concert import plan.csv --plan \"Plan d'action 2009-2010\"",
    .examples_fr = "concert importer territoires.csv comites.csv membres.csv --essai\n"
                   "concert importer plan-2009-2010.csv parts.csv\n"
                   "concert importer plan.csv --plan \"Plan d'action 2009-2010\"",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
