#include "log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"error", "warning", "info", "debug"};
static enum log_level threshold = LOG_LEVEL_INFO;
static unsigned own_worker;

void log_set_level(enum log_level level)
{
    threshold = level;
}

void log_set_worker(unsigned worker)
{
    own_worker = worker;
}

static bool is_plain(const char *value)
{
    if (*value == '\0')
        return false;
    for (; *value != '\0' && *value != '\n'; value++)
        if ((unsigned char)*value <= ' ' || strchr("\"\\=\x7f", *value) != NULL)
            return false;
    return true;
}

const char *log_value(const char *value, char value_r[LOG_VALUE])
{
    bool plain = is_plain(value);
    size_t used = 0;

    if (!plain)
        value_r[used++] = '"';
    for (; *value != '\0' && *value != '\n' && used < LOG_VALUE - 6; value++) {
        unsigned char c = (unsigned char)*value;

        if (c < ' ' || c == 0x7f)
            used += (size_t)snprintf(value_r + used, 5, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            used += (size_t)snprintf(value_r + used, 3, "\\%c", c);
        else
            value_r[used++] = *value;
    }
    if (!plain)
        value_r[used++] = '"';
    value_r[used] = '\0';
    return value_r;
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
    char line[2048], worker[32] = "";
    struct timespec now;
    struct tm utc;
    size_t used;
    int more;

    if (!log_wants(level))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    used = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &utc);
    if (own_worker > 0)
        snprintf(worker, sizeof(worker), " worker=%u", own_worker);
    more =
        snprintf(line + used, sizeof(line) - used, ".%03ldZ level=%s%s%s%s ", now.tv_nsec / 1000000,
            names[level], worker, prefix == NULL ? "" : " ", prefix == NULL ? "" : prefix);
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
