/* Refuses a proposal, with the reason for its author. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "words/offer.h"

static enum command_exit refuse(struct context *context, const struct offer *offer, const char *why)
{
    struct fields_reader reader = change_reader(context, context->arena);
    struct record_value status = {.number = CONCERT__PROPOSAL__STATUS__REFUSED};
    struct record_value answer = {.data = why, .size = strlen(why)};
    const struct kind *kind = offer->proposal->kind;
    struct fields_patch patch;
    struct desk_change change;

    if (!fields_begin(&reader, kind, &patch) ||
        !record_set(patch.message, record_field(kind, "status"), &status, 1, context->arena) ||
        !record_set(patch.message, record_field(kind, "answer"), &answer, 1, context->arena))
        return change_no_memory(context);
    change = change_of(&patch, offer->proposal, offer->proposal->id, NULL);
    return command_write(context, &change, 1, true);
}

static enum command_exit run(struct context *context)
{
    const char *why = command_option(context, "message");
    struct offer offer;
    enum command_exit code = COMMAND_OK;

    if (why == NULL || why[strspn(why, " \t\r\n")] == '\0')
        return command_say(context, COMMAND_USAGE, _("Say why, for who proposed it: -m REASON."));
    if (!offer_find(context, context->argv[0], context->arena, &offer, &code))
        return code;
    return refuse(context, &offer, why);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"), N_("Why: its author reads this.")},
    {.name = NULL},
};

const struct command refuse_command = {
    .name = "refuse",
    .french = "refuser",
    .usage_en = "PROPOSAL -m REASON",
    .usage_fr = "PROPOSITION -m MOTIF",
    .summary = N_("Refuses a proposal, and tells its author why."),
    .examples_en = "concert refuse PR3 -m \"Not before the next plan\"",
    .examples_fr = "concert refuser PR3 -m \"Pas avant le prochain plan\"",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
