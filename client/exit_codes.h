/* The program's exit codes, as README and `concert help codes` show them. */
#pragma once

#include <stddef.h>

#include "command.h"

struct exit_code {
    enum command_exit code;
    const char *name;    /* in json errors: "not_found" */
    const char *meaning; /* N_() marked */
};

extern const struct exit_code exit_codes[];
extern const size_t exit_codes_count;

/* The code's name. Static memory. */
const char *exit_codes_name(enum command_exit code);
