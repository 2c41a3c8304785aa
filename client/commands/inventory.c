/* Partners' interventions: who does what where, and where nobody does. */
#include <string.h>

#include "figures/inventory.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"
#include "text.h"
#include "words/when.h"

struct page {
    struct context *context;
    struct arena *arena;
    struct inventory_filter filter;
    enum inventory_by by;
    struct inventory found;
};

/* By what the rows can be, as people say it. */
struct ways_row {
    const char *english, *french, *title;
};

static const struct ways_row ways[] = {
    [INVENTORY_BY_THEME] = {"theme", "theme", N_("Theme")},
    [INVENTORY_BY_CLIENTELE] = {"clientele", "clientele", N_("Clientele")},
    [INVENTORY_BY_TYPE] = {"kind", "sorte", N_("Kind of intervention")},
    [INVENTORY_BY_PARTY] = {"party", "instance", N_("Partner")},
    [INVENTORY_BY_MEETING] = {"meeting", "rencontre", N_("Recorded at")},
};

static bool read_by(struct page *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "by");
    char folded[64];

    for (size_t i = 0; word != NULL && i < sizeof(ways) / sizeof(ways[0]); i++) {
        text_fold(word, folded, sizeof(folded));
        if (strcmp(folded, ways[i].english) == 0 || strcmp(folded, ways[i].french) == 0) {
            to->by = (enum inventory_by)i;
            return true;
        }
    }
    if (word != NULL)
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("“%s” is no way to group: theme, clientele, kind, party or meeting."), word);
    return word == NULL;
}

static bool read_options(struct page *to, enum command_exit *code_r)
{
    struct context *context = to->context;
    struct inventory_filter *filter = &to->filter;

    filter->theme = command_option(context, "theme");
    filter->clientele = command_option(context, "clientele");
    filter->all = command_option(context, "all") != NULL;
    filter->today = context->today;
    return read_by(to, code_r) &&
           asked_record(context, "territory", KIND_BIT(TERRITORY), &filter->territory, code_r) &&
           asked_record(context, "party", KIND_BIT(PARTY), &filter->party, code_r) &&
           asked_record(context, "meeting", KIND_BIT(MEETING), &filter->meeting, code_r) &&
           asked_choice(context, "kind", CONCERT__KIND__INTERVENTION, "type", to->arena,
               &filter->type, code_r);
}

static bool is_narrow(const struct page *to)
{
    const struct inventory_filter *filter = &to->filter;

    return filter->theme != NULL || filter->clientele != NULL || filter->territory != NULL ||
           filter->party != NULL || filter->meeting != NULL || filter->type != 0;
}

/* Of one partner, one meeting or one kind, what is not there is no gap. */
static bool shows_gaps(const struct page *to)
{
    return to->filter.party == NULL && to->filter.meeting == NULL && to->by != INVENTORY_BY_PARTY &&
           to->by != INVENTORY_BY_MEETING;
}

static bool draw_gaps(const struct page *to, const struct cross *cross)
{
    const struct sheet_column columns[] = {
        {ways[to->by].english, ways[to->by].title, SHEET_TEXT, true, false},
        {"territories", N_("Nothing recorded in"), SHEET_LIST, true, false},
    };
    size_t count;
    const struct inventory_gap *gaps = inventory_gaps(cross, to->arena, &count);
    struct sheet *sheet =
        report_sheet(to->context->report, "gaps", N_("What lacks"), SHEET_TABLE, false, columns, 2);

    if (gaps == NULL || sheet == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool everywhere = gaps[i].count == cross_columns(cross);

        sheet_row(sheet, 0, everywhere ? SHEET_BAD : SHEET_WARN);
        sheet_text(sheet, gaps[i].row.label == NULL ? gaps[i].row.key : gaps[i].row.label);
        if (everywhere && !to->context->machine && gaps[i].count > 1)
            sheet_texts(sheet, (const char *const[]){_("all territories")}, 1);
        else
            sheet_texts(sheet, gaps[i].territories, gaps[i].count);
    }
    if (count == 0 && cross_rows(cross) > 0)
        report_note(to->context->report, _("Nothing lacks: each has something in each territory."));
    return true;
}

