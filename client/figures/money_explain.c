/* How a project's figures come about, record by record; for money_draw.h. */
#include "figures/money_draw.h"

#include "i18n.h"
#include "words/phrase.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct sheet_column line_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"label", N_("Budget line or request"), SHEET_TEXT, true, false},
    {"figure", N_("Adds to"), SHEET_TEXT, false, false},
    {"amount", N_("Amount"), SHEET_MONEY, false, false},
    {"why", N_("Left out because"), SHEET_TEXT, true, false},
};

/* A figure of struct money_sum, for programs and for people. */
struct figure {
    const char *name, *shown;
};

static const struct figure planned = {"planned", N_("planned")};
static const struct figure actual = {"actual", N_("spent")};

/* By Concert__FundingRequest__Status; the last adds to nothing. */
static const struct figure figures[] = {
    [CONCERT__FUNDING_REQUEST__STATUS__NEEDED] = {"needed", N_("to ask for")},
    [CONCERT__FUNDING_REQUEST__STATUS__REQUESTED] = {"asked", N_("asked")},
    [CONCERT__FUNDING_REQUEST__STATUS__AWAITING] = {"asked", N_("asked")},
    [CONCERT__FUNDING_REQUEST__STATUS__GRANTED] = {"funded", N_("granted")},
    [CONCERT__FUNDING_REQUEST__STATUS__REFUSED] = {NULL, NULL},
};

struct drawing {
    const struct money_page *page;
    struct sheet *sheet;
};

/* A row: `cents` below zero when nothing is said of it. */
static void put(const struct drawing *to, const struct book_entry *entry,
    const struct figure *figure, int64_t cents, const char *why)
{
    const struct context *context = to->page->context;
    const char *shown = figure->shown == NULL || context->machine ? figure->name : _(figure->shown);

    sheet_row(to->sheet, 0, why == NULL ? SHEET_PLAIN : SHEET_FAINT);
    sheet_text(to->sheet, entry->handle);
    sheet_text(to->sheet, book_label(context->book, entry));
    sheet_text(to->sheet, shown);
    if (cents < 0)
        sheet_none(to->sheet);
    else
        sheet_number(to->sheet, cents);
    sheet_text(to->sheet, why);
}

static void put_line(const struct drawing *to, const struct book_entry *line)
{
    int64_t spent = book_number(line, "actual", -1);

    put(to, line, &planned, book_number(line, "planned", 0), NULL);
    if (spent >= 0)
        put(to, line, &actual, spent, NULL);
}

static void put_request(const struct drawing *to, const struct book_entry *request)
{
    int64_t status = book_number(request, "status", CONCERT__FUNDING_REQUEST__STATUS__NEEDED);
    bool granted = status == CONCERT__FUNDING_REQUEST__STATUS__GRANTED;
    int64_t cents = book_number(request, granted ? "granted" : "amount", -1);
    const char *why = cents < 0 ? _("no amount yet") : NULL;

    if (status == CONCERT__FUNDING_REQUEST__STATUS__REFUSED)
        why = _("refused");
    if (status > 0 && (size_t)status < COUNT(figures))
        put(to, request, &figures[status], cents, why);
}

static void note_sum(const struct money_page *page, const struct money_sum *sum)
{
    struct report *report = page->context->report;

    report_note(report,
        arena_printf(page->arena,
            _("Planned %s; spent %s; granted %s; asked with no answer yet %s; to ask for %s."),
            money_draw_amount(page, sum->planned), money_draw_amount(page, sum->actual),
            money_draw_amount(page, sum->funded), money_draw_amount(page, sum->asked),
            money_draw_amount(page, sum->needed)));
    report_note(
        report, arena_printf(page->arena, _("Gap = planned %s − granted %s = %s."),
                    money_draw_amount(page, sum->planned), money_draw_amount(page, sum->funded),
                    money_draw_amount(page, money_gap(sum))));
}

static void put_sum(const struct money_page *page, const struct money_sum *sum)
{
    static const struct sheet_column columns[] = {
        {"of", NULL, SHEET_TEXT, false, true},
        {"planned", NULL, SHEET_MONEY, false, true},
        {"actual", NULL, SHEET_MONEY, false, true},
        {"funded", NULL, SHEET_MONEY, false, true},
        {"asked", NULL, SHEET_MONEY, false, true},
        {"needed", NULL, SHEET_MONEY, false, true},
        {"gap", NULL, SHEET_MONEY, false, true},
    };
    const int64_t amounts[] = {
        sum->planned, sum->actual, sum->funded, sum->asked, sum->needed, money_gap(sum)};
    struct sheet *sheet = report_sheet(
        page->context->report, "money", NULL, SHEET_CARD, true, columns, COUNT(columns));

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, page->project->handle);
    for (size_t i = 0; i < COUNT(amounts); i++)
        sheet_number(sheet, amounts[i]);
}

void money_draw_explanation(const struct money_page *page)
{
    struct context *context = page->context;
    struct money_sum sum = {0};
    struct drawing to = {.page = page,
        .sheet = report_sheet(context->report, "lines", N_("What adds up to the amounts"),
            SHEET_TABLE, false, line_columns, COUNT(line_columns))};
    size_t n_lines, n_requests;
    const struct book_entry *const *lines =
        book_children(context->book, page->project->id, CONCERT__KIND__BUDGET_LINE, NULL, &n_lines);
    const struct book_entry *const *requests =
        money_requests(context->book, page->project, page->arena, &n_requests);

    for (size_t i = 0; i < n_lines; i++)
        put_line(&to, lines[i]);
    for (size_t i = 0; requests != NULL && i < n_requests; i++)
        put_request(&to, requests[i]);
    money_add(context->book, page->project, &sum);
    if (sum.dropped > 0)
        report_note(context->report, _("The project was dropped: none of it counts."));
    if (sum.without_actual > 0)
        report_note(context->report, arena_printf(page->arena, _("Left out: %s."),
                                         arena_printf(page->arena,
                                             ngettext("%zu budget line that does not say what was "
                                                      "spent",
                                                 "%zu budget lines that do not say what was spent",
                                                 (unsigned long)sum.without_actual),
                                             sum.without_actual)));
    note_sum(page, &sum);
    if (context->machine)
        put_sum(page, &sum);
}
