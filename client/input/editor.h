/* A text in the person's own editor, kept in a file of the home until it is no longer needed. */
#pragma once

#include <stdbool.h>

#include "arena.h"

#define EDITOR_PATH_SIZE 4096

/* Writes the text to a file of its own in the folder, which nobody else can read. False with errno.
 */
bool editor_keep(const char *folder, const char *text, char path_r[EDITOR_PATH_SIZE]);

/* Runs VISUAL, EDITOR or the system's editor on the file and waits. True when it ended well. */
bool editor_run(const char *path);

/* The file's text, in the arena; NULL with errno. */
char *editor_read(const char *path, struct arena *arena);
