#include "machine.h"

#include <stdlib.h>

#include "log.h"

void machine_expect(bool may, const char *machine, unsigned was, unsigned next)
{
    if (may)
        return;
    log_line(
        LOG_LEVEL_ERROR, NULL, "event=bad_state machine=%s was=%u next=%u", machine, was, next);
    abort();
}
