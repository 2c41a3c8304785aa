#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_verify_command = {.name = "verify",
    .arguments = "",
    .help = N_("walks the log's chain and compares the log with the tables"),
    .needs = ADMIN_REGION,
    .run = run};
