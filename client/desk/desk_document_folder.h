/* Private to desk_document*.c: the folder HOME/documents and its files. */
#pragma once

#include "desk/desk_document.h"
#include "desk/desk_internal.h"

#define DESK_DOCUMENT_PATH (DESK_PATH_SIZE + 64)

/* HOME/documents/ID.EXTENSION */
void desk_document_path(const struct desk *desk, const uint8_t id[UUID_SIZE], const char *extension,
    char path_r[DESK_DOCUMENT_PATH]);

/* Makes the folder when it is not there. False with why_r. */
bool desk_document_folder(const struct desk *desk, struct desk_why *why_r);

/* Copies from one descriptor to another (-1: nowhere), from where they stand, at most `most` bytes
 * and one more, which tells that there are more. False with errno; *wrong_from_r: it could not be
 * read, else written. */
bool desk_document_copy(
    int from, int to, uint64_t most, struct desk_facts *facts_r, bool *wrong_from_r);
