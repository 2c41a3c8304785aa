/* The meetings of a year: by committee and month, one by one, and against what is promised. */
#include "date.h"
#include "figures/due.h"
#include "figures/meetings.h"
#include "figures/meetings_count.h"
#include "figures/months.h"
#include "i18n.h"
#include "input/pick.h"
#include "input/year.h"
#include "words.h"
#include "words/value.h"
#include "words/when.h"

struct calendar {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *only; /* --committee; NULL: all */
    int32_t from, until;
};

#define SHEET(to, name, title, columns)                                                            \
    report_sheet((to)->context->report, name, title, SHEET_TABLE, false, columns,                  \
        sizeof(columns) / sizeof((columns)[0]))

static void say(const struct calendar *to, const char *text)
{
    if (text != NULL)
        report_note(to->context->report, text);
}

static bool is_asked(const struct calendar *to, const struct book_entry *party)
{
    return party != NULL && (to->only == NULL || to->only == party);
}

static const struct book_entry *const *meetings_of(
    const struct calendar *to, const struct book_entry *party, size_t *count_r)
{
    const struct meetings_scope scope = {party, to->from, to->until};

    return meetings_list(to->book, &scope, to->arena, count_r);
}

/* --- one by one --------------------------------------------------------------------------------
 */

static const struct sheet_column meeting_columns[] = {
    {"when", N_("When"), SHEET_TEXT, false, false},
    {"handle", N_("No."), SHEET_TEXT, false, false},
    {"committee", N_("Committee"), SHEET_TEXT, true, false},
    {"title", N_("Meeting"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"starts_at", NULL, SHEET_TEXT, false, true},
    {"party", NULL, SHEET_TEXT, false, true},
    {"prepares", NULL, SHEET_TEXT, false, true},
    {"prepared_by", NULL, SHEET_TEXT, false, true},
};

/* "Atelier; prépare R4": what it is, and its place beside others. */
static const char *describe(const struct calendar *to, const struct book_entry *meeting)
{
    const struct book_entry *prepares = book_follow(to->book, meeting, "prepares");
    const struct book_entry *prepared = meetings_preparation(to->book, meeting);
    const char *title = book_text(meeting, "title"), *text;

    if (to->context->machine)
        return title;
    text = title != NULL ? title : value_text(to->context, meeting, "type", to->arena);
    if (text != NULL && prepares != NULL)
        text = arena_printf(
            to->arena, _("%s%sprepares %s"), text, *text == '\0' ? "" : "; ", prepares->handle);
    if (text != NULL && prepared != NULL)
        text = arena_printf(
            to->arena, _("%s%sprepared by %s"), text, *text == '\0' ? "" : "; ", prepared->handle);
    return text;
}

static void put_meeting(
    const struct calendar *to, struct sheet *sheet, const struct book_entry *meeting)
{
    static const enum sheet_tone tones[] = {[CONCERT__MEETING__STATUS__PLANNED] = SHEET_PLAIN,
        [CONCERT__MEETING__STATUS__HELD] = SHEET_GOOD,
        [CONCERT__MEETING__STATUS__CANCELLED] = SHEET_FAINT};
    const struct book_entry *party = book_follow(to->book, meeting, "party");
    const struct book_entry *prepares = book_follow(to->book, meeting, "prepares");
    const struct book_entry *prepared = meetings_preparation(to->book, meeting);
    Concert__Meeting__Status status = meetings_status(meeting);
    const char *name = meetings_status_name(meeting);
    bool missed =
        status == CONCERT__MEETING__STATUS__PLANNED && meetings_day(meeting) < to->context->today;

    sheet_row(sheet, 0, missed ? SHEET_WARN : tones[status]);
    sheet_text(sheet, when_brief(meeting, to->context->language, to->arena));
    sheet_text(sheet, meeting->handle);
    sheet_text(sheet, months_party(to->book, party));
    sheet_text(sheet, describe(to, meeting));
    sheet_text(
        sheet, to->context->machine ? name : words_show(WORDS_VALUE, name, to->context->language));
    sheet_text(sheet, book_text(meeting, "starts_at"));
    sheet_text(sheet, party->handle);
    sheet_text(sheet, prepares == NULL ? NULL : prepares->handle);
    sheet_text(sheet, prepared == NULL ? NULL : prepared->handle);
}

/* Those without a day are of no year: they are named lest they be forgotten. */
static void note_undated(const struct calendar *to)
{
    const struct meetings_scope scope = {to->only, DATE_NONE, DATE_NONE};
    size_t count;
    const struct book_entry *const *all = meetings_list(to->book, &scope, to->arena, &count);
    const char *text = NULL;

    for (size_t i = 0; all != NULL && i < count; i++)
        if (meetings_day(all[i]) == DATE_NONE &&
            meetings_status(all[i]) == CONCERT__MEETING__STATUS__PLANNED)
            text = arena_printf(to->arena, "%s%s%s %s", text == NULL ? "" : text,
                text == NULL ? "" : ", ", all[i]->handle, describe(to, all[i]));
    if (text != NULL)
        say(to, arena_printf(to->arena, _("Without a day yet: %s."), text));
}

static void draw_meetings(const struct calendar *to)
{
    struct sheet *sheet = SHEET(to, "meetings", N_("One by one"), meeting_columns);
    size_t count, missed = 0;
    const struct book_entry *const *meetings = meetings_of(to, to->only, &count);

    for (size_t i = 0; meetings != NULL && i < count; i++) {
        if (book_follow(to->book, meetings[i], "party") == NULL)
            continue;
        put_meeting(to, sheet, meetings[i]);
        missed += meetings_status(meetings[i]) == CONCERT__MEETING__STATUS__PLANNED &&
                  meetings_day(meetings[i]) < to->context->today;
    }
    if (missed > 0)
        say(to, arena_printf(to->arena,
                    ngettext("%zu planned meeting is past: say whether it was held "
                             "(concert set R… status=held, or status=cancelled).",
                        "%zu planned meetings are past: say whether they were held "
                        "(concert set R… status=held, or status=cancelled).",
                        missed),
                    missed));
    note_undated(to);
}

/* --- against what is promised ------------------------------------------------------------------
 */

static const struct sheet_column count_columns[] = {
    {"committee", N_("Committee"), SHEET_TEXT, true, false},
    {"party", NULL, SHEET_TEXT, false, true},
    {"action", NULL, SHEET_TEXT, false, true},
    {"own", NULL, SHEET_BOOL, false, true},
    {"promised", N_("A year"), SHEET_TEXT, false, false},
    {"held", N_("Held"), SHEET_NUMBER, false, false},
    {"planned", N_("To come"), SHEET_NUMBER, false, false},
    {"cancelled", N_("Cancelled"), SHEET_NUMBER, false, false},
    {"min", NULL, SHEET_NUMBER, false, true},
    {"max", NULL, SHEET_NUMBER, false, true},
    {"lacking", NULL, SHEET_NUMBER, false, true},
    {"verdict", N_("Against the plan"), SHEET_TEXT, true, false},
};

static const char *promised(const struct calendar *to, const struct meetings_count *count)
{
    if (count->min < 0 && count->max < 0)
        return "—";
    if (count->max < 0)
        return arena_printf(to->arena, _("at least %d"), count->min);
    if (count->min == count->max || count->min < 0)
        return arena_printf(to->arena, "%d", count->max);
    return arena_printf(to->arena, _("%d to %d"), count->min, count->max);
}

static const char *verdict(const struct calendar *to, const struct meetings_count *count)
{
    size_t lacking = meetings_count_lacking(count), kept = count->held + count->planned;

    if (count->min < 0 && count->max < 0)
        return _("no number is set");
    if (lacking > 0)
        return arena_printf(to->arena,
            ngettext("%zu still to be planned", "%zu still to be planned", lacking), lacking);
    if (meetings_count_exceeds(count))
        return arena_printf(to->arena, _("%zu more than planned"), kept - (size_t)count->max);
    return _("as planned");
}

/* "Comité en sécurité alimentaire (2.1.1): Rencontres régionales". */
static const char *whose(const struct calendar *to, const struct meetings_count *count)
{
    const char *name = months_party(to->book, count->party), *label;

    if (count->action == NULL || to->context->machine)
        return name;
    label = book_text(count->deadline, "label");
    label = label == NULL ? book_text(count->deadline, "text") : label;
    return arena_printf(to->arena, _("%s: %s (%s)"), name, label, count->action->handle);
}

static void draw_counts(const struct calendar *to)
{
    struct sheet *sheet =
        SHEET(to, "counts", N_("Against what is promised for the year"), count_columns);
    size_t n = 0, shown = 0;
    const struct meetings_count *counts =
        meetings_count_all(to->book, to->from, to->until, to->arena, &n);

    for (size_t i = 0; counts != NULL && i < n; i++) {
        const struct meetings_count *c = &counts[i];
        bool amiss = meetings_count_lacking(c) > 0 || meetings_count_exceeds(c);

        if (!is_asked(to, c->party))
            continue;
        shown++;
        sheet_row(sheet, 0, amiss ? SHEET_WARN : SHEET_PLAIN);
        sheet_text(sheet, whose(to, c));
        sheet_text(sheet, c->party->handle);
        sheet_text(sheet, c->action == NULL ? NULL : c->action->handle);
        sheet_number(sheet, c->own);
        sheet_text(sheet, to->context->machine ? NULL : promised(to, c));
        sheet_number(sheet, (int64_t)c->held);
        sheet_number(sheet, (int64_t)c->planned);
        sheet_number(sheet, (int64_t)c->cancelled);
        c->min < 0 ? sheet_none(sheet) : sheet_number(sheet, c->min);
        c->max < 0 ? sheet_none(sheet) : sheet_number(sheet, c->max);
        sheet_number(sheet, (int64_t)meetings_count_lacking(c));
        sheet_text(sheet, to->context->machine ? NULL : verdict(to, c));
    }
    if (shown > 0)
        say(to, _("Regular meetings and planning days count for a committee; thematic meetings, "
                  "training, conferences and events for what it opens to the region."));
}

static const struct sheet_column day_columns[] = {
    {"deadline", N_("Deadline"), SHEET_TEXT, true, false},
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"committee", N_("Committee"), SHEET_TEXT, true, false},
    {"latest", NULL, SHEET_DATE, false, true},
};

