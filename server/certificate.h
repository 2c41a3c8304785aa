/* The server's certificate while it serves: a new one for the same key, and when it ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ssl_ctx_st;

/* Takes the certificate of the file for connections to come; those that are there keep theirs. The
 * key stays the one that was read at the start: a certificate that is not its own is refused, and
 * nothing has changed. False with *why_r, a static English text. */
bool certificate_renew(struct ssl_ctx_st *context, const char *path, const char **why_r);

/* When it ends, in seconds since 1970 UTC; 0: not known. */
int64_t certificate_expires(const struct ssl_ctx_st *context);
