/* A page of records as a frame, put together from entries that are encoded already. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct evbuffer;

/* Bytes of records, unless one alone has more: with what is around them, a frame of 256 KiB. */
#define PAGE_MAX (((size_t)256 << 10) - 128)

struct page_part {
    const uint8_t *data; /* tag, length and record, as feed_entry_view tells */
    size_t size;
};

struct page {
    bool has_number;
    uint64_t number; /* the request's */
    bool more;
    struct page_part *parts;
    size_t n_parts, max_parts;
    size_t size; /* of all parts */
    uint64_t upto, head;
    const uint8_t *upto_hash, *head_hash; /* NULL: not known */
};

/* Adds a part, borrowed. False when it does not fit in PAGE_MAX any more (the first always does) or
 * memory is out (parts is grown with realloc: page_clear). */
bool page_add(struct page *page, const uint8_t *data, size_t size);

/* Appends the page's frame to the buffer. False when memory is out. */
bool page_write(const struct page *page, struct evbuffer *buffer);

/* Frees the list of parts, not the parts. */
void page_clear(struct page *page);
