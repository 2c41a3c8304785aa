/* Settles one conflict, or one refused change: shows both sides, and sends what a person chose. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "input/change.h"
#include "input/chosen.h"
#include "input/moment.h"
#include "program.h"
#include "text.h"
#include "words.h"
#include "words/clash.h"
#include "words/talk.h"

struct resolving {
    struct clash clash;
    struct moment_log log;
    struct context *context;
    const struct desk_conflict *conflict;
    struct chosen chosen;
};

/* --- which one ---------------------------------------------------------------------------------
 */

static bool has_number(const struct desk_conflict *conflict, uint64_t number)
{
    for (size_t i = 0; i < conflict->n_numbers; i++)
        if (conflict->numbers[i] == number)
            return true;
    return false;
}

static bool is_same(const char *handle, const char *word)
{
    char a[64], b[64];

    return text_fold(handle, a, sizeof(a)) < sizeof(a) &&
           text_fold(word, b, sizeof(b)) < sizeof(b) && strcmp(a, b) == 0;
}

/* By the number of one of its changes, the proposal that asks, or the record that it is about. */
static bool is_meant(const struct desk_conflict *conflict, const char *word)
{
    char *end;
    unsigned long long number = strtoull(word, &end, 10);

    if (*word != '\0' && *end == '\0')
        return has_number(conflict, number);
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (conflict->parts[i].entry != NULL && is_same(conflict->parts[i].entry->handle, word))
            return true;
    return conflict->proposal != NULL && is_same(conflict->proposal->handle, word);
}

/* Without a word: whatever asks something of this person. */
static bool is_wanted(const struct desk_conflict *conflict, const char *word)
{
    return word == NULL ? conflict->state != DESK_CONFLICT_ASKED : is_meant(conflict, word);
}

static enum command_exit say_none(const struct resolving *to, const char *word)
{
    if (word == NULL)
        return command_say(to->context, COMMAND_NOT_FOUND, "%s",
            _("Nothing waits for a choice of yours: “concert conflicts” lists what clashes."));
    return command_say(to->context, COMMAND_NOT_FOUND,
        _("Nothing under “%s” waits for a choice: “concert conflicts” lists what does."), word);
}

