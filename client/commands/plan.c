/* The plan as a tree: objectives and actions, with their deadlines, status and progress. */

#include "date.h"
#include "figures/due.h"
#include "figures/tally.h"
#include "i18n.h"
#include "input/change.h"
#include "input/moment.h"
#include "input/pick.h"
#include "words/phrase.h"

#define DEPTH_MAX 32

/* People see the figure with what it counts; programs get the numbers. */
static const struct sheet_column people[] = {
    {"number", N_("No."), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, true, false},
    {"status", N_("Status"), SHEET_TEXT, false, false},
    {"progress", N_("Progress"), SHEET_TEXT, true, false},
    {"deadline", N_("Deadline"), SHEET_TEXT, true, false},
};

static const struct sheet_column programs[] = {
    {"id", NULL, SHEET_TEXT, false, true},
    {"kind", NULL, SHEET_TEXT, false, true},
    {"handle", NULL, SHEET_TEXT, false, true},
    {"parent", NULL, SHEET_TEXT, false, true},
    {"number", NULL, SHEET_TEXT, false, true},
    {"title", NULL, SHEET_TEXT, false, true},
    {"deadline", NULL, SHEET_TEXT, false, true},
    {"status", NULL, SHEET_TEXT, false, true},
    {"continuous", NULL, SHEET_BOOL, false, true},
    {"stale", NULL, SHEET_BOOL, false, true},
    {"percent", NULL, SHEET_PERCENT, false, true},
    {"counted", NULL, SHEET_NUMBER, false, true},
    {"dropped", NULL, SHEET_NUMBER, false, true},
    {"not_applicable", NULL, SHEET_NUMBER, false, true},
    {"outside", NULL, SHEET_NUMBER, false, true},
};

#define COLUMNS(a) (a), sizeof(a) / sizeof((a)[0])

/* What is drawn, and where. */
struct drawing {
    struct context *context;
    struct arena *arena;
    struct sheet *sheet;
    const struct book_entry *plan;
    const struct moment *moment; /* NULL: now */
};

static enum sheet_tone tone_of(const struct book_entry *entry, enum rollup_status status)
{
    static const enum sheet_tone tones[] = {[ROLLUP_NOT_STARTED] = SHEET_PLAIN,
        [ROLLUP_UNDER_WAY] = SHEET_PLAIN,
        [ROLLUP_BLOCKED] = SHEET_WARN,
        [ROLLUP_LATE] = SHEET_BAD,
        [ROLLUP_DONE] = SHEET_GOOD,
        [ROLLUP_NOTHING] = SHEET_FAINT};

    return entry->kind->id == CONCERT__KIND__OBJECTIVE ? SHEET_STRONG : tones[status];
}

static void row_for_people(const struct drawing *to, const struct book_entry *entry,
    const struct tally *tally, const char *deadline)
{
    const char *figure = tally_figure(&tally->rollup, to->arena);
    bool action = entry->kind->id == CONCERT__KIND__ACTION;

    if (action && tally->stale > 0)
        figure = arena_printf(to->arena, _("%s; no news for six months"), figure);
    sheet_text(to->sheet, book_text(entry, "number"));
    sheet_text(to->sheet, book_text(entry, "title"));
    sheet_text(to->sheet, tally_status(tally->status));
    sheet_text(to->sheet, figure);
    sheet_text(to->sheet, deadline);
}

static void row_for_programs(const struct drawing *to, const struct book_entry *entry,
    const struct tally *tally, const char *deadline)
{
    const struct book_entry *parent = book_follow(to->context->book, entry,
        entry->kind->id == CONCERT__KIND__ACTION ? "objective" : "parent");
    int percent = rollup_percent(&tally->rollup);
    char id[UUID_TEXT];

    uuid_format(entry->id, id);
    sheet_text(to->sheet, id);
    sheet_text(to->sheet, entry->kind->name);
    sheet_text(to->sheet, entry->handle);
    sheet_text(to->sheet, parent == NULL ? NULL : parent->handle);
    sheet_text(to->sheet, book_text(entry, "number"));
    sheet_text(to->sheet, book_text(entry, "title"));
    sheet_text(to->sheet, deadline);
    sheet_text(to->sheet, tally_status_name(tally->status));
    sheet_number(to->sheet, tally->continuous > 0 && tally->continuous == tally->actions);
    sheet_number(to->sheet, tally->stale > 0);
    if (percent < 0)
        sheet_none(to->sheet);
    else
        sheet_number(to->sheet, percent);
    sheet_number(to->sheet, (int64_t)tally->rollup.counted);
    sheet_number(to->sheet, (int64_t)tally->rollup.dropped);
    sheet_number(to->sheet, (int64_t)tally->rollup.not_applicable);
    sheet_number(to->sheet, (int64_t)tally->rollup.outside);
}

