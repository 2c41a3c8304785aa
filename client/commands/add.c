/* Creates a record of any kind, from field=value words. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"

#define ARENA_LIMIT ((size_t)4 << 20)
#define KINDS_MAX 64

/* A record in the making. */
struct making {
    struct context *context;
    struct arena *arena;
    struct fields_reader reader;
    struct fields_patch patch;
};

/* --- which kind --------------------------------------------------------------------------------
 */

static enum command_exit unknown_kind(struct context *context, const char *typed)
{
    const char *candidates[2 * KINDS_MAX], *near;
    char all[800] = "";
    size_t used = 0;

    for (size_t i = 0; i < kinds_count && i < KINDS_MAX; i++) {
        const char *word = words_show(WORDS_KIND, kinds[i].name, context->language);

        candidates[2 * i] = word;
        candidates[2 * i + 1] = kinds[i].name;
        text_copy(all + used, sizeof(all) - used, used == 0 ? "" : ", ");
        used = strlen(all);
        text_copy(all + used, sizeof(all) - used, word);
        used = strlen(all);
    }
    near = text_nearest(typed, candidates, 2 * kinds_count);
    if (near == NULL)
        return command_say(
            context, COMMAND_USAGE, _("“%s” is not a kind of record. There are: %s."), typed, all);
    return command_say(context, COMMAND_USAGE,
        _("“%s” is not a kind of record. Did you mean “%s”? There are: %s."), typed, near, all);
}

static const struct kind *kind_of(struct context *context, enum command_exit *code_r)
{
    const char *typed = context->argv[0], *names[KINDS_MAX], *name;
    size_t count = 0;

    for (; count < kinds_count && count < KINDS_MAX; count++)
        names[count] = kinds[count].name;
    name = words_read(WORDS_KIND, typed, names, count);
    if (name == NULL)
        name = words_read(WORDS_KINDS, typed, names, count);
    if (name == NULL)
        *code_r = unknown_kind(context, typed);
    return name == NULL ? NULL : kinds_by_name(name);
}

/* --- what need not be said ---------------------------------------------------------------------
 */

static bool lacks(const struct making *to, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(to->patch.kind, name);

    return field != NULL && (kinds_field(to->patch.kind, name)->flags & KIND_REQUIRED) &&
           record_count(to->patch.message, field) == 0;
}

/* The party of an account that speaks for one. */
static void default_party(struct making *to)
{
    const struct desk_identity *me = desk_identity(to->context->desk);

    if (lacks(to, "party") && me->n_parties == 1 && !pick_is_staff(to->context))
        fields_refer(&to->reader, &to->patch, "party", me->parties[0]);
}

/* An objective of an objective is of its plan; else of the plan in force. */
static void default_plan(struct making *to)
{
    const struct book_entry *parent = NULL, *plan;
    const uint8_t *id;
    enum command_exit code;
    size_t count;

    if (to->patch.kind->id != CONCERT__KIND__OBJECTIVE || !lacks(to, "plan"))
        return;
    id = record_reference(to->patch.message, to->patch.kind, "parent");
    if (id != NULL)
        parent = book_get(to->context->book, id);
    book_list(to->context->book, CONCERT__KIND__PLAN, &count);
    if (parent == NULL && count == 0)
        return; /* said with what else is missing */
    plan = parent != NULL ? book_follow(to->context->book, parent, "plan")
                          : pick_plan(to->context, NULL, &code);
    if (plan != NULL)
        fields_refer(&to->reader, &to->patch, "plan", plan->id);
}

/* The last part of a dotted number; 0 when it is no number. */
static long last_part(const char *number)
{
    const char *dot = strrchr(number, '.');

    return strtol(dot == NULL ? number : dot + 1, NULL, 10);
}

static long highest(
    const struct making *to, const struct book_entry *above, Concert__Kind kind, const char *field)
{
    size_t count;
    const struct book_entry *const *below =
        book_children(to->context->book, above->id, kind, field, &count);
    long most = 0;

    for (size_t i = 0; i < count; i++) {
        const char *number = book_text(below[i], "number");
        long last = number == NULL ? 0 : last_part(number);

        most = last > most ? last : most;
    }
    return most;
}