static void note_counts(const struct page *to, const struct cross *cross)
{
    struct report *report = to->context->report;
    const struct inventory *found = &to->found;

    if (asked_note_none(to->context, CONCERT__KIND__INTERVENTION, to->arena))
        return;
    report_note(report, arena_printf(to->arena,
                            ngettext("%zu intervention, of which %zu planned.",
                                "%zu interventions, of which %zu planned.", found->count),
                            found->count, found->planned));
    if (found->over > 0)
        report_note(
            report, arena_printf(to->arena,
                        ngettext("%zu that is over is left out; --all counts it too.",
                            "%zu that are over are left out; --all counts them too.", found->over),
                        found->over));
    if (cross_overlaps(cross))
        report_note(report, _("What stands in several rows or columns counts once in a total."));
    asked_note_as_of(to->context, to->arena);
}

static const char *matrix_title(const struct page *to)
{
    const struct book_entry *meeting = to->filter.meeting;

    if (meeting == NULL)
        return N_("Interventions by territory");
    return arena_printf(to->arena, _("Recorded at %s %s, %s"), meeting->handle,
        book_label(to->context->book, meeting),
        when_brief(meeting, to->context->language, to->arena));
}

static enum command_exit draw(struct page *to)
{
    struct context *context = to->context;
    const struct cross_page page = {.name = "inventory",
        .title = matrix_title(to),
        .row_key = ways[to->by].english,
        .row_title = ways[to->by].title,
        .unset_row = to->by == INVENTORY_BY_MEETING ? N_("Between meetings") : NULL,
        .unset_column = N_("Whole region"),
        .type = SHEET_NUMBER,
        .counts = true,
        .gaps = shows_gaps(to)};
    struct cross *cross;

    if (!inventory_list(context->book, &to->filter, to->arena, &to->found))
        return change_no_memory(context);
    cross = inventory_cross(
        context->book, &to->found, &to->filter, to->by, context->language, to->arena);
    if (cross == NULL || cross_draw(cross, context->report, &page) == NULL)
        return change_no_memory(context);
    if (shows_gaps(to) && !draw_gaps(to, cross))
        return change_no_memory(context);
    if (is_narrow(to) || context->machine || command_option(context, "list") != NULL)
        report_records_under(context->report, "interventions", N_("Interventions"), context->book,
            kinds_get(CONCERT__KIND__INTERVENTION), to->found.entries, to->found.count, NULL);
    note_counts(to, cross);
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct page to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    if (read_options(&to, &code))
        code = draw(&to);
    return code;
}

static const struct command_option options[] = {
    {"by", "par", 0, N_("WHAT"), N_("What the rows are: theme, clientele, kind, party, meeting.")},
    {"theme", "theme", 0, N_("WORD"), N_("Those alone whose theme has this word.")},
    {"clientele", "clientele", 0, N_("WORD"), N_("Those alone for this clientele.")},
    {"territory", "territoire", 0, N_("TERRITORY"), N_("Those of this territory alone.")},
    {"kind", "sorte", 0, N_("KIND"), N_("Those of this kind alone: service, program…")},
    {"party", "instance", 0, N_("PARTY"), N_("Those of this partner alone.")},
    {"meeting", "rencontre", 0, N_("MEETING"), N_("Those recorded at this meeting alone.")},
    {"all", "tout", 0, NULL, N_("Counts what is over too.")},
    {"list", "liste", 0, NULL, N_("Lists the interventions below the table.")},
    {.name = NULL},
};

const struct command inventory_command = {
    .name = "inventory",
    .french = "inventaire",
    .usage_en = "[--by WHAT] [--theme WORD] [--territory TERRITORY] [--meeting MEETING]",
    .usage_fr = "[--par QUOI] [--theme MOT] [--territoire TERRITOIRE] [--rencontre RENCONTRE]",
    .summary = N_("Shows who does what where among the partners, and where nobody does."),
    .examples_en = "concert inventory\nconcert inventory --by clientele --territory Mékinac\n"
                   "concert inventory --meeting R12",
    .examples_fr = "concert inventaire\nconcert inventaire --par clientèle --territoire Mékinac\n"
                   "concert inventaire --rencontre R12",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