/* Of several the first is named, and where the others are. */
static bool find(struct resolving *to, enum command_exit *code_r)
{
    struct desk_why why = {.trouble = DESK_FINE};
    const char *word = to->context->argc > 0 ? to->context->argv[0] : NULL;
    size_t count, found = 0;
    const struct desk_conflict *conflicts = desk_conflicts(to->context->desk, &count, &why);

    if (conflicts == NULL) {
        *code_r = command_why(to->context, &why);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (is_wanted(&conflicts[i], word) && found++ == 0)
            to->conflict = &conflicts[i];
    if (found == 1)
        return true;
    *code_r = found == 0 ? say_none(to, word)
                         : command_say(to->context, COMMAND_USAGE,
                               _("Which one? “concert conflicts” lists %zu; “concert resolve %s” "
                                 "takes the first."),
                               found, clash_word(&to->clash, to->conflict));
    return false;
}

/* --- sending -----------------------------------------------------------------------------------
 */

/* What this program refuses by itself is told as the server would. */
static enum command_exit not_written(struct resolving *to, const struct desk_why *why)
{
    const struct kind *kind = to->conflict->parts[0].kind;
    char sentence[TALK_SIZE];

    if (why->trouble != DESK_ANSWER)
        return command_why(to->context, why);
    if (strcmp(why->error.field, "number") == 0)
        return command_say(
            to->context, COMMAND_NOT_FOUND, _("This was settled meanwhile, by another command."));
    talk_refusal(&why->error, kind, to->context->language, sentence);
    program_complain(to->context->program, talk_exit(why), sentence, &why->error);
    return talk_exit(why);
}

/* What the owner did instead, for who asked: field by field. */
static const char *own_answer(const struct resolving *to)
{
    const struct desk_conflict_part *part = &to->conflict->parts[0];
    const char *text = "";

    for (size_t i = 0; i < to->chosen.count && text != NULL; i++) {
        const struct desk_choice *choice = &to->chosen.choices[i];
        const ProtobufCMessage *value = choice->take == DESK_TAKE_NEW      ? choice->value
                                        : choice->take == DESK_TAKE_THEIRS ? part->theirs
                                                                           : part->mine;

        text = arena_printf(to->clash.arena, _("%s%s%s: %s"), text, text[0] == '\0' ? "" : "; ",
            words_show(WORDS_FIELD, choice->field, to->context->language),
            clash_value(&to->clash, part, value, choice->field));
    }
    return text == NULL || text[0] == '\0' ? _("both, line by line") : text;
}

/* The owner takes all of it as it was asked: nothing of their own, nothing merged. */
static bool takes_all(const struct resolving *to)
{
    const struct desk_conflict_part *part = &to->conflict->parts[0];

    for (size_t i = 0; i < part->n_fields; i++)
        if (part->fields[i].merged != NULL)
            return false;
    return !to->chosen.mine;
}

/* Something of it answers a change in quarantine; with `alone`, all of it that did not clash. */
static bool has_review(const struct desk_conflict *conflict, bool alone)
{
    bool found = false;

    for (size_t i = 0; i < conflict->n_parts; i++) {
        bool reviews = conflict->parts[i].kind->id == CONCERT__KIND__QUARANTINE;

        if (alone && !reviews && !conflict->parts[i].clashed)
            return false;
        found = found || reviews;
    }
    return found;
}

static enum command_exit send(struct resolving *to)
{
    const char *reason = command_option(to->context, "message");
    const char *answer = NULL;
    const struct desk_operation *operations;
    struct desk_why why = {.trouble = DESK_FINE};
    size_t count;

    if (to->conflict->state == DESK_CONFLICT_DECIDE && !takes_all(to))
        answer = reason == NULL ? own_answer(to)
                                : arena_printf(to->clash.arena, "%s (%s)", reason, own_answer(to));
    else if (has_review(to->conflict, false))
        answer = reason == NULL ? _("Others changed the same fields, and theirs stays.") : reason;
    if (!desk_conflict_resolve(to->context->desk, to->conflict, to->chosen.choices,
            to->chosen.count, reason, answer, &operations, &count, &why))
        return not_written(to, &why);
    return command_written(to->context, operations, count, &why);
}

static enum command_exit put_aside(struct resolving *to)
{
    struct desk_why why = {.trouble = DESK_FINE};

    if (!desk_conflict_drop(to->context->desk, to->conflict, &why))
        return not_written(to, &why);
    if (!to->context->machine)
        command_print(to->context); /* what was put aside stands above */
    command_tell(to->context, "dropped", "%s",
        _("Your change is put aside: nothing of it is sent, and the record stays as it is."));
    return COMMAND_OK;
}

/* --- by what it is -----------------------------------------------------------------------------
 */

static void show(const struct resolving *to)
{
    if (to->context->machine)
        clash_rows(&to->clash, to->conflict, 1);
    else
        clash_show(&to->clash, to->conflict);
}

static bool at_terminal(const struct context *context)
{
    return !context->machine && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A copy that the line was cut from may lack what the others wrote: then nothing would be asked,
 * and nothing goes unasked. */
static bool asks_anything(const struct desk_conflict *conflict)
{
    for (size_t i = 0; i < conflict->n_parts; i++)
        for (size_t j = 0; j < conflict->parts[i].n_fields; j++)
            if (conflict->parts[i].fields[j].clashes || conflict->parts[i].fields[j].merged != NULL)
                return true;
    return false;
}

static enum command_exit choose(struct resolving *to)
{
    enum command_exit code = COMMAND_OK;
    const char *missing;

    if (chosen_any(to->context)) {
        if (!chosen_read(&to->clash, to->conflict, &to->chosen, &code))
            return code;
    } else {
        show(to);
        if (!at_terminal(to->context))
            return COMMAND_CONFLICT;
        command_print(to->context);
        if (!asks_anything(to->conflict))
            return command_say(to->context, COMMAND_CONFLICT,
                _("Nothing was sent: in this copy nothing clashes there. Run “concert sync”, then "
                  "“concert resolve %s” again; or “--mine” behind it sends yours."),
                clash_word(&to->clash, to->conflict));
        if (!chosen_ask(&to->clash, to->conflict, &to->chosen))
            return command_say(to->context, COMMAND_CONFLICT, _("Nothing was sent."));
    }
    missing = chosen_missing(&to->clash, to->conflict, &to->chosen);
    if (missing[0] != '\0' && !(to->conflict->parts[0].remove && to->chosen.count > 0))
        return command_say(to->context, COMMAND_CONFLICT,
            _("Nothing was sent: choose for %s too, with --mine, --theirs or FIELD=VALUE."),
            missing);
    return send(to);
}

/* The rest of what commits together goes by itself, or is put aside too. */
static bool has_rest(const struct desk_conflict *conflict)
{
    for (size_t i = 0; i < conflict->n_parts; i++)
        if (!conflict->parts[i].clashed)
            return true;
    return false;
}

static bool leave_clashing(struct resolving *to)
{
    const struct desk_conflict *conflict = to->conflict;

    for (size_t i = 0; i < conflict->n_parts; i++)
        for (size_t j = 0; conflict->parts[i].clashed && j < conflict->parts[i].n_fields; j++) {
            if (to->chosen.count == CHOSEN_MAX)
                return false;
            to->chosen.choices[to->chosen.count++] = (struct desk_choice){
                .part = i, .field = conflict->parts[i].fields[j].name, .take = DESK_TAKE_THEIRS};
        }
    return true;
}

static enum command_exit read_answer(struct resolving *to)
{
    bool mine = command_option(to->context, "mine") != NULL;
    bool theirs = command_option(to->context, "theirs") != NULL;

    show(to);
    if (!has_rest(to->conflict) || (theirs && !has_review(to->conflict, true)))
        return put_aside(to);
    if (mine || has_review(to->conflict, true)) /* the quarantine is told what they chose */
        return leave_clashing(to) ? send(to) : change_no_memory(to->context);
    return command_say(to->context, COMMAND_CONFLICT,
        _("What you wrote with it still waits: “concert resolve %s --mine” sends it, “--theirs” "
          "puts all of it aside."),
        clash_word(&to->clash, to->conflict));
}

static enum command_exit wait_or_withdraw(struct resolving *to)
{
    if (!chosen_any(to->context)) {
        show(to);
        return COMMAND_OK;
    }
    if (to->context->argc > 1 || command_option(to->context, "theirs") == NULL ||
        command_option(to->context, "mine") != NULL)
        return command_say(to->context, COMMAND_REFUSED,
            _("This is theirs to choose: %s decides. “concert resolve %s --theirs” asks no more."),
            clash_decider(&to->clash, to->conflict), clash_word(&to->clash, to->conflict));
    return leave_clashing(to) ? send(to) : change_no_memory(to->context);
}

static enum command_exit correct(struct resolving *to)
{
    enum command_exit code = COMMAND_OK;

    if (!chosen_any(to->context)) {
        show(to);
        return COMMAND_REFUSED;
    }
    if (to->context->argc == 1 && command_option(to->context, "theirs") != NULL)
        return put_aside(to);
    if (!chosen_read(&to->clash, to->conflict, &to->chosen, &code))
        return code;
    return send(to);
}

static enum command_exit run(struct context *context)
{
    static enum command_exit (*const handlers[])(struct resolving *) = {
        [DESK_CONFLICT_CHOOSE] = choose,
        [DESK_CONFLICT_DECIDE] = choose,
        [DESK_CONFLICT_ASKED] = wait_or_withdraw,
        [DESK_CONFLICT_ANSWERED] = read_answer,
        [DESK_CONFLICT_REFUSED] = correct,
    };
    struct resolving *to = arena_alloc(context->arena, sizeof(*to));
    enum command_exit code = COMMAND_OK;

    if (to == NULL)
        return change_no_memory(context);
    to->context = context;
    to->clash = (struct clash){.context = context, .past = &to->log.past, .arena = context->arena};
    if (!moment_read_log(context, &to->log, &code) || !find(to, &code))
        return code;
    return handlers[to->conflict->state](to);
}

static const struct command_option options[] = {
    {"mine", "mien", 0, NULL, N_("Takes yours.")},
    {"theirs", "leur", 0, NULL, N_("Leaves theirs; of what was refused: puts it aside.")},
    {"field", "champ", 0, N_("FIELD,…"), N_("Takes yours or theirs in these fields alone.")},
    {"message", "message", 'm', N_("REASON"), N_("Why, for the log and for the others.")},
    {.name = NULL},
};

const struct command resolve_command = {
    .name = "resolve",
    .french = "resoudre",
    .usage_en = "[NUMBER|PROPOSAL] [--mine|--theirs] [--field FIELD,…] [FIELD=VALUE…] [-m REASON]",
    .usage_fr = "[NUMÉRO|PROPOSITION] [--mien|--leur] [--champ CHAMP,…] [CHAMP=VALEUR…] [-m MOTIF]",
    .summary = N_("Settles a conflict, or a change that was refused: yours, theirs or a new text."),
    .examples_en = "concert resolve 12\nconcert resolve 12 --mine -m \"Counted again\"\n"
                   "concert resolve PR3 --theirs\nconcert resolve 12 percent=60\n"
                   "concert resolve 12 --theirs --field percent next_step=\"Call\"",
    .examples_fr = "concert résoudre 12\nconcert résoudre 12 --mien -m \"Recompté\"\n"
                   "concert résoudre PR3 --leur\nconcert résoudre 12 pourcentage=60\n"
                   "concert résoudre 12 --leur --champ pourcentage prochaine-étape=\"Appeler\"",
    .options = options,
    .min_args = 0,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
