/* Agreements, who signs them, and where their renewal stands. */
#include "date.h"
#include "figures/due.h"
#include "figures/pact.h"
#include "figures/tally.h"
#include "i18n.h"
#include "input/change.h"
#include "words.h"
#include "words/amount.h"
#include "words/phrase.h"
#include "words/status_word.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct page {
    struct context *context;
    struct arena *arena;
    /* Of programs one each for all agreements; of people one each for every agreement. */
    struct sheet *agreements, *signatories, *missing, *deadlines;
};

static const struct sheet_column people_columns[] = {
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"period", N_("Period"), SHEET_TEXT, false, false},
    {"amount", N_("Amount"), SHEET_MONEY, false, false},
    {"contributions", N_("Contributions"), SHEET_TEXT, false, false},
    {"renews", N_("Renews"), SHEET_TEXT, false, false},
    {"renewal", N_("Renewal"), SHEET_TEXT, true, false},
};

static const struct sheet_column program_columns[] = {
    {"handle", NULL, SHEET_TEXT, false, false},
    {"title", NULL, SHEET_TEXT, false, false},
    {"status", NULL, SHEET_TEXT, false, false},
    {"running", NULL, SHEET_BOOL, false, false},
    {"starts_on", NULL, SHEET_DATE, false, false},
    {"ends_on", NULL, SHEET_DATE, false, false},
    {"days_left", NULL, SHEET_NUMBER, false, false},
    {"amount", NULL, SHEET_MONEY, false, false},
    {"contributions", NULL, SHEET_MONEY, false, false},
    {"without_contribution", NULL, SHEET_NUMBER, false, false},
    {"current", NULL, SHEET_NUMBER, false, false},
    {"potential", NULL, SHEET_NUMBER, false, false},
    {"signed", NULL, SHEET_NUMBER, false, false},
    {"withdrawn", NULL, SHEET_NUMBER, false, false},
    {"renews", NULL, SHEET_TEXT, false, false},
    {"renewed_by", NULL, SHEET_TEXT, false, false},
};

static const struct sheet_column signatory_columns[] = {
    {"agreement", NULL, SHEET_TEXT, false, true},
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"party", N_("Party"), SHEET_TEXT, true, false},
    {"standing", N_("Standing"), SHEET_TEXT, false, false},
    {"contribution", N_("Contribution"), SHEET_MONEY, false, false},
    {"signed_on", N_("Signed on"), SHEET_DATE, false, false},
};

static const struct sheet_column missing_columns[] = {
    {"agreement", NULL, SHEET_TEXT, false, true},
    {"lacks", N_("What is missing"), SHEET_TEXT, true, false},
    {"party", N_("Party"), SHEET_TEXT, true, false},
    {"amount", N_("Amount"), SHEET_MONEY, false, false},
};

static const struct sheet_column deadline_columns[] = {
    {"agreement", NULL, SHEET_TEXT, false, true},
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"text", N_("As written"), SHEET_TEXT, true, false},
    {"latest", N_("At the latest"), SHEET_DATE, false, false},
    {"met_on", N_("Met on"), SHEET_DATE, false, false},
    {"days_late", N_("Days late"), SHEET_NUMBER, false, false},
};

