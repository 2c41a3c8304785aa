#include <stdio.h>
#include <stdlib.h>

#include "admin/admin_rows.h"
#include "i18n.h"

static int version(struct admin *admin)
{
    (void)admin;
    puts("concertd " CONCERT_VERSION);
    return EXIT_SUCCESS;
}

static const struct admin_command version_command = {.name = "version",
    .arguments = "",
    .help = N_("prints the version"),
    .needs = ADMIN_NOTHING,
    .run = version};

const struct admin_command *const admin_commands[] = {
    &admin_init_command,
    &serve_command,
    &admin_migrate_command,
    &admin_backup_command,
    &admin_restore_command,
    &admin_verify_command,
    &admin_erase_command,
    &admin_doctor_command,
    &admin_invite_command,
    &admin_manual_command,
    &version_command,
};
const size_t admin_commands_count = sizeof(admin_commands) / sizeof(admin_commands[0]);
