/* Takes a record out of the plan. The log keeps it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "input/change.h"
#include "terminal.h"
#include "text.h"
#include "words.h"

/* Asks on the terminal; anything but a yes is a no. */
static bool ask(struct context *context, const struct book_entry *entry)
{
    static const char *const yes[] = {"y", "yes", "o", "oui"};
    char answer[32];

    terminal_prompt(_("Remove %s %s, “%s”? The log keeps it. [y/N] "),
        words_show(WORDS_KIND, entry->kind->name, context->language), entry->handle,
        book_label(context->book, entry));
    if (fgets(answer, sizeof(answer), stdin) == NULL)
        return false;
    text_trim(answer);
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if (text_distance(answer, yes[i]) == 0)
            return true;
    return false;
}

static bool is_sure(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r)
{
    *code_r = COMMAND_OK;
    if (command_option(context, "yes") != NULL)
        return true;
    if (!isatty(STDIN_FILENO)) {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Nothing is removed without your word: add --yes to remove %s, “%s”."), entry->handle,
            book_label(context->book, entry));
        return false;
    }
    if (ask(context, entry))
        return true;
    report_note(context->report, _("Nothing was removed."));
    return false;
}

static enum command_exit run(struct context *context)
{
    enum command_exit code;
    const struct book_entry *entry = command_record(context, context->argv[0], KIND_ANY, &code);
    struct desk_change change = {.remove = true};

    if (entry == NULL || !is_sure(context, entry, &code))
        return code;
    change.kind = entry->kind;
    change.base = entry->revision;
    change.reason = command_option(context, "message");
    memcpy(change.id, entry->id, UUID_SIZE);
    return command_write(context, &change, 1, true);
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
    .summary = N_("Takes a record out of the plan; the log keeps it."),
    .examples_en = "concert remove N12 -m \"Written twice\"",
    .examples_fr = "concert retirer N12 -m \"Écrite deux fois\"",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
