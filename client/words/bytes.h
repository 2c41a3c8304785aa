/* Sizes of files as people write them. */
#pragma once

#include <stdint.h>

#define BYTES_SIZE 32

/* "812 octets", "54 ko", "1,2 Mo" (no-break spaces) in French, "812 bytes", "54 KB", "1.2 MB" in
 * English; 1,024 of one make the next, as file managers count. */
void bytes_text(uint64_t bytes, const char *language, char out[BYTES_SIZE]);
