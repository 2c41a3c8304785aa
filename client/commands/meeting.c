/* A meeting as a page to hand out: its agenda before, its minutes after. */
#include <string.h>

#include "date.h"
#include "figures/agenda.h"
#include "figures/meetings.h"
#include "figures/minutes.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/phrase.h"
#include "words/value.h"
#include "words/when.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *meeting, *party;
};

static void say(const struct page *to, const char *text)
{
    if (text != NULL && *text != '\0')
        report_note(to->context->report, text);
}

static const char *label_of(
    const struct page *to, const struct book_entry *entry, const char *field)
{
    const struct book_entry *other = book_follow(to->book, entry, field);

    return other == NULL ? NULL : book_label(to->book, other);
}

/* Adds a piece to a line: "one · two". */
static const char *join(const struct page *to, const char *line, const char *piece)
{
    const char *both;

    if (piece == NULL || *piece == '\0')
        return line;
    both = arena_printf(to->arena, "%s%s%s", line, *line == '\0' ? "" : " · ", piece);
    return both == NULL ? line : both;
}

/* --- the head of the page ----------------------------------------------------------------------
 */

/* "Comité de coordination", "Rencontre ordinaire R12: Journée du plan", when, where. */
static void draw_head(const struct page *to)
{
    const char *title = book_text(to->meeting, "title"), *place = book_text(to->meeting, "place");
    const char *when = when_text(to->meeting, to->context->language, to->arena);
    const char *theme = book_text(to->meeting, "theme"),
               *type = value_text(to->context, to->meeting, "type", to->arena);
    const struct book_entry *prepares = book_follow(to->book, to->meeting, "prepares");
    const struct book_entry *action = book_follow(to->book, to->meeting, "action");
    const struct book_entry *prepared = meetings_preparation(to->book, to->meeting);
    const char *line = arena_printf(to->arena, _("Meeting %s"), to->meeting->handle);

    say(to, book_text(to->party, "name"));
    say(to, join(to, join(to, join(to, line, title), type), theme));
    say(to, *when == '\0' ? _("Its day is still to be set.")
                          : arena_printf(to->arena, _("When: %s"), when));
    if (place != NULL)
        say(to, arena_printf(to->arena, _("Where: %s"), place));
    if (action != NULL)
        say(to, arena_printf(
                    to->arena, _("Action: %s"), phrase_record(to->book, action, true, to->arena)));
    if (prepares != NULL)
        say(to, arena_printf(to->arena, _("Prepares the meeting %s (%s)."), prepares->handle,
                    when_brief(prepares, to->context->language, to->arena)));
    if (prepared != NULL)
        say(to, arena_printf(to->arena, _("Prepared by the meeting %s (%s)."), prepared->handle,
                    when_brief(prepared, to->context->language, to->arena)));
    if (meetings_status(to->meeting) == CONCERT__MEETING__STATUS__CANCELLED)
        say(to, _("This meeting is CANCELLED."));
}

/* --- the agenda --------------------------------------------------------------------------------
 */

static const struct sheet_column line_columns[] = {
    {"rank", N_("No."), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"more", N_("Remark"), SHEET_TEXT, true, false},
};

static void put_item(const struct page *to, struct sheet *sheet, const struct book_entry *item)
{
    const struct book_entry *action = book_follow(to->book, item, "action");
    const char *more = "", *text = book_text(item, "presenter");

    if (text != NULL)
        more = join(to, more, arena_printf(to->arena, _("presented by %s"), text));
    text = label_of(to, item, "proposed_by");
    if (text != NULL)
        more = join(to, more, arena_printf(to->arena, _("proposed by %s"), text));
    if (action != NULL)
        more = join(to, more, arena_printf(to->arena, _("action %s"), action->handle));
    sheet_text(sheet, arena_printf(to->arena, "%d.", (int)book_number(item, "rank", 0)));
    sheet_text(sheet, arena_printf(to->arena, "%s (%s)", book_text(item, "title"), item->handle));
    sheet_text(sheet, more);
}

static void put_minutes_due(
    const struct page *to, struct sheet *sheet, const struct book_entry *earlier)
{
    sheet_text(sheet, earlier->handle);
    sheet_text(sheet, arena_printf(to->arena, _("Minutes of the meeting of %s"),
                          when_brief(earlier, to->context->language, to->arena)));
    sheet_none(sheet);
}

