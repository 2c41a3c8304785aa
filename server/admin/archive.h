/*
 * The file of a backup: named parts one after the other, and at the end a hash of all of it, so
 * that a file that was cut or altered is found out before anything is done with it.
 *
 *   "concert-backup 1\n"
 *   of each part: "part NAME\n", pieces (4 bytes big-endian size, at most 1 MiB, then the bytes), a
 *     piece of size 0
 *   "end\n", and 32 bytes: BLAKE2b-256 of everything before them
 *
 * Parts, in this order: about (lines "key=value"), settings, key, certificate, dump (pg_dump's
 * custom format). Readable by its owner alone, for it holds the server's key.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARCHIVE_NAME_MAX 16
#define ARCHIVE_DRAFT ".new" /* behind the name of a backup that is not whole yet */

struct archive;

/* Begins PATH.new (mode 0600). NULL with errno: EEXIST when anything is at PATH, or at PATH.new
 * what is no draft of a backup; EBUSY while another process writes it. */
struct archive *archive_begin(const char *path);

/* Removes the file at PATH.new that archive_begin made in a process that was killed. False with
 * errno: EBUSY while a process writes it, EEXIST when it is no such file; then it is left as it is.
 */
bool archive_clear_draft(const char *draft);

/* Begins one on stdout, which stays open and is to be left alone until the end. NULL with errno. */
struct archive *archive_begin_stdout(void);

/* Begins the next part. False with errno. */
bool archive_part(struct archive *archive, const char *name);

/* Adds to the part. False with errno, as when the disk is full. */
bool archive_add(struct archive *archive, const void *data, size_t size);

/* A whole part. False with errno. */
bool archive_text(struct archive *archive, const char *name, const char *text, size_t size);

/* Ends the file, syncs it and gives it its name. False with errno; EEXIST when something has come
 * to be there meanwhile, which is left as it is. */
bool archive_finish(struct archive *archive);

/* Frees; a file that was not finished is removed. Accepts NULL, leaves NULL. */
void archive_free(struct archive **archive);

enum archive_state {
    ARCHIVE_GOOD,
    ARCHIVE_UNREADABLE, /* errno */
    ARCHIVE_OTHER,      /* no backup, or of a later format */
    ARCHIVE_CUT,        /* it ends early */
    ARCHIVE_ALTERED     /* its hash is another */
};

/* Reads the file through; true from `take` goes on. Pieces of a part come in order. */
typedef bool archive_take(void *arg, const char *part, const void *data, size_t size);

/* Reads all of it and checks the hash; `take` may be NULL. The pieces come before it is known
 * whether the hash agrees. ARCHIVE_UNREADABLE with errno also when `take` says no. */
enum archive_state archive_read_from(FILE *file, archive_take *take, void *arg);

/* The same of the file at `path`. */
enum archive_state archive_read(const char *path, archive_take *take, void *arg);
