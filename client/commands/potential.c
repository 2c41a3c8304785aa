/* The potential of communities: assessments, their results by dimension, the trend. */
#include <string.h>

#include "date.h"
#include "figures/potential.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"
#include "words/amount.h"
#include "words/phrase.h"

#define FOLD 512

struct drawing {
    struct context *context;
    struct arena *arena;
    const struct book *book;
    const char *community;         /* the list is of this one alone; NULL: of all */
    const struct book_entry *form; /* likewise */
};

static const char *decimal(const struct drawing *to, int64_t thousandths, bool sign)
{
    char text[AMOUNT_SIZE];

    if (to->context->machine)
        amount_decimal_plain(thousandths, text);
    else
        amount_decimal(
            (thousandths + (thousandths < 0 ? -50 : 50)) / 100 * 100, to->context->language, text);
    return arena_printf(
        to->arena, "%s%s", sign && thousandths > 0 && !to->context->machine ? "+" : "", text);
}

/* "Saint-Tite, Mékinac". */
static const char *place(const struct drawing *to, const struct book_entry *assessment)
{
    const char *community = book_text(assessment, "community");
    const struct book_entry *territory = book_follow(to->book, assessment, "territory");

    if (territory == NULL)
        return community;
    if (community == NULL)
        return book_label(to->book, territory);
    return arena_printf(to->arena, "%s, %s", community, book_label(to->book, territory));
}

/* "G1 Fiche d'appréciation, version 2". */
static const char *form_words(const struct drawing *to, const struct book_entry *form)
{
    if (form == NULL)
        return NULL;
    return arena_printf(to->arena, _("%s %s, version %lld"), form->handle,
        book_label(to->book, form), (long long)book_number(form, "version", 1));
}

/* --- all ---------------------------------------------------------------------------------------
 */

static const struct sheet_column list_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"on", N_("Date"), SHEET_DATE, false, false},
    {"place", N_("Community"), SHEET_TEXT, true, false},
    {"form", N_("Form"), SHEET_TEXT, true, false},
    {"result", N_("Result"), SHEET_FIGURE, false, false},
    {"scored", N_("Scored"), SHEET_FIGURE, false, false},
    {"change", N_("Change"), SHEET_FIGURE, false, false},
};

/* All of the assessment; with `both` what it shares with that one. NULL: nothing. */
static const struct potential_result *whole(
    const struct drawing *to, const struct book_entry *assessment, const struct book_entry *both)
{
    size_t count;
    const struct potential_result *results =
        assessment == NULL ? NULL
                           : potential_results(to->book, assessment, both, to->arena, &count);

    return results == NULL ? NULL : &results[count - 1];
}

static void put_change(const struct drawing *to, struct sheet *sheet,
    const struct potential_result *now, const struct potential_result *before)
{
    if (now == NULL || before == NULL || now->scored == 0 || before->scored == 0)
        sheet_none(sheet);
    else
        sheet_text(sheet, decimal(to, now->mean - before->mean, true));
}

static void put_result(
    const struct drawing *to, struct sheet *sheet, const struct potential_result *result)
{
    sheet_text(
        sheet, result == NULL || result->scored == 0 ? NULL : decimal(to, result->mean, false));
}

/* Of that community ("saint-tite") or form; NULL: any. */
static bool is_asked(const struct drawing *to, const struct book_entry *assessment)
{
    const char *community = book_text(assessment, "community");
    char wanted[FOLD], name[FOLD];

    if (to->form != NULL)
        return book_follow(to->book, assessment, "form") == to->form;
    if (to->community == NULL)
        return true;
    text_fold(to->community, wanted, sizeof(wanted));
    text_fold(community == NULL ? "" : community, name, sizeof(name));
    return strcmp(wanted, name) == 0;
}

/* How many assessments are asked for. */
static size_t count_asked(const struct drawing *to)
{
    size_t count, asked = 0;
    const struct book_entry *const *list = book_list(to->book, CONCERT__KIND__ASSESSMENT, &count);

    for (size_t i = 0; i < count; i++)
        asked += is_asked(to, list[i]);
    return asked;
}

