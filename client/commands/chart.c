/* The organization chart: committees, their seats, who sits, and what is vacant or about to be. */
#include <string.h>

#include "date.h"
#include "figures/seats.h"
#include "i18n.h"
#include "input/pick.h"
#include "words/phrase.h"
#include "words/value.h"

#define SOON 90 /* days */

struct chart {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    struct sheet *sheet;
    bool all;                                         /* who sat before too */
    size_t committees, seats, vacant, unseen, ending; /* in all */
};

static const struct sheet_column columns[] = {
    {"party", NULL, SHEET_TEXT, false, true},
    {"seat", N_("No."), SHEET_TEXT, false, false},
    {"organization", N_("Who sits"), SHEET_TEXT, true, false},
    {"person", N_("Person"), SHEET_TEXT, true, false},
    {"name", N_("Seat"), SHEET_TEXT, true, false},
    {"standing", NULL, SHEET_TEXT, false, true},
    {"since", N_("Since"), SHEET_DATE, false, false},
    {"until", N_("Until"), SHEET_DATE, false, false},
    {"state", NULL, SHEET_TEXT, false, true},
    {"remark", N_("Remark"), SHEET_TEXT, true, false},
};

static void put_day(struct sheet *sheet, int32_t day)
{
    day == DATE_NONE ? sheet_none(sheet) : sheet_number(sheet, day);
}

/* One membership; `empty`: only the seat that it leaves; `state` for programs, `remark` for people.
 */
static void put_row(const struct chart *to, const struct book_entry *party,
    const struct book_entry *membership, enum sheet_tone tone, bool empty, const char *state,
    const char *remark)
{
    const struct book_entry *organization = seats_organization(to->book, membership);

    sheet_row(to->sheet, 0, tone);
    sheet_text(to->sheet, party->handle);
    sheet_text(to->sheet, membership->handle);
    sheet_text(to->sheet, organization == NULL ? empty && !to->context->machine ? "—" : NULL
                                               : book_label(to->book, organization));
    sheet_text(to->sheet, empty ? NULL : book_text(membership, "person"));
    sheet_text(to->sheet, book_text(membership, "seat"));
    sheet_text(to->sheet, value_text(to->context, membership, "standing", to->arena));
    put_day(to->sheet, empty ? DATE_NONE : book_date(membership, "since"));
    put_day(to->sheet, empty ? DATE_NONE : book_date(membership, "until"));
    sheet_text(to->sheet, state);
    sheet_text(to->sheet, to->context->machine ? NULL : remark);
}

static void put_seat(
    struct chart *to, const struct book_entry *party, const struct seats_seat *seat)
{
    int32_t today = to->context->today;
    bool ends = seats_ends(seat, today, SOON);
    bool left =
        seat->vacant && seat->since != DATE_NONE && seat->n_past > 0 && seat->sits == seat->past[0];
    char day[PHRASE_SIZE];

    phrase_date(seat->since, to->context->language, day);
    if (left)
        put_row(to, party, seat->sits, SHEET_BAD, true, "vacant",
            arena_printf(to->arena, _("VACANT since %s"), day));
    else if (seat->vacant)
        put_row(to, party, seat->sits, SHEET_BAD, true, "vacant", _("VACANT: nobody is named"));
    else if (seat->unseen)
        put_row(to, party, seat->sits, SHEET_PLAIN, true, "unseen", _("a person's seat"));
    else if (ends)
        put_row(to, party, seat->sits, SHEET_WARN, false, "ending",
            arena_printf(to->arena,
                ngettext("ends in %d day", "ends in %d days", (unsigned long)(seat->until - today)),
                (int)(seat->until - today)));
    else
        put_row(to, party, seat->sits, SHEET_PLAIN, false, "seated", NULL);
    for (size_t i = 0; to->all && i < seat->n_past; i++)
        put_row(to, party, seat->past[i], SHEET_FAINT, false, "past", _("sat before"));
    to->seats++;
    to->vacant += seat->vacant;
    to->unseen += seat->unseen;
    to->ending += ends;
}

/* "Comité en logement · 12 seats, 2 vacant". */
static const char *heading(const struct chart *to, const struct book_entry *party,
    const struct seats_seat *seats, size_t count)
{
    const char *text = arena_printf(to->arena, ngettext("%s · %zu seat", "%s · %zu seats", count),
        book_label(to->book, party), count);
    size_t vacant = 0, members = 0;

    for (size_t i = 0; i < count; i++) {
        vacant += seats[i].vacant;
        members += seats_decides(seats[i].sits);
    }
    if (text != NULL && members < count)
        text = arena_printf(to->arena,
            ngettext("%s, of which %zu member's", "%s, of which %zu members'", members), text,
            members);
    if (text != NULL && vacant > 0)
        text = arena_printf(
            to->arena, ngettext("%s, %zu vacant", "%s, %zu vacant", vacant), text, vacant);
    return text;
}

