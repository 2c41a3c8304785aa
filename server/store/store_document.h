/*
 * The bytes of documents, kept in parts beside their records. As store.h: asynchronous, callbacks
 * from the event loop, once each. On a connection of their own, one call after the other, so that
 * large ones hold up neither pulls nor pushes.
 */
#pragma once

#include "store/store.h"

/* Where a document stands. */
struct store_document {
    bool found;              /* the register has the record */
    const struct kind *kind; /* NULL: one that this version does not know */
    bool deleted;
    uint8_t owner[UUID_SIZE];      /* uuid_none: the Consortium's own */
    uint8_t created_by[UUID_SIZE]; /* an account */
    uint64_t size;                 /* as the record tells; 0: it is no live document */
    uint64_t held;                 /* bytes, from the beginning on */
    bool whole;                    /* all are held, and their SHA-256 is the record's */
    bool dropped;                  /* all were held, and it was not: nothing is held any more */
    const uint8_t *bytes;          /* with store_document_read */
    size_t n_bytes;
};

/* `document` is NULL unless STORE_OK. */
typedef void store_document_cb(
    void *arg, enum store_status status, const struct store_document *document);

/* Looks where the document of that id stands. */
void store_document_look(
    struct store *store, const uint8_t id[UUID_SIZE], store_document_cb *cb, void *arg);

/* Adds bytes when `offset` is what is held and they do not go beyond the size; else nothing
 * changes. The first ones take room for the whole, and are not added when the sizes of all the
 * region's documents of which something is held would be above `most`. With the last ones the whole
 * is compared with the record's SHA-256, and kept or dropped. Committed before the callback, which
 * tells where the document stands then. Borrows the bytes until the callback. */
void store_document_add(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    const uint8_t *bytes, size_t n_bytes, uint64_t most, store_document_cb *cb, void *arg);

/* Reads at most `limit` bytes from `offset` on, of a document that is whole: fewer where a part
 * ends, none at the end and when it is not whole. */
void store_document_read(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    size_t limit, store_document_cb *cb, void *arg);
