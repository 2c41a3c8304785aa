/* A connection's words for people. */
#pragma once

#include <stddef.h>

/* Writes libpq's words or URI without its passwords: "…" stands for each. Cut to `size`. */
void conninfo_shown(const char *conninfo, char *text_r, size_t size);
