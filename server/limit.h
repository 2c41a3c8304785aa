/* That a limit of the settings was reached: counted, and told in the log, but not so often that who
 * runs into it on purpose fills the disk with lines. As the log: the program's own, not a region's.
 */
#pragma once

#include "metrics.h"

/* Counts it (metrics.h) and writes `event=limit limit=NAME peer=PEER left_out=N` at warning: once a
 * second for each limit, with the number of those left out since the last line. `limit`: one of
 * METRICS_LIMIT_…, or METRICS_NUMBERS, which is none: nothing happens. `peer`: an address; NULL:
 * not one peer's. */
void limit_reached(enum metrics_number limit, const char *peer);
