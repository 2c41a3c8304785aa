#include "figures/months.h"

#include <string.h>

#include "date.h"
#include "figures/meetings.h"
#include "i18n.h"

#define MONTHS_SHOWN 12 /* three letters each, beside a committee's name */
#define EMPTY "\u00a0"  /* a month in which nobody meets is a month still, and keeps its column */

/* A year of meetings to draw. */
struct months {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    int32_t from, until;
    int32_t last; /* day of the year, for the heading */
};

const char *months_party(const struct book *book, const struct book_entry *party)
{
    const struct book_entry *territory = book_follow(book, party, "territory");

    return book_number(party, "type", 0) == CONCERT__PARTY__TYPE__LOCAL && territory != NULL
               ? book_text(territory, "name")
               : book_label(book, party);
}

/* Months since the first one; negative before it. */
static int month_of(const struct months *to, int32_t day)
{
    int y, m, first_y, first_m;

    if (!date_to_civil(day, &y, &m, NULL) || !date_to_civil(to->from, &first_y, &first_m, NULL))
        return -1;
    return (y - first_y) * MONTHS_SHOWN + m - first_m;
}

static const char *day_mark(const struct months *to, const struct book_entry *meeting)
{
    static const char *const marks[] = {[CONCERT__MEETING__STATUS__PLANNED] = "○",
        [CONCERT__MEETING__STATUS__HELD] = "●",
        [CONCERT__MEETING__STATUS__CANCELLED] = "×"};
    int day = 0;

    date_to_civil(meetings_day(meeting), NULL, NULL, &day);
    return arena_printf(to->arena, "%s%d", marks[meetings_status(meeting)], day);
}

static void put_months(const struct months *to, struct sheet *sheet,
    const struct book_entry *const *meetings, size_t count)
{
    const char *cells[MONTHS_SHOWN] = {NULL};

    for (size_t i = 0; i < count; i++) {
        int month = month_of(to, meetings_day(meetings[i]));
        const char *mark = day_mark(to, meetings[i]);

        if (month >= 0 && month < MONTHS_SHOWN && mark != NULL)
            cells[month] =
                cells[month] == NULL ? mark : arena_printf(to->arena, "%s\n%s", cells[month], mark);
    }
    for (int32_t i = 0; i < MONTHS_SHOWN && i <= month_of(to, to->until); i++)
        sheet_text(sheet, cells[i] == NULL ? EMPTY : cells[i]);
}

static struct sheet *months_sheet(const struct months *to)
{
    static const char *const french[] = {
        "jan", "fév", "mar", "avr", "mai", "jun", "jul", "aoû", "sep", "oct", "nov", "déc"};
    static const char *const english[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    bool is_french = strcmp(to->context->language, "fr") == 0;
    struct sheet_column columns[MONTHS_SHOWN + 1] = {
        {"name", N_("Committee"), SHEET_TEXT, true, false}};
    char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    int month = 1, n = month_of(to, to->until) + 1;

    n = n > MONTHS_SHOWN ? MONTHS_SHOWN : n;
    date_to_civil(to->from, NULL, &month, NULL);
    for (int i = 0; i < n; i++) {
        const char *name = is_french ? french[(month - 1 + i) % 12] : english[(month - 1 + i) % 12];

        columns[i + 1] = (struct sheet_column){name, name, SHEET_TEXT, false, false};
    }
    date_long_text(to->from, to->context->language, first, sizeof(first));
    date_long_text(to->last, to->context->language, last, sizeof(last));
    return report_sheet(to->context->report, "months",
        arena_printf(to->arena, _("Meetings from %s to %s"), first, last), SHEET_TABLE, false,
        columns, (size_t)n + 1);
}

static size_t put_party(
    const struct months *to, struct sheet *sheet, const struct book_entry *party)
{
    const struct meetings_scope scope = {party, to->from, to->until};
    size_t count;
    const struct book_entry *const *meetings = meetings_list(to->book, &scope, to->arena, &count);

    if (meetings == NULL || count == 0)
        return 0;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, months_party(to->book, party));
    put_months(to, sheet, meetings, count);
    return count;
}

/* The first day of the month in which something meets first, so that an empty month at the head
 * does not push the last one onto another sheet. */
static int32_t first_month(const struct months *to, const struct book_entry *only)
{
    const struct meetings_scope scope = {only, to->from, to->until};
    size_t count = 0;
    const struct book_entry *const *all = meetings_list(to->book, &scope, to->arena, &count);
    int year = 0, month = 0;

    if (all == NULL || count == 0 || to->until < date_add_months(to->from, MONTHS_SHOWN) ||
        !date_to_civil(meetings_day(all[0]), &year, &month, NULL))
        return to->from;
    return date_from_civil(year, month, 1) > to->from ? date_from_civil(year, month, 1) : to->from;
}

static const char *first_day(const struct context *context, int32_t from, struct arena *arena)
{
    char day[DATE_TEXT_SIZE];

    date_long_text(from, context->language, day, sizeof(day));
    return arena_printf(arena, "%s", day);
}

void months_draw(struct context *context, const struct book_entry *only, int32_t from,
    int32_t until, struct arena *arena)
{
    struct months to = {context, arena, context->book, from, until, until};
    size_t count, shown = 0;
    const struct book_entry *const *parties = book_list(to.book, CONCERT__KIND__PARTY, &count);

    for (to.from = first_month(&to, only); to.from <= until;
         to.from = date_add_months(to.from, MONTHS_SHOWN)) {
        int32_t end = date_add_months(to.from, MONTHS_SHOWN) - 1;
        struct sheet *sheet;

        to.until = end < until ? end : until;
        sheet = months_sheet(&to);
        for (size_t i = 0; i < count; i++)
            if (only == NULL || only == parties[i])
                shown += put_party(&to, sheet, parties[i]);
    }
    report_note(context->report,
        shown > 0 ? _("● held, ○ planned, × cancelled; the number is the day of the month.")
                  : arena_printf(arena,
                        _("No meeting has a day from %s on. To plan one: concert add meeting "
                          "party=\"%s\" starts_at=2009-06-02T14:30"),
                        first_day(context, from, arena),
                        only == NULL ? "Comité de coordination" : book_label(to.book, only)));
}
