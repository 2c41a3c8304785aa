#include "reader_page.h"

#include <stdlib.h>
#include <string.h>

static bool wanted(const struct reader_view *view, const struct kind *kind)
{
    return view->kinds & UINT64_C(1) << kind->id;
}

bool reader_page_offer(
    const struct reader_view *view, struct page *page, const struct feed_entry *entry)
{
    const uint8_t *data;
    size_t size;

    if (entry->full == NULL || !wanted(view, entry->kind))
        return true;
    data = feed_entry_view(entry, view->actor, &size);
    if (data == NULL)
        return true;
    if (page->n_parts > 0 && page->size + size > view->limit)
        return false;
    return page_add(page, data, size);
}

/* False when memory is out. */
static bool fill(
    const struct reader_view *view, const struct store_page *from, struct reader_page *made)
{
    struct page *page = &made->page;

    for (size_t i = 0; i < from->n_records; i++) {
        if (!feed_entry_make(&from->records[i], &made->entries[i]))
            return false;
        if (reader_page_offer(view, page, &made->entries[i]))
            continue;
        if (i > 0) {
            page->upto = from->records[i - 1].seq;
            page->upto_hash = from->records[i - 1].hash;
        }
        return i > 0;
    }
    return true;
}

struct reader_page *reader_page_make(const struct reader_view *view, const struct store_page *from)
{
    struct reader_page *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return NULL;
    made->page = (struct page){.upto = from->upto,
        .upto_hash = from->upto_hash,
        .head = from->head,
        .head_hash = made->head_hash};
    memcpy(made->head_hash, from->head_hash, STORE_HASH_SIZE);
    made->n_entries = from->n_records;
    made->entries = calloc(from->n_records + 1, sizeof(*made->entries));
    if (made->entries == NULL || !fill(view, from, made)) {
        reader_page_free(&made);
        return NULL;
    }
    memcpy(made->upto_hash, made->page.upto_hash, STORE_HASH_SIZE);
    made->page.upto_hash = made->upto_hash;
    return made;
}

void reader_page_free(struct reader_page **page)
{
    if (*page == NULL)
        return;
    for (size_t i = 0; (*page)->entries != NULL && i < (*page)->n_entries; i++)
        feed_entry_clear(&(*page)->entries[i]);
    free((*page)->entries);
    page_clear(&(*page)->page);
    free(*page);
    *page = NULL;
}
