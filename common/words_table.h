/* The table behind words.h: one row per word. Not for others than words.c. */
#pragma once

#include <stddef.h>

#include "words.h"

/* One word. `also`: what else people type for it, in either language, between bars; or NULL. */
struct words_row {
    enum words_list list;
    const char *name; /* as in records.proto, lower case */
    const char *english;
    const char *french;
    const char *also;
};

extern const struct words_row words_table[];
extern const size_t words_table_count;
