/* Money at a glance: what projects plan, were granted, ask and lack; envelopes; needs. */
#include <string.h>

#include "figures/money_draw.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What one may group by: the words of --by, and how a group without one is called. */
struct grouping {
    enum money_by by;
    const char *name, *french;
    const char *title;   /* of the column */
    const char *nothing; /* projects without one */
};

static const struct grouping groupings[] = {
    {MONEY_BY_PROJECT, "project", "projet", N_("Project"), ""},
    {MONEY_BY_TERRITORY, "territory", "territoire", N_("Territory"), N_("The region")},
    {MONEY_BY_THEME, "theme", "theme", N_("Theme"), N_("No thematic committee")},
};

static const struct sheet_column sum_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"name", NULL, SHEET_TEXT, true, false},
    {"planned", N_("Planned"), SHEET_MONEY, false, false},
    {"actual", N_("Spent"), SHEET_MONEY, false, false},
    {"funded", N_("Granted"), SHEET_MONEY, false, false},
    {"asked", N_("Asked"), SHEET_MONEY, false, false},
    {"gap", N_("Gap"), SHEET_MONEY, false, false},
    {"needed", NULL, SHEET_MONEY, false, true},
    {"projects", NULL, SHEET_NUMBER, false, true},
    {"dropped", NULL, SHEET_NUMBER, false, true},
    {"lines", NULL, SHEET_NUMBER, false, true},
    {"lines_without_actual", NULL, SHEET_NUMBER, false, true},
    {"requests", NULL, SHEET_NUMBER, false, true},
    {"asked_without_amount", NULL, SHEET_NUMBER, false, true},
    {"needed_without_amount", NULL, SHEET_NUMBER, false, true},
    {"refused", NULL, SHEET_NUMBER, false, true},
};

struct funding {
    struct money_page page;
    const struct grouping *grouping;
    struct money_sum all;
};

/* --- the figures -------------------------------------------------------------------------------
 */

static void put_sum(struct sheet *sheet, bool machine, const char *handle, const char *name,
    const struct money_sum *sum, enum sheet_tone tone)
{
    const int64_t amounts[] = {
        sum->planned, sum->actual, sum->funded, sum->asked, money_gap(sum), sum->needed};
    const size_t counts[] = {sum->projects, sum->dropped, sum->lines, sum->without_actual,
        sum->requests, sum->asked_unsaid, sum->needed_unsaid, sum->refused};

    sheet_row(sheet, 0, tone);
    sheet_text(sheet, handle);
    sheet_text(sheet, name);
    for (size_t i = 0; i < COUNT(amounts); i++)
        if (!machine && i == 1 && sum->without_actual == sum->lines)
            sheet_none(sheet); /* nobody has said yet what was spent */
        else
            sheet_number(sheet, amounts[i]);
    for (size_t i = 0; i < COUNT(counts); i++)
        sheet_number(sheet, (int64_t)counts[i]);
}

static struct sheet *sum_sheet(const struct funding *to, const char *name, bool single)
{
    struct sheet_column columns[COUNT(sum_columns)];

    for (size_t i = 0; i < COUNT(columns); i++)
        columns[i] = sum_columns[i];
    columns[1].title = to->grouping->title;
    return report_sheet(
        to->page.context->report, name, NULL, SHEET_TABLE, single, columns, COUNT(columns));
}

static void put_group(
    const struct funding *to, struct sheet *sheet, const struct money_group *group)
{
    const struct book *book = to->page.context->book;
    enum sheet_tone tone = group->sum.projects == 0 ? SHEET_FAINT : SHEET_PLAIN;

    put_sum(sheet, to->page.context->machine, group->of == NULL ? NULL : group->of->handle,
        group->of == NULL ? _(to->grouping->nothing) : book_label(book, group->of), &group->sum,
        tone);
}

/* Programs find the total in a sheet of its own, people under the others. */
static bool draw_sums(struct funding *to)
{
    const struct context *context = to->page.context;
    size_t count, drawn = 0;
    const struct money_group *groups =
        money_groups(context->book, to->grouping->by, to->page.arena, &count);
    struct sheet *sheet = sum_sheet(to, "funding", false);

    for (size_t i = 0; groups != NULL && i < count; i++) {
        if (to->page.project != NULL && groups[i].of != to->page.project)
            continue;
        put_group(to, sheet, &groups[i]);
        money_sum_merge(&to->all, &groups[i].sum);
        drawn++;
    }
    if (drawn == 0)
        report_note(
            context->report, _("There is no project yet: “concert add project” makes one."));
    if (context->machine)
        sheet = sum_sheet(to, "total", true);
    if (context->machine || drawn > 1)
        put_sum(sheet, context->machine, NULL, context->machine ? NULL : _("In all"), &to->all,
            SHEET_STRONG);
    return groups != NULL;
}

/* --- what they count and leave out -------------------------------------------------------------
 */

