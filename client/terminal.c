#include "terminal.h"

#include "clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH 80
#define WIDTH_MIN 20
#define WIDTH_MAX 500
#define HEIGHT 24
#define BAR 40
#define BAR_AFTER 500 /* milliseconds */

static size_t from_environment(const char *name)
{
    const char *value = getenv(name);
    char *end;
    unsigned long number = value == NULL ? 0 : strtoul(value, &end, 10);

    return number == 0 || *end != '\0' || number > WIDTH_MAX ? 0 : (size_t)number;
}

static bool ask(struct winsize *size_r)
{
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, size_r) == 0;
}

size_t terminal_width(void)
{
    struct winsize size;
    size_t width = from_environment("COLUMNS");

    if (width == 0)
        width = ask(&size) && size.ws_col > 0 ? size.ws_col : WIDTH;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

size_t terminal_height(void)
{
    struct winsize size;
    size_t height = from_environment("LINES");

    if (height == 0)
        height = ask(&size) && size.ws_row > 0 ? size.ws_row : HEIGHT;
    return height;
}

bool terminal_colours(void)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (none == NULL || none[0] == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static bool write_plain(const char *text, size_t size)
{
    bool written = fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0;

    return written || errno == EPIPE; /* `head` has seen enough */
}

/* True when the pager took the text, or was left before its end. */
static bool write_paged(const char *text, size_t size)
{
    const char *pager = getenv("PAGER");
    char command[1024];
    FILE *pipe;

    if (pager == NULL || pager[0] == '\0')
        pager = "less -FRX";
    /* A pager that is not there must not swallow the answer. */
    if (snprintf(command, sizeof(command), "{ %s; } 2>/dev/null || cat", pager) >=
        (int)sizeof(command))
        return false;
    setenv("LESSCHARSET", "utf-8", 0); /* where the locale is plain C, less would count bytes */
    fflush(stdout);
    if ((pipe = popen(command, "w")) == NULL)
        return false;
    fwrite(text, 1, size, pipe);
    return pclose(pipe) != -1;
}

static size_t count_lines(const char *text, size_t size)
{
    size_t lines = 0;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

bool terminal_write(const char *text, size_t size, bool paged)
{
    if (paged && isatty(STDOUT_FILENO) && count_lines(text, size) >= terminal_height() &&
        write_paged(text, size))
        return true;
    return write_plain(text, size);
}

void terminal_progress(void *arg, uint64_t done, uint64_t all)
{
    struct terminal_bar *bar = arg;
    uint64_t part = all == 0 ? 0 : done >= all ? BAR : done * BAR / all;

    if (!isatty(STDERR_FILENO))
        return;
    if (bar->began == 0)
        bar->began = clock_steady();
    if (clock_steady() - bar->began < BAR_AFTER)
        return;
    bar->shown = true;
    fputs("\r ", stderr);
    for (uint64_t i = 0; i < BAR; i++)
        fputs(i < part ? "█" : "░", stderr);
    fprintf(stderr, " %llu / %llu", (unsigned long long)done, (unsigned long long)all);
    fflush(stderr);
}

void terminal_prompt(const char *format, ...)
{
    va_list list;

    if (!isatty(STDIN_FILENO))
        return;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
}

void terminal_bar_end(struct terminal_bar *bar)
{
    if (bar->shown)
        fputs("\r\033[K", stderr);
    *bar = (struct terminal_bar){0, false};
}
