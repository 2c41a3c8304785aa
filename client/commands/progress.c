/* One's own share of an action, or a milestone: how far it is. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"

/* The statuses that a percentage means, of a share and of a milestone. */
struct states {
    int64_t not_started, under_way, done, blocked; /* blocked 0: it has none */
};

static const struct states share_states = {CONCERT__SHARE__STATUS__NOT_STARTED,
    CONCERT__SHARE__STATUS__UNDER_WAY, CONCERT__SHARE__STATUS__DONE,
    CONCERT__SHARE__STATUS__BLOCKED};
static const struct states milestone_states = {CONCERT__MILESTONE__STATUS__NOT_STARTED,
    CONCERT__MILESTONE__STATUS__UNDER_WAY, CONCERT__MILESTONE__STATUS__DONE, 0};

/* What the command makes: the patch of a share or a milestone, and a note beside it. */
struct step {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    struct pick_share pick;        /* of a share: whose, and of which action */
    const struct book_entry *base; /* the share or milestone; NULL: a share to be made */
    const struct states *states;
    struct fields_patch patch;
    enum command_exit code;
};

static bool set(struct step *step, const char *name, const char *text)
{
    const ProtobufCFieldDescriptor *field = record_field(step->patch.kind, name);
    struct fields_problem problem;

    if (text != NULL && field == NULL) {
        step->code = command_say(step->context, COMMAND_USAGE,
            _("A milestone is not blocked, and has neither help nor a next step: note it with "
              "-m."));
        return false;
    }
    if (text == NULL || fields_set(&step->reader, &step->patch, field, text, &problem))
        return true;
    step->code = change_wrong(step->context, &problem);
    return false;
}

static void put(struct step *step, const char *name, int64_t number)
{
    struct record_value value = {.number = number};

    record_set(step->patch.message, record_field(step->patch.kind, name), &value, 1, step->arena);
}

static int64_t status_now(const struct step *step)
{
    return step->base == NULL ? 0 : book_number(step->base, "status", step->states->not_started);
}

/* The status that a bare percentage means: 0 keeps what is more than not started, unless it is
 * done. */
static int64_t status_of_percent(const struct states *states, int64_t percent, int64_t now)
{
    if (percent >= 100)
        return states->done;
    if (percent > 0)
        return states->under_way;
    return now == 0 || now == states->done ? states->not_started : now;
}

/* A share that is no longer blocked drops its cause; the log keeps it. */
static void unblock(struct step *step)
{
    if (step->states->blocked == 0 || status_now(step) != step->states->blocked)
        return;
    step->patch.clear[step->patch.n_clear++] = "blocked_by";
    step->patch.clear[step->patch.n_clear++] = "help_from";
    report_note(step->context->report,
        _("The share was blocked: it no longer is, and what blocked it is taken off."));
}

static bool read_percent(struct step *step, const char *text, bool status_given)
{
    const ProtobufCFieldDescriptor *field = record_field(step->patch.kind, "percent");
    int64_t status;

    if (!set(step, "percent", text))
        return false;
    status = status_of_percent(
        step->states, record_get(step->patch.message, field, 0).number, status_now(step));
    if (!status_given)
        put(step, "status", status);
    return true;
}

/* A word in the place of the percentage: done is 100 %, to do is 0 %, others leave the percentage.
 */
static void follow_status(struct step *step, bool percent_given)
{
    const ProtobufCFieldDescriptor *field = record_field(step->patch.kind, "status");
    int64_t status = record_get(step->patch.message, field, 0).number;

    if (!percent_given && status == step->states->done)
        put(step, "percent", 100);
    if (!percent_given && status == step->states->not_started)
        put(step, "percent", 0);
}

static bool read_word(struct step *step, const char *word)
{
    const ProtobufCFieldDescriptor *field = record_field(step->patch.kind, "status");
    bool empties = *word == '\0' || strcmp(word, "-") == 0; /* right for a field, no progress */
    struct fields_problem problem;

    if (fields_set(&step->reader, &step->patch, field, empties ? "?" : word, &problem)) {
        step->patch.touched = 0; /* --status may still say otherwise */
        return true;
    }
    step->code = command_say(step->context, COMMAND_USAGE,
        _("Give a percentage from 0 to 100, or a word. %s"), problem.sentence);
    return false;
}

/* "60", "60%", "60 %", "done", "en cours". */
static bool read_value(struct step *step, const char *value)
{
    const char *status = command_option(step->context, "status");
    int64_t number;
    bool percent = fields_number(value, &number);

    if (percent ? !read_percent(step, value, status != NULL) : !read_word(step, value))
        return false;
    if (status != NULL && !set(step, "status", status))
        return false;
    follow_status(step, percent);
    if (record_get(step->patch.message, record_field(step->patch.kind, "status"), 0).number !=
        step->states->blocked)
        unblock(step);
    return set(step, "blocked_by", command_option(step->context, "cause")) &&
           set(step, "help_from", command_option(step->context, "help-from")) &&
           set(step, "next_step", command_option(step->context, "next"));
}

