/* The region at a glance: committees by objectives, what is late, soon due, silent and blocked. */
#include <string.h>

#include "alerts.h"
#include "change.h"
#include "date.h"
#include "due.h"
#include "i18n.h"
#include "pick.h"
#include "tally.h"
#include "text.h"

#define ARENA_LIMIT ((size_t)64 << 20)
#define OBJECTIVES_MAX 16
#define PAGE 80       /* columns that the matrix is made for */
#define NAME_ROOM 24  /* of them for a committee's name */
#define TITLE_ROOM 60 /* and in the lists below it, for an action's title */
#define BAR_MAX 10
#define FIGURE 6 /* a figure of three digits and the spaces around it */

struct dashboard {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *plan;
    const struct book_entry *objectives[OBJECTIVES_MAX];
    size_t n_objectives;
    int32_t soon, silence; /* days */
};

/* --- the matrix --------------------------------------------------------------------------------
 */

/* The objectives that hang on no other: the plan's chapters. */
static void find_objectives(struct dashboard *to)
{
    size_t count;
    const struct book_entry *const *all =
        book_children(to->book, to->plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);

    for (size_t i = 0; i < count && to->n_objectives < OBJECTIVES_MAX; i++)
        if (book_follow(to->book, all[i], "parent") == NULL)
            to->objectives[to->n_objectives++] = all[i];
}

/* What is left of the page for a cell's bar, once name, gaps and figures are drawn. */
static size_t bar_width(const struct dashboard *to)
{
    size_t cell = (PAGE - NAME_ROOM) / (to->n_objectives + 1);

    return cell < FIGURE + 2 ? 0 : cell - FIGURE > BAR_MAX ? BAR_MAX : cell - FIGURE;
}

static const char *bar(const struct dashboard *to, int percent)
{
    size_t width = bar_width(to), filled = ((size_t)percent * width + 50) / 100;
    const char *text = "";

    /* Neither quite begun nor quite done may look like it. */
    if (percent > 0 && filled == 0)
        filled = 1;
    if (percent < 100 && filled == width && filled > 0)
        filled--;
    for (size_t i = 0; i < width && text != NULL; i++)
        text = arena_printf(to->arena, "%s%s", text, i < filled ? "█" : "░");
    return width == 0 ? "" : text;
}

static const char *cell_text(const struct dashboard *to, const struct rollup *rollup)
{
    int percent = rollup_percent(rollup);

    if (percent < 0)
        return rollup->outside > 0                            ? _("ongoing")
               : rollup->dropped + rollup->not_applicable > 0 ? "—"
                                                              : "";
    return arena_printf(
        to->arena, "%s%s%3d", bar(to, percent), bar_width(to) > 0 ? " " : "", percent);
}

static void put_cell(
    const struct dashboard *to, struct sheet *sheet, const struct tally_scope *scope)
{
    struct tally tally;

    if (!tally_sum(to->book, scope, to->context->today, to->arena, &tally))
        sheet_none(sheet);
    else if (!to->context->machine)
        sheet_text(sheet, cell_text(to, &tally.rollup));
    else if (rollup_percent(&tally.rollup) < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, rollup_percent(&tally.rollup));
}

/* A text that does not fit is cut between characters. */
static const char *cut(const struct dashboard *to, const char *name, size_t room)
{
    size_t fit = name == NULL ? 0 : text_fit(name, room, NULL);

    if (name == NULL || name[fit] == '\0' || to->context->machine)
        return name;
    fit = text_fit(name, room - 1, NULL);
    return arena_printf(to->arena, "%.*s…", (int)fit, name);
}

static void put_row(const struct dashboard *to, struct sheet *sheet, const struct book_entry *party)
{
    struct tally_scope scope = {.of = to->plan, .party = party};

    sheet_row(sheet, 0, party == NULL ? SHEET_STRONG : SHEET_PLAIN);
    sheet_text(
        sheet, party == NULL ? _("The region") : cut(to, book_label(to->book, party), NAME_ROOM));
    sheet_text(sheet, party == NULL ? NULL : party->handle);
    for (size_t i = 0; i < to->n_objectives; i++) {
        scope.of = to->objectives[i];
        put_cell(to, sheet, &scope);
    }
    scope.of = to->plan;
    put_cell(to, sheet, &scope);
}

