/* The time, as the system tells it: in a room of its own, so that a simulation can tell another. */
#pragma once

#include <stdint.h>

/* Microseconds since 1970 UTC; may jump either way. */
int64_t clock_now(void);

/* Milliseconds that only grow, from some moment on. */
int64_t clock_steady(void);
