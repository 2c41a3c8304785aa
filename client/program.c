#include "program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "date.h"
#include "fields.h"
#include "i18n.h"
#include "language.h"
#include "phrase.h"
#include "schedule.h"
#include "talk.h"

#define PAGE_ARENA ((size_t)1 << 30)

extern const struct command help_command;

static int64_t now_microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --home, else CONCERT_HOME, else the folder of the person's programs. */
static void choose_home(struct program *p)
{
    const char *given = p->options.common[OPTIONS_HOME];
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

    if (given == NULL)
        given = getenv("CONCERT_HOME");
    if (given != NULL && given[0] != '\0')
        snprintf(p->home, sizeof(p->home), "%s", given);
    else if (data != NULL && data[0] == '/')
        snprintf(p->home, sizeof(p->home), "%s/concert", data);
    else
        snprintf(p->home, sizeof(p->home), "%s/.local/share/concert", home == NULL ? "" : home);
    p->context.home = p->home;
}

static bool open_desk(struct program *p, struct desk_why *why_r)
{
    struct desk_options options = {p->home, p->context.offline};

    if (p->context.desk != NULL)
        return true;
    p->context.desk = desk_open(&options, why_r);
    if (p->context.desk != NULL)
        date_zone(desk_identity(p->context.desk)->timezone);
    return p->context.desk != NULL;
}

/* What was asked for, else the environment, else the region's; French when nothing tells. */
static void choose_language(struct program *p)
{
    const char *given = p->options.common[OPTIONS_LANG];
    const char *language = given == NULL ? NULL : language_read(given);
    struct desk_why why;

    if (language == NULL)
        language = language_of_environment();
    if (language == NULL && open_desk(p, &why))
        language = language_read(desk_identity(p->context.desk)->language);
    p->context.language = language == NULL ? "fr" : language;
    language_use(p->context.language);
}

/* A first look at the line, for what must be known before anything can be said. */
static bool look(struct program *p, int argc, char **argv)
{
    struct options_problem problem;
    const char *format;

    if (!options_read(&p->options, NULL, argc, argv, true, &problem))
        return false;
    format = p->options.common[OPTIONS_FORMAT];
    p->printer = format == NULL ? NULL : printer_find(format);
    if (p->printer == NULL)
        p->printer = printer_get(0);
    p->context.offline = p->options.common[OPTIONS_OFFLINE] != NULL;
    p->context.machine = p->printer->machine;
    p->context.program = p;
    choose_home(p);
    choose_language(p);
    return true;
}

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

