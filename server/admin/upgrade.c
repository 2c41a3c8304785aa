#include "admin/upgrade.h"

#include <stdio.h>
#include <stdlib.h>

#include "admin/restore_gate.h"
#include "i18n.h"
#include "store/migrate.h"
#include "text.h"

#define UNKNOWN (-1)
#define NO_RIGHTS (-2) /* the daemon's role may not even ask */
#define NO_NAME (-3)   /* no schema can be called so */
#define CLOSED (-4)    /* a restore has not come to its end */

/* A schema that was brought back by hand has its tables and nobody's rights to them. */
static bool may_not_ask(struct pg_conn *conn, const char *schema)
{
    char why[DIRECT_WHY_SIZE];

    return direct_number(conn, why,
               "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
               " WHERE n.nspname = '%s' AND c.relname = 'schema_version' AND NOT"
               " (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))",
               schema) > 0;
}

/* The regions that are there instead, but what a restore has put aside; "": none. */
static void find_others(struct pg_conn *conn, char others_r[DIRECT_WHY_SIZE])
{
    char why[DIRECT_WHY_SIZE];

    direct_text(conn, others_r, DIRECT_WHY_SIZE, why,
        "SELECT string_agg(schemaname, ', ' ORDER BY schemaname) FROM pg_tables"
        " WHERE tablename = 'schema_version' AND schemaname !~ '_before_[0-9_]+$'");
}

/* The version, or one of the above. `why_r`: what the database says; others_r: see find_others. */
static int version_of(const struct settings_region *region, char why_r[DIRECT_WHY_SIZE],
    char others_r[DIRECT_WHY_SIZE])
{
    struct pg_conn *conn = direct_open(region->database, why_r);
    int version = UNKNOWN;

    if (conn != NULL && !migrate_name_valid(region->name))
        version = NO_NAME;
    else if (conn != NULL && restore_gate_closed(conn, region->name, why_r) > 0)
        version = CLOSED;
    else if (conn != NULL)
        version = may_not_ask(conn, region->name) ? NO_RIGHTS
                                                  : migrate_version_on(conn, region->name, why_r);
    if (version == 0 || version == NO_NAME)
        find_others(conn, others_r);
    direct_close(&conn);
    return version;
}

static void say_none(const struct settings_region *region, const char *folder, const char *others,
    char *why_r, size_t size)
{
    if (others[0] != '\0')
        snprintf(why_r, size,
            _("The database has no region “%s”, but: %s. Is the name in [region NAME] of "
              "%s/concertd.conf right, and the setting “database”? “concertd restore FILE --state "
              "%s” brings a region back, “concertd init” makes a new one."),
            region->name, others, folder, folder);
    else
        snprintf(why_r, size,
            _("The database has no region “%s”: run “concertd restore FILE --state %s”, or "
              "“concertd init” for a new one."),
            region->name, folder);
}

static void say_version(
    const struct settings_region *region, const char *folder, int version, char *why_r, size_t size)
{
    if (version < migrate_latest())
        snprintf(why_r, size,
            _("The region “%s” has schema version %d and this program needs %d: run “concertd "
              "backup --state %s”, then “concertd migrate --state %s”."),
            region->name, version, migrate_latest(), folder, folder);
    else
        snprintf(why_r, size,
            _("The region “%s” has schema version %d, which is newer than this program's, %d: "
              "install the newer concertd (apt upgrade)."),
            region->name, version, migrate_latest());
}

enum upgrade upgrade_look(
    const struct settings_region *region, const char *folder, char *why_r, size_t size)
{
    char why[DIRECT_WHY_SIZE] = "", others[DIRECT_WHY_SIZE] = "";
    int version = version_of(region, why, others);

    if (version == migrate_latest())
        return UPGRADE_FITS;
    if (version == UNKNOWN)
        text_copy(why_r, size, why);
    else if (version == CLOSED)
        snprintf(why_r, size,
            _("The restore of the region “%s” has not come to its end, and whom the region forgot "
              "since the backup may be in it: give the same “concertd restore” command again (into "
              "%s), it goes on from there."),
            region->name, folder);
    else if (version == NO_RIGHTS)
        snprintf(why_r, size,
            _("The server's role has no rights to the region “%s”: run “concertd migrate --state "
              "%s”, which gives them."),
            region->name, folder);
    else if (version == 0 || version == NO_NAME)
        say_none(region, folder, others, why_r, size);
    else
        say_version(region, folder, version, why_r, size);
    return version == UNKNOWN ? UPGRADE_AWAY : UPGRADE_WRONG;
}

int upgrade_check(const struct admin *admin)
{
    char why[UPGRADE_WHY];
    enum upgrade found = upgrade_look(admin->region, admin->folder, why, sizeof(why));

    if (found == UPGRADE_FITS)
        return 0;
    return found == UPGRADE_AWAY
               ? admin_say(admin, EXIT_FAILURE, _("The database does not answer: %s"), why)
               : admin_say(admin, EXIT_FAILURE, "%s", why);
}

bool upgrade_not_needed(
    const struct settings *settings, const char *folder, char *why_r, size_t size)
{
    for (size_t i = 0; i < settings->n_regions; i++)
        if (migrate_name_valid(settings->regions[i].name) &&
            upgrade_look(&settings->regions[i], folder, why_r, size) == UPGRADE_WRONG)
            return false;
    return true;
}
