/*
 * The program's log: one line an event on stderr, as
 *   2009-10-15T13:30:00.123Z level=info worker=2 session=7 peer=192.0.2.1 request=17 verb=push …
 * The time is UTC; then words key=value, where worker= stands only when there are several, session=
 * and request= are numbers unique in their process, and batch= is unique in its region there. So a
 * request is followed with its request= to the line event=job, which names its batch=, and with
 * that to the statements. A value with spaces, quotes or "=" stands in quotes, with \" \\ and \xHH
 * inside (log_value): what a peer or PostgreSQL says cannot look like another word or line.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define LOG_VALUE 512 /* bytes of a value as it is written; longer ones are cut */

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above this level are dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/* Which of several processes this is; 0: there is one only, and lines do not say. */
void log_set_worker(unsigned worker);

/* The value as it stands in a line: as it is, or quoted. Cut at its first line break. Returns
 * value_r. */
const char *log_value(const char *value, char value_r[LOG_VALUE]);

/* True when lines of this level are written: for who would format something for one. */
bool log_wants(enum log_level level);

/* Writes one line: "TIME level=… PREFIX MESSAGE". `prefix` tells the object ("session=7"), may be
 * NULL; the message is key=value pairs in printf's format. */
void log_line(enum log_level level, const char *prefix, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As log_line, for wrappers that stand for an object. */
void log_list(enum log_level level, const char *prefix, const char *format, va_list list);
