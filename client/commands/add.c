/* Creates a record of any kind, from field=value words. */
#include <string.h>

#include "i18n.h"
#include "input/change.h"
#include "input/defaults.h"
#include "input/pick.h"
#include "text.h"
#include "words.h"

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

/* --- the words ---------------------------------------------------------------------------------
 */

/* What a new record hangs on: its parent, or else the first record that it must name. */
static const ProtobufCFieldDescriptor *hangs_on(const struct kind *kind)
{
    if (kind->parent != NULL)
        return record_field(kind, kind->parent);
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        const struct kind_field *row = kinds_field(kind, field->name);

        if (row->refs != 0 && (row->flags & KIND_REQUIRED))
            return field;
    }
    return NULL;
}

/* A first word without “=” names what the record hangs on: “add budget-line P1 label=…”. An
 * objective may hang on another one. */
static bool take_first(struct making *to, const char *word, struct fields_problem *problem_r)
{
    const struct kind *kind = to->patch.kind;
    const ProtobufCFieldDescriptor *field = hangs_on(kind), *above = record_field(kind, "parent");
    const uint64_t touched = to->patch.touched;
    struct fields_problem unused;

    if (field == NULL)
        return fields_word(&to->reader, &to->patch, word, problem_r);
    if (above != NULL && fields_set(&to->reader, &to->patch, above, word, &unused))
        return true;
    to->patch.touched = touched;
    return fields_set(&to->reader, &to->patch, field, word, problem_r);
}

static bool take_words(struct making *to, struct fields_problem *problem_r)
{
    for (int i = 1; i < to->context->argc; i++) {
        const char *word = to->context->argv[i];

        if (i == 1 && strchr(word, '=') == NULL) {
            if (!take_first(to, word, problem_r))
                return false;
        } else if (!fields_word(&to->reader, &to->patch, word, problem_r)) {
            return false;
        }
    }
    return true;
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

    if (!take_words(to, &problem))
        return change_wrong(to->context, &problem);
    settle_subject(to);
    defaults_fill(to->context, &to->reader, &to->patch);
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
    struct making to = {.context = context, .arena = context->arena};
    enum command_exit code = COMMAND_OK;
    const struct kind *kind = kind_of(context, &code);

    if (kind == NULL)
        return code;
    to.reader = change_reader(context, to.arena);
    if (!fields_begin(&to.reader, kind, &to.patch))
        return change_no_memory(context);
    return make(&to);
}

static const struct command_option options[] = {
    {"message", "message", 'm', N_("REASON"),
        N_("Why: the log keeps it; an adopted plan asks it.")},
    {.name = NULL},
};

const struct command add_command = {
    .name = "add",
    .french = "ajouter",
    .usage_en = "KIND [HANDLE] FIELD=VALUE…",
    .usage_fr = "SORTE [REPÈRE] CHAMP=VALEUR…",
    .summary = N_("Creates a record and prints its handle. A first word without = names what it "
                  "hangs on."),
    .examples_en = "concert add action objective=2.1 title=\"Hold a forum on housing\"\n"
                   "concert add deadline 2.1.4 text=\"Fall 2009\"\n"
                   "concert add budget-line P1 label=Salaries planned=80000",
    .examples_fr = "concert ajouter action objectif=2.1 titre=\"Tenir un forum sur le logement\"\n"
                   "concert ajouter échéance 2.1.4 texte=\"Automne 2009\"\n"
                   "concert ajouter poste P1 libellé=Salaires prévu=\"80 000 $\"",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .flags = COMMAND_WRITES,
    .run = run,
};
