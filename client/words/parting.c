#include "words/parting.h"

#include <string.h>

#include "arena.h"
#include "date.h"
#include "i18n.h"
#include "program.h"
#include "words.h"
#include "words/outcome.h"
#include "words/phrase.h"
#include "words/talk.h"

#define ARENA ((size_t)1 << 16)
#define PARTS_MAX 8

/* Sentences one behind the other. */
struct speech {
    struct arena *arena;
    const char *parts[PARTS_MAX];
    size_t count;
};

static void add(struct speech *speech, const char *text)
{
    if (text != NULL && speech->count < PARTS_MAX)
        speech->parts[speech->count++] = text;
}

/* Says them, and lets their memory go. */
static enum command_exit say(struct context *context, enum command_exit code, struct speech *speech)
{
    const char *text = "";

    for (size_t i = 0; i < speech->count && text != NULL; i++)
        text = arena_printf(speech->arena, "%s%s%s", text, i == 0 ? "" : " ", speech->parts[i]);
    command_say(context, code, "%s", text == NULL ? "" : text);
    arena_free(&speech->arena);
    return code;
}

/* `say` takes the count; nothing is said of none. */
static void add_count(struct speech *speech, unsigned long count, const char *say)
{
    if (count > 0)
        add(speech, arena_printf(speech->arena, say, count));
}

static void add_counts(struct speech *speech, const struct desk_gone *gone)
{
    unsigned long handed = (unsigned long)gone->handed, lost = (unsigned long)gone->lost;
    unsigned long documents = (unsigned long)gone->documents;
    unsigned long refused = (unsigned long)gone->refused;

    if (handed == 0 && lost == 0 && refused == 0)
        add(speech, _("Nothing was waiting to leave."));
    add_count(speech, handed,
        ngettext("%lu change that was waiting was handed to the coordination, which decides.",
            "%lu changes that were waiting were handed to the coordination, which decides.",
            handed));
    add_count(speech, lost,
        ngettext("%lu change could not be kept by the server: it was shown when the copy was "
                 "deleted, and stands nowhere else.",
            "%lu changes could not be kept by the server: they were shown when the copy was "
            "deleted, and stand nowhere else.",
            lost));
    add_count(speech, refused,
        ngettext("%lu change that the server had refused, for want of the right to make it, was "
                 "not handed over: it was shown when the copy was deleted, and stands nowhere "
                 "else.",
            "%lu changes that the server had refused, for want of the right to make them, were "
            "not handed over: they were shown when the copy was deleted, and stand nowhere else.",
            refused));
    add_count(speech, documents,
        ngettext("%lu file that was waiting could not be handed over: attach it again.",
            "%lu files that were waiting could not be handed over: attach them again.", documents));
}

static const char *line_of(
    struct context *context, const struct desk_operation *operation, const char *field)
{
    const ProtobufCFieldDescriptor *d = record_field(operation->kind, field);
    const char *value = d == NULL || operation->patch == NULL
                            ? ""
                            : phrase_field(context->book, operation->kind, operation->patch, d,
                                  context->language, false, context->arena);

    return arena_printf(context->arena, _("%s: %s"),
        words_show(WORDS_FIELD, field, context->language), value[0] == '\0' ? _("(empty)") : value);
}

void parting_tell_lost(void *arg, const struct desk_operation *operation)
{
    struct context *context = arg;
    struct record_names names = {.count = 0};
    struct desk_why ignored;
    const char *text;

    context->book = desk_book(context->desk, &ignored);
    text = arena_printf(context->arena,
        operation->state == DESK_REFUSED
            ? _("%s: the server had refused this change, which is deleted with the copy. If it is "
                "still of use, write it down now:")
            : _("%s: the server cannot keep this change, which is deleted with the copy. If it is "
                "still of use, write it down now:"),
        outcome_record(context, operation));
    if (operation->remove)
        text = text == NULL ? NULL : arena_printf(context->arena, "%s\n%s", text, _("(removed)"));
    else if (operation->patch != NULL)
        record_touched(operation->kind, operation->patch, operation->clear, operation->n_clear,
            context->arena, &names);
    for (size_t i = 0; text != NULL && i < names.count; i++) {
        const char *line = line_of(context, operation, names.name[i]);

        text = line == NULL ? NULL : arena_printf(context->arena, "%s\n%s", text, line);
    }
    if (text != NULL)
        program_complain(context->program, COMMAND_UNJOINED, text, NULL);
    context->book = NULL;
}

static void add_deleted(
    struct speech *speech, const struct context *context, const struct desk_gone *gone)
{
    const char *title = gone->title[0] == '\0' ? gone->region : gone->title;
    char moment[PHRASE_SIZE];