static struct sheet *matrix_sheet(struct dashboard *to)
{
    enum sheet_type type = to->context->machine ? SHEET_PERCENT : SHEET_TEXT;
    struct sheet_column columns[OBJECTIVES_MAX + 3] = {
        {"name", N_("Committee"), SHEET_TEXT, false, false},
        {"party", NULL, SHEET_TEXT, false, true},
    };
    struct tally_scope scope = {.of = to->plan};
    struct tally tally = {.status = ROLLUP_NOTHING};
    size_t n = 2;
    const char *title;

    tally_sum(to->book, &scope, to->context->today, to->arena, &tally);
    title = arena_printf(to->arena, "%s · %s", book_label(to->book, to->plan),
        tally_figure(&tally.rollup, to->arena));
    for (size_t i = 0; i < to->n_objectives; i++)
        columns[n++] = (struct sheet_column){
            arena_printf(to->arena, "objective_%s", to->objectives[i]->handle),
            arena_printf(to->arena, _("Obj. %s, %%"), to->objectives[i]->handle), type, false,
            false};
    columns[n++] = (struct sheet_column){"total", N_("In all, %"), type, false, false};
    return report_sheet(to->context->report, "progress", title, SHEET_TABLE, false, columns, n);
}

static void draw_matrix(struct dashboard *to)
{
    size_t count;
    const struct book_entry *const *parties = alerts_parties(to->book, to->plan, to->arena, &count);
    struct sheet *sheet = matrix_sheet(to);

    for (size_t i = 0; sheet != NULL && parties != NULL && i < count; i++)
        put_row(to, sheet, parties[i]);
    if (sheet != NULL)
        put_row(to, sheet, NULL);
    for (size_t i = 0; i < to->n_objectives; i++)
        report_note(
            to->context->report, arena_printf(to->arena, "%s. %s", to->objectives[i]->handle,
                                     book_text(to->objectives[i], "title")));
}

/* --- what asks for somebody --------------------------------------------------------------------
 */

static const struct sheet_column date_columns[] = {
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"parties", N_("Who"), SHEET_LIST, true, false},
    {"deadline", N_("Deadline"), SHEET_TEXT, true, false},
    {"latest", NULL, SHEET_DATE, false, true},
    {"days", N_("Days"), SHEET_NUMBER, false, false},
};

static const struct sheet_column silent_columns[] = {
    {"name", N_("Committee"), SHEET_TEXT, false, false},
    {"party", NULL, SHEET_TEXT, false, true},
    {"last", N_("Last word"), SHEET_DATE, false, false},
    {"days", N_("Days"), SHEET_NUMBER, false, false},
};

static const struct sheet_column blocked_columns[] = {
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"party", N_("Committee"), SHEET_TEXT, true, false},
    {"share", N_("Share"), SHEET_TEXT, false, false},
    {"blocked_by", N_("What blocks it"), SHEET_TEXT, true, false},
    {"help_from", N_("Who may help"), SHEET_TEXT, true, false},
};

#define SHEET_OF(to, name, title, columns)                                                         \
    report_sheet((to)->context->report, name, title, SHEET_TABLE, false, columns,                  \
        sizeof(columns) / sizeof((columns)[0]))

/* Who answers for an action that nobody has a share of: its first resource. */
static const char *resource(const struct dashboard *to, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *resources =
        book_children(to->book, action->id, CONCERT__KIND__RESPONSIBILITY, NULL, &count);
    const struct book_entry *party;

    if (count == 0)
        return NULL;
    party = book_follow(to->book, resources[0], "party");
    return party == NULL ? book_text(resources[0], "role") : book_label(to->book, party);
}

