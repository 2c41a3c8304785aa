#include "book/book.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "book/book_internal.h"

#define ARENA_LIMIT ((size_t)512 << 20)

struct book *book_new(void)
{
    struct book *book = calloc(1, sizeof(*book));

    if (book == NULL)
        return NULL;
    book->arena = arena_new(ARENA_LIMIT);
    book->nodes = idmap_new();
    if (book->arena != NULL)
        book->cache = arena_alloc(book->arena, sizeof(struct book_cache));
    if (book->cache == NULL || book->nodes == NULL)
        book_free(&book);
    return book;
}

void book_free(struct book **book)
{
    if (*book == NULL)
        return;
    arena_free(&(*book)->arena);
    idmap_free(&(*book)->nodes);
    free((*book)->sorted);
    free(*book);
    *book = NULL;
}

struct arena *book_arena(struct book *book)
{
    return book->arena;
}

bool book_put(struct book *book, const struct book_entry *entry)
{
    struct book_node *node = idmap_get(book->nodes, entry->id);

    if (entry->kind == NULL || (unsigned)entry->kind->id >= BOOK_KINDS)
        return false;
    if (node == NULL) {
        node = arena_alloc(book->arena, sizeof(*node));
        if (node == NULL || !idmap_put(book->nodes, entry->id, node))
            return false;
    }
    node->entry = *entry;
    node->gone = false;
    return true;
}

void book_remove(struct book *book, const uint8_t id[UUID_SIZE])
{
    struct book_node *node = idmap_get(book->nodes, id);

    if (node != NULL)
        node->gone = true;
}

bool book_alias(struct book *book, uint64_t number, const uint8_t id[UUID_SIZE])
{
    struct book_alias *alias = arena_alloc(book->arena, sizeof(*alias));

    if (alias == NULL)
        return false;
    alias->number = number;
    memcpy(alias->id, id, UUID_SIZE);
    alias->next = book->aliases;
    book->aliases = alias;
    return true;
}

/* The value of the digits at *s, which moves behind them; very long ones stay comparable by length.
 */
static int compare_digits(const char **a, const char **b)
{
    size_t length_a, length_b;
    int order;

    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    length_a = strspn(*a, "0123456789");
    length_b = strspn(*b, "0123456789");
    if (length_a != length_b)
        return length_a < length_b ? -1 : 1;
    order = strncmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return order;
}

int book_compare_handles(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        int order;

        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            order = compare_digits(&a, &b);
            if (order != 0)
                return order;
            continue;
        }
        order = tolower((unsigned char)*a) - tolower((unsigned char)*b);
        if (order != 0)
            return order;
        a++;
        b++;
    }
    return 0;
}

static int compare_entries(const void *left, const void *right)
{
    const struct book_entry *a = *(const struct book_entry *const *)left;
    const struct book_entry *b = *(const struct book_entry *const *)right;
    int order;

    if (a->kind->id != b->kind->id)
        return a->kind->id < b->kind->id ? -1 : 1;
    order = book_compare_handles(a->handle, b->handle);
    return order != 0 ? order : memcmp(a->id, b->id, UUID_SIZE);
}

static void find_ranges(struct book *book)
{
    memset(book->ranges, 0, sizeof(book->ranges));
    for (size_t i = 0; i < book->n_sorted; i++) {
        struct book_range *range = &book->ranges[book->sorted[i]->kind->id];

        if (range->count++ == 0)
            range->start = i;
    }
}

bool book_index(struct book *book)
{
    size_t most = idmap_count(book->nodes) + 1, cursor = 0;
    const struct book_entry **sorted = realloc(book->sorted, most * sizeof(*sorted));
    struct book_node *node;

    if (sorted == NULL)
        return false;
    book->sorted = sorted;
    book->n_sorted = 0;
    while ((node = idmap_next(book->nodes, &cursor)) != NULL)
        if (!node->gone)
            sorted[book->n_sorted++] = &node->entry;
    qsort(sorted, book->n_sorted, sizeof(*sorted), compare_entries);
    find_ranges(book);
    book->cache->links = NULL;
    return true;
}

const struct book_entry *book_get(const struct book *book, const uint8_t id[UUID_SIZE])
{
    const struct book_node *node = idmap_get(book->nodes, id);

    return node == NULL || node->gone ? NULL : &node->entry;
}

const struct book_entry *const *book_list(
    const struct book *book, Concert__Kind kind, size_t *count_r)
{
    *count_r = 0;
    if ((unsigned)kind >= BOOK_KINDS || book->ranges[kind].count == 0)
        return NULL;
    *count_r = book->ranges[kind].count;
    return book->sorted + book->ranges[kind].start;
}
