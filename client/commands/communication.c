/* Communication: which public each action reaches and with what goal, and which it never reaches.
 */
#include "figures/due.h"
#include "figures/reach.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"
#include "words.h"
#include "words/status_word.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *plan; /* NULL: all plans */
    const struct book_entry *const *actions;
    size_t count;
};

static bool draw_gaps(const struct page *to, const struct cross *cross)
{
    static const struct sheet_column columns[] = {
        {"audience", N_("Public"), SHEET_NUMBER, false, false},
        {"description", N_("Who"), SHEET_TEXT, true, false},
        {"goals", N_("Never reached for"), SHEET_LIST, true, false},
        {"never", NULL, SHEET_BOOL, false, true},
    };
    const struct context *context = to->context;
    size_t count;
    const struct reach_gap *gaps = reach_gaps(context->book, cross, to->arena, &count);
    struct sheet *sheet = report_sheet(context->report, "never_reached",
        N_("Publics that are not reached"), SHEET_TABLE, false, columns, 4);

    if (gaps == NULL || sheet == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool never = gaps[i].count == sizeof(gaps[i].goals) / sizeof(gaps[i].goals[0]);
        const char *words[sizeof(gaps[i].goals) / sizeof(gaps[i].goals[0])];

        for (size_t g = 0; g < gaps[i].count; g++)
            words[g] = context->machine
                           ? gaps[i].goals[g]
                           : words_show(WORDS_VALUE, gaps[i].goals[g], context->language);
        sheet_row(sheet, 0, never ? SHEET_BAD : SHEET_WARN);
        sheet_number(sheet, book_number(gaps[i].audience, "number", 0));
        sheet_text(sheet, book_label(context->book, gaps[i].audience));
        if (never && !context->machine)
            sheet_texts(sheet, (const char *const[]){_("any goal: never")}, 1);
        else
            sheet_texts(sheet, words, gaps[i].count);
        sheet_number(sheet, never);
    }
    if (count == 0 && cross_rows(cross) > 0)
        report_note(context->report, _("Each public is reached for each goal."));
    return true;
}

static void put_audiences(const struct page *to, struct sheet *sheet, const struct book_entry *of)
{
    const ProtobufCFieldDescriptor *field = record_field(of->kind, "audiences");
    size_t count = record_count(of->body, field);
    const char **numbers = arena_alloc(to->arena, (count + 1) * sizeof(*numbers));
    size_t n = 0;

    for (size_t i = 0; numbers != NULL && i < count; i++) {
        struct record_value value = record_get(of->body, field, i);
        const struct book_entry *audience =
            value.size == UUID_SIZE ? book_get(to->context->book, (const uint8_t *)value.data)
                                    : NULL;

        if (audience != NULL)
            numbers[n++] =
                arena_printf(to->arena, "%lld", (long long)book_number(audience, "number", 0));
    }
    sheet_texts(sheet, numbers, n);
}

static bool draw_actions(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"number", N_("No."), SHEET_TEXT, false, false},
        {"title", N_("Action"), SHEET_TEXT, true, false},
        {"communication_goal", N_("Goal"), SHEET_TEXT, false, false},
        {"audiences", N_("Publics"), SHEET_LIST, false, false},
        {"deadline", N_("Deadline"), SHEET_TEXT, true, false},
    };
    const struct context *context = to->context;
    struct sheet *sheet =
        report_sheet(context->report, "actions", N_("Actions"), SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; sheet != NULL && i < to->count; i++) {
        const char *goal =
            status_word(context, to->actions[i], "communication_goal", false, to->arena);

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, to->actions[i]->handle);
        sheet_text(sheet, book_text(to->actions[i], "title"));
        sheet_text(sheet, goal[0] == '\0' ? NULL : goal);
        put_audiences(to, sheet, to->actions[i]);
        sheet_text(sheet, due_text(context->book, to->actions[i], to->arena));
    }
    return sheet != NULL;
}

/* Which actions were counted, and of which plans. */
static void note_counts(const struct page *to, const struct cross *cross)
{
    struct report *report = to->context->report;

    report_note(report,
        to->plan == NULL
            ? arena_printf(to->arena,
                  ngettext("%zu action of all plans has a communication goal or a "
                           "public.",
                      "%zu actions of all plans have a communication goal or a "
                      "public.",
                      to->count),
                  to->count)
            : arena_printf(to->arena,
                  ngettext("%zu action of %s has a communication goal or a public.",
                      "%zu actions of %s have a communication goal or a public.", to->count),
                  to->count, book_label(to->context->book, to->plan)));
    if (cross_overlaps(cross))
        report_note(report, _("What stands in several rows or columns counts once in a total."));
    asked_note_as_of(to->context, to->arena);
}

static enum command_exit draw(struct page *to)
{
    struct context *context = to->context;
    const struct cross_page page = {.name = "reach",
        .title = N_("Actions by public and goal"),
        .row_key = "audience",
        .row_title = N_("Public"),
        .unset_row = N_("No public"),
        .unset_column = N_("No goal"),
        .type = SHEET_NUMBER,
        .counts = true,
        .gaps = true};
    struct cross *cross;

    to->actions = reach_actions(context->book, to->plan, to->arena, &to->count);
    cross = to->actions == NULL
                ? NULL
                : reach_cross(context->book, to->actions, to->count, context->language, to->arena);
    if (cross == NULL || cross_draw(cross, context->report, &page) == NULL || !draw_gaps(to, cross))
        return change_no_memory(context);
    if ((context->machine || command_option(context, "list") != NULL) && !draw_actions(to))
        return change_no_memory(context);
    note_counts(to, cross);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    if (context->argc > 0)
        to.plan = pick_plan(context, context->argv[0], &code);
    if (code != COMMAND_OK)
        return code;
    return draw(&to);
}

static const struct command_option options[] = {
    {"list", "liste", 0, NULL, N_("Lists the actions below the table.")},
    {.name = NULL},
};

const struct command communication_command = {
    .name = "communication",
    .french = "communication",
    .usage_en = "[PLAN] [--list]",
    .usage_fr = "[PLAN] [--liste]",
    .summary = N_("Shows which publics the actions reach, with what goal, and which they do not."),
    .examples_en = "concert communication\nconcert communication PL2 --list",
    .examples_fr = "concert communication\nconcert communication PL2 --liste",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
