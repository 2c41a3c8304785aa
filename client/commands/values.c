/* Strategic plans analysed for the values of the citizens' declaration, and the year's balance. */
#include "figures/values.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"

struct page {
    struct context *context;
    struct arena *arena;
    struct values values;
};

static const char *level_word(enum values_level level)
{
    static const char *const words[VALUES_LEVELS] = {
        [VALUES_UNSAID] = N_("Not said"),
        [VALUES_NONE] = N_("Not at all"),
        [VALUES_PARTLY] = N_("Partly"),
        [VALUES_FULLY] = N_("Fully"),
    };

    return gettext(words[level]);
}

static const char *level_name(enum values_level level)
{
    static const char *const names[VALUES_LEVELS] = {
        [VALUES_UNSAID] = "unset",
        [VALUES_NONE] = "none",
        [VALUES_PARTLY] = "partly",
        [VALUES_FULLY] = "fully",
    };

    return names[level];
}

static void put_line(struct sheet *sheet, const char *key, const char *label, size_t now,
    size_t last, size_t ever, enum sheet_tone tone)
{
    sheet_row(sheet, 0, tone);
    sheet_text(sheet, key);
    sheet_text(sheet, label);
    sheet_number(sheet, (int64_t)now);
    sheet_number(sheet, (int64_t)last);
    sheet_number(sheet, (int64_t)ever);
}

static bool draw_balance(const struct page *to)
{
    const struct values *v = &to->values;
    const struct sheet_column columns[] = {
        {"integrates", NULL, SHEET_TEXT, false, true},
        {"label", N_("Integrates the values"), SHEET_TEXT, false, false},
        {"this_year", year_name(v->year, to->arena), SHEET_NUMBER, false, false},
        {"last_year", year_name(year_before(v->year), to->arena), SHEET_NUMBER, false, false},
        {"cumulative", N_("Since the beginning"), SHEET_NUMBER, false, false},
    };
    struct sheet *sheet = report_sheet(to->context->report, "balance",
        N_("Parties whose strategic plan was analysed"), SHEET_TABLE, false, columns, 5);

    if (sheet == NULL)
        return false;
    for (size_t i = VALUES_LEVELS; i-- > 0;)
        if (i != VALUES_UNSAID || v->ever.parties[i] > 0)
            put_line(sheet, level_name((enum values_level)i), level_word((enum values_level)i),
                v->now.parties[i], v->last.parties[i], v->ever.parties[i], SHEET_PLAIN);
    put_line(sheet, "parties", _("Parties analysed"), v->now.analysed, v->last.analysed,
        v->ever.analysed, SHEET_STRONG);
    put_line(sheet, "documents", _("Documents analysed"), v->now.documents, v->last.documents,
        v->ever.documents, SHEET_PLAIN);
    return true;
}

static bool draw_parties(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"party", NULL, SHEET_TEXT, false, true},
        {"name", N_("Party"), SHEET_TEXT, true, false},
        {"integrates", N_("Integrates the values"), SHEET_TEXT, false, false},
        {"before", N_("The year before"), SHEET_TEXT, false, false},
        {"reviewed_on", N_("Analysed"), SHEET_DATE, false, false},
        {"document", N_("Document"), SHEET_TEXT, true, false},
        {"documents", NULL, SHEET_NUMBER, false, true},
    };
    const struct context *context = to->context;
    struct sheet *sheet =
        report_sheet(context->report, "parties", N_("By party"), SHEET_TABLE, false, columns, 7);

    for (size_t i = 0; sheet != NULL && i < to->values.count; i++) {
        const struct values_party *p = &to->values.parties[i];

        if (p->latest == NULL)
            continue;
        sheet_row(sheet, 0, p->level == VALUES_FULLY ? SHEET_GOOD : SHEET_PLAIN);
        sheet_text(sheet, p->party->handle);
        sheet_text(sheet, book_label(context->book, p->party));
        sheet_text(sheet, context->machine ? level_name(p->level) : level_word(p->level));
        sheet_text(sheet, p->before == VALUES_UNSAID ? NULL
                          : context->machine         ? level_name(p->before)
                                                     : level_word(p->before));
        if (book_text(p->latest, "reviewed_on") == NULL)
            sheet_none(sheet);
        else
            sheet_number(sheet, book_date(p->latest, "reviewed_on"));
        sheet_text(sheet, book_text(p->latest, "document"));
        sheet_number(sheet, (int64_t)p->documents);
    }
    return sheet != NULL;
}

static bool draw_never(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"party", N_("Handle"), SHEET_TEXT, false, false},
        {"name", N_("Partner"), SHEET_TEXT, true, false},
    };
    struct sheet *sheet = report_sheet(to->context->report, "never",
        N_("Partners whose plan was never analysed"), SHEET_TABLE, false, columns, 2);

    for (size_t i = 0; sheet != NULL && i < to->values.count; i++) {
        const struct values_party *p = &to->values.parties[i];

        if (p->latest != NULL)
            continue;
        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, p->party->handle);
        sheet_text(sheet, book_text(p->party, "name"));
    }
    return sheet != NULL;
}

/* What the figures count. */
static void note_all(const struct page *to)
{
    const struct values *v = &to->values;
    struct report *report = to->context->report;

    report_note(report,
        _("A party stands where its latest analysis of the period puts it; it counts once."));
    if (v->undated > 0)
        report_note(report,
            arena_printf(to->arena,
                ngettext("%zu analysis without a day counts since the beginning alone.",
                    "%zu analyses without a day count since the beginning alone.", v->undated),
                v->undated));
    if (v->never > 0)
        report_note(report, arena_printf(to->arena,
                                ngettext("%zu partner was never analysed.",
                                    "%zu partners were never analysed.", v->never),
                                v->never));
    asked_note_as_of(to->context, to->arena);
}

/* --year is the calendar year in which the year begins; its figures are then those of its end. */
static bool read_year(
    struct page *to, struct year *year_r, int32_t *day_r, enum command_exit *code_r)
{
    const struct book *book = to->context->book;
    const char *word = command_option(to->context, "year");
    int64_t number = 0;

    *day_r = to->context->today;
    *year_r = year_of(book, *day_r);
    if (word == NULL)
        return true;
    if (!fields_number(word, &number) || number < 1900 || number > 9998) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("“%s” is no year. Give the one in which it begins: --year 2009."), word);
        return false;
    }
    *year_r = year_from(book, (int)number);
    if (*day_r < year_r->first || *day_r > year_r->last)
        *day_r = year_r->last;
    return true;
}

static enum command_exit draw(struct page *to)
{
    enum command_exit code = COMMAND_OK;
    struct year year;
    int32_t day;

    if (!read_year(to, &year, &day, &code))
        return code;
    if (!values_read(to->context->book, year, day, to->arena, &to->values) || !draw_balance(to) ||
        !draw_parties(to) || !draw_never(to))
        return change_no_memory(to->context);
    note_all(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    return draw(&to);
}

static const struct command_option options[] = {
    {"year", "annee", 0, N_("YEAR"), N_("The year that begins then, rather than this one.")},
    {.name = NULL},
};

const struct command values_command = {
    .name = "values",
    .french = "valeurs",
    .usage_en = "[--year YEAR]",
    .usage_fr = "[--annee ANNÉE]",
    .summary = N_("Tells which strategic plans integrate the declaration's values, year by year."),
    .examples_en = "concert values\nconcert values --year 2009",
    .examples_fr = "concert valeurs\nconcert valeurs --annee 2009",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
