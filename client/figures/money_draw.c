#include "figures/money_draw.h"

#include "date.h"
#include "i18n.h"
#include "words/amount.h"
#include "words/phrase.h"
#include "words/status_word.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *money_draw_amount(const struct money_page *page, int64_t cents)
{
    char text[AMOUNT_SIZE];
    const char *copy;

    amount_money(cents, page->context->language, text);
    copy = arena_printf(page->arena, "%s", text);
    return copy == NULL ? "" : copy;
}

static void put_day(struct sheet *sheet, int32_t day)
{
    if (day == DATE_NONE)
        sheet_none(sheet);
    else
        sheet_number(sheet, day);
}

static void put_amount(struct sheet *sheet, const struct book_entry *entry, const char *field)
{
    if (record_count(entry->body, record_field(entry->kind, field)) == 0)
        sheet_none(sheet);
    else
        sheet_number(sheet, book_number(entry, field, 0));
}

static const char *label_of(
    const struct money_page *page, const struct book_entry *entry, const char *field)
{
    const struct book_entry *other =
        entry == NULL ? NULL : book_follow(page->context->book, entry, field);

    return other == NULL ? NULL : book_label(page->context->book, other);
}

static const char *handle_of(
    const struct money_page *page, const struct book_entry *entry, const char *field)
{
    const struct book_entry *other = book_follow(page->context->book, entry, field);

    return other == NULL ? NULL : other->handle;
}

/* --- envelopes ---------------------------------------------------------------------------------
 */

static const struct sheet_column envelope_people[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"funder", N_("Funder"), SHEET_TEXT, true, false},
    {"period", N_("Period"), SHEET_TEXT, false, false},
    {"money", N_("Amounts"), SHEET_TEXT, true, false},
    {"closes", N_("Closes on"), SHEET_TEXT, false, false},
};

static const struct sheet_column envelope_programs[] = {
    {"handle", NULL, SHEET_TEXT, false, false},
    {"title", NULL, SHEET_TEXT, false, false},
    {"funder", NULL, SHEET_TEXT, false, false},
    {"starts_on", NULL, SHEET_DATE, false, false},
    {"ends_on", NULL, SHEET_DATE, false, false},
    {"apply_by", NULL, SHEET_DATE, false, false},
    {"amount", NULL, SHEET_MONEY, false, false},
    {"granted", NULL, SHEET_MONEY, false, false},
    {"asked", NULL, SHEET_MONEY, false, false},
    {"asked_without_amount", NULL, SHEET_NUMBER, false, false},
    {"room", NULL, SHEET_MONEY, false, false},
    {"closes", NULL, SHEET_DATE, false, false},
    {"closing", NULL, SHEET_BOOL, false, false},
};

static const char *period(const struct money_page *page, const struct book_entry *entry)
{
    const char *language = page->context->language, *text = NULL;
    int32_t from = book_date(entry, "starts_on"), to = book_date(entry, "ends_on");
    char first[PHRASE_SIZE], last[PHRASE_SIZE];

    phrase_date(from, language, first);
    phrase_date(to, language, last);
    if (from != DATE_NONE && to != DATE_NONE)
        text = arena_printf(page->arena, _("%s to %s"), first, last);
    else if (from != DATE_NONE)
        text = arena_printf(page->arena, _("from %s"), first);
    else if (to != DATE_NONE)
        text = arena_printf(page->arena, _("until %s"), last);
    return text;
}

/* "closes on May 15, 2009, in 12 days". */
static const char *closing(const struct money_page *page, const struct money_envelope *envelope)
{
    char day[PHRASE_SIZE];
    int32_t days;

    if (envelope->closes == DATE_NONE)
        return _("no closing day is given");
    days = envelope->closes - page->context->today;
    phrase_date(envelope->closes, page->context->language, day);
    if (days < 0)
        return arena_printf(page->arena, _("closed since %s"), day);
    if (days == 0)
        return arena_printf(page->arena, _("closes today, %s"), day);
    return arena_printf(page->arena,
        ngettext("closes on %s, in %d day", "closes on %s, in %d days", (unsigned long)days), day,
        days);
}

static enum sheet_tone envelope_tone(
    const struct money_page *page, const struct money_envelope *envelope)
{
    if (envelope->room < 0)
        return SHEET_BAD;
    if (money_closing(envelope, page->context->today, page->days))
        return SHEET_WARN;
    return envelope->closes != DATE_NONE && envelope->closes < page->context->today ? SHEET_FAINT
                                                                                    : SHEET_PLAIN;
}

static void envelope_for_people(
    const struct money_page *page, struct sheet *sheet, const struct money_envelope *envelope)
{
    sheet_text(sheet, envelope->entry->handle);
    sheet_text(sheet, book_text(envelope->entry, "title"));
    sheet_text(sheet, label_of(page, envelope->entry, "funder"));
    sheet_text(sheet, period(page, envelope->entry));
    sheet_text(sheet,
        arena_printf(page->arena, _("%s, of which granted %s and asked %s: room left %s"),
            money_draw_amount(page, envelope->amount), money_draw_amount(page, envelope->granted),
            money_draw_amount(page, envelope->asked), money_draw_amount(page, envelope->room)));
    sheet_text(sheet, closing(page, envelope));
}

