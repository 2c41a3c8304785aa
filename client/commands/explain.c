/* How a figure came about: each share, its weight, the sum, and what is left out; of a project its
 * amounts and milestones. */
#include <string.h>

#include "date.h"
#include "figures/money_draw.h"
#include "figures/tally.h"
#include "figures/timeline_draw.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/phrase.h"
#include "words/status_word.h"

static const struct sheet_column counted_columns[] = {
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"party", N_("Committee"), SHEET_TEXT, true, false},
    {"share", NULL, SHEET_TEXT, false, true},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"percent", N_("Percent"), SHEET_NUMBER, false, false},
    {"share_weight", NULL, SHEET_NUMBER, false, true},
    {"action_weight", NULL, SHEET_NUMBER, false, true},
    {"weight", N_("Weight"), SHEET_NUMBER, false, false},
    {"points", N_("Points"), SHEET_NUMBER, false, false},
};

static const struct sheet_column out_columns[] = {
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"party", N_("Committee"), SHEET_TEXT, true, false},
    {"share", NULL, SHEET_TEXT, false, true},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"percent", N_("Percent"), SHEET_NUMBER, false, false},
    {"why", N_("Why"), SHEET_TEXT, true, false},
};

static const struct sheet_column sum_columns[] = {
    {"of", NULL, SHEET_TEXT, false, true},
    {"points", NULL, SHEET_NUMBER, false, true},
    {"weight", NULL, SHEET_NUMBER, false, true},
    {"percent", NULL, SHEET_PERCENT, false, true},
    {"status", NULL, SHEET_TEXT, false, true},
    {"counted", NULL, SHEET_NUMBER, false, true},
    {"dropped", NULL, SHEET_NUMBER, false, true},
    {"not_applicable", NULL, SHEET_NUMBER, false, true},
    {"outside", NULL, SHEET_NUMBER, false, true},
    {"actions", NULL, SHEET_NUMBER, false, true},
    {"actions_without_share", NULL, SHEET_NUMBER, false, true},
    {"on", NULL, SHEET_DATE, false, true},
    {"seq", NULL, SHEET_NUMBER, false, true},
};

static const struct sheet_column milestone_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"percent", N_("Percent"), SHEET_NUMBER, false, false},
    {"why", N_("Why"), SHEET_TEXT, true, false},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct explanation {
    struct context *context;
    struct arena *arena;
    struct tally_scope scope;
    struct tally tally;
    const struct tally_line *lines;
    size_t n_lines;
};

/* Why a line is left out, in the order of enum tally_why. */
struct reason {
    const char *name, *shown;
};

static const struct reason reasons[] = {
    [TALLY_COUNTED] = {"counted", ""},
    [TALLY_DROPPED] = {"dropped", N_("given up")},
    [TALLY_NOT_APPLICABLE] = {"not_applicable", N_("not applicable")},
    [TALLY_OUTSIDE] = {"continuous", N_("continuous or as needed")},
    [TALLY_NO_SHARE] = {"no_share", N_("nobody has a share of it")},
};

static void begin_line(
    const struct explanation *to, struct sheet *sheet, const struct tally_line *line)
{
    const struct book_entry *party =
        line->share == NULL ? NULL : book_follow(to->context->book, line->share, "party");

    sheet_text(sheet, line->action->handle);
    sheet_text(sheet, party == NULL ? NULL : book_label(to->context->book, party));
    sheet_text(sheet, line->share == NULL ? NULL : line->share->handle);
    sheet_text(sheet, line->share == NULL
                          ? NULL
                          : status_word(to->context, line->share, "status", true, to->arena));
    if (line->share == NULL)
        sheet_none(sheet);
    else
        sheet_number(sheet, line->percent);
}

static void draw_counted(struct explanation *to)
{
    struct sheet *sheet = report_sheet(to->context->report, "counted", N_("What counts"),
        SHEET_TABLE, false, counted_columns, COUNT(counted_columns));

    for (size_t i = 0; sheet != NULL && i < to->n_lines; i++) {
        const struct tally_line *line = &to->lines[i];

        if (line->why != TALLY_COUNTED)
            continue;
        sheet_row(sheet, 0, SHEET_PLAIN);
        begin_line(to, sheet, line);
        sheet_number(sheet, line->share_weight);
        sheet_number(sheet, line->action_weight);
        sheet_number(sheet, (int64_t)line->weight);
        sheet_number(sheet, (int64_t)line->points);
    }
}

