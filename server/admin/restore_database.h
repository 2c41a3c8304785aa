/* What a restore does in the database: looks whether it may, and puts the backup there. */
#pragma once

#include "admin/admin.h"
#include "admin/restore_file.h"
#include "store/direct.h"

#define RESTORE_NAMED_MAX 63 /* bytes of a name in PostgreSQL */

/* A restore that is under way. */
struct restore {
    struct admin *admin;
    struct settings_region *region;
    struct restore_file file;
    int lock;    /* the state folder, held; -1: not yet */
    bool fresh;  /* this process made it */
    bool made;   /* it gets the backup's settings, for it has none */
    bool bare;   /* the folder has no key: it gets the backup's */
    bool filled; /* the schema is the backup's already: one that was cut behind it goes on */
    struct pg_conn *conn;               /* the owner's, which holds the region */
    char aside[RESTORE_NAMED_MAX + 17]; /* what the present schema becomes; "": there is none */
};

/* Connects as the region's owner and looks whether the backup may be put there, while no other
 * restore or init is at it: sets conn, filled and aside. False with the reason said. */
bool restore_database_check(struct restore *restore);

/* In one transaction: the present schema aside, the backup in its place, closed to servers and
 * marked as this backup's, and its head as was told. False with the reason said; then nothing has
 * changed. */
bool restore_database_fill(const struct restore *restore);

/* Brings the schema to this program's version, and gives the server's role its rights; it stays
 * closed. False with the reason said, and what to do. */
bool restore_database_bring_up(const struct restore *restore);

/* Opens the region to servers: the end. False with the reason said, and what to do. */
bool restore_database_open(const struct restore *restore);

/* The next schema behind `name` ("": the first) that a restore of this region moved aside, also an
 * earlier one, into `name`. False: there is none. */
bool restore_database_kept(const struct restore *restore, char name[RESTORE_NAMED_MAX + 1]);
