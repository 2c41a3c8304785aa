/* Proposes a change of what one may not change oneself: its owner accepts or refuses it. */
#include <string.h>

#include "i18n.h"
#include "input/allow.h"
#include "input/change.h"

struct proposing {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *subject;
    struct fields_patch asked; /* of the subject */
    const char *reason;
};

static enum command_exit read_words(struct proposing *to)
{
    struct fields_problem problem;

    for (int i = 1; i < to->context->argc; i++)
        if (!fields_word(&to->reader, &to->asked, to->context->argv[i], &problem))
            return change_wrong(to->context, &problem);
    return COMMAND_OK;
}

/* What one may do oneself needs nobody's leave. */
static enum command_exit check(struct proposing *to)
{
    struct record_names fields;

    if (to->subject->kind->readers != KIND_READ_ALL)
        return command_say(to->context, COMMAND_REFUSED,
            _("Everybody reads proposals: of %s ask your coordination."), to->subject->handle);
    if (!record_touched(to->subject->kind, to->asked.message, to->asked.clear, to->asked.n_clear,
            to->arena, &fields))
        return change_no_memory(to->context);
    if (allow_change(to->context, to->subject, &fields, to->reason) != ALLOW_FINE)
        return COMMAND_OK;
    return command_say(to->context, COMMAND_USAGE,
        _("You may change %s yourself: type “concert set” in place of “concert propose”."),
        to->subject->handle);
}

static bool put(struct proposing *to, struct fields_patch *patch, const char *name,
    const struct record_value *values, size_t count)
{
    return record_set(patch->message, record_field(patch->kind, name), values, count, to->arena);
}

/* The proposal holds the subject's patch as the log would. */
static bool fill(struct proposing *to, struct fields_patch *patch)
{
    struct record_value asked = {.number = 0}, clear[RECORD_FIELDS_MAX];
    struct record_value reason = {.data = to->reason, .size = strlen(to->reason)};

    if (!fields_begin(&to->reader, kinds_get(CONCERT__KIND__PROPOSAL), patch) ||
        !fields_refer(&to->reader, patch, "subject", to->subject->id))
        return false;
    asked.data = (const char *)record_encode(to->asked.message, to->arena, &asked.size);
    for (size_t i = 0; i < to->asked.n_clear; i++)
        clear[i] =
            (struct record_value){.data = to->asked.clear[i], .size = strlen(to->asked.clear[i])};
    return asked.data != NULL && put(to, patch, "patch", &asked, 1) &&
           put(to, patch, "clear", clear, to->asked.n_clear) &&
           put(to, patch, "reason", &reason, 1);
}

static enum command_exit propose(struct proposing *to)
{
    struct fields_patch patch;
    struct desk_change change;
    uint8_t id[UUID_SIZE];
    enum command_exit code;

    if (!fields_begin(&to->reader, to->subject->kind, &to->asked))
        return change_no_memory(to->context);
    code = read_words(to);
    if (code != COMMAND_OK ||
        !change_complete(to->context, &to->reader, &to->asked, to->subject, &code))
        return code;
    if (!change_reduce(&to->reader, &to->asked, to->subject))
        return command_say(to->context, COMMAND_USAGE, _("%s says so already; nothing changes."),
            to->subject->handle);
    if ((code = check(to)) != COMMAND_OK)
        return code;
    if (!fill(to, &patch))
        return change_no_memory(to->context);
    change_new_id(id);
    change = change_of(&patch, NULL, id, NULL);
    return command_write(to->context, &change, 1, true);
}

static enum command_exit run(struct context *context)
{
    struct proposing to = {
        .context = context, .arena = context->arena, .reason = command_option(context, "message")};
    enum command_exit code;

    to.subject = command_record(context, context->argv[0], KIND_ANY, &code);
    if (to.subject == NULL)
        return code;
    if (to.reason == NULL || to.reason[strspn(to.reason, " \t\r\n")] == '\0')
        return command_say(
            context, COMMAND_USAGE, _("Say why, for whoever answers it: -m REASON."));
    to.reader = change_reader(context, to.arena);
    return propose(&to);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"), N_("Why: whoever answers it reads this.")},
    {.name = NULL},
};

const struct command propose_command = {
    .name = "propose",
    .french = "proposer",
    .usage_en = "HANDLE FIELD=VALUE… -m REASON",
    .usage_fr = "REPÈRE CHAMP=VALEUR… -m MOTIF",
    .summary = N_("Proposes a change of what you may not change yourself."),
    .examples_en =
        "concert propose 2.1.3 title=\"Meet the needs in housing\" -m \"The city joins\"",
    .examples_fr = "concert proposer 2.1.3 titre=\"Répondre aux besoins en logement\" "
                   "-m \"La ville se joint à nous\"",
    .options = options,
    .min_args = 2,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
