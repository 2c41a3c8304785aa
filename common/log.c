#include "log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"error", "warning", "info", "debug"};
static enum log_level threshold = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    threshold = level;
}

bool log_wants(enum log_level level)
{
    return level <= threshold;
}

/* A line is one write, so that lines of several processes do not mix; control characters, which a
 * peer could send to forge a line, become spaces. */
static void emit(char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = ' ';
    line[size] = '\n';
    if (write(STDERR_FILENO, line, size + 1) < 0)
        return;
}

void log_list(enum log_level level, const char *prefix, const char *format, va_list list)
{
    char line[2048];
    struct timespec now;
    struct tm utc;
    size_t used;
    int more;

    if (!log_wants(level))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &utc);
    more =
        snprintf(line + used, sizeof(line) - used, ".%03ldZ level=%s%s%s ", now.tv_nsec / 1000000,
            names[level], prefix == NULL ? "" : " ", prefix == NULL ? "" : prefix);
    used += (size_t)(more < 0 ? 0 : more);
    if (used > sizeof(line))
        used = sizeof(line);
    more = vsnprintf(line + used, sizeof(line) - used, format, list);
    used += (size_t)(more < 0 ? 0 : more);
    emit(line, used < sizeof(line) ? used : sizeof(line) - 1);
}

void log_line(enum log_level level, const char *prefix, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    log_list(level, prefix, format, list);
    va_end(list);
}