static const struct sheet_column action_columns[] = {
    {"action", N_("Action"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"deadline", N_("Deadline"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
};

/* What may be missing, by enum pact_lack: for programs and for people. */
struct lacks_row {
    const char *name, *shown;
};

static const struct lacks_row lacks[] = {
    [PACT_NO_PARTY] = {"no_party", N_("nobody is named to sign it")},
    [PACT_UNSIGNED] = {"unsigned", N_("has not signed")},
    [PACT_NOT_ASKED] = {"not_asked", N_("signed the one before, and is not in this one")},
    [PACT_NO_PERIOD] = {"no_period", N_("its first and last day are not both set")},
    [PACT_NO_AMOUNT] = {"no_amount", N_("its amount is not set")},
    [PACT_CONTRIBUTIONS] = {"contributions", N_("contributions still to find")},
    [PACT_STATUS] = {"status", N_("nothing but to mark it as signed")},
};

static void put_day(struct sheet *sheet, int32_t day)
{
    if (day == DATE_NONE)
        sheet_none(sheet);
    else
        sheet_number(sheet, day);
}

static const char *money(const struct page *to, int64_t cents)
{
    char text[AMOUNT_SIZE];
    const char *copy;

    amount_money(cents, to->context->language, text);
    copy = arena_printf(to->arena, "%s", text);
    return copy == NULL ? "" : copy;
}

static const char *handle_and_label(const struct page *to, const struct book_entry *entry)
{
    return entry == NULL ? NULL
                         : arena_printf(to->arena, "%s %s", entry->handle,
                               book_label(to->context->book, entry));
}

/* --- the agreement itself ----------------------------------------------------------------------
 */

/* "Apr 1, 2009 to Mar 31, 2012, 905 days left". */
static const char *period(const struct page *to, const struct pact *pact)
{
    char first[PHRASE_SIZE], last[PHRASE_SIZE];
    long left = (long)pact->ends_on - to->context->today;
    const char *text;

    if (pact->starts_on == DATE_NONE && pact->ends_on == DATE_NONE)
        return _("not set");
    phrase_date(pact->starts_on, to->context->language, first);
    phrase_date(pact->ends_on, to->context->language, last);
    text = arena_printf(
        to->arena, _("%s to %s"), *first == '\0' ? "…" : first, *last == '\0' ? "…" : last);
    if (pact->ends_on == DATE_NONE || text == NULL || !pact->running)
        return text;
    return arena_printf(to->arena,
        ngettext("%s, %ld day left", "%s, %ld days left", (unsigned long)left), text, left);
}

static const char *contributions(const struct page *to, const struct pact *pact)
{
    const char *sum = money(to, pact->contributions);

    if (pact->without_contribution == 0)
        return sum;
    return arena_printf(to->arena,
        ngettext("%s, and %zu party that does not say how much",
            "%s, and %zu parties that do not say how much",
            (unsigned long)pact->without_contribution),
        sum, pact->without_contribution);
}

/* Where the renewal stands, of an agreement that was signed. */
static const char *renewal(const struct page *to, const struct pact *pact)
{
    int64_t status = book_number(pact->entry, "status", 0);
    size_t count = 0;

    if (pact->renewed_by == NULL)
        return status < CONCERT__AGREEMENT__STATUS__SIGNED
                   ? NULL
                   : arena_printf(to->arena,
                         _("nothing takes over from it yet: “concert add agreement renews=%s "
                           "title=…” begins it"),
                         pact->entry->handle);
    pact_missing(to->context->book, pact->renewed_by, to->arena, &count);
    if (count == 0)
        return arena_printf(to->arena, "%s, %s", handle_and_label(to, pact->renewed_by),
            status_word(to->context, pact->renewed_by, "status", true, to->arena));
    return arena_printf(to->arena,
        ngettext(
            "%s, %s: %zu thing is missing", "%s, %s: %zu things are missing", (unsigned long)count),
        handle_and_label(to, pact->renewed_by),
        status_word(to->context, pact->renewed_by, "status", true, to->arena), count);
}

static void put_for_people(const struct page *to, const struct pact *pact)
{
    const struct book_entry *before = book_follow(to->context->book, pact->entry, "renews");

    sheet_row(to->agreements, 0, SHEET_PLAIN);
    sheet_text(to->agreements, status_word(to->context, pact->entry, "status", true, to->arena));
    sheet_text(to->agreements, period(to, pact));
    if (pact->amount < 0)
        sheet_none(to->agreements);
    else
        sheet_number(to->agreements, pact->amount);
    sheet_text(to->agreements, contributions(to, pact));
    sheet_text(to->agreements, handle_and_label(to, before));
    sheet_text(to->agreements, renewal(to, pact));
}

static void put_for_programs(const struct page *to, const struct pact *pact)
{
    struct sheet *sheet = to->agreements;
    const struct book_entry *before = book_follow(to->context->book, pact->entry, "renews");

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, pact->entry->handle);
    sheet_text(sheet, book_text(pact->entry, "title"));
    sheet_text(sheet, status_word(to->context, pact->entry, "status", true, to->arena));
    sheet_number(sheet, pact->running);
    put_day(sheet, pact->starts_on);
    put_day(sheet, pact->ends_on);
    if (pact->ends_on == DATE_NONE || !pact->running)
        sheet_none(sheet);
    else
        sheet_number(sheet, (int64_t)pact->ends_on - to->context->today);
    if (pact->amount < 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, pact->amount);
    sheet_number(sheet, pact->contributions);
    sheet_number(sheet, (int64_t)pact->without_contribution);
    for (size_t i = 1; i < PACT_STANDINGS; i++)
        sheet_number(sheet, (int64_t)pact->standings[i]);
    sheet_text(sheet, before == NULL ? NULL : before->handle);
    sheet_text(sheet, pact->renewed_by == NULL ? NULL : pact->renewed_by->handle);
}

/* --- what hangs on it --------------------------------------------------------------------------
 */

static void put_signatories(const struct page *to, const struct book_entry *agreement)
{
    size_t count;
    const struct book *book = to->context->book;
    const struct book_entry *const *all =
        book_children(book, agreement->id, CONCERT__KIND__SIGNATORY, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        bool out = book_number(all[i], "standing", 0) == CONCERT__SIGNATORY__STANDING__WITHDRAWN;

        sheet_row(to->signatories, 0, out ? SHEET_FAINT : SHEET_PLAIN);
        sheet_text(to->signatories, agreement->handle);
        sheet_text(to->signatories, all[i]->handle);
        sheet_text(to->signatories, book_label(book, all[i]));
        sheet_text(to->signatories, status_word(to->context, all[i], "standing", false, to->arena));
        if (book_number(all[i], "contribution", -1) < 0)
            sheet_none(to->signatories);
        else
            sheet_number(to->signatories, book_number(all[i], "contribution", 0));
        put_day(to->signatories, book_date(all[i], "signed_on"));
    }
}

static void put_missing(const struct page *to, const struct book_entry *agreement)
{
    size_t count;
    const struct pact_missing *all = pact_missing(to->context->book, agreement, to->arena, &count);

    for (size_t i = 0; all != NULL && i < count; i++) {
        sheet_row(to->missing, 0, SHEET_WARN);
        sheet_text(to->missing, agreement->handle);
        sheet_text(to->missing,
            to->context->machine ? lacks[all[i].lack].name : _(lacks[all[i].lack].shown));
        sheet_text(
            to->missing, all[i].party == NULL ? NULL : book_label(to->context->book, all[i].party));
        if (all[i].lack == PACT_CONTRIBUTIONS)
            sheet_number(to->missing, all[i].cents);
    }
}

static void put_deadlines(const struct page *to, const struct book_entry *agreement)
{
    size_t count;
    int32_t today = to->context->today;
    const struct book_entry *const *all =
        book_children(to->context->book, agreement->id, CONCERT__KIND__DEADLINE, NULL, &count);

    for (size_t i = 0; i < count; i++) {
        int32_t latest = book_date(all[i], "latest"), met = book_date(all[i], "met_on");
        bool late = latest != DATE_NONE && latest < today && met == DATE_NONE;

        sheet_row(to->deadlines, 0, late ? SHEET_BAD : SHEET_PLAIN);
        sheet_text(to->deadlines, agreement->handle);
        sheet_text(to->deadlines, all[i]->handle);
        sheet_text(to->deadlines, due_one(all[i], to->arena));
        put_day(to->deadlines, latest);
        put_day(to->deadlines, met);
        if (late)
            sheet_number(to->deadlines, (int64_t)today - latest);
    }
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void open_sheets(struct page *to, const char *title)
{
    struct report *report = to->context->report;

    to->agreements = to->context->machine ? report_sheet(report, "agreements", NULL, SHEET_TABLE,
                                                false, program_columns, COUNT(program_columns))
                                          : report_sheet(report, "agreement", title, SHEET_CARD,
                                                true, people_columns, COUNT(people_columns));
    to->signatories = report_sheet(report, "signatories", NULL, SHEET_TABLE, false,
        signatory_columns, COUNT(signatory_columns));
    to->missing = report_sheet(report, "missing", N_("Missing for it to be signed"), SHEET_TABLE,
        false, missing_columns, COUNT(missing_columns));
    to->deadlines = report_sheet(report, "deadlines", N_("Deadlines"), SHEET_TABLE, false,
        deadline_columns, COUNT(deadline_columns));
}

static void draw_notes(const struct page *to, const struct book_entry *agreement)
{
    static const Concert__Kind shown[] = {CONCERT__KIND__NOTE, CONCERT__KIND__DOCUMENT};

    for (size_t i = 0; i < COUNT(shown); i++) {
        const struct kind *kind = kinds_get(shown[i]);
        char title[PHRASE_SIZE];
        size_t count;
        const struct book_entry *const *all =
            book_children(to->context->book, agreement->id, shown[i], NULL, &count);

        phrase_capital(
            words_show(WORDS_KINDS, kind->name, to->context->language), title, sizeof(title));
        report_records_under(
            to->context->report, kind->name, title, to->context->book, kind, all, count, "subject");
    }
}

static void draw_one(struct page *to, const struct book_entry *agreement)
{
    struct pact pact = pact_read(to->context->book, agreement, to->context->today);

    if (!to->context->machine)
        open_sheets(to, handle_and_label(to, agreement));
    if (to->context->machine)
        put_for_programs(to, &pact);
    else
        put_for_people(to, &pact);
    put_signatories(to, agreement);
    put_missing(to, agreement);
    put_deadlines(to, agreement);
    if (!to->context->machine)
        draw_notes(to, agreement);
}

/* The actions of the objective by which a region works at its renewal. */
static bool draw_actions(const struct page *to, const struct book_entry *objective)
{
    struct tally_scope scope = {.of = objective};
    const struct book *book = to->context->book;
    size_t count;
    const struct book_entry *const *actions = tally_actions(book, &scope, to->arena, &count);
    struct sheet *sheet = report_sheet(to->context->report, "actions",
        phrase_record(book, objective, true, to->arena), SHEET_TABLE, false, action_columns,
        COUNT(action_columns));

    for (size_t i = 0; actions != NULL && i < count; i++) {
        struct tally_scope one = {.of = actions[i]};
        struct tally tally;

        if (!tally_sum(book, &one, to->context->today, to->arena, &tally))
            return false;
        sheet_row(sheet, 0, tally.status == ROLLUP_LATE ? SHEET_BAD : SHEET_PLAIN);
        sheet_text(sheet, actions[i]->handle);
        sheet_text(sheet, book_text(actions[i], "title"));
        sheet_text(sheet, due_text(book, actions[i], to->arena));
        sheet_text(sheet,
            to->context->machine ? tally_status_name(tally.status) : tally_status(tally.status));
    }
    return actions != NULL;
}

static enum command_exit show(struct page *to)
{
    struct context *context = to->context;
    const char *word = command_option(context, "objective");
    const struct book_entry *objective = NULL, *one = NULL;
    const struct book_entry *const *all = &one;
    enum command_exit code = COMMAND_OK;
    size_t count = 1;

    if (word != NULL)
        objective = command_record(context, word, KIND_BIT(OBJECTIVE), &code);
    if (code == COMMAND_OK && context->argc > 0)
        one = command_record(context, context->argv[0], KIND_BIT(AGREEMENT), &code);
    else if (code == COMMAND_OK)
        all = pact_chain(context->book, to->arena, &count);
    if (code != COMMAND_OK || all == NULL)
        return code == COMMAND_OK ? change_no_memory(context) : code;
    if (context->machine)
        open_sheets(to, NULL);
    for (size_t i = 0; i < count; i++)
        draw_one(to, all[i]);
    if (count == 0)
        report_note(
            context->report, _("There is no agreement yet: “concert add agreement” makes one."));
    return objective == NULL || draw_actions(to, objective) ? COMMAND_OK
                                                            : change_no_memory(context);
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    return show(&to);
}

static const struct command_option options[] = {
    {"objective", "objectif", 0, N_("OBJECTIVE"),
        N_("Shows the actions of this objective too: those by which it is renewed.")},
    {.name = NULL},
};

const struct command agreement_command = {
    .name = "agreement",
    .french = "entente",
    .usage_en = "[AGREEMENT]",
    .usage_fr = "[ENTENTE]",
    .summary = N_("Shows the agreements, who signs them and where their renewal stands."),
    .examples_en = "concert agreement\nconcert agreement EA2 --objective 1.3",
    .examples_fr = "concert entente\nconcert entente EA2 --objectif 1.3",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
