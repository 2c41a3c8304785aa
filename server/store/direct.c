#include "direct.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static PGresult *query(PGconn *conn, char *why_r, const char *format, va_list list)
{
    char *sql = NULL;
    PGresult *result = NULL;

    if (vasprintf(&sql, format, list) >= 0) {
        result = PQexec(conn, sql);
        free(sql);
    }
    if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    PQclear(result);
    tell(why_r, PQerrorMessage(conn));
    return NULL;
}

PGresult *direct_query(PGconn *conn, char why_r[DIRECT_WHY_SIZE], const char *format, ...)
{
    PGresult *result;
    va_list list;

    va_start(list, format);
    result = query(conn, why_r, format, list);
    va_end(list);
    return result;
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

void direct_literal(PGconn *conn, const char *text, char literal_r[DIRECT_LITERAL_SIZE])
{
    char *quoted = PQescapeLiteral(conn, text, strlen(text));
    bool fits = quoted != NULL && strlen(quoted) < DIRECT_LITERAL_SIZE;

    snprintf(literal_r, DIRECT_LITERAL_SIZE, "%s", fits ? quoted : "NULL");
    PQfreemem(quoted);
}
