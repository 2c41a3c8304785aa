/* The milestones of projects and actions, month by month. */
#include "date.h"
#include "figures/due.h"
#include "figures/timeline_draw.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "words/status_word.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct sheet_column milestone_columns[] = {
    {"subject", NULL, SHEET_TEXT, false, false},
    {"handle", NULL, SHEET_TEXT, false, false},
    {"title", NULL, SHEET_TEXT, false, false},
    {"phase", NULL, SHEET_TEXT, false, false},
    {"rank", NULL, SHEET_NUMBER, false, false},
    {"status", NULL, SHEET_TEXT, false, false},
    {"percent", NULL, SHEET_PERCENT, false, false},
    {"who", NULL, SHEET_LIST, false, false},
    {"deadline", NULL, SHEET_TEXT, false, false},
    {"earliest", NULL, SHEET_DATE, false, false},
    {"latest", NULL, SHEET_DATE, false, false},
    {"late", NULL, SHEET_BOOL, false, false},
};

/* Of a subject, or with a phase of that one alone. */
static const struct sheet_column sum_columns[] = {
    {"subject", NULL, SHEET_TEXT, false, false},
    {"phase", NULL, SHEET_TEXT, false, false},
    {"percent", NULL, SHEET_PERCENT, false, false},
    {"counted", NULL, SHEET_NUMBER, false, false},
    {"done", NULL, SHEET_NUMBER, false, false},
    {"dropped", NULL, SHEET_NUMBER, false, false},
    {"late", NULL, SHEET_NUMBER, false, false},
    {"earliest", NULL, SHEET_DATE, false, false},
    {"latest", NULL, SHEET_DATE, false, false},
};

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *const *subjects;
    size_t count;
    struct timeline *timelines; /* one a subject */
};

static void put_day(struct sheet *sheet, int32_t day)
{
    if (day == DATE_NONE)
        sheet_none(sheet);
    else
        sheet_number(sheet, day);
}

static void put_item(const struct page *to, struct sheet *sheet, const struct book_entry *subject,
    const struct timeline_item *item)
{
    const struct book *book = to->context->book;
    const struct book_entry *entry = item->entry;
    size_t n_who;
    const char **who = timeline_who(book, entry, to->arena, &n_who);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, subject->handle);
    sheet_text(sheet, entry->handle);
    sheet_text(sheet, book_text(entry, "title"));
    sheet_text(sheet, book_text(entry, "phase"));
    if (book_number(entry, "rank", -1) < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, book_number(entry, "rank", 0));
    sheet_text(sheet, status_word(to->context, entry, "status", true, to->arena));
    sheet_number(sheet, item->percent);
    sheet_texts(sheet, who, who == NULL ? 0 : n_who);
    sheet_text(sheet, due_text(book, entry, to->arena));
    put_day(sheet, item->earliest);
    put_day(sheet, item->latest);
    sheet_number(sheet, item->late);
}

static void put_sum(struct sheet *sheet, const struct book_entry *subject, const char *phase,
    const struct rollup *rollup, size_t late)
{
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, subject->handle);
    sheet_text(sheet, phase);
    if (rollup_percent(rollup) < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, rollup_percent(rollup));
    sheet_number(sheet, (int64_t)rollup->counted);
    sheet_number(sheet, (int64_t)rollup->done);
    sheet_number(sheet, (int64_t)rollup->dropped);
    sheet_number(sheet, (int64_t)late);
}

static void put_milestones(const struct page *to)
{
    struct sheet *sheet = report_sheet(to->context->report, "milestones", NULL, SHEET_TABLE, false,
        milestone_columns, COUNT(milestone_columns));

    for (size_t s = 0; s < to->count; s++)
        for (size_t p = 0; p < to->timelines[s].n_phases; p++)
            for (size_t i = 0; i < to->timelines[s].phases[p].count; i++)
                put_item(to, sheet, to->subjects[s], &to->timelines[s].phases[p].items[i]);
}

