#include "admin/upgrade.h"

#include <stdio.h>

#include "i18n.h"
#include "store/migrate.h"

#define PATIENCE 5 /* seconds */

/* -1: not known. */
static int version_of(const struct settings_region *region)
{
    char why[DIRECT_WHY_SIZE];
    struct pg_conn *conn = direct_open(region->database, PATIENCE, why);
    int version = conn == NULL ? -1 : migrate_version_on(conn, region->name, why);

    direct_close(&conn);
    return version;
}

static bool look(const struct settings_region *region, const char *folder, char *why_r, size_t size)
{
    int version = version_of(region), own = migrate_latest();

    if (version < 0 || version == own)
        return true;
    if (version == 0)
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
