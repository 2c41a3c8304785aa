/* Who hangs on whom. */
#include <stdlib.h>
#include <string.h>

#include "book/book_internal.h"

#define DEPTH_MAX 16 /* a chain of parents that is longer goes round in a circle */

struct link_item {
    const uint8_t *target;
    const struct book_entry *source;
    size_t rank; /* keeps the order of book_list among equals */
};

static int compare_items(const void *left, const void *right)
{
    const struct link_item *a = left, *b = right;
    int order = memcmp(a->target, b->target, UUID_SIZE);

    if (order != 0)
        return order;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static size_t count_items(
    const struct book_entry *const *list, size_t count, const ProtobufCFieldDescriptor *field)
{
    size_t items = 0;

    for (size_t i = 0; i < count; i++)
        items += record_count(list[i]->body, field);
    return items;
}

static size_t collect_items(const struct book_entry *const *list, size_t count,
    const ProtobufCFieldDescriptor *field, struct link_item *items)
{
    size_t n_items = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < record_count(list[i]->body, field); j++) {
            struct record_value value = record_get(list[i]->body, field, j);

            if (value.size == UUID_SIZE)
                items[n_items++] = (struct link_item){(const uint8_t *)value.data, list[i], i};
        }
    return n_items;
}

static bool fill_links(struct book_links *links, const struct book_entry *const *list, size_t count,
    struct arena *arena)
{
    size_t most = count_items(list, count, links->field);
    struct link_item *items = malloc((most + 1) * sizeof(*items));

    links->target = arena_alloc(arena, (most + 1) * sizeof(*links->target));
    links->source = arena_alloc(arena, (most + 1) * sizeof(*links->source));
    if (items == NULL || links->target == NULL || links->source == NULL) {
        free(items);
        return false;
    }
    links->count = collect_items(list, count, links->field, items);
    qsort(items, links->count, sizeof(*items), compare_items);
    for (size_t i = 0; i < links->count; i++) {
        links->target[i] = items[i].target;
        links->source[i] = items[i].source;
    }
    free(items);
    return true;
}

static const struct book_links *get_links(
    const struct book *book, Concert__Kind kind, const ProtobufCFieldDescriptor *field)
{
    struct book_links *links;
    const struct book_entry *const *list;
    size_t count;

    for (links = book->cache->links; links != NULL; links = links->next)
        if (links->kind == kind && links->field == field)
            return links;
    links = arena_alloc(book->arena, sizeof(*links));
    if (links == NULL)
        return NULL;
    list = book_list(book, kind, &count);
    links->kind = kind;
    links->field = field;
    if (!fill_links(links, list, count, book->arena))
        return NULL;
    links->next = book->cache->links;
    book->cache->links = links;
    return links;
}

static size_t lower_bound(const struct book_links *links, const uint8_t id[UUID_SIZE])
{
    size_t low = 0, high = links->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(links->target[middle], id, UUID_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct book_entry *const *book_children(const struct book *book, const uint8_t id[UUID_SIZE],
    Concert__Kind kind_id, const char *field_name, size_t *count_r)
{
    const struct kind *kind = kinds_get(kind_id);
    const char *name = field_name != NULL || kind == NULL ? field_name : kind->parent;
    const ProtobufCFieldDescriptor *field =
        kind == NULL || name == NULL ? NULL : record_field(kind, name);
    const struct book_links *links;
    size_t start;

    *count_r = 0;
    if (field == NULL || field->type != PROTOBUF_C_TYPE_BYTES)
        return NULL;
    links = get_links(book, kind_id, field);
    if (links == NULL)
        return NULL;
    start = lower_bound(links, id);
    while (start + *count_r < links->count && uuid_equal(links->target[start + *count_r], id))
        ++*count_r;
    return *count_r == 0 ? NULL : links->source + start;
}

const struct book_entry *book_follow(
    const struct book *book, const struct book_entry *entry, const char *field)
{
    const uint8_t *id = record_reference(entry->body, entry->kind, field);

    return id == NULL ? NULL : book_get(book, id);
}

const struct book_entry *book_plan(const struct book *book, const struct book_entry *entry)
{
    for (int depth = 0; entry != NULL && depth < DEPTH_MAX; depth++) {
        if (entry->kind->id == CONCERT__KIND__PLAN)
            return entry;
        if (entry->kind->parent == NULL)
            return NULL;
        entry = book_follow(book, entry, entry->kind->parent);
    }
    return NULL;
}
