#include "words/outcome.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "program.h"
#include "text.h"
#include "words.h"
#include "words/phrase.h"
#include "words/talk.h"

#define SENTENCE (TALK_SIZE + 512)
#define LABEL_SIZE 121
#define SIDE 60 /* columns of a side that is told in passing */

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

const char *outcome_new(
    struct context *context, const struct kind *kind, const ProtobufCMessage *body)
{
    const char *name = words_show(WORDS_KIND, kind->name, context->language);
    const struct book_entry entry = {.kind = kind, .handle = name, .body = body};
    const char *label, *text;
    char cut[LABEL_SIZE];

    if (context->book == NULL || body == NULL)
        return name;
    label = book_label(context->book, &entry);
    if (strcmp(label, name) == 0)
        return name;
    phrase_cut(label, cut, sizeof(cut));
    text = arena_printf(report_arena(context->report), _("%s “%s”"), name, cut);
    return text == NULL ? name : text;
}

const char *outcome_record(struct context *context, const struct desk_operation *operation)
{
    const struct book_entry *entry =
        context->book == NULL ? NULL : book_get(context->book, operation->id);
    struct arena *arena = report_arena(context->report);
    const char *label, *text;
    char cut[LABEL_SIZE];

    if (entry == NULL)
        return operation->handle[0] != '\0'
                   ? operation->handle
                   : outcome_new(context, operation->kind, operation->patch);
    if (entry->kind->id == CONCERT__KIND__PROPOSAL || entry->kind->id == CONCERT__KIND__QUARANTINE)
        return entry->handle; /* they have no name: a sentence, a kind's word for programs */
    label = phrase_record(context->book, entry, true, arena);
    if (strncmp(label, entry->handle, strlen(entry->handle)) == 0)
        return label;
    phrase_cut(label, cut, sizeof(cut));
    text = arena_printf(arena, "%s %s", entry->handle, cut);
    return text == NULL ? label : text;
}

/* The first line of a text, as far as fits on a line beside another. */
static const char *beginning(struct arena *arena, const char *text)
{
    size_t line = strcspn(text, "\n");
    size_t fit = text_fit(text, SIDE, NULL);
    const char *cut;

    if (fit >= line && text[line] == '\0')
        return text;
    cut = arena_printf(arena, "%.*s…", (int)(fit < line ? fit : line), text);
    return cut == NULL ? "…" : cut;
}

void outcome_tell_sides(struct context *context, const char *field, const char *theirs,
    const char *who, int64_t at, const char *mine)
{
    struct arena *arena = report_arena(context->report);
    char when[PHRASE_SIZE] = "";

    if (at != 0)
        phrase_time(at, context->language, when);
    command_tell(context, "clash", _("  %s: theirs “%s” (%s, %s); yours “%s”."),
        words_show(WORDS_FIELD, field, context->language), beginning(arena, theirs), who, when,
        beginning(arena, mine));
}

static void tell_clash(
    struct context *context, const struct desk_operation *operation, const struct desk_clash *clash)
{
    const ProtobufCFieldDescriptor *field = record_field(operation->kind, clash->field);
    struct arena *arena = report_arena(context->report);
    const char *theirs = _("(empty)"), *mine = _("(empty)");

    if (field != NULL && clash->theirs != NULL && record_count(clash->theirs, field) > 0)
        theirs = phrase_field(
            context->book, operation->kind, clash->theirs, field, context->language, false, arena);
    if (operation->remove)
        mine = _("(removed)");
    else if (field != NULL && operation->patch != NULL && record_count(operation->patch, field) > 0)
        mine = phrase_field(context->book, operation->kind, operation->patch, field,
            context->language, false, arena);
    outcome_tell_sides(context, clash->field, theirs, clash->who, clash->at, mine);
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
    if (uuid_equal(operation->proposal, uuid_none))
        command_tell(context, "conflict",
            _("Choose: “concert resolve %llu --mine” sends yours, “concert resolve %llu --theirs” "
              "leaves theirs, “concert resolve %llu” shows both."),
            number, number, number);
    else
        command_tell(context, "conflict",
            _("It is theirs to choose, and they have been asked: “concert resolve %llu” shows "
              "where it stands."),
            number);
}

bool outcome_is_bystander(const struct desk_operation *operation)
{
    return operation->state == DESK_REFUSED && strcmp(operation->error.rule, "atomic") == 0;
}

/* Who stands for the coordination is not sent to it: what they may not write, nobody may. */
static void refusal_text(
    const struct context *context, const struct desk_operation *operation, char why_r[TALK_SIZE])
{
    if (desk_identity(context->desk)->role == CONCERT__ACCOUNT__ROLE__COORDINATOR &&
        operation->error.code == CONCERT__CODE__DENIED &&
        strcmp(operation->error.rule, "role") == 0)
        snprintf(why_r, TALK_SIZE, "%s",
            _("The server alone makes and removes such records: no role lets anybody do it."));
    else
        talk_refusal(&operation->error, operation->kind, context->language, why_r);
}

static void tell_refusal(struct context *context, const struct desk_operation *operation)
{
    char why[TALK_SIZE], sentence[SENTENCE];

    if (outcome_is_bystander(operation)) {
        command_tell(context, "atomic",
            _("%s: not recorded yet; it goes with the other change of the same batch."),
            outcome_record(context, operation));
        return;
    }
    refusal_text(context, operation, why);
    snprintf(
        sentence, sizeof(sentence), _("%s: refused. %s"), outcome_record(context, operation), why);
    program_complain(context->program, COMMAND_REFUSED, sentence, &operation->error);
    command_tell(context, "refused",
        _("“concert resolve %llu FIELD=VALUE” corrects it and sends it again, “concert resolve "
          "%llu --theirs” puts it aside."),
        (unsigned long long)operation->number, (unsigned long long)operation->number);
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
