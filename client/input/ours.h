/* What an editor would be refused is said before it is recorded. */
#pragma once

#include "command.h"

/* True when the person may write what the record's owner owns: staff, and the owner's editors. Else
 * says whose it is (code_r: COMMAND_REFUSED). A record that waits for the server is let by. */
bool ours_may_write(
    struct context *context, const struct book_entry *entry, enum command_exit *code_r);
