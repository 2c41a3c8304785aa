/* Says that something is done: a follow-up, a deadline, a milestone. */
#include "i18n.h"
#include "input/allow.h"
#include "input/change.h"
#include "input/ours.h"

#define CHANGES_MAX 64

/* What doing it means, kind by kind. */
struct doing {
    Concert__Kind kind;
    const char *field, *text;
    const char *beside, *beside_text; /* a second field; NULL: none */
};

static const struct doing doings[] = {
    {CONCERT__KIND__FOLLOW_UP, "done_on", "today", NULL, NULL},
    {CONCERT__KIND__DEADLINE, "met_on", "today", NULL, NULL},
    {CONCERT__KIND__MILESTONE, "status", "done", "percent", "100"},
};

static const struct doing *doing_of(const struct kind *kind)
{
    for (size_t i = 0; i < sizeof(doings) / sizeof(doings[0]); i++)
        if (doings[i].kind == kind->id)
            return &doings[i];
    return NULL;
}

static bool set(const struct fields_reader *reader, struct fields_patch *patch, const char *field,
    const char *text)
{
    struct fields_problem problem;

    return field == NULL ||
           fields_set(reader, patch, record_field(patch->kind, field), text, &problem);
}

/* A follow-up is closed by whom it was given to as well. */
static bool may_do(struct context *context, const struct book_entry *entry,
    const struct fields_patch *patch, struct arena *arena, enum command_exit *code_r)
{
    struct record_names fields;

    return !record_touched(patch->kind, patch->message, NULL, 0, arena, &fields) ||
           allow_change(context, entry, &fields, NULL) != ALLOW_OWNER ||
           ours_may_write(context, entry, code_r);
}

/* What is written at once: the record, and of a milestone its deadlines. */
struct writing {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    struct fields_patch patches[CHANGES_MAX];
    struct desk_change changes[CHANGES_MAX];
    size_t count;
};

/* False when memory is out. What says so already is left alone. */
static bool add(struct writing *to, const struct book_entry *entry, const struct doing *doing)
{
    struct fields_patch *patch = &to->patches[to->count];

    if (to->count == CHANGES_MAX)
        return true;
    if (!fields_begin(&to->reader, entry->kind, patch) ||
        !set(&to->reader, patch, doing->field, doing->text) ||
        !set(&to->reader, patch, doing->beside, doing->beside_text))
        return false;
    if (change_reduce(&to->reader, patch, entry)) {
        to->changes[to->count] =
            change_of(patch, entry, NULL, command_option(to->context, "message"));
        to->count++;
    }
    return true;
}

static bool is_dated(const struct book_entry *deadline)
{
    return book_number(deadline, "mode", 0) == CONCERT__DEADLINE__MODE__DATED;
}

/* A milestone has no day of its own: its deadlines keep the one on which it was reached. */
static bool add_deadlines(struct writing *to, const struct book_entry *milestone)
{
    size_t count;
    const struct book_entry *const *deadlines =
        book_children(to->context->book, milestone->id, CONCERT__KIND__DEADLINE, NULL, &count);

    for (size_t i = 0; i < count; i++)
        if (is_dated(deadlines[i]) && book_text(deadlines[i], "met_on") == NULL &&
            !add(to, deadlines[i], doing_of(deadlines[i]->kind)))
            return false;
    return true;
}

static enum command_exit do_it(
    struct context *context, const struct book_entry *entry, const struct doing *doing)
{
    struct writing *to = arena_alloc(context->arena, sizeof(*to));
    enum command_exit code;

    if (to == NULL)
        return change_no_memory(context);
    to->context = context;
    to->arena = context->arena;
    to->reader = change_reader(context, context->arena);
    if (!add(to, entry, doing) ||
        (entry->kind->id == CONCERT__KIND__MILESTONE && !add_deadlines(to, entry)))
        return change_no_memory(context);
    if (to->count == 0) {
        report_note(context->report, _("It says so already; nothing changes."));
        return COMMAND_OK;
    }
    if (!may_do(context, entry, &to->patches[0], context->arena, &code))
        return code;
    return command_write(context, to->changes, to->count, true);
}

static enum command_exit run(struct context *context)
{
    const uint64_t progressing = KIND_BIT(ACTION) | KIND_BIT(SHARE);
    const struct doing *doing;
    enum command_exit code;
    const struct book_entry *entry = command_record(context, context->argv[0], KIND_ANY, &code);

    if (entry == NULL)
        return code;
    doing = doing_of(entry->kind);
    if (doing == NULL && (progressing & UINT64_C(1) << entry->kind->id))
        return command_say(context, COMMAND_USAGE,
            _("How far a share is goes by: concert progress %s done"), entry->handle);
    if (doing == NULL)
        return command_say(context, COMMAND_USAGE,
            _("Follow-ups (SU…), deadlines (E…) and milestones (ET…) can be done; %s is none of "
              "them."),
            entry->handle);
    if (entry->kind->id == CONCERT__KIND__DEADLINE && !is_dated(entry))
        return command_say(context, COMMAND_USAGE,
            _("%s (“%s”) has no date: only a dated deadline can be met."), entry->handle,
            book_label(context->book, entry));
    return do_it(context, entry, doing);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {.name = NULL},
};

const struct command done_command = {
    .name = "done",
    .french = "fait",
    .usage_en = "HANDLE [--on DAY]",
    .usage_fr = "REPÈRE [--le JOUR]",
    .summary = N_("Says that a follow-up, a deadline or a milestone is done, today or that day."),
    .examples_en = "concert done SU3\nconcert done SU3 --on 2009-12-10",
    .examples_fr = "concert fait SU3\nconcert fait SU3 --le 2009-12-10",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .flags = COMMAND_WRITES,
    .run = run,
};
