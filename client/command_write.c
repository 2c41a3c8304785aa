/* Writing through the desk, and telling what became of it. */
#include "desk/desk_gone.h"
#include "i18n.h"
#include "program.h"
#include "words/outcome.h"
#include "words/talk.h"

#define EACH_MAX 3 /* more changes than this are told by their number alone */

struct outcomes {
    size_t accepted, waiting, conflicts, refused;
};

static struct outcomes count_states(const struct desk_operation *operations, size_t count)
{
    struct outcomes sum = {0};

    for (size_t i = 0; i < count; i++)
        switch (operations[i].state) {
        case DESK_ACCEPTED:
            sum.accepted++;
            break;
        case DESK_CONFLICT:
            sum.conflicts++;
            break;
        case DESK_REFUSED:
            sum.refused += !outcome_is_bystander(&operations[i]);
            break;
        default:
            sum.waiting++;
        }
    return sum;
}

static void tell_people(struct context *context, const struct desk_operation *operations,
    size_t count, const struct outcomes *sum, const struct desk_why *why)
{
    char sentence[TALK_SIZE];

    for (size_t i = 0; i < count; i++)
        outcome_tell(context, &operations[i], count <= EACH_MAX);
    if (count > EACH_MAX && sum->accepted > 0)
        command_tell(context, "accepted",
            operations[0].remove
                ? ngettext("%zu record removed.", "%zu records removed.", sum->accepted)
                : ngettext("%zu change recorded.", "%zu changes recorded.", sum->accepted),
            sum->accepted);
    if (sum->waiting == 0)
        return;
    /* Out of reach is not worth a word more: the changes leave by themselves. */
    talk_why(why, context->language, sentence);
    if (why->trouble != DESK_UNREACHABLE && sentence[0] != '\0' &&
        desk_closed(context->desk) == DESK_OPEN)
        command_tell(context, "refresh", "%s", sentence);
    if (desk_closed(context->desk) == DESK_ENDED) {
        command_tell(context, "waiting",
            ngettext("Recorded on this device alone: %zu change waits until your coordination "
                     "renews the mandate.",
                "Recorded on this device alone: %zu changes wait until your coordination renews "
                "the mandate.",
                sum->waiting),
            sum->waiting);
        return;
    }
    if (desk_closed(context->desk) != DESK_OPEN) {
        command_tell(context, "waiting",
            ngettext("Recorded on this device alone: %zu change waits until your coordination "
                     "opens the account again.",
                "Recorded on this device alone: %zu changes wait until your coordination opens the "
                "account again.",
                sum->waiting),
            sum->waiting);
        return;
    }
    command_tell(context, "waiting",
        ngettext("Recorded on this device: %zu change waits for the server and leaves by itself.",
            "Recorded on this device: %zu changes wait for the server and leave by themselves.",
            sum->waiting),
        sum->waiting);
}

/* What this program refuses by itself is told as the server would: by the kind's rules. */
static enum command_exit not_written(struct context *context, const struct desk_change *changes,
    size_t count, const struct desk_why *why)
{
    char sentence[TALK_SIZE];
    const struct kind *kind = count == 0 ? NULL : changes[0].kind;

    report_clear(context->report); /* it tells of what has not come to be */
    for (size_t i = 1; i < count; i++)
        if (changes[i].kind != kind)
            kind = NULL;
    if (why->trouble != DESK_ANSWER || kind == NULL)
        return command_why(context, why);
    talk_refusal(&why->error, kind, context->language, sentence);
    program_complain(context->program, talk_exit(why), sentence, &why->error);
    return talk_exit(why);
}

enum command_exit command_written(struct context *context, const struct desk_operation *operations,
    size_t count, const struct desk_why *why)
{
    struct outcomes sum = count_states(operations, count);
    struct desk_why book_why;

    context->book = desk_book(context->desk, &book_why);
    if (context->machine)
        outcome_sheet(context, operations, count);
    tell_people(context, operations, count, &sum, why);
    if (sum.refused > 0)
        return COMMAND_REFUSED;
    return sum.conflicts > 0 ? COMMAND_CONFLICT : COMMAND_OK;
}

enum command_exit command_write(
    struct context *context, const struct desk_change *changes, size_t count, bool atomic)
{
    const struct desk_operation *operations = NULL;
    struct desk_why why = {.trouble = DESK_FINE};

    if (desk_identity(context->desk)->role == CONCERT__ACCOUNT__ROLE__READER)
        return command_say(context, COMMAND_REFUSED,
            _("Your account reads and writes nothing: ask your coordination for the change, or "
              "for another role."));
    if (!desk_write(context->desk, changes, count, atomic, &operations, &why))
        return not_written(context, changes, count, &why);
    return command_written(context, operations, count, &why);
}
