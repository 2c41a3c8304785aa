/* The directory of resources by territory and kind, and which entries must be checked again. */
#include "date.h"
#include "figures/place.h"
#include "figures/resources.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "words/phrase.h"
#include "words/status_word.h"

struct page {
    struct context *context;
    struct arena *arena;
    struct resources_filter filter;
    struct resources found;
};

/* "à vérifier" is what people must see; programs get the state's name. */
static const char *state_word(const struct page *to, enum resources_state state)
{
    static const struct {
        const char *name, *words;
    } states[] = {
        [RESOURCES_CHECKED] = {"checked", N_("checked")},
        [RESOURCES_STALE] = {"to_check", N_("to check")},
        [RESOURCES_NEVER] = {"never_checked", N_("to check")},
    };

    return to->context->machine ? states[state].name : gettext(states[state].words);
}

/* "checked on Jun 2, 2009 by Mékinac", "to check (last on …)", "to check". */
static const char *check_text(const struct page *to, const struct book_entry *entry)
{
    enum resources_state state = resources_state(entry, to->filter.today);
    const char *by = book_text(entry, "checked_by");
    char day[PHRASE_SIZE];

    phrase_date(book_date(entry, "checked_on"), to->context->language, day);
    if (state == RESOURCES_NEVER)
        return arena_printf(to->arena, _("to check (never was)"));
    if (by == NULL)
        by = "?";
    return state == RESOURCES_STALE
               ? arena_printf(to->arena, _("to check (last on %s by %s)"), day, by)
               : arena_printf(to->arena, _("checked on %s by %s"), day, by);
}

static const char *place_text(const struct page *to, const struct book_entry *entry)
{
    const struct book_entry *places[PLACE_MAX];

    return place_of(to->context->book, entry, places) == 0
               ? NULL
               : book_label(to->context->book, places[0]);
}

/* How to reach it: one below the other. */
static const char *reach_text(const struct page *to, const struct book_entry *entry)
{
    static const char *const fields[] = {"phone", "email", "website", "address", "municipality"};
    const char *text = NULL;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const char *value = book_text(entry, fields[i]);

        if (value != NULL && value[0] != '\0')
            text = text == NULL ? value : arena_printf(to->arena, "%s\n%s", text, value);
    }
    return text;
}

static void put_for_people(
    const struct page *to, struct sheet *sheet, const struct book_entry *entry)
{
    bool marked = book_number(entry, "publish", 1) == 0;
    bool fresh = resources_state(entry, to->filter.today) == RESOURCES_CHECKED;
    const char *name = book_label(to->context->book, entry);

    sheet_row(sheet, 0, fresh ? SHEET_PLAIN : SHEET_WARN);
    if (marked)
        name = arena_printf(to->arena, _("%s (not to publish)"), name);
    sheet_text(sheet, entry->handle);
    sheet_text(sheet, name);
    sheet_text(sheet, status_word(to->context, entry, "type", false, to->arena));
    sheet_text(sheet, reach_text(to, entry));
    sheet_text(sheet, check_text(to, entry));
}

/* A table for each territory. */
static bool draw_for_people(const struct page *to)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Handle"), SHEET_TEXT, false, false},
        {"name", N_("Name"), SHEET_TEXT, true, false},
        {"type", N_("Kind"), SHEET_TEXT, true, false},
        {"reach", N_("Reach them"), SHEET_TEXT, true, false},
        {"check", N_("Checked"), SHEET_TEXT, true, false},
    };
    struct sheet *sheet = NULL;
    const char *here = NULL;

    for (size_t i = 0; i < to->found.count; i++) {
        const char *place = place_text(to, to->found.entries[i]);

        if (sheet == NULL || place != here)
            sheet = report_sheet(to->context->report, "directory",
                place == NULL ? N_("Whole region") : place, SHEET_TABLE, false, columns, 5);
        if (sheet == NULL)
            return false;
        here = place;
        put_for_people(to, sheet, to->found.entries[i]);
    }
    return true;
}

static const char *const told[] = {"name", "type", "theme", "municipality", "address", "phone",
    "email", "website", "hours", "services"};
#define TOLD (sizeof(told) / sizeof(told[0]))

