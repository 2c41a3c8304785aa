#include "admin/upgrade.h"

#include <stdio.h>

#include "i18n.h"
#include "store/migrate.h"

#define UNKNOWN (-1)
#define NO_RIGHTS (-2) /* the daemon's role may not even ask */

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

/* The version, or one of the above. */
static int version_of(const struct settings_region *region)
{
    char why[DIRECT_WHY_SIZE];
    struct pg_conn *conn = direct_open(region->database, why);
    int version = UNKNOWN;

    if (conn != NULL)
        version = may_not_ask(conn, region->name) ? NO_RIGHTS
                                                  : migrate_version_on(conn, region->name, why);
    direct_close(&conn);
    return version;
}

static bool look(const struct settings_region *region, const char *folder, char *why_r, size_t size)
{
    int version = version_of(region), own = migrate_latest();

    if (version == UNKNOWN || version == own)
        return true;
    if (version == NO_RIGHTS)
        snprintf(why_r, size,
            _("The server's role has no rights to the region “%s”: run “concertd migrate --state "
              "%s”, which gives them."),
            region->name, folder);
    else if (version == 0)
        snprintf(why_r, size,
            _("The database has no region “%s”: run “concertd restore FILE --state %s”, or "
              "“concertd init” for a new one."),
            region->name, folder);
    else if (version < own)
        snprintf(why_r, size,
            _("The region “%s” has schema version %d and this program needs %d: run “concertd "
              "migrate --state %s”."),
            region->name, version, own, folder);
    else
        snprintf(why_r, size,
            _("The region “%s” has schema version %d, which is newer than this program's, %d: "
              "install the newer concertd."),
            region->name, version, own);
    return false;
}

bool upgrade_not_needed(
    const struct settings *settings, const char *folder, char *why_r, size_t size)
{
    for (size_t i = 0; i < settings->n_regions; i++)
        if (migrate_name_valid(settings->regions[i].name) &&
            !look(&settings->regions[i], folder, why_r, size))
            return false;
    return true;
}
