/* The bulletin: its issues, the articles offered, accepted and published, and a draft of the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "book/book_past.h"
#include "date.h"
#include "figures/issues.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "words/bulletin.h"
#include "words/phrase.h"
#include "words/status_word.h"

#define AHEAD_MONTHS 3

struct page {
    struct context *context;
    struct arena *arena;
    struct year year;
};

/* --- the issues --------------------------------------------------------------------------------
 */

static const struct sheet_column issue_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"issue", N_("Issue"), SHEET_TEXT, false, false},
    {"status", N_("State"), SHEET_TEXT, true, false},
    {"published_on", NULL, SHEET_DATE, false, true},
    {"offered", N_("Offered"), SHEET_NUMBER, false, false},
    {"accepted", N_("Accepted"), SHEET_NUMBER, false, false},
    {"published", N_("Printed"), SHEET_NUMBER, false, false},
    {"declined", NULL, SHEET_NUMBER, false, true},
};

static void put_counts(struct sheet *sheet, const struct cross *cross, size_t row)
{
    for (size_t i = 0; i < cross_columns(cross); i++)
        sheet_number(sheet, (int64_t)cross_cell(cross, row, i).count);
}

/* For people with the day. */
static const char *state_text(const struct page *to, const struct book_entry *issue)
{
    const char *word = status_word(to->context, issue, "status", true, to->arena);
    char day[PHRASE_SIZE];

    phrase_date(book_date(issue, "published_on"), to->context->language, day);
    return day[0] == '\0' || to->context->machine ? word
                                                  : arena_printf(to->arena, "%s, %s", word, day);
}

static bool draw_issues(const struct page *to, size_t *published_r)
{
    const struct context *context = to->context;
    size_t count;
    const struct book_entry *const *issues = issues_of(context->book, to->year, to->arena, &count);
    struct cross *cross =
        issues == NULL ? NULL
                       : issues_cross(context->book, issues, count, context->language, to->arena);
    struct sheet *sheet = report_sheet(context->report, "issues", N_("Issues of the year"),
        SHEET_TABLE, false, issue_columns, sizeof(issue_columns) / sizeof(issue_columns[0]));

    *published_r = 0;
    if (cross == NULL || sheet == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, issues[i]->handle);
        sheet_text(sheet, book_text(issues[i], "title"));
        sheet_text(sheet, book_text(issues[i], "issue"));
        sheet_text(sheet, state_text(to, issues[i]));
        if (book_date(issues[i], "published_on") == DATE_NONE)
            sheet_none(sheet);
        else
            sheet_number(sheet, book_date(issues[i], "published_on"));
        put_counts(sheet, cross, i);
        *published_r +=
            book_number(issues[i], "status", 0) == CONCERT__PUBLICATION__STATUS__PUBLISHED;
    }
    if (cross_cell(cross, CROSS_UNSET, CROSS_TOTAL).count == 0)
        return true;
    sheet_row(sheet, 0, SHEET_FAINT);
    sheet_none(sheet);
    sheet_text(sheet, _("For no issue yet"));
    sheet_none(sheet);
    sheet_none(sheet);
    sheet_none(sheet);
    put_counts(sheet, cross, CROSS_UNSET);
    return true;
}

/* --- articles ----------------------------------------------------------------------------------
 */

static const struct sheet_column article_columns[] = {
    {"handle", N_("Handle"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"party", N_("Committee"), SHEET_TEXT, true, false},
    {"status", N_("State"), SHEET_TEXT, false, false},
    {"success_story", N_("Success story"), SHEET_BOOL, false, false},
    {"publication", N_("Issue"), SHEET_TEXT, false, false},
};

static struct sheet *article_sheet(const struct page *to, const char *name, const char *title)
{
    return report_sheet(to->context->report, name, title, SHEET_TABLE, false, article_columns,
        sizeof(article_columns) / sizeof(article_columns[0]));
}

static void put_article(
    const struct page *to, struct sheet *sheet, const struct book_entry *article)
{
    const struct book *book = to->context->book;
    const struct book_entry *party = book_follow(book, article, "party");
    const struct book_entry *issue = book_follow(book, article, "publication");

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, article->handle);
    sheet_text(sheet, book_text(article, "title"));
    sheet_text(sheet, party == NULL ? NULL : book_label(book, party));
    sheet_text(sheet, status_word(to->context, article, "status", true, to->arena));
    sheet_number(sheet, book_number(article, "success_story", 0));
    sheet_text(sheet, issue == NULL ? NULL : issue->handle);
}

/* Of no issue, or of one of the year. */
static bool is_of_year(const struct page *to, const struct book_entry *article)
{
    const struct book_entry *issue = book_follow(to->context->book, article, "publication");
    int32_t day = issue == NULL ? DATE_NONE : book_date(issue, "published_on");

    return day == DATE_NONE || (day >= to->year.first && day <= to->year.last);
}

static bool draw_articles(const struct page *to, bool stories)
{
    size_t count;
    const struct book_entry *const *all =
        book_list(to->context->book, CONCERT__KIND__ARTICLE, &count);
    struct sheet *sheet = stories ? article_sheet(to, "stories", N_("Success stories of the year"))
                                  : article_sheet(to, "offers", N_("Offered, without an answer"));

    for (size_t i = 0; sheet != NULL && i < count; i++)
        if (stories ? book_number(all[i], "success_story", 0) != 0 && is_of_year(to, all[i])
                    : issues_status(all[i]) == CONCERT__ARTICLE__STATUS__OFFERED)
            put_article(to, sheet, all[i]);
    return sheet != NULL;
}

