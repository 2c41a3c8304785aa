#include "import/person.h"

#include <string.h>
#include <strings.h>

#include "clock.h"
#include "i18n.h"
#include "import/person_file.h"
#include "import/person_internal.h"
#include "input/change.h"
#include "printers/printer.h"
#include "text.h"

static void draw_head(const struct person *to)
{
    static const struct sheet_column columns[] = {{"name", N_("Person"), SHEET_TEXT, false, false},
        {"region", N_("Region"), SHEET_TEXT, false, false},
        {"gathered_at", N_("Gathered"), SHEET_TIME, false, false},
        {"responsible", N_("Responsible for personal information"), SHEET_TEXT, false, false}};
    const struct desk_identity *me = desk_identity(to->context->desk);
    struct sheet *sheet =
        report_sheet(to->context->report, "person", NULL, SHEET_CARD, true, columns, 4);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, to->name);
    sheet_text(sheet, me->title);
    sheet_number(sheet, clock_now());
    sheet_text(sheet, me->responsible[0] == '\0' ? NULL : me->responsible);
}

static const char partial[] = N_("This device does not know all of the log: with the server in "
                                 "reach the changes are told to the end.");

static const char namesakes[] =
    N_("All who bear this name are in it: check that each record and each text is of this person "
       "before you hand it over. A handle such as C2 gathers what is surely of one.");
static const char mentions[] =
    N_("Whom a free text means, and whose the records of the same name are, the name alone does "
       "not tell: check each of them before you hand this over.");

/* Another person may bear the name. */
static const char *warning(const struct person *to)
{
    return to->named == NULL ? _(namesakes) : _(mentions);
}

static void note_limits(const struct person *to)
{
    struct report *report = to->context->report;

    if (to->named == NULL || to->n_namesakes + to->mentions > 0)
        report_note(report, warning(to));
    report_note(report, _("Documents' files are not searched."));
    if (!to->whole)
        report_note(report, _(partial));
}

static void draw(const struct person *to)
{
    draw_head(to);
    person_draw_records(to);
    person_draw_namesakes(to);
    person_draw_authored(to);
    person_draw_mentions(to);
    note_limits(to);
}

/* --- into a file -------------------------------------------------------------------------------
 */

/* A file that ends in .json is for programs, any other for its reader. */
static enum command_exit write_file(struct person *to, const char *path)
{
    struct context *context = to->context;
    struct report *shown = context->report;
    const char *dot = strrchr(path, '.');
    bool machine = context->machine, json = dot != NULL && strcasecmp(dot, ".json") == 0;
    enum command_exit code;

    context->report = report_new();
    if (context->report == NULL) {
        context->report = shown;
        return change_no_memory(context);
    }
    context->machine = json || machine;
    report_for(context->report, context->language, context->machine);
    draw(to);
    code =
        person_file_save(context, context->machine ? printer_find("json") : printer_get(0), path);
    report_free(&context->report);
    context->report = shown;
    context->machine = machine;
    if (code == COMMAND_OK) {
        command_tell(context, "written",
            _("All that is held on %s is in %s: hand it to nobody else."), to->name, path);
        if (to->named == NULL || to->n_namesakes + to->mentions > 0)
            command_tell(context, "namesakes", "%s", warning(to));
    }
    return code;
}

static enum command_exit say_nothing(const struct person *to)
{
    if (!to->whole)
        command_tell(to->context, "partial", "%s", _(partial));
    return command_say(to->context, COMMAND_NOT_FOUND,
        _("Nothing is held on %s. Is the name written so? “concert search” finds a part of it."),
        to->name);
}

enum command_exit person_export(struct context *context, const char *who)
{
    struct person to = {.context = context, .arena = context->arena};
    const char *path = command_option(context, "to");
    char *name = arena_printf(context->arena, "%s", who);

    if (name == NULL)
        return change_no_memory(context);
    who = text_trim(name);
    if (strlen(who) < PERSON_NAME_SIZE / 4)
        person_find(&to, who);
    if (to.folded[strspn(to.folded, " ")] == '\0')
        return command_say(context, COMMAND_USAGE,
            _("Say whom: concert export --person NAME, or a handle such as C2."));
    if (!person_may_ask(&to))
        return command_say(context, COMMAND_REFUSED,
            _("What is held on others is the Consortium's staff's to gather: you may ask for your "
              "own."));
    if (to.named == NULL && person_is_handle(who))
        return command_say(context, COMMAND_NOT_FOUND,
            _("There is no “%s” here. Give the name as it is written, or the handle of a record "
              "that names the person."),
            who);
    if (!person_collect(&to) || !person_find_mentions(&to))
        return change_no_memory(context);
    person_read_log(&to);
    if (to.n_records + to.authored + to.mentions == 0)
        return say_nothing(&to);
    if (path != NULL)
        return write_file(&to, path);
    draw(&to);
    return COMMAND_OK;
}
