#include "words/bytes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STEP 1024
#define UNITS 4

void bytes_text(uint64_t bytes, const char *language, char out[BYTES_SIZE])
{
    static const char *const french[UNITS] = {"octets", "ko", "Mo", "Go"};
    static const char *const english[UNITS] = {"bytes", "KB", "MB", "GB"};
    bool is_french = strcmp(language, "fr") == 0;
    const char *const *units = is_french ? french : english;
    uint64_t tenths = bytes * 10;
    size_t unit = 0;

    /* 1023.95 would be written 1024: it is one of the next. */
    while (unit + 1 < UNITS && tenths >= (uint64_t)STEP * 10 - (unit > 0 ? 5 : 0)) {
        tenths = (tenths + STEP / 2) / STEP;
        unit++;
    }
    if (unit == 0)
        snprintf(out, BYTES_SIZE, is_french ? "%" PRIu64 "\u00a0%s" : "%" PRIu64 " %s", bytes,
            bytes == 1 ? (is_french ? "octet" : "byte") : units[0]);
    else if (tenths >= 1000 || tenths % 10 == 0)
        snprintf(out, BYTES_SIZE, is_french ? "%" PRIu64 "\u00a0%s" : "%" PRIu64 " %s",
            (tenths + 5) / 10, units[unit]);
    else
        snprintf(out, BYTES_SIZE,
            is_french ? "%" PRIu64 ",%" PRIu64 "\u00a0%s" : "%" PRIu64 ".%" PRIu64 " %s",
            tenths / 10, tenths % 10, units[unit]);
}
