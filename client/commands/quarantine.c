/* What revoked devices had not sent: a coordinator looks at it, and takes it over or turns it down.
 */
#include <stdlib.h>
#include <string.h>

#include "commands/quarantine.h"
#include "i18n.h"
#include "input/change.h"
#include "text.h"

/* --- choosing ----------------------------------------------------------------------------------
 */

static bool has(const struct review *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->count; i++)
        if (to->chosen[i] == entry)
            return true;
    return false;
}

static bool belongs(const struct review *to, const struct book_entry *entry)
{
    for (size_t i = 0; i < to->count; i++)
        if (waiting_together(to->chosen[i], entry))
            return true;
    return false;
}

/* Of all that waits, what is held up already stays out, and is said. */
static void tell_held(struct review *to, const struct book_entry *entry)
{
    to->n_held++;
    command_tell(to->context, "held",
        _("%s was answered already, and what it goes with is held up: “concert resolve "
          "%llu” settles it."),
        entry->handle, (unsigned long long)held_by(&to->held, entry->id));
}

/* Those that are named, with what was written together with them; in the order of their writing. */
static enum command_exit choose(
    struct review *to, const struct book_entry *const *all, size_t count)
{
    struct context *context = to->context;
    enum command_exit code;

    for (int i = 0; i < context->argc; i++) {
        const struct book_entry *entry =
            command_record(context, context->argv[i], KIND_BIT(QUARANTINE), &code);

        if (entry == NULL)
            return code;
        if (!waiting_is_open(entry))
            return command_say(context, COMMAND_REFUSED,
                _("%s was answered already: “concert show %s” tells how."), entry->handle,
                entry->handle);
        if (to->answers && held_by(&to->held, entry->id) != 0)
            return command_say(context, COMMAND_CONFLICT,
                _("%s was answered already, and what it goes with is held up: “concert resolve "
                  "%llu” settles it."),
                entry->handle, (unsigned long long)held_by(&to->held, entry->id));
        if (!has(to, entry))
            to->chosen[to->count++] = entry;
    }
    for (size_t i = 0; i < count; i++) {
        if (has(to, all[i]) || (context->argc > 0 && !belongs(to, all[i])))
            continue;
        if (to->answers && held_by(&to->held, all[i]->id) != 0)
            tell_held(to, all[i]);
        else
            to->chosen[to->count++] = all[i];
    }
    if (to->count > 1)
        qsort(to->chosen, to->count, sizeof(*to->chosen), waiting_compare);
    return COMMAND_OK;
}

/* --- the command --------------------------------------------------------------------------------
 */

/* “quarantine all --accept” means --all. */
static bool means_all(const struct context *context)
{
    char word[16];

    if (command_option(context, "all") != NULL)
        return true;
    return context->argc == 1 && text_fold(context->argv[0], word, sizeof(word)) < sizeof(word) &&
           (strcmp(word, "all") == 0 || strcmp(word, "tout") == 0);
}

static enum command_exit run(struct context *context)
{
    struct review to = {.context = context, .arena = context->arena};
    bool accepts = command_option(context, "accept") != NULL;
    bool refuses = command_option(context, "refuse") != NULL;
    const struct book_entry *const *all;
    enum command_exit code;
    size_t count;

    to.answers = accepts || refuses;
    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return command_say(context, COMMAND_REFUSED,
            _("What revoked devices had not sent is a coordinator's to look at: ask yours."));
    if (accepts && refuses)
        return command_say(context, COMMAND_USAGE, _("Accept or refuse, not both at once."));
    if (means_all(context))
        context->argc = 0;
    else if ((accepts || refuses) && context->argc == 0)
        return command_say(
            context, COMMAND_USAGE, _("Say which: concert quarantine Q1 Q2, or --all."));
    all = waiting_list(context->book, to.arena, &count);
    to.chosen = arena_alloc(to.arena, (count + 1 + (size_t)context->argc) * sizeof(*to.chosen));
    if (all == NULL || to.chosen == NULL)
        return change_no_memory(context);
    if (!held_read(context, &to.held))
        return change_no_memory(context);
    if ((code = choose(&to, all, count)) != COMMAND_OK)
        return code;
    if (to.count == 0 && to.n_held > 0)
        return COMMAND_CONFLICT;
    if (to.count == 0 || !to.answers)
        return quarantine_list(&to);
    code = accepts ? quarantine_accept(&to) : quarantine_refuse(&to);
    return code == COMMAND_OK && to.n_held > 0 ? COMMAND_CONFLICT : code;
}

static const struct command_option options[] = {
    {"accept", "accepter", 0, NULL, N_("Takes them over, in your name and with theirs.")},
    {"refuse", "refuser", 0, NULL, N_("Turns them down, with the reason of -m.")},
    {"all", "tout", 0, NULL, N_("All that waits.")},
    {"message", "message", 'm', N_("TEXT"), N_("A word on it: the log keeps it.")},
    {.name = NULL},
};

const struct command quarantine_command = {
    .name = "quarantine",
    .french = "quarantaine",
    .usage_en = "[Q1… | --all] [--accept | --refuse -m REASON]",
    .usage_fr = "[Q1… | --tout] [--accepter | --refuser -m MOTIF]",
    .summary = N_("Shows what revoked devices had not sent, and takes it over or turns it down."),
    .examples_en = "concert quarantine\nconcert quarantine Q1 Q2 --accept\n"
                   "concert quarantine --all --refuse -m \"Written twice\"",
    .examples_fr = "concert quarantaine\nconcert quarantaine Q1 Q2 --accepter\n"
                   "concert quarantaine --tout --refuser -m \"Écrit deux fois\"",
    .options = options,
    .min_args = 0,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
