#include "figures/minutes.h"

#include <string.h>

#include "date.h"
#include "figures/agenda.h"
#include "figures/meetings.h"
#include "figures/quorum.h"
#include "figures/seats.h"
#include "i18n.h"
#include "input/pick.h"
#include "words/value.h"
#include "words/when.h"

struct minutes {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const struct book_entry *meeting;
    const struct quorum_line *lines;
    size_t n_lines;
    const struct book_entry *const *items;
    size_t n_items;
};

static void say(const struct minutes *to, const char *text)
{
    if (text != NULL && *text != '\0')
        report_note(to->context->report, text);
}

/* --- who was there -----------------------------------------------------------------------------
 */

#define PERSON_COLUMN 1

static const struct sheet_column attendance_columns[] = {
    {"name", N_("Seat"), SHEET_TEXT, true, false},
    {"person", N_("Person"), SHEET_TEXT, true, false},
    {"state", N_("Presence"), SHEET_TEXT, false, false},
    {"remark", N_("Remark"), SHEET_TEXT, true, false},
    {"handle", NULL, SHEET_TEXT, false, true},
    {"seat", NULL, SHEET_TEXT, false, true},
    {"arrives_for", NULL, SHEET_TEXT, false, true},
    {"leaves_before", NULL, SHEET_TEXT, false, true},
    {"vacant", NULL, SHEET_BOOL, false, true},
    {"counts", NULL, SHEET_BOOL, false, true},
};

static const char *who(const struct minutes *to, const struct quorum_line *line)
{
    const struct book_entry *party =
        line->attendance == NULL ? NULL : book_follow(to->book, line->attendance, "party");

    if (line->seat != NULL)
        return seats_name(to->book, line->seat, true, to->arena);
    return party == NULL ? _("Guest") : book_label(to->book, party);
}

static const char *state(const struct minutes *to, const struct quorum_line *line)
{
    if (line->attendance != NULL)
        return value_text(to->context, line->attendance, "state", to->arena);
    return line->vacant ? _("vacant") : _("not noted");
}

/* The item for which they arrived, or before which they left; NULL: none. */
static const struct book_entry *item_of(
    const struct minutes *to, const struct quorum_line *line, const char *field)
{
    return line->attendance == NULL ? NULL : book_follow(to->book, line->attendance, field);
}

static const char *rank_text(const struct minutes *to, const struct book_entry *item)
{
    return arena_printf(to->arena, "%d", (int)book_number(item, "rank", 0));
}

static const char *remark(const struct minutes *to, const struct quorum_line *line)
{
    const struct book_entry *arrives = item_of(to, line, "arrives_for");
    const struct book_entry *leaves = item_of(to, line, "leaves_before");
    const char *text = line->counts         ? NULL
                       : line->seat != NULL ? _("not a member: not in the quorum")
                                            : _("without a seat");

    if (arrives != NULL)
        text = arena_printf(to->arena, _("%s%sarrives for item %s"), text == NULL ? "" : text,
            text == NULL ? "" : "; ", rank_text(to, arrives));
    if (leaves != NULL)
        text = arena_printf(to->arena, _("%s%sleaves before item %s"), text == NULL ? "" : text,
            text == NULL ? "" : "; ", rank_text(to, leaves));
    return text;
}

static void put_handle(struct sheet *sheet, const struct book_entry *entry)
{
    sheet_text(sheet, entry == NULL ? NULL : entry->handle);
}

static void put_attendance(
    const struct minutes *to, struct sheet *sheet, const struct quorum_line *line)
{
    bool silent = line->attendance == NULL;

    sheet_row(sheet, 0, silent ? SHEET_FAINT : SHEET_PLAIN);
    sheet_text(sheet, who(to, line));
    sheet_text(sheet, silent ? NULL : book_text(line->attendance, "person"));
    sheet_text(sheet, silent && to->context->machine ? NULL : state(to, line));
    sheet_text(sheet, to->context->machine ? NULL : remark(to, line));
    put_handle(sheet, line->attendance);
    put_handle(sheet, line->seat);
    put_handle(sheet, item_of(to, line, "arrives_for"));
    put_handle(sheet, item_of(to, line, "leaves_before"));
    sheet_number(sheet, line->vacant);
    sheet_number(sheet, line->counts);
}

