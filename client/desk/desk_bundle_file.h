/* Private to desk_bundle*.c: files of frames, and files that are there whole or not at all. */
#pragma once

#include <stdio.h>

#include "desk/desk_bundle.h"
#include "desk/desk_internal.h"

#define DESK_BUNDLE_PARCEL                                                                         \
    ((size_t)900 << 10) /* bytes of a parcel, but for a group that has more                        \
                         */
#define DESK_BUNDLE_VERSION 1

struct evbuffer;
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* A file under way, beside its final place. */
struct desk_bundle_file {
    FILE *file;
    char path[DESK_PATH_SIZE], fresh[DESK_PATH_SIZE];
};

/* Begins a file. False with why_r. */
bool desk_bundle_file_begin(
    struct desk_bundle_file *file, const char *path, struct desk_why *why_r);

/* Adds bytes. False with why_r. */
bool desk_bundle_file_add(
    struct desk_bundle_file *file, const void *data, size_t size, struct desk_why *why_r);

/* Syncs it to the disk under its name. False with why_r. */
bool desk_bundle_file_end(struct desk_bundle_file *file, struct desk_why *why_r);

/* Leaves nothing of one that was not ended. */
void desk_bundle_file_drop(struct desk_bundle_file *file);

/* Appends the file's next bytes, as many as there are up to 64 KiB. *got_r false: its end. False
 * with why_r. */
bool desk_bundle_file_read(
    FILE *file, const char *path, struct evbuffer *buffer, bool *got_r, struct desk_why *why_r);

/* This device's private key. NULL with why_r. Free with identity_sign_free. */
struct evp_pkey_st *desk_bundle_key(const struct desk *desk, struct desk_why *why_r);

/* --- desk_bundle.c: the files that this home has written -------------------------------------- */

/* A file's mark in the copy: in which life of the copy, and for which gathering, it was written. */
struct desk_bundle_mark {
    bool known; /* this copy has written it, and has not been made anew since */
    bool fresh; /* it asked for the pages of another log */
};

/* The mark of the file that was written at this time. False with replica_why. */
bool desk_bundle_mark(struct desk *desk, int64_t written_at, struct desk_bundle_mark *mark_r);

/* Notes that the server's log is another one: the next file asks for all of it. In the caller's
 * transaction. False with replica_why. */
bool desk_bundle_note_fresh(struct desk *desk);

/* --- desk_bundle_read.c ------------------------------------------------------------------------
 */

struct identity_seal;

struct desk_bundle_reading {
    const char *path;
    struct evp_pkey_st *key;       /* this device's */
    enum desk_bundle_state *state; /* GOOD until something is found: then the reading ends */
    /* Takes a chunk; `seal` only with the first one of a stream. False: why_r tells. */
    bool (*chunk)(
        void *arg, const struct identity_seal *seal, const uint8_t *data, size_t size, bool last);
    void *arg;
};

/* Opens all streams of an answer's file, one behind the other. False with why_r. */
bool desk_bundle_read(const struct desk_bundle_reading *reading, struct desk_why *why_r);
