/* A report put into a file that its owner alone may read. */
#pragma once

#include "command.h"
#include "printers/printer.h"

/* Prints context->report into a new file, or with --replace in the place of one: whole or not at
 * all. The exit code after having said what is wrong. */
enum command_exit person_file_save(
    struct context *context, const struct printer *printer, const char *path);
