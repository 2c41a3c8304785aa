#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_invite_command = {.name = "invite",
    .arguments = "",
    .help = N_("makes a new invitation, when the coordinators are locked out"),
    .needs = ADMIN_REGION,
    .run = run};
