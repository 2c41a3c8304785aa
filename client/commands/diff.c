/* Compares two moments of a plan. */
#include <string.h>

#include "date.h"
#include "figures/diff.h"
#include "figures/due.h"
#include "i18n.h"
#include "input/change.h"
#include "input/moment.h"
#include "input/pick.h"
#include "words.h"
#include "words/phrase.h"

struct comparing {
    struct context *context;
    struct arena *arena;
    struct moment_log log;
    const struct book_entry *plan;
    const char *words[2]; /* the moments, as typed */
    struct moment from, to;
};

/* --- which moments -----------------------------------------------------------------------------
 */

/* [PLAN] [A] [B]: the first word is a plan unless it names a moment. */
static bool read_words(struct comparing *c, enum command_exit *code_r)
{
    struct context *context = c->context;
    bool plan = context->argc == 3 ||
                (context->argc > 0 && !moment_named(context->argv[0], context->today));
    int at = plan ? 1 : 0;

    c->words[0] = at < context->argc ? context->argv[at] : "adopted";
    c->words[1] = at + 1 < context->argc ? context->argv[at + 1] : "now";
    if (at + 2 < context->argc)
        *code_r = command_say(context, COMMAND_USAGE, _("At most two moments can be compared."));
    else
        c->plan = pick_plan(context, plan ? context->argv[0] : NULL, code_r);
    return c->plan != NULL;
}

/* The older one comes first, however they were typed. */
static bool find_moments(struct comparing *c, enum command_exit *code_r)
{
    struct moment swap;

    if (!moment_read_log(c->context, &c->log, code_r) ||
        !moment_find(c->context, &c->log, c->words[0], c->plan, &c->from, code_r) ||
        !moment_find(c->context, &c->log, c->words[1], c->plan, &c->to, code_r))
        return false;
    if (c->from.now || (!c->to.now && c->from.seq > c->to.seq)) {
        swap = c->from;
        c->from = c->to;
        c->to = swap;
    }
    return true;
}

/* --- who, when, why ----------------------------------------------------------------------------
 */

static const struct book_entry *record_of(const struct diff_row *row)
{
    return row->after != NULL ? row->after : row->before;
}

/* The newest change of an action's shares: what moved its progress last. */
static const Concert__Change *share_change(
    const struct comparing *c, const struct book_entry *action, const char *field)
{
    size_t count;
    const struct book_entry *const *shares =
        book_children(c->to.book, action->id, CONCERT__KIND__SHARE, NULL, &count);
    const Concert__Change *newest = NULL;

    for (size_t i = 0; i < count; i++) {
        const Concert__Change *change =
            book_past_touch(&c->log.past, c->from.seq, c->to.seq, shares[i]->id, field);

        if (change != NULL && (newest == NULL || change->seq > newest->seq))
            newest = change;
    }
    return newest;
}

static const Concert__Change *progress_change(const struct comparing *c, const struct diff_row *row)
{
    const Concert__Change *percent, *status;

    if (row->subject->kind->id != CONCERT__KIND__ACTION)
        return NULL; /* of many: none in particular */
    percent = share_change(c, row->subject, "percent");
    status = share_change(c, row->subject, "status");
    if (percent == NULL || (status != NULL && status->seq > percent->seq))
        return status;
    return percent;
}

/* The change of the log that led to the difference; NULL: not known here. */
static const Concert__Change *change_of_row(const struct comparing *c, const struct diff_row *row)
{
    const struct book_entry *record = record_of(row);

    if (row->progress)
        return progress_change(c, row);
    if (row->what == DIFF_ADDED)
        return book_past_creation(&c->log.past, record->id);
    return book_past_touch(&c->log.past, c->from.seq, c->to.seq, record->id,
        row->field == NULL ? NULL : row->field->name);
}

/* "Coordonnatrice, 22 nov. 2009; reason: the river flooded" */
static const char *who_text(
    const struct comparing *c, const struct diff_row *row, const Concert__Change *change)
{
    char day[PHRASE_SIZE];
    const char *text;

    if (change == NULL)
        return !row->progress && row->after != NULL && row->after->pending
                   ? _("on this device, not sent yet")
                   : NULL;
    phrase_date(date_of_time(change->at, NULL), c->context->language, day);
    text =
        arena_printf(c->arena, "%s, %s", change->who == NULL ? _("the server") : change->who, day);
    if (text == NULL || change->reason == NULL || change->reason[0] == '\0')
        return text;
    return arena_printf(c->arena, _("%s; reason: %s"), text, change->reason);
}

/* --- what --------------------------------------------------------------------------------------
 */

static const char *percent_text(const struct comparing *c, int percent)
{
    if (percent == DIFF_NOTHING)
        return _("nothing to count");
    return arena_printf(
        c->arena, strcmp(c->context->language, "fr") == 0 ? "%d\u00a0%%" : "%d%%", percent);
}

