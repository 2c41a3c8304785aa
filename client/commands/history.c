/* Who changed which field from what to what, when, from which device. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "change.h"
#include "fields.h"
#include "i18n.h"
#include "phrase.h"
#include "record.h"
#include "words.h"

#define ARENA_LIMIT ((size_t)256 << 20)
#define PAGE 200  /* changes asked for at once */
#define NEWEST 20 /* of the whole plan, unless --count says more */
#define COUNT_MAX 2000

/* One change of the log, with its patch read. */
struct event {
    const struct kind *kind;
    uint8_t id[UUID_SIZE];
    uint64_t seq, revision;
    int64_t at, authored_at;
    const char *who, *device, *reason;
    bool removed;
    const char **fields;
    size_t n_fields;
    const ProtobufCMessage *patch;
};

struct story {
    struct context *context;
    struct arena *arena;
    struct event *events; /* the newest first */
    size_t count, room;
    bool several; /* records */
    bool whole;   /* all of their changes are here: what was never set was empty */
};

static const char *copy_text(const struct story *story, const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : arena_copy(story->arena, text, strlen(text));
}

static bool make_room(struct story *story)
{
    size_t room = story->room == 0 ? 64 : story->room * 2;
    struct event *more;

    if (story->count < story->room)
        return true;
    if ((more = realloc(story->events, room * sizeof(*more))) == NULL)
        return false;
    story->events = more;
    story->room = room;
    return true;
}

/* The answer lives until the desk's next call: all that is kept is copied. */
static bool take_change(struct story *story, const Concert__Change *change)
{
    const struct kind *kind = kinds_get(change->kind);
    struct event event = {.kind = kind,
        .seq = change->seq,
        .revision = change->revision,
        .at = change->at,
        .authored_at = change->authored_at,
        .who = copy_text(story, change->who),
        .device = copy_text(story, change->device_name),
        .reason = copy_text(story, change->reason),
        .removed = change->delete_,
        .n_fields = change->n_fields};
    struct error error;
    const uint8_t *patch;

    if (kind == NULL || change->id.len != UUID_SIZE)
        return true; /* of a later version: not ours to tell */
    memcpy(event.id, change->id.data, UUID_SIZE);
    event.fields = arena_alloc(story->arena, (event.n_fields + 1) * sizeof(*event.fields));
    patch = (const uint8_t *)arena_copy(story->arena, change->patch.data, change->patch.len);
    if (event.fields == NULL || patch == NULL || !make_room(story))
        return false;
    for (size_t i = 0; i < event.n_fields; i++)
        event.fields[i] = copy_text(story, change->fields[i]);
    event.patch = record_decode(kind, patch, change->patch.len, story->arena, &error);
    story->events[story->count++] = event;
    return true;
}

static bool take_page(struct story *story, const Concert__HistoryAnswer *page)
{
    for (size_t i = 0; i < page->n_changes; i++)
        if (!take_change(story, page->changes[i]))
            return false;
    return true;
}

/* The whole story of one record, back to its first revision. */
static enum command_exit take_record(struct story *story, const uint8_t id[UUID_SIZE])
{
    uint64_t before = 0;

    for (;;) {
        struct desk_why why = {.trouble = DESK_FINE};
        const Concert__HistoryAnswer *page =
            desk_history(story->context->desk, id, before, PAGE, &why);
        const Concert__Change *last;

        if (page == NULL)
            return command_why(story->context, &why);
        if (page->n_changes == 0)
            return COMMAND_OK;
        last = page->changes[page->n_changes - 1];
        before = last->seq;
        if (!take_page(story, page))
            return change_no_memory(story->context);
        if (last->revision <= 1 || before <= 1)
            return COMMAND_OK;
    }
}

/* What was written of an action is mostly in its shares and notes: their story is its own. */
static enum command_exit take_children(struct story *story, const struct book_entry *entry)
{
    enum command_exit code = COMMAND_OK;

