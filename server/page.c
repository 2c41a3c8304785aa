#include "page.h"

#include <event2/buffer.h>
#include <stdlib.h>

#include "array.h"
#include "frame.h"
#include "protocol.pb-c.h"

#define ANSWER_TAG 0x32 /* Response.pull: field 6, length-delimited */

bool page_add(struct page *page, const uint8_t *data, size_t size)
{
    struct page_part *parts;

    if (page->n_parts > 0 && page->size + size > PAGE_MAX)
        return false;
    parts = array_grow(page->parts, page->n_parts, &page->max_parts, sizeof(*parts));
    if (parts == NULL)
        return false;
    page->parts = parts;
    page->parts[page->n_parts++] = (struct page_part){data, size};
    page->size += size;
    return true;
}

void page_clear(struct page *page)
{
    free(page->parts);
    *page = (struct page){0};
}

/* The page without its records: upto, head and their hashes. Records come first, as field 1 does.
 */
static size_t pack_tail(const struct page *page, uint8_t tail_r[96])
{
    Concert__Page tail = CONCERT__PAGE__INIT;

    tail.has_upto = tail.has_head = true;
    tail.upto = page->upto;
    tail.head = page->head;
    tail.has_upto_hash = page->upto_hash != NULL;
    tail.upto_hash = (ProtobufCBinaryData){STORE_HASH_SIZE, (uint8_t *)page->upto_hash};
    tail.has_head_hash = page->head_hash != NULL;
    tail.head_hash = (ProtobufCBinaryData){STORE_HASH_SIZE, (uint8_t *)page->head_hash};
    return concert__page__pack(&tail, tail_r);
}

bool page_write(const struct page *page, struct evbuffer *buffer)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    uint8_t head[FRAME_HEADER + 48], tail[96];
    size_t used = FRAME_HEADER, n_tail = pack_tail(page, tail);
    bool written;

    response.has_number = page->has_number;
    response.number = page->number;
    response.has_more = true;
    response.more = page->more;
    used += concert__response__pack(&response, head + used);
    head[used++] = ANSWER_TAG;
    used += frame_varint(head + used, page->size + n_tail);
    frame_header(used - FRAME_HEADER + page->size + n_tail, head);
    written = evbuffer_expand(buffer, used + page->size + n_tail) == 0 &&
              evbuffer_add(buffer, head, used) == 0;
    for (size_t i = 0; written && i < page->n_parts; i++)
        written = evbuffer_add(buffer, page->parts[i].data, page->parts[i].size) == 0;
    return written && evbuffer_add(buffer, tail, n_tail) == 0;
}
