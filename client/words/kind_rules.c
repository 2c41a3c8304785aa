#include "words/kind_rules.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "i18n.h"
#include "record.h"
#include "record_rules.h"
#include "words.h"
#include "words/fill.h"

#define LIST_SIZE 400

static const char *field_word(const char *name, const char *language)
{
    return words_show(WORDS_FIELD, name, language);
}

/* --- the rules within a record -----------------------------------------------------------------
 */

static const char *sentence_of(const struct record_rule *rule, const char *language)
{
    return strcmp(language, "fr") == 0 ? rule->french : rule->english;
}

static bool looks_at(const struct record_rule *rule, const char *field)
{
    if (rule->field != NULL && strcmp(rule->field, field) == 0)
        return true;
    for (size_t i = 0; i < RECORD_RULES_FIELDS && rule->fields[i] != NULL; i++)
        if (strcmp(rule->fields[i], field) == 0)
            return true;
    return false;
}

/* The rule of that word and kind, with `field` that looks at it; NULL when there is none, or
 * several say different things. */
static const struct record_rule *find_rule(
    const struct error *error, const struct kind *kind, bool field)
{
    const struct record_rule *found = NULL;

    for (size_t i = 0; i < record_rules_count; i++) {
        const struct record_rule *rule = &record_rules[i];

        if (strcmp(rule->name, error->rule) != 0 || (kind != NULL && rule->kind != kind->id) ||
            (field && !looks_at(rule, error->field)))
            continue;
        if (found != NULL && strcmp(found->english, rule->english) != 0)
            return NULL;
        found = rule;
    }
    return found;
}

static const char *list_fields(
    const struct record_rule *rule, const char *language, char out[LIST_SIZE])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < RECORD_RULES_FIELDS && rule->fields[i] != NULL && used < LIST_SIZE; i++)
        used += (size_t)snprintf(out + used, LIST_SIZE - used, _("%s“%s”"), i == 0 ? "" : ", ",
            field_word(rule->fields[i], language));
    return out;
}

/* What to do: %1$s is the field at fault, %2$s all that the rule looks at. */
static const char *const advice[] = {
    [RECORD_RULE_ORDER] = N_("Correct one of %2$s."),
    [RECORD_RULE_NEEDS] = N_("Give “%1$s” a value."),
    [RECORD_RULE_TOGETHER] = N_("Give “%1$s” a value, or empty what goes with it (%2$s)."),
    [RECORD_RULE_ANY] = N_("Give a value to at least one of %2$s."),
    [RECORD_RULE_ONE] = N_("Give a value to one of %2$s, not to both."),
    [RECORD_RULE_ABOVE] = N_("Correct “%1$s”."),
    [RECORD_RULE_EMAIL] = N_("Correct “%1$s”."),
    [RECORD_RULE_HASH] = N_("Attach the document anew: “%1$s” is worked out from it."),
    [RECORD_RULE_NAME] = N_("Correct “%1$s”."),
    [RECORD_RULE_LANGUAGE] = N_("Correct “%1$s”."),
};

bool kind_rules_refusal(const struct error *error, const struct kind *kind, bool field,
    const char *language, char *out, size_t size)
{
    const struct record_rule *rule =
        error->code == CONCERT__CODE__INVALID ? find_rule(error, kind, field) : NULL;
    char all[LIST_SIZE], what[LIST_SIZE * 2];

    if (rule == NULL)
        return false;
    if (!looks_at(rule, error->field)) {
        snprintf(out, size, "%s", sentence_of(rule, language));
        return true;
    }
    fill_two(what, sizeof(what), _(advice[rule->test]), field_word(error->field, language),
        list_fields(rule, language, all));
    snprintf(out, size, "%s %s", sentence_of(rule, language), what);
    return true;
}

/* --- what the register asks --------------------------------------------------------------------
 */

/* What a flag of a field asks, with the fields that have it. */
struct flag_row {
    unsigned flag;
    const char *name;     /* for programs */
    const char *sentence; /* %s: the fields */
};

static const struct flag_row flag_rows[] = {
    {KIND_REQUIRED, "required", N_("Always has: %s.")},
    {KIND_FIXED, "fixed", N_("Set once and for all when the record is created: %s.")},
    {KIND_FROZEN, "frozen",
        N_("Once the plan is adopted, changes by an amendment of the coordination "
           "alone: %s.")},
    {KIND_COORDINATOR, "coordinator", N_("For the coordination alone: %s.")},
    {KIND_STAFF, "staff", N_("For the coordination and the secretariat alone: %s.")},
    {KIND_OWNERS, "owners", N_("For the committee that holds it, not for whom it names: %s.")},
    {KIND_SERVER, "server", N_("Given by the server: %s.")},
    {KIND_PERSONAL, "personal", N_("Personal, told to the staff and its own committee alone: %s.")},
};

/* The kind's fields that have the flag, joined; "" when none has. */
static const char *flagged(
    const struct kind *kind, unsigned flag, const char *language, struct arena *arena)
{
    const char *all = "";

    for (unsigned i = 0; i < kind->descriptor->n_fields && all != NULL; i++) {
        const char *name = kind->descriptor->fields[i].name;

        if (kinds_field(kind, name)->flags & flag)
            all = arena_printf(
                arena, "%s%s%s", all, *all == '\0' ? "" : ", ", field_word(name, language));
    }
    return all == NULL ? "" : all;
}

static void put_row(struct sheet *sheet, const char *name, const char *sentence)
{
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, name);
    sheet_text(sheet, sentence);
}

void kind_rules_sheet(struct context *context, const struct kind *kind)
{
    static const struct sheet_column columns[] = {
        {"rule", NULL, SHEET_TEXT, false, true},
        {"sentence", N_("Rules"), SHEET_TEXT, true, false},
    };
    struct arena *arena = report_arena(context->report);
    struct sheet *sheet =
        report_sheet(context->report, "rules", NULL, SHEET_TABLE, false, columns, 2);

    for (size_t i = 0; i < record_rules_count; i++)
        if (record_rules[i].kind == kind->id)
            put_row(sheet, record_rules[i].name, sentence_of(&record_rules[i], context->language));
    for (size_t i = 0; i < sizeof(flag_rows) / sizeof(flag_rows[0]); i++) {
        const char *all = flagged(kind, flag_rows[i].flag, context->language, arena);

        if (*all != '\0')
            put_row(sheet, flag_rows[i].name, arena_printf(arena, _(flag_rows[i].sentence), all));
    }
}