static void draw_left_out(struct explanation *to)
{
    struct sheet *sheet = report_sheet(to->context->report, "left_out", N_("What is left out"),
        SHEET_TABLE, false, out_columns, COUNT(out_columns));

    for (size_t i = 0; sheet != NULL && i < to->n_lines; i++) {
        const struct tally_line *line = &to->lines[i];

        if (line->why == TALLY_COUNTED)
            continue;
        sheet_row(sheet, 0, SHEET_FAINT);
        begin_line(to, sheet, line);
        sheet_text(
            sheet, to->context->machine ? reasons[line->why].name : _(reasons[line->why].shown));
    }
}

static void draw_sum(struct explanation *to, uint64_t seq)
{
    const struct rollup *rollup = &to->tally.rollup;
    struct sheet *sheet = report_sheet(
        to->context->report, "sum", NULL, SHEET_CARD, true, sum_columns, COUNT(sum_columns));

    if (sheet == NULL)
        return;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, to->scope.of->handle);
    sheet_number(sheet, (int64_t)rollup->points);
    sheet_number(sheet, (int64_t)rollup->weight);
    if (rollup_percent(rollup) < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, rollup_percent(rollup));
    sheet_text(sheet, tally_status_name(to->tally.status));
    sheet_number(sheet, (int64_t)rollup->counted);
    sheet_number(sheet, (int64_t)rollup->dropped);
    sheet_number(sheet, (int64_t)rollup->not_applicable);
    sheet_number(sheet, (int64_t)rollup->outside);
    sheet_number(sheet, (int64_t)to->tally.actions);
    sheet_number(sheet, (int64_t)to->tally.without);
    sheet_number(sheet, to->context->today);
    sheet_number(sheet, (int64_t)seq);
}

/* "Sum: 360 points ÷ 10 of weight = 36%." */
static void note_sum(struct explanation *to)
{
    const struct rollup *rollup = &to->tally.rollup;
    int percent = rollup_percent(rollup);
    const char *text, *point = strcmp(to->context->language, "fr") == 0 ? "," : ".";
    uint64_t tenths;

    if (percent < 0) {
        report_note(to->context->report, _("Nothing here counts: there is no percentage."));
        return;
    }
    tenths = (20 * rollup->points + rollup->weight) / (2 * rollup->weight);
    text =
        arena_printf(to->arena, _("Sum: %llu points ÷ %llu of weight = %llu%s%llu, shown as %d%%."),
            (unsigned long long)rollup->points, (unsigned long long)rollup->weight,
            (unsigned long long)(tenths / 10), point, (unsigned long long)(tenths % 10), percent);
    if (text != NULL)
        report_note(to->context->report, text);
    if (percent == 99 && rollup->points * 1000 >= rollup->weight * 99500)
        report_note(to->context->report,
            _("One hundred percent is shown only when everything that counts is done."));
}

static void note_rest(struct explanation *to, uint64_t seq)
{
    report_note(to->context->report,
        _("Points = percent × weight; weight = the share's × its action's (1 unless set); done "
          "counts as 100."));
    report_note(to->context->report,
        phrase_as_of(to->context->today, seq, to->context->language, to->arena));
}

/* "2.1 Informer…: 62%: 18 of 25 shares (under way)" */
static void note_heading(struct explanation *to)
{
    const char *name = phrase_record(to->context->book, to->scope.of, true, to->arena);
    const char *figure = tally_figure(&to->tally.rollup, to->arena);
    const char *status = tally_status(to->tally.status);

    report_note(to->context->report,
        *status == '\0' ? arena_printf(to->arena, _("%s · %s."), name, figure)
                        : arena_printf(to->arena, _("%s · %s (%s)."), name, figure, status));
}

