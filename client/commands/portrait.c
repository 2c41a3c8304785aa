/* The portrait of the territories: indicators by place and dimension. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/portrait.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"
#include "words/amount.h"
#include "words/phrase.h"

struct drawing {
    struct context *context;
    struct arena *arena;
    const struct book_entry *indicator;
    bool leaving;
    bool few, mixed; /* something of the kind was drawn: it is explained below */
};

/* --- words -------------------------------------------------------------------------------------
 */

/* A year by itself, else both days. */
static const char *period_text(const struct drawing *to, struct portrait_period period)
{
    int from_year, from_month, from_day, to_year, to_month, to_day;
    char start[PHRASE_SIZE], end[PHRASE_SIZE];

    if (date_to_civil(period.start, &from_year, &from_month, &from_day) &&
        date_to_civil(period.end, &to_year, &to_month, &to_day) && from_year == to_year &&
        from_month == 1 && from_day == 1 && to_month == 12 && to_day == 31)
        return arena_printf(to->arena, "%d", from_year);
    phrase_date(period.start, to->context->language, start);
    phrase_date(period.end, to->context->language, end);
    return period.start == period.end ? arena_printf(to->arena, "%s", start)
                                      : arena_printf(to->arena, _("%s to %s"), start, end);
}

static const char *figure(
    struct drawing *to, const struct portrait *portrait, const struct portrait_cell *cell)
{
    char text[AMOUNT_SIZE];
    int64_t value;

    to->few |= cell->hidden;
    to->mixed |= cell->mixed && !cell->hidden;
    if (cell->hidden)
        return to->context->machine ? NULL : "x";
    if (cell->mixed)
        return to->context->machine ? NULL : "—";
    if (!portrait_value(portrait, cell, &value))
        return NULL;
    if (to->context->machine)
        amount_decimal_plain(value, text);
    else
        amount_decimal(portrait->additive || !cell->rate ? value : value / 100 * 100,
            to->context->language, text);
    return arena_copy(to->arena, text, strlen(text));
}

/* --- one table ---------------------------------------------------------------------------------
 */

/* The places that have a figure; for programs all of them. */
static bool is_shown(const struct drawing *to, const struct portrait *portrait, size_t place)
{
    return to->context->machine || portrait_at(portrait, portrait->n_rows, place)->count > 0 ||
           place == portrait->n_places;
}

static struct sheet *table(struct drawing *to, const struct portrait *portrait, const char *title)
{
    struct sheet_column *columns =
        arena_alloc(to->arena, (portrait->n_places + 2) * sizeof(*columns));
    size_t used = 0;

    if (columns == NULL)
        return NULL;
    columns[used++] = (struct sheet_column){.key = "row",
        .title = portrait->dimension != NULL ? portrait->dimension : N_("What"),
        .type = SHEET_TEXT,
        .wide = true};
    for (size_t i = 0; i <= portrait->n_places; i++) {
        size_t place = i < portrait->n_territories    ? i
                       : i == portrait->n_territories ? portrait->n_places
                                                      : i - 1;
        const char *name =
            place == portrait->n_places ? _("The region") : portrait->places[place].name;

        if (is_shown(to, portrait, place))
            columns[used++] =
                (struct sheet_column){.key = place == portrait->n_places ? "region" : name,
                    .title = name,
                    .type = SHEET_FIGURE};
    }
    return report_sheet(to->context->report,
        portrait->dimension != NULL ? portrait->dimension : "portrait", title, SHEET_TABLE, false,
        columns, used);
}

/* The region comes behind its territories, other regions behind it. */
static void put_row(struct drawing *to, struct sheet *sheet, const struct portrait *portrait,
    size_t row, const char *label)
{
    bool all = row == portrait->n_rows;

    sheet_row(sheet, 0, all && portrait->n_rows > 0 ? SHEET_STRONG : SHEET_PLAIN);
    sheet_text(sheet, label);
    for (size_t i = 0; i <= portrait->n_places; i++) {
        size_t place = i < portrait->n_territories    ? i
                       : i == portrait->n_territories ? portrait->n_places
                                                      : i - 1;

        if (is_shown(to, portrait, place))
            sheet_text(sheet, figure(to, portrait, portrait_at(portrait, row, place)));
    }
}

static void draw_table(struct drawing *to, const struct portrait *portrait, const char *title)
{
    struct sheet *sheet = table(to, portrait, title);

    for (size_t row = 0; sheet != NULL && row < portrait->n_rows; row++)
        put_row(to, sheet, portrait, row, portrait->rows[row]);
    if (sheet != NULL)
        put_row(to, sheet, portrait, portrait->n_rows,
            portrait->n_rows > 0 ? _("All") : book_label(to->context->book, to->indicator));
}

