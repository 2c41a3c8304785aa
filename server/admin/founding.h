/* The first records of a region: the Consortium, its coordinator, and the invitation to join as
 * such. */
#pragma once

#include <stdbool.h>

#include "identity.h"
#include "settings.h"
#include "store/direct.h"
#include "uuid.h"

/* What tells this founding from any other, so that one that was cut short can be gone on with. */
struct founding_ids {
    uint8_t records[2][UUID_SIZE], operations[2][UUID_SIZE]; /* the party's, the account's */
};

/* New ones. */
void founding_ids_make(struct founding_ids *ids_r);

/* As a founding that was cut short left them at `path`; false when it left none. */
bool founding_ids_read(const char *path, struct founding_ids *ids_r);

/* Keeps them there, for the next try; atomically, synced. False with errno. */
bool founding_ids_write(const char *path, const struct founding_ids *ids);

enum founding_found {
    FOUNDING_EMPTY,  /* a schema without any change, or no schema */
    FOUNDING_OURS,   /* these records and no more; nobody has joined */
    FOUNDING_LIVING, /* a region that others use or may use */
    FOUNDING_BUSY,   /* another process founds it, from this or another folder */
    FOUNDING_UNKNOWN /* the database does not tell: why_r */
};

/* What the region's schema holds, as its owner sees it. Of one that is empty or ours *held_r is a
 * connection: until that is closed (direct_close) it is founded by nobody else. Else it is NULL. */
enum founding_found founding_look(const struct settings_region *region,
    const struct founding_ids *ids, struct pg_conn **held_r, char *why_r, size_t size);

/* True when that role could change the log or remove the region that the connection's role is to
 * own: a superuser, or one with the rights of the schema's or of the database's owner. False also
 * where that cannot be found out. */
bool founding_role_rules(struct pg_conn *owner, const char *role);

/* Writes the records, unless they are there, and a new invitation; through the same writer as
 * everything else (30 s at most). `coordinator` are the words for the coordinator. The invitation's
 * code in code_r. False with a line of why in why_r. */
bool founding_run(const struct settings *settings, const struct founding_ids *ids,
    const char *coordinator, char code_r[32], char *why_r, size_t size);
