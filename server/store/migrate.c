#include "migrate.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "schema.h"

#define NAME_MAX_SIZE 48
#define LOCK "4850185516" /* of pg_advisory_lock: one migration at a time */
#define PATIENCE "10s"    /* for a lock: who comes behind waits as long */
#define LOCKED "55P03"    /* SQLSTATE lock_not_available */

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

int migrate_version_on(struct pg_conn *conn, const char *schema, char why_r[MIGRATE_WHY_SIZE])
{
    long long there = direct_number(conn, why_r,
        "SELECT count(*) FROM pg_tables WHERE schemaname = '%s' AND tablename = 'schema_version'",
        schema);

    if (there <= 0)
        return (int)there;
    return (int)direct_number(conn, why_r, "SELECT max(number) FROM \"%s\".schema_version", schema);
}

/* Makes the schema and its own table, and makes all names relative to it. */
static bool make_schema(struct pg_conn *conn, const char *schema, char *why_r)
{
    return direct_run(conn, why_r,
        "CREATE SCHEMA IF NOT EXISTS \"%s\"; SET LOCAL search_path TO \"%s\";"
        " SET LOCAL client_min_messages TO warning;"
        " CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY,"
        " name text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
        schema, schema);
}

static bool take_step(struct pg_conn *conn, const struct schema_step *step, char *why_r)
{
    char why[MIGRATE_WHY_SIZE];
    bool fine;

    direct_codes(conn, true);
    fine = direct_run(conn, why, "%s", step->sql) &&
           direct_run(conn, why, "INSERT INTO schema_version (number, name) VALUES (%d, '%s')",
               step->number, step->name);
    direct_codes(conn, false);
    if (!fine && strstr(why, LOCKED) != NULL)
        snprintf(why_r, MIGRATE_WHY_SIZE,
            _("step %s: something else holds the region's tables, such as a backup or a long "
              "query. Run the same command again when that has ended"),
            step->name);
    else if (!fine)
        snprintf(why_r, MIGRATE_WHY_SIZE, _("step %s: %.400s"), step->name, why);
    return fine;
}

static bool take_steps(
    struct pg_conn *conn, int from, const struct migrate_options *options, char *why_r)
{
    for (size_t i = 0; i < schema_steps_count; i++) {
        if (schema_steps[i].number <= from)
            continue;
        if (options->step != NULL)
            options->step(options->arg, schema_steps[i].number, schema_steps[i].name);
        if (!take_step(conn, &schema_steps[i], why_r))
            return false;
    }
    return true;
}

/* The register forgets no record, no number is given again, and the log forgets nothing at all. */
static bool grant(struct pg_conn *conn, const char *schema, const char *role, char *why_r)
{
    char quoted[DIRECT_QUOTED_SIZE];

    if (!direct_identifier(conn, role, quoted)) {
        snprintf(why_r, MIGRATE_WHY_SIZE, _("“%.100s” is no role's name"), role);
        return false;
    }
    return direct_run(conn, why_r,
        "GRANT USAGE ON SCHEMA \"%1$s\" TO %2$s;"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"%1$s\""
        " TO %2$s;"
        "REVOKE UPDATE, DELETE ON change FROM %2$s;"
        "REVOKE DELETE ON record, invitation, resolution FROM %2$s;"
        "REVOKE INSERT, DELETE ON head FROM %2$s;"
        "REVOKE INSERT, UPDATE, DELETE ON schema_version FROM %2$s;"
        /* A function that a backup brings back is everybody's. */
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE"
        " proname = 'erase_changes' AND pronamespace = '\"%1$s\"'::regnamespace LOOP"
        " EXECUTE format('REVOKE ALL ON FUNCTION %%s FROM PUBLIC', f);"
        " END LOOP; END $$",
        schema, quoted);
}

/* Whether what is there may be brought up. */
static bool may(int from, const char *schema, const struct migrate_options *options, char *why_r)
{
    if (from > migrate_latest())
        snprintf(why_r, MIGRATE_WHY_SIZE,
            _("“%s” has schema version %d, which is newer than this program's, %d: install the "
              "newer concertd"),
            schema, from, migrate_latest());
    else if (from == 0 && options->existing)
        snprintf(why_r, MIGRATE_WHY_SIZE,
            _("the database has no region “%s”: “concertd init” makes a new one, “concertd "
              "restore” brings one back from a backup"),
            schema);
    else
        return from >= 0;
    return false;
}

/* One migration at a time, and a wait that has an end: who asks for a table behind this one waits
 * as long. */
static bool begin(struct pg_conn *conn, char *why_r)
{
    char why[MIGRATE_WHY_SIZE];

    if (!direct_run(conn, why_r, "BEGIN") ||
        !direct_run(conn, why_r, "SET LOCAL lock_timeout = '" PATIENCE "'"))
        return false;
    if (direct_run(conn, why, "SELECT pg_advisory_xact_lock(" LOCK ")"))
        return true;
    snprintf(why_r, MIGRATE_WHY_SIZE,
        _("another migration seems to be at work in this database (%.300s). Run the same command "
          "again when it has ended"),
        why);
    return false;
}

