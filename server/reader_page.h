/* Private to reader*.c: what one actor gets to see, put on a page. */
#pragma once

#include "feed.h"
#include "page.h"
#include "store/store_read.h"

struct reader_view {
    const struct policy_actor *actor; /* borrowed */
    uint64_t kinds;                   /* a mask of kinds' numbers */
    size_t limit;                     /* bytes of a page */
};

/* Adds the entry when it is to be seen. False when the page is full. */
bool reader_page_offer(
    const struct reader_view *view, struct page *page, const struct feed_entry *entry);

/* A page that was read from the store, with what it borrows. */
struct reader_page {
    struct page page;
    struct feed_entry *entries;
    size_t n_entries;
    uint8_t upto_hash[STORE_HASH_SIZE], head_hash[STORE_HASH_SIZE];
};

/* As much of what was read as one page holds. NULL when memory is out. Free with reader_page_free.
 */
struct reader_page *reader_page_make(const struct reader_view *view, const struct store_page *from);

/* Accepts NULL, leaves NULL. */
void reader_page_free(struct reader_page **page);
