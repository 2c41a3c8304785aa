/* Help made from the commands' rows, the kinds' descriptors and the table of exit codes. */
#include <string.h>

#include "arena.h"
#include "exit_codes.h"
#include "i18n.h"
#include "program.h"
#include "words.h"
#include "words/kind_example.h"
#include "words/kind_rules.h"
#include "words/kind_word.h"
#include "words/start.h"

#define COMMANDS_MAX 64

/* How the list is grouped: by what commands need. */
struct group_row {
    const char *name, *title;
};

static const struct group_row groups[] = {
    {"read", N_("Read the plan")},
    {"write", N_("Change the plan")},
    {"people", N_("People and their devices")},
    {"device", N_("This device and the server")},
};

/* Who lets people in and out looks there. */
static const char *const of_people[] = {"invite", "devices", "revoke", "quarantine", "handover"};

static size_t group_of(const struct command *command)
{
    for (size_t i = 0; i < sizeof(of_people) / sizeof(of_people[0]); i++)
        if (strcmp(command->name, of_people[i]) == 0)
            return 2;
    if (strcmp(command->name, "about") == 0)
        return 3;
    if (command->flags & COMMAND_WRITES)
        return 1;
    return (command->flags & COMMAND_READS) && !(command->flags & COMMAND_NO_REFRESH) ? 0 : 3;
}

static bool french(const struct context *context)
{
    return strcmp(context->language, "fr") == 0;
}

static const char *usage(const struct context *context, const struct command *command)
{
    return french(context) ? command->usage_fr : command->usage_en;
}

/* For people: a card a group, whose headers are the commands' names. */
static void show_group(struct context *context, size_t group)
{
    struct sheet_column columns[COMMANDS_MAX] = {{.key = NULL}};
    const struct command *members[COMMANDS_MAX];
    struct sheet *sheet;
    size_t n = 0;

    for (size_t i = 0; i < commands_count && n < COMMANDS_MAX; i++) {
        if (group_of(commands[i]) != group)
            continue;
        members[n] = commands[i];
        columns[n++] = (struct sheet_column){
            .key = commands[i]->name, .title = command_name(commands[i], context->language)};
    }
    sheet = report_sheet(
        context->report, groups[group].name, groups[group].title, SHEET_CARD, true, columns, n);
    if (n > 0)
        sheet_row(sheet, 0, SHEET_PLAIN);
    for (size_t i = 0; i < n; i++)
        sheet_text(sheet, _(members[i]->summary));
}

