/* The program's log: one line an event on stderr, key=value, with time and level. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above this level are dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/* True when lines of this level are written: for who would format something for one. */
bool log_wants(enum log_level level);

/* Writes one line: "TIME level=… PREFIX MESSAGE". `prefix` tells the object ("session=7"), may be
 * NULL; the message is key=value pairs in printf's format. */
void log_line(enum log_level level, const char *prefix, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As log_line, for wrappers that stand for an object. */
void log_list(enum log_level level, const char *prefix, const char *format, va_list list);
