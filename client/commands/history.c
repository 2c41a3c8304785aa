/* Who changed which field from what to what, when, from which device. */
#include <string.h>

#include "i18n.h"
#include "input/fields.h"
#include "words.h"
#include "words/phrase.h"
#include "words/story.h"

#define NEWEST 20 /* of the whole plan, unless --count says more */
#define COUNT_MAX 2000
#define LATE INT64_C(600000000) /* ten minutes: written off line, then */

static const char *value_of(const struct story *story, const struct story_event *event,
    const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(event->kind, name);
    struct context *context = story->context;

    if (message == NULL || field == NULL)
        return NULL;
    return phrase_field(
        context->book, event->kind, message, field, context->language, false, story->arena);
}

/* --- for programs: one row a field --- */

/* The field's value as its kind has it: a number, a text, or several texts. */
static void put_value(const struct story *story, struct sheet *sheet,
    const struct story_event *event, const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(event->kind, name);
    size_t count = message == NULL || field == NULL ? 0 : record_count(message, field);
    const char **texts = arena_alloc(story->arena, (count + 1) * sizeof(*texts));
    struct record_value value;

    if (count == 0 || texts == NULL) {
        sheet_none(sheet);
        return;
    }
    value = record_get(message, field, 0);
    for (size_t i = 0; i < count; i++)
        texts[i] = record_text(event->kind, field, record_get(message, field, i), story->arena);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        sheet_texts(sheet, texts, count);
    else if (value.data != NULL || field->type == PROTOBUF_C_TYPE_ENUM ||
             field->type == PROTOBUF_C_TYPE_BOOL)
        sheet_text(sheet, texts[0]);
    else
        sheet_number(sheet, value.number);
}

/* What the change settled: the fields by what was chosen, and the words that were set aside. */
static void put_conflict(
    const struct story *story, struct sheet *sheet, const struct story_event *event)
{
    const struct record_names *const lists[] = {&event->mine, &event->theirs, &event->rewritten};
    const ProtobufCMessageDescriptor *d = event->kind->descriptor;
    const char *texts[RECORD_FIELDS_MAX];
    size_t count = 0;

    sheet_number(sheet, event->settles);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (lists[i]->count > 0)
            sheet_texts(sheet, lists[i]->name, lists[i]->count);
        else
            sheet_none(sheet);
    for (unsigned i = 0; event->set_aside != NULL && i < d->n_fields; i++)
        for (size_t j = 0; j < record_count(event->set_aside, &d->fields[i]); j++)
            if (count < RECORD_FIELDS_MAX)
                texts[count++] = arena_printf(story->arena, "%s=%s", d->fields[i].name,
                    record_text(event->kind, &d->fields[i],
                        record_get(event->set_aside, &d->fields[i], j), story->arena));
    if (count == 0)
        sheet_none(sheet);
    else
        sheet_texts(sheet, texts, count);
}

static void row_start(
    const struct story *story, struct sheet *sheet, const struct story_event *event)
{
    const struct book_entry *entry = book_get(story->context->book, event->id);
    char id[UUID_TEXT];

    uuid_format(event->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)event->seq);
    sheet_number(sheet, event->at);
    sheet_number(sheet, event->authored_at);
    sheet_text(sheet, event->who);
    sheet_text(sheet, event->device);
    sheet_text(sheet, event->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, entry == NULL ? NULL : entry->handle);
    sheet_number(sheet, (int64_t)event->revision);
    sheet_text(sheet, event->reason);
    sheet_number(sheet, event->removed);
    sheet_number(sheet, event->erased);
    put_conflict(story, sheet, event);
}