static void draw_days(const struct calendar *to)
{
    struct sheet *sheet = SHEET(to, "unmet", N_("Days of the plan without a meeting"), day_columns);
    size_t n = 0;
    const struct meetings_day *days =
        meetings_count_days(to->book, to->from, to->until, to->arena, &n);

    for (size_t i = 0; days != NULL && i < n; i++) {
        if (days[i].meeting != NULL || !is_asked(to, days[i].party))
            continue;
        sheet_row(sheet, 0,
            book_date(days[i].deadline, "latest") < to->context->today ? SHEET_BAD : SHEET_PLAIN);
        sheet_text(sheet, due_one(days[i].deadline, to->arena));
        sheet_text(sheet, days[i].action->handle);
        sheet_text(sheet, months_party(to->book, days[i].party));
        sheet_number(sheet, book_date(days[i].deadline, "latest"));
    }
}

static const struct sheet_column unprepared_columns[] = {
    {"handle", N_("No."), SHEET_TEXT, false, false},
    {"when", N_("When"), SHEET_TEXT, false, false},
    {"committee", N_("Committee"), SHEET_TEXT, true, false},
};

static void draw_unprepared(const struct calendar *to)
{
    struct sheet *sheet = SHEET(to, "unprepared",
        N_("Coordination meetings that no support meeting prepares"), unprepared_columns);
    const struct book_entry *first = NULL;
    size_t count = 0;
    const struct book_entry *const *meetings =
        meetings_count_unprepared(to->book, to->from, to->until, to->arena, &count);

    for (size_t i = 0; meetings != NULL && i < count; i++) {
        const struct book_entry *party = book_follow(to->book, meetings[i], "party");

        if (!is_asked(to, party))
            continue;
        first = first == NULL ? meetings[i] : first;
        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, meetings[i]->handle);
        sheet_text(sheet, when_brief(meetings[i], to->context->language, to->arena));
        sheet_text(sheet, months_party(to->book, party));
    }
    if (first != NULL)
        say(to, arena_printf(to->arena,
                    _("The support meeting says which one it prepares: concert set R… prepares=%s"),
                    first->handle));
}