static void note_differences(struct drawing *to, const struct portrait *portrait)
{
    for (size_t i = 0; !to->leaving && i < portrait->n_differences; i++) {
        const struct portrait_difference *d = &portrait->differences[i];
        char given[AMOUNT_SIZE], parts[AMOUNT_SIZE], difference[AMOUNT_SIZE];

        amount_decimal(d->given, to->context->language, given);
        amount_decimal(d->parts, to->context->language, parts);
        amount_decimal(d->given - d->parts, to->context->language, difference);
        report_note(to->context->report,
            *d->row == '\0'
                ? arena_printf(to->arena,
                      _("%s: the total given is %s, its parts make %s: a difference of %s."),
                      d->place, given, parts, difference)
                : arena_printf(to->arena,
                      _("%s, %s: the total given is %s, its parts make %s: a difference of %s."),
                      d->place, d->row, given, parts, difference));
    }
}

static void note_words(struct drawing *to)
{
    struct report *report = to->context->report;
    const char *definition = book_text(to->indicator, "definition");
    const char *source = book_text(to->indicator, "source");
    uint64_t seq;

    if (definition != NULL)
        report_note(report, definition);
    if (source != NULL)
        report_note(report, arena_printf(to->arena, _("Source: %s."), source));
    if (to->mixed)
        report_note(report, _("“—”: these figures cannot be added; a rate can, with its numerator "
                              "and denominator."));
    if (to->few)
        report_note(report, _("“x”: a count under 5, or another that would give it away, does not "
                              "leave the region."));
    desk_age(to->context->desk, &seq);
    report_note(report,
        arena_printf(to->arena, _("Totals are worked out from the figures, as of change %llu."),
            (unsigned long long)seq));
}

/* --- an indicator ------------------------------------------------------------------------------
 */

/* "ID1 Logements sociaux (logements), 2008". */
static const char *heading(const struct drawing *to, struct portrait_period period)
{
    const char *unit = book_text(to->indicator, "unit");
    const char *label = book_label(to->context->book, to->indicator);

    if (unit == NULL)
        return arena_printf(
            to->arena, "%s %s · %s", to->indicator->handle, label, period_text(to, period));
    return arena_printf(
        to->arena, "%s %s (%s) · %s", to->indicator->handle, label, unit, period_text(to, period));
}

/* Of what leaves the region one table alone: two of them would give away what each hides. */
static bool draw_dimensions(struct drawing *to, struct portrait_period period)
{
    size_t count =
        record_count(to->indicator->body, record_field(to->indicator->kind, "dimensions"));
    struct portrait portrait;

    for (size_t i = 0; !to->leaving && count > 1 && i < count; i++) {
        if (!portrait_make(
                to->context->book, to->indicator, period, i, to->leaving, to->arena, &portrait))
            return false;
        draw_table(to, &portrait, arena_printf(to->arena, _("By %s"), portrait.dimension));
    }
    return true;
}

/* The region's and the territories' figures in each period, when there are several. */
static bool draw_trend(struct drawing *to, const struct portrait_period *periods, size_t n_periods)
{
    struct sheet *sheet = NULL;
    struct portrait portrait;

    for (size_t i = n_periods; n_periods > 1 && i > 0; i--) {
        if (!portrait_make(to->context->book, to->indicator, periods[i - 1], SIZE_MAX, to->leaving,
                to->arena, &portrait))
            return false;
        if (sheet == NULL) {
            static const struct sheet_column columns[] = {
                {"period", N_("Period"), SHEET_TEXT, true, false},
                {"region", N_("The region"), SHEET_FIGURE, false, false},
                {"figures", N_("Figures"), SHEET_NUMBER, false, false}};

            sheet = report_sheet(to->context->report, "trend", _("From period to period"),
                SHEET_TABLE, false, columns, 3);
        }
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, period_text(to, periods[i - 1]));
        sheet_text(sheet,
            figure(to, &portrait, portrait_at(&portrait, portrait.n_rows, portrait.n_places)));
        sheet_number(
            sheet, (int64_t)portrait_at(&portrait, portrait.n_rows, portrait.n_places)->count);
    }
    return true;
}

/* The newest period, or the newest that holds the day or year asked for. */
static const struct portrait_period *pick_period(struct drawing *to,
    const struct portrait_period *periods, size_t count, enum command_exit *code_r)
{
    const char *asked = command_option(to->context, "period");
    char *end;
    long year;

    if (asked == NULL)
        return &periods[0];
    year = strtol(asked, &end, 10);
    for (size_t i = 0; *end == '\0' && i < count; i++)
        if (periods[i].start <= date_from_civil((int)year, 12, 31) &&
            periods[i].end >= date_from_civil((int)year, 1, 1))
            return &periods[i];
    *code_r = command_say(to->context, COMMAND_NOT_FOUND,
        _("There is no figure of “%s” for %s. There are: %s."),
        book_label(to->context->book, to->indicator), asked, period_text(to, periods[0]));
    return NULL;
}