/* "Agent de projet (CRÉ), lead" */
static const char *responsible(
    const struct comparing *c, const struct book *book, const struct book_entry *entry)
{
    const struct book_entry *party = book_follow(book, entry, "party");
    const char *role = book_text(entry, "role"), *text;

    text = party == NULL  ? role
           : role == NULL ? book_label(book, party)
                          : arena_printf(c->arena, "%s (%s)", role, book_label(book, party));
    if (text == NULL)
        text = entry->handle;
    return book_number(entry, "lead", 0) ? arena_printf(c->arena, _("%s, lead"), text) : text;
}

/* A record as a whole, in words. */
static const char *whole_text(
    const struct comparing *c, const struct book *book, const struct book_entry *entry)
{
    if (entry == NULL)
        return NULL;
    if (entry->kind->id == CONCERT__KIND__DEADLINE)
        return due_one(entry, c->arena);
    if (entry->kind->id == CONCERT__KIND__RESPONSIBILITY)
        return responsible(c, book, entry);
    return book_label(book, entry);
}

static const char *side_text(const struct comparing *c, const struct diff_row *row, bool after)
{
    const struct book *book = after ? c->to.book : c->from.book;
    const struct book_entry *entry = after ? row->after : row->before;

    if (row->progress)
        return percent_text(c, after ? row->to : row->from);
    if (row->field == NULL)
        return whole_text(c, book, entry);
    return phrase_field(
        book, entry->kind, entry->body, row->field, c->context->language, false, c->arena);
}

/* Sentences for what was added and dropped, by kind. */
struct whole_row {
    Concert__Kind kind;
    const char *added, *dropped;
};

static const struct whole_row wholes[] = {
    {CONCERT__KIND__PLAN, N_("plan added: %s"), N_("plan removed: %s")},
    {CONCERT__KIND__OBJECTIVE, N_("objective added: %s"), N_("objective removed: %s")},
    {CONCERT__KIND__ACTION, N_("action added: %s"), N_("action removed: %s")},
    {CONCERT__KIND__DEADLINE, N_("deadline added: %s"), N_("deadline removed: %s")},
    {CONCERT__KIND__RESPONSIBILITY, N_("resource added: %s"), N_("resource removed: %s")},
};

static const char *one_sided(const struct comparing *c, const struct diff_row *row)
{
    const char *text = side_text(c, row, row->what == DIFF_ADDED);

    for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++)
        if (wholes[i].kind == record_of(row)->kind->id)
            return arena_printf(
                c->arena, _(row->what == DIFF_ADDED ? wholes[i].added : wholes[i].dropped), text);
    return text;
}

static const char *shown_value(const char *value)
{
    return value == NULL || value[0] == '\0' ? _("(empty)") : value;
}

/* What the field is called; of a part with the part's own words before it. */
static const char *aspect(const struct comparing *c, const struct diff_row *row)
{
    const char *language = c->context->language;
    const char *field =
        row->field == NULL ? NULL : words_show(WORDS_FIELD, row->field->name, language);

    if (row->progress)
        return _("progress");
    if (field == NULL)
        return words_show(WORDS_KIND, record_of(row)->kind->name, language);
    if (row->after == row->subject)
        return field;
    return arena_printf(c->arena, "%s, %s", whole_text(c, c->to.book, row->after), field);
}

static const char *what_text(const struct comparing *c, const struct diff_row *row)
{
    if (row->what != DIFF_CHANGED)
        return one_sided(c, row);
    return arena_printf(c->arena, _("%s: %s → %s"), aspect(c, row),
        shown_value(side_text(c, row, false)), shown_value(side_text(c, row, true)));
}

/* --- for people: the subject, and under it what differs --- */

static void draw_people(const struct comparing *c, const struct diff_row *rows, size_t count)
{
    static const struct sheet_column columns[] = {{"change", N_("Change"), SHEET_TEXT, true, false},
        {"by", N_("By"), SHEET_TEXT, true, false}};
    struct sheet *sheet =
        report_sheet(c->context->report, "diff", NULL, SHEET_TREE, false, columns, 2);

    for (size_t i = 0; i < count; i++) {
        bool gone = rows[i].what == DIFF_DROPPED && rows[i].before == rows[i].subject;

        if (i == 0 || rows[i].subject != rows[i - 1].subject) {
            sheet_row(sheet, 0, SHEET_STRONG);
            sheet_text(sheet,
                phrase_record(gone ? c->from.book : c->to.book, rows[i].subject, true, c->arena));
        }
        sheet_row(sheet, 1,
            rows[i].what == DIFF_ADDED     ? SHEET_GOOD
            : rows[i].what == DIFF_DROPPED ? SHEET_WARN
                                           : SHEET_PLAIN);
        sheet_text(sheet, what_text(c, &rows[i]));
        sheet_text(sheet, who_text(c, &rows[i], change_of_row(c, &rows[i])));
    }
}

/* --- for programs: one row a difference --- */