/* A backup has a moment of its own, to which what steps rewrite meanwhile would be empty. */
static bool keep_backups_out(struct pg_conn *conn, const char *schema, char *why_r)
{
    char why[MIGRATE_WHY_SIZE];

    if (direct_run(conn, why,
            "SELECT pg_advisory_xact_lock(hashtextextended('concertd backup %s', 0))", schema))
        return true;
    snprintf(why_r, MIGRATE_WHY_SIZE,
        _("a backup of the region seems to be at work (%.300s). Run the same command again when it "
          "has ended"),
        why);
    return false;
}

bool migrate_keep_out(struct pg_conn *conn, const char *schema, char why_r[MIGRATE_WHY_SIZE])
{
    char quoted[DIRECT_QUOTED_SIZE];

    direct_literal(conn, schema, quoted);
    return direct_run(conn, why_r,
        "SELECT pg_advisory_lock_shared(hashtextextended('concertd backup ' || %s, 0))", quoted);
}

/* When the connection ends in the COMMIT, nobody has told how it went. */
static enum migrate_end end(struct pg_conn *conn, bool rehearse, char *why_r)
{
    char why[MIGRATE_WHY_SIZE];

    if (direct_run(conn, why_r, rehearse ? "SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK" : "COMMIT"))
        return MIGRATE_DONE;
    return rehearse || direct_run(conn, why, "SELECT 1") ? MIGRATE_REFUSED : MIGRATE_UNKNOWN;
}

static enum migrate_end migrate(struct pg_conn *conn, const char *schema, const char *role,
    const struct migrate_options *options, int *from_r, char *why_r)
{
    bool behind;

    if (!begin(conn, why_r))
        return MIGRATE_REFUSED;
    *from_r = migrate_version_on(conn, schema, why_r);
    if (!may(*from_r, schema, options, why_r))
        return MIGRATE_REFUSED;
    behind = *from_r < migrate_latest();
    if ((behind && *from_r > 0 && !keep_backups_out(conn, schema, why_r)) ||
        !make_schema(conn, schema, why_r) || !take_steps(conn, *from_r, options, why_r) ||
        !grant(conn, schema, role, why_r))
        return MIGRATE_REFUSED;
    /* servers look again at a schema that has changed: they open their connections anew */
    if (behind && !direct_run(conn, why_r, "NOTIFY \"concert_%s\", 'schema'", schema))
        return MIGRATE_REFUSED;
    return end(conn, options->rehearse, why_r);
}

static struct pg_conn *connect_to(const char *conninfo, const char *schema, char *why_r)
{
    char why[MIGRATE_WHY_SIZE];
    struct pg_conn *conn;

    if (!migrate_name_valid(schema)) {
        snprintf(why_r, MIGRATE_WHY_SIZE,
            _("“%.100s” is not a region's name: a-z, 0-9 and _, a letter first, at most 48"),
            schema);
        return NULL;
    }
    conn = direct_open(conninfo, why);
    if (conn == NULL)
        snprintf(why_r, MIGRATE_WHY_SIZE, _("no connection: %.400s"), why);
    return conn;
}

enum migrate_end migrate_up(const char *owner_conninfo, const char *schema, const char *daemon_role,
    const struct migrate_options *options, int *from_r, char why_r[MIGRATE_WHY_SIZE])
{
    static const struct migrate_options none = {.existing = false};
    struct pg_conn *conn = connect_to(owner_conninfo, schema, why_r);
    enum migrate_end how = MIGRATE_REFUSED;
    int from = -1;

    if (conn != NULL)
        how = migrate(conn, schema, daemon_role, options == NULL ? &none : options, &from, why_r);
    if (from_r != NULL)
        *from_r = from;
    direct_close(&conn); /* which rolls back what has not been committed */
    return how;
}

bool migrate_run(const char *owner_conninfo, const char *schema, const char *daemon_role,
    char why_r[MIGRATE_WHY_SIZE])
{
    return migrate_up(owner_conninfo, schema, daemon_role, NULL, NULL, why_r) == MIGRATE_DONE;
}

bool migrate_version(
    const char *conninfo, const char *schema, int *version_r, char why_r[MIGRATE_WHY_SIZE])
{
    struct pg_conn *conn = connect_to(conninfo, schema, why_r);

    *version_r = conn == NULL ? -1 : migrate_version_on(conn, schema, why_r);
    direct_close(&conn);
    return *version_r >= 0;
}

bool migrate_user(const char *conninfo, char *user_r, size_t size, char why_r[MIGRATE_WHY_SIZE])
{
    bool found = direct_user(conninfo, user_r, size);

    if (!found) /* not the words themselves: a password may stand in them */
        snprintf(why_r, MIGRATE_WHY_SIZE, "%s", _("the connection names no user (user=concertd)"));
    return found;
}
