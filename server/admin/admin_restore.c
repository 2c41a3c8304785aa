#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_restore_command = {.name = "restore",
    .arguments = "",
    .help = N_("makes a region from a backup"),
    .needs = ADMIN_REGION,
    .run = run};
