/* A file's name is on the disk when its folder is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Syncs the folder that the file at `path` is in. False with errno; a disk that cannot sync folders
 * (EINVAL) is taken as it is. */
bool folder_sync(const char *path);

/* Writes the file at `path`, whole or not at all, and syncs it and its folder: first as PATH.new,
 * which is the writer's alone until it is whole, then under its name in place of what is there.
 * False with errno; then PATH is as it was, or its folder could not be synced. */
bool folder_write(const char *path, const void *data, size_t size, mode_t mode);