/* The committee of a share, or those of an action: for people how many, when there are several. */
static void put_who(const struct dashboard *to, struct sheet *sheet, const struct alert *alert)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(to->book, alert->action->id, CONCERT__KIND__SHARE, NULL, &count);
    const char **names = arena_alloc(to->arena, (count + 1) * sizeof(*names));
    size_t n_names = 0;

    for (size_t i = 0; names != NULL && i < count; i++) {
        const struct book_entry *party = book_follow(to->book, shares[i], "party");

        if (party != NULL && (alert->share == NULL || alert->share == shares[i]))
            names[n_names++] = book_label(to->book, party);
    }
    if (n_names == 0 && names != NULL && resource(to, alert->action) != NULL)
        names[n_names++] = resource(to, alert->action);
    if (n_names > 1 && !to->context->machine) {
        names[0] =
            arena_printf(to->arena, ngettext("%zu committee", "%zu committees", n_names), n_names);
        n_names = 1;
    }
    if (n_names == 0)
        sheet_none(sheet);
    else
        sheet_texts(sheet, names, n_names);
}

static void put_alert(const struct dashboard *to, struct sheet *sheet, const struct alert *alert)
{
    int32_t today = to->context->today;
    bool late = alert->day < today;
    char day[DATE_TEXT_SIZE];

    date_long_text(alert->day, to->context->language, day, sizeof(day));
    sheet_row(sheet, 0, late ? SHEET_BAD : SHEET_PLAIN);
    sheet_text(sheet, alert->action->handle);
    sheet_text(sheet, cut(to, book_text(alert->action, "title"), TITLE_ROOM));
    put_who(to, sheet, alert);
    sheet_text(sheet, alert->deadline != NULL ? due_one(alert->deadline, to->arena) : day);
    sheet_number(sheet, alert->day);
    sheet_number(sheet, late ? today - alert->day : alert->day - today);
}

static void draw_late(const struct dashboard *to)
{
    size_t count = 0;
    const struct alert *late =
        alerts_late(to->book, to->plan, to->context->today, to->arena, &count);
    struct sheet *sheet = SHEET_OF(to, "late", N_("Late"), date_columns);

    for (size_t i = 0; sheet != NULL && late != NULL && i < count; i++)
        put_alert(to, sheet, &late[i]);
    if (count == 0)
        report_note(to->context->report, _("Nothing is late."));
}

static void draw_due(const struct dashboard *to)
{
    size_t count = 0;
    const struct alert *due =
        alerts_due(to->book, to->plan, to->context->today, to->soon, to->arena, &count);
    const char *title = arena_printf(to->arena,
        ngettext("Due within %d day", "Due within %d days", (unsigned long)to->soon), to->soon);
    struct sheet *sheet = SHEET_OF(to, "due", title, date_columns);

    for (size_t i = 0; sheet != NULL && due != NULL && i < count; i++)
        put_alert(to, sheet, &due[i]);
    if (count == 0)
        report_note(
            to->context->report, arena_printf(to->arena,
                                     ngettext("Nothing is due within %d day.",
                                         "Nothing is due within %d days.", (unsigned long)to->soon),
                                     to->soon));
}

static void draw_silent(const struct dashboard *to)
{
    size_t count = 0;
    const struct alert_silence *silent =
        alerts_silent(to->book, to->plan, to->context->today, to->silence, to->arena, &count);
    const char *title = arena_printf(to->arena,
        ngettext("Silent for more than %d day", "Silent for more than %d days",
            (unsigned long)to->silence),
        to->silence);
    struct sheet *sheet = SHEET_OF(to, "silent", title, silent_columns);

    for (size_t i = 0; sheet != NULL && silent != NULL && i < count; i++) {
        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, book_label(to->book, silent[i].party));
        sheet_text(sheet, silent[i].party->handle);
        if (silent[i].last == DATE_NONE)
            continue;
        sheet_number(sheet, silent[i].last);
        sheet_number(sheet, to->context->today - silent[i].last);
    }
    if (count == 0)
        report_note(to->context->report, _("Every committee has been heard."));
    else if (silent != NULL && silent[0].last == DATE_NONE)
        report_note(to->context->report, _("Without a date: nothing heard yet."));
}

