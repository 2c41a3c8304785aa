/* Accepts a proposal: the change that it asks and its answer, in one push. */
#include <string.h>

#include "i18n.h"
#include "input/allow.h"
#include "input/change.h"
#include "input/moment.h"
#include "words.h"
#include "words/offer.h"
#include "words/phrase.h"

struct accepting {
    struct context *context;
    struct arena *arena;
    struct moment_log log;
    struct offer offer;
    struct book *then; /* when it was proposed; NULL: not known */
};

/* --- did the record move since? ----------------------------------------------------------------
 */

/* The field's value when it was proposed, NULL when that is not known here. */
static const struct book_entry *subject_then(struct accepting *to)
{
    const struct offer *offer = &to->offer;
    const Concert__Change *made = book_past_creation(&to->log.past, offer->proposal->id);

    if (made == NULL)
        return NULL;
    if (to->then == NULL)
        to->then = book_past_make(&to->log.past, made->seq, to->context->book);
    return to->then == NULL ? NULL : book_get(to->then, offer->subject->id);
}

/* What was written before the proposal cannot have moved since. */
static bool untouched(const struct accepting *to)
{
    return to->offer.subject->changed_at <= to->offer.proposal->created_at &&
           !to->offer.subject->pending;
}

static bool is_same_now(const struct accepting *to, const struct book_entry *then,
    const ProtobufCFieldDescriptor *field)
{
    const struct offer *offer = &to->offer;

    return record_same(then->body, offer->subject->body, field) ||
           record_same(offer->patch, offer->subject->body, field);
}

static void say_moved(
    struct accepting *to, const struct book_entry *then, const ProtobufCFieldDescriptor *field)
{
    struct context *context = to->context;
    const char *was = phrase_field(
        context->book, then->kind, then->body, field, context->language, false, to->arena);
    const Concert__Change *made = book_past_creation(&to->log.past, to->offer.proposal->id);
    const Concert__Change *moved =
        book_past_touch(&to->log.past, made->seq, to->log.upto, to->offer.subject->id, field->name);

    command_tell(context, "moved",
        _("  %s: “%s” when it was proposed; “%s” now%s%s; proposed: “%s”."),
        words_show(WORDS_FIELD, field->name, context->language), was,
        offer_value(context, &to->offer, field->name, false, to->arena),
        moved == NULL || moved->who == NULL ? "" : _(", by "),
        moved == NULL || moved->who == NULL ? "" : moved->who,
        offer_value(context, &to->offer, field->name, true, to->arena));
}

/* Fields that the proposal asks for and that others changed since, each told. */
static size_t tell_moved(struct accepting *to, const struct book_entry *then)
{
    size_t count = 0;

    for (size_t i = 0; i < to->offer.fields.count; i++) {
        const ProtobufCFieldDescriptor *field =
            record_field(to->offer.subject->kind, to->offer.fields.name[i]);

        if (field == NULL || is_same_now(to, then, field))
            continue;
        say_moved(to, then, field);
        count++;
    }
    return count;
}

/* A person looks first at what moved; --anyway is their word for it. */
static enum command_exit check_moved(struct accepting *to)
{
    const struct book_entry *then;
    const char *handle = to->offer.proposal->handle;

    if (command_option(to->context, "anyway") != NULL || untouched(to))
        return COMMAND_OK;
    then = subject_then(to);
    if (then == NULL)
        return command_say(to->context, COMMAND_CONFLICT,
            _("%s was changed since this was proposed, and this device cannot tell what. Look at "
              "it, "
              "then “concert accept %s --anyway”, or with the server in reach."),
            to->offer.subject->handle, handle);
    if (tell_moved(to, then) == 0)
        return COMMAND_OK;
    return command_say(to->context, COMMAND_CONFLICT,
        _("%s was changed since this was proposed: nothing is accepted yet. “concert accept %s "
          "--anyway” puts the proposal over it; “concert refuse %s -m REASON” leaves it."),
        to->offer.subject->handle, handle, handle);
}

