/* Private to book*.c: how the entries are kept. */
#pragma once

#include "arena.h"
#include "book/book.h"
#include "idmap.h"

#define BOOK_KINDS 64 /* numbers of kinds are below, so that a mask of 64 bits holds them */

struct book_node {
    struct book_entry entry; /* first: an entry's pointer is its node's */
    bool gone;
};

/* Which records name which others in one field of one kind; made when first asked for. */
struct book_links {
    struct book_links *next;
    Concert__Kind kind;
    const ProtobufCFieldDescriptor *field;
    const uint8_t **target;           /* sorted: the id named, */
    const struct book_entry **source; /* and beside it who names it */
    size_t count;
};

struct book_alias {
    struct book_alias *next;
    uint64_t number;
    uint8_t id[UUID_SIZE];
};

struct book_cache {
    struct book_links *links;
};

struct book_range {
    size_t start, count;
};

struct book {
    struct arena *arena;
    struct idmap *nodes; /* struct book_node by id */
    const struct book_entry **sorted;
    size_t n_sorted;
    struct book_range ranges[BOOK_KINDS];
    struct book_alias *aliases;
    struct book_cache *cache;
};

