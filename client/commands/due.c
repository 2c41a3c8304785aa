/* What is coming and what is late: for one's own parties, or for all. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/coming.h"
#include "figures/due.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "words/phrase.h"

#define SOON_DAYS 60
#define DAYS_MAX 3660

struct due {
    struct context *context;
    struct arena *arena;
    struct coming_scope scope;
    const struct book_entry *party; /* the one asked for */
};

#define DAYS_COLUMN 1
static const struct sheet_column columns[] = {
    {"day", N_("Day"), SHEET_DATE, SHEET_NARROW, false},
    {"days", N_("In (days)"), SHEET_NUMBER, SHEET_NARROW, false},
    {"record", N_("Record"), SHEET_TEXT, SHEET_NARROW, false},
    {"title", N_("What"), SHEET_TEXT, SHEET_CUT, false},
    {"parties", N_("Who"), SHEET_LIST, SHEET_CUT, false},
    {"text", NULL, SHEET_TEXT, SHEET_NARROW, true},
    {"what", NULL, SHEET_TEXT, SHEET_NARROW, true},
    {"late", NULL, SHEET_BOOL, SHEET_NARROW, true},
    {"kind", NULL, SHEET_TEXT, SHEET_NARROW, true},
};

/* --- who ---------------------------------------------------------------------------------------
 */

static size_t add_parties(const struct due *to, const struct book_entry *record, Concert__Kind kind,
    const char *field, const char **names, size_t count)
{
    size_t n;
    const struct book_entry *const *list =
        book_children(to->context->book, record->id, kind, field, &n);

    for (size_t i = 0; i < n; i++) {
        const struct book_entry *party = book_follow(to->context->book, list[i], "party");

        if (party != NULL)
            names[count++] = phrase_record(to->context->book, party, false, to->arena);
        else if (book_text(list[i], "role") != NULL)
            names[count++] = book_text(list[i], "role");
    }
    return count;
}

/* Who is named in the record, else who has a part of it or is a resource, else its owner. */
static void put_who(const struct due *to, struct sheet *sheet, const struct book_entry *record)
{
    const struct book *book = to->context->book;
    const struct book_entry *party =
        record_field(record->kind, "party") == NULL ? NULL : book_follow(book, record, "party");
    size_t shares, resources, count = 0;
    const char **names;

    book_children(book, record->id, CONCERT__KIND__SHARE, "action", &shares);
    book_children(book, record->id, CONCERT__KIND__RESPONSIBILITY, "subject", &resources);
    names = arena_alloc(to->arena, (shares + resources + 1) * sizeof(*names));
    if (names == NULL) {
        sheet_none(sheet);
        return;
    }
    if (party != NULL)
        names[count++] = phrase_record(book, party, false, to->arena);
    if (count == 0)
        count = add_parties(to, record, CONCERT__KIND__SHARE, "action", names, 0);
    if (count == 0)
        count = add_parties(to, record, CONCERT__KIND__RESPONSIBILITY, "subject", names, 0);
    party = count > 0 ? NULL : book_get(book, record->owner);
    if (party != NULL)
        names[count++] = phrase_record(book, party, false, to->arena);
    if (count > 2 && !to->context->machine) {
        names[0] =
            arena_printf(to->arena, ngettext("%zu committee", "%zu committees", count), count);
        count = 1;
    }
    if (count == 0)
        sheet_none(sheet);
    else
        sheet_texts(sheet, names, count);
}

/* --- drawing -----------------------------------------------------------------------------------
 */

/* What falls due, before the name of its record: a deadline's label, else what kind of end it is.
 * The day says the rest. */
static const char *thing(const struct due *to, const struct coming *coming, const char *label)
{
    const char *what = coming->source->kind->id == CONCERT__KIND__DEADLINE
                           ? book_text(coming->source, "label")
                           : _(coming->what);

    return what == NULL || *what == '\0' ? label : arena_printf(to->arena, "%s · %s", what, label);
}

static void put(const struct due *to, struct sheet *sheet, const struct coming *coming)
{
    int32_t days = coming->day - to->scope.today;
    bool written = coming->source->kind->id == CONCERT__KIND__DEADLINE;
    const char *label = book_label(to->context->book, coming->record);

    sheet_row(sheet, 0, coming->late ? SHEET_BAD : SHEET_PLAIN);
    sheet_number(sheet, coming->day);
    sheet_number(sheet, days < 0 ? -days : days);
    sheet_text(sheet, coming->record->handle);
    sheet_text(sheet, to->context->machine ? label : thing(to, coming, label));
    put_who(to, sheet, coming->record);
    sheet_text(sheet, written ? due_one(coming->source, to->arena) : _(coming->what));
    sheet_text(sheet, coming->what);
    sheet_number(sheet, coming->late);
    sheet_text(sheet, coming->record->kind->name);
}