static enum command_exit show_year(struct page *to)
{
    size_t published;

    if (!draw_issues(to, &published) || !draw_articles(to, false) || !draw_articles(to, true))
        return change_no_memory(to->context);
    asked_note_none(to->context, CONCERT__KIND__PUBLICATION, to->arena);
    report_note(to->context->report, arena_printf(to->arena,
                                         ngettext("%zu issue published in the year %s.",
                                             "%zu issues published in the year %s.", published),
                                         published, year_name(to->year, to->arena)));
    asked_note_as_of(to->context, to->arena);
    return COMMAND_OK;
}

static enum command_exit show_issue(struct page *to)
{
    struct context *context = to->context;
    enum command_exit code;
    const struct book_entry *issue =
        command_record(context, context->argv[0], KIND_BIT(PUBLICATION), &code);
    const struct book_entry *const *articles;
    struct sheet *sheet;
    size_t count;

    if (issue == NULL)
        return code;
    articles = issues_articles(context->book, issue, to->arena, &count);
    report_records(context->report, "publication", NULL, context->book, issue->kind, &issue, 1,
        SHEET_CARD, true);
    sheet = article_sheet(to, "articles", N_("Articles"));
    if (articles == NULL || sheet == NULL)
        return change_no_memory(context);
    for (size_t i = 0; i < count; i++)
        put_article(to, sheet, articles[i]);
    if (count == 0)
        report_note(context->report, _("No article is meant for this issue yet."));
    return COMMAND_OK;
}

/* --- the draft ---------------------------------------------------------------------------------
 */

/* The book as it was at the end of the day, from the log; NULL: the log is not known that far. */
static struct book *book_on(const struct page *to, int32_t day, uint64_t seq)
{
    struct desk_log log;
    struct desk_why why;
    struct book_past past;
    const Concert__Change *change;

    if (!desk_log(to->context->desk, &log, &why) || log.upto == 0 || log.upto < seq)
        return NULL;
    past = (struct book_past){log.changes, log.count};
    change = book_past_on(&past, day);
    return book_past_make(&past, change == NULL ? 0 : change->seq, to->context->book);
}

/* A text that is there is somebody's work: it is never written over. */
static enum command_exit save(struct page *to, const struct bulletin *draft, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    bool fine = file != NULL;

    if (fd >= 0 && file == NULL)
        close(fd);
    for (size_t i = 0; fine && i < draft->count; i++)
        fine = fprintf(file, "%s\n", draft->lines[i]) >= 0;
    if (file != NULL && fclose(file) != 0)
        fine = false;
    if (!fine && fd < 0 && errno == EEXIST)
        return command_say(to->context, COMMAND_FAILED,
            _("%s is there already, and is left as it is. Give another name."), path);
    if (!fine)
        return command_say(
            to->context, COMMAND_FAILED, _("%s cannot be written: %s."), path, strerror(errno));
    report_note(to->context->report,
        arena_printf(to->arena, _("The draft is in %s, for you to edit."), path));
    return COMMAND_OK;
}

static enum command_exit print(struct page *to, const struct bulletin *draft)
{
    static const struct sheet_column columns[] = {{"line", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet =
        report_sheet(to->context->report, "draft", NULL, SHEET_LINE, false, columns, 1);

    for (size_t i = 0; sheet != NULL && i < draft->count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, draft->lines[i]);
    }
    return sheet == NULL ? change_no_memory(to->context) : COMMAND_OK;
}

static enum command_exit write_draft(struct page *to)
{
    struct context *context = to->context;
    const struct book_entry *last = issues_last(context->book, context->today);
    const char *path = command_option(context, "to");
    struct news_period period = {.since = to->year.first - 1,
        .today = context->today,
        .ahead = date_add_months(context->today, AHEAD_MONTHS)};
    struct bulletin draft;
    struct book *then;
    uint64_t seq = 0;

    if (last != NULL)
        period.since = book_date(last, "published_on");
    desk_age(context->desk, &seq);
    then = book_on(to, period.since, seq);
    period.then = then;
    draft = bulletin_draft(context, &period, last, seq, to->arena);
    book_free(&then);
    if (draft.full)
        return change_no_memory(context);
    return path != NULL ? save(to, &draft, path) : print(to, &draft);
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    to.year = year_of(context->book, context->today);
    if (command_option(context, "draft") != NULL || command_option(context, "to") != NULL)
        return write_draft(&to);
    return context->argc > 0 ? show_issue(&to) : show_year(&to);
}

static const struct command_option options[] = {
    {"draft", "ebauche", 0, NULL,
        N_("A draft of the next issue, from what changed since the last: a text to edit.")},
    {"to", "vers", 0, N_("FILE"), N_("Writes the draft there, in a new file.")},
    {.name = NULL},
};

const struct command bulletin_command = {
    .name = "bulletin",
    .french = "bulletin",
    .usage_en = "[ISSUE | --draft [--to FILE]]",
    .usage_fr = "[PARUTION | --ebauche [--vers FICHIER]]",
    .summary = N_("Shows the bulletin's issues and articles, or drafts the next issue."),
    .examples_en = "concert bulletin\nconcert bulletin PB3\n"
                   "concert bulletin --draft --to bulletin.txt",
    .examples_fr = "concert bulletin\nconcert bulletin PB3\n"
                   "concert bulletin --ebauche --vers bulletin.txt",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
