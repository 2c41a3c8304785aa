/* The region's year: twelve months from the day of the year on which its annual plan begins. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"

struct year {
    int32_t first, last; /* both included */
};

/* The year that holds the day. It begins like the region's annual plan that holds the day, else
 * like its newest, else on January 1. */
struct year year_of(const struct book *book, int32_t day);

/* The year that begins in that calendar year. */
struct year year_from(const struct book *book, int calendar_year);

/* The year before. */
struct year year_before(struct year year);

/* "2009-2010", or "2009" when it is a calendar year. Arena memory; NULL at its limit. */
const char *year_name(struct year year, struct arena *arena);