/* `concert show --help` is `concert help show`. */
static void turn_to_help(struct program *p)
{
    if (p->options.common[OPTIONS_HELP] == NULL || p->context.command == &help_command)
        return;
    p->context.command = &help_command;
    p->context.argc = 1;
    p->context.argv = p->options.words;
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

static enum command_exit read_today(struct program *p)
{
    const char *given = p->options.common[OPTIONS_ON];

    p->context.today = date_of_time(now_microseconds(), NULL);
    if (given == NULL)
        return COMMAND_OK;
    p->context.today_given = true;
    if (read_day(given, p->context.today, &p->context.today))
        return COMMAND_OK;
    return command_say(&p->context, COMMAND_USAGE,
        _("“%s” is not a day: write --on 2009-10-15 or --on \"15 October 2009\"."), given);
}

/* How old the copy is, when the server could not tell of anything newer. */
static void tell_age(struct program *p, const struct desk_why *why)
{
    char sentence[TALK_SIZE], moment[PHRASE_SIZE], age[PHRASE_SIZE];
    uint64_t seq;
    int64_t then = desk_age(p->context.desk, &seq);

    if (why->trouble != DESK_UNREACHABLE) {
        talk_why(why, p->context.language, sentence);
        command_tell(&p->context, "refresh", "%s", sentence);
    }
    if (then == 0) {
        command_tell(&p->context, "offline", "%s",
            _("Offline: there is no copy of the plan on this device yet."));
        return;
    }
    phrase_moment(then, p->context.language, moment);
    phrase_age(now_microseconds() - then, age);
    command_tell(&p->context, "offline", _("Offline: copy of %s, %s."), moment, age);
}

static enum command_exit open_for(struct program *p)
{
    struct desk_why why = {.trouble = DESK_FINE};

    if (!(p->context.command->flags & COMMAND_NO_DESK) && !open_desk(p, &why))
        return command_why(&p->context, &why);
    return COMMAND_OK;
}

static enum command_exit load(struct program *p)
{
    unsigned flags = p->context.command->flags;
    struct desk_why why = {.trouble = DESK_FINE};

    if (!(flags & (COMMAND_READS | COMMAND_WRITES)))
        return COMMAND_OK;
    desk_on_progress(p->context.desk, terminal_progress, &p->bar);
    if (!(flags & COMMAND_NO_REFRESH)) {
        bool fresh = desk_refresh(p->context.desk, &why);
        terminal_bar_end(&p->bar);
        if (!fresh)
            tell_age(p, &why);
    }
    p->context.book = desk_book(p->context.desk, &why);
    return p->context.book == NULL ? command_why(&p->context, &why) : COMMAND_OK;
}

static void fill_page(const struct program *p, struct printer_page *page)
{
    bool raw = (p->context.command->flags & COMMAND_RAW) != 0;

    page->arena = arena_new(PAGE_ARENA);
    page->width = terminal_width();
    page->colour = terminal_colours();
    page->lines = raw;
    page->again = raw && p->printed;
    page->language = p->context.language;
}

bool command_print(struct context *context)
{
    struct program *p = context->program;
    bool paged = p->options.common[OPTIONS_NO_PAGER] == NULL && !p->context.machine &&
                 !(context->command->flags & COMMAND_RAW);
    struct printer_page page = {0};
    char *text = NULL;
    size_t size = 0;
    bool done = false;

    fill_page(p, &page);
    page.out = open_memstream(&text, &size);
    if (page.out != NULL && page.arena != NULL && !report_failed(context->report)) {
        p->printer->print(context->report, &page);
        done = fclose(page.out) == 0 && terminal_write(text, size, paged);
    } else if (page.out != NULL) {
        fclose(page.out);
    }
    free(text);
    arena_free(&page.arena);
    report_clear(context->report);
    p->printed = true;
    return done;
}

static enum command_exit run_command(struct program *p)
{
    enum command_exit code;

    p->context.report = report_new();
    if (p->context.report == NULL)
        return command_say(&p->context, COMMAND_FAILED, _("There is not enough memory for this."));
    report_for(p->context.report, p->context.language, p->context.machine);
    code = p->context.command->run(&p->context);
    terminal_bar_end(&p->bar);
    if (!command_print(&p->context) && code == COMMAND_OK)
        return command_say(&p->context, COMMAND_FAILED, _("The answer could not be written."));
    return code;
}

static enum command_exit run(struct program *p, int argc, char **argv)
{
    enum command_exit code;

    if ((code = find_command(p)) != COMMAND_OK)
        return code;
    if ((code = read_options(p, argc, argv)) != COMMAND_OK)
        return code;
    turn_to_help(p);
    if ((code = check_count(p)) != COMMAND_OK)
        return code;
    if ((code = open_for(p)) != COMMAND_OK || (code = read_today(p)) != COMMAND_OK)
        return code;
    if ((code = load(p)) != COMMAND_OK)
        return code;
    return run_command(p);
}

int program_run(int argc, char **argv)
{
    struct program program = {0};
    enum command_exit code = COMMAND_FAILED;

    /* A pager or `head` that has seen enough is no failure of ours to die of. */
    signal(SIGPIPE, SIG_IGN);
    if (look(&program, argc, argv))
        code = run(&program, argc, argv);
    report_free(&program.context.report);
    desk_free(&program.context.desk);
    options_clear(&program.options);
    return (int)code;
}
