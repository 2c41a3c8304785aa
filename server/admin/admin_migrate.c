#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_migrate_command = {.name = "migrate",
    .arguments = "",
    .help = N_("brings a region's schema to this program's version"),
    .needs = ADMIN_REGION,
    .run = run};
