/* The region at a glance: committees by objectives, what is late, soon due, silent and blocked. */

#include "date.h"
#include "figures/alerts.h"
#include "figures/due.h"
#include "figures/mandates.h"
#include "figures/matrix.h"
#include "figures/tally.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/pick.h"
#include "text.h"
#include "words/ending.h"
#include "words/phrase.h"

#define TITLE_ROOM 60 /* columns for the title of an action */

struct dashboard {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *plan;
    int32_t soon, silence; /* days */
};

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
    sheet_text(
        sheet, matrix_cut(to->context, book_text(alert->action, "title"), TITLE_ROOM, to->arena));
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

/* Only staff has the accounts. */
static void draw_mandates(const struct dashboard *to)
{
    static const struct sheet_column mandate_columns[] = {
        {"account", N_("Account"), SHEET_TEXT, false, false},
        {"person", N_("Person"), SHEET_TEXT, true, false},
        {"parties", N_("Speaks for"), SHEET_TEXT, true, false},
        {"expires", N_("Mandate until"), SHEET_DATE, false, false},
    };
    size_t count = 0;
    const struct book_entry *const *list =
        mandates_ending(to->book, to->context->today, MANDATES_SOON, to->arena, &count);
    struct sheet *sheet;

    if (!pick_is_staff(to->context) || list == NULL || count == 0)
        return;
    sheet = SHEET_OF(to, "mandates", N_("Mandates that end within 60 days"), mandate_columns);
    ending_rows(sheet, to->book, list, count, to->arena);
}

static void note_as_of(const struct dashboard *to)
{
    uint64_t seq;

    desk_age(to->context->desk, &seq);
    report_note(to->context->report,
        phrase_as_of(to->context->today, seq, to->context->language, to->arena));
}

static enum command_exit run(struct context *context)
{
    struct dashboard to = {.context = context,
        .arena = context->arena,
        .book = context->book,
        .soon = 30,
        .silence = 60};
    enum command_exit code = COMMAND_OK;

    if (!asked_days(context, "within", &to.soon, &code) ||
        !asked_days(context, "silence", &to.silence, &code))
        return code;
    to.plan = pick_plan(context, context->argc > 0 ? context->argv[0] : NULL, &code);
    if (to.plan == NULL)
        return code;
    matrix_draw(context, to.plan, to.arena);
    draw_late(&to);
    draw_due(&to);
    draw_silent(&to);
    draw_blocked(&to);
    draw_mandates(&to);
    note_as_of(&to);
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