static void put_follow_up(
    const struct page *to, struct sheet *sheet, const struct agenda_line *line)
{
    const struct book_entry *origin = agenda_origin(to->book, line->entry);
    const char *until = value_text(to->context, line->entry, "until", to->arena);
    const char *more =
        join(to, join(to, "", label_of(to, line->entry, "party")), book_text(line->entry, "role"));

    if (*until != '\0')
        more = join(to, more, arena_printf(to->arena, _("to be done by %s"), until));
    if (line->late > 0)
        more = join(to, more,
            arena_printf(to->arena,
                ngettext("LATE by %d day", "LATE by %d days", (unsigned long)line->late),
                (int)line->late));
    if (origin != NULL)
        more = join(to, more, arena_printf(to->arena, _("comes from %s"), origin->handle));
    sheet_text(sheet, line->entry->handle);
    sheet_text(sheet, book_text(line->entry, "what"));
    sheet_text(sheet, more);
}

static void put_blocked(const struct page *to, struct sheet *sheet, const struct book_entry *share)
{
    const struct book_entry *action = book_follow(to->book, share, "action");
    const char *help = label_of(to, share, "help_from"), *more = "";
    const char *party = label_of(to, share, "party"), *cause = book_text(share, "blocked_by");

    if (help != NULL)
        more = arena_printf(to->arena, _("help is asked of: %s"), help);
    sheet_text(sheet, action->handle);
    sheet_text(sheet, arena_printf(to->arena, _("%s: %s"), party == NULL ? "—" : party,
                          cause == NULL ? "—" : cause));
    sheet_text(sheet, join(to, more, share->handle));
}

static void put_line(const struct page *to, struct sheet *sheet, const struct agenda_line *line)
{
    sheet_row(sheet, 1, line->late > 0 ? SHEET_BAD : SHEET_PLAIN);
    if (line->source == AGENDA_ITEM)
        put_item(to, sheet, line->entry);
    else if (line->source == AGENDA_MINUTES)
        put_minutes_due(to, sheet, line->entry);
    else if (line->source == AGENDA_FOLLOW_UP)
        put_follow_up(to, sheet, line);
    else
        put_blocked(to, sheet, line->entry);
}

static void draw_agenda(const struct page *to)
{
    static const struct {
        const char *name, *title;
    } parts[] = {
        [AGENDA_ITEM] = {"agenda", N_("Agenda")},
        [AGENDA_MINUTES] = {"minutes", N_("Comes by itself: minutes to be adopted")},
        [AGENDA_FOLLOW_UP] = {"follow_ups", N_("Comes by itself: follow-ups not done yet")},
        [AGENDA_BLOCKED] = {"blocked", N_("Comes by itself: shares that are blocked")},
    };
    size_t count = 0;
    const struct agenda_line *lines =
        agenda_lines(to->book, to->meeting, to->context->today, to->arena, &count);

    for (size_t part = 0; lines != NULL && part < sizeof(parts) / sizeof(parts[0]); part++) {
        struct sheet *sheet = report_sheet(to->context->report, parts[part].name,
            _(parts[part].title), SHEET_OUTLINE, false, line_columns, 3);

        for (size_t i = 0; i < count; i++)
            if (lines[i].source == part)
                put_line(to, sheet, &lines[i]);
    }
    if (count == 0)
        say(to, arena_printf(to->arena,
                    _("Nothing is on the agenda yet. To add an item: concert add point meeting=%s "
                      "rank=1 title=\"Opening\""),
                    to->meeting->handle));
}

/* --- for programs ------------------------------------------------------------------------------
 */

static const struct sheet_column program_columns[] = {
    {"source", NULL, SHEET_TEXT, false, true},
    {"handle", NULL, SHEET_TEXT, false, true},
    {"late", NULL, SHEET_NUMBER, false, true},
};

static void put_programs(const struct page *to)
{
    static const char *const sources[] = {[AGENDA_ITEM] = "item",
        [AGENDA_MINUTES] = "minutes",
        [AGENDA_FOLLOW_UP] = "follow_up",
        [AGENDA_BLOCKED] = "blocked"};
    size_t count = 0;
    const struct agenda_line *lines =
        agenda_lines(to->book, to->meeting, to->context->today, to->arena, &count);
    struct sheet *sheet;

    report_records(to->context->report, "meeting", NULL, to->book, to->meeting->kind, &to->meeting,
        1, SHEET_CARD, true);
    sheet =
        report_sheet(to->context->report, "agenda", NULL, SHEET_TABLE, false, program_columns, 3);
    for (size_t i = 0; lines != NULL && i < count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, sources[lines[i].source]);
        sheet_text(sheet, lines[i].entry->handle);
        sheet_number(sheet, lines[i].late);
    }
}

