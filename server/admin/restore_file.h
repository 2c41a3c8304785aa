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
    const char *path; /* as people know it */
    int from;         /* the backup, open; -1: no more */
    struct restore_part parts[RESTORE_PARTS];
    int dump;     /* a file without a name in the state folder; -1: none */
    bool no_room; /* the state folder's disk did not take it */
    char name[64], head[32], hash[80], taken[32]; /* fit for SQL: no quotes in them */
    int version;                                  /* the schema's */
};

/* Opens the backup at `path`, "-" for stdin; the path is lent. 0, or the exit code with the reason
 * said. Free with restore_file_clear once it is open. */
int restore_file_open(struct restore_file *file_r, const struct admin *admin, const char *path);

/* Reads the backup that is open; its dump goes into a file in the state folder that is gone with
 * the process. False with the reason said: not a whole backup, of a newer program, or a signal to
 * stop (dump_hold_signals) has come. */
bool restore_file_read(struct restore_file *file);

/* Frees what it holds. */
void restore_file_clear(struct restore_file *file);