/* All arguments behind the handle: "60 %" may come as two. */
static const char *joined(struct step *step)
{
    const char *all = step->context->argv[1];

    for (int i = 2; i < step->context->argc && all != NULL; i++)
        all = arena_printf(step->arena, "%s %s", all, step->context->argv[i]);
    return all;
}

static void say_sentence(struct step *step, const char *format)
{
    const struct book *book = step->context->book;
    const char *text =
        step->pick.action == NULL
            ? arena_printf(step->arena, format, step->base->handle, book_label(book, step->base))
            : arena_printf(step->arena, format, step->pick.action->handle,
                  book_label(book, step->pick.party));

    if (text != NULL)
        report_note(step->context->report, text);
}

static enum command_exit write_step(struct step *step, bool changes)
{
    const char *message = command_option(step->context, "message");
    struct desk_change operations[2];
    struct fields_patch note;
    uint8_t id[UUID_SIZE], note_id[UUID_SIZE];
    size_t count = 0;

    change_new_id(id);
    if (step->base != NULL)
        memcpy(id, step->base->id, UUID_SIZE);
    if (changes)
        operations[count++] = change_of(&step->patch, step->base, id, NULL);
    if (message != NULL) {
        if (!change_note(step->context, &step->reader, id, message, note_id, &note))
            return change_no_memory(step->context);
        operations[count++] = change_of(&note, NULL, note_id, NULL);
    }
    if (count == 0) {
        say_sentence(step, _("%s, %s: it says so already; nothing changes."));
        return COMMAND_OK;
    }
    return command_write(step->context, operations, count, true);
}

static enum command_exit take_step(struct step *step)
{
    bool changes = true;

    if (!fields_begin(&step->reader,
            step->base == NULL ? kinds_get(CONCERT__KIND__SHARE) : step->base->kind,
            &step->patch) ||
        (step->base == NULL &&
            !change_new_share(&step->reader, step->pick.action, step->pick.party, &step->patch)))
        return change_no_memory(step->context);
    if (!read_value(step, joined(step)) ||
        !change_complete(step->context, &step->reader, &step->patch, step->base, &step->code))
        return step->code;
    if (step->base == NULL)
        say_sentence(step, _("%s: %s had no share of it yet; it has one from now on."));
    else
        changes = change_reduce(&step->reader, &step->patch, step->base);
    return write_step(step, changes);
}

/* What the first word means. False after having said why not. */
static bool find(struct step *step)
{
    const uint64_t asked = KIND_BIT(ACTION) | KIND_BIT(SHARE) | KIND_BIT(MILESTONE);
    struct context *context = step->context;
    const struct book_entry *entry = command_record(context, context->argv[0], asked, &step->code);

    if (entry == NULL)
        return false;
    step->states = &share_states;
    if (entry->kind->id == CONCERT__KIND__MILESTONE) {
        step->states = &milestone_states;
        step->base = entry;
        return true;
    }
    if (!pick_share(context, entry, command_option(context, "for"), &step->pick, &step->code))
        return false;
    step->base = step->pick.share;
    return true;
}

static enum command_exit run(struct context *context)
{
    struct step step = {.context = context, .arena = context->arena};

    if (!find(&step))
        return step.code;
    step.reader = change_reader(context, step.arena);
    return take_step(&step);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("TEXT"),
        N_("Notes what was done, in the journal of the share.")},
    {"for", "pour", 0, N_("COMMITTEE"), N_("Whose share, when it is not plain.")},
    {"status", "etat", 0, N_("WORD"), N_("The status, when the percentage does not tell it.")},
    {"cause", "cause", 0, N_("TEXT"), N_("What blocks it.")},
    {"help-from", "aide-de", 0, N_("COMMITTEE"), N_("Who could help.")},
    {"next", "suite", 0, N_("TEXT"), N_("The next step.")},
    {.name = NULL},
};

const struct command progress_command = {
    .name = "progress",
    .french = "avancer",
    .usage_en = "HANDLE PERCENT|WORD [-m TEXT]",
    .usage_fr = "REPÈRE POURCENTAGE|MOT [-m TEXTE]",
    .summary = N_("Says how far your own share of an action is, or a milestone."),
    .examples_en = "concert progress 4.1.1 60 -m \"Second meeting held\"\n"
                   "concert progress 2.1.3 done\n"
                   "concert progress ET3 60\n"
                   "concert progress 1.4.1 blocked --cause \"no room\" --help-from \"Comité de "
                   "soutien\"",
    .examples_fr = "concert avancer 4.1.1 60 -m \"Deuxième rencontre tenue\"\n"
                   "concert avancer 2.1.3 fait\n"
                   "concert avancer ET3 60\n"
                   "concert avancer 1.4.1 bloqué --cause \"pas de local\" --aide-de \"Comité de "
                   "soutien\"",
    .options = options,
    .min_args = 2,
    .max_args = 4,
    .flags = COMMAND_WRITES,
    .run = run,
};
