#include "program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "date.h"
#include "i18n.h"
#include "language.h"
#include "words/parting.h"
#include "words/phrase.h"
#include "words/talk.h"

#define PAGE_ARENA ((size_t)1 << 30)
#define COMMAND_ARENA ((size_t)128 << 20)
#define COPY_RECENT (INT64_C(600) * 1000000) /* microseconds */

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
    struct desk_options options = {p->home, p->context.offline, p->context.slow};

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
    struct desk_gone gone;
    struct desk_why why;

    if (language == NULL)
        language = language_of_environment();
    if (language == NULL && open_desk(p, &why))
        language = language_read(desk_identity(p->context.desk)->language);
    else if (language == NULL && desk_gone(p->home, &gone))
        language = language_read(gone.language);
    p->context.language = language == NULL ? "fr" : language;
    language_use("concert", p->context.language);
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
    p->context.slow = p->options.common[OPTIONS_SLOW] != NULL;
    p->context.machine = p->printer->machine;
    p->context.program = p;
    choose_home(p);
    choose_language(p);
    return true;
}

/* How old the copy is, when the server could not tell of anything newer. */
static void tell_age(struct program *p, const struct desk_why *why)
{
    char sentence[TALK_SIZE], moment[PHRASE_SIZE], age[PHRASE_SIZE];
    uint64_t seq;
    int64_t then = desk_age(p->context.desk, &seq);

    if (desk_closed(p->context.desk) != DESK_OPEN)
        parting_tell_closed(&p->context);
    else if (why->trouble != DESK_UNREACHABLE) {
        talk_why(why, p->context.language, sentence);
        command_tell(&p->context, "refresh", "%s", sentence);
    }
    if (then == 0) {
        command_tell(&p->context, "offline", "%s",
            _("Offline: there is no copy of the plan on this device yet."));
        return;
    }
    phrase_moment(then, p->context.language, moment);
    phrase_age(clock_now() - then, age);
    command_tell(&p->context, "offline", _("Offline: copy of %s, %s."), moment, age);
}

/* The device was revoked: what waits is handed over, and the home emptied. */
static enum command_exit leave(struct program *p)
{
    struct desk_gone gone;
    struct desk_why why;
    size_t waiting = desk_surrender_waiting(p->context.desk);

    p->context.book = NULL;
    if (p->context.offline)
        return parting_say_waiting(&p->context, waiting, NULL);
    if (!desk_surrender(&p->context.desk, parting_tell_lost, &p->context, &gone, &why))
        return parting_say_waiting(&p->context, waiting, &why);
    return parting_say_gone(&p->context, &gone);
}

/* The server does not let this device in; anything else is no word of its on that. */
static bool is_shut_out(const struct desk_why *why)
{
    return why->trouble == DESK_ANSWER && why->error.code == CONCERT__CODE__NOT_AUTHENTICATED;
}

/* It was heard before, and could not be finished: asked again before anything else is done, for the
 * coordination may have taken it back meanwhile. */
static enum command_exit leave_first(struct program *p)
{
    struct desk_why why = {.trouble = DESK_FINE};

    if (p->context.desk == NULL || desk_closed(p->context.desk) != DESK_REVOKED)
        return COMMAND_OK;
    if (p->context.offline)
        return leave(p);
    if (desk_refresh(p->context.desk, &why) || desk_closed(p->context.desk) != DESK_REVOKED)
        return COMMAND_OK;
    if (is_shut_out(&why))
        return leave(p);
    return parting_say_waiting(&p->context, desk_surrender_waiting(p->context.desk), &why);
}

static enum command_exit open_for(struct program *p)
{
    struct desk_why why = {.trouble = DESK_FINE};

    if (!(p->context.command->flags & COMMAND_NO_DESK) && !open_desk(p, &why))
        return command_why(&p->context, &why);
    if (p->context.desk != NULL)
        desk_on_progress(p->context.desk, terminal_progress, &p->bar);
    return COMMAND_OK;
}

/* On a slow line a change goes with the copy that its author has just looked at, and refreshes it
 * while it is sent: merging decides all the same, and it is one round trip less. */
static bool copy_will_do(const struct program *p)
{
    uint64_t seq;

    return p->context.command->flags & COMMAND_WRITES && desk_slow(p->context.desk) &&
           clock_now() - desk_age(p->context.desk, &seq) < COPY_RECENT;
}

static enum command_exit load(struct program *p)
{
    unsigned flags = p->context.command->flags;
    struct desk_why why = {.trouble = DESK_FINE};

    if (!(flags & (COMMAND_READS | COMMAND_WRITES)))
        return COMMAND_OK;
    if (!(flags & COMMAND_NO_REFRESH) && !copy_will_do(p)) {
        bool fresh = command_refresh(&p->context, &why);
        terminal_bar_end(&p->bar);
        if (!fresh && desk_closed(p->context.desk) == DESK_REVOKED)
            return leave(p);
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

/* What leaving too needs: before anything is asked of the server. */
static enum command_exit make_report(struct program *p)
{
    p->context.report = report_new();
    p->context.arena = arena_new(COMMAND_ARENA);
    if (p->context.report == NULL || p->context.arena == NULL)
        return command_say(&p->context, COMMAND_FAILED, _("There is not enough memory for this."));
    report_for(p->context.report, p->context.language, p->context.machine);
    return COMMAND_OK;
}

static enum command_exit run_command(struct program *p)
{
    enum command_exit code = p->context.command->run(&p->context);

    terminal_bar_end(&p->bar);
    if (!command_print(&p->context) && code == COMMAND_OK)
        return command_say(&p->context, COMMAND_FAILED, _("The answer could not be written."));
    return code;
}

static enum command_exit run(struct program *p, int argc, char **argv)
{
    enum command_exit code;

    if ((code = program_read(p, argc, argv)) != COMMAND_OK)
        return code;
    if ((code = make_report(p)) != COMMAND_OK)
        return code;
    if ((code = open_for(p)) != COMMAND_OK || (code = program_today(p)) != COMMAND_OK)
        return code;
    if (!(p->context.command->flags & COMMAND_NO_DESK) && (code = leave_first(p)) != COMMAND_OK)
        return code;
    if ((code = load(p)) != COMMAND_OK)
        return code;
    code = run_command(p);
    if (p->context.desk != NULL && !(p->context.command->flags & COMMAND_NO_DESK) &&
        desk_closed_now(p->context.desk) == DESK_REVOKED)
        return leave(p);
    return code;
}

int program_run(int argc, char **argv)
{
    struct program program = {0};
    enum command_exit code = COMMAND_FAILED;

    /* A pager or `head` that has seen enough is no failure of ours to die of. */
    signal(SIGPIPE, SIG_IGN);
    if (look(&program, argc, argv))
        code = run(&program, argc, argv);
    arena_free(&program.context.arena);
    report_free(&program.context.report);
    desk_free(&program.context.desk);
    options_clear(&program.options);
    return (int)code;
}