static void list_for_programs(struct context *context)
{
    static const struct sheet_column columns[] = {{"name", NULL, SHEET_TEXT, false, false},
        {"french", NULL, SHEET_TEXT, false, false}, {"usage", NULL, SHEET_TEXT, false, false},
        {"summary", NULL, SHEET_TEXT, false, false}, {"group", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet =
        report_sheet(context->report, "commands", NULL, SHEET_TABLE, false, columns, 5);

    for (size_t i = 0; i < commands_count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, commands[i]->name);
        sheet_text(sheet, commands[i]->french);
        sheet_text(sheet, usage(context, commands[i]));
        sheet_text(sheet, _(commands[i]->summary));
        sheet_text(sheet, groups[group_of(commands[i])].name);
    }
}

static void notef(struct context *context, const char *text)
{
    if (text != NULL)
        report_note(context->report, text);
}

static enum command_exit list(struct context *context)
{
    if (context->machine) {
        list_for_programs(context);
        return COMMAND_OK;
    }
    report_note(context->report,
        _("concert: the shared regional plan. Usage: concert COMMAND [WORDS] [OPTIONS]"));
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        show_group(context, i);
    report_note(context->report,
        french(context)
            ? _("More: concert help COMMAND, concert help KIND, “concert help kinds”, “concert "
                "help options”, “concert help codes”. Names may be cut short while only one "
                "begins so; the English names work too.")
            : _("More: concert help COMMAND, concert help KIND, “concert help kinds”, “concert "
                "help options”, “concert help codes”. Names may be cut short while only one "
                "begins so; the French names work too."));
    return COMMAND_OK;
}

/* "-m, --message REASON": an option as help shows it. */
static const char *option_title(
    const struct context *context, const struct command_option *option, struct arena *arena)
{
    const char *name = french(context) ? option->french : option->name;
    char letter[8] = {'-', option->letter, ',', ' ', '\0'};

    return arena_printf(arena, "%s--%s%s%s", option->letter == 0 ? "" : letter, name,
        option->value == NULL ? "" : " ", option->value == NULL ? "" : _(option->value));
}

/* Common options that mean something of their own to a command. */
static const struct {
    const char *command;
    struct command_option option;
} meanings[] = {
    {"handover", {"on", "le", 0, N_("DAY"),
                     N_("The last day of those who leave; without it they leave today.")}},
};

/* The command's options, and what common ones mean to it, up to the NULL row. */
static void list_options(
    const struct command *command, struct command_option rows_r[OPTIONS_OWN_MAX + 1])
{
    size_t n = 0;

    for (const struct command_option *o = command->options; o != NULL && o->name != NULL; o++)
        if (n < OPTIONS_OWN_MAX)
            rows_r[n++] = *o;
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (strcmp(meanings[i].command, command->name) == 0 && n < OPTIONS_OWN_MAX)
            rows_r[n++] = meanings[i].option;
    rows_r[n] = (struct command_option){.name = NULL};
}

static void show_options(struct context *context, const char *name, const char *title,
    const struct command_option *options)
{
    struct sheet_column columns[OPTIONS_OWN_MAX];
    struct sheet *sheet;
    size_t n = 0;

    for (; options != NULL && options[n].name != NULL && n < OPTIONS_OWN_MAX; n++)
        columns[n] = (struct sheet_column){.key = options[n].name,
            .title = option_title(context, &options[n], report_arena(context->report))};
    if (n == 0)
        return;
    sheet = report_sheet(context->report, name, title, SHEET_CARD, true, columns, n);
    sheet_row(sheet, 0, SHEET_PLAIN);
    for (size_t i = 0; i < n; i++)
        sheet_text(sheet, _(options[i].help));
}

/* For programs: the row as it is. */
static void command_for_programs(struct context *context, const struct command *command)
{
    static const struct sheet_column columns[] = {{"name", NULL, SHEET_TEXT, false, false},
        {"french", NULL, SHEET_TEXT, false, false}, {"usage", NULL, SHEET_TEXT, false, false},
        {"summary", NULL, SHEET_TEXT, false, false}, {"examples", NULL, SHEET_TEXT, false, false}};
    static const struct sheet_column option_columns[] = {{"name", NULL, SHEET_TEXT, false, false},
        {"french", NULL, SHEET_TEXT, false, false}, {"value", NULL, SHEET_TEXT, false, false},
        {"help", NULL, SHEET_TEXT, false, false}};
    struct sheet *sheet =
        report_sheet(context->report, "command", NULL, SHEET_CARD, true, columns, 5);
    struct command_option rows[OPTIONS_OWN_MAX + 1];

    list_options(command, rows);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, command->name);
    sheet_text(sheet, command->french);
    sheet_text(sheet, usage(context, command));
    sheet_text(sheet, _(command->summary));
    sheet_text(sheet, french(context) ? command->examples_fr : command->examples_en);
    sheet = report_sheet(context->report, "options", NULL, SHEET_TABLE, false, option_columns, 4);
    for (const struct command_option *o = rows; o->name != NULL; o++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, o->name);
        sheet_text(sheet, o->french);
        sheet_text(sheet, o->value == NULL ? NULL : _(o->value));
        sheet_text(sheet, _(o->help));
    }
}

