/* Reads the few fields that a load looks at straight off the wire: a thousand followers must not
 * cost the loader more than the server. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_scan {
    bool more;
    unsigned answer; /* its field number in Response; 0: none */
    uint64_t upto;   /* of a Page */
    size_t records;  /* of a Page */
};

/* Reads a Response. False when it is not one. */
bool load_scan_response(const uint8_t *data, size_t size, struct load_scan *scan_r);
