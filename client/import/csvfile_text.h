/* The bytes of a CSV file as one UTF-8 text. */
#pragma once

#include "import/csvfile.h"

/* Turns `size` bytes into NUL-terminated UTF-8 with '\n' line ends and no BOM, *size_r bytes
 * without the NUL. Bytes that are not UTF-8 are read as Windows-1252. Malloc'd; NULL with error_r.
 */
char *csvfile_text_decode(
    const char *data, size_t size, size_t *size_r, struct csvfile_error *error_r);