static bool draw_row(const struct drawing *to, const struct book_entry *entry, unsigned depth)
{
    const struct tally_scope scope = {.of = entry};
    const char *deadline = due_text(to->context->book, entry, to->arena);
    struct tally tally;

    if (!tally_sum(to->context->book, &scope, to->context->today, to->arena, &tally))
        return false;
    sheet_row(to->sheet, depth, tone_of(entry, tally.status));
    if (to->context->machine)
        row_for_programs(to, entry, &tally, deadline);
    else
        row_for_people(to, entry, &tally, deadline);
    return true;
}

/* For people, what committees' own plans do for the objective: "PL2/1  Title (Mékinac)". Programs
 * list the objectives that support it. */
static bool draw_support(
    const struct drawing *to, const struct book_entry *objective, unsigned depth)
{
    const struct book *book = to->context->book;
    const struct tally_scope scope = {.of = objective};
    const struct book_entry *plan = book_follow(book, objective, "plan");
    const struct book_entry *party = plan == NULL ? NULL : book_follow(book, plan, "party");
    struct tally tally;

    if (plan == NULL || to->context->machine)
        return true;
    if (!tally_sum(book, &scope, to->context->today, to->arena, &tally))
        return false;
    sheet_row(to->sheet, depth, SHEET_FAINT);
    sheet_text(to->sheet, arena_printf(to->arena, "%s/%s", plan->handle, objective->handle));
    sheet_text(to->sheet, arena_printf(to->arena, "%s (%s)", book_label(book, objective),
                              party == NULL ? plan->handle : book_label(book, party)));
    sheet_text(to->sheet, tally_status(tally.status));
    sheet_text(to->sheet, tally_figure(&tally.rollup, to->arena));
    return true;
}

static bool draw_supports(
    const struct drawing *to, const struct book_entry *objective, unsigned depth)
{
    size_t count;
    const struct book_entry *const *list = book_children(
        to->context->book, objective->id, CONCERT__KIND__OBJECTIVE, "supports", &count);

    for (size_t i = 0; i < count; i++)
        if (!draw_support(to, list[i], depth))
            return false;
    return true;
}

static bool draw_objective(
    const struct drawing *to, const struct book_entry *objective, unsigned depth)
{
    size_t n_actions, n_below;
    const struct book *book = to->context->book;
    const struct book_entry *const *actions =
        book_children(book, objective->id, CONCERT__KIND__ACTION, NULL, &n_actions);
    const struct book_entry *const *below =
        book_children(book, objective->id, CONCERT__KIND__OBJECTIVE, "parent", &n_below);

    if (!draw_row(to, objective, depth) || !draw_supports(to, objective, depth + 1))
        return false;
    for (size_t i = 0; i < n_actions; i++)
        if (!draw_row(to, actions[i], depth + 1))
            return false;
    for (size_t i = 0; i < n_below && depth < DEPTH_MAX; i++)
        if (!draw_objective(to, below[i], depth + 1))
            return false;
    return true;
}