/* What leaves the region says nothing of the region's own records. */
static bool draw_for_programs(const struct page *to)
{
    struct sheet_column columns[TOLD + 7];
    struct sheet *sheet;
    size_t n = 0;

    columns[n++] = (struct sheet_column){"territory", NULL, SHEET_TEXT, false, false};
    for (size_t i = 0; i < TOLD; i++)
        columns[n++] = (struct sheet_column){told[i], NULL, SHEET_TEXT, false, false};
    columns[n++] = (struct sheet_column){"state", NULL, SHEET_TEXT, false, false};
    columns[n++] = (struct sheet_column){"checked_on", NULL, SHEET_TEXT, false, false};
    columns[n++] = (struct sheet_column){"checked_by", NULL, SHEET_TEXT, false, false};
    if (!to->filter.outside) {
        columns[n++] = (struct sheet_column){"publish", NULL, SHEET_BOOL, false, false};
        columns[n++] = (struct sheet_column){"handle", NULL, SHEET_TEXT, false, false};
    }
    sheet = report_sheet(to->context->report, "directory", NULL, SHEET_TABLE, false, columns, n);
    for (size_t i = 0; sheet != NULL && i < to->found.count; i++) {
        const struct book_entry *entry = to->found.entries[i];

        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, place_text(to, entry));
        for (size_t f = 0; f < TOLD; f++)
            sheet_text(sheet, record_field(entry->kind, told[f])->type == PROTOBUF_C_TYPE_ENUM
                                  ? status_word(to->context, entry, told[f], false, to->arena)
                                  : book_text(entry, told[f]));
        sheet_text(sheet, state_word(to, resources_state(entry, to->filter.today)));
        sheet_text(sheet, book_text(entry, "checked_on"));
        sheet_text(sheet, book_text(entry, "checked_by"));
        sheet_number(sheet, book_number(entry, "publish", 1));
        sheet_text(sheet, entry->handle);
    }
    return sheet != NULL;
}

static void note_counts(const struct page *to)
{
    struct report *report = to->context->report;
    const struct resources *found = &to->found;
    char day[DATE_TEXT_SIZE];

    if (asked_note_none(to->context, CONCERT__KIND__DIRECTORY_ENTRY, to->arena))
        return;
    date_long_text(to->filter.today, to->context->language, day, sizeof(day));
    report_note(report, arena_printf(to->arena,
                            ngettext("%zu entry, of which %zu to check, as of %s.",
                                "%zu entries, of which %zu to check, as of %s.", found->count),
                            found->count, found->to_check, day));
    if (found->marked > 0)
        report_note(report,
            arena_printf(to->arena,
                to->filter.outside
                    ? ngettext("%zu entry that is not to be published is left out.",
                          "%zu entries that are not to be published are left out.", found->marked)
                    : ngettext("%zu entry is not to be published: it stays in the region, and "
                               "--public leaves it out.",
                          "%zu entries are not to be published: they stay in the region, and "
                          "--public leaves them out.",
                          found->marked),
                found->marked));
    if (found->to_check > 0 && !to->filter.outside)
        report_note(report, _("Once you have checked an entry: concert confirm HANDLE."));
}

static enum command_exit draw(struct page *to)
{
    struct context *context = to->context;
    enum command_exit code;

    to->filter = (struct resources_filter){.theme = command_option(context, "theme"),
        .outside = command_option(context, "public") != NULL,
        .today = context->today};
    if (!asked_record(context, "territory", KIND_BIT(TERRITORY), &to->filter.territory, &code) ||
        !asked_choice(context, "kind", CONCERT__KIND__DIRECTORY_ENTRY, "type", to->arena,
            &to->filter.type, &code))
        return code;
    if (!resources_list(context->book, &to->filter, to->arena, &to->found) ||
        !(context->machine ? draw_for_programs(to) : draw_for_people(to)))
        return change_no_memory(context);
    note_counts(to);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};

    return draw(&to);
}

static const struct command_option options[] = {
    {"kind", "sorte", 0, N_("KIND"), N_("Entries of this kind alone: food-bank…")},
    {"territory", "territoire", 0, N_("TERRITORY"), N_("Those of this territory alone.")},
    {"theme", "theme", 0, N_("WORD"), N_("Those alone whose theme has this word.")},
    {"public", "diffusion", 0, NULL,
        N_("For outside the region: without what is not to be published.")},
    {.name = NULL},
};

const struct command directory_command = {
    .name = "directory",
    .french = "bottin",
    .usage_en = "[--kind KIND] [--territory TERRITORY] [--public]",
    .usage_fr = "[--sorte SORTE] [--territoire TERRITOIRE] [--diffusion]",
    .summary = N_("Shows the directory of resources, and which entries to check again."),
    .examples_en = "concert directory --territory Mékinac\n"
                   "concert directory --kind food-bank --public --format csv",
    .examples_fr = "concert bottin --territoire Mékinac\n"
                   "concert bottin --sorte \"banque alimentaire\" --diffusion --format csv",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