static void draw_blocked(const struct dashboard *to)
{
    size_t count = 0;
    const struct book_entry *const *blocked = alerts_blocked(to->book, to->plan, to->arena, &count);
    struct sheet *sheet = SHEET_OF(to, "blocked", N_("Blocked"), blocked_columns);

    for (size_t i = 0; sheet != NULL && blocked != NULL && i < count; i++) {
        const struct book_entry *action = book_follow(to->book, blocked[i], "action");
        const struct book_entry *party = book_follow(to->book, blocked[i], "party");
        const struct book_entry *help = book_follow(to->book, blocked[i], "help_from");

        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, action == NULL ? NULL : action->handle);
        sheet_text(sheet, party == NULL ? NULL : book_label(to->book, party));
        sheet_text(sheet, blocked[i]->handle);
        sheet_text(sheet, book_text(blocked[i], "blocked_by"));
        sheet_text(sheet, help == NULL ? NULL : book_label(to->book, help));
    }
    if (count == 0)
        report_note(to->context->report, _("No share is blocked."));
}

/* --- the command -------------------------------------------------------------------------------
 */

static void note_as_of(const struct dashboard *to)
{
    char day[DATE_TEXT_SIZE];
    uint64_t seq;

    desk_age(to->context->desk, &seq);
    date_long_text(to->context->today, to->context->language, day, sizeof(day));
    report_note(to->context->report,
        arena_printf(to->arena,
            _("Deadlines as of %s; shares as of change %llu of the region's log."), day,
            (unsigned long long)seq));
}

static bool read_days(
    struct dashboard *to, const char *option, int32_t *days_r, enum command_exit *code_r)
{
    const char *text = command_option(to->context, option);
    int64_t number;

    if (text == NULL)
        return true;
    if (fields_number(text, &number) && number >= 0 && number <= 3660) {
        *days_r = (int32_t)number;
        return true;
    }
    *code_r = command_say(
        to->context, COMMAND_USAGE, _("“%s” is not a number of days from 0 to 3660."), text);
    return false;
}

static enum command_exit run(struct context *context)
{
    struct dashboard to = {.context = context, .book = context->book, .soon = 30, .silence = 60};
    enum command_exit code = COMMAND_OK;

    if (!read_days(&to, "within", &to.soon, &code) ||
        !read_days(&to, "silence", &to.silence, &code))
        return code;
    to.plan = pick_plan(context, context->argc > 0 ? context->argv[0] : NULL, &code);
    if (to.plan == NULL)
        return code;
    to.arena = arena_new(ARENA_LIMIT);
    if (to.arena == NULL)
        return change_no_memory(context);
    find_objectives(&to);
    draw_matrix(&to);
    draw_late(&to);
    draw_due(&to);
    draw_silent(&to);
    draw_blocked(&to);
    note_as_of(&to);
    arena_free(&to.arena);
    return COMMAND_OK;
}

static const struct command_option options[] = {
    {"within", "horizon", 0, N_("DAYS"), N_("How far ahead to look for deadlines: 30 days.")},
    {"silence", "silence", 0, N_("DAYS"), N_("After how long a committee is silent: 60 days.")},
    {.name = NULL},
};

const struct command dashboard_command = {
    .name = "dashboard",
    .french = "tableau",
    .usage_en = "[PLAN]",
    .usage_fr = "[PLAN]",
    .summary = N_("Shows the region at a glance: progress, what is late, due, silent, blocked."),
    .examples_en = "concert dashboard\nconcert dashboard --on 2009-10-15 --within 60",
    .examples_fr = "concert tableau\nconcert tableau --le 2009-10-15 --horizon 60",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
