#include "admin/admin_rows.h"
#include "i18n.h"

static int run(struct admin *admin)
{
    return admin_say(admin, 1, "not built yet");
}

const struct admin_command admin_doctor_command = {.name = "doctor",
    .arguments = "",
    .help = N_("looks whether all is well, and says what to do"),
    .needs = ADMIN_REGION,
    .run = run};
