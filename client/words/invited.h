/* What to do with an invitation's line. */
#pragma once

#include <stdint.h>

#include "command.h"

/* Says on stderr, to people alone, for whom the line is, what they do with it and until when it is
 * good (microseconds since 1970 UTC). A person who is called as the party is named once. */
void invited_tell(
    struct context *context, const char *person, const char *party, int64_t expires_at);
