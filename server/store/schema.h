/* The numbered steps that make a region's schema, built into the program from server/schema/. */
#pragma once

#include <stddef.h>

struct schema_step {
    int number;
    const char *name; /* the file's, without its extension */
    const char *sql;  /* relative to search_path */
};

/* In the order of their numbers, which have no gap: 1, 2, 3 … */
extern const struct schema_step schema_steps[];
extern const size_t schema_steps_count;