/* The number after the last one under what it hangs on: 2.1.4 is followed by 2.1.5. */
static void default_number(struct making *to)
{
    const char *parent_field = to->patch.kind->id == CONCERT__KIND__ACTION ? "objective" : "parent";
    const struct book_entry *above = NULL;
    const char *number, *text;
    const uint8_t *id;
    long most;

    if (to->patch.kind->prefix != NULL || !lacks(to, "number"))
        return;
    id = record_reference(to->patch.message, to->patch.kind, parent_field);
    above = id == NULL ? NULL : book_get(to->context->book, id);
    number = above == NULL ? NULL : book_text(above, "number");
    if (number == NULL)
        return;
    most = highest(to, above, to->patch.kind->id, parent_field);
    text = arena_printf(to->arena, "%s.%ld", number, most + 1);
    if (text != NULL) {
        struct record_value value = {.data = text, .size = strlen(text)};

        record_set(to->patch.message, record_field(to->patch.kind, "number"), &value, 1, to->arena);
    }
}

/* A note on an action goes where "note" puts it: to one's own share. */
static void settle_subject(struct making *to)
{
    const struct book_entry *subject, *journal;
    const uint8_t *id;

    if (to->patch.kind->id != CONCERT__KIND__NOTE)
        return;
    id = record_reference(to->patch.message, to->patch.kind, "subject");
    subject = id == NULL ? NULL : book_get(to->context->book, id);
    if (subject == NULL || pick_is_staff(to->context))
        return;
    journal = pick_journal(to->context, subject);
    fields_refer(&to->reader, &to->patch, "subject", journal->id);
}

static void default_day(struct making *to)
{
    const ProtobufCFieldDescriptor *on = record_field(to->patch.kind, "on");
    struct fields_problem problem;

    if (on != NULL && record_count(to->patch.message, on) == 0)
        fields_set(&to->reader, &to->patch, on, "today", &problem);
}

/* --- writing it --------------------------------------------------------------------------------
 */

/* The handle is data: it is what comes next on a command line. */
static void show_handle(struct making *to, const uint8_t id[UUID_SIZE])
{
    struct desk_why why;
    const struct book *book = desk_book(to->context->desk, &why);
    const struct book_entry *entry = book == NULL ? NULL : book_get(book, id);

    if (entry == NULL)
        return;
    to->context->book = book;
    report_records(to->context->report, entry->kind->name, NULL, book, entry->kind, &entry, 1,
        SHEET_CARD, true);
}

static enum command_exit make(struct making *to)
{
    struct fields_problem problem;
    struct desk_change change;
    enum command_exit code = COMMAND_OK;
    uint8_t id[UUID_SIZE];

    for (int i = 1; i < to->context->argc; i++)
        if (!fields_word(&to->reader, &to->patch, to->context->argv[i], &problem))
            return change_wrong(to->context, &problem);
    default_party(to);
    default_plan(to);
    default_number(to);
    default_day(to);
    settle_subject(to);
    if (!change_complete(to->context, &to->reader, &to->patch, NULL, &code))
        return code;
    change_new_id(id);
    change = change_of(&to->patch, NULL, id, command_option(to->context, "message"));
    code = command_write(to->context, &change, 1, true);
    if (code == COMMAND_OK || code == COMMAND_WAITING)
        show_handle(to, id);
    return code;
}

static enum command_exit run(struct context *context)
{
    struct making to = {.context = context};
    enum command_exit code = COMMAND_OK;
    const struct kind *kind = kind_of(context, &code);

    if (kind == NULL)
        return code;
    to.arena = arena_new(ARENA_LIMIT);
    to.reader = change_reader(context, to.arena);
    if (to.arena == NULL || !fields_begin(&to.reader, kind, &to.patch))
        code = change_no_memory(context);
    else
        code = make(&to);
    arena_free(&to.arena);
    return code;
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {.name = NULL},
};

const struct command add_command = {
    .name = "add",
    .french = "ajouter",
    .usage_en = "KIND FIELD=VALUE…",
    .usage_fr = "SORTE CHAMP=VALEUR…",
    .summary = N_("Creates a record and prints its handle."),
    .examples_en = "concert add action objective=2.1 title=\"Hold a forum on housing\"\n"
                   "concert add deadline subject=2.1.4 text=\"Fall 2009\"\n"
                   "concert add note subject=2.1.3 text=\"The project is filed\"",
    .examples_fr = "concert ajouter action objectif=2.1 titre=\"Tenir un forum sur le logement\"\n"
                   "concert ajouter échéance sujet=2.1.4 texte=\"Automne 2009\"\n"
                   "concert ajouter note sujet=2.1.3 texte=\"Le projet est déposé\"",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
