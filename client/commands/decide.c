/* A decision of a meeting: its words, and the number that the server gives it. */
#include <string.h>

#include "figures/meetings.h"
#include "figures/quorum.h"
#include "i18n.h"
#include "input/change.h"
#include "input/ours.h"

/* Everything behind the handle, so that quotes may be forgotten. */
static const char *words_of(struct context *context)
{
    const char *text = context->argv[1];

    for (int i = 2; i < context->argc && text != NULL; i++)
        text = arena_printf(context->arena, "%s %s", text, context->argv[i]);
    return text;
}

/* A decision without a quorum is recorded as any other; that it lacks one is said, and that the
 * meeting is not said to be held. */
static void warn_of_meeting(struct context *context, const struct book_entry *item)
{
    const struct book_entry *meeting = book_follow(context->book, item, "meeting");
    const struct quorum_line *lines;
    struct quorum quorum;
    size_t count = 0;

    if (meeting == NULL)
        return;
    if (meetings_status(meeting) == CONCERT__MEETING__STATUS__PLANNED)
        command_tell(context, "planned",
            _("The meeting %s is still said to be planned. Once it is held: concert set %s "
              "status=held"),
            meeting->handle, meeting->handle);
    lines = quorum_lines(context->book, meeting, true, context->arena, &count);
    if (lines == NULL)
        return;
    quorum = quorum_at(context->book, meeting, lines, count, item);
    if (quorum.known && !quorum.reached)
        command_tell(context, "quorum", _("Mind: %zu present at this item, and the quorum is %d."),
            quorum.present, quorum.needed);
}

/* The number is data: it is what people write down. */
static void show_number(struct context *context, const uint8_t id[UUID_SIZE])
{
    static const struct sheet_column columns[] = {
        {"resolution", N_("Resolution"), SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, true},
    };
    const struct book_entry *item = book_get(context->book, id);
    const char *number = item == NULL ? NULL : book_text(item, "resolution");
    struct sheet *sheet;

    if (number == NULL) {
        command_tell(
            context, "number", "%s", _("The decision gets its number when the server has it."));
        return;
    }
    sheet = report_sheet(context->report, "resolution", NULL, SHEET_LINE, true, columns, 2);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, number);
    sheet_text(sheet, item->handle);
}

static enum command_exit decide(struct context *context, const struct book_entry *item)
{
    struct fields_reader reader = change_reader(context, context->arena);
    const char *text = words_of(context);
    struct fields_problem problem;
    struct fields_patch patch;
    struct desk_change change;
    uint8_t id[UUID_SIZE];
    enum command_exit code;

    memcpy(id, item->id, UUID_SIZE);
    if (text == NULL || !fields_begin(&reader, item->kind, &patch))
        return change_no_memory(context);
    if (!fields_set(&reader, &patch, record_field(item->kind, "decision"), text, &problem))
        return change_wrong(context, &problem);
    if (!change_reduce(&reader, &patch, item)) {
        report_note(context->report, _("It says so already; nothing changes."));
        show_number(context, id);
        return COMMAND_OK;
    }
    warn_of_meeting(context, item);
    change = change_of(&patch, item, NULL, command_option(context, "message"));
    code = command_write(context, &change, 1, true);
    if (code == COMMAND_OK)
        show_number(context, id);
    return code;
}

static enum command_exit run(struct context *context)
{
    enum command_exit code;
    const struct book_entry *item =
        command_record(context, context->argv[0], KIND_BIT(AGENDA_ITEM), &code);

    if (item == NULL || !ours_may_write(context, item, &code))
        return code;
    return decide(context, item);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {.name = NULL},
};

const struct command decide_command = {
    .name = "decide",
    .french = "decider",
    .usage_en = "ITEM TEXT",
    .usage_fr = "POINT TEXTE",
    .summary = N_("Records what a meeting decided on an item, and prints the resolution's number."),
    .examples_en = "concert decide PO4 \"The plan 2009-2010 is adopted.\"",
    .examples_fr = "concert décider PO4 \"Le plan 2009-2010 est adopté.\"",
    .options = options,
    .min_args = 2,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