    phrase_moment(gone->at, context->language, moment);
    add(speech, gone->state == DESK_GONE_EMPTYING
                    ? arena_printf(speech->arena,
                          _("The coordination has revoked this device: its copy of “%s” is to be "
                            "deleted."),
                          title)
                    : arena_printf(speech->arena,
                          _("The coordination has revoked this device: its copy of “%s” was "
                            "deleted on %s."),
                          title, moment));
}

/* What may hold personal information, and nobody would look for. */
static void add_left(
    struct speech *speech, const struct context *context, const struct desk_gone *gone)
{
    if (gone->state == DESK_GONE_DONE)
        return;
    add(speech,
        arena_printf(speech->arena,
            _("Not all of it could be deleted: %s%s%s is still there. Delete it by hand; each "
              "command tries again too."),
            context->home, gone->left[0] == '\0' ? "" : "/", gone->left));
}

enum command_exit parting_say_gone(struct context *context, const struct desk_gone *gone)
{
    struct speech speech = {.arena = arena_new(ARENA)};
    enum command_exit code = gone->state == DESK_GONE_DONE ? COMMAND_UNJOINED : COMMAND_FAILED;

    if (speech.arena == NULL)
        return code;
    date_zone(gone->timezone);
    add_deleted(&speech, context, gone);
    add_left(&speech, context, gone);
    add_counts(&speech, gone);
    add(&speech, _("To come back, ask the coordination for an invitation, then “concert join” with "
                   "its line."));
    return say(context, code, &speech);
}

enum command_exit parting_say_waiting(
    struct context *context, size_t waiting, const struct desk_why *why)
{
    struct speech speech = {.arena = arena_new(ARENA)};
    char sentence[TALK_SIZE];

    if (speech.arena == NULL)
        return COMMAND_WAITING;
    add(&speech, _("The coordination has revoked this device: its copy can no longer be read."));
    if (waiting > 0)
        add(&speech,
            arena_printf(speech.arena,
                ngettext("%zu change has still to be handed to the coordination: nothing of it is "
                         "lost.",
                    "%zu changes have still to be handed to the coordination: nothing of them is "
                    "lost.",
                    waiting),
                waiting));
    add(&speech, _("“concert sync” does it as soon as the server is in reach, then deletes the "
                   "copy."));
    if (why != NULL && why->trouble != DESK_FINE) {
        talk_why(why, context->language, sentence);
        add(&speech, sentence);
    }
    return say(context, COMMAND_WAITING, &speech);
}

/* The mandate's last day, as the copy has it; DATE_NONE: not told. */
static int32_t last_day(struct context *context)
{
    struct desk_why why;
    const struct book *book = desk_book(context->desk, &why);
    const struct book_entry *account =
        book == NULL ? NULL : book_get(book, desk_identity(context->desk)->account);

    return account == NULL ? DATE_NONE : book_date(account, "expires");
}

/* Whom to ask: the coordination, and who answers for personal information where that is known. */
static const char *whom(struct context *context, struct arena *arena)
{
    const char *responsible = desk_identity(context->desk)->responsible;

    return responsible[0] == '\0'
               ? _("Ask your coordination.")
               : arena_printf(arena, _("Ask your coordination (%s)."), responsible);
}

const char *parting_closed(struct context *context, struct arena *arena)
{
    enum desk_closed closed = desk_closed(context->desk);
    const char *stays = _("The copy stays readable here, and what waits stays too.");
    int32_t day = closed == DESK_ENDED ? last_day(context) : DATE_NONE;
    char date[DATE_TEXT_SIZE];

    if (closed == DESK_OPEN || closed == DESK_REVOKED)
        return NULL;
    if (closed == DESK_CLOSED)
        return arena_printf(
            arena, "%s %s %s", _("This account is closed."), stays, whom(context, arena));
    if (day == DATE_NONE || day >= context->today) /* the copy is older than the server's word */
        return arena_printf(arena, "%s %s %s", _("The mandate of this account has ended."), stays,
            whom(context, arena));
    date_long_text(day, context->language, date, sizeof(date));
    return arena_printf(arena, "%s %s %s",
        arena_printf(arena, _("The mandate of this account ended on %s."), date), stays,
        whom(context, arena));
}

void parting_tell_closed(struct context *context)
{
    struct arena *arena = arena_new(ARENA);
    const char *text = arena == NULL ? NULL : parting_closed(context, arena);

    if (text != NULL)
        command_tell(
            context, desk_closed(context->desk) == DESK_ENDED ? "ended" : "closed", "%s", text);
    arena_free(&arena);
}
