/* Tells each change as it commits, until it is stopped. */
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "input/change.h"
#include "input/fields.h"
#include "input/pick.h"
#include "record.h"
#include "words.h"
#include "words/kind_word.h"
#include "words/phrase.h"

#define SCOPE_MAX 16
#define DEPTH_MAX 8 /* a record hangs on no more than so many */

/* What is asked for; nothing asked is all. */
struct scope {
    uint64_t kinds; /* mask; 0: all */
    uint8_t party_ids[SCOPE_MAX][UUID_SIZE], action_ids[SCOPE_MAX][UUID_SIZE];
    size_t n_parties, n_actions;
};

struct watch {
    struct context *context;
    struct scope scope;
    int64_t left; /* changes to tell before it ends by itself; -1: all */
};

/* --- what is asked for --- */

static bool is_in(const uint8_t ids[][UUID_SIZE], size_t count, const uint8_t id[UUID_SIZE])
{
    for (size_t i = 0; i < count; i++)
        if (uuid_equal(ids[i], id))
            return true;
    return false;
}

/* True when a field of the record names one of them. */
static bool names_one(const struct kind *kind, const ProtobufCMessage *body,
    const uint8_t ids[][UUID_SIZE], size_t count)
{
    const ProtobufCMessageDescriptor *d = kind->descriptor;

    for (unsigned i = 0; i < d->n_fields; i++) {
        size_t values =
            d->fields[i].type == PROTOBUF_C_TYPE_BYTES ? record_count(body, &d->fields[i]) : 0;

        for (size_t j = 0; j < values; j++) {
            struct record_value value = record_get(body, &d->fields[i], j);

            if (value.size == UUID_SIZE && is_in(ids, count, (const uint8_t *)value.data))
                return true;
        }
    }
    return false;
}

/* The record is one of them, names one, or hangs on what does. */
static bool belongs(const struct book *book, const struct book_entry *entry,
    const uint8_t ids[][UUID_SIZE], size_t count)
{
    for (int depth = 0; entry != NULL && depth < DEPTH_MAX; depth++) {
        if (is_in(ids, count, entry->id) || names_one(entry->kind, entry->body, ids, count))
            return true;
        entry = entry->kind->parent == NULL ? NULL : book_follow(book, entry, entry->kind->parent);
    }
    return false;
}

static bool is_wanted(const struct scope *scope, const struct desk_news *news)
{
    const struct book_entry *now = news->now, *before = news->before;

    if (scope->kinds != 0 && !(scope->kinds & (UINT64_C(1) << now->kind->id)))
        return false;
    if (scope->n_parties > 0 && !is_in(scope->party_ids, scope->n_parties, now->owner) &&
        !belongs(news->book, now, scope->party_ids, scope->n_parties) &&
        (before == NULL || !belongs(news->book, before, scope->party_ids, scope->n_parties)))
        return false;
    return scope->n_actions == 0 || belongs(news->book, now, scope->action_ids, scope->n_actions) ||
           (before != NULL && belongs(news->book, before, scope->action_ids, scope->n_actions));
}

/* The words of "a, b" one by one; NULL behind the last. In the command's arena. */
static const char *next_word(struct context *context, const char **rest)
{
    const char *start = *rest + strspn(*rest, ", ");
    size_t size = strcspn(start, ","), kept = size;

    *rest = start + size;
    while (kept > 0 && start[kept - 1] == ' ')
        kept--;
    return kept == 0 ? NULL : arena_copy(context->arena, start, kept);
}

static enum command_exit read_kinds(struct context *context, struct scope *scope)
{
    const char *rest = command_option(context, "kind"), *word;
    enum command_exit code = COMMAND_OK;

    while (rest != NULL && (word = next_word(context, &rest)) != NULL) {
        const struct kind *kind = kind_word_ask(context, word, &code);

        if (kind == NULL)
            return code;
        scope->kinds |= UINT64_C(1) << kind->id;
    }
    return COMMAND_OK;
}

static enum command_exit read_records(struct context *context, const char *option, uint64_t mask,
    uint8_t ids[SCOPE_MAX][UUID_SIZE], size_t *count)
{
    const char *rest = command_option(context, option), *word;
    enum command_exit code;

    while (rest != NULL && (word = next_word(context, &rest)) != NULL) {
        const struct book_entry *entry = mask == KIND_BIT(PARTY)
                                             ? pick_party(context, word, NULL, &code)
                                             : command_record(context, word, mask, &code);

        if (entry == NULL)
            return code;
        if (*count == SCOPE_MAX)
            return command_say(
                context, COMMAND_USAGE, _("--%s takes %d at most."), option, SCOPE_MAX);
        memcpy(ids[(*count)++], entry->id, UUID_SIZE);
    }
    return COMMAND_OK;
}

