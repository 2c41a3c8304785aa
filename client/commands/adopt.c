/* Adopts a plan: the agenda item with its decision and the plan's new state, in one push. */
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "input/change.h"
#include "input/moment.h"
#include "input/pick.h"

struct adoption {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *plan, *meeting;
    const struct book_entry *item; /* NULL: made here */
    uint8_t item_id[UUID_SIZE];
    char day[11];
    struct desk_change changes[2];
    size_t n_changes;
};

static bool fail_memory(struct adoption *to, enum command_exit *code_r)
{
    *code_r = change_no_memory(to->context);
    return false;
}

/* --- what is adopted, and where ----------------------------------------------------------------
 */

static bool find_plan(struct adoption *to, enum command_exit *code_r)
{
    struct context *context = to->context;
    const char *label;
    int64_t status;

    to->plan = pick_plan(context, context->argc > 0 ? context->argv[0] : NULL, code_r);
    if (to->plan == NULL)
        return false;
    label = book_label(context->book, to->plan);
    status = book_number(to->plan, "status", 0);
    if (desk_identity(context->desk)->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        *code_r = command_say(context, COMMAND_REFUSED,
            _("Only the coordination adopts a plan. “concert set %s status=proposed” proposes it."),
            to->plan->handle);
    else if (status == CONCERT__PLAN__STATUS__ADOPTED)
        *code_r = command_say(context, COMMAND_REFUSED, _("%s is adopted already. %s"), label,
            moment_state(context, to->plan, to->arena));
    else if (status == CONCERT__PLAN__STATUS__CLOSED)
        *code_r =
            command_say(context, COMMAND_REFUSED, _("%s is closed: it takes notes alone."), label);
    return *code_r == COMMAND_OK;
}

static bool find_item(struct adoption *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "item");

    if (word == NULL)
        return true;
    to->item = command_record(to->context, word, KIND_BIT(AGENDA_ITEM), code_r);
    return to->item != NULL;
}

/* The meeting that was named, or the one of the item. */
static bool find_meeting(struct adoption *to, enum command_exit *code_r)
{
    const char *word = command_option(to->context, "meeting");
    const struct book_entry *of =
        to->item == NULL ? NULL : book_follow(to->context->book, to->item, "meeting");

    if (word == NULL && of == NULL)
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("Say which meeting adopts the plan: --meeting R12. “concert list meeting” shows "
              "them."));
    else if (word == NULL)
        to->meeting = of;
    else
        to->meeting = command_record(to->context, word, KIND_BIT(MEETING), code_r);
    if (to->meeting == NULL)
        return false;
    if (to->item != NULL && of != to->meeting)
        *code_r = command_say(to->context, COMMAND_USAGE, _("%s is no item of the meeting %s."),
            to->item->handle, to->meeting->handle);
    else if (book_number(to->meeting, "status", 0) == CONCERT__MEETING__STATUS__CANCELLED)
        *code_r = command_say(
            to->context, COMMAND_USAGE, _("The meeting %s was cancelled."), to->meeting->handle);
    return *code_r == COMMAND_OK;
}

/* --on, or the meeting's day. */
static bool find_day(struct adoption *to, enum command_exit *code_r)
{
    const char *starts = book_text(to->meeting, "starts_at");

    if (to->context->today_given)
        date_format(to->context->today, to->day);
    else if (starts != NULL)
        memccpy(to->day, starts, '\0', sizeof(to->day) - 1);
    else
        *code_r = command_say(to->context, COMMAND_USAGE,
            _("The meeting %s has no date: give the day of the adoption with --on."),
            to->meeting->handle);
    return *code_r == COMMAND_OK;
}

/* --- the changes -------------------------------------------------------------------------------
 */

static bool put_text(
    struct adoption *to, struct fields_patch *patch, const char *name, const char *text)
{
    struct record_value value = {.data = text, .size = text == NULL ? 0 : strlen(text)};

    return text != NULL &&
           record_set(patch->message, record_field(patch->kind, name), &value, 1, to->arena);
}

static bool put_number(
    struct adoption *to, struct fields_patch *patch, const char *name, int64_t number)
{
    struct record_value value = {.number = number};

    return record_set(patch->message, record_field(patch->kind, name), &value, 1, to->arena);
}

static int64_t next_rank(const struct adoption *to)
{
    size_t count;
    const struct book_entry *const *items =
        book_children(to->context->book, to->meeting->id, CONCERT__KIND__AGENDA_ITEM, NULL, &count);
    int64_t most = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t rank = book_number(items[i], "rank", 0);

        most = rank > most ? rank : most;
    }
    return most + 1;
}