static void draw_rows(const struct story *story)
{
    static const struct sheet_column columns[] = {{"seq", NULL, SHEET_NUMBER, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"authored_at", NULL, SHEET_TIME, false, false},
        {"who", NULL, SHEET_TEXT, false, false}, {"device", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"revision", NULL, SHEET_NUMBER, false, false},
        {"reason", NULL, SHEET_TEXT, false, false}, {"removed", NULL, SHEET_BOOL, false, false},
        {"erased", NULL, SHEET_BOOL, false, false}, {"conflict", NULL, SHEET_BOOL, false, false},
        {"mine", NULL, SHEET_LIST, false, false}, {"theirs", NULL, SHEET_LIST, false, false},
        {"rewritten", NULL, SHEET_LIST, false, false},
        {"set_aside", NULL, SHEET_LIST, false, false}, {"field", NULL, SHEET_TEXT, false, false},
        {"from", NULL, SHEET_ANY, false, false}, {"to", NULL, SHEET_ANY, false, false}};
    struct sheet *sheet = report_sheet(story->context->report, "history", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < story->count; i++) {
        const struct story_event *event = &story->events[i];
        if (event->n_fields == 0)
            row_start(story, sheet, event);
        for (size_t j = 0; j < event->n_fields; j++) {
            const char *name = event->fields[j];
            row_start(story, sheet, event);
            sheet_text(sheet, name);
            put_value(story, sheet, event, story_earlier(story, i, name), name);
            put_value(story, sheet, event, event->patch, name);
        }
    }
}

/* --- for people: who and when, and the fields under it --- */

static const char *record_name(const struct story *story, const struct story_event *event)
{
    struct context *context = story->context;
    const struct book_entry *entry = book_get(context->book, event->id);

    return entry == NULL ? words_show(WORDS_KIND, event->kind->name, context->language)
                         : phrase_name(context->book, entry, context->language, story->arena);
}

static const char *headline(const struct story *story, const struct story_event *event)
{
    char when[PHRASE_SIZE];
    const char *text;

    phrase_time(event->at, story->context->language, when);
    text = arena_printf(story->arena, "%s · %s%s%s", when,
        event->who == NULL ? _("the server") : event->who, event->device == NULL ? "" : ", ",
        event->device == NULL ? "" : event->device);
    if (text != NULL && story->several)
        text = arena_printf(story->arena, "%s · %s", text, record_name(story, event));
    if (text != NULL && event->authored_at > 0 && event->at - event->authored_at > LATE) {
        phrase_time(event->authored_at, story->context->language, when);
        text = arena_printf(story->arena, _("%s · written %s"), text, when);
    }
    return text;
}

/* A field that holds nothing may stand for something: an account is active unless it says no. */
static const char *shown_value(
    const struct story *story, const struct story_event *event, const char *name, const char *value)
{
    const ProtobufCFieldDescriptor *field = record_field(event->kind, name);

    if ((value == NULL || value[0] == '\0') && field != NULL)
        value = phrase_absent(event->kind, field, story->context->language, story->arena);
    return value == NULL || value[0] == '\0' ? _("(empty)") : value;
}

/* "percent: 40% → 60%". False, and no line, when a program set the field to what it held. */
static bool draw_field(
    const struct story *story, struct sheet *sheet, size_t index, const char *name)
{
    const struct story_event *event = &story->events[index];
    const char *from = value_of(story, event, story_earlier(story, index, name), name);
    const char *to = value_of(story, event, event->patch, name);
    const char *shown = words_show(WORDS_FIELD, name, story->context->language);
    const bool known = from != NULL || story->whole; /* else what it held is not known here */

    from = shown_value(story, event, name, from);
    to = shown_value(story, event, name, to);
    if (known && strcmp(from, to) == 0)
        return false;
    sheet_row(sheet, 1, SHEET_PLAIN);
    if (known)
        sheet_text(sheet, arena_printf(story->arena, _("%s: %s → %s"), shown, from, to));
    else
        sheet_text(sheet, arena_printf(story->arena, _("%s: %s"), shown, to));
    return true;
}

/* A new record has nothing to compare with: its fields make one line. */
static void draw_creation(
    const struct story *story, struct sheet *sheet, const struct story_event *event)
{
    const char *text = _("creation");

    for (size_t i = 0; i < event->n_fields && text != NULL; i++) {
        const char *name = event->fields[i];
        const char *value =
            shown_value(story, event, name, value_of(story, event, event->patch, name));
        const char *one = arena_printf(story->arena, _("%s: %s"),
            words_show(WORDS_FIELD, name, story->context->language), value);
        text = arena_printf(
            story->arena, "%s%s%s", text, i == 0 ? " · " : "; ", one == NULL ? "" : one);
    }
    sheet_row(sheet, 1, SHEET_PLAIN);
    sheet_text(sheet, text);
}