/* "7 present, quorum 5: reached". */
static const char *quorum_text(const struct minutes *to, const struct quorum *quorum)
{
    if (!quorum->known)
        return _("nobody's presence is noted");
    if (quorum->needed < 0)
        return arena_printf(
            to->arena, _("%zu present; the committee has set no quorum"), quorum->present);
    return arena_printf(to->arena,
        quorum->reached ? _("%zu present, quorum %d: reached")
                        : _("%zu present, quorum %d: NOT REACHED"),
        quorum->present, quorum->needed);
}

/* A column of persons without any is left out of the page. */
static bool names_somebody(const struct minutes *to)
{
    for (size_t i = 0; i < to->n_lines; i++)
        if (to->lines[i].attendance != NULL && book_text(to->lines[i].attendance, "person") != NULL)
            return true;
    return false;
}

static void draw_attendance(const struct minutes *to)
{
    struct sheet_column columns[sizeof(attendance_columns) / sizeof(attendance_columns[0])];
    struct sheet *sheet;
    struct quorum quorum = quorum_at(to->book, to->meeting, to->lines, to->n_lines, NULL);

    memcpy(columns, attendance_columns, sizeof(columns));
    columns[PERSON_COLUMN].machine = !names_somebody(to);
    sheet = report_sheet(to->context->report, "attendance", N_("Who was there"), SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < to->n_lines; i++)
        put_attendance(to, sheet, &to->lines[i]);
    say(to, arena_printf(to->arena, _("At the opening: %s."), quorum_text(to, &quorum)));
}

/* --- what was said and decided -----------------------------------------------------------------
 */

static const struct sheet_column item_columns[] = {
    {"rank", N_("No."), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"text", N_("Minutes"), SHEET_TEXT, true, false},
    {"handle", NULL, SHEET_TEXT, false, true},
    {"resolution", NULL, SHEET_TEXT, false, true},
    {"decision", NULL, SHEET_TEXT, false, true},
    {"present", NULL, SHEET_NUMBER, false, true},
    {"quorum", NULL, SHEET_NUMBER, false, true},
    {"reached", NULL, SHEET_BOOL, false, true},
};

/* "Resolution R-2009-14: …" and below it whether enough were there. */
static const char *decision_text(
    const struct minutes *to, const struct book_entry *item, const struct quorum *quorum)
{
    const char *number = book_text(item, "resolution");

    if (number == NULL)
        number = _("(its number comes from the server)");
    return arena_printf(to->arena, _("Resolution %s: %s\n(%s)"), number,
        book_text(item, "decision"), quorum_text(to, quorum));
}

static void put_item(const struct minutes *to, struct sheet *sheet, const struct book_entry *item)
{
    struct quorum quorum = quorum_at(to->book, to->meeting, to->lines, to->n_lines, item);
    const char *text = book_text(item, "minutes"), *decision = book_text(item, "decision");
    bool short_of = decision != NULL && quorum.known && !quorum.reached;

    text = text == NULL ? "" : text;
    if (decision != NULL && !to->context->machine)
        text = arena_printf(
            to->arena, "%s%s%s", text, *text == '\0' ? "" : "\n", decision_text(to, item, &quorum));
    sheet_row(sheet, 1, short_of ? SHEET_BAD : SHEET_PLAIN);
    sheet_text(sheet, arena_printf(to->arena, to->context->machine ? "%d" : "%d.",
                          (int)book_number(item, "rank", 0)));
    sheet_text(sheet, to->context->machine ? book_text(item, "title")
                                           : arena_printf(to->arena, "%s (%s)",
                                                 book_text(item, "title"), item->handle));
    sheet_text(sheet, text);
    sheet_text(sheet, item->handle);
    sheet_text(sheet, book_text(item, "resolution"));
    sheet_text(sheet, decision);
    sheet_number(sheet, (int64_t)quorum.present);
    quorum.needed < 0 ? sheet_none(sheet) : sheet_number(sheet, quorum.needed);
    quorum.needed < 0 || !quorum.known ? sheet_none(sheet) : sheet_number(sheet, quorum.reached);
}

static void draw_items(const struct minutes *to)
{
    struct sheet *sheet;

    say(to, book_text(to->meeting, "minutes"));
    sheet = report_sheet(to->context->report, "items", N_("Minutes"), SHEET_OUTLINE, false,
        item_columns, sizeof(item_columns) / sizeof(item_columns[0]));
    for (size_t i = 0; i < to->n_items; i++)
        put_item(to, sheet, to->items[i]);
}

/* --- what is to be done ------------------------------------------------------------------------
 */

