#include "input/chosen.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "terminal.h"
#include "text.h"
#include "words.h"

#define ANSWER_SIZE 4096

static bool add(struct chosen *chosen, size_t part, const char *field, enum desk_take take,
    const ProtobufCMessage *value)
{
    if (chosen->count == CHOSEN_MAX)
        return false;
    chosen->choices[chosen->count++] =
        (struct desk_choice){.part = part, .field = field, .take = take, .value = value};
    chosen->mine = chosen->mine || take != DESK_TAKE_THEIRS;
    return true;
}

static bool is_chosen(const struct chosen *chosen, size_t part, const char *field)
{
    for (size_t i = 0; i < chosen->count; i++)
        if (chosen->choices[i].part == part && strcmp(chosen->choices[i].field, field) == 0)
            return true;
    return false;
}

static const struct desk_conflict_field *field_of(
    const struct desk_conflict_part *part, const char *typed)
{
    const ProtobufCFieldDescriptor *field = fields_find(part->kind, typed);

    for (size_t i = 0; field != NULL && i < part->n_fields; i++)
        if (strcmp(part->fields[i].name, field->name) == 0)
            return &part->fields[i];
    return NULL;
}

bool chosen_any(const struct context *context)
{
    return context->argc > 1 || command_option(context, "mine") != NULL ||
           command_option(context, "theirs") != NULL || command_option(context, "field") != NULL;
}

/* --- FIELD=VALUE -------------------------------------------------------------------------------
 */

/* One patch for each record, in the making. */
struct reading {
    const struct clash *clash;
    const struct desk_conflict *conflict;
    struct fields_reader reader;
    struct fields_patch *patches;
    enum command_exit *code_r;
};

static bool unknown(struct reading *reading, const char *typed)
{
    *reading->code_r = command_say(reading->clash->context, COMMAND_USAGE,
        _("“%s” is not a field of this conflict: it is about %s."), typed,
        clash_fields(reading->clash, reading->conflict, true));
    return false;
}

/* The record whose field the word means: what was refused may be corrected in any field. */
static bool find_part(struct reading *reading, const char *typed, size_t *part_r)
{
    const struct desk_conflict *conflict = reading->conflict;
    size_t found = 0;

    for (size_t i = 0; i < conflict->n_parts; i++)
        if (field_of(&conflict->parts[i], typed) != NULL && found++ == 0)
            *part_r = i;
    for (size_t i = 0; found == 0 && i < conflict->n_parts; i++)
        if (conflict->state == DESK_CONFLICT_REFUSED &&
            fields_find(conflict->parts[i].kind, typed) != NULL && found++ == 0)
            *part_r = i;
    if (found == 0)
        return unknown(reading, typed);
    if (found == 1)
        return true;
    *reading->code_r = command_say(reading->clash->context, COMMAND_USAGE,
        _("Several records of this conflict have “%s”: take --mine or --theirs, and change it "
          "after."),
        typed);
    return false;
}

static bool read_word(struct reading *reading, const char *word)
{
    const char *equals = strchr(word, '=');
    struct fields_problem problem;
    char typed[128];
    size_t part = 0;

    if (equals == NULL || equals == word) {
        *reading->code_r = command_say(reading->clash->context, COMMAND_USAGE,
            _("“%s” is no choice: write FIELD=VALUE, --mine or --theirs."), word);
        return false;
    }
    snprintf(typed, sizeof(typed), "%.*s", (int)(equals - word), word);
    text_trim(typed);
    if (!find_part(reading, typed, &part))
        return false;
    if (reading->conflict->parts[part].remove) {
        *reading->code_r = command_say(reading->clash->context, COMMAND_USAGE,
            _("Yours removes the record: --mine removes it, --theirs keeps it."));
        return false;
    }
    if (fields_word(&reading->reader, &reading->patches[part], word, &problem))
        return true;
    *reading->code_r = change_wrong(reading->clash->context, &problem);
    return false;
}

static bool add_values(struct reading *reading, struct chosen *chosen)
{
    for (size_t i = 0; i < reading->conflict->n_parts; i++) {
        const struct fields_patch *patch = &reading->patches[i];
        struct record_names touched;

        if (!record_touched(patch->kind, patch->message, patch->clear, patch->n_clear,
                reading->clash->arena, &touched))
            return false;
        for (size_t j = 0; j < touched.count; j++)
            if (!add(chosen, i, touched.name[j], DESK_TAKE_NEW, patch->message))
                return false;
    }
    return true;
}

static bool no_memory(struct reading *reading)
{
    *reading->code_r = change_no_memory(reading->clash->context);
    return false;
}

static bool read_values(struct reading *reading, struct chosen *chosen)
{
    struct context *context = reading->clash->context;
    size_t n = reading->conflict->n_parts;

    reading->reader = change_reader(context, reading->clash->arena);
    reading->patches = arena_alloc(reading->clash->arena, n * sizeof(*reading->patches));
    if (reading->patches == NULL)
        return no_memory(reading);
    for (size_t i = 0; i < n; i++)
        if (!fields_begin(&reading->reader, reading->conflict->parts[i].kind, &reading->patches[i]))
            return no_memory(reading);
    for (int i = 1; i < context->argc; i++)
        if (!read_word(reading, context->argv[i]))
            return false;
    return add_values(reading, chosen) || no_memory(reading);
}