static void draw(
    const struct due *to, const struct coming *list, size_t count, bool late, const char *title)
{
    struct sheet_column shown[sizeof(columns) / sizeof(columns[0])];
    struct sheet *sheet;

    memcpy(shown, columns, sizeof(columns));
    if (late)
        shown[DAYS_COLUMN].title = N_("Late (days)");
    sheet = report_sheet(to->context->report, late ? "late" : "due", title, SHEET_TABLE, false,
        shown, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++)
        if (list[i].late == late)
            put(to, sheet, &list[i]);
}

static void note_scope(const struct due *to, size_t count)
{
    struct report *report = to->context->report;
    uint64_t seq;

    if (count == 0)
        report_note(report, _("Nothing is late and nothing is coming."));
    if (to->scope.n_parties == 0)
        report_note(report, _("For all of the region."));
    else if (to->party != NULL)
        report_note(report, arena_printf(to->arena, _("For %s."),
                                phrase_record(to->context->book, to->party, true, to->arena)));
    else
        report_note(report, _("For your own parties; --all shows all of the region."));
    desk_age(to->context->desk, &seq);
    report_note(report, phrase_as_of(to->scope.today, seq, to->context->language, to->arena));
}

static enum command_exit show(const struct due *to)
{
    size_t count;
    const struct coming *list = coming_list(to->context->book, &to->scope, to->arena, &count);
    int32_t days = to->scope.until - to->scope.today;

    if (list == NULL)
        return change_no_memory(to->context);
    draw(to, list, count, true, _("Late"));
    draw(to, list, count, false,
        arena_printf(to->arena,
            ngettext("Due within %d day", "Due within %d days", (unsigned long)days), days));
    note_scope(to, count);
    return COMMAND_OK;
}

/* --- what is asked -----------------------------------------------------------------------------
 */

/* "60", "60d", "60 jours". */
static bool read_days(struct due *to, enum command_exit *code_r)
{
    const char *text = command_option(to->context, "within");
    char *end;
    long days = SOON_DAYS;

    if (text != NULL) {
        days = strtol(text, &end, 10);
        end += strspn(end, " ");
        if (end == text || days < 0 || days > DAYS_MAX ||
            (*end != '\0' && strchr("dDjJ", *end) == NULL)) {
            *code_r = command_say(to->context, COMMAND_USAGE,
                _("“%s” is not a number of days from 0 to 3660."), text);
            return false;
        }
    }
    to->scope.until = to->scope.today + (int32_t)days;
    return true;
}

/* One's own parties; all of the region for who has none, and for the Consortium's staff. */
static bool read_parties(struct due *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "committee");
    const struct desk_identity *me = desk_identity(to->context->desk);

    if (word != NULL) {
        to->party = pick_party(to->context, word, NULL, code_r);
        if (to->party == NULL)
            return false;
        to->scope.parties = &to->party->id;
        to->scope.n_parties = 1;
    } else if (command_option(to->context, "all") == NULL && !pick_is_staff(to->context)) {
        to->scope.parties = me->parties;
        to->scope.n_parties = me->n_parties;
    }
    return true;
}

static enum command_exit run(struct context *context)
{
    struct due to = {
        .context = context, .arena = context->arena, .scope = {.today = context->today}};
    enum command_exit code = COMMAND_OK;

    if (!read_days(&to, &code) || !read_parties(&to, &code))
        return code;
    return show(&to);
}

static const struct command_option options[] = {
    {"within", "horizon", 0, N_("DAYS"), N_("How far ahead to look: 60 days.")},
    {"all", "tout", 0, NULL, N_("All of the region, not one's own parties alone.")},
    {"committee", "comite", 0, N_("COMMITTEE"), N_("That committee's alone.")},
    {.name = NULL},
};

const struct command due_command = {
    .name = "due",
    .french = "echeances",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Shows what is late and what is coming, for your parties or for all."),
    .examples_en = "concert due\nconcert due --within 30d --all\n"
                   "concert due --committee Mékinac --on 2009-10-15",
    .examples_fr = "concert echeances\nconcert echeances --horizon 30j --tout\n"
                   "concert echeances --comite Mékinac --le 2009-10-15",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
