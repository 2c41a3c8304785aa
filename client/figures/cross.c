#include "figures/cross.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define UNSET CROSS_KEYS_MAX
#define TOTAL (CROSS_KEYS_MAX + 1)
#define FOLDED 512 /* bytes of a key that tell it from another */

struct row {
    struct cross_key key;
    struct cross_cell cells[CROSS_KEYS_MAX + 2];
};

struct cross {
    struct arena *arena;
    struct row **rows, unset, total;
    size_t n_rows, room;
    struct cross_key columns[CROSS_KEYS_MAX];
    size_t n_columns;
    bool overlaps;
};

struct cross *cross_new(struct arena *arena)
{
    struct cross *cross = arena_alloc(arena, sizeof(*cross));

    if (cross != NULL)
        cross->arena = arena;
    return cross;
}

static bool same(const char *a, const char *b)
{
    char folded_a[FOLDED], folded_b[FOLDED];

    text_fold(a, folded_a, sizeof(folded_a));
    text_fold(b, folded_b, sizeof(folded_b));
    return strcmp(folded_a, folded_b) == 0;
}

static struct row *find_row(const struct cross *cross, const char *key)
{
    for (size_t i = 0; i < cross->n_rows; i++)
        if (same(cross->rows[i]->key.key, key))
            return cross->rows[i];
    return NULL;
}

static bool grow(struct cross *cross)
{
    struct row **rows =
        arena_grow(cross->arena, cross->rows, cross->n_rows, &cross->room, sizeof(struct row *));

    if (rows != NULL)
        cross->rows = rows;
    return rows != NULL;
}

static struct row *make_row(struct cross *cross, struct cross_key key)
{
    struct row *row = find_row(cross, key.key);

    if (row != NULL)
        return row;
    row = grow(cross) ? arena_alloc(cross->arena, sizeof(*row)) : NULL;
    if (row == NULL)
        return NULL;
    row->key = key;
    cross->rows[cross->n_rows++] = row;
    return row;
}

bool cross_row(struct cross *cross, struct cross_key key)
{
    return make_row(cross, key) != NULL;
}

/* The column's index, made where there is none; CROSS_UNSET when there are too many. */
static size_t make_column(struct cross *cross, struct cross_key key)
{
    for (size_t i = 0; i < cross->n_columns; i++)
        if (same(cross->columns[i].key, key.key))
            return i;
    if (cross->n_columns == CROSS_KEYS_MAX)
        return CROSS_UNSET;
    cross->columns[cross->n_columns] = key;
    return cross->n_columns++;
}

bool cross_column(struct cross *cross, struct cross_key key)
{
    return make_column(cross, key) != CROSS_UNSET;
}

/* Marks the places of a record's columns, and of the total. False when there are too many. */
static bool mark_columns(
    struct cross *cross, const struct cross_key *columns, size_t count, bool in[TOTAL + 1])
{
    size_t distinct = 0;

    for (size_t i = 0; i < count; i++) {
        size_t index = make_column(cross, columns[i]);
        if (index == CROSS_UNSET)
            return false;
        distinct += !in[index];
        in[index] = true;
    }
    in[UNSET] = count == 0;
    in[TOTAL] = true;
    cross->overlaps = cross->overlaps || distinct > 1;
    return true;
}

static void add_to(struct row *row, const bool in[TOTAL + 1], int64_t value)
{
    for (size_t i = 0; i <= TOTAL; i++)
        if (in[i]) {
            row->cells[i].sum += value;
            row->cells[i].count++;
        }
}

static bool named_before(const struct cross_key *keys, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same(keys[i].key, keys[index].key))
            return true;
    return false;
}

bool cross_add(struct cross *cross, const struct cross_key *rows, size_t n_rows,
    const struct cross_key *columns, size_t n_columns, int64_t value)
{
    bool in[TOTAL + 1] = {false};
    size_t distinct = 0;

    if (!mark_columns(cross, columns, columns == NULL ? 0 : n_columns, in))
        return false;
    for (size_t i = 0; rows != NULL && i < n_rows; i++) {
        struct row *row = make_row(cross, rows[i]);
        if (row == NULL)
            return false;
        if (named_before(rows, i))
            continue;
        add_to(row, in, value);
        distinct++;
    }
    if (distinct == 0)
        add_to(&cross->unset, in, value);
    add_to(&cross->total, in, value);
    cross->overlaps = cross->overlaps || distinct > 1;
    return true;
}

bool cross_fill(struct cross *cross, const struct book_entry *const *entries, size_t count,
    cross_keys *rows, cross_keys *columns,
    int64_t (*value)(void *arg, const struct book_entry *entry), void *arg)
{
    struct cross_key row_keys[CROSS_KEYS_MAX], column_keys[CROSS_KEYS_MAX];

    for (size_t i = 0; i < count; i++) {
        size_t n_rows = rows(arg, entries[i], row_keys);
        size_t n_columns = columns(arg, entries[i], column_keys);

        if (!cross_add(cross, row_keys, n_rows, column_keys, n_columns,
                value == NULL ? 1 : value(arg, entries[i])))
            return false;
    }
    return true;
}

static const char *label_of(const struct cross_key *key)
{
    return key->label == NULL ? key->key : key->label;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *const *first = a, *const *second = b;

    return text_compare(label_of(&(*first)->key), label_of(&(*second)->key));
}

void cross_sort(struct cross *cross)
{
    if (cross->n_rows > 1)
        qsort(cross->rows, cross->n_rows, sizeof(struct row *), compare_rows);
}

size_t cross_rows(const struct cross *cross)
{
    return cross->n_rows;
}

size_t cross_columns(const struct cross *cross)
{
    return cross->n_columns;
}

struct cross_key cross_row_key(const struct cross *cross, size_t index)
{
    return cross->rows[index]->key;
}

struct cross_key cross_column_key(const struct cross *cross, size_t index)
{
    return cross->columns[index];
}

struct cross_cell cross_cell(const struct cross *cross, size_t row, size_t column)
{
    const struct row *of = row == CROSS_UNSET   ? &cross->unset
                           : row == CROSS_TOTAL ? &cross->total
                                                : cross->rows[row];

    return of->cells[column == CROSS_UNSET ? UNSET : column == CROSS_TOTAL ? TOTAL : column];
}

bool cross_overlaps(const struct cross *cross)
{
    return cross->overlaps;
}
