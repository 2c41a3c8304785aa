#include "admin/restore_database.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "admin/restore_gate.h"
#include "i18n.h"
#include "store/dump.h"
#include "store/migrate.h"

static bool refused(const struct restore *restore, const char *why)
{
    admin_say(restore->admin, 1, _("The database refuses: %s"), why);
    return false;
}

/* Until the connection ends: “concertd init” holds the region so, too. */
static bool hold_region(const struct restore *restore)
{
    char why[DIRECT_WHY_SIZE];
    long long has = direct_number(restore->conn, why,
        "SELECT pg_try_advisory_lock(hashtextextended('concertd init %s', 0))::integer",
        restore->file.name);

    if (has < 0)
        return refused(restore, why);
    if (has == 0)
        admin_say(restore->admin, 1,
            _("Another “concertd restore” or “concertd init” is at work on the region “%s” in the "
              "database: wait until it is done."),
            restore->file.name);
    return has > 0;
}

/* Whether owner_database's role may make the schema, and replace the one that is there. */
static bool check_rights(const struct restore *restore)
{
    char why[DIRECT_WHY_SIZE], role[64], database[64], owner[64];

    if (!direct_text(restore->conn, role, sizeof(role), why, "SELECT current_user") ||
        !direct_text(restore->conn, database, sizeof(database), why, "SELECT current_database()") ||
        !direct_text(restore->conn, owner, sizeof(owner), why,
            "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = '%s'"
            " AND NOT pg_has_role(nspowner, 'USAGE')",
            restore->file.name))
        return refused(restore, why);
    if (owner[0] != '\0') {
        admin_say(restore->admin, 1,
            _("The schema “%s” in the database “%s” is “%s”'s, and owner_database connects as "
              "“%s”, who may not touch it: --owner-database must connect as “%s”."),
            restore->file.name, database, owner, role, owner);
        return false;
    }
    switch (direct_number(restore->conn, why,
        "SELECT has_database_privilege(current_database(), 'CREATE')::integer")) {
    case 1:
        return true;
    case 0:
        admin_say(restore->admin, 1,
            _("owner_database connects as “%s”, who may not make a schema in the database “%s”: "
              "--owner-database must connect as the role that owns the database, or let this one "
              "(GRANT CREATE ON DATABASE \"%s\" TO \"%s\")."),
            role, database, database, role);
        return false;
    default:
        return refused(restore, why);
    }
}

/* Whether the daemon's role is there to be given its rights. */
static bool check_role(const struct restore *restore, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];
    long long there;

    direct_literal(restore->conn, role, quoted);
    there = direct_number(
        restore->conn, why, "SELECT count(*) FROM pg_roles WHERE rolname = %s", quoted);
    if (there < 0)
        return refused(restore, why);
    if (there == 0)
        admin_say(restore->admin, 1,
            _("The database has no role “%s”, which the server connects as: make it first (CREATE "
              "ROLE %s LOGIN)."),
            role, role);
    return there > 0;
}

/* Nobody may write into what is moved aside. */
static bool check_nobody_serves(const struct restore *restore, const char *role)
{
    char why[DIRECT_WHY_SIZE], quoted[DIRECT_QUOTED_SIZE];
    long long there;

    direct_literal(restore->conn, role, quoted);
    there = direct_number(restore->conn, why,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename = %s AND pid <> pg_backend_pid()",
        quoted);
    if (there < 0)
        return refused(restore, why);
    if (there > 0)
        admin_say(restore->admin, 1,
            _("A server is connected to the database as “%s” (%lld connections): stop it first."),
            role, there);
    return there == 0;
}

/* A schema that nobody ever wrote to is no loss; what has no log and is not empty is something
 * else's: 1. */
static long long count_changes(const struct restore *restore, char *why_r)
{
    const char *name = restore->file.name;
    long long log = direct_number(restore->conn, why_r,
        "SELECT count(*) FROM pg_tables WHERE schemaname = '%s' AND tablename = 'head'", name);

    if (log < 0)
        return -1;
    return log == 0 ? direct_number(restore->conn, why_r,
                          "SELECT count(*) FROM (SELECT FROM pg_depend d JOIN pg_namespace n ON"
                          " d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid"
                          " WHERE n.nspname = '%s' LIMIT 1) one",
                          name)
                    : direct_number(restore->conn, why_r,
                          "SELECT greatest((SELECT max(seq) FROM \"%1$s\".head),"
                          " (SELECT max(seq) FROM \"%1$s\".change))",
                          name);
}

static void name_aside(struct restore *restore)
{
    time_t now = time(NULL);
    struct tm parts;
    char moment[20];

    gmtime_r(&now, &parts);
    strftime(moment, sizeof(moment), "%Y%m%d_%H%M%S", &parts);
    snprintf(restore->aside, sizeof(restore->aside), "%.38s_before_%s", restore->file.name, moment);
}

/* Which backup a schema is of, as the comment on it says while it is closed; an SQL text. */
static void mark_of(const struct restore *restore, char mark_r[DIRECT_QUOTED_SIZE])
{
    char mark[DIRECT_QUOTED_SIZE];

    snprintf(mark, sizeof(mark), "concertd restore %s %s", restore->file.head, restore->file.hash);
    direct_literal(restore->conn, mark, mark_r);
}

/* Sets `filled`: this was done before with the same backup, and did not come to its end. Then it
 * is closed and has the mark; or it is open, has the backup's head, and the server's role has no
 * rights to it. *cut_r: closed, by this backup or by another. False with why_r. */
