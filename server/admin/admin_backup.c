#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_backup_command = {.name = "backup",
    .arguments = "",
    .help = N_("writes one consistent file while the region is served"),
    .needs = ADMIN_REGION,
    .run = run};
