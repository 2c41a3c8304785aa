/* What people want to learn, by theme, and what answers it: training and conferences. */
#include "figures/training.h"
#include "date.h"
#include "figures/meetings.h"
#include "figures/months.h"
#include "i18n.h"
#include "input/year.h"
#include "words.h"
#include "words/value.h"
#include "words/when.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    int32_t from, until;
};

#define SHEET(to, name, title, columns)                                                            \
    report_sheet((to)->context->report, name, title, SHEET_TABLE, false, columns,                  \
        sizeof(columns) / sizeof((columns)[0]))

/* --- by theme ----------------------------------------------------------------------------------
 */

static const struct sheet_column theme_columns[] = {
    {"theme", N_("Theme"), SHEET_TEXT, true, false},
    {"needs", N_("Needs"), SHEET_NUMBER, false, false},
    {"people", N_("People"), SHEET_NUMBER, false, false},
    {"parties", N_("From"), SHEET_LIST, true, false},
    {"statuses", N_("Status"), SHEET_TEXT, true, false},
    {"expressed", NULL, SHEET_NUMBER, false, true},
    {"planned", NULL, SHEET_NUMBER, false, true},
    {"met", NULL, SHEET_NUMBER, false, true},
    {"uncounted", NULL, SHEET_NUMBER, false, true},
};

/* "2 exprimés, 1 comblé". */
static const char *statuses_text(const struct page *to, const struct training_theme *theme)
{
    size_t expressed = theme->statuses[CONCERT__TRAINING_NEED__STATUS__EXPRESSED];
    size_t planned = theme->statuses[CONCERT__TRAINING_NEED__STATUS__PLANNED];
    size_t met = theme->statuses[CONCERT__TRAINING_NEED__STATUS__MET];
    const char *text = "";

    if (expressed > 0)
        text = arena_printf(
            to->arena, ngettext("%zu expressed", "%zu expressed", expressed), expressed);
    if (planned > 0 && text != NULL)
        text = arena_printf(to->arena, "%s%s%s", text, *text == '\0' ? "" : ", ",
            arena_printf(to->arena, ngettext("%zu planned", "%zu planned", planned), planned));
    if (met > 0 && text != NULL)
        text = arena_printf(to->arena, "%s%s%s", text, *text == '\0' ? "" : ", ",
            arena_printf(to->arena, ngettext("%zu met", "%zu met", met), met));
    return text;
}

/* Each party once, in the order of its first need. */
static void put_parties(
    const struct page *to, struct sheet *sheet, const struct training_theme *theme)
{
    const char **names = arena_alloc(to->arena, (theme->count + 1) * sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; names != NULL && i < theme->count; i++) {
        const struct book_entry *party = book_follow(to->book, theme->needs[i], "party");
        const char *name = party == NULL ? NULL : months_party(to->book, party);
        bool known = name == NULL;

        for (size_t j = 0; j < count; j++)
            known |= names[j] == name;
        if (!known)
            names[count++] = name;
    }
    count == 0 ? sheet_none(sheet) : sheet_texts(sheet, names, count);
}

static void draw_themes(const struct page *to)
{
    struct sheet *sheet = SHEET(to, "themes", N_("Training needs by theme"), theme_columns);
    size_t count = 0, uncounted = 0;
    const struct training_theme *themes = training_themes(to->book, to->arena, &count);

    for (size_t i = 0; themes != NULL && i < count; i++) {
        const struct training_theme *theme = &themes[i];

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(
            sheet, theme->theme == NULL && !to->context->machine ? _("(no theme)") : theme->theme);
        sheet_number(sheet, (int64_t)theme->count);
        sheet_number(sheet, theme->people);
        put_parties(to, sheet, theme);
        sheet_text(sheet, to->context->machine ? NULL : statuses_text(to, theme));
        sheet_number(sheet, (int64_t)theme->statuses[CONCERT__TRAINING_NEED__STATUS__EXPRESSED]);
        sheet_number(sheet, (int64_t)theme->statuses[CONCERT__TRAINING_NEED__STATUS__PLANNED]);
        sheet_number(sheet, (int64_t)theme->statuses[CONCERT__TRAINING_NEED__STATUS__MET]);
        sheet_number(sheet, (int64_t)theme->uncounted);
        uncounted += theme->uncounted;
    }
    if (count == 0)
        report_note(to->context->report,
            _("No need is expressed yet. To express one: concert add need title=\"Speaking in "
              "public\" theme=\"Communication\" people=6"));
    if (uncounted > 0)
        report_note(
            to->context->report, arena_printf(to->arena,
                                     ngettext("%zu need does not say for how many people.",
                                         "%zu needs do not say for how many people.", uncounted),
                                     uncounted));
}

/* --- each need ---------------------------------------------------------------------------------
 */

static const struct sheet_column need_columns[] = {
    {"handle", N_("No."), SHEET_TEXT, false, false},
    {"title", N_("Need"), SHEET_TEXT, true, false},
    {"party", N_("From"), SHEET_TEXT, true, false},
    {"people", N_("People"), SHEET_NUMBER, false, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"meeting", N_("Met by"), SHEET_TEXT, false, false},
};