static void put_phases(const struct page *to)
{
    struct sheet *sheet = report_sheet(
        to->context->report, "phases", NULL, SHEET_TABLE, false, sum_columns, COUNT(sum_columns));

    for (size_t s = 0; s < to->count; s++)
        for (size_t p = 0; p < to->timelines[s].n_phases; p++) {
            const struct timeline_phase *phase = &to->timelines[s].phases[p];

            put_sum(sheet, to->subjects[s], phase->name, &phase->rollup, phase->late);
            put_day(sheet, phase->earliest);
            put_day(sheet, phase->latest);
        }
}

static void put_subjects(const struct page *to)
{
    struct sheet *sheet = report_sheet(
        to->context->report, "subjects", NULL, SHEET_TABLE, false, sum_columns, COUNT(sum_columns));

    for (size_t s = 0; s < to->count; s++) {
        const struct timeline *timeline = &to->timelines[s];

        put_sum(sheet, to->subjects[s], NULL, &timeline->rollup, timeline->late);
        put_day(sheet, timeline->earliest);
        put_day(sheet, timeline->latest);
    }
}

/* The milestones of an action are mostly those of its projects. */
static const struct book_entry *project_of(const struct page *to)
{
    size_t count = 0;
    const struct book_entry *const *projects =
        to->count != 1 ? NULL
                       : book_children(to->context->book, to->subjects[0]->id,
                             CONCERT__KIND__PROJECT, "action", &count);

    return count == 0 ? NULL : projects[0];
}

static void note_none(const struct page *to)
{
    const struct book_entry *project = project_of(to);
    struct report *report = to->context->report;

    if (to->count == 0)
        report_note(
            report, _("No project or action has a milestone yet: “concert add milestone” makes "
                      "one."));
    else if (project != NULL)
        report_note(report, arena_printf(to->arena,
                                _("It has no milestone of its own; its project has a schedule: "
                                  "“concert schedule %s”."),
                                project->handle));
    else
        report_note(report, _("It has no milestone yet: “concert add milestone” makes one."));
}

static void draw(const struct page *to)
{
    struct report *report = to->context->report;
    size_t items = 0;

    if (to->context->machine) {
        put_milestones(to);
        put_phases(to);
        put_subjects(to);
        return;
    }
    for (size_t s = 0; s < to->count; s++) {
        timeline_draw(to->context, to->subjects[s], &to->timelines[s], to->arena);
        items += to->timelines[s].items;
    }
    if (items == 0)
        note_none(to);
    else
        report_note(report, _("█ done, ░ to do, ▒ late, - dropped, │ today. A percentage is the "
                              "mean of the milestones that are not dropped; done counts as 100."));
    asked_note_as_of(to->context, to->arena);
}

/* The one that was asked for, or all that have milestones. */
static enum command_exit find(struct page *to, const struct book_entry **one)
{
    enum command_exit code = COMMAND_OK;

    if (to->context->argc == 0) {
        to->subjects = timeline_subjects(to->context->book, to->arena, &to->count);
        return to->subjects == NULL ? change_no_memory(to->context) : COMMAND_OK;
    }
    *one = command_record(
        to->context, to->context->argv[0], KIND_BIT(PROJECT) | KIND_BIT(ACTION), &code);
    to->subjects = one;
    to->count = 1;
    return code;
}

static enum command_exit show(struct page *to)
{
    const struct book_entry *one = NULL;
    enum command_exit code = find(to, &one);

    if (code != COMMAND_OK)
        return code;
    to->timelines = arena_alloc(to->arena, (to->count + 1) * sizeof(*to->timelines));
    for (size_t s = 0; s < to->count; s++)
        if (to->timelines == NULL || !timeline_read(to->context->book, to->subjects[s],
                                         to->context->today, to->arena, &to->timelines[s]))
            return change_no_memory(to->context);
    draw(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    return show(&to);
}

const struct command schedule_command = {
    .name = "schedule",
    .french = "echeancier",
    .usage_en = "[PROJECT|ACTION]",
    .usage_fr = "[PROJET|ACTION]",
    .summary = N_("Draws the milestones of a project or an action month by month."),
    .examples_en = "concert schedule P1\nconcert schedule 2.1.3 --on 2009-10-15",
    .examples_fr = "concert echeancier P1\nconcert echeancier 2.1.3 --le 2009-10-15",
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
