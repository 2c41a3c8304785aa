/* The words of the line: which command, its options, how many arguments, which day. */
#include "clock.h"
#include "date.h"
#include "i18n.h"
#include "input/fields.h"
#include "language.h"
#include "program.h"
#include "schedule.h"

#include <string.h>

extern const struct command help_command, version_command;

static enum command_exit find_command(struct program *p)
{
    const char *near = NULL, *word;

    p->context.command = &help_command;
    if (p->options.n_words == 0)
        return COMMAND_OK;
    word = p->options.words[0];
    p->context.command = command_find(word, p->context.language, &near);
    if (p->context.command != NULL)
        return COMMAND_OK;
    if (near != NULL)
        return command_say(&p->context, COMMAND_USAGE,
            _("There is no command “%s”. Did you mean “%s”? “concert help” lists them all."), word,
            near);
    return command_say(&p->context, COMMAND_USAGE,
        _("There is no command “%s”: “concert help” lists them all."), word);
}

static enum command_exit say_problem(struct program *p, const struct options_problem *problem)
{
    const char *name = command_name(p->context.command, p->context.language);

    switch (problem->trouble) {
    case OPTIONS_UNKNOWN:
        if (problem->near != NULL)
            return command_say(&p->context, COMMAND_USAGE,
                _("There is no option “%s”. Did you mean “--%s”?"), problem->word, problem->near);
        return command_say(&p->context, COMMAND_USAGE,
            _("There is no option “%s”: “concert help %s” lists them."), problem->word, name);
    case OPTIONS_SEVERAL:
        return command_say(&p->context, COMMAND_USAGE,
            _("“%s” may mean several options: write one in full (“concert help %s” lists them)."),
            problem->word, name);
    case OPTIONS_NO_VALUE:
        return command_say(&p->context, COMMAND_USAGE,
            _("The option “%s” wants a value behind it."), problem->word);
    case OPTIONS_A_VALUE:
        return command_say(
            &p->context, COMMAND_USAGE, _("The option “%s” takes no value."), problem->word);
    default:
        return command_say(&p->context, COMMAND_FAILED, _("There is not enough memory for this."));
    }
}

static enum command_exit read_options(struct program *p, int argc, char **argv)
{
    struct options_problem problem;
    const char *given;

    options_clear(&p->options);
    if (!options_read(&p->options, p->context.command->options, argc, argv, false, &problem))
        return say_problem(p, &problem);
    given = p->options.common[OPTIONS_LANG];
    if (given != NULL && language_read(given) == NULL)
        return command_say(&p->context, COMMAND_USAGE,
            _("There is no language “%s” here: --lang takes fr or en."), given);
    given = p->options.common[OPTIONS_FORMAT];
    if (given != NULL && printer_find(given) == NULL)
        return command_say(&p->context, COMMAND_USAGE,
            _("There is no format “%s”: --format takes table, json, csv or tsv."), given);
    p->context.argc = p->options.n_words > 0 ? p->options.n_words - 1 : 0;
    p->context.argv = p->options.words + (p->options.n_words > 0);
    return COMMAND_OK;
}

/* `concert show --help` is `concert help show`, `concert --version` is `concert version`. */
static void turn_to(struct program *p)
{
    if (p->options.common[OPTIONS_HELP] != NULL && p->context.command != &help_command) {
        p->context.command = &help_command;
        p->context.argc = 1;
        p->context.argv = p->options.words;
    } else if (p->options.common[OPTIONS_VERSION] != NULL) {
        p->context.command = &version_command;
        p->context.argc = 0;
    }
}

static enum command_exit check_count(struct program *p)
{
    const struct command *c = p->context.command;

    if (p->context.argc >= c->min_args && (c->max_args < 0 || p->context.argc <= c->max_args))
        return COMMAND_OK;
    return command_say(&p->context, COMMAND_USAGE,
        p->context.argc < c->min_args
            ? _("Something is missing. Usage: concert %s %s\n“concert help %s” shows examples.")
            : _("There are too many words; put quotes around a text. Usage: concert %s "
                "%s\n“concert help %s” shows examples."),
        command_name(c, p->context.language),
        strcmp(p->context.language, "fr") == 0 ? c->usage_fr : c->usage_en,
        command_name(c, p->context.language));
}

enum command_exit program_read(struct program *p, int argc, char **argv)
{
    enum command_exit code;

    if ((code = find_command(p)) != COMMAND_OK)
        return code;
    if ((code = read_options(p, argc, argv)) != COMMAND_OK)
        return code;
    turn_to(p);
    return check_count(p);
}

/* The last day that the words mean, so that "octobre 2009" is as of its end. */
static bool read_day(const char *text, int32_t today, int32_t *day_r)
{
    struct schedule schedule;

    if (fields_day(text, today, day_r))
        return true;
    if (!schedule_read(text, &schedule) || schedule.mode != SCHEDULE_DATED ||
        schedule.latest == DATE_NONE)
        return false;
    *day_r = schedule.latest;
    return true;
}

enum command_exit program_today(struct program *p)
{
    const char *given = p->options.common[OPTIONS_ON];

    p->context.today = date_of_time(clock_now(), NULL);
    if (given == NULL)
        return COMMAND_OK;
    p->context.today_given = true;
    if (read_day(given, p->context.today, &p->context.today))
        return COMMAND_OK;
    return command_say(&p->context, COMMAND_USAGE,
        _("“%s” is not a day: write --on 2009-10-15 or --on \"15 October 2009\"."), given);
}
