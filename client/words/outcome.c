#include "words/outcome.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "program.h"
#include "words.h"
#include "words/phrase.h"
#include "words/talk.h"

#define SENTENCE (TALK_SIZE + 512)

/* The states of an operation: for programs and for people. */
struct state_row {
    const char *name, *shown;
};

static const struct state_row states[] = {
    [DESK_WAITING] = {"waiting", N_("waiting")},
    [DESK_SENT] = {"sent", N_("sent, not answered yet")},
    [DESK_ACCEPTED] = {"accepted", N_("accepted")},
    [DESK_CONFLICT] = {"conflict", N_("in conflict")},
    [DESK_REFUSED] = {"refused", N_("refused")},
};

const char *outcome_state(enum desk_state state)
{
    return _(states[state].shown);
}

const char *outcome_record(struct context *context, const struct desk_operation *operation)
{
    const struct book_entry *entry =
        context->book == NULL ? NULL : book_get(context->book, operation->id);
    struct arena *arena = report_arena(context->report);
    const char *kind = words_show(WORDS_KIND, operation->kind->name, context->language);
    const char *label, *text;

    if (entry == NULL)
        return operation->handle[0] != '\0' ? operation->handle : kind;
    label = phrase_record(context->book, entry, true, arena);
    if (strncmp(label, entry->handle, strlen(entry->handle)) == 0)
        return label;
    text = arena_printf(arena, "%s %.120s", entry->handle, label);
    return text == NULL ? label : text;
}

static void tell_clash(
    struct context *context, const struct desk_operation *operation, const struct desk_clash *clash)
{
    const ProtobufCFieldDescriptor *field = record_field(operation->kind, clash->field);
    struct arena *arena = report_arena(context->report);
    const char *theirs = "", *mine = "";
    char when[PHRASE_SIZE];

    phrase_time(clash->at, context->language, when);
    if (field != NULL && clash->theirs != NULL)
        theirs = phrase_field(
            context->book, operation->kind, clash->theirs, field, context->language, false, arena);
    if (field != NULL && operation->patch != NULL)
        mine = phrase_field(context->book, operation->kind, operation->patch, field,
            context->language, false, arena);
    command_tell(context, "clash", _("  %s: “%s” by %s (%s); yours: “%s”."),
        words_show(WORDS_FIELD, clash->field, context->language), theirs, clash->who, when, mine);
}

static void tell_conflict(struct context *context, const struct desk_operation *operation)
{
    unsigned long long number = operation->number;
    char sentence[SENTENCE];

    snprintf(sentence, sizeof(sentence),
        _("%s: others changed the same fields meanwhile; nothing of yours is written yet."),
        outcome_record(context, operation));
    program_complain(context->program, COMMAND_CONFLICT, sentence, NULL);
    for (size_t i = 0; i < operation->n_clashes; i++)
        tell_clash(context, operation, &operation->clashes[i]);
    command_tell(context, "conflict",
        _("Choose: “concert sync --keep %llu” sends yours, “concert sync --drop %llu” leaves "
          "theirs."),
        number, number);
}

static void tell_refusal(struct context *context, const struct desk_operation *operation)
{
    char why[TALK_SIZE], sentence[SENTENCE];

    talk_refusal(&operation->error, operation->kind, context->language, why);
    snprintf(
        sentence, sizeof(sentence), _("%s: refused. %s"), outcome_record(context, operation), why);
    program_complain(context->program, COMMAND_REFUSED, sentence, &operation->error);
    command_tell(context, "refused", _("“concert sync --drop %llu” puts it aside."),
        (unsigned long long)operation->number);
}

void outcome_tell(struct context *context, const struct desk_operation *operation, bool each)
{
    const char *record = outcome_record(context, operation);

    if (operation->state == DESK_CONFLICT)
        tell_conflict(context, operation);
    else if (operation->state == DESK_REFUSED)
        tell_refusal(context, operation);
    else if (operation->state == DESK_ACCEPTED && operation->merged)
        command_tell(context, "merged",
            _("%s: recorded, together with what others changed meanwhile."), record);
    else if (operation->state == DESK_ACCEPTED && each)
        command_tell(context, "accepted",
            operation->remove ? _("%s: removed.") : _("%s: recorded."), record);
}

static const char *error_text(struct context *context, const struct error *error)
{
    return error->code == 0
               ? NULL
               : arena_printf(report_arena(context->report), "%s", error_name(error->code));
}

static void add_row(struct context *context, struct sheet *sheet, const struct desk_operation *o)
{
    const char *clashes[RECORD_FIELDS_MAX];
    size_t n = o->n_clashes < RECORD_FIELDS_MAX ? o->n_clashes : RECORD_FIELDS_MAX;
    char id[UUID_TEXT];

    uuid_format(o->id, id);
    for (size_t i = 0; i < n; i++)
        clashes[i] = o->clashes[i].field;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, (int64_t)o->number);
    sheet_text(sheet, o->kind->name);
    sheet_text(sheet, id);
    sheet_text(sheet, o->handle[0] == '\0' ? NULL : o->handle);
    sheet_text(sheet, states[o->state].name);
    sheet_number(sheet, o->merged);
    sheet_number(sheet, (int64_t)o->revision);
    sheet_number(sheet, (int64_t)o->seq);
    sheet_text(sheet, error_text(context, &o->error));
    sheet_text(sheet, o->error.field[0] == '\0' ? NULL : o->error.field);
    sheet_text(sheet, o->error.rule[0] == '\0' ? NULL : o->error.rule);
    sheet_texts(sheet, clashes, n);
}

void outcome_sheet(struct context *context, const struct desk_operation *operations, size_t count)
{
    static const struct sheet_column columns[] = {{"number", NULL, SHEET_NUMBER, false, false},
        {"kind", NULL, SHEET_TEXT, false, false}, {"id", NULL, SHEET_TEXT, false, false},
        {"handle", NULL, SHEET_TEXT, false, false}, {"state", NULL, SHEET_TEXT, false, false},
        {"merged", NULL, SHEET_BOOL, false, false}, {"revision", NULL, SHEET_NUMBER, false, false},
        {"seq", NULL, SHEET_NUMBER, false, false}, {"error", NULL, SHEET_TEXT, false, false},
        {"field", NULL, SHEET_TEXT, false, false}, {"rule", NULL, SHEET_TEXT, false, false},
        {"clashes", NULL, SHEET_LIST, false, false}};
    struct sheet *sheet = report_sheet(context->report, "operations", NULL, SHEET_TABLE, false,
        columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < count; i++)
        add_row(context, sheet, &operations[i]);
}