static void put_side(
    const struct comparing *c, struct sheet *sheet, const struct diff_row *row, bool after)
{
    const struct book_entry *entry = after ? row->after : row->before;
    int percent = after ? row->to : row->from;

    if (row->progress && percent != DIFF_NOTHING)
        sheet_number(sheet, percent);
    else if (row->progress || entry == NULL)
        sheet_none(sheet);
    else if (row->field == NULL)
        sheet_text(sheet, whole_text(c, after ? c->to.book : c->from.book, entry));
    else if (record_count(entry->body, row->field) == 0)
        sheet_none(sheet);
    else
        sheet_text(sheet,
            record_text(entry->kind, row->field, record_get(entry->body, row->field, 0), c->arena));
}

static void put_change(struct sheet *sheet, const Concert__Change *change)
{
    if (change == NULL)
        return;
    sheet_number(sheet, (int64_t)change->seq);
    sheet_number(sheet, change->at);
    sheet_text(sheet, change->who);
    sheet_text(sheet, change->reason);
}

static void draw_programs(const struct comparing *c, const struct diff_row *rows, size_t count)
{
    static const struct sheet_column columns[] = {{"number", NULL, SHEET_TEXT, false, false},
        {"change", NULL, SHEET_TEXT, false, false}, {"kind", NULL, SHEET_TEXT, false, false},
        {"id", NULL, SHEET_TEXT, false, false}, {"field", NULL, SHEET_TEXT, false, false},
        {"from", NULL, SHEET_ANY, false, false}, {"to", NULL, SHEET_ANY, false, false},
        {"seq", NULL, SHEET_NUMBER, false, false}, {"at", NULL, SHEET_TIME, false, false},
        {"who", NULL, SHEET_TEXT, false, false}, {"reason", NULL, SHEET_TEXT, false, false}};
    static const char *const changes[] = {
        [DIFF_CHANGED] = "changed", [DIFF_ADDED] = "added", [DIFF_DROPPED] = "dropped"};
    struct sheet *sheet = report_sheet(c->context->report, "diff", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));
    char id[UUID_TEXT];

    for (size_t i = 0; i < count; i++) {
        const struct diff_row *row = &rows[i];

        uuid_format(record_of(row)->id, id);
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, row->subject->handle);
        sheet_text(sheet, changes[row->what]);
        sheet_text(sheet, record_of(row)->kind->name);
        sheet_text(sheet, id);
        sheet_text(sheet, row->progress        ? "progress"
                          : row->field == NULL ? NULL
                                               : row->field->name);
        put_side(c, sheet, row, false);
        put_side(c, sheet, row, true);
        put_change(sheet, change_of_row(c, row));
    }
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void head(const struct comparing *c)
{
    const char *from = moment_sentence(c->context, &c->from, c->plan, c->arena);
    const char *to = moment_sentence(c->context, &c->to, c->plan, c->arena);

    if (from == NULL || to == NULL)
        return;
    report_note(c->context->report, book_label(c->context->book, c->plan));
    report_note(c->context->report, arena_printf(c->arena, _("From: %s"), from));
    report_note(c->context->report, arena_printf(c->arena, _("To: %s"), to));
}

static void note_limits(const struct comparing *c)
{
    if (c->to.seq > c->log.upto)
        report_note(c->context->report,
            arena_printf(c->arena,
                _("This device knows the past up to change %llu: of later changes it cannot tell "
                  "who made them."),
                (unsigned long long)c->log.upto));
}

static enum command_exit draw(const struct comparing *c)
{
    const struct diff_side from = {c->from.book, c->from.day}, to = {c->to.book, c->to.day};
    size_t count;
    const struct diff_row *rows = diff_plans(&from, &to, c->plan->id, c->arena, &count);

    if (rows == NULL)
        return change_no_memory(c->context);
    head(c);
    if (c->context->machine)
        draw_programs(c, rows, count);
    else
        draw_people(c, rows, count);
    if (count == 0)
        report_note(c->context->report, _("Nothing differs between these two moments."));
    note_limits(c);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct comparing c = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    if (read_words(&c, &code) && find_moments(&c, &code))
        code = draw(&c);
    moment_clear(&c.from);
    moment_clear(&c.to);
    return code;
}

const struct command diff_command = {
    .name = "diff",
    .french = "comparer",
    .usage_en = "[PLAN] [MOMENT] [MOMENT]",
    .usage_fr = "[PLAN] [MOMENT] [MOMENT]",
    .summary = N_("Tells what differs between two moments of the plan, who changed it and why."),
    .examples_en = "concert diff\nconcert diff PL1 adopted now\n"
                   "concert diff 2009-06-02 2009-10-15\nconcert diff \"#120\" now",
    .examples_fr = "concert comparer\nconcert comparer PL1 adopté maintenant\n"
                   "concert comparer 2009-06-02 2009-10-15\nconcert comparer \"#120\" maintenant",
    .min_args = 0,
    .max_args = 3,
    .flags = COMMAND_READS,
    .run = run,
};
