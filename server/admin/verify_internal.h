/* What verify's rooms share: the connection, in one snapshot, and what was found. */
#pragma once

#include "store/audit.h"

struct verify {
    struct inspect *inspect;
    uint64_t changes, records, erased; /* looked at */
    uint64_t unproven; /* changes whose hash is not to be made again: their reason was erased */
    uint64_t documents, unsent; /* looked at; of them, those whose bytes have not all come yet */
    uint64_t broken;            /* findings about documents' bytes */
    uint64_t findings;
    bool failed; /* memory ran out */
};

/* Prints a finding, in printf's format and a whole sentence; from the fifty-first on it only
 * counts. */
void verify_found(struct verify *verify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The record's handle for people, or its id when the register lacks it. */
void verify_name(struct verify *verify, const uint8_t id[UUID_SIZE], char name_r[64]);

/* Which changes audit_walk can read; the others are named by verify_chain. */
#define VERIFY_READABLE "WHERE coalesce(array_ndims(c.fields), 1) = 1"

/* Walks the chain from the first change to the head. False when the database refuses. */
bool verify_chain(struct verify *verify);

/* Looks whether the log itself tells of each erasure: a change that was marked so by another hand
 * is found. False when the database refuses. */
bool verify_erased(struct verify *verify);

/* Replays each record's changes and compares with the register and the tables; looks for rows that
 * the log does not have. False when the database refuses. */
bool verify_tables(struct verify *verify);

/* Looks whether handles are of their kinds, no two the same, and whether the head remembers the
 * last numbers that were given. False when the database refuses. */
bool verify_handles(struct verify *verify);

/* Names what a statement finds: an id and a word each, which the sentence takes as two texts. False
 * when the database refuses. */
bool verify_strays(struct verify *verify, const char *sql, const struct pipeline_value *values,
    size_t n_values, const char *sentence);

/* What a record is after its changes. */
struct verify_expected {
    uint8_t id[UUID_SIZE];
    char kind_name[64];
    const struct kind *kind; /* NULL: there is none of that name, which verify_chain tells */
    uint64_t revision, seq;
    int64_t created_at, changed_at;
    uint8_t created_by[UUID_SIZE], changed_by[UUID_SIZE];
    bool deleted;
    char handle[STORE_HANDLE_SIZE]; /* "": the log does not say it */
    ProtobufCMessage *body;         /* NULL when deleted or without a kind */
};

/* Compares a group of records with register and tables; `arena` is for what is read. False when
 * the database refuses or memory is out. */
bool verify_compare(struct verify *verify, const struct verify_expected *expected, size_t count,
    struct arena *arena);

/* Reads the bytes of the documents among the records, and compares their size and SHA-256 with
 * what the log says; what has not been sent whole yet is no finding. False as verify_compare. */
bool verify_documents(struct verify *verify, const struct verify_expected *expected, size_t count,
    struct arena *arena);
