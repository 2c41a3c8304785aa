#include "words/kind_example.h"

#include <string.h>

#include "i18n.h"
#include "record.h"
#include "record_rules.h"
#include "text.h"
#include "words.h"

/* What is worked out from bytes, or made by the server, nobody types. */
static bool is_typed(const struct kind *kind)
{
    if (kind->writers == KIND_WRITE_SERVER)
        return false;
    for (size_t i = 0; i < record_rules_count; i++)
        if (record_rules[i].kind == kind->id && record_rules[i].test == RECORD_RULE_HASH)
            return false;
    for (unsigned i = 0; i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (field->type == PROTOBUF_C_TYPE_BYTES && !kinds_is_reference(kind, field) &&
            (kinds_field(kind, field->name)->flags & KIND_REQUIRED))
            return false;
    }
    return true;
}

/* A handle such as the first kind that the reference may name has: "P1", "2.1.3". */
static const char *some_handle(uint64_t refs, struct arena *arena)
{
    for (size_t i = 0; i < kinds_count && refs != KIND_PUBLIC; i++)
        if ((refs >> kinds[i].id & 1) && kinds[i].prefix != NULL)
            return arena_printf(arena, "%s1", kinds[i].prefix);
    return "2.1.3";
}

/* A value of the field as a person may type it, between quotes where a shell asks for them. */
static const char *some_value(const struct kind *kind, const ProtobufCFieldDescriptor *field,
    const char *language, struct arena *arena)
{
    const struct kind_field *row = kinds_field(kind, field->name);
    const ProtobufCEnumDescriptor *list = field->descriptor;
    bool french = strcmp(language, "fr") == 0;
    char name[64];

    if (row->refs != 0)
        return some_handle(row->refs, arena);
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        text_fold(list->values[0].name, name, sizeof(name));
        return arena_printf(arena, "\"%s\"", words_value(kind->name, name, language));
    }
    if (row->flags & KIND_MONEY)
        return french ? "\"2 000 $\"" : "2000";
    if (row->flags & (KIND_DATE | KIND_MOMENT))
        return "2009-10-15";
    if (row->flags & KIND_NUMBER)
        return "2.1.3";
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return _("yes");
    if (strcmp(field->name, "email") == 0)
        return french ? "nom@exemple.qc.ca" : "name@example.org";
    return field->type == PROTOBUF_C_TYPE_STRING ? "\"…\"" : "1";
}

/* What a record must have, by itself or for a rule of its kind, and what names it to people. */
static bool is_wanted(const struct kind *kind, const char *field)
{
    if ((kinds_field(kind, field)->flags & KIND_REQUIRED) ||
        (kind->label != NULL && strcmp(kind->label, field) == 0))
        return true;
    for (size_t i = 0; i < record_rules_count; i++) {
        const struct record_rule *rule = &record_rules[i];

        if (rule->kind == kind->id &&
            (rule->test == RECORD_RULE_ANY || rule->test == RECORD_RULE_ONE) &&
            strcmp(rule->fields[0], field) == 0)
            return true;
    }
    return false;
}

/* What “add” gives by itself, or takes as its first word, need not be typed. */
static bool is_given(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    bool plan = kind->id == CONCERT__KIND__OBJECTIVE && strcmp(field->name, "plan") == 0;

    return plan || strcmp(field->name, "rank") == 0 ||
           (strcmp(field->name, "number") == 0 && field->type == PROTOBUF_C_TYPE_UINT32) ||
           (kind->parent != NULL && strcmp(kind->parent, field->name) == 0);
}

const char *kind_example(const struct kind *kind, const char *language, struct arena *arena)
{
    bool french = strcmp(language, "fr") == 0;
    const char *word = words_show(WORDS_KIND, kind->name, language);
    const char *quote = strchr(word, ' ') == NULL ? "" : "\"";
    const char *text =
        arena_printf(arena, "concert %s %s%s%s", french ? "ajouter" : "add", quote, word, quote);
    const bool below = kind->parent != NULL && kind->id != CONCERT__KIND__OBJECTIVE;

    if (!is_typed(kind))
        return NULL;
    if (below && text != NULL)
        text = arena_printf(
            arena, "%s %s", text, some_handle(kinds_field(kind, kind->parent)->refs, arena));
    for (unsigned i = 0; i < kind->descriptor->n_fields && text != NULL; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];
        const char *shown = words_show(WORDS_FIELD, field->name, language);
        const char *around = strchr(shown, ' ') == NULL ? "" : "\"";
        const char *value;

        if (!is_wanted(kind, field->name) || is_given(kind, field))
            continue;
        value = some_value(kind, field, language, arena);
        text = *around == '\0'
                   ? arena_printf(arena, "%s %s=%s", text, shown, value)
                   : arena_printf(arena, "%s %s%s%s=%s", text, around, shown, around, value);
    }
    return text;
}
