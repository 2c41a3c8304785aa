/*
 * The bytes of documents, beside their records: those that wait on this device for the server, and
 * those fetched. They lie in HOME/documents, one file a document: ID.send waits, ID.part is on its
 * way here.
 */
#pragma once

#include "desk/desk.h"

#define DESK_DOCUMENT_MAX ((uint64_t)32 << 20) /* bytes of one, as the register of kinds says */
#define DESK_DOCUMENT_HASH 65                  /* SHA-256 in hexadecimal, with its NUL */

/* What a file is, to be a document. */
enum desk_file {
    DESK_FILE_FINE,
    DESK_FILE_ABSENT,
    DESK_FILE_FOLDER,
    DESK_FILE_STRANGE,    /* a device, a pipe */
    DESK_FILE_UNREADABLE, /* why_r: detail is the system's message */
    DESK_FILE_EMPTY,
    DESK_FILE_LARGE,  /* over DESK_DOCUMENT_MAX */
    DESK_FILE_STORAGE /* the home did not take it: why_r tells */
};

struct desk_facts {
    uint64_t size;
    char sha256[DESK_DOCUMENT_HASH];
};

/* Copies the file at `path` as what waits of document `id`, on the disk when it is FINE; what
 * happens to the file later does not matter. */
enum desk_file desk_document_take(struct desk *desk, const char *path, const uint8_t id[UUID_SIZE],
    struct desk_facts *facts_r, struct desk_why *why_r);

/* Forgets what waits of the document. */
void desk_document_forget(struct desk *desk, const uint8_t id[UUID_SIZE]);

/* A document that waits, or some of it. */
struct desk_waiting {
    uint8_t id[UUID_SIZE];
    uint64_t size;
};

/* Those that wait, in no order, in the arena. False when it is at its limit. */
bool desk_document_waiting(
    struct desk *desk, struct arena *arena, const struct desk_waiting **list_r, size_t *count_r);

/* What became of those that waited. */
struct desk_sending {
    size_t whole;   /* on the server now, and no longer kept here */
    size_t left;    /* wait on */
    size_t held;    /* among them those whose records were not accepted: a person has to choose */
    size_t removed; /* their records were removed meanwhile: forgotten */
    size_t damaged; /* no longer what their records say: put aside as ID.damaged */
};

/* Sends what waits, each where it was left; those whose records the server does not have yet wait
 * on. Starts nothing more after `milliseconds`; below 0: takes the time that it takes. False with
 * why_r when it could not be done. desk_on_progress is told bytes. */
bool desk_document_send(struct desk *desk, int64_t milliseconds, struct desk_sending *sending_r,
    struct desk_why *why_r);

/* What became of them with the last desk_refresh, which sends for a moment only. Borrowed. */
const struct desk_sending *desk_document_sent(const struct desk *desk);

/* Fetches the document's bytes to this home, going on where an earlier time ended, and compares
 * them with the record's size and SHA-256. When they are others and an earlier time had a part in
 * it, all comes anew. False with why_r: DESK_ANSWER with rule `hash` when those on the server are
 * others or not all there, `incomplete` when they never came there, `fetching` when another process
 * does. */
bool desk_document_fetch(struct desk *desk, const uint8_t id[UUID_SIZE],
    const struct desk_facts *facts, struct desk_why *why_r);

enum desk_placed { DESK_PLACED, DESK_PLACED_EXISTS, DESK_PLACED_FAILED /* why_r tells */ };

/* Puts what was fetched at `path`, which must not exist yet. What waits to be sent stays. */
enum desk_placed desk_document_place(
    struct desk *desk, const uint8_t id[UUID_SIZE], const char *path, struct desk_why *why_r);