/* A value of a closed list, for whom the answer is. */
static const char *status_text(const struct page *to, const char *kind, const char *name)
{
    return to->context->machine ? name : words_value(kind, name, to->context->language);
}

static void put_need(const struct page *to, struct sheet *sheet, const struct book_entry *need,
    const struct book_entry *meeting)
{
    const struct book_entry *party = book_follow(to->book, need, "party");
    int64_t people = book_number(need, "people", -1);
    static const char *const names[] = {[CONCERT__TRAINING_NEED__STATUS__EXPRESSED] = "expressed",
        [CONCERT__TRAINING_NEED__STATUS__PLANNED] = "planned",
        [CONCERT__TRAINING_NEED__STATUS__MET] = "met"};

    sheet_row(sheet, 0, meeting == NULL ? SHEET_WARN : SHEET_PLAIN);
    sheet_text(sheet, need->handle);
    sheet_text(sheet, book_text(need, "title"));
    sheet_text(sheet, party == NULL ? NULL : months_party(to->book, party));
    people < 0 ? sheet_none(sheet) : sheet_number(sheet, people);
    sheet_text(sheet, status_text(to, need->kind->name, names[training_status(need)]));
    sheet_text(sheet, meeting == NULL ? NULL : meeting->handle);
}

/* With a meeting those that one answers, else those that none does. */
static void draw_needs(const struct page *to, bool with_meeting)
{
    struct sheet *sheet = SHEET(to, with_meeting ? "answered" : "unanswered",
        with_meeting ? N_("Needs that a meeting answers") : N_("Needs without a meeting"),
        need_columns);
    const struct book_entry *first = NULL;
    size_t count;
    const struct book_entry *const *needs =
        book_list(to->book, CONCERT__KIND__TRAINING_NEED, &count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *meeting = book_follow(to->book, needs[i], "meeting");

        if (meeting != NULL && meetings_status(meeting) == CONCERT__MEETING__STATUS__CANCELLED)
            meeting = NULL;
        if ((meeting != NULL) != with_meeting)
            continue;
        first = first == NULL ? needs[i] : first;
        put_need(to, sheet, needs[i], meeting);
    }
    if (first != NULL && !with_meeting && !to->context->machine)
        report_note(to->context->report,
            arena_printf(to->arena,
                _("To say which meeting answers one: concert set %s meeting=R…"), first->handle));
}

/* --- training and conferences of the year ------------------------------------------------------
 */

static const struct sheet_column meeting_columns[] = {
    {"when", N_("When"), SHEET_TEXT, false, false},
    {"handle", N_("No."), SHEET_TEXT, false, false},
    {"type", N_("Type"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"needs", N_("Answers"), SHEET_LIST, true, false},
};

static void put_needs_of(
    const struct page *to, struct sheet *sheet, const struct book_entry *meeting)
{
    size_t count;
    const struct book_entry *const *needs =
        book_children(to->book, meeting->id, CONCERT__KIND__TRAINING_NEED, "meeting", &count);
    const char **names = arena_alloc(to->arena, (count + 1) * sizeof(*names));

    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = needs[i]->handle;
    names == NULL || count == 0 ? sheet_none(sheet) : sheet_texts(sheet, names, count);
}

static void draw_meetings(const struct page *to)
{
    const struct meetings_scope scope = {NULL, to->from, to->until};
    struct sheet *sheet =
        SHEET(to, "meetings", N_("Training and conferences of the year"), meeting_columns);
    size_t count = 0, shown = 0;
    const struct book_entry *const *meetings = meetings_list(to->book, &scope, to->arena, &count);

    for (size_t i = 0; meetings != NULL && i < count; i++) {
        int64_t type = book_number(meetings[i], "type", 0);

        if (type != CONCERT__MEETING__TYPE__TRAINING && type != CONCERT__MEETING__TYPE__CONFERENCE)
            continue;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, when_brief(meetings[i], to->context->language, to->arena));
        sheet_text(sheet, meetings[i]->handle);
        sheet_text(sheet, value_text(to->context, meetings[i], "type", to->arena));
        sheet_text(sheet, book_text(meetings[i], "title"));
        sheet_text(
            sheet, status_text(to, meetings[i]->kind->name, meetings_status_name(meetings[i])));
        put_needs_of(to, sheet, meetings[i]);
        shown++;
    }
    if (shown == 0)
        report_note(
            to->context->report, _("Neither training nor a conference has a day in this year."));
}

static enum command_exit draw(struct page *to)
{
    enum command_exit code = COMMAND_OK;

    if (!year_read(to->context, &to->from, &to->until, &code))
        return code;
    draw_themes(to);
    draw_needs(to, true);
    draw_needs(to, false);
    draw_meetings(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena, .book = context->book};

    return draw(&to);
}

static const struct command_option options[] = {
    {"year", "annee", 0, N_("YEAR"), N_("Another year than that of the plan: 2009-2010.")},
    {.name = NULL},
};

const struct command training_command = {
    .name = "training",
    .french = "formations",
    .usage_en = "[--year YEAR]",
    .usage_fr = "[--annee ANNÉE]",
    .summary = N_("Shows training needs by theme, what answers them, and the year's conferences."),
    .examples_en = "concert training",
    .examples_fr = "concert formations",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
