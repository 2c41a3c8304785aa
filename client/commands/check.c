/* What the plan promises against what is recorded. */
#include <string.h>

#include "figures/check.h"
#include "i18n.h"
#include "input/asked.h"
#include "input/change.h"
#include "input/pick.h"
#include "text.h"
#include "words/phrase.h"

#define STALE_DAYS 60
#define RULES_MAX 64

struct checking {
    struct context *context;
    struct arena *arena;
    struct check_scope scope;
    const char *only;
};

static const struct sheet_column people[] = {
    {"handle", N_("Record"), SHEET_TEXT, false, false},
    {"title", N_("Title"), SHEET_TEXT, SHEET_CUT, false},
    {"promised", N_("Promised"), SHEET_TEXT, true, false},
    {"found", N_("Found"), SHEET_TEXT, true, false},
};

static const struct sheet_column programs[] = {
    {"rule", NULL, SHEET_TEXT, false, false},
    {"sentence", NULL, SHEET_TEXT, false, false},
    {"kind", NULL, SHEET_TEXT, false, false},
    {"handle", NULL, SHEET_TEXT, false, false},
    {"id", NULL, SHEET_TEXT, false, false},
    {"title", NULL, SHEET_TEXT, false, false},
    {"promised", NULL, SHEET_TEXT, false, false},
    {"found", NULL, SHEET_TEXT, false, false},
};

static void put_for_programs(
    const struct checking *to, const struct check_finding *findings, size_t count)
{
    struct sheet *sheet = report_sheet(to->context->report, "findings", NULL, SHEET_TABLE, false,
        programs, sizeof(programs) / sizeof(programs[0]));
    char id[UUID_TEXT];

    for (size_t i = 0; i < count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        uuid_format(findings[i].record->id, id);
        sheet_text(sheet, findings[i].rule->name);
        sheet_text(sheet, _(findings[i].rule->sentence));
        sheet_text(sheet, findings[i].record->kind->name);
        sheet_text(sheet, findings[i].record->handle);
        sheet_text(sheet, id);
        sheet_text(sheet, book_label(to->context->book, findings[i].record));
        sheet_text(sheet, findings[i].promised);
        sheet_text(sheet, findings[i].found);
    }
}

/* A sheet for each rule: what should hold, and where it does not. */
static void put_for_people(
    const struct checking *to, const struct check_finding *findings, size_t count)
{
    const struct check_rule *rule = NULL;
    struct sheet *sheet = NULL;

    for (size_t i = 0; i < count; i++) {
        if (findings[i].rule != rule) {
            rule = findings[i].rule;
            sheet = report_sheet(to->context->report, rule->name, _(rule->sentence), SHEET_TABLE,
                false, people, sizeof(people) / sizeof(people[0]));
        }
        sheet_row(sheet, 0, SHEET_WARN);
        sheet_text(sheet, findings[i].record->handle);
        sheet_text(sheet, book_label(to->context->book, findings[i].record));
        sheet_text(sheet, findings[i].promised);
        sheet_text(sheet, findings[i].found);
    }
    if (count == 0)
        report_note(to->context->report, _("Nothing to mend: what is promised is recorded."));
    else
        report_note(to->context->report,
            arena_printf(to->arena, ngettext("%zu finding.", "%zu findings.", count), count));
}

/* Where meetings are counted, and as of when the rest is true. */
static void put_as_of(const struct checking *to)
{
    uint64_t seq;

    desk_age(to->context->desk, &seq);
    report_note(to->context->report,
        phrase_as_of(to->context->today, seq, to->context->language, to->arena));
    if (to->scope.plan != NULL)
        report_note(
            to->context->report, arena_printf(to->arena, _("Meetings are counted within “%s”."),
                                     book_label(to->context->book, to->scope.plan)));
}

static enum command_exit unknown_rule(const struct checking *to)
{
    const char *names[RULES_MAX];
    size_t count = 0;

    for (; count < check_rules_count && count < RULES_MAX; count++)
        names[count] = check_rules[count].name;
    return command_say(to->context, COMMAND_USAGE,
        _("“%s” is not a rule of the check. The nearest is “%s”; “concert check --rules” lists "
          "them."),
        to->only,
        text_nearest(to->only, names, count) == NULL ? names[0]
                                                     : text_nearest(to->only, names, count));
}

static enum command_exit list_rules(struct context *context)
{
    static const struct sheet_column columns[] = {{"rule", N_("Rule"), SHEET_TEXT, false, false},
        {"sentence", N_("What should hold"), SHEET_TEXT, true, false}};
    struct sheet *sheet =
        report_sheet(context->report, "rules", NULL, SHEET_TABLE, false, columns, 2);

    for (size_t i = 0; i < check_rules_count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, check_rules[i].name);
        sheet_text(sheet, _(check_rules[i].sentence));
    }
    return COMMAND_OK;
}

static bool read_options(struct checking *to, enum command_exit *code_r)
{
    to->only = command_option(to->context, "rule");
    if (to->only != NULL && check_rule_find(to->only) == NULL) {
        *code_r = unknown_rule(to);
        return false;
    }
    if (to->only != NULL)
        to->only = check_rule_find(to->only)->name;
    return asked_days(to->context, "silence", &to->scope.stale, code_r);
}

static enum command_exit check(struct checking *to)
{
    size_t count;
    const struct check_finding *findings =
        check_run(to->context->book, &to->scope, to->only, to->arena, &count);

    if (findings == NULL)
        return change_no_memory(to->context);
    if (to->context->machine)
        put_for_programs(to, findings, count);
    else
        put_for_people(to, findings, count);
    put_as_of(to);
    return count == 0 ? COMMAND_OK : COMMAND_FINDINGS;
}

static enum command_exit run(struct context *context)
{
    struct checking to = {.context = context,
        .arena = context->arena,
        .scope = {.language = context->language, .today = context->today, .stale = STALE_DAYS}};
    enum command_exit code = COMMAND_OK;
    size_t plans;

    if (command_option(context, "rules") != NULL)
        return list_rules(context);
    if (!read_options(&to, &code))
        return code;
    book_list(context->book, CONCERT__KIND__PLAN, &plans);
    if (plans > 0) {
        to.scope.plan = pick_plan(context, context->argc > 0 ? context->argv[0] : NULL, &code);
        if (to.scope.plan == NULL)
            return code;
    }
    return check(&to);
}

static const struct command_option options[] = {
    {"rule", "regle", 0, N_("RULE"), N_("This rule alone.")},
    {"rules", "regles", 0, NULL, N_("Lists the rules.")},
    {"silence", "silence", 0, N_("DAYS"), N_("After how long a part is left alone: 60 days.")},
    {.name = NULL},
};

const struct command check_command = {
    .name = "check",
    .french = "verifier",
    .usage_en = "[PLAN]",
    .usage_fr = "[PLAN]",
    .summary = N_("Compares what the plan promises with what is recorded."),
    .examples_en = "concert check\nconcert check --rule no-deadline\nconcert check --on 2009-12-31",
    .examples_fr =
        "concert verifier\nconcert verifier --regle no-deadline\nconcert verifier --le 2009-12-31",
    .options = options,
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_READS,
    .run = run,
};