/* --- --mine, --theirs, --field -----------------------------------------------------------------
 */

/* All fields of that name. */
static bool take_named(
    struct reading *reading, const char *typed, enum desk_take take, struct chosen *chosen)
{
    bool found = false;

    for (size_t i = 0; i < reading->conflict->n_parts; i++) {
        const struct desk_conflict_field *field = field_of(&reading->conflict->parts[i], typed);

        if (field == NULL)
            continue;
        found = true;
        if (!is_chosen(chosen, i, field->name) && !add(chosen, i, field->name, take, NULL))
            return no_memory(reading);
    }
    return found || unknown(reading, typed);
}

/* "percent, next_step": each. */
static bool take_list(
    struct reading *reading, const char *names, enum desk_take take, struct chosen *chosen)
{
    char list[1024];
    char *rest = list;

    text_copy(list, sizeof(list), names);
    while (*rest != '\0') {
        size_t length = strcspn(rest, ",;");
        char *next = rest[length] == '\0' ? rest + length : rest + length + 1;

        rest[length] = '\0';
        text_trim(rest);
        if (*rest != '\0' && !take_named(reading, rest, take, chosen))
            return false;
        rest = next;
    }
    return true;
}

/* What merges by line is merged; nobody's words go unless the field is named. */
static bool take_all(struct reading *reading, enum desk_take take, struct chosen *chosen)
{
    for (size_t i = 0; i < reading->conflict->n_parts; i++) {
        const struct desk_conflict_part *part = &reading->conflict->parts[i];

        for (size_t j = 0; j < part->n_fields; j++)
            if ((part->fields[j].clashes || part->remove) &&
                !is_chosen(chosen, i, part->fields[j].name) &&
                !add(chosen, i, part->fields[j].name, take, NULL))
                return no_memory(reading);
    }
    return true;
}

static bool read_sides(struct reading *reading, struct chosen *chosen)
{
    const struct context *context = reading->clash->context;
    bool mine = command_option(context, "mine") != NULL;
    bool theirs = command_option(context, "theirs") != NULL;
    const char *names = command_option(context, "field");

    if (names == NULL && mine && theirs) {
        *reading->code_r = command_say(reading->clash->context, COMMAND_USAGE,
            _("--mine or --theirs: with both, --field names the fields that are yours."));
        return false;
    }
    if (names != NULL && !mine && !theirs) {
        *reading->code_r = command_say(
            reading->clash->context, COMMAND_USAGE, _("--field goes with --mine or --theirs."));
        return false;
    }
    if (names != NULL &&
        !take_list(reading, names, mine ? DESK_TAKE_MINE : DESK_TAKE_THEIRS, chosen))
        return false;
    if (names != NULL && !(mine && theirs))
        return true;
    if (theirs)
        return take_all(reading, DESK_TAKE_THEIRS, chosen);
    return !mine || take_all(reading, DESK_TAKE_MINE, chosen);
}

bool chosen_read(const struct clash *clash, const struct desk_conflict *conflict,
    struct chosen *chosen_r, enum command_exit *code_r)
{
    struct reading reading = {.clash = clash, .conflict = conflict, .code_r = code_r};

    *chosen_r = (struct chosen){.count = 0};
    return read_values(&reading, chosen_r) && read_sides(&reading, chosen_r);
}

const char *chosen_missing(
    const struct clash *clash, const struct desk_conflict *conflict, const struct chosen *chosen)
{
    const char *text = "";

    for (size_t i = 0; i < conflict->n_parts; i++)
        for (size_t j = 0; j < conflict->parts[i].n_fields; j++) {
            const struct desk_conflict_field *field = &conflict->parts[i].fields[j];

            if (!field->clashes || is_chosen(chosen, i, field->name) || text == NULL)
                continue;
            text = arena_printf(clash->arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                words_show(WORDS_FIELD, field->name, clash->context->language));
        }
    return text == NULL ? "" : text;
}

/* --- at the terminal ---------------------------------------------------------------------------
 */

static bool read_line(char answer[ANSWER_SIZE])
{
    if (fgets(answer, ANSWER_SIZE, stdin) == NULL)
        return false;
    text_trim(answer);
    return answer[0] != '\0';
}