static bool look_at_present(struct restore *restore, const char *role, bool *cut_r, char *why_r)
{
    const struct restore_file *file = &restore->file;
    char text[DIRECT_QUOTED_SIZE];
    long long closed = restore_gate_closed(restore->conn, file->name, why_r), same;

    *cut_r = closed > 0;
    if (closed < 0)
        return false;
    if (*cut_r) {
        mark_of(restore, text);
        same = direct_number(restore->conn, why_r,
            "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'"
            " AND obj_description(oid, 'pg_namespace') = %s",
            file->name, text);
    } else {
        direct_literal(restore->conn, role, text);
        same = direct_number(restore->conn, why_r,
            "SELECT count(*) FROM \"%1$s\".head WHERE seq = %2$s AND hash = decode('%3$s', 'hex')"
            " AND NOT has_schema_privilege(%4$s, '%1$s', 'USAGE')",
            file->name, file->head, file->hash, text);
    }
    restore->filled = same > 0;
    return true;
}

static bool refuse_present(const struct restore *restore, bool cut, long long changes)
{
    if (cut)
        admin_say(restore->admin, 1,
            _("The region “%s” in the database is what the restore of another backup left when it "
              "was cut short, closed to servers. Give that backup's command again, which goes on "
              "from there; or add --aside to put this backup in its place: the other one is kept "
              "under another name."),
            restore->file.name);
    else
        admin_say(restore->admin, 1,
            _("The database has a living region “%s” (%lld changes), and it is left as it is. To "
              "put the backup in its place, stop the server and add --aside: the present region is "
              "kept under another name."),
            restore->file.name, changes);
    return false;
}

/* The owner's connection, alone with the region and with the rights for it. */
static bool open_owner(struct restore *restore)
{
    char why[DIRECT_WHY_SIZE];

    restore->conn = direct_open(restore->region->owner_database, why);
    if (restore->conn == NULL)
        return admin_say(restore->admin, 0, _("The database does not answer: %s"), why) != 0;
    return hold_region(restore) && check_rights(restore);
}

bool restore_database_check(struct restore *restore)
{
    char why[DIRECT_WHY_SIZE], role[64];
    long long changes;
    bool cut;

    if (!migrate_user(restore->region->database, role, sizeof(role), why)) {
        admin_say(restore->admin, 1, _("%s: %s"), "--database", why);
        return false;
    }
    if (!open_owner(restore))
        return false;
    changes = count_changes(restore, why);
    if (changes < 0)
        return refused(restore, why);
    if (!check_role(restore, role))
        return false;
    if (changes == 0)
        return true;
    if (!look_at_present(restore, role, &cut, why))
        return refused(restore, why);
    if (restore->filled)
        return true;
    if (admin_value(restore->admin, "aside") == NULL)
        return refuse_present(restore, cut, changes);
    name_aside(restore);
    return check_nobody_serves(restore, role);
}

bool restore_database_fill(const struct restore *restore)
{
    char before[1024], after[2048], why[DIRECT_WHY_SIZE], mark[DIRECT_QUOTED_SIZE];

    mark_of(restore, mark);
    if (restore->aside[0] != '\0')
        snprintf(before, sizeof(before), "ALTER SCHEMA \"%s\" RENAME TO \"%s\";",
            restore->file.name, restore->aside);
    else
        snprintf(before, sizeof(before),
            "SET client_min_messages TO warning;"
            " DO $$ BEGIN IF to_regclass('\"%1$s\".change') IS NOT NULL THEN"
            " IF EXISTS (SELECT FROM \"%1$s\".change) THEN"
            " RAISE EXCEPTION 'the region came to be meanwhile'; END IF; END IF; END $$;"
            " DROP SCHEMA IF EXISTS \"%1$s\" CASCADE;",
            restore->file.name);
    snprintf(after, sizeof(after),
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM \"%1$s\".head WHERE seq = %2$s AND hash ="
        " decode('%3$s', 'hex')) THEN RAISE EXCEPTION 'the log''s head is not the backup''s';"
        " END IF; END $$; " RESTORE_GATE("ENABLE", "%4$s"),
        restore->file.name, restore->file.head, restore->file.hash, mark);
    if (dump_restore(restore->conn, restore->file.dump, before, after, why))
        return true;
    admin_say(restore->admin, 1, _("Nothing was restored: %s."), why);
    return false;
}

static bool not_ended(const struct restore *restore, const char *why)
{
    admin_say(restore->admin, 1,
        _("The region is in the database again, but no server may serve it yet: %s. Give the same "
          "command again when that is mended: it goes on from here."),
        why);
    return false;
}

bool restore_database_bring_up(const struct restore *restore)
{
    char why[MIGRATE_WHY_SIZE], role[64], mark[DIRECT_QUOTED_SIZE];

    mark_of(restore, mark);
    /* closed already, unless this goes on with one that had no rights alone */
    return (restore_gate_close(restore->conn, restore->file.name, mark, why) &&
               migrate_user(restore->region->database, role, sizeof(role), why) &&
               migrate_run(restore->region->owner_database, restore->file.name, role, why)) ||
           not_ended(restore, why);
}

bool restore_database_open(const struct restore *restore)
{
    char why[DIRECT_WHY_SIZE];

    return restore_gate_open(restore->conn, restore->file.name, why) || not_ended(restore, why);
}

bool restore_database_kept(const struct restore *restore, char name[RESTORE_NAMED_MAX + 1])
{
    char why[DIRECT_WHY_SIZE], after[RESTORE_NAMED_MAX + 1];

    snprintf(after, sizeof(after), "%s", name);
    return direct_text(restore->conn, name, RESTORE_NAMED_MAX + 1, why,
               "SELECT nspname FROM pg_namespace WHERE nspname ~ '^%.38s_before_[0-9]{8}_[0-9]{6}$'"
               " AND nspname > '%s' ORDER BY nspname LIMIT 1",
               restore->file.name, after) &&
           name[0] != '\0';
}
