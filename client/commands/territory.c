/* All that is known of a territory, or of one theme there: its local portrait. */
#include "figures/place.h"
#include "figures/resources.h"
#include "figures/tally.h"
#include "figures/topic.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"

struct page {
    struct context *context;
    struct arena *arena;
    const struct book_entry *territory;
    const char *theme; /* NULL: all */
    const char *lacks; /* titles of the sections that hold nothing */
};

/* What hangs on a territory. Records whose kind knows no theme are left out when one is asked for,
 * but for documents, which belong to whatever they are attached to. */
struct section {
    const char *name, *title;
    Concert__Kind kind;
    const char *theme;   /* the field that holds it; NULL: none */
    const char *through; /* the record that has this field is the one named here; NULL: itself */
    const char *omit;    /* the field that says what the page says already; NULL: none */
};

static const struct section sections[] = {
    {"parties", N_("Parties"), CONCERT__KIND__PARTY, NULL, NULL, "territory"},
    {"interventions", N_("Interventions"), CONCERT__KIND__INTERVENTION, "theme", NULL,
        "territories"},
    {"directory", N_("Directory of resources"), CONCERT__KIND__DIRECTORY_ENTRY, "theme", NULL,
        "territory"},
    {"routes", N_("Routes"), CONCERT__KIND__ROUTE, NULL, NULL, NULL},
    {"observations", N_("Figures"), CONCERT__KIND__OBSERVATION, "theme", "indicator", "territory"},
    {"training_needs", N_("Training needs"), CONCERT__KIND__TRAINING_NEED, "theme", NULL, NULL},
    {"assessments", N_("Assessments"), CONCERT__KIND__ASSESSMENT, NULL, NULL, "territory"},
    {"projects", N_("Projects"), CONCERT__KIND__PROJECT, NULL, NULL, "territory"},
    {"documents", N_("Documents"), CONCERT__KIND__DOCUMENT, NULL, NULL, NULL},
};

static bool is_here(const struct page *to, const struct book_entry *entry)
{
    const struct book_entry *subject = entry->kind->id == CONCERT__KIND__DOCUMENT
                                           ? book_follow(to->context->book, entry, "subject")
                                           : entry;

    return subject != NULL && (uuid_equal(subject->id, to->territory->id) ||
                                  place_is(to->context->book, subject, to->territory));
}

static bool has_theme(
    const struct page *to, const struct section *section, const struct book_entry *entry)
{
    if (section->through != NULL)
        entry = book_follow(to->context->book, entry, section->through);
    if (to->theme == NULL || section->kind == CONCERT__KIND__DOCUMENT)
        return true;
    return section->theme != NULL && entry != NULL &&
           topic_matches(book_text(entry, section->theme), to->theme);
}

static bool draw_section(struct page *to, const struct section *section)
{
    struct context *context = to->context;
    size_t count, kept = 0;
    const struct book_entry *const *all = book_list(context->book, section->kind, &count);
    const struct book_entry **here = arena_alloc(to->arena, (count + 1) * sizeof(*here));

    if (here == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (is_here(to, all[i]) && has_theme(to, section, all[i]))
            here[kept++] = all[i];
    if (kept == 0 && (to->theme == NULL || section->theme != NULL))
        to->lacks = to->lacks == NULL
                        ? gettext(section->title)
                        : arena_printf(to->arena, "%s, %s", to->lacks, gettext(section->title));
    if (kept > 0 || context->machine)
        report_records_under(context->report, section->name, section->title, context->book,
            kinds_get(section->kind), here, kept, section->omit);
    return true;
}

/* What the territory's parties have done of the plan. */
static bool draw_progress(const struct page *to, const struct book_entry *plan)
{
    static const struct sheet_column columns[] = {
        {"party", NULL, SHEET_TEXT, false, true},
        {"name", N_("Committee"), SHEET_TEXT, true, false},
        {"percent", N_("Progress"), SHEET_PERCENT, false, false},
        {"coverage", N_("Counted"), SHEET_TEXT, true, false},
        {"actions", N_("Actions"), SHEET_NUMBER, false, false},
    };
    const struct book *book = to->context->book;
    const char *title = arena_printf(to->arena, _("Part of the plan: %s"), book_label(book, plan));
    struct sheet *sheet =
        report_sheet(to->context->report, "progress", title, SHEET_TABLE, false, columns, 5);
    size_t count;
    const struct book_entry *const *parties =
        book_children(book, to->territory->id, CONCERT__KIND__PARTY, "territory", &count);

    for (size_t i = 0; sheet != NULL && i < count; i++) {
        const struct tally_scope scope = {.of = parties[i], .plan = plan};
        struct tally tally;

        if (!tally_sum(book, &scope, to->context->today, to->arena, &tally))
            return false;
        if (tally.actions == 0)
            continue;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, parties[i]->handle);
        sheet_text(sheet, book_label(book, parties[i]));
        if (rollup_percent(&tally.rollup) < 0)
            sheet_none(sheet);
        else
            sheet_number(sheet, rollup_percent(&tally.rollup));
        sheet_text(sheet, tally_coverage(&tally.rollup, to->arena));
        sheet_number(sheet, (int64_t)tally.actions);
    }
    return sheet != NULL;
}

static void note_all(const struct page *to)
{
    const struct resources_filter filter = {
        .territory = to->territory, .theme = to->theme, .today = to->context->today};
    struct report *report = to->context->report;
    struct resources found;

    if (resources_list(to->context->book, &filter, to->arena, &found) && found.to_check > 0)
        report_note(
            report, arena_printf(to->arena,
                        ngettext("%zu entry of the directory is to be checked: concert directory.",
                            "%zu entries of the directory are to be checked: concert directory.",
                            found.to_check),
                        found.to_check));
    if (to->lacks != NULL)
        report_note(report, arena_printf(to->arena, _("Nothing recorded yet: %s."), to->lacks));
    asked_note_as_of(to->context, to->arena);
}

static enum command_exit draw(struct page *to)
{
    struct context *context = to->context;
    enum command_exit code = COMMAND_OK;
    size_t count;

    report_records(context->report, "territory", NULL, context->book, to->territory->kind,
        &to->territory, 1, SHEET_CARD, true);
    book_list(context->book, CONCERT__KIND__PLAN, &count);
    if (to->theme == NULL && count > 0) {
        const struct book_entry *plan = pick_plan(context, NULL, &code);

        if (plan == NULL)
            return code;
        if (!draw_progress(to, plan))
            return change_no_memory(context);
    }
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        if (!draw_section(to, &sections[i]))
            return change_no_memory(context);
    note_all(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {
        .context = context, .arena = context->arena, .theme = command_option(context, "theme")};
    enum command_exit code;

    to.territory = command_record(context, context->argv[0], KIND_BIT(TERRITORY), &code);
    if (to.territory == NULL)
        return code;
    return draw(&to);
}

static const struct command_option options[] = {
    {"theme", "theme", 0, N_("WORD"), N_("What has this word in its theme alone.")},
    {.name = NULL},
};

const struct command territory_command = {
    .name = "territory",
    .french = "territoire",
    .usage_en = "TERRITORY [--theme WORD]",
    .usage_fr = "TERRITOIRE [--theme MOT]",
    .summary = N_("Shows all that is known of a territory, or of one theme there."),
    .examples_en = "concert territory Mékinac\nconcert territory Mékinac --theme food",
    .examples_fr = "concert territoire Mékinac\nconcert territoire Mékinac --theme alimentaire",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