static const struct sheet_column follow_up_columns[] = {
    {"handle", N_("No."), SHEET_TEXT, false, false},
    {"what", N_("What"), SHEET_TEXT, true, false},
    {"who", N_("Who"), SHEET_TEXT, true, false},
    {"until", N_("To be done by"), SHEET_DATE, false, false},
    {"done_on", N_("Done on"), SHEET_DATE, false, false},
};

static void put_follow_up(
    const struct minutes *to, struct sheet *sheet, const struct book_entry *follow_up)
{
    const struct book_entry *party = book_follow(to->book, follow_up, "party");
    const char *role = book_text(follow_up, "role"), *name = role;
    int32_t until = book_date(follow_up, "until"), done = book_date(follow_up, "done_on");

    if (party != NULL)
        name = arena_printf(to->arena, "%s%s%s", book_label(to->book, party),
            role == NULL ? "" : ", ", role == NULL ? "" : role);
    sheet_row(sheet, 0, done == DATE_NONE ? SHEET_PLAIN : SHEET_GOOD);
    sheet_text(sheet, follow_up->handle);
    sheet_text(sheet, book_text(follow_up, "what"));
    sheet_text(sheet, name);
    until == DATE_NONE ? sheet_none(sheet) : sheet_number(sheet, until);
    done == DATE_NONE ? sheet_none(sheet) : sheet_number(sheet, done);
}

static struct sheet *follow_up_sheet(const struct minutes *to, const char *name, const char *title)
{
    return report_sheet(to->context->report, name, title, SHEET_TABLE, false, follow_up_columns,
        sizeof(follow_up_columns) / sizeof(follow_up_columns[0]));
}

/* Those that earlier meetings had left open on that day; some may be done since. */
static void draw_earlier(const struct minutes *to)
{
    struct sheet *sheet =
        follow_up_sheet(to, "earlier_follow_ups", N_("Follow-ups of earlier meetings"));
    size_t count = 0;
    const struct agenda_line *lines =
        agenda_lines(to->book, to->meeting, to->context->today, to->arena, &count);

    for (size_t i = 0; lines != NULL && i < count; i++)
        if (lines[i].source == AGENDA_FOLLOW_UP)
            put_follow_up(to, sheet, lines[i].entry);
}

static void draw_follow_ups(const struct minutes *to)
{
    struct sheet *sheet =
        follow_up_sheet(to, "new_follow_ups", N_("To be done, from this meeting"));

    for (size_t i = 0; i < to->n_items; i++) {
        size_t count;
        const struct book_entry *const *all =
            book_children(to->book, to->items[i]->id, CONCERT__KIND__FOLLOW_UP, NULL, &count);

        for (size_t j = 0; j < count; j++)
            put_follow_up(to, sheet, all[j]);
    }
}

/* --- where the minutes stand -------------------------------------------------------------------
 */

static void draw_standing(const struct minutes *to)
{
    const struct book_entry *where = book_follow(to->book, to->meeting, "adopted_at");
    bool adopted =
        book_number(to->meeting, "minutes_status", 0) == CONCERT__MEETING__MINUTES_STATUS__ADOPTED;

    if (adopted && where != NULL)
        say(to, arena_printf(to->arena, _("Minutes adopted at the meeting %s of %s."),
                    where->handle, when_brief(where, to->context->language, to->arena)));
    else
        say(to, _("Minutes not adopted yet."));
    if (!adopted && !to->context->machine &&
        (pick_is_staff(to->context) || pick_is_own(to->context, to->meeting->owner)))
        command_tell(to->context, "next",
            _("Once a later meeting has adopted them: concert set %s minutes-status=adopted "
              "adopted-at=R…"),
            to->meeting->handle);
}

bool minutes_draw(struct context *context, const struct book_entry *meeting, struct arena *arena)
{
    struct minutes to = {
        .context = context, .arena = arena, .book = context->book, .meeting = meeting};
    const struct book_entry *party = book_follow(context->book, meeting, "party");
    bool persons = party != NULL && (pick_is_staff(context) || pick_is_own(context, party->id));

    to.lines = quorum_lines(to.book, meeting, persons, arena, &to.n_lines);
    to.items = agenda_items(to.book, meeting, arena, &to.n_items);
    if (to.lines == NULL || to.items == NULL)
        return false;
    draw_attendance(&to);
    draw_items(&to);
    draw_earlier(&to);
    draw_follow_ups(&to);
    draw_standing(&to);
    return true;
}