static void envelope_for_programs(
    const struct money_page *page, struct sheet *sheet, const struct money_envelope *envelope)
{
    sheet_text(sheet, envelope->entry->handle);
    sheet_text(sheet, book_text(envelope->entry, "title"));
    sheet_text(sheet, handle_of(page, envelope->entry, "funder"));
    put_day(sheet, book_date(envelope->entry, "starts_on"));
    put_day(sheet, book_date(envelope->entry, "ends_on"));
    put_day(sheet, book_date(envelope->entry, "apply_by"));
    sheet_number(sheet, envelope->amount);
    sheet_number(sheet, envelope->granted);
    sheet_number(sheet, envelope->asked);
    sheet_number(sheet, (int64_t)envelope->asked_unsaid);
    sheet_number(sheet, envelope->room);
    put_day(sheet, envelope->closes);
    sheet_number(sheet, money_closing(envelope, page->context->today, page->days));
}

/* True when the envelope is named by a request of the page's project. */
static bool is_of_page(const struct money_page *page, const struct book_entry *envelope)
{
    size_t count;
    const struct book_entry *const *requests = book_children(
        page->context->book, envelope->id, CONCERT__KIND__FUNDING_REQUEST, "envelope", &count);

    for (size_t i = 0; page->project != NULL && i < count; i++)
        if (book_follow(page->context->book, requests[i], "project") == page->project)
            return true;
    return page->project == NULL;
}

static void note_envelopes(const struct money_page *page, size_t all, size_t closing_soon)
{
    const char *text;

    if (all == 0 && page->project == NULL) {
        report_note(page->context->report, _("There is no envelope."));
        return;
    }
    if (all == 0)
        return;
    text = arena_printf(page->arena,
        ngettext("%zu envelope closes within %d days.", "%zu envelopes close within %d days.",
            closing_soon),
        closing_soon, page->days);
    report_note(page->context->report,
        closing_soon > 0
            ? text
            : arena_printf(page->arena, _("No envelope closes within %d days."), page->days));
}

void money_draw_envelopes(const struct money_page *page)
{
    const struct context *context = page->context;
    size_t count, drawn = 0, soon = 0;
    const struct book_entry *const *envelopes =
        book_list(context->book, CONCERT__KIND__ENVELOPE, &count);
    struct sheet *sheet = context->machine
                              ? report_sheet(context->report, "envelopes", NULL, SHEET_TABLE, false,
                                    envelope_programs, COUNT(envelope_programs))
                              : report_sheet(context->report, "envelopes", N_("Envelopes"),
                                    SHEET_OUTLINE, false, envelope_people, COUNT(envelope_people));

    for (size_t i = 0; i < count; i++) {
        struct money_envelope envelope = money_envelope(context->book, envelopes[i]);

        if (!is_of_page(page, envelopes[i]))
            continue;
        sheet_row(sheet, 0, envelope_tone(page, &envelope));
        if (context->machine)
            envelope_for_programs(page, sheet, &envelope);
        else
            envelope_for_people(page, sheet, &envelope);
        drawn++;
        soon += money_closing(&envelope, context->today, page->days);
    }
    note_envelopes(page, drawn, soon);
}

/* --- requests ----------------------------------------------------------------------------------
 */

static const struct sheet_column request_people[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"funder", N_("Of whom"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"project", N_("Project"), SHEET_TEXT, false, false},
    {"money", N_("Amounts"), SHEET_TEXT, false, false},
    {"answer", N_("Answer"), SHEET_TEXT, false, false},
    {"envelope", N_("Envelope"), SHEET_TEXT, false, false},
};

static const struct sheet_column request_programs[] = {
    {"handle", NULL, SHEET_TEXT, false, false},
    {"project", NULL, SHEET_TEXT, false, false},
    {"status", NULL, SHEET_TEXT, false, false},
    {"funder", NULL, SHEET_TEXT, false, false},
    {"envelope", NULL, SHEET_TEXT, false, false},
    {"amount", NULL, SHEET_MONEY, false, false},
    {"granted", NULL, SHEET_MONEY, false, false},
    {"answer_by", NULL, SHEET_DATE, false, false},
    {"days_late", NULL, SHEET_NUMBER, false, false},
};

/* The request's own funder, else its envelope's. */
static const char *funder(const struct money_page *page, const struct book_entry *request)
{
    const struct book_entry *envelope = book_follow(page->context->book, request, "envelope");
    const char *own = label_of(page, request, "funder");

    return own != NULL ? own : label_of(page, envelope, "funder");
}

