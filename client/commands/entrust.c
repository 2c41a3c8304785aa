/* A follow-up of a meeting: what somebody is to do, and by when. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/ours.h"
#include "input/pick.h"
#include "text.h"

#define FOLD 512

/* Whether some party's name holds the word: else it is a role, such as "Coordonnatrice". */
static bool names_a_party(const struct context *context, const char *word)
{
    size_t count;
    const struct book_entry *const *parties =
        book_list(context->book, CONCERT__KIND__PARTY, &count);
    char folded_word[FOLD], folded[FOLD];

    text_fold(word, folded_word, sizeof(folded_word));
    for (size_t i = 0; i < count; i++) {
        const char *name = book_text(parties[i], "name"),
                   *brief = book_text(parties[i], "short_name");

        text_fold(name == NULL ? "" : name, folded, sizeof(folded));
        if (strstr(folded, folded_word) != NULL || strcmp(parties[i]->handle, word) == 0 ||
            (brief != NULL && text_distance(brief, word) == 0))
            return true;
    }
    return false;
}

static bool set(struct context *context, const struct fields_reader *reader,
    struct fields_patch *patch, const char *field, const char *text, enum command_exit *code_r)
{
    struct fields_problem problem;

    if (text == NULL || fields_set(reader, patch, record_field(patch->kind, field), text, &problem))
        return true;
    *code_r = change_wrong(context, &problem);
    return false;
}

static bool set_who(struct context *context, const struct fields_reader *reader,
    struct fields_patch *patch, enum command_exit *code_r)
{
    const char *who = command_option(context, "to");
    const struct book_entry *party;

    if (who == NULL) {
        *code_r = command_say(context, COMMAND_USAGE,
            _("Say who does it: --to \"Comité local de Mékinac\", or a role: --to Secretary."));
        return false;
    }
    if (!names_a_party(context, who)) {
        command_tell(context, "role",
            _("“%s” is the name of no committee or organization: recorded as a role."), who);
        return set(context, reader, patch, "role", who, code_r);
    }
    party = pick_party(context, who, NULL, code_r);
    return party != NULL && fields_refer(reader, patch, "party", party->id);
}

static const char *words_of(struct context *context)
{
    const char *text = context->argv[1];

    for (int i = 2; i < context->argc && text != NULL; i++)
        text = arena_printf(context->arena, "%s %s", text, context->argv[i]);
    return text;
}

static enum command_exit entrust(struct context *context, const struct book_entry *item)
{
    struct fields_reader reader = change_reader(context, context->arena);
    enum command_exit code = COMMAND_OK;
    struct fields_patch patch;
    struct desk_change change;
    uint8_t id[UUID_SIZE];

    if (!fields_begin(&reader, kinds_get(CONCERT__KIND__FOLLOW_UP), &patch) ||
        !fields_refer(&reader, &patch, "agenda_item", item->id))
        return change_no_memory(context);
    if (!set(context, &reader, &patch, "what", words_of(context), &code) ||
        !set_who(context, &reader, &patch, &code) ||
        !set(context, &reader, &patch, "until", command_option(context, "until"), &code))
        return code;
    change_new_id(id);
    change = change_of(&patch, NULL, id, NULL);
    return command_write(context, &change, 1, true);
}

static enum command_exit run(struct context *context)
{
    enum command_exit code;
    const struct book_entry *item =
        command_record(context, context->argv[0], KIND_BIT(AGENDA_ITEM), &code);

    if (item == NULL || !ours_may_write(context, item, &code))
        return code;
    return entrust(context, item);
}

static const struct command_option options[] = {
    {"to", "a", 0, N_("WHO"), N_("A committee, an organization, or a role.")},
    {"until", "pour", 0, N_("DAY"), N_("By when it is to be done.")},
    {.name = NULL},
};

const struct command entrust_command = {
    .name = "entrust",
    .french = "confier",
    .usage_en = "ITEM WHAT --to WHO [--until DAY]",
    .usage_fr = "POINT QUOI --a QUI [--pour JOUR]",
    .summary = N_("Makes a follow-up of a meeting's item: it comes back on each agenda until "
                  "it is done."),
    .examples_en = "concert entrust PO4 \"Write to the municipality\" --to Mékinac "
                   "--until 2009-12-15",
    .examples_fr = "concert confier PO4 \"Écrire à la municipalité\" --a Mékinac --pour 2009-12-15",
    .options = options,
    .min_args = 2,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
