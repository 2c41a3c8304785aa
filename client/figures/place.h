/* Where in the region a record belongs. Pure readings of a book. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "book/book.h"
#include "figures/cross.h"

#define PLACE_MAX CROSS_KEYS_MAX /* territories of one record */

/* The territories of a record: those that its own fields name (a route has two), or when they name
 * none, its party's. Each once, at most PLACE_MAX; tells how many. 0: the region's, or not said. */
size_t place_of(const struct book *book, const struct book_entry *entry,
    const struct book_entry *territories_r[PLACE_MAX]);

/* True when the territory is one of the record's. */
bool place_is(
    const struct book *book, const struct book_entry *entry, const struct book_entry *territory);

/* The territory as a row or column: its code, name, and code again where names are too wide. */
struct cross_key place_key(const struct book_entry *territory);

/* Declares all territories of the book as columns, or `only` that one (may be NULL). False as
 * cross_column. */
bool place_columns(const struct book *book, const struct book_entry *only, struct cross *cross);

/* The record's territories as keys, or of them `only` that one (may be NULL). Tells how many. */
size_t place_keys(const struct book *book, const struct book_entry *entry,
    const struct book_entry *only, struct cross_key keys_r[CROSS_KEYS_MAX]);
