/* The daemon's state folder: where its key, its certificate and its settings are. */
#pragma once

#include <stdbool.h>

#define STATE_PATH 4096

struct state_paths {
    char key[STATE_PATH], certificate[STATE_PATH], settings[STATE_PATH];
};

/* The files of the folder `state`. False when a path would be too long. */
bool state_paths(const char *state, struct state_paths *paths_r);