/* The page leaves out the columns that say nothing of any seat of the committee. */
static struct sheet *new_sheet(
    const struct chart *to, const char *title, const struct book_entry *party)
{
    struct sheet_column shown[sizeof(columns) / sizeof(columns[0])];
    size_t count = 0, n_columns = sizeof(columns) / sizeof(columns[0]);
    const struct book_entry *const *all =
        party == NULL ? NULL
                      : book_children(to->book, party->id, CONCERT__KIND__MEMBERSHIP, NULL, &count);

    memcpy(shown, columns, sizeof(columns));
    for (size_t i = 0; party != NULL && i < n_columns; i++) {
        const ProtobufCFieldDescriptor *field =
            record_field(kinds_get(CONCERT__KIND__MEMBERSHIP), columns[i].key);
        bool any = field == NULL || strcmp(columns[i].key, "seat") == 0;

        for (size_t j = 0; j < count && !any; j++)
            any = record_count(all[j]->body, field) > 0;
        shown[i].machine |= !any;
    }
    return report_sheet(to->context->report, "seats", title, SHEET_TABLE, false, shown, n_columns);
}

/* People read one table for each committee, programs one of them all. */
static bool draw_party(struct chart *to, const struct book_entry *party)
{
    size_t count = 0;
    bool persons = pick_is_staff(to->context) || pick_is_own(to->context, party->id);
    const struct seats_seat *seats =
        seats_list(to->book, party, to->context->today, persons, to->arena, &count);

    if (seats == NULL || count == 0)
        return false;
    if (to->sheet == NULL || !to->context->machine)
        to->sheet = new_sheet(to, heading(to, party, seats, count), party);
    for (size_t i = 0; i < count; i++)
        put_seat(to, party, &seats[i]);
    to->committees++;
    return true;
}

static void note_without(const struct chart *to, const char *names)
{
    if (*names != '\0')
        report_note(to->context->report,
            arena_printf(to->arena,
                _("No seat recorded yet: %s. To record one: concert add membership party=… "
                  "organization=… seat=…"),
                names));
}

static void note_sums(const struct chart *to)
{
    char day[DATE_TEXT_SIZE];

    date_long_text(to->context->today, to->context->language, day, sizeof(day));
    report_note(to->context->report,
        arena_printf(to->arena,
            _("On %s: seats %zu, in committees %zu; vacant %zu; terms that end within %d days "
              "%zu."),
            day, to->seats, to->committees, to->vacant, SOON, to->ending));
    if (to->unseen > 0)
        report_note(to->context->report,
            _("Persons' names are told to the coordination and to the committee alone: whether "
              "their seats are vacant is not known here."));
}

static void draw_all(struct chart *to)
{
    size_t count;
    const struct book_entry *const *parties = book_list(to->book, CONCERT__KIND__PARTY, &count);
    const char *without = "";

    for (size_t i = 0; i < count && without != NULL; i++)
        if (!draw_party(to, parties[i]) &&
            book_number(parties[i], "type", 0) != CONCERT__PARTY__TYPE__PARTNER)
            without = arena_printf(to->arena, "%s%s%s", without, *without == '\0' ? "" : ", ",
                book_label(to->book, parties[i]));
    note_sums(to);
    note_without(to, without == NULL ? "" : without);
}

static enum command_exit draw(struct chart *to)
{
    const struct book_entry *party;
    enum command_exit code = COMMAND_OK;

    to->all = command_option(to->context, "all") != NULL;
    /* Programs get an empty list, not nothing. */
    if (to->context->machine)
        to->sheet = new_sheet(to, NULL, NULL);
    if (to->context->argc == 0) {
        draw_all(to);
        return COMMAND_OK;
    }
    party = pick_party(to->context, to->context->argv[0], NULL, &code);
    if (party == NULL)
        return code;
    if (draw_party(to, party))
        note_sums(to);
    else
        note_without(to, book_label(to->book, party));
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct chart to = {.context = context, .arena = context->arena, .book = context->book};

    return draw(&to);
}

static const struct command_option options[] = {
    {"all", "tous", 0, NULL, N_("Who sat before, too.")},
    {.name = NULL},
};

const struct command chart_command = {
    .name = "chart",
    .french = "organigramme",
    .usage_en = "[COMMITTEE]",
    .usage_fr = "[COMITÉ]",
    .summary = N_("Shows committees, their seats and who sits in them: vacancies, terms ending."),
    .examples_en = "concert chart\nconcert chart Housing --all\nconcert chart --on 2009-06-01",
    .examples_fr = "concert organigramme\nconcert organigramme logement --tous\n"
                   "concert organigramme --le 2009-06-01",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
