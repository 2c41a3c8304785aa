/* What clashes, told in a few lines while something else is done: on stderr, one conflict at a
 * time, however many changes it is made of. */
#include <string.h>

#include "i18n.h"
#include "program.h"
#include "words.h"
#include "words/clash.h"
#include "words/outcome.h"
#include "words/phrase.h"

static void tell_field(const struct clash *clash, const struct desk_conflict *conflict,
    const struct desk_conflict_part *part, const struct desk_conflict_field *field)
{
    const char *mine =
        part->remove ? _("(removed)") : clash_value(clash, part, part->mine, field->name);

    if (field->clashes)
        outcome_tell_sides(clash->context, field->name,
            clash_value(clash, part, part->theirs, field->name), clash_who(clash, conflict, field),
            field->at, mine);
}

static void tell_choose(const struct clash *clash, const struct desk_conflict *conflict)
{
    const char *word = clash_word(clash, conflict), *sentence;

    for (size_t i = 0; i < conflict->n_parts; i++) {
        const struct desk_conflict_part *part = &conflict->parts[i];

        if (!part->clashed)
            continue;
        sentence = arena_printf(clash->arena,
            part->remove ? _("%s: others changed what you are removing; it is not removed yet.")
                         : _("%s: others changed the same fields meanwhile; nothing of yours is "
                             "written yet."),
            clash_record(clash, part));
        program_complain(clash->context->program, COMMAND_CONFLICT, sentence, NULL);
        for (size_t j = 0; j < part->n_fields && !part->remove; j++)
            tell_field(clash, conflict, part, &part->fields[j]);
    }
    command_tell(clash->context, "choice",
        _("Choose: “concert resolve %s” shows both sides and asks; “--mine” behind it sends yours, "
          "“--theirs” leaves theirs."),
        word);
}

/* The sentences of the others: the record, and what is typed for it. */
static const char *const sentences[] = {
    [DESK_CONFLICT_ASKED] = N_("%s: its committee changed the same fields, and was asked to "
                               "choose. Nothing to do here; “concert resolve %s” shows where it "
                               "stands."),
    [DESK_CONFLICT_ANSWERED] =
        N_("%s: its committee has answered: “concert resolve %s” shows the answer."),
    [DESK_CONFLICT_DECIDE] = N_("%s: others changed the same fields as you, and you decide: "
                                "“concert resolve %s” shows both sides and asks."),
    [DESK_CONFLICT_REFUSED] = NULL};

static void tell(const struct clash *clash, const struct desk_conflict *conflict)
{
    if (conflict->state == DESK_CONFLICT_CHOOSE)
        tell_choose(clash, conflict);
    else if (sentences[conflict->state] != NULL)
        command_tell(clash->context, clash_state(conflict), _(sentences[conflict->state]),
            clash_record(clash, &conflict->parts[0]), clash_word(clash, conflict));
}

bool clash_tell_all(
    struct context *context, bool silent, struct clash_words *words_r, struct desk_why *why_r)
{
    const struct clash clash = {.context = context, .arena = context->arena};
    size_t count;
    const struct desk_conflict *conflicts = desk_conflicts(context->desk, &count, why_r);

    *words_r = (struct clash_words){.count = {0}};
    if (conflicts == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        enum desk_conflict_state state = conflicts[i].state;

        if (words_r->count[state]++ == 0)
            words_r->first[state] =
                arena_printf(clash.arena, "%s", clash_word(&clash, &conflicts[i]));
        if (!silent)
            tell(&clash, &conflicts[i]);
    }
    return true;
}
