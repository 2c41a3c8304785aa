/* Routes from one territory to another: a matrix, lists by status, and needs without a route. */
#include "figures/cross.h"
#include "i18n.h"
#include "input/change.h"
#include "words/status_word.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The statuses, nearest to the road first. */
struct lists_row {
    int64_t status;
    const char *name, *title;               /* of the list */
    const char *matrix_name, *matrix_title; /* NULL: no matrix */
};

static const struct lists_row lists[] = {
    {CONCERT__ROUTE__STATUS__RUNNING, "running", N_("Running"), "routes_running",
        N_("Running routes")},
    {CONCERT__ROUTE__STATUS__UNDER_STUDY, "under_study", N_("Under study"), "routes_under_study",
        N_("Routes under study")},
    {CONCERT__ROUTE__STATUS__IDENTIFIED, "identified", N_("Identified"), "routes_identified",
        N_("Identified routes")},
    {CONCERT__ROUTE__STATUS__DROPPED, "dropped", N_("Dropped"), NULL, NULL},
};

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *const *routes;
    size_t count;
};

static int64_t status_of(const struct book_entry *route)
{
    return book_number(route, "status", CONCERT__ROUTE__STATUS__IDENTIFIED);
}

/* --- the matrix --------------------------------------------------------------------------------
 */

static struct cross_key key_of(const struct book_entry *territory)
{
    const char *name = book_text(territory, "name"), *code = book_text(territory, "code");

    return (struct cross_key){.key = code == NULL ? territory->handle : code,
        .label = name == NULL ? territory->handle : name,
        .brief = code};
}

static size_t keys_of(const struct page *to, const struct book_entry *route, const char *field,
    struct cross_key keys_r[CROSS_KEYS_MAX])
{
    const struct book_entry *territory = book_follow(to->context->book, route, field);

    if (territory == NULL)
        return 0;
    keys_r[0] = key_of(territory);
    return 1;
}

static size_t from_keys(
    void *arg, const struct book_entry *route, struct cross_key keys_r[CROSS_KEYS_MAX])
{
    return keys_of(arg, route, "territory_from", keys_r);
}

static size_t to_keys(
    void *arg, const struct book_entry *route, struct cross_key keys_r[CROSS_KEYS_MAX])
{
    return keys_of(arg, route, "territory_to", keys_r);
}

/* A matrix of the routes that have the status; 0: of all but those that were dropped. */
static bool draw_matrix(struct page *to, int64_t status, const char *name, const char *title)
{
    struct cross *cross = cross_new(to->arena);
    const struct cross_page page = {.name = name,
        .title = _(title),
        .row_key = "from",
        .row_title = _("From \\ to"),
        .type = SHEET_NUMBER,
        .counts = true};
    size_t n;
    const struct book_entry *const *territories =
        book_list(to->context->book, CONCERT__KIND__TERRITORY, &n);
    bool good = cross != NULL;
    size_t drawn = 0;

    for (size_t i = 0; good && i < n; i++)
        good =
            cross_row(cross, key_of(territories[i])) && cross_column(cross, key_of(territories[i]));
    for (size_t i = 0; good && i < to->count; i++) {
        int64_t own = status_of(to->routes[i]);

        if (status == 0 ? own == CONCERT__ROUTE__STATUS__DROPPED : own != status)
            continue;
        good = cross_fill(cross, &to->routes[i], 1, from_keys, to_keys, NULL, to);
        drawn++;
    }
    if (good && (to->context->machine || drawn > 0))
        cross_draw(cross, to->context->report, &page);
    return good;
}

/* --- lists -------------------------------------------------------------------------------------
 */

static const struct sheet_column route_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"status", NULL, SHEET_TEXT, false, true},
    {"from", N_("From and to"), SHEET_TEXT, true, false}, /* for people with `to` in it */
    {"to", NULL, SHEET_TEXT, false, true},
    {"territory_from", NULL, SHEET_TEXT, false, true},
    {"territory_to", NULL, SHEET_TEXT, false, true},
    {"within", NULL, SHEET_BOOL, false, true},
    {"operator", N_("Operator, how often"), SHEET_TEXT, true, false}, /* likewise */
    {"frequency", NULL, SHEET_TEXT, false, true},
    {"need", N_("Need"), SHEET_TEXT, true, false},
};

