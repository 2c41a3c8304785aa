#include "direct.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define PATIENCE "10" /* seconds */

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static void tell(char *why_r, const char *why)
{
    snprintf(why_r, DIRECT_WHY_SIZE, "%.*s", (int)strcspn(why, "\n"), why);
}

PGconn *direct_open(const char *conninfo, char why_r[DIRECT_WHY_SIZE])
{
    /* What comes later wins: a timeout of the connection's own words does. */
    const char *const keys[] = {"connect_timeout", "application_name", "dbname", NULL};
    const char *const values[] = {PATIENCE, "concertd", conninfo, NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(conn) == CONNECTION_OK) {
        PQsetNoticeReceiver(conn, ignore_notice, NULL);
        return conn;
    }
    tell(why_r, PQerrorMessage(conn));
    PQfinish(conn);
    return NULL;
}

void direct_close(PGconn **conn)
{
    PQfinish(*conn);
    *conn = NULL;
}

static PGresult *query(PGconn *conn, char *why_r, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));

/* The result, when it is a good one. */
static PGresult *good(PGconn *conn, PGresult *result, char *why_r)
{
    if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    PQclear(result);
    tell(why_r, PQerrorMessage(conn));
    return NULL;
}

static PGresult *query(PGconn *conn, char *why_r, const char *format, va_list list)
{
    char *sql = NULL;
    PGresult *result = NULL;

    if (vasprintf(&sql, format, list) >= 0) {
        result = PQexec(conn, sql);
        free(sql);
    }
    return good(conn, result, why_r);
}

bool direct_run(PGconn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
{
    PGresult *result;
    va_list list;

    va_start(list, format);
    result = query(conn, why_r, format, list);
    va_end(list);
    PQclear(result);
    return result != NULL;
}

void direct_codes(PGconn *conn, bool with)
{
    PQsetErrorVerbosity(conn, with ? PQERRORS_VERBOSE : PQERRORS_DEFAULT);
}

static bool first(PGresult *result, char *text_r, size_t size)
{
    bool fine = result != NULL;

    snprintf(text_r, size, "%s", fine && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return fine;
}

bool direct_text(
    PGconn *conn, char *text_r, size_t size, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
{
    PGresult *result;
    va_list list;

    va_start(list, format);
    result = query(conn, why_r, format, list);
    va_end(list);
    return first(result, text_r, size);
}

long long direct_number(PGconn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
{
    PGresult *result;
    char text[32];
    va_list list;

    va_start(list, format);
    result = query(conn, why_r, format, list);
    va_end(list);
    return first(result, text, sizeof(text)) ? atoll(text) : -1;
}

PGresult *direct_ask(PGconn *conn, const char *sql, const struct pipeline_value *values,
    size_t n_values, char why_r[DIRECT_WHY_SIZE])
{
    const char *data[DIRECT_VALUES_MAX];
    int sizes[DIRECT_VALUES_MAX], formats[DIRECT_VALUES_MAX];

    if (n_values > DIRECT_VALUES_MAX) {
        tell(why_r, "too many values");
        return NULL;
    }
    for (size_t i = 0; i < n_values; i++) {
        data[i] = values[i].data;
        sizes[i] = (int)values[i].size;
        formats[i] = 1;
    }
    return good(conn, PQexecParams(conn, sql, (int)n_values, NULL, data, sizes, formats, 1), why_r);
}

void direct_result_free(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

bool direct_words(PGconn *conn, direct_word *take, void *arg)
{
    PQconninfoOption *options = PQconninfo(conn);
    bool fine = options != NULL;

    if (!fine)
        errno = ENOMEM;
    for (PQconninfoOption *o = options; fine && o != NULL && o->keyword != NULL; o++)
        if (o->val != NULL && *o->val != '\0')
            fine = take(arg, o->keyword, o->val);
    PQconninfoFree(options);
    return fine;
}

bool direct_user(const char *conninfo, char *user_r, size_t size)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    bool found = false;

    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "user") == 0 && o->val != NULL)
            found = text_copy(user_r, size, o->val);
    PQconninfoFree(options);
    return found;
}

static bool take_quoted(char *quoted, char *quoted_r)
{
    bool fits = quoted != NULL && strlen(quoted) < DIRECT_QUOTED_SIZE;

    if (fits)
        snprintf(quoted_r, DIRECT_QUOTED_SIZE, "%s", quoted);
    PQfreemem(quoted);
    return fits;
}

bool direct_identifier(PGconn *conn, const char *name, char name_r[DIRECT_QUOTED_SIZE])
{
    return take_quoted(PQescapeIdentifier(conn, name, strlen(name)), name_r);
}

void direct_literal(PGconn *conn, const char *text, char literal_r[DIRECT_QUOTED_SIZE])
{
    if (!take_quoted(PQescapeLiteral(conn, text, strlen(text)), literal_r))
        snprintf(literal_r, DIRECT_QUOTED_SIZE, "NULL");
}