/* What it did to the record's fields. */
static void draw_content(const struct story *story, struct sheet *sheet, size_t index)
{
    const struct story_event *event = &story->events[index];
    bool any = event->removed || event->erased || event->settles;

    if (event->removed) {
        sheet_row(sheet, 1, SHEET_PLAIN);
        sheet_text(sheet, _("removal"));
    }
    if (event->revision <= 1) {
        draw_creation(story, sheet, event);
        return;
    }
    for (size_t j = 0; j < event->n_fields; j++)
        any = draw_field(story, sheet, index, event->fields[j]) || any;
    if (!any) {
        sheet_row(sheet, 1, SHEET_FAINT);
        sheet_text(sheet, _("no field changed"));
    }
}

static void draw_event(const struct story *story, struct sheet *sheet, size_t index)
{
    const struct story_event *event = &story->events[index];

    sheet_row(sheet, 0, SHEET_STRONG);
    sheet_text(sheet, headline(story, event));
    draw_content(story, sheet, index);
    if (event->erased) {
        sheet_row(sheet, 1, SHEET_FAINT);
        sheet_text(sheet, _("Personal information was erased from this change since."));
    }
    if (event->settles) {
        sheet_row(sheet, 1, SHEET_PLAIN);
        sheet_text(sheet, story_conflict(story, event));
    }
    if (event->reason != NULL) {
        sheet_row(sheet, 1, SHEET_FAINT);
        sheet_text(sheet, arena_printf(story->arena, _("reason: %s"), event->reason));
    }
}

static void draw(const struct story *story)
{
    static const struct sheet_column columns[] = {
        {"change", N_("Changes, the newest first"), SHEET_TEXT, true, false}};
    struct sheet *sheet;

    if (story->context->machine) {
        draw_rows(story);
        return;
    }
    sheet = report_sheet(story->context->report, "history", NULL, SHEET_TREE, false, columns, 1);
    for (size_t i = 0; i < story->count; i++)
        draw_event(story, sheet, i);
    if (story->count == 0)
        report_note(story->context->report, _("Nothing was changed yet."));
}

/* What was removed has no place in the plan any more, but its handle still tells its history. */
static bool is_removed(struct context *context, struct book_entry *removed_r)
{
    const struct book_entry *found, *near;
    size_t n_near;

    return book_find(context->book, context->argv[0], KIND_ANY, context->today, &found, &near, 1,
               &n_near) == BOOK_NONE &&
           desk_removed(context->desk, context->argv[0], removed_r);
}

static enum command_exit read_story(struct story *story, struct context *context)
{
    const char *typed = command_option(context, "count");
    int64_t count = NEWEST;
    const struct book_entry *entry;
    struct book_entry removed;
    enum command_exit code;

    if (typed != NULL && (!fields_number(typed, &count) || count < 1 || count > COUNT_MAX))
        return command_say(
            context, COMMAND_USAGE, _("--count takes a number from 1 to %d."), COUNT_MAX);
    if (context->argc == 0)
        return story_of_all(story, context, (uint32_t)count);
    if (is_removed(context, &removed))
        return story_of_record(story, context, &removed, false);
    entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (entry == NULL)
        return code;
    /* What was written of an action is mostly in its shares and notes. */
    return story_of_record(story, context, entry,
        entry->kind->id == CONCERT__KIND__ACTION && command_option(context, "alone") == NULL);
}

static enum command_exit run(struct context *context)
{
    struct story story = {.context = NULL};
    enum command_exit code = read_story(&story, context);

    if (code == COMMAND_OK)
        draw(&story);
    story_clear(&story);
    return code;
}

static const struct command_option options[] = {
    {"count", "nombre", 'n', N_("NUMBER"), N_("Without a record: how many changes, newest first.")},
    {"alone", "seul", 0, NULL, N_("Of an action: without its shares, notes and deadlines.")},
    {.name = NULL},
};

const struct command history_command = {
    .name = "history",
    .french = "historique",
    .usage_en = "[HANDLE]",
    .usage_fr = "[REPÈRE]",
    .summary = N_("Tells who changed what, from what to what, when and from where."),
    .examples_en = "concert history 4.1.1\nconcert history -n 50",
    .examples_fr = "concert historique 4.1.1\nconcert historique -n 50",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
