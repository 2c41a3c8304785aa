/*
 * A cross table: what falls in each row and column, counted and added up. Rows and columns are
 * declared ahead (they then show even when empty: the gaps) or appear with the first record that
 * names them. A record may have several keys on either side: it counts once in each of its cells,
 * and once in each total, so that totals are worked out over records and are not the sum of cells.
 * A record without a key falls in the unset row or column, which is the last.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "book/book.h"
#include "sheet.h"

#define CROSS_KEYS_MAX 64        /* keys of one record on one side, and columns in all */
#define CROSS_UNSET ((size_t)-1) /* index of the row or column of what has no key */
#define CROSS_TOTAL ((size_t)-2) /* index of all of them together */

struct cross;

/* A row or column. All texts are borrowed and must outlive the table. */
struct cross_key {
    const char *key;   /* names it for programs; two are the same when their folded texts are */
    const char *label; /* for people; NULL: the key */
    const char *brief; /* heads a column where labels are too wide for the page; NULL: the label */
};

/* What fell in one place. */
struct cross_cell {
    int64_t sum;  /* of the records' values */
    size_t count; /* how many records; 0: a gap */
};

/* Writes the keys of a record, at most CROSS_KEYS_MAX, and tells how many; 0: unset. The same key
 * twice counts once. */
typedef size_t cross_keys(
    void *arg, const struct book_entry *entry, struct cross_key keys_r[CROSS_KEYS_MAX]);

/* An empty table in the arena; NULL at its limit. Never freed by itself. */
struct cross *cross_new(struct arena *arena);

/* Declares a row, behind those that there are; nothing when there is one of that key. False at the
 * arena's limit. */
bool cross_row(struct cross *cross, struct cross_key key);

/* Declares a column likewise. False at the arena's limit or with more than CROSS_KEYS_MAX. */
bool cross_column(struct cross *cross, struct cross_key key);

/* Adds one record of that value (1 to count) to all rows × columns. With no row (or column) key, or
 * NULL, to the unset one. False as cross_column. */
bool cross_add(struct cross *cross, const struct cross_key *rows, size_t n_rows,
    const struct cross_key *columns, size_t n_columns, int64_t value);

/* Adds each entry under the keys that the callbacks give; `value` NULL: 1 each. False as
 * cross_column. */
bool cross_fill(struct cross *cross, const struct book_entry *const *entries, size_t count,
    cross_keys *rows, cross_keys *columns,
    int64_t (*value)(void *arg, const struct book_entry *entry), void *arg);

/* Orders the rows as people file their labels. */
void cross_sort(struct cross *cross);

/* How many rows with a key there are. */
size_t cross_rows(const struct cross *cross);

/* How many columns with a key there are. */
size_t cross_columns(const struct cross *cross);

/* The key of the row number `index` < cross_rows. */
struct cross_key cross_row_key(const struct cross *cross, size_t index);

/* The key of the column number `index` < cross_columns. */
struct cross_key cross_column_key(const struct cross *cross, size_t index);

/* What fell there; either index may be CROSS_UNSET or CROSS_TOTAL. */
struct cross_cell cross_cell(const struct cross *cross, size_t row, size_t column);

/* True when some record fell in several rows or columns: the totals are then less than the sum of
 * the cells. */
bool cross_overlaps(const struct cross *cross);

/* How a table is drawn. Texts for people are in their language. */
struct cross_page {
    const char *name;                     /* the sheet's, for programs */
    const char *title;                    /* NULL: none */
    const char *row_key;                  /* names the first column for programs: "theme" */
    const char *row_title;                /* for people */
    const char *unset_row, *unset_column; /* titles of what has no key; NULL: "Not said" */
    enum sheet_type type;                 /* of the cells: SHEET_NUMBER, or that of an amount */
    bool counts;                          /* cells are numbers of records; else sums */
    bool bare;                            /* without totals */
    bool gaps; /* for people an empty cell is 0: here something is missing */
};

/* Fills a sheet: a row for each row and one for the total, a column likewise; the unset ones when
 * something fell there. An empty cell is empty for people and 0 for programs, whose columns are
 * row_key, "label", the columns' keys, "unset" and "total" (the unset row has no key, the total's
 * is "total"). A note tells what briefs stand for, where they do. NULL when memory is out; the
 * sheet is the report's. */
struct sheet *cross_draw(
    const struct cross *cross, struct report *report, const struct cross_page *page);
