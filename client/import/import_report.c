#include "import/import_report.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "words.h"

#define SAID_MAX 20 /* refusals on stderr */
#define WORDS_MAX 4096
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The one table of outcomes. */
struct outcome {
    const char *name;  /* for programs */
    const char *words; /* for people */
    enum sheet_tone tone;
    bool look; /* shown to people even when not all is */
};

static const struct outcome outcomes[IMPORT_OUTCOMES] = {
    [IMPORT_CREATED] = {"created", N_("created"), SHEET_GOOD, false},
    [IMPORT_UPDATED] = {"updated", N_("updated"), SHEET_STRONG, false},
    [IMPORT_UNCHANGED] = {"unchanged", N_("unchanged"), SHEET_FAINT, false},
    [IMPORT_REFUSED] = {"refused", N_("refused"), SHEET_BAD, false},
    [IMPORT_WARNING] = {"warning", N_("to check"), SHEET_WARN, true},
    [IMPORT_KEPT] = {"kept", N_("kept"), SHEET_WARN, true},
};

static const struct sheet_column people[] = {
    {"line", N_("Line"), SHEET_NUMBER, false, false},
    {"outcome", N_("Outcome"), SHEET_TEXT, false, false},
    {"kind", N_("Kind"), SHEET_TEXT, false, false},
    {"what", N_("What"), SHEET_TEXT, true, false},
};

static const struct sheet_column programs[] = {
    {"file", NULL, SHEET_TEXT, false, true},
    {"line", NULL, SHEET_NUMBER, false, true},
    {"column", NULL, SHEET_TEXT, false, true},
    {"outcome", NULL, SHEET_TEXT, false, true},
    {"kind", NULL, SHEET_TEXT, false, true},
    {"handle", NULL, SHEET_TEXT, false, true},
    {"name", NULL, SHEET_TEXT, false, true},
    {"what", NULL, SHEET_TEXT, false, true},
};

static const struct sheet_column sums[] = {
    {"kind", N_("Kind"), SHEET_TEXT, true, false},
    {"created", N_("Created"), SHEET_NUMBER, false, false},
    {"updated", N_("Updated"), SHEET_NUMBER, false, false},
    {"unchanged", N_("Unchanged"), SHEET_NUMBER, false, false},
    {"refused", N_("Refused"), SHEET_NUMBER, false, false},
};

static struct sheet *sheet_of(struct context *context, const char *name, const char *title,
    const struct sheet_column *columns, size_t count)
{
    struct sheet_column translated[COUNT(programs)];

    for (size_t i = 0; i < count; i++) {
        translated[i] = columns[i];
        if (columns[i].title != NULL)
            translated[i].title = _(columns[i].title);
    }
    return report_sheet(context->report, name, title, SHEET_TABLE, false, translated, count);
}

static void number_or_none(struct sheet *sheet, unsigned number)
{
    if (number == 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, number);
}

/* --- lines -------------------------------------------------------------------------------------
 */

static void row_for_programs(struct sheet *sheet, const struct import_line *line)
{
    sheet_row(sheet, 0, outcomes[line->outcome].tone);
    sheet_text(sheet, line->place.file);
    number_or_none(sheet, line->place.line);
    sheet_text(sheet, line->place.column);
    sheet_text(sheet, outcomes[line->outcome].name);
    sheet_text(sheet, line->kind == NULL ? NULL : line->kind->name);
    sheet_text(sheet, line->handle[0] == '\0' ? NULL : line->handle);
    sheet_text(sheet, line->name[0] == '\0' ? NULL : line->name);
    sheet_text(sheet, line->what[0] == '\0' ? NULL : line->what);
}

static void row_for_people(
    const struct context *context, struct sheet *sheet, const struct import_line *line)
{
    const char *between = line->name[0] != '\0' && line->what[0] != '\0' ? " — " : "";
    const char *space = line->handle[0] != '\0' && line->name[0] != '\0' ? " " : "";
    char words[WORDS_MAX];

    if (line->place.column != NULL && line->kind == NULL)
        snprintf(words, sizeof(words), _("“%s”: %s"), line->place.column, line->what);
    else
        snprintf(words, sizeof(words), "%s%s%s%s%s", line->handle, space, line->name, between,
            line->what);
    sheet_row(sheet, 0, outcomes[line->outcome].tone);
    number_or_none(sheet, line->place.line);
    sheet_text(sheet, _(outcomes[line->outcome].words));
    sheet_text(sheet,
        line->kind == NULL ? NULL : words_show(WORDS_KIND, line->kind->name, context->language));
    sheet_text(sheet, words);
}

