/* A backup's file, read whole and checked before anything is done with it. */
#pragma once

#include "admin/admin.h"

#define RESTORE_TEXT_MAX ((size_t)65536)

/* A small part of the file. */
struct restore_part {
    const char *name;
    char *text; /* with a NUL behind it */
    size_t size;
};

enum { RESTORE_ABOUT, RESTORE_SETTINGS, RESTORE_KEY, RESTORE_CERTIFICATE, RESTORE_PARTS };

struct restore_file {
    const struct admin *admin;
    struct restore_part parts[RESTORE_PARTS];
    int dump;     /* a file without a name in the state folder; -1: none */
    bool no_room; /* the state folder's disk did not take it */
    char name[64], head[32], hash[80], taken[32]; /* fit for SQL: no quotes in them */
    int version;                                  /* the schema's */
};

/* Reads the backup at `path`; its dump goes into a file in the state folder that is gone with the
 * process. False with the reason said: not a whole backup, or of a newer program. Free with
 * restore_file_clear in either case. */
bool restore_file_read(struct restore_file *file_r, const struct admin *admin, const char *path);

/* Frees what it holds. */
void restore_file_clear(struct restore_file *file);
