#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin_rows.h"
#include "i18n.h"
#include "store/migrate.h"

static const struct admin_option options[] = {
    {"region", N_("NAME"), N_("only this region; else all of them"), false},
    {"try", NULL, N_("does it and undoes it: says whether it would succeed"), false},
};

static void on_step(void *arg, int number, const char *name)
{
    (void)arg;
    (void)number;
    printf(_("  step %s\n"), name);
    fflush(stdout);
}

/* The region's schema brought up; what was done on stdout. */
static bool bring_up(const struct admin *admin, const struct settings_region *region)
{
    bool rehearse = admin_value(admin, "try") != NULL;
    struct migrate_options how = {.existing = true, .rehearse = rehearse, .step = on_step};
    char why[MIGRATE_WHY_SIZE], role[64];
    enum migrate_end end = MIGRATE_REFUSED;
    int from = -1;

    if (region->owner_database[0] == '\0') {
        admin_say(admin, 1,
            _("The region “%s” has no owner_database in %s: the connection of the role that owns "
              "the schema."),
            region->name, admin->paths.settings);
        return false;
    }
    printf(_("Region “%s”:\n"), region->name);
    fflush(stdout);
    if (migrate_user(region->database, role, sizeof(role), why))
        end = migrate_up(region->owner_database, region->name, role, &how, &from, why);
    if (end != MIGRATE_DONE) {
        admin_say(admin, 1,
            end == MIGRATE_REFUSED
                ? _("Nothing was changed: %s.")
                : _("The connection was lost at the very end, and it is not known whether the "
                    "schema was changed: %s. Run the same command again."),
            why);
        return false;
    }
    if (from == migrate_latest())
        printf(_("  Its schema is of version %d already.\n"), from);
    else if (rehearse)
        printf(_("  Its schema can go from version %d to %d; nothing was changed.\n"), from,
            migrate_latest());
    else
        printf(_("  Its schema went from version %d to %d.\n"), from, migrate_latest());
    return true;
}

static int run(struct admin *admin)
{
    const char *name = admin_value(admin, "region");
    bool fine = true, found = false;

    for (size_t i = 0; i < admin->settings.n_regions; i++) {
        const struct settings_region *region = &admin->settings.regions[i];

        if (name != NULL && strcmp(name, region->name) != 0)
            continue;
        found = true;
        fine &= bring_up(admin, region);
    }
    if (!found)
        return admin_no_region(admin, name);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

const struct admin_command admin_migrate_command = {.name = "migrate",
    .arguments = "",
    .help = N_("brings the regions' schemas to this program's version"),
    .about = N_("In one transaction a region, under a lock; a schema of a newer program is "
                "refused. Servers that serve the region look at its version again."),
    .needs = ADMIN_SERVER,
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .run = run};
