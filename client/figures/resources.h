/* The directory of resources: which entries are asked for, and which must be checked again. Pure
 * readings of a book. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "book/book.h"

#define RESOURCES_MONTHS 12 /* an entry checked longer ago is to be checked again */

enum resources_state {
    RESOURCES_CHECKED,
    RESOURCES_STALE, /* checked more than a year ago */
    RESOURCES_NEVER
};

/* Which entries are asked for; NULL and 0 ask nothing. */
struct resources_filter {
    const struct book_entry *territory; /* the entry's, or when it has none its party's (place.h) */
    const char *theme;                  /* a word of it (topic.h) */
    int64_t type;                       /* enum DirectoryEntry.Type */
    bool outside; /* for who is not of the region: without those marked not to publish */
    int32_t today;
};

struct resources {
    const struct book_entry *const *entries; /* by territory, type and name */
    size_t count;
    size_t to_check; /* of them, stale or never checked */
    size_t marked;   /* not to publish: among them, or with `outside` left out */
};

/* The state as of `today`: stale from the day after the check's first anniversary on. */
enum resources_state resources_state(const struct book_entry *entry, int32_t today);

/* The entries asked for; the list is in the arena. False at its limit. */
bool resources_list(const struct book *book, const struct resources_filter *filter,
    struct arena *arena, struct resources *resources_r);
