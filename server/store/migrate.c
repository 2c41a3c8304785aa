#include "migrate.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"
#include "text.h"

#define NAME_MAX_SIZE 48
#define LOCK "4850185516" /* of pg_advisory_lock: one migration at a time */

bool migrate_name_valid(const char *schema)
{
    size_t size = strspn(schema, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return size > 0 && size <= NAME_MAX_SIZE && schema[size] == '\0' && schema[0] >= 'a' &&
           schema[0] <= 'z' && strncmp(schema, "pg_", 3) != 0 &&
           strcmp(schema, "information_schema") != 0 && strcmp(schema, "public") != 0;
}

int migrate_latest(void)
{
    return schema_steps[schema_steps_count - 1].number;
}

static bool fail(char *why_r, const char *what, const char *why)
{
    snprintf(why_r, MIGRATE_WHY_SIZE, "%s: %.*s", what, (int)strcspn(why, "\n"), why);
    return false;
}

/* Runs SQL made as printf makes it; the result, or NULL with why_r. */
static PGresult *query(PGconn *conn, char *why_r, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static PGresult *query(PGconn *conn, char *why_r, const char *format, ...)
{
    char *sql = NULL;
    PGresult *result = NULL;
    va_list list;
    int length;

    va_start(list, format);
    length = vasprintf(&sql, format, list);
    va_end(list);
    if (length >= 0)
        result = PQexec(conn, sql);
    free(length >= 0 ? sql : NULL);
    if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    PQclear(result);
    fail(why_r, "the database refuses", PQerrorMessage(conn));
    return NULL;
}

static bool run(PGconn *conn, char *why_r, const char *sql)
{
    PGresult *result = query(conn, why_r, "%s", sql);

    PQclear(result);
    return result != NULL;
}

/* The first value of a query; -1 with why_r when it fails, 0 for NULL or no row. */
static int number(PGconn *conn, char *why_r, const char *format, const char *word)
{
    char sql[256];
    PGresult *result;
    int value = 0;

    snprintf(sql, sizeof(sql), format, word);
    result = query(conn, why_r, "%s", sql);
    if (result == NULL)
        return -1;
    if (PQntuples(result) > 0)
        value = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static int version(PGconn *conn, const char *schema, char *why_r)
{
    int there = number(conn, why_r,
        "SELECT count(*) FROM pg_tables WHERE schemaname = '%s' AND tablename = 'schema_version'",
        schema);

    if (there <= 0)
        return there;
    return number(conn, why_r, "SELECT max(number) FROM \"%s\".schema_version", schema);
}

/* Makes the schema and its own table, and makes all names relative to it. */
static bool make_schema(PGconn *conn, const char *schema, char *why_r)
{
    PGresult *result = query(conn, why_r,
        "CREATE SCHEMA IF NOT EXISTS \"%s\"; SET LOCAL search_path TO \"%s\";"
        " SET LOCAL client_min_messages TO warning;"
        " CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY,"
        " name text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
        schema, schema);

    PQclear(result);
    return result != NULL;
}

static bool take_steps(PGconn *conn, int from, char *why_r)
{
    for (size_t i = 0; i < schema_steps_count; i++) {
        const struct schema_step *step = &schema_steps[i];
        PGresult *result;

        if (step->number <= from)
            continue;
        if (!run(conn, why_r, step->sql))
            return false;
        result = query(conn, why_r, "INSERT INTO schema_version (number, name) VALUES (%d, '%s')",
            step->number, step->name);
        PQclear(result);
        if (result == NULL)
            return false;
    }
    return true;
}

/* The register forgets no record, no number is given again, and the log forgets nothing at all. */
static bool grant(PGconn *conn, const char *schema, const char *role, char *why_r)
{
    char *quoted = PQescapeIdentifier(conn, role, strlen(role));
    PGresult *result = NULL;

    if (quoted != NULL)
        result = query(conn, why_r,
            "GRANT USAGE ON SCHEMA \"%1$s\" TO %2$s;"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"%1$s\" TO %2$s;"
            "REVOKE UPDATE, DELETE ON change FROM %2$s;"
            "REVOKE DELETE ON record, invitation, resolution FROM %2$s;"
            "REVOKE INSERT, DELETE ON head FROM %2$s;"
            "REVOKE INSERT, UPDATE, DELETE ON schema_version FROM %2$s",
            schema, quoted);
    PQfreemem(quoted);
    PQclear(result);
    return result != NULL;
}

static bool migrate(PGconn *conn, const char *schema, const char *role, char *why_r)
{
    int from;

    if (!run(conn, why_r, "BEGIN") || !run(conn, why_r, "SELECT pg_advisory_xact_lock(" LOCK ")"))
        return false;
    from = version(conn, schema, why_r);
    if (from < 0)
        return false;
    if (from > migrate_latest())
        return fail(why_r, schema, "the schema is of a later version than this program");
    return make_schema(conn, schema, why_r) && take_steps(conn, from, why_r) &&
           grant(conn, schema, role, why_r) && run(conn, why_r, "COMMIT");
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static PGconn *connect_to(const char *conninfo, const char *schema, char *why_r)
{
    PGconn *conn;

    if (!migrate_name_valid(schema)) {
        fail(why_r, schema, "not a region's name: a-z, 0-9 and _, a letter first, at most 48");
        return NULL;
    }
    conn = PQconnectdb(conninfo);
    if (PQstatus(conn) == CONNECTION_OK) {
        PQsetNoticeReceiver(conn, ignore_notice, NULL);
        return conn;
    }
    fail(why_r, "no connection", PQerrorMessage(conn));
    PQfinish(conn);
    return NULL;
}

bool migrate_run(const char *owner_conninfo, const char *schema, const char *daemon_role,
    char why_r[MIGRATE_WHY_SIZE])
{
    PGconn *conn = connect_to(owner_conninfo, schema, why_r);
    bool fine = conn != NULL && migrate(conn, schema, daemon_role, why_r);

    PQfinish(conn); /* which rolls back what has not been committed */
    return fine;
}

bool migrate_version(
    const char *conninfo, const char *schema, int *version_r, char why_r[MIGRATE_WHY_SIZE])
{
    PGconn *conn = connect_to(conninfo, schema, why_r);

    *version_r = conn == NULL ? -1 : version(conn, schema, why_r);
    PQfinish(conn);
    return *version_r >= 0;
}

bool migrate_user(const char *conninfo, char *user_r, size_t size, char why_r[MIGRATE_WHY_SIZE])
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    bool found = false;

    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "user") == 0 && o->val != NULL)
            found = text_copy(user_r, size, o->val);
    PQconninfoFree(options);
    return found || fail(why_r, "the connection names no user", conninfo);
}
