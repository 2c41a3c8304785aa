#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_erase_command = {.name = "erase",
    .arguments = "",
    .help = N_("empties what is held on a person, everywhere"),
    .needs = ADMIN_REGION,
    .run = run};