static enum command_exit read_scope(struct context *context, struct scope *scope)
{
    enum command_exit code = read_kinds(context, scope);

    if (code == COMMAND_OK)
        code = read_records(
            context, "committee", KIND_BIT(PARTY), scope->party_ids, &scope->n_parties);
    if (code == COMMAND_OK)
        code =
            read_records(context, "action", KIND_BIT(ACTION), scope->action_ids, &scope->n_actions);
    return code;
}

/* --- sentences --- */

static bool is_created(const struct desk_news *news)
{
    return news->now->revision <= 1;
}

/* "percent: 40% → 60%"; NULL when there is nothing to say: the same as before. */
static const char *field_text(const struct watch *watch, const struct desk_news *news,
    const ProtobufCFieldDescriptor *field, struct arena *arena)
{
    const char *language = watch->context->language;
    const char *shown = words_show(WORDS_FIELD, field->name, language);
    const char *to =
        phrase_field(news->book, news->now->kind, news->now->body, field, language, false, arena);
    const char *from = "";

    if (news->before != NULL)
        from = phrase_field(
            news->book, news->now->kind, news->before->body, field, language, false, arena);
    if (strcmp(from, to) == 0 && (news->before != NULL || is_created(news)))
        return NULL;
    if (to[0] == '\0')
        to = _("(empty)");
    return from[0] == '\0' ? arena_printf(arena, _("%s: %s"), shown, to)
                           : arena_printf(arena, _("%s: %s → %s"), shown, from, to);
}

static const char *changes_text(
    const struct watch *watch, const struct desk_news *news, struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < news->change->n_fields && text != NULL; i++) {
        const ProtobufCFieldDescriptor *field =
            record_field(news->now->kind, news->change->fields[i]);
        const char *one = field == NULL ? NULL : field_text(watch, news, field, arena);

        if (one != NULL)
            text = arena_printf(arena, "%s%s%s", text, text[0] == '\0' ? "" : "; ", one);
    }
    return text == NULL ? "" : text;
}

static const char *what_text(
    const struct watch *watch, const struct desk_news *news, struct arena *arena)
{
    const char *changes;

    if (news->change->delete_)
        return arena_printf(
            arena, _("removed (%s)"), phrase_record(news->book, news->now, true, arena));
    changes = changes_text(watch, news, arena);
    if (is_created(news))
        return arena_printf(arena, _("created: %s"), changes);
    return changes[0] == '\0' ? _("the same as before") : changes;
}

/* "Oct 15, 2009, 14:30 · Mékinac · share PA32 … — percent: 40% → 60% (reason: …)". */
static const char *sentence(
    const struct watch *watch, const struct desk_news *news, struct arena *arena)
{
    const char *language = watch->context->language;
    const char *who = news->change->who, *reason = news->change->reason;
    char when[PHRASE_SIZE];
    const char *text;

    phrase_time(news->now->changed_at, language, when);
    text = arena_printf(arena, "%s · %s%s%s — %s", when, who == NULL || who[0] == '\0' ? "" : who,
        who == NULL || who[0] == '\0' ? "" : " · ",
        phrase_name(news->book, news->now, language, arena), what_text(watch, news, arena));
    if (text != NULL && reason != NULL && reason[0] != '\0')
        text = arena_printf(arena, _("%s (reason: %s)"), text, reason);
    return text;
}