static bool draw_plan(const struct drawing *to)
{
    size_t count;
    const struct book *book = to->context->book;
    const struct book_entry *const *objectives =
        book_children(book, to->plan->id, CONCERT__KIND__OBJECTIVE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (book_follow(book, objectives[i], "parent") == NULL &&
            !draw_objective(to, objectives[i], 0))
            return false;
    return true;
}

static void note_others(const struct drawing *to)
{
    size_t count;
    const struct book *book = to->context->book;
    const struct book_entry *const *plans = book_list(book, CONCERT__KIND__PLAN, &count);
    const char *others = NULL;

    for (size_t i = 0; i < count; i++)
        if (plans[i] != to->plan)
            others = arena_printf(to->arena, "%s%s%s %s", others == NULL ? "" : others,
                others == NULL ? "" : ", ", plans[i]->handle, book_label(book, plans[i]));
    if (others != NULL)
        report_note(to->context->report, arena_printf(to->arena, _("Other plans: %s."), others));
}

static void note_as_of(const struct drawing *to)
{
    uint64_t seq;

    desk_age(to->context->desk, &seq);
    if (to->moment != NULL)
        seq = to->moment->seq;
    report_note(to->context->report,
        phrase_as_of(to->context->today, seq, to->context->language, to->arena));
}

static enum command_exit draw(struct drawing *to)
{
    const struct tally_scope scope = {.of = to->plan};
    const char *title = book_label(to->context->book, to->plan);
    bool machine = to->context->machine;
    struct tally tally;

    if (!tally_sum(to->context->book, &scope, to->context->today, to->arena, &tally))
        return change_no_memory(to->context);
    title = arena_printf(to->arena, "%s · %s", title, tally_figure(&tally.rollup, to->arena));
    to->sheet = machine ? report_sheet(to->context->report, "plan", title, SHEET_TREE, false,
                              COLUMNS(programs))
                        : report_sheet(to->context->report, "plan", title, SHEET_OUTLINE, false,
                              COLUMNS(people));
    if (to->sheet == NULL || !draw_plan(to))
        return change_no_memory(to->context);
    note_as_of(to);
    if (to->context->argc == 0 && to->moment == NULL)
        note_others(to);
    return COMMAND_OK;
}

/* What the page shows stands above it: the plan of today says its state, the past its moment. */
static void head(const struct drawing *to)
{
    struct context *context = to->context;
    const char *sentence = to->moment != NULL
                               ? moment_sentence(context, to->moment, to->plan, to->arena)
                               : moment_state(context, to->plan, to->arena);

    if (sentence != NULL)
        report_note(context->report, sentence);
}

/* The plan as it was: the same page over the book of that moment. */
static enum command_exit draw_past(struct drawing *to, const char *word)
{
    struct context then = *to->context;
    struct moment_log log;
    struct moment moment;
    enum command_exit code;

    if (!moment_read_log(to->context, &log, &code) ||
        !moment_find(to->context, &log, word, to->plan, &moment, &code))
        return code;
    to->moment = &moment;
    if (book_get(moment.book, to->plan->id) != NULL)
        head(to);
    then.book = moment.book;
    then.today = moment.day;
    to->context = &then;
    to->plan = book_get(moment.book, to->plan->id);
    code = to->plan != NULL ? draw(to)
                            : command_say(&then, COMMAND_NOT_FOUND,
                                  _("This plan did not exist yet at that moment."));
    moment_clear(&moment);
    return code;
}

static enum command_exit draw_now(struct drawing *to)
{
    head(to);
    return draw(to);
}

static enum command_exit run(struct context *context)
{
    struct drawing to = {.context = context, .arena = context->arena};
    const char *at = command_option(context, "at");
    enum command_exit code;

    if (command_option(context, "adopted") != NULL)
        at = "adopted";
    to.plan = pick_plan(context, context->argc > 0 ? context->argv[0] : NULL, &code);
    if (to.plan == NULL)
        return code;
    return at == NULL ? draw_now(&to) : draw_past(&to, at);
}

static const struct command_option options[] = {
    {"adopted", "adopte", 0, NULL, N_("As it was adopted.")},
    {"at", "au", 0, N_("MOMENT"), N_("As it was on a date, or after a change of the log (#123).")},
    {.name = NULL},
};

const struct command plan_command = {
    .name = "plan",
    .french = "plan",
    .usage_en = "[PLAN] [--adopted | --at MOMENT]",
    .usage_fr = "[PLAN] [--adopté | --au MOMENT]",
    .summary = N_("Shows the plan as a tree, with deadlines and progress."),
    .examples_en =
        "concert plan\nconcert plan PL1\nconcert plan 2009-2010 --on 2009-10-15\n"
        "concert plan --adopted\nconcert plan --at 2009-06-02\nconcert plan --at \"#214\"",
    .examples_fr =
        "concert plan\nconcert plan PL1\nconcert plan 2009-2010 --le 2009-10-15\n"
        "concert plan --adopté\nconcert plan --au 2009-06-02\nconcert plan --au \"#214\"",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
