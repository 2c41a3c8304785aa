/* Records the assessment of a community: a form filled in, sent as one. */
#include <stdlib.h>
#include <string.h>

#include "figures/potential.h"
#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"

struct assessing {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    const struct book_entry *form;
    const struct book_entry *const *criteria;
    size_t n_criteria;
    struct fields_patch assessment;
    struct fields_patch *scores; /* one a criterion; kind NULL: none given */
    uint8_t id[UUID_SIZE];
};

/* --- words -------------------------------------------------------------------------------------
 */

static const struct book_entry *criterion_of(const struct assessing *to, long rank, size_t *index_r)
{
    for (size_t i = 0; i < to->n_criteria; i++)
        if (book_number(to->criteria[i], "rank", -1) == rank) {
            *index_r = i;
            return to->criteria[i];
        }
    return NULL;
}

/* "3=4", "3=4:good relations". */
static enum command_exit read_score(struct assessing *to, const char *word)
{
    int64_t min = book_number(to->form, "scale_min", 0);
    int64_t max = book_number(to->form, "scale_max", 1000);
    char *at;
    long rank = strtol(word, &at, 10), value;
    const char *begin = at + 1;
    size_t index = 0;
    struct record_value number, comment;

    if (criterion_of(to, rank, &index) == NULL)
        return command_say(to->context, COMMAND_USAGE,
            _("%s has no criterion number %ld: “concert form %s” shows them."), to->form->handle,
            rank, to->form->handle);
    value = strtol(begin, &at, 10);
    if (at == begin || (*at != '\0' && *at != ':') || value < min || value > max)
        return command_say(to->context, COMMAND_USAGE,
            _("The score of criterion %ld must be a whole number from %lld to %lld: “%s” is not."),
            rank, (long long)min, (long long)max, begin);
    if (to->scores[index].kind != NULL)
        return command_say(to->context, COMMAND_USAGE,
            _("Criterion %ld is scored twice: leave one of them out."), rank);
    number = (struct record_value){.number = value};
    comment = (struct record_value){.data = at + 1, .size = *at == ':' ? strlen(at + 1) : 0};
    if (!fields_begin(&to->reader, kinds_get(CONCERT__KIND__SCORE), &to->scores[index]) ||
        !fields_refer(&to->reader, &to->scores[index], "assessment", to->id) ||
        !fields_refer(&to->reader, &to->scores[index], "criterion", to->criteria[index]->id) ||
        !record_set(to->scores[index].message, record_field(to->scores[index].kind, "value"),
            &number, 1, to->arena) ||
        (comment.size > 0 &&
            !record_set(to->scores[index].message, record_field(to->scores[index].kind, "comment"),
                &comment, 1, to->arena)))
        return change_no_memory(to->context);
    return COMMAND_OK;
}

static enum command_exit set_community(struct assessing *to, const char *word)
{
    struct record_value value = {.data = word, .size = strlen(word)};

    if (record_count(to->assessment.message, record_field(to->assessment.kind, "community")) > 0)
        return command_say(to->context, COMMAND_USAGE,
            _("“%s”: the community is named once, in quotes when it has several words; a score is "
              "RANK=SCORE, such as 1=4."),
            word);
    if (record_set(to->assessment.message, record_field(to->assessment.kind, "community"), &value,
            1, to->arena))
        return COMMAND_OK;
    return change_no_memory(to->context);
}

/* A score begins with a digit; a field has its name; what has no "=" is the community. */
static enum command_exit read_word(struct assessing *to, const char *word)
{
    struct fields_problem problem;

    if (strchr(word, '=') == NULL)
        return set_community(to, word);
    if (word[0] >= '0' && word[0] <= '9')
        return read_score(to, word);
    if (fields_word(&to->reader, &to->assessment, word, &problem))
        return COMMAND_OK;
    return change_wrong(to->context, &problem);
}

/* --- what need not be said ---------------------------------------------------------------------
 */

static bool has(const struct assessing *to, const char *field)
{
    return record_count(to->assessment.message, record_field(to->assessment.kind, field)) > 0;
}