static void show_examples(struct context *context, const struct command *command)
{
    const char *lines = french(context) ? command->examples_fr : command->examples_en;
    struct arena *arena = report_arena(context->report);
    const char *text =
        arena_printf(arena, "%s%s", command->options == NULL ? "\n" : "", _("Examples:"));

    while (lines != NULL && *lines != '\0' && text != NULL) {
        size_t length = strcspn(lines, "\n");
        text = arena_printf(arena, "%s\n  %.*s", text, (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
    notef(context, text);
}

static enum command_exit help_command_row(struct context *context, const struct command *command)
{
    struct arena *arena = report_arena(context->report);
    struct command_option rows[OPTIONS_OWN_MAX + 1];

    if (context->machine) {
        command_for_programs(context, command);
        return COMMAND_OK;
    }
    list_options(command, rows);
    notef(context, arena_printf(arena, _("Usage: concert %s %s"),
                       command_name(command, context->language), usage(context, command)));
    notef(context, _(command->summary));
    notef(context, arena_printf(arena,
                       french(context) ? _("In English: concert %s.") : _("In French: concert %s."),
                       french(context) ? command->name : command->french));
    show_options(context, "options", N_("Options"), rows);
    show_examples(context, command);
    return COMMAND_OK;
}

static enum command_exit help_kind(struct context *context, const struct kind *kind)
{
    struct arena *arena = report_arena(context->report);
    const char *example = kind_example(kind, context->language, arena);

    notef(context, arena_printf(arena, _("Fields of the kind “%s”:"),
                       words_show(WORDS_KIND, kind->name, context->language)));
    kind_word_fields(context, kind);
    kind_rules_sheet(context, kind);
    if (example != NULL)
        notef(context, arena_printf(arena, _("For instance:\n  %s"), example));
    return COMMAND_OK;
}

static enum command_exit help_codes(struct context *context)
{
    static const struct sheet_column columns[] = {
        {"code", N_("Code"), SHEET_NUMBER, false, false},
        {"name", N_("Name"), SHEET_TEXT, false, false},
        {"meaning", N_("Meaning"), SHEET_TEXT, true, false},
    };
    struct sheet *sheet =
        report_sheet(context->report, "codes", NULL, SHEET_TABLE, false, columns, 3);

    for (size_t i = 0; i < exit_codes_count; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_number(sheet, (int64_t)exit_codes[i].code);
        sheet_text(sheet, exit_codes[i].name);
        sheet_text(sheet, _(exit_codes[i].meaning));
    }
    return COMMAND_OK;
}

static enum command_exit help_options(struct context *context)
{
    show_options(context, "options", N_("Options of every command"), options_common);
    return COMMAND_OK;
}

static enum command_exit help_kinds(struct context *context)
{
    kind_word_all(context);
    return COMMAND_OK;
}

/* What help knows beside commands and kinds. */
struct topic {
    const char *name, *french;
    enum command_exit (*show)(struct context *context);
};

static const struct topic topics[] = {
    {"codes", "codes", help_codes},
    {"options", "options", help_options},
    {"kinds", "sortes", help_kinds},
};

static enum command_exit run(struct context *context)
{
    const struct command *command;
    const struct kind *kind;
    const char *word, *near;

    if (context->argc == 0 && context->program->options.n_words == 0 && !context->machine &&
        context->program->options.common[OPTIONS_HELP] == NULL) {
        start_report(context);
        return COMMAND_OK;
    }
    if (context->argc == 0)
        return list(context);
    word = context->argv[0];
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
        if (strcmp(topics[i].name, word) == 0 || strcmp(topics[i].french, word) == 0)
            return topics[i].show(context);
    kind = kind_word_read(word);
    command = command_find(word, context->language, &near);
    if (command != NULL)
        help_command_row(context, command);
    if (kind != NULL)
        help_kind(context, kind);
    if (command != NULL || kind != NULL)
        return COMMAND_OK;
    if (near == NULL)
        near = kind_word_near(word, context->language);
    if (near == NULL)
        return command_say(context, COMMAND_USAGE,
            _("There is no help on “%s”: “concert help” lists the commands, “concert help kinds” "
              "the kinds of records."),
            word);
    return command_say(
        context, COMMAND_USAGE, _("There is no help on “%s”. Did you mean “%s”?"), word, near);
}

const struct command help_command = {
    .name = "help",
    .french = "aide",
    .usage_en = "[COMMAND|KIND|kinds|options|codes]",
    .usage_fr = "[COMMANDE|SORTE|sortes|options|codes]",
    .summary = N_("Shows the commands, one command, or the fields and rules of a kind of record."),
    .examples_en = "concert help\nconcert help progress\nconcert help share",
    .examples_fr = "concert aide\nconcert aide avancer\nconcert aide part",
    .min_args = 0,
    .max_args = 1,
    .flags = COMMAND_NO_DESK,
    .run = run,
};
