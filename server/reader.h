/*
 * Pages for one actor, from a place in the log on: out of the feed where it reaches, out of the
 * store otherwise. Whoever owns the reader takes the pages and says when the next one may come.
 */
#pragma once

#include "arena.h"
#include "error.h"
#include "page.h"
#include "region.h"

/* Bytes of records in a page of those who ask for smaller ones, at least. */
#define READER_PAGE_MIN ((size_t)4096)

struct reader;

/* What is read. */
struct reader_ask {
    struct region *region;
    const uint8_t *fingerprint; /* the device that it is for; borrowed */
    uint64_t since;             /* where the first page begins */
    const uint8_t *since_hash;  /* the log's there, as the device knows it; NULL: not told */
    uint64_t head;              /* the highest at which pages up to `since` were read; 0: none */
    const uint8_t *head_hash;   /* the log's there; NULL: not told, then head counts for nothing */
    uint64_t at_least;          /* no page before the log has this seq */
    uint64_t kinds;             /* a mask of kinds' numbers */
    size_t page;                /* bytes of a page; 0: as many as there may be */
    bool follow;                /* goes on with what is committed later */
};

struct reader_sink {
    /* What must pass before a page: who waits there is woken; NULL: nothing. `first`: none was
     * taken yet. */
    struct waiters *(*busy)(void *arg, bool first);
    /* Takes a page, borrowed for the call; its `more` is set. False: the owner has ended, and the
     * reader is not touched any more. */
    bool (*page)(void *arg, struct page *page);
    /* It is over, once: all was taken (`error` has code 0), it was cancelled (likewise), the log is
     * another one (DIVERGED), the device may not read any more, or it cannot go on now. */
    void (*end)(void *arg, const struct error *error);
};

/* A new reader in the arena, for an owner that the sink's functions get as `arg`. NULL when memory
 * is out. It lives until `end`, or until `page` was false. */
struct reader *reader_new(
    const struct reader_ask *ask, const struct reader_sink *sink, void *arg, struct arena *arena);

/* Begins; the sink's functions may be called before it returns. */
void reader_start(struct reader *reader);

/* Whether it would never be over as things stand: it follows, or no page has gone and the log does
 * not have the seq that it waits for. */
bool reader_endless(const struct reader *reader);

/* No more pages: `end` follows, at once unless the store is being asked. */
void reader_cancel(struct reader *reader);

/* The mask of the kinds of a request; all of them when it names none. */
uint64_t reader_kinds(const Concert__Kind *named, size_t count);

/* The hash of a request, for struct reader_ask: one that is no hash agrees with no log. Borrowed;
 * NULL: none was told. */
const uint8_t *reader_hash(bool told, const ProtobufCBinaryData *hash);
