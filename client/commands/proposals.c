/* Lists the proposals: those to answer first, then one's own, then the others'. */
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "input/moment.h"
#include "words/offer.h"
#include "words/phrase.h"

struct listing {
    struct context *context;
    struct arena *arena;
    struct moment_log log;
    bool all; /* answered ones of others too */
};

/* The parts of the page, in their order. */
struct part {
    const char *title;
    bool (*holds)(const struct offer *offer);
};

static bool to_answer(const struct offer *offer)
{
    return offer->addressed && !offer->mine && offer->status == CONCERT__PROPOSAL__STATUS__OPEN;
}

static bool own(const struct offer *offer)
{
    return offer->mine;
}

static bool others(const struct offer *offer)
{
    return !to_answer(offer) && !own(offer);
}

static const struct part parts[] = {
    {N_("For you to answer"), to_answer},
    {N_("Yours"), own},
    {N_("Of others"), others},
};

static bool is_listed(const struct listing *list, const struct offer *offer)
{
    return list->all || offer->mine || offer->status == CONCERT__PROPOSAL__STATUS__OPEN;
}

static const char *headline(const struct listing *list, const struct offer *offer)
{
    const char *author = offer_author(list->context, offer, &list->log.past, list->arena);
    char day[PHRASE_SIZE];
    const char *text;

    phrase_date(date_of_time(offer->proposal->created_at, NULL), list->context->language, day);
    text = arena_printf(list->arena, "%s · %s · %s%s%s", offer->proposal->handle,
        offer_subject(list->context, offer, list->arena), author == NULL ? "" : author,
        author == NULL ? "" : ", ", day);
    return text == NULL
               ? NULL
               : arena_printf(list->arena, "%s · %s", text, offer_state(list->context, offer));
}

static void put_line(struct sheet *sheet, enum sheet_tone tone, const char *text)
{
    sheet_row(sheet, 1, tone);
    sheet_text(sheet, text);
}

static void draw_one(const struct listing *list, struct sheet *sheet, const struct offer *offer)
{
    const char *reason = book_text(offer->proposal, "reason");
    const char *answer = book_text(offer->proposal, "answer");

    sheet_row(sheet, 0, SHEET_STRONG);
    sheet_text(sheet, headline(list, offer));
    for (size_t i = 0; offer->subject != NULL && i < offer->fields.count; i++)
        put_line(sheet, SHEET_PLAIN,
            offer_field(list->context, offer, offer->fields.name[i], list->arena));
    if (reason != NULL)
        put_line(sheet, SHEET_FAINT, arena_printf(list->arena, _("reason: %s"), reason));
    if (offer->clash && to_answer(offer))
        put_line(sheet, SHEET_WARN,
            arena_printf(list->arena,
                _("It comes from a conflict: “concert resolve %s” shows both sides."),
                offer->proposal->handle));
    if (answer != NULL)
        put_line(sheet, SHEET_PLAIN, arena_printf(list->arena, _("answer: %s"), answer));
}

static bool draw_part(const struct listing *list, const struct part *part, size_t *shown)
{
    static const struct sheet_column columns[] = {
        {"proposal", N_("Proposal"), SHEET_TEXT, true, false}};
    struct sheet *sheet = report_sheet(
        list->context->report, "proposals", _(part->title), SHEET_TREE, false, columns, 1);
    size_t count;
    const struct book_entry *const *entries =
        book_list(list->context->book, CONCERT__KIND__PROPOSAL, &count);
    struct offer offer;
    const char *first = NULL; /* to answer */

    for (size_t i = 0; i < count; i++) {
        if (!offer_read(list->context, entries[i], list->arena, &offer))
            return false;
        if (!part->holds(&offer) || !is_listed(list, &offer))
            continue;
        draw_one(list, sheet, &offer);
        if (first == NULL && to_answer(&offer) && !offer.clash)
            first = entries[i]->handle;
        ++*shown;
    }
    if (first != NULL)
        report_note(list->context->report,
            arena_printf(list->arena,
                _("To answer: “concert accept %s”, or “concert refuse %s -m REASON”."), first,
                first));
    return true;
}