    for (size_t i = 0; i < kinds_count && code == COMMAND_OK; i++) {
        size_t count;
        const struct book_entry *const *children;

        if (kinds[i].parent == NULL)
            continue;
        children = book_children(story->context->book, entry->id, kinds[i].id, NULL, &count);
        for (size_t j = 0; j < count && code == COMMAND_OK; j++) {
            story->several = true;
            if (children[j]->revision > 0)
                code = take_record(story, children[j]->id);
            if (code == COMMAND_OK && kinds[i].id == CONCERT__KIND__SHARE)
                code = take_children(story, children[j]);
        }
    }
    return code;
}

static enum command_exit take_newest(struct story *story, uint32_t count)
{
    struct desk_why why = {.trouble = DESK_FINE};
    const Concert__HistoryAnswer *page = desk_history(story->context->desk, NULL, 0, count, &why);

    if (page == NULL)
        return command_why(story->context, &why);
    story->several = true;
    story->whole = false;
    return take_page(story, page) ? COMMAND_OK : change_no_memory(story->context);
}

/* The message that held the field before: the patch of the newest older change of it that is known.
 */
static const ProtobufCMessage *earlier(const struct story *story, size_t index, const char *field)
{
    const struct event *event = &story->events[index];

    for (size_t i = index + 1; i < story->count; i++) {
        const struct event *older = &story->events[i];
        if (!uuid_equal(older->id, event->id))
            continue;
        for (size_t j = 0; j < older->n_fields; j++)
            if (strcmp(older->fields[j], field) == 0)
                return older->patch;
    }
    return NULL;
}

static const char *value_of(const struct story *story, const struct event *event,
    const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(event->kind, name);
    struct context *context = story->context;
    const char *text = "";

    if (message == NULL || field == NULL)
        return NULL;
    if (!context->machine)
        return phrase_field(
            context->book, event->kind, message, field, context->language, false, story->arena);
    for (size_t i = 0; i < record_count(message, field) && text != NULL; i++)
        text = arena_printf(story->arena, "%s%s%s", text, i == 0 ? "" : "; ",
            record_text(event->kind, field, record_get(message, field, i), story->arena));
    return text;
}

/* --- for programs: one row a field --- */

static void row_start(const struct story *story, struct sheet *sheet, const struct event *event)
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
}