/* --- the answer --------------------------------------------------------------------------------
 */

static enum command_exit check_allowed(struct accepting *to)
{
    if (to->offer.subject == NULL)
        return command_say(to->context, COMMAND_REFUSED,
            _("What %s would change was removed: refuse it with “concert refuse %s -m REASON”."),
            to->offer.proposal->handle, to->offer.proposal->handle);
    if (allow_change(to->context, to->offer.subject, &to->offer.fields, "-") == ALLOW_FINE)
        return COMMAND_OK;
    return command_say(to->context, COMMAND_REFUSED,
        _("The plan is adopted: the coordination alone accepts what amends its structure."));
}

/* "PR3 · Mékinac · the reason": both names are then in the history. */
static const char *reason_of(struct accepting *to)
{
    const char *author = offer_author(to->context, &to->offer, &to->log.past, to->arena);
    const char *reason = book_text(to->offer.proposal, "reason");

    return arena_printf(to->arena, "%s · %s%s%s", to->offer.proposal->handle,
        author == NULL ? "" : author, author == NULL ? "" : " · ", reason == NULL ? "" : reason);
}

static bool fill_answer(struct accepting *to, struct fields_patch *patch)
{
    const struct kind *kind = to->offer.proposal->kind;
    const char *text = command_option(to->context, "message");
    struct fields_reader reader = change_reader(to->context, to->arena);
    struct record_value status = {.number = CONCERT__PROPOSAL__STATUS__ACCEPTED};
    struct record_value answer = {.data = text, .size = text == NULL ? 0 : strlen(text)};

    return fields_begin(&reader, kind, patch) &&
           record_set(patch->message, record_field(kind, "status"), &status, 1, to->arena) &&
           (text == NULL ||
               record_set(patch->message, record_field(kind, "answer"), &answer, 1, to->arena));
}

static enum command_exit send(struct accepting *to)
{
    const struct book_entry *subject = to->offer.subject, *proposal = to->offer.proposal;
    const Concert__Proposal *body = (const Concert__Proposal *)proposal->body;
    struct fields_patch answer;
    struct desk_change changes[2];

    if (!fill_answer(to, &answer))
        return change_no_memory(to->context);
    changes[0] = (struct desk_change){.kind = subject->kind,
        .base = subject->revision,
        .patch = to->offer.patch,
        .clear = (const char *const *)body->clear,
        .n_clear = body->n_clear,
        .reason = reason_of(to)};
    memcpy(changes[0].id, subject->id, UUID_SIZE);
    changes[1] = change_of(&answer, proposal, proposal->id, NULL);
    return command_write(to->context, changes, 2, true);
}

static enum command_exit accept(struct accepting *to)
{
    enum command_exit code = COMMAND_OK;

    if (!moment_read_log(to->context, &to->log, &code) ||
        !offer_find(to->context, to->context->argv[0], to->arena, &to->offer, &code))
        return code;
    if ((code = check_allowed(to)) != COMMAND_OK)
        return code;
    offer_show(to->context, &to->offer, to->arena);
    if ((code = check_moved(to)) != COMMAND_OK)
        return code;
    return send(to);
}

static enum command_exit run(struct context *context)
{
    struct accepting to = {.context = context, .arena = context->arena};
    enum command_exit code = accept(&to);

    book_free(&to.then);
    return code;
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("TEXT"), N_("A word for who proposed it.")},
    {"anyway", "quand-meme", 0, NULL, N_("Over what others changed since it was proposed.")},
    {.name = NULL},
};

const struct command accept_command = {
    .name = "accept",
    .french = "accepter",
    .usage_en = "PROPOSAL [-m TEXT] [--anyway]",
    .usage_fr = "PROPOSITION [-m TEXTE] [--quand-même]",
    .summary = N_("Accepts a proposal: what it asks is done, with both names in the log."),
    .examples_en = "concert accept PR3\nconcert accept PR3 -m \"Thank you\"",
    .examples_fr = "concert accepter PR3\nconcert accepter PR3 -m \"Merci\"",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