static enum command_exit draw_list(const struct drawing *to)
{
    size_t count;
    const struct book_entry *const *list = book_list(to->book, CONCERT__KIND__ASSESSMENT, &count);
    struct sheet *sheet = report_sheet(to->context->report, "assessments", NULL, SHEET_TABLE, false,
        list_columns, sizeof(list_columns) / sizeof(list_columns[0]));

    for (size_t i = 0; i < count; i++) {
        const struct potential_result *result = whole(to, list[i], NULL);
        const struct book_entry *before = potential_before(to->book, list[i]);

        if (!is_asked(to, list[i]))
            continue;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, list[i]->handle);
        sheet_number(sheet, book_date(list[i], "on"));
        sheet_text(sheet, place(to, list[i]));
        sheet_text(sheet, form_words(to, book_follow(to->book, list[i], "form")));
        put_result(to, sheet, result);
        sheet_text(sheet, result == NULL ? NULL
                                         : arena_printf(to->arena, _("%zu of %zu"), result->scored,
                                               result->criteria));
        put_change(to, sheet, before == NULL ? NULL : whole(to, list[i], before),
            whole(to, before, list[i]));
    }
    if (count == 0)
        report_note(to->context->report,
            _("No community has been assessed yet: “concert assess” records one."));
    else
        report_note(to->context->report, _("A change is against the assessment before, of the same "
                                           "community with the same version of the form; it counts "
                                           "the criteria scored both times."));
    return COMMAND_OK;
}

/* --- one ---------------------------------------------------------------------------------------
 */

static const struct sheet_column dimension_columns[] = {
    {"dimension", N_("Dimension"), SHEET_TEXT, true, false},
    {"result", N_("Result"), SHEET_FIGURE, false, false},
    {"scored", N_("Scored"), SHEET_FIGURE, false, false},
    {"before", N_("Before"), SHEET_FIGURE, false, false},
    {"change", N_("Change"), SHEET_FIGURE, false, false},
};

static const struct sheet_column score_columns[] = {
    {"rank", N_("Rank"), SHEET_NUMBER, false, false},
    {"dimension", N_("Dimension"), SHEET_TEXT, false, false},
    {"question", N_("Question"), SHEET_TEXT, true, false},
    {"weight", N_("Weight"), SHEET_NUMBER, false, false},
    {"value", N_("Score"), SHEET_NUMBER, false, false},
    {"comment", N_("Comment"), SHEET_TEXT, true, false},
};

static const char *dimension_name(const struct potential_result *result)
{
    return result->name == NULL ? _("All") : *result->name == '\0' ? _("Others") : result->name;
}

/* The results of one assessment, and what they share with the one before. */
struct results {
    const struct potential_result *list;
    size_t count;
};

static struct results results_of(
    const struct drawing *to, const struct book_entry *assessment, const struct book_entry *both)
{
    struct results results = {NULL, 0};

    if (assessment != NULL)
        results.list = potential_results(to->book, assessment, both, to->arena, &results.count);
    return results;
}

static bool draw_dimensions(const struct drawing *to, const struct book_entry *assessment)
{
    const struct book_entry *earlier = potential_before(to->book, assessment);
    struct results all = results_of(to, assessment, NULL), before = results_of(to, earlier, NULL);
    struct results now = results_of(to, earlier == NULL ? NULL : assessment, earlier);
    struct results then = results_of(to, earlier, assessment);
    struct sheet *sheet;

    if (all.list == NULL)
        return false;
    sheet = report_sheet(to->context->report, "dimensions",
        arena_printf(to->arena, "%s · %s", assessment->handle, place(to, assessment)), SHEET_TABLE,
        false, dimension_columns, sizeof(dimension_columns) / sizeof(dimension_columns[0]));
    for (size_t i = 0; i < all.count; i++) {
        const char *name = all.list[i].name;

        sheet_row(sheet, 0, name == NULL ? SHEET_STRONG : SHEET_PLAIN);
        sheet_text(sheet, dimension_name(&all.list[i]));
        put_result(to, sheet, &all.list[i]);
        sheet_text(sheet,
            arena_printf(to->arena, _("%zu of %zu"), all.list[i].scored, all.list[i].criteria));
        put_result(to, sheet, potential_find(before.list, before.count, name));
        put_change(to, sheet, potential_find(now.list, now.count, name),
            potential_find(then.list, then.count, name));
    }
    return true;
}