/* --- the command -------------------------------------------------------------------------------
 */

/* The next meeting of the person's own committees; for staff, and where they have none planned,
 * that of the coordination. */
static const struct book_entry *next_meeting(struct context *context)
{
    size_t count;
    const struct book_entry *const *parties =
        book_list(context->book, CONCERT__KIND__PARTY, &count);
    const struct book_entry *own = NULL, *coordination = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *next = meetings_next(context->book, parties[i], context->today);

        if (next == NULL)
            continue;
        if (book_number(parties[i], "type", 0) == CONCERT__PARTY__TYPE__COORDINATION &&
            (coordination == NULL || meetings_day(next) < meetings_day(coordination)))
            coordination = next;
        if (pick_is_own(context, parties[i]->id) && !pick_is_staff(context) &&
            (own == NULL || meetings_day(next) < meetings_day(own)))
            own = next;
    }
    return own != NULL ? own : coordination;
}

/* The meeting that a word means, or the next one of the committee that it names. */
static const struct book_entry *named_meeting(
    struct context *context, const char *word, enum command_exit *code_r)
{
    const struct book_entry *meeting = NULL, *party, *near[1];
    size_t n;

    if (book_find(context->book, word, KIND_BIT(MEETING), context->today, &meeting, near, 1, &n) ==
        BOOK_FOUND)
        return meeting;
    /* Handles have digits, names of committees none. */
    if (strpbrk(word, "0123456789") != NULL)
        return command_record(context, word, KIND_BIT(MEETING), code_r);
    party = pick_party(context, word, NULL, code_r);
    if (party == NULL)
        return NULL;
    meeting = meetings_next(context->book, party, context->today);
    if (meeting == NULL)
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("No meeting of %s is planned from today on. “concert calendar” shows those of the "
              "year."),
            book_label(context->book, party));
    return meeting;
}

static bool find(struct page *to, enum command_exit *code_r)
{
    struct context *context = to->context;

    to->meeting = context->argc > 0 ? named_meeting(context, context->argv[0], code_r)
                                    : next_meeting(context);
    if (to->meeting == NULL && context->argc == 0)
        *code_r = command_say(context, COMMAND_NOT_FOUND,
            _("No meeting of your committee or of the coordination is planned from today on. "
              "“concert calendar” shows those of the year."));
    if (to->meeting == NULL)
        return false;
    to->party = book_follow(to->book, to->meeting, "party");
    if (to->party == NULL)
        *code_r = command_say(
            context, COMMAND_NOT_FOUND, _("The committee of %s is gone."), to->meeting->handle);
    return to->party != NULL;
}

static enum command_exit draw(struct page *to)
{
    bool minutes = meetings_status(to->meeting) == CONCERT__MEETING__STATUS__HELD;
    enum command_exit code = COMMAND_OK;

    if (command_option(to->context, "agenda") != NULL)
        minutes = false;
    if (command_option(to->context, "minutes") != NULL)
        minutes = true;
    if (to->context->machine)
        put_programs(to);
    else
        draw_head(to);
    if (minutes)
        code = minutes_draw(to->context, to->meeting, to->arena) ? COMMAND_OK
                                                                 : change_no_memory(to->context);
    else if (!to->context->machine)
        draw_agenda(to);
    return code;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena, .book = context->book};
    enum command_exit code = COMMAND_OK;

    if (!find(&to, &code))
        return code;
    return draw(&to);
}

static const struct command_option options[] = {
    {"agenda", "ordre-du-jour", 0, NULL, N_("The agenda, though the meeting was held.")},
    {"minutes", "compte-rendu", 0, NULL, N_("The minutes, though it was not yet.")},
    {.name = NULL},
};

const struct command meeting_command = {
    .name = "meeting",
    .french = "rencontre",
    .usage_en = "[HANDLE|COMMITTEE]",
    .usage_fr = "[REPÈRE|COMITÉ]",
    .summary =
        N_("Shows a meeting's agenda or minutes as a page to hand out; alone, the next one."),
    .examples_en = "concert meeting\nconcert meeting Support\nconcert meeting R12 --agenda",
    .examples_fr =
        "concert rencontre\nconcert rencontre soutien\nconcert rencontre R12 --ordre-du-jour",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