/* The territory of a committee that has one is where it assesses. */
static bool fill(struct assessing *to)
{
    const struct desk_identity *me = desk_identity(to->context->desk);
    const struct book_entry *party =
        me->n_parties == 1 ? book_get(to->context->book, me->parties[0]) : NULL;
    const struct book_entry *territory =
        party == NULL ? NULL : book_follow(to->context->book, party, "territory");
    const char *message = command_option(to->context, "message");
    struct fields_problem problem;

    if (!fields_refer(&to->reader, &to->assessment, "form", to->form->id) ||
        (!has(to, "party") && party != NULL && !pick_is_staff(to->context) &&
            !fields_refer(&to->reader, &to->assessment, "party", party->id)) ||
        (!has(to, "territory") && territory != NULL &&
            !fields_refer(&to->reader, &to->assessment, "territory", territory->id)))
        return false;
    if (message != NULL && !has(to, "summary"))
        fields_set(&to->reader, &to->assessment, record_field(to->assessment.kind, "summary"),
            message, &problem);
    return has(to, "on") || fields_set(&to->reader, &to->assessment,
                                record_field(to->assessment.kind, "on"), "today", &problem);
}

static enum command_exit send(struct assessing *to)
{
    struct desk_change *changes = arena_alloc(to->arena, (to->n_criteria + 1) * sizeof(*changes));
    uint8_t(*ids)[UUID_SIZE] = arena_alloc(to->arena, (to->n_criteria + 1) * UUID_SIZE);
    size_t count = 0;

    if (changes == NULL || ids == NULL)
        return change_no_memory(to->context);
    changes[count++] = change_of(&to->assessment, NULL, to->id, NULL);
    for (size_t i = 0; i < to->n_criteria; i++) {
        if (to->scores[i].kind == NULL)
            continue;
        change_new_id(ids[count]);
        changes[count] = change_of(&to->scores[i], NULL, ids[count], NULL);
        count++;
    }
    if (count == 1)
        return command_say(to->context, COMMAND_USAGE,
            _("No criterion has a score yet: RANK=SCORE for each, such as 1=4. “concert form %s” "
              "shows them."),
            to->form->handle);
    if (count - 1 < to->n_criteria)
        report_note(to->context->report, arena_printf(to->arena,
                                             ngettext("%zu criterion of %zu has a score.",
                                                 "%zu criteria of %zu have a score.", count - 1),
                                             count - 1, to->n_criteria));
    return command_write(to->context, changes, count, true);
}

static enum command_exit assess(struct assessing *to)
{
    enum command_exit code = COMMAND_OK;

    to->criteria = potential_criteria(to->context->book, to->form, to->arena, &to->n_criteria);
    to->scores = arena_alloc(to->arena, (to->n_criteria + 1) * sizeof(*to->scores));
    if (to->criteria == NULL || to->scores == NULL ||
        !fields_begin(&to->reader, kinds_get(CONCERT__KIND__ASSESSMENT), &to->assessment))
        return change_no_memory(to->context);
    change_new_id(to->id);
    for (int i = 1; i < to->context->argc && code == COMMAND_OK; i++)
        code = read_word(to, to->context->argv[i]);
    if (code != COMMAND_OK)
        return code;
    if (!fill(to))
        return change_no_memory(to->context);
    if (!change_complete(to->context, &to->reader, &to->assessment, NULL, &code))
        return code;
    return send(to);
}

static enum command_exit run(struct context *context)
{
    struct assessing to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;

    to.reader = change_reader(context, to.arena);
    to.form = command_record(context, context->argv[0], KIND_BIT(FORM), &code);
    if (to.form != NULL)
        code = assess(&to);
    return code;
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("TEXT"), N_("What is to be remembered of it.")},
    {.name = NULL},
};

const struct command assess_command = {
    .name = "assess",
    .french = "apprecier",
    .usage_en = "FORM [COMMUNITY] RANK=SCORE[:COMMENT]… [FIELD=VALUE…]",
    .usage_fr = "GRILLE [COMMUNAUTÉ] RANG=COTE[:COMMENTAIRE]… [CHAMP=VALEUR…]",
    .summary = N_("Records the assessment of a community: a form filled in."),
    .examples_en =
        "concert assess G1 \"Saint-Tite\" 1=4 2=3 \"3=5:A strong network\" -m \"With the CDC\"\n"
        "concert assess G1 territory=Mékinac on=2009-10-01 1=4 2=3",
    .examples_fr =
        "concert apprecier G1 \"Saint-Tite\" 1=4 2=3 \"3=5:Un réseau fort\" -m \"Avec la CDC\"\n"
        "concert apprecier G1 territoire=Mékinac date=2009-10-01 1=4 2=3",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