/* A page has no room for each field: for people two in one. */
static const char *joined(const struct page *to, const struct book_entry *route, const char *field,
    const char *with, const char *between)
{
    const char *first = book_text(route, field), *second = book_text(route, with);

    if (to->context->machine || second == NULL)
        return first;
    return first == NULL ? second : arena_printf(to->arena, "%s%s%s", first, between, second);
}

static void put_route(const struct page *to, struct sheet *sheet, const struct book_entry *route)
{
    const struct book *book = to->context->book;
    const struct book_entry *from = book_follow(book, route, "territory_from");
    const struct book_entry *there = book_follow(book, route, "territory_to");

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, route->handle);
    sheet_text(sheet, book_text(route, "title"));
    sheet_text(sheet, status_word(to->context, route, "status", true, to->arena));
    sheet_text(sheet, joined(to, route, "from", "to", " → "));
    sheet_text(sheet, book_text(route, "to"));
    sheet_text(sheet, from == NULL ? NULL : book_text(from, "name"));
    sheet_text(sheet, there == NULL ? NULL : book_text(there, "name"));
    sheet_number(sheet, from != NULL && from == there);
    sheet_text(sheet, joined(to, route, "operator", "frequency", ", "));
    sheet_text(sheet, book_text(route, "frequency"));
    sheet_text(sheet, book_text(route, "need"));
}

/* Nothing answers the need yet: it is not running nor dropped, and nobody studies it, or it is
 * studied with neither operator nor frequency. */
static bool is_unanswered(const struct book_entry *route)
{
    int64_t status = status_of(route);

    if (status == CONCERT__ROUTE__STATUS__IDENTIFIED)
        return true;
    return status == CONCERT__ROUTE__STATUS__UNDER_STUDY && book_text(route, "operator") == NULL &&
           book_text(route, "frequency") == NULL;
}

static void draw_lists(const struct page *to)
{
    for (size_t l = 0; l < COUNT(lists); l++) {
        struct sheet *sheet = report_sheet(to->context->report, lists[l].name, lists[l].title,
            SHEET_TABLE, false, route_columns, COUNT(route_columns));

        for (size_t i = 0; i < to->count; i++)
            if (status_of(to->routes[i]) == lists[l].status)
                put_route(to, sheet, to->routes[i]);
    }
}

static void draw_needs(const struct page *to)
{
    struct report *report = to->context->report;
    struct sheet *sheet = report_sheet(report, "needs", N_("Needs without a route"), SHEET_TABLE,
        false, route_columns, COUNT(route_columns));
    size_t needs = 0, within = 0;

    for (size_t i = 0; i < to->count; i++) {
        const struct book_entry *from =
            book_follow(to->context->book, to->routes[i], "territory_from");

        within +=
            from != NULL && from == book_follow(to->context->book, to->routes[i], "territory_to");
        if (!is_unanswered(to->routes[i]))
            continue;
        put_route(to, sheet, to->routes[i]);
        needs++;
    }
    if (needs > 0)
        report_note(report, _("A need has no route while its route is only identified, or studied "
                              "with neither operator nor frequency."));
    report_note(report,
        arena_printf(to->arena,
            ngettext("%zu of %zu route is within one territory: the matrix shows it where row and "
                     "column meet.",
                "%zu of %zu routes are within one territory: the matrix shows them where row and "
                "column meet.",
                to->count),
            within, to->count));
}

/* --- the command -------------------------------------------------------------------------------
 */

static bool draw(struct page *to)
{
    if (to->count == 0) {
        report_note(
            to->context->report, _("There is no route yet: “concert add route” makes one."));
        if (!to->context->machine)
            return true;
    }
    if (!draw_matrix(to, 0, "routes", N_("Routes that are not dropped")))
        return false;
    for (size_t l = 0; l < COUNT(lists); l++)
        if (lists[l].matrix_name != NULL &&
            !draw_matrix(to, lists[l].status, lists[l].matrix_name, lists[l].matrix_title))
            return false;
    draw_lists(to);
    if (to->count > 0 || to->context->machine)
        draw_needs(to);
    return true;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    to.routes = book_list(context->book, CONCERT__KIND__ROUTE, &to.count);
    return draw(&to) ? COMMAND_OK : change_no_memory(context);
}

const struct command transport_command = {
    .name = "transport",
    .french = "transport",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Shows the routes within and between territories, and needs without a route."),
    .examples_en = "concert transport\nconcert transport --format csv",
    .examples_fr = "concert transport\nconcert transport --format csv",
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
