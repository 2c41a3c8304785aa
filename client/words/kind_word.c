#include "words/kind_word.h"

#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "record.h"
#include "text.h"
#include "words.h"
#include "words/amount.h"

#define KINDS_MAX 64
#define TARGETS_MAX 5 /* more are said to be any record */

const struct kind *kind_word_read(const char *word)
{
    const char *name = words_read(WORDS_KINDS, word, NULL, 0);

    return name == NULL ? NULL : kinds_by_name(name);
}

const char *kind_word_near(const char *word, const char *language)
{
    const char *names[2 * KINDS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < kinds_count && i < KINDS_MAX; i++) {
        names[n++] = words_show(WORDS_KIND, kinds[i].name, language);
        names[n++] = words_show(WORDS_KINDS, kinds[i].name, language);
    }
    return text_nearest(word, names, n);
}

const struct kind *kind_word_ask(
    struct context *context, const char *word, enum command_exit *code_r)
{
    struct arena *arena = report_arena(context->report);
    const struct kind *kind = kind_word_read(word);
    const char *near, *all = "";

    *code_r = COMMAND_OK;
    if (kind != NULL)
        return kind;
    *code_r = COMMAND_USAGE;
    near = kind_word_near(word, context->language);
    if (near != NULL) {
        command_say(
            context, COMMAND_USAGE, _("There is no kind “%s”. Did you mean “%s”?"), word, near);
        return NULL;
    }
    for (size_t i = 0; i < kinds_count && all != NULL; i++)
        all = arena_printf(arena, "%s%s%s", all, i == 0 ? "" : ", ",
            words_show(WORDS_KIND, kinds[i].name, context->language));
    command_say(context, COMMAND_USAGE, _("There is no kind “%s”. There are: %s."), word,
        all == NULL ? "" : all);
    return NULL;
}

/* The words of a closed list, as the person types them. */
static const char *choices(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;
    const char *text = "";

    for (unsigned i = 0; i < list->n_values && text != NULL; i++) {
        char name[64];
        text_fold(list->values[i].name, name, sizeof(name));
        text = arena_printf(
            arena, "%s%s%s", text, i == 0 ? "" : ", ", words_value(kind->name, name, language));
    }
    return text == NULL ? "" : text;
}

/* The kinds that a reference may name. */
static const char *targets(uint64_t refs, const char *language, struct arena *arena)
{
    const char *text = "";
    size_t n = 0;

    for (size_t i = 0; i < kinds_count && text != NULL; i++)
        if (refs & (UINT64_C(1) << kinds[i].id))
            text = arena_printf(arena, "%s%s%s", text, n++ == 0 ? "" : ", ",
                words_show(WORDS_KIND, kinds[i].name, language));
    return text == NULL || n == 0 || n > TARGETS_MAX ? _("a record") : text;
}

/* "amount such as 1 234,50 $". */
static const char *measure(
    const struct kind_field *policy, const char *language, struct arena *arena)
{
    char example[AMOUNT_SIZE];
    const char *text;

    if (policy->flags & KIND_MONEY)
        amount_money(123450, language, example);
    else
        amount_decimal(12500, language, example);
    text = arena_printf(arena,
        policy->flags & KIND_MONEY ? _("amount such as %s") : _("number such as %s"), example);
    return text == NULL ? "" : text;
}

static const char *scalar(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena)
{
    const struct kind_field *policy = kinds_field(kind, field->name);
    const char *text = NULL;

    if (policy->refs != 0)
        return targets(policy->refs, language, arena);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return choices(kind, field, language, arena);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return _("yes or no");
    if (policy->flags & KIND_DATE)
        return _("date");
    if (policy->flags & KIND_MOMENT)
        return _("date, with or without its time");
    if (policy->flags & (KIND_MONEY | KIND_DECIMAL))
        return measure(policy, language, arena);
    if (policy->flags & KIND_NUMBER)
        return _("number such as 2.1.3");
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return _("text");
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return _("made by the program");
    if (policy->min == 0 && policy->max == 0)
        return _("number");
    text = arena_printf(
        arena, _("number from %lld to %lld"), (long long)policy->min, (long long)policy->max);
    return text == NULL ? "" : text;
}

static const char *takes(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena)
{
    const char *one = scalar(kind, field, language, arena), *text = one;

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        text = arena_printf(arena, _("several, between semicolons: %s"), one);
    return text == NULL ? one : text;
}

void kind_word_fields(struct context *context, const struct kind *kind)
{
    static const struct sheet_column columns[] = {
        {"shown", N_("Field"), SHEET_TEXT, false, false},
        {"name", N_("For programs"), SHEET_TEXT, false, false},
        {"takes", N_("Takes"), SHEET_TEXT, true, false},
        {"required", N_("Required"), SHEET_BOOL, false, false},
    };
    struct sheet *sheet =
        report_sheet(context->report, "fields", NULL, SHEET_TABLE, false, columns, 4);

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        bool required = (kinds_field(kind, field->name)->flags & KIND_REQUIRED) != 0;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, words_show(WORDS_FIELD, field->name, context->language));
        sheet_text(sheet, field->name);
        sheet_text(sheet, takes(kind, field, context->language, report_arena(context->report)));
        if (required || context->machine)
            sheet_number(sheet, required);
        else
            sheet_none(sheet);
    }
}

void kind_word_all(struct context *context)
{
    static const struct sheet_column columns[] = {
        {"shown", N_("Kind"), SHEET_TEXT, false, false},
        {"plural", N_("Several"), SHEET_TEXT, false, false},
        {"name", N_("For programs"), SHEET_TEXT, false, false},
        {"handle", N_("Handles"), SHEET_TEXT, false, false},
    };
    struct sheet *sheet =
        report_sheet(context->report, "kinds", NULL, SHEET_TABLE, false, columns, 4);

    for (size_t i = 0; i < kinds_count; i++) {
        const char *prefix = kinds[i].prefix;
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, words_show(WORDS_KIND, kinds[i].name, context->language));
        sheet_text(sheet, words_show(WORDS_KINDS, kinds[i].name, context->language));
        sheet_text(sheet, kinds[i].name);
        sheet_text(sheet, prefix == NULL ? "2.1.3"
                                         : arena_printf(report_arena(context->report), "%s1, %s2…",
                                               prefix, prefix));
    }
}
