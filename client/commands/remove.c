/* Takes a record out of the plan, with what is part of it. The log keeps all. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "input/ask.h"
#include "input/change.h"
#include "terminal.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

#define TOLD_MAX 10 /* records named one by one */

/* The record and what hangs on it: what leaves with it, and what must not be left behind. */
struct removal {
    struct context *context;
    struct arena *arena;
    const struct book_entry **leaving; /* what hangs on a record before that record */
    const struct book_entry **staying;
    size_t n_leaving, n_staying, room;
};

/* What is part of another record has its owner from it, or none but the staff; what is numbered
 * holds others' work in turn. */
static bool is_part(const struct kind *kind)
{
    bool inherits = kind->owner == NULL || strcmp(kind->owner, kind->parent) == 0;

    return inherits && kind->prefix != NULL && kind->writers != KIND_WRITE_SERVER &&
           kinds_field(kind, kind->parent)->refs != KIND_BIT(PARTY);
}

/* Parts go with their record, and so does what this person wrote; a share is somebody's word on
 * their work, notes and proposals are their authors'. */
static bool may_leave(const struct removal *removal, const struct book_entry *entry)
{
    const struct desk_identity *me = desk_identity(removal->context->desk);

    if (entry->kind->append_only || entry->kind->writers == KIND_WRITE_PROPOSERS)
        return entry->revision == 0 || uuid_equal(entry->created_by, me->account);
    return is_part(entry->kind);
}

static void collect(struct removal *removal, const struct book_entry *entry)
{
    for (size_t i = 0; i < kinds_count; i++) {
        size_t count;
        const struct book_entry *const *children;

        if (kinds[i].parent == NULL)
            continue;
        children = book_children(removal->context->book, entry->id, kinds[i].id, NULL, &count);
        for (size_t j = 0; j < count; j++)
            if (may_leave(removal, children[j]))
                collect(removal, children[j]);
            else if (removal->n_staying < removal->room)
                removal->staying[removal->n_staying++] = children[j];
    }
    if (removal->n_leaving < removal->room)
        removal->leaving[removal->n_leaving++] = entry;
}

/* Room for all that the book holds. */
static bool begin(struct removal *removal)
{
    for (size_t i = 0; i < kinds_count; i++) {
        size_t count;

        book_list(removal->context->book, kinds[i].id, &count);
        removal->room += count;
    }
    removal->leaving =
        arena_alloc(removal->arena, (removal->room + 1) * sizeof(struct book_entry *));
    removal->staying =
        arena_alloc(removal->arena, (removal->room + 1) * sizeof(struct book_entry *));
    return removal->leaving != NULL && removal->staying != NULL;
}

/* "\n  deadline E24  September 2009" for each, the first few. */
static const char *list(
    struct removal *removal, const struct book_entry *const *entries, size_t count)
{
    struct context *context = removal->context;
    const char *text = "";

    for (size_t i = 0; i < count && i < TOLD_MAX && text != NULL; i++) {
        const char *label = book_label(context->book, entries[i]);
        char brief[64];

        phrase_cut(strcmp(label, entries[i]->handle) == 0 ? "" : label, brief, sizeof(brief));
        text = arena_printf(removal->arena, "%s\n  %s %s  %s", text,
            words_show(WORDS_KIND, entries[i]->kind->name, context->language), entries[i]->handle,
            brief);
    }
    if (count > TOLD_MAX && text != NULL)
        text = arena_printf(removal->arena, _("%s\n  … and %zu more"), text, count - TOLD_MAX);
    return text == NULL ? "" : text;
}

static bool is_sure(
    struct removal *removal, const struct book_entry *entry, enum command_exit *code_r)
{
    struct context *context = removal->context;
    const char *label = book_label(context->book, entry);

    *code_r = COMMAND_OK;
    if (removal->n_leaving > 1)
        command_tell(context, "leaving", _("With %s goes what is part of it:%s"), entry->handle,
            list(removal, removal->leaving, removal->n_leaving - 1));
    if (command_option(context, "yes") != NULL)
        return true;
    if (!isatty(STDIN_FILENO)) {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Nothing is removed without your word: add --yes to remove %s, “%s”."), entry->handle,
            label);
        return false;
    }
    command_tell(context, "question", _("Remove %s %s, “%s”? The log keeps it."),
        words_show(WORDS_KIND, entry->kind->name, context->language), entry->handle, label);
    if (ask_yes())
        return true;
    report_note(context->report, _("Nothing was removed."));
    return false;
}

static enum command_exit write_all(struct removal *removal)
{
    struct desk_change *changes =
        arena_alloc(removal->arena, removal->n_leaving * sizeof(*changes));

    if (changes == NULL)
        return change_no_memory(removal->context);
    for (size_t i = 0; i < removal->n_leaving; i++) {
        const struct book_entry *entry = removal->leaving[i];

        changes[i] = (struct desk_change){.kind = entry->kind,
            .base = entry->revision,
            .remove = true,
            .reason = command_option(removal->context, "message")};
        memcpy(changes[i].id, entry->id, UUID_SIZE);
    }
    return command_write(removal->context, changes, removal->n_leaving, true);
}

static enum command_exit take_out(struct removal *removal, const struct book_entry *entry)
{
    enum command_exit code;

    if (!begin(removal))
        return change_no_memory(removal->context);
    collect(removal, entry);
    if (removal->n_staying > 0)
        return command_say(removal->context, COMMAND_REFUSED,
            _("%s is not removed, because other records hang on it:%s\nRemove first those that "
              "have no "
              "reason to be; a share given up is rather set to “dropped”."),
            entry->handle, list(removal, removal->staying, removal->n_staying));
    return is_sure(removal, entry, &code) ? write_all(removal) : code;
}

static enum command_exit run(struct context *context)
{
    struct removal removal = {.context = context, .arena = context->arena};
    enum command_exit code;
    const struct book_entry *entry = command_record(context, context->argv[0], KIND_ANY, &code);

    if (entry == NULL)
        return code;
    return take_out(&removal, entry);
}

static const struct command_option options[] = {
    {"yes", "oui", 'y', NULL, N_("Do not ask.")},
    {"message", "message", 'm', N_("REASON"), N_("Why: the log keeps it.")},
    {.name = NULL},
};

const struct command remove_command = {
    .name = "remove",
    .french = "retirer",
    .usage_en = "HANDLE [-m REASON]",
    .usage_fr = "REPÈRE [-m RAISON]",
    .summary = N_("Takes a record out of the plan, with what is part of it; the log keeps it."),
    .examples_en = "concert remove N3 -m \"Written twice\"\nconcert remove 1.2.5",
    .examples_fr = "concert retirer N3 -m \"Écrite deux fois\"\nconcert retirer 1.2.5",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