static void lines_for_people(struct context *context, const struct import *import, bool all)
{
    size_t count;
    const struct import_line *lines = import_lines(import, &count);
    const char *file = NULL;
    struct sheet *sheet = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!all && !outcomes[lines[i].outcome].look)
            continue;
        if (file == NULL || strcmp(file, lines[i].place.file) != 0) {
            file = lines[i].place.file;
            sheet = sheet_of(context, "import", file, people, COUNT(people));
        }
        if (sheet != NULL)
            row_for_people(context, sheet, &lines[i]);
    }
}

/* --- sums --------------------------------------------------------------------------------------
 */

static void sum_row(const struct context *context, struct sheet *sheet, const struct kind *kind,
    const struct import_line *lines, size_t count)
{
    size_t sum[IMPORT_OUTCOMES] = {0}, all = 0;

    for (size_t i = 0; i < count; i++)
        if (lines[i].kind == kind) {
            sum[lines[i].outcome]++;
            all += lines[i].outcome <= IMPORT_REFUSED;
        }
    if (all == 0)
        return;
    sheet_row(sheet, 0, sum[IMPORT_REFUSED] > 0 ? SHEET_BAD : SHEET_PLAIN);
    sheet_text(
        sheet, kind == NULL ? _("lines") : words_show(WORDS_KINDS, kind->name, context->language));
    for (int i = IMPORT_CREATED; i <= IMPORT_REFUSED; i++)
        sheet_number(sheet, (int64_t)sum[i]);
}

static void summary(struct context *context, const struct import *import, bool all)
{
    size_t count;
    const struct import_line *lines = import_lines(import, &count);
    struct sheet *sheet = sheet_of(context, "summary",
        all ? _("What the import would do") : _("What the import did"), sums, COUNT(sums));

    if (sheet == NULL)
        return;
    for (size_t k = 0; k < kinds_count; k++)
        sum_row(context, sheet, &kinds[k], lines, count);
    sum_row(context, sheet, NULL, lines, count);
}

void import_report(struct context *context, const struct import *import, bool all)
{
    size_t count;
    const struct import_line *lines = import_lines(import, &count);
    struct sheet *sheet;

    if (!context->machine) {
        lines_for_people(context, import, all);
        summary(context, import, all);
        return;
    }
    sheet = sheet_of(context, "import", NULL, programs, COUNT(programs));
    for (size_t i = 0; i < count && sheet != NULL; i++)
        row_for_programs(sheet, &lines[i]);
}

/* --- refusals ----------------------------------------------------------------------------------
 */

/* "plan.csv:12, column “Action”: …" */
static void say_refusal(struct context *context, const struct import_line *line)
{
    char place[512], name[512];

    if (line->place.line == 0)
        snprintf(place, sizeof(place), "%s", line->place.file);
    else if (line->place.column == NULL)
        snprintf(place, sizeof(place), "%s:%u", line->place.file, line->place.line);
    else
        snprintf(place, sizeof(place), _("%s:%u, column “%s”"), line->place.file, line->place.line,
            line->place.column);
    snprintf(name, sizeof(name), "%s", line->name);
    if (name[0] == '\0')
        command_say(context, COMMAND_REFUSED, _("%s: %s"), place, line->what);
    else
        command_say(context, COMMAND_REFUSED, _("%s: %s — %s"), place, name, line->what);
}

void import_report_refusals(struct context *context, const struct import *import)
{
    size_t count, refused = 0;
    const struct import_line *lines = import_lines(import, &count);

    for (size_t i = 0; i < count; i++)
        if (lines[i].outcome == IMPORT_REFUSED && refused++ < SAID_MAX)
            say_refusal(context, &lines[i]);
    if (refused > SAID_MAX)
        command_say(context, COMMAND_REFUSED,
            ngettext("… and %zu more: --dry-run lists all.", "… and %zu more: --dry-run lists all.",
                refused - SAID_MAX),
            refused - SAID_MAX);
}