static void fill_row(const struct watch *watch, const struct desk_news *news, const char *text)
{
    static const struct sheet_column columns[] = {{"seq", NULL, SHEET_NUMBER, false, false},
        {"at", NULL, SHEET_TIME, false, false}, {"event", NULL, SHEET_TEXT, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"revision", NULL, SHEET_NUMBER, false, false},
        {"fields", NULL, SHEET_LIST, false, false}, {"message", NULL, SHEET_TEXT, false, false},
        {"who", NULL, SHEET_TEXT, false, false}, {"reason", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet = report_sheet(watch->context->report, "change", NULL, SHEET_TABLE, true,
        columns, sizeof(columns) / sizeof(columns[0]));
    const Concert__Change *change = news->change;
    char id[UUID_TEXT];

    uuid_format(news->now->id, id);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)news->now->seq);
    sheet_number(sheet, news->now->changed_at);
    sheet_text(sheet, change->delete_ ? "removed" : is_created(news) ? "created" : "changed");
    sheet_text(sheet, news->now->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, news->now->handle);
    sheet_number(sheet, (int64_t)news->now->revision);
    sheet_texts(sheet, (const char *const *)change->fields, change->n_fields);
    sheet_text(sheet, text);
    sheet_text(sheet, change->who);
    sheet_text(sheet, change->reason);
}

static bool tell(void *arg, const struct desk_news *news)
{
    struct watch *watch = arg;
    struct context *context = watch->context;
    const char *text;

    if (!is_wanted(&watch->scope, news))
        return true;
    text = sentence(watch, news, report_arena(context->report));
    if (context->machine)
        fill_row(watch, news, text);
    else if (text != NULL)
        report_note(context->report, text);
    if (!command_print(context))
        return false;
    return watch->left < 0 || --watch->left > 0;
}

static void tell_lost(void *arg, const struct desk_why *why)
{
    struct watch *watch = arg;

    (void)why;
    command_tell(watch->context, "lost", "%s",
        _("The server is out of reach; what changes meanwhile shows when it is back."));
}

static void tell_found(void *arg)
{
    struct watch *watch = arg;

    command_tell(watch->context, "found", "%s", _("The server is back."));
}

/* After a restart from an older backup the copy is made anew, and the watch goes on from there. */
static enum command_exit follow(struct watch *watch)
{
    const struct desk_watching watching = {tell, tell_lost, tell_found, watch};
    struct context *context = watch->context;
    struct desk_why why = {.trouble = DESK_FINE};

    for (;;) {
        if (desk_watch(context->desk, &watching, &why))
            return COMMAND_OK;
        if (why.trouble != DESK_DIVERGED || !command_refresh(context, &why))
            return command_why(context, &why);
        command_tell(context, "gap", "%s",
            _("Changes made since that backup are not told here: “concert history” has them."));
    }
}

static enum command_exit run(struct context *context)
{
    struct watch watch = {.context = context, .left = -1};
    const char *typed = command_option(context, "count");
    struct desk_why why = {.trouble = DESK_FINE};
    enum command_exit code;

    if (typed != NULL && (!fields_number(typed, &watch.left) || watch.left < 1))
        return command_say(context, COMMAND_USAGE, _("--count takes a number above 0."));
    if (!command_refresh(context, &why))
        return command_why(context, &why);
    context->book = desk_book(context->desk, &why);
    if (context->book == NULL)
        return command_why(context, &why);
    if ((code = read_scope(context, &watch.scope)) != COMMAND_OK)
        return code;
    if (!context->machine)
        command_tell(
            context, "watching", "%s", _("Changes show here as they are made; Ctrl+C ends it."));
    return follow(&watch);
}

static const struct command_option options[] = {
    {"committee", "comite", 'c', N_("COMMITTEE"),
        N_("Only what is of this committee or names it; several with commas.")},
    {"action", "action", 'a', N_("ACTION"),
        N_("Only this action and what hangs on it; several with commas.")},
    {"kind", "genre", 'k', N_("KIND"), N_("Only records of this kind; several with commas.")},
    {"count", "nombre", 'n', N_("NUMBER"), N_("Ends after so many changes.")},
    {.name = NULL},
};

const struct command watch_command = {
    .name = "watch",
    .french = "suivre",
    .usage_en = "[--committee COMMITTEE] [--action ACTION] [--kind KIND]",
    .usage_fr = "[--comité INSTANCE] [--action ACTION] [--genre GENRE]",
    .summary = N_("Shows each change of the plan as it is made, until Ctrl+C."),
    .examples_en = "concert watch\nconcert watch --committee Mékinac --kind share,note\n"
                   "concert watch --action 4.1.1 --format json",
    .examples_fr = "concert suivre\nconcert suivre --comité Mékinac --genre part,note\n"
                   "concert suivre --action 4.1.1 --format json",
    .options = options,
    .min_args = 0,
    .max_args = 0,
    .flags = COMMAND_NO_REFRESH | COMMAND_RAW,
    .run = run,
};
