/* A secretariat's CSV files into the plan, in one push. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "command.h"
#include "date.h"
#include "i18n.h"
#include "import/import.h"
#include "import/import_report.h"
#include "input/fields.h"
#include "words/talk.h"

#define SCRATCH ((size_t)256 << 20)
#define EACH_SPARE ((size_t)256) /* bytes of an operation beside its patch */

static const struct command_option options[] = {
    {"dry-run", "essai", 'n', NULL, N_("List what would change, line by line; write nothing.")},
    {"plan", "plan", 'p', N_("TITLE"), N_("The plan to fill, by its title or handle.")},
    {"project", "projet", 0, N_("TITLE"), N_("The project to fill, by its title or handle.")},
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

/* True when all of a push is refused for one reason, that names no operation. */
static bool is_one_refusal(const struct desk_operation *operations, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (operations[i].state != DESK_REFUSED ||
            strcmp(operations[i].error.rule, operations[0].error.rule) != 0 ||
            strcmp(operations[i].error.field, operations[0].error.field) != 0)
            return false;
    return count > 1;
}

/* What became of a push that the server did not take: nothing of it is kept in the outbox, since
 * the files hold it. `first` is its first change, of which those before are written. */
static enum command_exit turned_down(struct context *context, struct import *import,
    const struct desk_operation *operations, size_t first, size_t count)
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
            import_refused(import, first + i,
                _("Somebody changed the same field meanwhile: look at the dry run, then import "
                  "again."));
        else if (i == 0 && is_one_refusal(operations, count))
            command_say(context, COMMAND_REFUSED, "%s", sentence);
        else if (!is_one_refusal(operations, count) && strcmp(operation->error.rule, "atomic") != 0)
            import_refused(import, first + i, sentence);
    }
    for (size_t i = 0; numbers != NULL && i < count; i++)
        desk_drop(context->desk, numbers[i], &why);
    free(numbers);
    import_report_refusals(context, import);
    if (first > 0)
        return command_say(context, COMMAND_REFUSED,
            ngettext("The server refused this. %zu change before it is written: correct what is "
                     "said above and import again, and the rest follows.",
                "The server refused this. %zu changes before it are written: correct what is said "
                "above and import again, and the rest follows.",
                first),
            first);
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

/* How many of the changes one push holds. */
static size_t portion(
    const struct context *context, const struct desk_change *changes, size_t count)
{
    uint32_t most, frame;
    size_t taken = 0, bytes = 0;
    struct arena *arena = arena_new(SCRATCH);

    desk_limits(context->desk, &most, &frame);
    while (arena != NULL && taken < count && taken < most) {
        size_t size = 0;

        record_encode(changes[taken].patch, arena, &size);
        bytes += size + EACH_SPARE;
        if (taken > 0 && bytes > frame / 4 * 3)
            break;
        taken++;
    }
    arena_free(&arena);
    return taken == 0 ? count : taken;
}

/* The changes from `first`, one push of them. *state_r: what became of it. */
static enum command_exit write_some(struct context *context, struct import *import, size_t first,
    size_t count, enum desk_state *state_r)
{
    const struct desk_operation *operations;
    struct desk_why why = {0};
    size_t all;
    const struct desk_change *changes = import_changes(import, &all);

    if (!desk_write(context->desk, changes + first, count, true, &operations, &why))
        return command_why(context, &why);
    *state_r = worst(operations, count);
    if (*state_r == DESK_REFUSED)
        return turned_down(context, import, operations, first, count);
    for (size_t i = 0; i < count && *state_r == DESK_ACCEPTED; i++)
        import_accepted(import, first + i, operations[i].handle);
    return COMMAND_OK;
}

static enum command_exit write_all(struct context *context, struct import *import)
{
    size_t count, written = 0, pushes = 0;
    const struct desk_change *changes = import_changes(import, &count);
    enum desk_state state = DESK_ACCEPTED;
    enum command_exit code = COMMAND_OK;

    if (count == 0) {
        report_note(context->report, _("Nothing to import: all of it is in the plan already."));
        return COMMAND_OK;
    }
    while (written < count && code == COMMAND_OK) {
        size_t some = portion(context, changes + written, count - written);

        code = write_some(context, import, written, some, &state);
        written += some;
        pushes++;
    }
    if (code == COMMAND_OK && pushes > 1)
        report_note(context->report,
            _("This is more than the server takes at once: it went in several times, one after the "
              "other."));
    if (code == COMMAND_OK && state == DESK_WAITING)
        report_note(context->report,
            _("Recorded on this device. It goes to the server, all at once, when it answers: "
              "“concert sync” sends it."));
    return code;
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
        .project = command_option(context, "project"),
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
    .usage_en = "FILE... [--dry-run]",
    .usage_fr = "FICHIER... [--essai]",
    .summary = N_("Brings the secretariat's CSV files, or those of an export, into the plan."),
    .examples_en = "concert import territoires.csv comites.csv membres.csv --dry-run\n"
                   "concert import plan-2009-2010.csv parts.csv\n"
                   "concert import plan.csv --plan \"Plan d'action 2009-2010\"\n"
                   "concert import logement-budget.csv --project \"Projet en logement\"\n"
                   "concert import copy-2009-10/*.csv --dry-run",
    .examples_fr = "concert importer territoires.csv comites.csv membres.csv --essai\n"
                   "concert importer plan-2009-2010.csv parts.csv\n"
                   "concert importer plan.csv --plan \"Plan d'action 2009-2010\"\n"
                   "concert importer logement-budget.csv --projet \"Projet en logement\"\n"
                   "concert importer copie-2009-10/*.csv --essai",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