static enum command_exit draw_indicator(struct drawing *to)
{
    size_t count;
    const struct portrait_period *periods =
        portrait_periods(to->context->book, to->indicator, to->arena, &count);
    const struct portrait_period *period;
    enum command_exit code = COMMAND_OK;
    struct portrait portrait;

    if (periods == NULL)
        return change_no_memory(to->context);
    if (count == 0) {
        report_note(to->context->report,
            arena_printf(to->arena,
                _("No figure of “%s” yet. To add one: concert add observation indicator=%s "
                  "territory=… "
                  "period_start=2009-01-01 period_end=2009-12-31 value=…"),
                book_label(to->context->book, to->indicator), to->indicator->handle));
        return COMMAND_OK;
    }
    period = pick_period(to, periods, count, &code);
    if (period == NULL)
        return code;
    if (!portrait_make(
            to->context->book, to->indicator, *period, SIZE_MAX, to->leaving, to->arena, &portrait))
        return change_no_memory(to->context);
    draw_table(to, &portrait, heading(to, *period));
    note_differences(to, &portrait);
    if (!draw_dimensions(to, *period) || !draw_trend(to, periods, count))
        return change_no_memory(to->context);
    note_words(to);
    return COMMAND_OK;
}

/* --- all indicators ----------------------------------------------------------------------------
 */

static enum command_exit draw_list(struct drawing *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"code", N_("Code"), SHEET_TEXT, false, false},
        {"title", N_("Title"), SHEET_TEXT, true, false},
        {"theme", N_("Theme"), SHEET_TEXT, false, false},
        {"unit", N_("Unit"), SHEET_TEXT, false, false},
        {"figures", N_("Figures"), SHEET_NUMBER, false, false},
        {"latest", N_("Newest"), SHEET_TEXT, false, false},
    };
    size_t count, n_periods, figures;
    const struct book_entry *const *list =
        book_list(to->context->book, CONCERT__KIND__INDICATOR, &count);
    struct sheet *sheet = report_sheet(to->context->report, "indicators", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++) {
        const struct portrait_period *periods =
            portrait_periods(to->context->book, list[i], to->arena, &n_periods);

        book_children(to->context->book, list[i]->id, CONCERT__KIND__OBSERVATION, NULL, &figures);
        sheet_row(sheet, 0, figures == 0 ? SHEET_FAINT : SHEET_PLAIN);
        sheet_text(sheet, list[i]->handle);
        sheet_text(sheet, book_text(list[i], "code"));
        sheet_text(sheet, book_text(list[i], "title"));
        sheet_text(sheet, book_text(list[i], "theme"));
        sheet_text(sheet, book_text(list[i], "unit"));
        sheet_number(sheet, (int64_t)figures);
        sheet_text(sheet, n_periods > 0 ? period_text(to, periods[0]) : NULL);
    }
    if (count == 0)
        report_note(
            to->context->report, _("There is no indicator yet. To make one: concert add indicator "
                                   "code=LOG title=\"Social "
                                   "housing\" unit=dwellings dimensions=\"status; category\""));
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct drawing to = {.context = context,
        .arena = context->arena,
        .leaving = command_option(context, "public") != NULL};
    enum command_exit code = COMMAND_OK;

    if (context->argc == 0)
        return draw_list(&to);
    to.indicator = command_record(context, context->argv[0], KIND_BIT(INDICATOR), &code);
    return to.indicator == NULL ? code : draw_indicator(&to);
}

static const struct command_option options[] = {
    {"period", "periode", 0, N_("YEAR"), N_("The figures of that year: else the newest.")},
    {"public", "public", 0, NULL, N_("What may leave the region: counts under 5 are hidden.")},
    {.name = NULL},
};

const struct command portrait_command = {
    .name = "portrait",
    .french = "portrait",
    .usage_en = "[INDICATOR]",
    .usage_fr = "[INDICATEUR]",
    .summary = N_("Shows an indicator by territory and dimension, beside other regions."),
    .examples_en = "concert portrait\nconcert portrait ID1 --period 2008\n"
                   "concert portrait ID1 --public --format csv",
    .examples_fr = "concert portrait\nconcert portrait ID1 --periode 2008\n"
                   "concert portrait ID1 --public --format csv",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