static const char *more(const struct funding *to, const char *text, size_t count, const char *one)
{
    const char *part = count == 0 ? NULL : arena_printf(to->page.arena, one, count);

    if (part == NULL)
        return text;
    return text == NULL ? part : arena_printf(to->page.arena, "%s; %s", text, part);
}

static void note_counted(const struct funding *to)
{
    const struct money_sum *all = &to->all;
    const char *text = NULL;

    text = more(to, text, all->projects, ngettext("%zu project", "%zu projects", all->projects));
    text = more(to, text, all->lines, ngettext("%zu budget line", "%zu budget lines", all->lines));
    text = more(to, text, all->requests, ngettext("%zu request", "%zu requests", all->requests));
    if (text != NULL)
        report_note(
            to->page.context->report, arena_printf(to->page.arena, _("Counted: %s."), text));
}

static void note_left_out(const struct funding *to)
{
    const struct money_sum *all = &to->all;
    const char *text = NULL;

    text = more(to, text, all->dropped,
        ngettext("%zu dropped project", "%zu dropped projects", all->dropped));
    text = more(to, text, all->asked_unsaid,
        ngettext("%zu request made without an amount", "%zu requests made without an amount",
            all->asked_unsaid));
    text = more(to, text, all->needed_unsaid,
        ngettext("%zu need without an amount", "%zu needs without an amount", all->needed_unsaid));
    text = more(to, text, all->refused,
        ngettext("%zu refused request", "%zu refused requests", all->refused));
    text = more(to, text, all->without_actual,
        ngettext("%zu budget line that does not say what was spent",
            "%zu budget lines that do not say what was spent", all->without_actual));
    if (all->needed > 0) {
        const char *needed = arena_printf(
            to->page.arena, _("%s still to ask for"), money_draw_amount(&to->page, all->needed));
        text = text == NULL ? needed : arena_printf(to->page.arena, "%s; %s", text, needed);
    }
    if (text != NULL)
        report_note(
            to->page.context->report, arena_printf(to->page.arena, _("Left out: %s."), text));
}

static void note_meaning(const struct funding *to)
{
    struct report *report = to->page.context->report;

    if (to->grouping->by == MONEY_BY_THEME)
        report_note(report, _("The theme of a project is the thematic committee that owns it, or "
                              "else has a share of its action."));
    if (to->grouping->by == MONEY_BY_TERRITORY)
        report_note(report, _("A project without a territory is of the region."));
    report_note(report, _("Planned: the sum of budget lines; granted: of granted requests; asked: "
                          "of requests not answered yet; gap = planned − granted."));
}

/* --- the command -------------------------------------------------------------------------------
 */

static bool read_grouping(struct funding *to, enum command_exit *code_r)
{
    const char *word = command_option(to->page.context, "by");
    char folded[32];

    to->grouping = &groupings[0];
    if (word == NULL)
        return true;
    text_fold(word, folded, sizeof(folded));
    for (size_t i = 0; i < COUNT(groupings); i++)
        if (strcmp(folded, groupings[i].name) == 0 || strcmp(folded, groupings[i].french) == 0) {
            to->grouping = &groupings[i];
            return true;
        }
    *code_r = command_say(to->page.context, COMMAND_USAGE,
        _("“%s” is none of these: project, territory, theme."), word);
    return false;
}

static enum command_exit draw(struct funding *to)
{
    if (!draw_sums(to))
        return change_no_memory(to->page.context);
    note_counted(to);
    note_left_out(to);
    note_meaning(to);
    money_draw_requests(&to->page);
    if (to->page.project == NULL || to->page.context->machine) /* its requests tell it already */
        money_draw_needs(&to->page);
    money_draw_envelopes(&to->page);
    asked_note_as_of(to->page.context, to->page.arena);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct funding to = {.page = {.context = context, .arena = context->arena, .days = 60}};
    enum command_exit code = COMMAND_OK;

    if (!read_grouping(&to, &code) || !asked_days(context, "within", &to.page.days, &code))
        return code;
    if (context->argc > 0) {
        to.page.project = command_record(context, context->argv[0], KIND_BIT(PROJECT), &code);
        to.grouping = &groupings[0];
        if (to.page.project == NULL)
            return code;
    }
    return draw(&to);
}

static const struct command_option options[] = {
    {"by", "par", 0, N_("WHAT"), N_("Sums by project, territory or theme: project.")},
    {"within", "horizon", 0, N_("DAYS"), N_("Which envelopes close soon: within 60 days.")},
    {.name = NULL},
};

const struct command funding_command = {
    .name = "funding",
    .french = "financement",
    .usage_en = "[PROJECT]",
    .usage_fr = "[PROJET]",
    .summary = N_("Shows money planned, granted, asked and lacking, and the envelopes."),
    .examples_en = "concert funding\nconcert funding P1\nconcert funding --by territory\n"
                   "concert funding --on 2009-05-15 --within 90",
    .examples_fr = "concert financement\nconcert financement P1\n"
                   "concert financement --par territoire\n"
                   "concert financement --le 2009-05-15 --horizon 90",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
