/* What `concertd init` is told: the settings of a new server with one region, or of one region more
 * for the server whose folder it is. */
#pragma once

#include <stdbool.h>

#include "admin/admin.h"

#define INIT_WORDS_OPTIONS 13

extern const struct admin_option init_words_options[INIT_WORDS_OPTIONS];

struct init_words {
    const char *coordinator; /* who it is */
    struct state_paths paths;
    struct settings settings; /* with the new region alone */
    bool adding;              /* the folder has a server, and the region is one more for it */
    bool serving;             /* adding, and that server has regions already */
};

/* Reads and checks them. Returns 0, or the exit code when they are not right or the region is
 * there, with what is wrong and what to do said on stderr. The texts are the command line's. */
int init_words_read(struct init_words *words_r, const struct admin *admin);