/* "asked $1,000, granted $800". */
static const char *amounts(const struct money_page *page, const struct book_entry *request)
{
    int64_t amount = book_number(request, "amount", -1);
    int64_t granted = book_number(request, "granted", -1);

    if (amount < 0 && granted < 0)
        return _("no amount yet");
    if (amount < 0)
        return arena_printf(page->arena, _("granted %s"), money_draw_amount(page, granted));
    if (granted < 0)
        return money_draw_amount(page, amount);
    return arena_printf(page->arena, _("%s, granted %s"), money_draw_amount(page, amount),
        money_draw_amount(page, granted));
}

/* "answer by May 31, 2009, 15 days late"; of what was decided "decided on May 31, 2009". */
static const char *answer(const struct money_page *page, const struct book_entry *request)
{
    int32_t day = money_answer_by(page->context->book, request);
    int64_t status = book_number(request, "status", 0);
    long days = (long)page->context->today - day;
    char shown[PHRASE_SIZE];

    if (day == DATE_NONE)
        return NULL;
    phrase_date(day, page->context->language, shown);
    if (status == CONCERT__FUNDING_REQUEST__STATUS__GRANTED ||
        status == CONCERT__FUNDING_REQUEST__STATUS__REFUSED)
        return arena_printf(page->arena, _("decided on %s"), shown);
    if (!money_late(page->context->book, request, page->context->today))
        return arena_printf(page->arena, _("answer by %s"), shown);
    return arena_printf(page->arena,
        ngettext("answer by %s, %ld day late", "answer by %s, %ld days late", (unsigned long)days),
        shown, days);
}

static void request_for_people(
    const struct money_page *page, struct sheet *sheet, const struct book_entry *request)
{
    const struct book_entry *envelope = book_follow(page->context->book, request, "envelope");

    sheet_text(sheet, request->handle);
    sheet_text(sheet, funder(page, request) == NULL ? "—" : funder(page, request));
    sheet_text(sheet, status_word(page->context, request, "status", true, page->arena));
    sheet_text(sheet, page->project == NULL ? label_of(page, request, "project") : NULL);
    sheet_text(sheet, amounts(page, request));
    sheet_text(sheet, answer(page, request));
    if (envelope != NULL)
        sheet_text(sheet, arena_printf(page->arena, "%s %s", envelope->handle,
                              book_label(page->context->book, envelope)));
    else
        sheet_text(sheet, money_homeless(page->context->book, request) ? _("no envelope") : NULL);
}

static void request_for_programs(
    const struct money_page *page, struct sheet *sheet, const struct book_entry *request)
{
    int32_t by = money_answer_by(page->context->book, request);

    sheet_text(sheet, request->handle);
    sheet_text(sheet, handle_of(page, request, "project"));
    sheet_text(sheet, status_word(page->context, request, "status", true, page->arena));
    sheet_text(sheet, funder(page, request));
    sheet_text(sheet, handle_of(page, request, "envelope"));
    put_amount(sheet, request, "amount");
    put_amount(sheet, request, "granted");
    put_day(sheet, by);
    if (money_late(page->context->book, request, page->context->today))
        sheet_number(sheet, (int64_t)page->context->today - by);
}

static void put_request(
    const struct money_page *page, struct sheet *sheet, const struct book_entry *request)
{
    bool late = money_late(page->context->book, request, page->context->today);

    sheet_row(sheet, 0, late ? SHEET_BAD : SHEET_PLAIN);
    if (page->context->machine)
        request_for_programs(page, sheet, request);
    else
        request_for_people(page, sheet, request);
}

static struct sheet *request_sheet(
    const struct money_page *page, const char *name, const char *title)
{
    struct report *report = page->context->report;

    if (page->context->machine)
        return report_sheet(
            report, name, NULL, SHEET_TABLE, false, request_programs, COUNT(request_programs));
    return report_sheet(
        report, name, title, SHEET_OUTLINE, false, request_people, COUNT(request_people));
}

void money_draw_requests(const struct money_page *page)
{
    const struct context *context = page->context;
    bool all = page->project != NULL;
    size_t count, late = 0;
    const struct book_entry *const *requests =
        money_requests(context->book, page->project, page->arena, &count);
    struct sheet *sheet = request_sheet(
        page, all ? "requests" : "awaited", all ? N_("Requests") : N_("Answers that are late"));

    for (size_t i = 0; requests != NULL && i < count; i++) {
        bool is_late = money_late(context->book, requests[i], context->today);

        late += is_late;
        if (is_late || all)
            put_request(page, sheet, requests[i]);
    }
    if (late == 0)
        report_note(context->report, _("No answer is late."));
}

void money_draw_needs(const struct money_page *page)
{
    const struct context *context = page->context;
    size_t count;
    const struct book_entry *const *requests =
        money_requests(context->book, page->project, page->arena, &count);
    struct sheet *sheet = request_sheet(page, "without_envelope", N_("Needs without an envelope"));

    for (size_t i = 0; requests != NULL && i < count; i++)
        if (money_homeless(context->book, requests[i]))
            put_request(page, sheet, requests[i]);
}
