/* A file's name is on the disk when its folder is. */
#pragma once

#include <stdbool.h>

/* Syncs the folder that the file at `path` is in. False with errno; a disk that cannot sync folders
 * (EINVAL) is taken as it is. */
bool folder_sync(const char *path);
