/* What is wrong with a request or an operation: a code, the field, the rule and its bound. */
#pragma once

#include <stdint.h>

#include "protocol.pb-c.h"

struct error {
    Concert__Code code; /* 0: nothing is wrong */
    char field[64];     /* as named in the .proto files; "": none */
    char rule[48];      /* a word of proto/README.md's table; "": none */
    char limit[48];     /* the bound that the rule has; "": none */
};

/* An error of that code; field, rule and limit may be NULL. Long words are cut. */
struct error error_make(Concert__Code code, const char *field, const char *rule, const char *limit);

/* The code's name as in protocol.proto, lower case: "not_found". "unknown" for a later version's.
 */
const char *error_name(Concert__Code code);