static void add_change(struct adoption *to, const struct fields_patch *patch,
    const struct book_entry *base, const uint8_t id[UUID_SIZE])
{
    struct fields_patch *kept = arena_alloc(to->arena, sizeof(*kept));

    if (kept == NULL)
        return;
    *kept = *patch;
    to->changes[to->n_changes++] =
        change_of(kept, base, id, command_option(to->context, "message"));
}

/* The item is made, or given its decision; one that has a decision stays as it is. */
static bool prepare_item(struct adoption *to)
{
    const char *title = book_label(to->context->book, to->plan);
    struct fields_patch patch;

    if (to->item != NULL)
        memcpy(to->item_id, to->item->id, UUID_SIZE);
    else
        change_new_id(to->item_id);
    if (to->item != NULL && book_text(to->item, "decision") != NULL)
        return true;
    if (!fields_begin(&to->reader, kinds_get(CONCERT__KIND__AGENDA_ITEM), &patch) ||
        !put_text(to, &patch, "decision", arena_printf(to->arena, _("“%s” is adopted."), title)))
        return false;
    if (to->item == NULL &&
        (!fields_refer(&to->reader, &patch, "meeting", to->meeting->id) ||
            !put_number(to, &patch, "rank", next_rank(to)) ||
            !put_text(to, &patch, "title",
                arena_printf(to->arena, _("Adoption of the plan “%s”"), title))))
        return false;
    add_change(to, &patch, to->item, to->item_id);
    return to->n_changes == 1;
}

static bool prepare_plan(struct adoption *to)
{
    const uint8_t *party = record_reference(to->meeting->body, to->meeting->kind, "party");
    size_t before = to->n_changes;
    struct fields_patch patch;

    if (!fields_begin(&to->reader, to->plan->kind, &patch) ||
        !put_number(to, &patch, "status", CONCERT__PLAN__STATUS__ADOPTED) ||
        !put_text(to, &patch, "adopted_on", to->day) ||
        !fields_refer(&to->reader, &patch, "resolution", to->item_id) ||
        (party != NULL && !fields_refer(&to->reader, &patch, "adopted_by", party)))
        return false;
    add_change(to, &patch, to->plan, to->plan->id);
    return to->n_changes == before + 1;
}

/* What the server gave: the resolution's number and the place in the log. */
static void tell(struct adoption *to)
{
    struct context *context = to->context;
    uint8_t id[UUID_SIZE];
    const char *state;

    memcpy(id, to->plan->id, UUID_SIZE);
    to->plan = context->book == NULL ? NULL : book_get(context->book, id);
    if (to->plan == NULL || to->plan->pending)
        return;
    state = moment_state(context, to->plan, to->arena);
    if (state != NULL)
        report_note(context->report, state);
    report_note(context->report,
        _("From now on its structure changes only by an amendment with a reason (-m)."));
}

static enum command_exit adopt(struct adoption *to)
{
    enum command_exit code = COMMAND_OK;

    if (!find_plan(to, &code) || !find_item(to, &code) || !find_meeting(to, &code) ||
        !find_day(to, &code))
        return code;
    if (!prepare_item(to) || !prepare_plan(to)) {
        fail_memory(to, &code);
        return code;
    }
    code = command_write(to->context, to->changes, to->n_changes, true);
    if (code == COMMAND_OK)
        tell(to);
    return code;
}

static enum command_exit run(struct context *context)
{
    struct adoption to = {.context = context, .arena = context->arena};

    to.reader = change_reader(context, to.arena);
    return adopt(&to);
}

static const struct command_option options[] = {
    {"meeting", "rencontre", 0, N_("MEETING"),
        N_("The meeting that adopts it; not needed with --item.")},
    {"item", "point", 0, N_("ITEM"),
        N_("The item of the agenda that decides it; without it one is added.")},
    {"message", "message", 'm', N_("REASON"), N_("Why: the log keeps it.")},
    {.name = NULL},
};

const struct command adopt_command = {
    .name = "adopt",
    .french = "adopter",
    .usage_en = "[PLAN] --meeting MEETING | --item ITEM [-m REASON]",
    .usage_fr = "[PLAN] --rencontre RENCONTRE | --point POINT [-m MOTIF]",
    .summary =
        N_("Records the adoption of a plan by a meeting; from then on its structure is kept."),
    .examples_en = "concert adopt PL1 --meeting R1\n"
                   "concert adopt PL1 --item PO4 --on 2009-06-02",
    .examples_fr = "concert adopter PL1 --rencontre R1\n"
                   "concert adopter PL1 --point PO4 --le 2009-06-02",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