/* What the answer means, in either language, accents or not; 0: nothing. */
static enum desk_take take_of(const char *answer)
{
    static const struct {
        const char *word; /* folded */
        enum desk_take take;
    } words[] = {{"m", DESK_TAKE_MINE}, {"mien", DESK_TAKE_MINE}, {"le mien", DESK_TAKE_MINE},
        {"v", DESK_TAKE_MINE}, {"votre", DESK_TAKE_MINE}, {"le votre", DESK_TAKE_MINE},
        {"mine", DESK_TAKE_MINE}, {"y", DESK_TAKE_MINE}, {"yours", DESK_TAKE_MINE},
        {"--mien", DESK_TAKE_MINE}, {"--mine", DESK_TAKE_MINE}, {"l", DESK_TAKE_THEIRS},
        {"leur", DESK_TAKE_THEIRS}, {"le leur", DESK_TAKE_THEIRS}, {"t", DESK_TAKE_THEIRS},
        {"theirs", DESK_TAKE_THEIRS}, {"--leur", DESK_TAKE_THEIRS}, {"--theirs", DESK_TAKE_THEIRS},
        {"n", DESK_TAKE_NEW}, {"new", DESK_TAKE_NEW}, {"nouveau", DESK_TAKE_NEW},
        {"nouvelle", DESK_TAKE_NEW}, {"nouvelle valeur", DESK_TAKE_NEW}};
    char folded[32];

    if (text_fold(answer, folded, sizeof(folded)) >= sizeof(folded))
        return 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(folded, words[i].word) == 0)
            return words[i].take;
    return 0;
}

/* A new value, until it is understood. False when the person leaves. */
static bool ask_new(const struct clash *clash, const struct desk_conflict_part *part,
    const struct desk_conflict_field *field, const ProtobufCMessage **value_r)
{
    struct fields_reader reader = change_reader(clash->context, clash->arena);
    struct fields_problem problem;
    struct fields_patch patch;
    char answer[ANSWER_SIZE];

    for (;;) {
        terminal_prompt(
            _("%s, new: "), words_show(WORDS_FIELD, field->name, clash->context->language));
        if (!read_line(answer) || !fields_begin(&reader, part->kind, &patch))
            return false;
        if (fields_set(&reader, &patch, record_field(part->kind, field->name), answer, &problem)) {
            *value_r = patch.message;
            return true;
        }
        command_tell(clash->context, "choice", "%s", problem.sentence);
    }
}

/* Of several records the question names whose field it is. */
static const char *asked_name(const struct clash *clash, const struct desk_conflict *conflict,
    size_t part, const struct desk_conflict_field *field)
{
    const char *name = words_show(WORDS_FIELD, field->name, clash->context->language), *whole;

    if (conflict->n_parts == 1)
        return name;
    whole =
        arena_printf(clash->arena, "%s · %s", clash_record(clash, &conflict->parts[part]), name);
    return whole == NULL ? name : whole;
}

static bool ask_field(const struct clash *clash, const struct desk_conflict *conflict, size_t part,
    const struct desk_conflict_field *field, struct chosen *chosen)
{
    const ProtobufCMessage *value = NULL;
    bool removes = conflict->parts[part].remove;
    enum desk_take take = 0;
    char answer[ANSWER_SIZE];

    while (take == 0) {
        if (removes)
            terminal_prompt("%s", _("Remove the record (m), or keep it (t)? "));
        else
            terminal_prompt(_("%s — yours (m), theirs (t) or a new value (n)? "),
                asked_name(clash, conflict, part, field));
        if (!read_line(answer))
            return false;
        take = take_of(answer);
        if (take == DESK_TAKE_NEW && removes)
            take = 0;
        if (take == 0)
            command_tell(clash->context, "choice", "%s",
                removes ? _("Type m or t; Enter alone sends nothing.")
                        : _("Type m, t or n; Enter alone sends nothing."));
    }
    if (take == DESK_TAKE_NEW && !ask_new(clash, &conflict->parts[part], field, &value))
        return false;
    return add(chosen, part, field->name, take, value);
}

/* What merges by line is shown and taken so unless the person says otherwise. */
static bool ask_merged(const struct clash *clash, const struct desk_conflict *conflict, size_t part,
    const struct desk_conflict_field *field, struct chosen *chosen)
{
    char answer[ANSWER_SIZE];
    enum desk_take take;

    terminal_prompt(_("%s — both line by line (merge, or Enter), yours (m), theirs (t)? "),
        asked_name(clash, conflict, part, field));
    if (!read_line(answer))
        return true;
    take = take_of(answer);
    return (take != DESK_TAKE_MINE && take != DESK_TAKE_THEIRS) ||
           add(chosen, part, field->name, take, conflict->parts[part].mine);
}

bool chosen_ask(
    const struct clash *clash, const struct desk_conflict *conflict, struct chosen *chosen_r)
{
    *chosen_r = (struct chosen){.count = 0};
    for (size_t i = 0; i < conflict->n_parts; i++) {
        const struct desk_conflict_part *part = &conflict->parts[i];

        for (size_t j = 0; j < part->n_fields; j++) {
            const struct desk_conflict_field *field = &part->fields[j];

            if (field->clashes && !ask_field(clash, conflict, i, field, chosen_r))
                return false;
            if (!field->clashes && field->merged != NULL &&
                !ask_merged(clash, conflict, i, field, chosen_r))
                return false;
            if (part->remove && chosen_r->count > 0)
                break; /* one answer for the whole */
        }
    }
    return true;
}
