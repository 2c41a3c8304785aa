/* The server's certificate: how its files are, a new one for the same key while it serves, and when
 * it ends. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ssl_ctx_st;

enum certificate_state {
    CERTIFICATE_GOOD,
    CERTIFICATE_UNREADABLE, /* no certificate, or it cannot be read */
    CERTIFICATE_NO_KEY,     /* no key, or it cannot be read */
    CERTIFICATE_STRANGE,    /* it is not of that key */
    CERTIFICATE_EARLY,      /* it is not valid yet */
    CERTIFICATE_OVER
};

/* How the files are, by this machine's clock. For how many whole days it is good yet in *days_r, 0
 * unless it is good. */
enum certificate_state certificate_look(const char *path, const char *key_path, int *days_r);

/* Takes the certificate of the file for connections to come; those that are there keep theirs. The
 * key stays the one that was read at the start: a certificate that is not its own is refused, and
 * nothing has changed. False with *why_r, a static English text. */
bool certificate_renew(struct ssl_ctx_st *context, const char *path, const char **why_r);

/* When it ends, in seconds since 1970 UTC; 0: not known. */
int64_t certificate_expires(const struct ssl_ctx_st *context);
