#include "state.h"

#include <stddef.h>
#include <stdio.h>

static bool join(char *path_r, const char *folder, const char *name)
{
    int length = snprintf(path_r, STATE_PATH, "%s/%s", folder, name);

    return length > 0 && length < STATE_PATH;
}

bool state_paths(const char *state, struct state_paths *paths_r)
{
    return join(paths_r->key, state, "key.pem") && join(paths_r->certificate, state, "cert.pem") &&
           join(paths_r->settings, state, "concertd.conf");
}