static void draw_rows(const struct story *story)
{
    static const struct sheet_column columns[] = {{"seq", NULL, SHEET_NUMBER, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"authored_at", NULL, SHEET_TIME, false, false},
        {"who", NULL, SHEET_TEXT, false, false}, {"device", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"revision", NULL, SHEET_NUMBER, false, false},
        {"reason", NULL, SHEET_TEXT, false, false}, {"removed", NULL, SHEET_BOOL, false, false},
        {"field", NULL, SHEET_TEXT, false, false}, {"from", NULL, SHEET_TEXT, false, false},
        {"to", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet = report_sheet(story->context->report, "history", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < story->count; i++) {
        const struct event *event = &story->events[i];
        if (event->n_fields == 0)
            row_start(story, sheet, event);
        for (size_t j = 0; j < event->n_fields; j++) {
            const char *name = event->fields[j];
            const char *to = value_of(story, event, event->patch, name);
            row_start(story, sheet, event);
            sheet_text(sheet, name);
            sheet_text(sheet, value_of(story, event, earlier(story, i, name), name));
            sheet_text(sheet, to == NULL || to[0] == '\0' ? NULL : to);
        }
    }
}

/* --- for people: who and when, and the fields under it --- */

static const char *record_name(const struct story *story, const struct event *event)
{
    struct context *context = story->context;
    const struct book_entry *entry = book_get(context->book, event->id);

    return entry == NULL ? words_show(WORDS_KIND, event->kind->name, context->language)
                         : phrase_name(context->book, entry, context->language, story->arena);
}

static const char *headline(const struct story *story, const struct event *event)
{
    char when[PHRASE_SIZE];
    const char *text;

    phrase_time(event->at, story->context->language, when);
    text = arena_printf(story->arena, "%s · %s%s%s", when,
        event->who == NULL ? _("the server") : event->who, event->device == NULL ? "" : ", ",
        event->device == NULL ? "" : event->device);
    if (text != NULL && story->several)
        text = arena_printf(story->arena, "%s · %s", text, record_name(story, event));
    return text;
}

static const char *shown_value(const char *value)
{
    return value == NULL || value[0] == '\0' ? _("(empty)") : value;
}

/* "percent: 40% → 60%". */
static void draw_field(
    const struct story *story, struct sheet *sheet, size_t index, const char *name)
{
    const struct event *event = &story->events[index];
    const char *from = value_of(story, event, earlier(story, index, name), name);
    const char *to = value_of(story, event, event->patch, name);
    const char *shown = words_show(WORDS_FIELD, name, story->context->language);

    sheet_row(sheet, 1, SHEET_PLAIN);
    if (from == NULL && !story->whole)
        sheet_text(sheet, arena_printf(story->arena, _("%s: %s"), shown, shown_value(to)));
    else
        sheet_text(sheet, arena_printf(story->arena, _("%s: %s → %s"), shown, shown_value(from),
                              shown_value(to)));
}

/* A new record has nothing to compare with: its fields make one line. */
static void draw_creation(const struct story *story, struct sheet *sheet, const struct event *event)
{
    const char *text = _("created");

    for (size_t i = 0; i < event->n_fields && text != NULL; i++) {
        const char *name = event->fields[i];
        const char *value = shown_value(value_of(story, event, event->patch, name));
        const char *one = arena_printf(story->arena, _("%s: %s"),
            words_show(WORDS_FIELD, name, story->context->language), value);
        text = arena_printf(
            story->arena, "%s%s%s", text, i == 0 ? " · " : "; ", one == NULL ? "" : one);
    }
    sheet_row(sheet, 1, SHEET_PLAIN);
    sheet_text(sheet, text);
}

static void draw_event(const struct story *story, struct sheet *sheet, size_t index)
{
    const struct event *event = &story->events[index];

    sheet_row(sheet, 0, SHEET_STRONG);
    sheet_text(sheet, headline(story, event));
    if (event->removed) {
        sheet_row(sheet, 1, SHEET_PLAIN);
        sheet_text(sheet, _("removed"));
    }
    if (event->revision <= 1)
        draw_creation(story, sheet, event);
    else
        for (size_t j = 0; j < event->n_fields; j++)
            draw_field(story, sheet, index, event->fields[j]);
    if (event->reason != NULL) {
        sheet_row(sheet, 1, SHEET_FAINT);
        sheet_text(sheet, arena_printf(story->arena, _("reason: %s"), event->reason));
    }
}

static int newest_first(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    return (y->seq > x->seq) - (y->seq < x->seq);
}

static void draw(struct story *story)
{
    static const struct sheet_column columns[] = {
        {"change", N_("Changes, the newest first"), SHEET_TEXT, true, false}};
    struct sheet *sheet;

    if (story->count > 1)
        qsort(story->events, story->count, sizeof(*story->events), newest_first);
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

static enum command_exit take(struct story *story)
{
    struct context *context = story->context;
    const char *typed = command_option(context, "count");
    int64_t count = NEWEST;
    const struct book_entry *entry;
    enum command_exit code;

    if (typed != NULL && (!fields_number(typed, &count) || count < 1 || count > COUNT_MAX))
        return command_say(
            context, COMMAND_USAGE, _("--count takes a number from 1 to %d."), COUNT_MAX);
    if (context->argc == 0)
        return take_newest(story, (uint32_t)count);
    entry = command_record(context, context->argv[0], KIND_ANY, &code);
    if (entry == NULL)
        return code;
    code = take_record(story, entry->id);
    if (code == COMMAND_OK && entry->kind->id == CONCERT__KIND__ACTION &&
        command_option(context, "alone") == NULL)
        code = take_children(story, entry);
    return code;
}

static enum command_exit run(struct context *context)
{
    struct story story = {.context = context, .arena = arena_new(ARENA_LIMIT), .whole = true};
    enum command_exit code = story.arena == NULL ? change_no_memory(context) : take(&story);

    if (code == COMMAND_OK)
        draw(&story);
    free(story.events);
    arena_free(&story.arena);
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
