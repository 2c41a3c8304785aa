/* Tells each change as it commits, until it is stopped. */
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "input/change.h"
#include "input/fields.h"
#include "record.h"
#include "words.h"
#include "words/phrase.h"

struct watch {
    struct context *context;
    int64_t left; /* changes to tell before it ends by itself; -1: all */
};

struct news {
    const struct book *book;
    const struct book_entry *before, *now;
    bool deleted;
    const char *fields[RECORD_FIELDS_MAX];
    size_t n_fields;
};

static void find_fields(struct news *news)
{
    const ProtobufCMessageDescriptor *d = news->now->kind->descriptor;

    for (unsigned i = 0; i < d->n_fields && news->n_fields < RECORD_FIELDS_MAX; i++) {
        const ProtobufCFieldDescriptor *field = &d->fields[i];
        bool same = news->before == NULL ? record_count(news->now->body, field) == 0
                                         : record_same(news->before->body, news->now->body, field);
        if (!same && !news->deleted)
            news->fields[news->n_fields++] = field->name;
    }
}

/* "percent: 40% → 60%; status: under way → done". */
static const char *changes_text(
    const struct watch *watch, const struct news *news, struct arena *arena)
{
    const char *language = watch->context->language, *text = "";

    for (size_t i = 0; i < news->n_fields && text != NULL; i++) {
        const struct kind *kind = news->now->kind;
        const ProtobufCFieldDescriptor *field = record_field(kind, news->fields[i]);
        const char *to =
            phrase_field(news->book, kind, news->now->body, field, language, false, arena);
        const char *from = news->before == NULL ? ""
                                                : phrase_field(news->book, kind, news->before->body,
                                                      field, language, false, arena);
        const char *one = from[0] == '\0' ? arena_printf(arena, _("%s: %s"),
                                                words_show(WORDS_FIELD, field->name, language), to)
                                          : arena_printf(arena, _("%s: %s → %s"),
                                                words_show(WORDS_FIELD, field->name, language),
                                                from, to[0] == '\0' ? _("(empty)") : to);
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : "; ", one == NULL ? "" : one);
    }
    return text == NULL ? "" : text;
}

static const char *sentence(const struct watch *watch, const struct news *news, struct arena *arena)
{
    const char *language = watch->context->language;
    const char *name = phrase_name(news->book, news->now, language, arena);
    char when[PHRASE_SIZE];

    phrase_time(news->now->changed_at, language, when);
    if (news->deleted)
        return arena_printf(arena, _("%s · %s — removed (%s)"), when, name,
            phrase_record(news->book, news->now, true, arena));
    return arena_printf(arena, news->before == NULL ? _("%s · %s — created: %s") : "%s · %s — %s",
        when, name, changes_text(watch, news, arena));
}

static void fill_row(const struct watch *watch, const struct news *news, const char *text)
{
    static const struct sheet_column columns[] = {{"seq", NULL, SHEET_NUMBER, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"event", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"revision", NULL, SHEET_NUMBER, false, false},
        {"fields", NULL, SHEET_LIST, false, false}, {"message", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet = report_sheet(watch->context->report, "change", NULL, SHEET_TABLE, true,
        columns, sizeof(columns) / sizeof(columns[0]));
    char id[UUID_TEXT];

    uuid_format(news->now->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)news->now->seq);
    sheet_number(sheet, news->now->changed_at);
    sheet_text(sheet, news->deleted ? "removed" : news->before == NULL ? "created" : "changed");
    sheet_text(sheet, news->now->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, news->now->handle);
    sheet_number(sheet, (int64_t)news->now->revision);
    sheet_texts(sheet, news->fields, news->n_fields);
    sheet_text(sheet, text);
}

static bool tell(void *arg, const struct book *book, const struct book_entry *before,
    const struct book_entry *now, bool deleted)
{
    struct watch *watch = arg;
    struct context *context = watch->context;
    struct news news = {.book = book, .before = before, .now = now, .deleted = deleted};
    const char *text;

    find_fields(&news);
    text = sentence(watch, &news, report_arena(context->report));
    if (context->machine)
        fill_row(watch, &news, text);
    else if (text != NULL)
        report_note(context->report, text);
    if (!command_print(context))
        return false;
    return watch->left < 0 || --watch->left > 0;
}

static enum command_exit run(struct context *context)
{
    struct watch watch = {context, -1};
    const char *typed = command_option(context, "count");
    struct desk_why why = {.trouble = DESK_FINE};

    if (typed != NULL && (!fields_number(typed, &watch.left) || watch.left < 1))
        return command_say(context, COMMAND_USAGE, _("--count takes a number above 0."));
    if (!context->machine)
        command_tell(
            context, "watching", "%s", _("Changes show here as they are made; Ctrl+C ends it."));
    return desk_watch(context->desk, tell, &watch, &why) ? COMMAND_OK : command_why(context, &why);
}

static const struct command_option options[] = {
    {"count", "nombre", 'n', N_("NUMBER"), N_("Ends after so many changes.")},
    {.name = NULL},
};

const struct command watch_command = {
    .name = "watch",
    .french = "suivre",
    .usage_en = "",
    .usage_fr = "",
    .summary = N_("Shows each change of the plan as it is made, until Ctrl+C."),
    .examples_en = "concert watch\nconcert watch --format json",
    .examples_fr = "concert suivre\nconcert suivre --format json",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH | COMMAND_RAW,
    .run = run,
};
