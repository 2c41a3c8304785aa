/*
 * Makes and renews a region's schema, as its owner. Synchronous: for the technician's commands
 * alone, never inside the event loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "direct.h"

#define MIGRATE_WHY_SIZE DIRECT_WHY_SIZE

/* True for a name that a region's schema may have: a-z, 0-9 and _, a letter first, at most 48; not
 * PostgreSQL's own (pg_…, information_schema, public). */
bool migrate_name_valid(const char *schema);

struct migrate_options {
    bool existing;                                         /* a schema that is not there: refused */
    bool rehearse;                                         /* all is done, then rolled back */
    void (*step)(void *arg, int number, const char *name); /* before each; NULL: silent */
    void *arg;
};

enum migrate_end {
    MIGRATE_REFUSED, /* nothing has changed */
    MIGRATE_UNKNOWN, /* the connection was lost in the COMMIT; doing it again does what is missing
                      */
    MIGRATE_DONE
};

/* Creates the schema unless it is there, takes the numbered steps that it lacks, all in one
 * transaction under a lock, and gives `daemon_role` its rights: all it needs, and on the log to
 * read and to add; servers that serve it are told to look at its version. `options` NULL: none. The
 * version that it was of in *from_r (may be NULL; -1: not known). One line of why in why_r unless
 * it is done: the name is not valid, the schema is of a later version than this program, something
 * else holds a lock for longer than 10 s (another migration, a backup), or PostgreSQL refuses. */
enum migrate_end migrate_up(const char *owner_conninfo, const char *schema, const char *daemon_role,
    const struct migrate_options *options, int *from_r, char why_r[MIGRATE_WHY_SIZE]);

/* migrate_up without options. False with why_r unless it is done. */
bool migrate_run(const char *owner_conninfo, const char *schema, const char *daemon_role,
    char why_r[MIGRATE_WHY_SIZE]);

/* The number of the last step that the schema has into *version_r, 0 when there is no such schema.
 * False with why_r when the database cannot be read. */
bool migrate_version(
    const char *conninfo, const char *schema, int *version_r, char why_r[MIGRATE_WHY_SIZE]);

/* The same on a connection that is open; -1 with why_r. */
int migrate_version_on(struct pg_conn *conn, const char *schema, char why_r[MIGRATE_WHY_SIZE]);

/* Until this connection closes, no step is taken in the schema; several may ask for that at once.
 * Waits for a migration that is at work, by the connection's lock_timeout at most; then false with
 * why_r, as when PostgreSQL refuses. */
bool migrate_keep_out(struct pg_conn *conn, const char *schema, char why_r[MIGRATE_WHY_SIZE]);

/* The role that a libpq connection text names. False with why_r when it names none or is no such
 * text. */
bool migrate_user(const char *conninfo, char *user_r, size_t size, char why_r[MIGRATE_WHY_SIZE]);

/* The version that this program makes. */
int migrate_latest(void);
