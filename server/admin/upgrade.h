/* Whether what this program finds in the database is what it was made for. */
#pragma once

#include "admin/admin.h"

#define UPGRADE_WHY 2048 /* bytes of its sentences */

enum upgrade {
    UPGRADE_FITS,
    UPGRADE_AWAY, /* the database does not answer */
    UPGRADE_WRONG /* no such region in it, one of another version, or no rights to it */
};

/* Looks at the region's schema, as the server connects; waits up to 10 s. Unless it fits, why_r has
 * one sentence for the technician: what the database said when it is away, else what is wrong and
 * what to run. `folder` is the state folder that the sentence names. */
enum upgrade upgrade_look(
    const struct settings_region *region, const char *folder, char *why_r, size_t size);

/* The same for the region that a command of ADMIN_REGION is about, and says it. Returns 0 when it
 * fits, else the exit code: the command then asks the database for nothing. */
int upgrade_check(const struct admin *admin);

/* Looks at each region's schema. False, with the sentence in why_r, when one is wrong; true also
 * when a database does not answer, for the server waits for it. */
bool upgrade_not_needed(
    const struct settings *settings, const char *folder, char *why_r, size_t size);