/* --- the command -------------------------------------------------------------------------------
 */

static enum command_exit draw(struct calendar *to)
{
    const char *committee = command_option(to->context, "committee");
    enum command_exit code = COMMAND_OK;

    if (committee != NULL) {
        to->only = pick_party(to->context, committee, NULL, &code);
        if (to->only == NULL)
            return code;
    }
    if (!year_read(to->context, &to->from, &to->until, &code))
        return code;
    if (!to->context->machine)
        months_draw(to->context, to->only, to->from, to->until, to->arena);
    draw_meetings(to);
    draw_counts(to);
    draw_days(to);
    draw_unprepared(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct calendar to = {.context = context, .arena = context->arena, .book = context->book};

    return draw(&to);
}

static const struct command_option options[] = {
    {"committee", "comite", 0, N_("COMMITTEE"), N_("The meetings of this committee alone.")},
    {"year", "annee", 0, N_("YEAR"), N_("Another year than that of the plan: 2009-2010.")},
    {.name = NULL},
};

const struct command calendar_command = {
    .name = "calendar",
    .french = "calendrier",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Shows the year's meetings, month by month, against what is promised."),
    .examples_en = "concert calendar\nconcert calendar --committee Mékinac --year 2009-2010",
    .examples_fr = "concert calendrier\nconcert calendrier --comite Mékinac --annee 2009-2010",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
