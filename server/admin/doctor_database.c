/* The database: whether it answers, and keeps what it is given. */
#include <stdio.h>
#include <string.h>

#include "admin/doctor_internal.h"
#include "admin/upgrade.h"
#include "i18n.h"
#include "store/migrate.h"

#define POSTGRESQL_LEAST 140000
#define LAG_BYTES (INT64_C(64) << 20)

void doctor_connections(struct doctor *doctor)
{
    const struct settings_region *region = doctor->region;
    char why[INSPECT_WHY];

    doctor->daemon = inspect_open(region->database, region->name, why);
    if (doctor->daemon == NULL)
        doctor_found(doctor,
            _("The database does not answer the server's connection: %s. Is PostgreSQL running "
              "(systemctl status postgresql), and is the setting “database” right?"),
            why);
    else
        doctor_fine(doctor, "%s", _("The database answers as the server connects."));
    if (region->owner_database[0] == '\0') {
        doctor_found(doctor, "%s",
            _("The setting “owner_database” is empty: upgrades, restores and erasures need it."));
        return;
    }
    doctor->owner = inspect_open(region->owner_database, region->name, why);
    if (doctor->owner == NULL)
        doctor_found(doctor,
            _("The database does not answer the owner's connection: %s. Is the setting "
              "“owner_database” right?"),
            why);
    else
        doctor_fine(doctor, "%s", _("The database answers as its owner connects."));
}

void doctor_version(struct doctor *doctor)
{
    char why[UPGRADE_WHY];

    if (upgrade_look(doctor->region, doctor->admin->folder, why, sizeof(why)) == UPGRADE_FITS) {
        doctor_fine(doctor, _("The schema is of this program's version, %lld."),
            (long long)migrate_latest());
        return;
    }
    doctor_found(doctor, "%s", why);
    inspect_close(&doctor->daemon); /* what is asked next would be refused for that reason alone */
}

void doctor_rights(struct doctor *doctor)
{
    int64_t much = 0, erases = 0;

    if (!doctor_number(doctor,
            "SELECT (has_table_privilege('change', 'UPDATE') OR has_table_privilege('change',"
            " 'DELETE') OR has_table_privilege('change', 'TRUNCATE'))::integer::bigint",
            &much) ||
        !doctor_number(doctor,
            "SELECT count(*) FROM pg_proc WHERE proname = 'erase_changes' AND pronamespace ="
            " current_schema()::regnamespace AND has_function_privilege(oid, 'EXECUTE')",
            &erases))
        return;
    if (much > 0 || erases > 0)
        doctor_found(doctor,
            _("The role that the server connects as may change the log. Give “database” a role of "
              "its own, not the schema's owner, then: concertd migrate --state %s"),
            doctor->admin->folder);
    else
        doctor_fine(
            doctor, "%s", _("The server's role can add to the log, and change nothing in it."));
}

/* Quick: verify looks at all. */
void doctor_head(struct doctor *doctor)
{
    int64_t wrong;

    if (!doctor_number(doctor,
            "SELECT count(*) FROM head h WHERE h.seq <> coalesce((SELECT max(seq) FROM change), 0)"
            " OR (h.seq > 0 AND NOT EXISTS (SELECT FROM change c WHERE c.seq = h.seq AND c.hash ="
            " h.hash))",
            &wrong))
        return;
    if (wrong > 0)
        doctor_found(doctor,
            _("The log's head and its last change do not agree: concertd verify --state %s"),
            doctor->admin->folder);
    else
        doctor_fine(doctor, "%s", _("The log's head is its last change."));
}

void doctor_postgresql(struct doctor *doctor)
{
    int64_t version;

    if (!doctor_number(doctor, "SELECT current_setting('server_version_num')::bigint", &version))
        return;
    if (version < POSTGRESQL_LEAST)
        doctor_found(doctor, _("PostgreSQL is of version %lld, and must be 14 or later."),
            (long long)(version / 10000));
    else
        doctor_fine(doctor, _("PostgreSQL is of version %lld."), (long long)(version / 10000));
}

/* Standbys that commits should wait for, and do not. */
static void check_awaited(struct doctor *doctor)
{
    char names[256], commit[32];

    if (!doctor_text(
            doctor, "SELECT current_setting('synchronous_standby_names')", names, sizeof(names)) ||
        !doctor_text(
            doctor, "SELECT current_setting('synchronous_commit')", commit, sizeof(commit)))
        return;
    if (names[0] != '\0' && strcmp(commit, "local") == 0)
        doctor_found(doctor, "%s",
            _("PostgreSQL's synchronous_standby_names is set, but its synchronous_commit is local: "
              "what clients were told is kept can be lost with the primary. ALTER SYSTEM SET "
              "synchronous_commit = on; SELECT pg_reload_conf();"));
}

void doctor_durable(struct doctor *doctor)
{
    static const char *const names[] = {"fsync", "synchronous_commit", "full_page_writes"};
    char sql[96], value[32];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(sql, sizeof(sql), "SELECT current_setting('%s')", names[i]);
        if (!doctor_text(doctor, sql, value, sizeof(value)))
            continue;
        if (strcmp(value, "off") == 0)
            doctor_found(doctor,
                _("PostgreSQL's %1$s is off: what clients were told is kept can be lost. ALTER "
                  "SYSTEM SET %1$s = on; SELECT pg_reload_conf();"),
                names[i]);
        else
            doctor_fine(doctor, _("PostgreSQL's %s is %s."), names[i], value);
    }
    check_awaited(doctor);
}

/* To who may not see how far a standby is, PostgreSQL shows it without its state. What only takes
 * the log, as a backup does, replays nothing, and is no standby. */
void doctor_standbys(struct doctor *doctor)
{
    int64_t standbys = 0, lag = 0, hidden = 0;

    if (!doctor_number(doctor,
            "SELECT count(*) FROM pg_stat_replication WHERE state IS NULL OR replay_lsn IS NOT "
            "NULL",
            &standbys))
        return;
    if (standbys == 0) {
        doctor_fine(doctor, "%s", _("No standby follows the database."));
        return;
    }
    if (!doctor_number(
            doctor, "SELECT count(*) FROM pg_stat_replication WHERE state IS NULL", &hidden))
        return;
    if (hidden > 0) {
        doctor_note(doctor,
            ngettext(
                "How far behind the database's %lld standby is cannot be seen: GRANT pg_monitor "
                "TO the role of the setting “database”.",
                "How far behind the database's %lld standbys are cannot be seen: GRANT pg_monitor "
                "TO the role of the setting “database”.",
                (unsigned long)standbys),
            (long long)standbys);
        return;
    }
    if (!doctor_number(doctor,
            "SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::bigint FROM"
            " pg_stat_replication WHERE replay_lsn IS NOT NULL",
            &lag))
        return;
    if (lag > LAG_BYTES)
        doctor_found(doctor,
            _("A standby is %lld MiB behind: see why on its machine (journalctl -u postgresql)."),
            (long long)(lag >> 20));
    else
        doctor_fine(doctor,
            ngettext("%lld standby follows the database, %lld bytes behind.",
                "%lld standbys follow the database, at most %lld bytes behind.",
                (unsigned long)standbys),
            (long long)standbys, (long long)lag);
}