/* A project's progress: of each milestone what it counts for. */
static bool draw_milestones(const struct explanation *to)
{
    const struct book *book = to->context->book;
    struct timeline timeline;
    struct sheet *sheet = report_sheet(to->context->report, "milestones", N_("Milestones"),
        SHEET_TABLE, false, milestone_columns, COUNT(milestone_columns));

    if (!timeline_read(book, to->scope.of, to->context->today, to->arena, &timeline))
        return false;
    for (size_t p = 0; p < timeline.n_phases; p++)
        for (size_t i = 0; i < timeline.phases[p].count; i++) {
            const struct timeline_item *item = &timeline.phases[p].items[i];
            bool out = item->status == CONCERT__MILESTONE__STATUS__DROPPED;

            sheet_row(sheet, 0, out ? SHEET_FAINT : SHEET_PLAIN);
            sheet_text(sheet, item->entry->handle);
            sheet_text(sheet, book_label(book, item->entry));
            sheet_text(sheet, status_word(to->context, item->entry, "status", true, to->arena));
            sheet_number(sheet, item->percent);
            sheet_text(sheet, !out ? NULL : to->context->machine ? "dropped" : _("given up"));
        }
    if (timeline.items > 0)
        report_note(to->context->report,
            arena_printf(to->arena,
                _("Progress, the mean of those that count; done counts as 100: %s."),
                timeline_figure(&timeline.rollup, to->arena)));
    return true;
}

/* A project has amounts and milestones, and no shares. */
static enum command_exit explain_project(struct explanation *to)
{
    struct money_page page = {.context = to->context, .arena = to->arena, .project = to->scope.of};

    money_draw_explanation(&page);
    if (!draw_milestones(to))
        return change_no_memory(to->context);
    asked_note_as_of(to->context, to->arena);
    return COMMAND_OK;
}

static enum command_exit explain(struct explanation *to)
{
    const struct book *book = to->context->book;
    uint64_t seq;

    to->lines = tally_lines(book, &to->scope, to->arena, &to->n_lines);
    if (to->lines == NULL ||
        !tally_sum(book, &to->scope, to->context->today, to->arena, &to->tally))
        return change_no_memory(to->context);
    desk_age(to->context->desk, &seq);
    note_heading(to);
    draw_counted(to);
    note_sum(to);
    draw_left_out(to);
    if (to->context->machine)
        draw_sum(to, seq);
    note_rest(to, seq);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    static const uint64_t asked = KIND_BIT(ACTION) | KIND_BIT(OBJECTIVE) | KIND_BIT(PLAN) |
                                  KIND_BIT(PARTY) | KIND_BIT(TERRITORY) | KIND_BIT(SHARE) |
                                  KIND_BIT(PROJECT);
    const char *party = command_option(context, "for");
    struct explanation to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    to.scope.of = context->argc > 0 ? command_record(context, context->argv[0], asked, &code)
                                    : pick_plan(context, NULL, &code);
    if (to.scope.of != NULL && party != NULL)
        to.scope.party = pick_party(context, party, NULL, &code);
    if (to.scope.of == NULL || (party != NULL && to.scope.party == NULL))
        return code;
    return to.scope.of->kind->id == CONCERT__KIND__PROJECT ? explain_project(&to) : explain(&to);
}

static const struct command_option options[] = {
    {"for", "pour", 0, N_("COMMITTEE"), N_("Counts the shares of this committee alone.")},
    {.name = NULL},
};

const struct command explain_command = {
    .name = "explain",
    .french = "expliquer",
    .usage_en = "[HANDLE]",
    .usage_fr = "[REPÈRE]",
    .summary = N_("Prints the arithmetic of a figure: what it counts and what it leaves out."),
    .examples_en =
        "concert explain 2.1\nconcert explain P1\nconcert explain \"Comité local de Mékinac\"\n"
        "concert explain 1 --for Shawinigan",
    .examples_fr = "concert expliquer 2.1\nconcert expliquer P1\nconcert expliquer \"Comité local "
                   "de Mékinac\"\n"
                   "concert expliquer 1 --pour Shawinigan",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