static bool draw_scores(const struct drawing *to, const struct book_entry *assessment)
{
    size_t count;
    const struct potential_line *lines = potential_lines(to->book, assessment, to->arena, &count);
    struct sheet *sheet = report_sheet(to->context->report, "scores", N_("Scores"), SHEET_TABLE,
        false, score_columns, sizeof(score_columns) / sizeof(score_columns[0]));

    for (size_t i = 0; lines != NULL && i < count; i++) {
        sheet_row(sheet, 0, lines[i].score == NULL ? SHEET_FAINT : SHEET_PLAIN);
        sheet_number(sheet, book_number(lines[i].criterion, "rank", 0));
        sheet_text(sheet, book_text(lines[i].criterion, "dimension"));
        sheet_text(sheet, book_text(lines[i].criterion, "question"));
        sheet_number(sheet, book_number(lines[i].criterion, "weight", 1));
        if (lines[i].score == NULL)
            continue;
        sheet_number(sheet, book_number(lines[i].score, "value", 0));
        sheet_text(sheet, book_text(lines[i].score, "comment"));
    }
    return lines != NULL;
}

static void note_words(const struct drawing *to, const struct book_entry *assessment)
{
    const struct book_entry *form = book_follow(to->book, assessment, "form");
    const struct book_entry *before = potential_before(to->book, assessment);
    const struct book_entry *party = book_follow(to->book, assessment, "party");
    struct report *report = to->context->report;
    char day[PHRASE_SIZE];

    phrase_date(book_date(assessment, "on"), to->context->language, day);
    report_note(report, arena_printf(to->arena, _("%s, %s; by %s."), form_words(to, form), day,
                            party == NULL ? "?" : book_label(to->book, party)));
    if (form != NULL)
        report_note(report,
            arena_printf(to->arena,
                _("Means of the scores, from %lld to %lld, by the weight of each criterion; "
                  "criteria without a score do not count."),
                (long long)book_number(form, "scale_min", 0),
                (long long)book_number(form, "scale_max", 0)));
    if (before != NULL) {
        phrase_date(book_date(before, "on"), to->context->language, day);
        report_note(
            report, arena_printf(to->arena,
                        _("Before: %s, %s; a change counts the criteria scored both times."),
                        before->handle, day));
    }
    if (book_text(assessment, "summary") != NULL)
        report_note(report, book_text(assessment, "summary"));
}

static enum command_exit draw_one(const struct drawing *to, const struct book_entry *assessment)
{
    if (!draw_dimensions(to, assessment) || !draw_scores(to, assessment))
        return change_no_memory(to->context);
    note_words(to, assessment);
    return COMMAND_OK;
}

/* A community's name or a form narrows the list; else the word names one assessment: false. */
static bool read_word(struct drawing *to, const char *word)
{
    const struct book_entry *near[1];
    size_t n;

    to->community = word;
    if (count_asked(to) > 0)
        return true;
    to->community = NULL;
    if (book_find(to->book, word, KIND_BIT(FORM), to->context->today, &to->form, near, 1, &n) !=
        BOOK_FOUND)
        to->form = NULL;
    return to->form != NULL && count_asked(to) > 0;
}

static enum command_exit run(struct context *context)
{
    struct drawing to = {.context = context, .arena = context->arena, .book = context->book};
    const struct book_entry *assessment;
    enum command_exit code = COMMAND_OK;

    if (context->argc > 0 && !read_word(&to, context->argv[0])) {
        assessment = command_record(context, context->argv[0], KIND_BIT(ASSESSMENT), &code);
        if (assessment != NULL)
            code = draw_one(&to, assessment);
    } else {
        code = draw_list(&to);
    }
    return code;
}

const struct command potential_command = {
    .name = "potential",
    .french = "potentiel",
    .usage_en = "[ASSESSMENT|COMMUNITY|FORM]",
    .usage_fr = "[APPRÉCIATION|COMMUNAUTÉ|GRILLE]",
    .summary = N_("Shows the potential of communities: results by dimension, and the trend."),
    .examples_en = "concert potential\nconcert potential Saint-Tite\nconcert potential AC2",
    .examples_fr = "concert potentiel\nconcert potentiel Saint-Tite\nconcert potentiel AC2",
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
