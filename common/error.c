#include "error.h"

#include <stdio.h>

struct name {
    Concert__Code code;
    const char *name;
};

static const struct name names[] = {
    {CONCERT__CODE__BAD_FRAME, "bad_frame"},
    {CONCERT__CODE__BAD_REQUEST, "bad_request"},
    {CONCERT__CODE__TOO_LARGE, "too_large"},
    {CONCERT__CODE__UNSUPPORTED_VERSION, "unsupported_version"},
    {CONCERT__CODE__NOT_AUTHENTICATED, "not_authenticated"},
    {CONCERT__CODE__DENIED, "denied"},
    {CONCERT__CODE__INVALID, "invalid"},
    {CONCERT__CODE__NOT_FOUND, "not_found"},
    {CONCERT__CODE__EXISTS, "exists"},
    {CONCERT__CODE__FROZEN, "frozen"},
    {CONCERT__CODE__DIVERGED, "diverged"},
    {CONCERT__CODE__BUSY, "busy"},
    {CONCERT__CODE__UNAVAILABLE, "unavailable"},
    {CONCERT__CODE__INTERNAL, "internal"},
};

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from == NULL ? "" : from);
}

struct error error_make(Concert__Code code, const char *field, const char *rule, const char *limit)
{
    struct error error = {.code = code};

    copy(error.field, sizeof(error.field), field);
    copy(error.rule, sizeof(error.rule), rule);
    copy(error.limit, sizeof(error.limit), limit);
    return error;
}

const char *error_name(Concert__Code code)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == code)
            return names[i].name;
    return "unknown";
}
