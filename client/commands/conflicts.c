/* What clashed: what waits for this person's choice, and what waits for others. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/moment.h"
#include "words.h"
#include "words/clash.h"
#include "words/phrase.h"

/* The parts of the page, in their order. */
struct part {
    const char *name, *title;
    const char *third, *moment; /* the heads of the last columns */
    const char *next;           /* what to type, with the first one's number */
    enum desk_conflict_state states[2];
    size_t n_states;
};

static const struct part parts[] = {
    {"choose", N_("For you to choose"), N_("Theirs, by"), N_("Theirs, on"),
        N_("To choose: “concert resolve %s” shows both sides and asks."),
        {DESK_CONFLICT_CHOOSE, DESK_CONFLICT_DECIDE}, 2},
    {"answered", N_("Answered"), N_("By"), N_("Yours, on"),
        N_("To read the answer and put yours aside: “concert resolve %s”."),
        {DESK_CONFLICT_ANSWERED}, 1},
    {"asked", N_("Waiting for others"), N_("Who decides"), N_("Yours, on"),
        N_("Nothing to do: they were asked. To see both sides: “concert resolve %s”; to ask no "
           "more: “concert resolve %s --theirs”."),
        {DESK_CONFLICT_ASKED}, 1},
    {"refused", N_("Refused by the server"), N_("Why"), N_("Yours, on"),
        N_("To correct one and send it again: “concert resolve %s FIELD=VALUE”; to put it aside: "
           "“concert resolve %s --theirs”."),
        {DESK_CONFLICT_REFUSED}, 1},
};

static bool holds(const struct part *part, const struct desk_conflict *conflict)
{
    for (size_t i = 0; i < part->n_states; i++)
        if (part->states[i] == conflict->state)
            return true;
    return false;
}

/* The one who wrote last on the other side, and when. */
static const struct desk_conflict_field *newest(const struct desk_conflict_part *part)
{
    const struct desk_conflict_field *found = NULL;

    for (size_t i = 0; i < part->n_fields; i++)
        if (part->fields[i].clashes && (found == NULL || part->fields[i].at > found->at))
            found = &part->fields[i];
    return found;
}

/* Whose word is awaited, or was given: the other side's author, the owner; of what was refused,
 * why.
 */
static const char *third(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_field *field)
{
    switch (conflict->state) {
    case DESK_CONFLICT_ASKED:
    case DESK_CONFLICT_ANSWERED:
        return clash_decider(clash, conflict);
    case DESK_CONFLICT_REFUSED:
        return clash_refusal(clash, conflict);
    default:
        return field == NULL ? NULL : clash_who(clash, conflict, field);
    }
}

static void put_row(
    const struct clash *clash, struct sheet *sheet, const struct desk_conflict *conflict)
{
    const struct desk_conflict_field *field = newest(&conflict->parts[0]);
    bool theirs =
        conflict->state == DESK_CONFLICT_CHOOSE || conflict->state == DESK_CONFLICT_DECIDE;
    const char *fields = clash_fields(clash, conflict, conflict->state == DESK_CONFLICT_REFUSED);
    const char *record = clash_record(clash, &conflict->parts[0]);

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, clash_word(clash, conflict));
    sheet_text(sheet, conflict->n_parts == 1 ? record
                                             : arena_printf(clash->arena, "%s (+ %zu)", record,
                                                   conflict->n_parts - 1));
    sheet_text(sheet, fields[0] == '\0' ? NULL : fields);
    sheet_text(sheet, third(clash, conflict, field));
    sheet_number(sheet, theirs && field != NULL && field->at != 0 ? field->at : conflict->at);
}

static void draw_part(const struct clash *clash, const struct part *part,
    const struct desk_conflict *conflicts, size_t count)
{
    const struct sheet_column columns[] = {{"number", N_("No."), SHEET_TEXT, false, false},
        {"record", N_("Record"), SHEET_TEXT, SHEET_WIDE, false},
        {"fields", N_("Fields"), SHEET_TEXT, SHEET_WIDE, false},
        {"who", part->third, SHEET_TEXT, SHEET_WIDE, false},
        {"at", part->moment, SHEET_TIME, false, false}};
    const char *first = NULL;
    struct sheet *sheet;

    for (size_t i = 0; i < count && first == NULL; i++)
        if (holds(part, &conflicts[i]))
            first = clash_word(clash, &conflicts[i]);
    if (first == NULL)
        return;
    sheet = report_sheet(clash->context->report, part->name, _(part->title), SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count; i++)
        if (holds(part, &conflicts[i]))
            put_row(clash, sheet, &conflicts[i]);
    report_note(clash->context->report, arena_printf(clash->arena, _(part->next), first, first));
}

static enum command_exit run(struct context *context)
{
    struct moment_log log;
    enum command_exit code = COMMAND_OK;
    struct desk_why why = {.trouble = DESK_FINE};
    struct clash clash = {.context = context, .past = &log.past, .arena = context->arena};
    const struct desk_conflict *conflicts;
    size_t count;

    if (!moment_read_log(context, &log, &code))
        return code;
    conflicts = desk_conflicts(context->desk, &count, &why);
    if (conflicts == NULL)
        return command_why(context, &why);
    if (context->machine) {
        clash_rows(&clash, conflicts, count);
        return COMMAND_OK;
    }
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        draw_part(&clash, &parts[i], conflicts, count);
    if (count == 0)
        report_note(context->report, _("Nothing clashes, and nothing was refused."));
    return COMMAND_OK;
}

const struct command conflicts_command = {
    .name = "conflicts",
    .french = "conflits",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Lists what clashed with what others wrote: what you choose, what they choose."),
    .examples_en = "concert conflicts\nconcert conflicts --offline\nconcert resolve 12",
    .examples_fr = "concert conflits\nconcert conflits --hors-ligne\nconcert résoudre 12",
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_READS,
    .run = run,
};
