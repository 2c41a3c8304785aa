/* What waits in quarantine: one operation that a revoked device had not sent, read again. */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "book/book.h"
#include "record.h"

struct waiting {
    const struct book_entry *entry;
    const struct kind *kind; /* of what it changes; NULL: not known here */
    uint8_t id[UUID_SIZE];
    const struct book_entry *target; /* as it is now; NULL: it is not there */
    bool gone;                       /* it was there, and is not any more */
    uint64_t base;                   /* revision seen; 0: it makes the record */
    bool removes;
    const ProtobufCMessage *patch; /* of the kind; empty when it cannot be read */
    const ProtobufCMessage *seen;  /* NULL: not told */
    const char *const *clear;
    size_t n_clear;
    struct record_names fields; /* that it sets or empties */
    const char *reason;         /* NULL: none */
    int64_t authored_at;        /* microseconds since 1970 UTC */
    uint64_t part;
};

/* True while nobody has answered it. */
bool waiting_is_open(const struct book_entry *entry);

/* True when both are of one atomic push of a device. */
bool waiting_together(const struct book_entry *a, const struct book_entry *b);

/* Orders pointers to entries by device and by rank, as qsort asks. */
int waiting_compare(const void *a, const void *b);

/* Those that nobody has answered, by device and rank, *count_r of them in the arena; NULL at its
 * limit. */
const struct book_entry *const *waiting_list(
    const struct book *book, struct arena *arena, size_t *count_r);

/* True when it makes a document: the file itself stayed on the device, and went with its copy. */
bool waiting_lacks_file(const struct waiting *waiting);

/* True when the record has already what it would give it. */
bool waiting_is_so(const struct waiting *waiting);

/* Reads one. False when the arena is at its limit. */
bool waiting_read(const struct book *book, const struct book_entry *entry, struct arena *arena,
    struct waiting *waiting_r);
