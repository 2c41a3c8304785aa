/* Shuts a device out, or all devices of an account: at its next contact it hands over what waits
 * and empties itself. */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "i18n.h"
#include "input/ask.h"
#include "input/change.h"
#include "text.h"

#define NAME_SIZE 512

struct revocation {
    struct context *context;
    struct arena *arena;
    const struct book_entry *what; /* a device or an account */
    const struct book_entry **devices;
    size_t count;
};

static enum command_exit collect(struct revocation *to)
{
    const struct book *book = to->context->book;
    size_t count;
    const struct book_entry *const *list = book_list(book, CONCERT__KIND__DEVICE, &count);

    to->devices = arena_alloc(to->arena, (count + 1) * sizeof(*to->devices));
    if (to->devices == NULL)
        return change_no_memory(to->context);
    for (size_t i = 0; i < count; i++) {
        const struct book_entry *account = book_follow(book, list[i], "account");

        if (book_number(list[i], "revoked", 0) == 0 && (list[i] == to->what || account == to->what))
            to->devices[to->count++] = list[i];
    }
    return COMMAND_OK;
}

/* The device at hand cannot be let in again by itself. */
static enum command_exit check(const struct revocation *to)
{
    const uint8_t *own = desk_identity(to->context->desk)->device;

    if (to->count == 0 && change_waits(to->context, to->what->id))
        return command_say(to->context, COMMAND_WAITING,
            _("%s is to be revoked already, and the server has not heard of it yet: “concert sync” "
              "tells it."),
            to->what->handle);
    if (to->count == 0)
        return command_say(to->context, COMMAND_REFUSED,
            to->what->kind->id == CONCERT__KIND__DEVICE
                ? _("%s is revoked already: nothing is left to do.")
                : _("%s has no device that is not revoked: nothing is left to do."),
            to->what->handle);
    for (size_t i = 0; i < to->count; i++)
        if (uuid_equal(to->devices[i]->id, own))
            return command_say(to->context, COMMAND_REFUSED,
                _("%s is the device you are typing on: revoke it from another one."),
                to->devices[i]->handle);
    return COMMAND_OK;
}

/* `say` takes a handle, a name and a person. */
static void name_all(const struct revocation *to, const char *key, const char *say)
{
    for (size_t i = 0; i < to->count; i++) {
        const struct book_entry *account =
            book_follow(to->context->book, to->devices[i], "account");
        const char *person = account == NULL ? NULL : book_text(account, "person");

        command_tell(to->context, key, say, to->devices[i]->handle,
            book_label(to->context->book, to->devices[i]), person == NULL ? "—" : person);
    }
}

static void tell_consequence(const struct revocation *to)
{
    command_tell(to->context, "consequence", "%s",
        _("At its next contact it hands over what it has not sent, for you to look at with "
          "“concert quarantine”, then deletes its copy. Until then the copy stays on it."));
}

static bool is_name(const char *word, const char *name)
{
    char folded[NAME_SIZE], other[NAME_SIZE];

    return name != NULL && text_fold(word, folded, sizeof(folded)) < sizeof(folded) &&
           text_fold(name, other, sizeof(other)) < sizeof(other) && strcmp(folded, other) == 0;
}

/* Whether the word is the whole handle or name, or only so much of it that nothing else is meant:
 * of what is hard to take back, that may be somebody else. */
static bool is_whole(const struct revocation *to)
{
    const char *word = to->context->argv[0];
    uint8_t id[UUID_SIZE];

    return strcasecmp(word, to->what->handle) == 0 ||
           (uuid_parse(word, id) && uuid_equal(id, to->what->id)) ||
           is_name(word, book_label(to->context->book, to->what)) ||
           is_name(word, book_text(to->what, "person"));
}

static bool is_sure(const struct revocation *to, enum command_exit *code_r)
{
    bool whole = is_whole(to), given = command_option(to->context, "message") != NULL;

    *code_r = COMMAND_OK;
    if (given && whole)
        return true;
    if (given && !isatty(STDIN_FILENO)) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("“%s” is not a whole name, and means %s “%s” here. Nothing was revoked: if that is "
              "the one, give its handle, %s."),
            to->context->argv[0], to->what->handle, book_label(to->context->book, to->what),
            to->what->handle);
        return false;
    }
    if (!isatty(STDIN_FILENO)) {
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("Nothing is revoked without your word: give the reason with -m."));
        return false;
    }
    name_all(to, "device", _("%s “%s” (%s) would be shut out."));
    tell_consequence(to);
    command_tell(to->context, "question", _("Revoke %s?"), to->what->handle);
    if (ask_yes())
        return true;
    report_note(to->context->report, _("Nothing was revoked."));
    return false;
}

/* Shut out is who the server knows to be. */
static enum command_exit write_changes(struct revocation *to, const struct desk_change *changes)
{
    enum command_exit code = command_write(to->context, changes, to->count, true);

    if (code != COMMAND_OK || to->context->book == NULL)
        return code;
    for (size_t i = 0; i < to->count; i++)
        to->devices[i] = book_get(to->context->book, changes[i].id);
    if (change_waits(to->context, changes[0].id)) {
        command_tell(to->context, "open", "%s",
            _("The door stays open until then: the server has to hear of it. Run “concert sync” as "
              "soon as it is in reach."));
        return code;
    }
    name_all(to, "device", _("%s “%s” (%s) is shut out."));
    tell_consequence(to);
    return code;
}

static enum command_exit write_all(struct revocation *to)
{
    struct fields_reader reader = change_reader(to->context, to->arena);
    struct desk_change *changes = arena_alloc(to->arena, to->count * sizeof(*changes));
    struct record_value yes = {.number = 1};

    if (changes == NULL)
        return change_no_memory(to->context);
    for (size_t i = 0; i < to->count; i++) {
        struct fields_patch patch;

        if (!fields_begin(&reader, to->devices[i]->kind, &patch) ||
            !record_set(patch.message, record_field(patch.kind, "revoked"), &yes, 1, to->arena))
            return change_no_memory(to->context);
        changes[i] = change_of(
            &patch, to->devices[i], to->devices[i]->id, command_option(to->context, "message"));
    }
    return write_changes(to, changes);
}

static enum command_exit run(struct context *context)
{
    struct revocation to = {.context = context, .arena = context->arena};
    enum command_exit code;

    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return command_say(context, COMMAND_REFUSED,
            _("Only a coordinator revokes a device: tell yours at once when one is lost."));
    to.what =
        command_record(context, context->argv[0], KIND_BIT(DEVICE) | KIND_BIT(ACCOUNT), &code);
    if (to.what == NULL)
        return code;
    if ((code = collect(&to)) != COMMAND_OK || (code = check(&to)) != COMMAND_OK)
        return code;
    return is_sure(&to, &code) ? write_all(&to) : code;
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it, and nothing is asked of a whole handle or name.")},
    {.name = NULL},
};

const struct command revoke_command = {
    .name = "revoke",
    .french = "revoquer",
    .usage_en = "DEVICE | ACCOUNT [-m REASON]",
    .usage_fr = "APPAREIL | COMPTE [-m MOTIF]",
    .summary = N_("Shuts a device out, or all of an account: its copy goes at the next contact."),
    .examples_en = "concert revoke AP3 -m \"Lost on a bus\"",
    .examples_fr = "concert révoquer AP3 -m \"Perdu dans un autobus\"",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