static enum command_exit draw_people(const struct listing *list)
{
    size_t shown = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!draw_part(list, &parts[i], &shown))
            return change_no_memory(list->context);
    if (shown == 0)
        report_note(list->context->report, _("There is no open proposal."));
    return COMMAND_OK;
}

/* --- for programs: one row a field --- */

static void draw_row(
    const struct listing *list, struct sheet *sheet, const struct offer *offer, const char *field)
{
    struct context *context = list->context;
    char id[UUID_TEXT];

    uuid_format(offer->proposal->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, offer->proposal->handle);
    sheet_text(sheet, id);
    sheet_text(sheet, offer->subject == NULL ? NULL : offer->subject->handle);
    sheet_text(sheet, field);
    sheet_text(
        sheet, field == NULL ? NULL : offer_value(context, offer, field, false, list->arena));
    sheet_text(sheet, field == NULL ? NULL : offer_value(context, offer, field, true, list->arena));
    sheet_text(sheet, offer_author(context, offer, &list->log.past, list->arena));
    sheet_number(sheet, offer->proposal->created_at);
    sheet_text(sheet, book_text(offer->proposal, "reason"));
    sheet_text(sheet, offer->status == CONCERT__PROPOSAL__STATUS__OPEN       ? "open"
                      : offer->status == CONCERT__PROPOSAL__STATUS__ACCEPTED ? "accepted"
                                                                             : "refused");
    sheet_text(sheet, book_text(offer->proposal, "answer"));
    sheet_number(sheet, to_answer(offer));
    sheet_number(sheet, offer->mine);
    sheet_number(sheet, offer->clash);
}

static enum command_exit draw_programs(const struct listing *list)
{
    static const struct sheet_column columns[] = {{"handle", NULL, SHEET_TEXT, false, false},
        {"id", NULL, SHEET_TEXT, false, false}, {"subject", NULL, SHEET_TEXT, false, false},
        {"field", NULL, SHEET_TEXT, false, false}, {"now", NULL, SHEET_TEXT, false, false},
        {"proposed", NULL, SHEET_TEXT, false, false}, {"by", NULL, SHEET_TEXT, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"reason", NULL, SHEET_TEXT, false, false},
        {"status", NULL, SHEET_TEXT, false, false}, {"answer", NULL, SHEET_TEXT, false, false},
        {"to_answer", NULL, SHEET_BOOL, false, false}, {"mine", NULL, SHEET_BOOL, false, false},
        {"clash", NULL, SHEET_BOOL, false, false}};
    struct sheet *sheet = report_sheet(list->context->report, "proposals", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));
    size_t count;
    const struct book_entry *const *entries =
        book_list(list->context->book, CONCERT__KIND__PROPOSAL, &count);
    struct offer offer;

    for (size_t i = 0; i < count; i++) {
        if (!offer_read(list->context, entries[i], list->arena, &offer))
            return change_no_memory(list->context);
        if (!is_listed(list, &offer))
            continue;
        if (offer.subject == NULL || offer.fields.count == 0)
            draw_row(list, sheet, &offer, NULL);
        for (size_t j = 0; offer.subject != NULL && j < offer.fields.count; j++)
            draw_row(list, sheet, &offer, offer.fields.name[j]);
    }
    return COMMAND_OK;
}

static enum command_exit run(struct context *context)
{
    struct listing list = {
        .context = context, .arena = context->arena, .all = command_option(context, "all") != NULL};
    enum command_exit code = COMMAND_OK;

    if (moment_read_log(context, &list.log, &code))
        code = context->machine ? draw_programs(&list) : draw_people(&list);
    return code;
}

static const struct command_option options[] = {
    {"all", "toutes", 'a', NULL, N_("Those that were answered too.")},
    {.name = NULL},
};

const struct command proposals_command = {
    .name = "proposals",
    .french = "propositions",
    .usage_en = "[--all]",
    .usage_fr = "[--toutes]",
    .summary = N_("Lists the open proposals, those for you to answer first, and yours."),
    .examples_en = "concert proposals\nconcert accept PR3\nconcert refuse PR3 -m \"Not this year\"",
    .examples_fr = "concert propositions\nconcert accepter PR3\n"
                   "concert refuser PR3 -m \"Pas cette année\"",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
