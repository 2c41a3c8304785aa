/* Which of the system's calls each sandbox lets through: const tables, for sandbox alone. */
#pragma once

#include <stddef.h>

/* Calls that serving needs, whatever their arguments. Borrowed, for ever. */
const int *sandbox_calls_needed(size_t *count_r);

/* Calls that nobody but an intruder makes. Borrowed, for ever. */
const int *sandbox_calls_hostile(size_t *count_r);
