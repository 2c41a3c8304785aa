/* The rows of the commands, for the table alone: each stands in the file of its name. */
#pragma once

#include "admin/admin.h"

extern const struct admin_command admin_init_command;
extern const struct admin_command serve_command;
extern const struct admin_command admin_migrate_command;
extern const struct admin_command admin_backup_command;
extern const struct admin_command admin_restore_command;
extern const struct admin_command admin_verify_command;
extern const struct admin_command admin_erase_command;
extern const struct admin_command admin_doctor_command;
extern const struct admin_command admin_invite_command;
extern const struct admin_command admin_manual_command;
