/* Private to link*.c. */
#pragma once

#include <event2/buffer.h>
#include <openssl/ssl.h>
#include <stddef.h>

#include "link/link.h"

struct link {
    int fd;
    int wake_fd;      /* -1: none */
    int64_t deadline; /* milliseconds of the monotonic clock; INT64_MAX: none */
    int64_t patience; /* milliseconds for a first answer, since the line was measured */
    bool answered;    /* the server has answered something */
    bool following;
    bool has_sent;
    int unsent;                         /* bytes that the kernel held at the last look */
    const struct link_options *options; /* while link_open runs */
    SSL_CTX *context;
    SSL *tls;
    BIO *in, *out;             /* the ciphered side of tls; owned by it */
    SSL_SESSION *session;      /* newest ticket; NULL: none */
    const char *session_path;  /* copy, or NULL */
    struct evbuffer *requests; /* frames not ciphered yet */
    struct evbuffer *wire;     /* ciphered, not sent yet */
    struct evbuffer *input;    /* deciphered, not read yet */
    struct link_why why;
};

/* Notes why; `detail` may be NULL. Always false. */
bool link_fail(struct link *link, enum link_trouble trouble, const char *detail);

/* A connected TCP socket, or -1 with the reason in link. Tries each address until the deadline;
 * then sets it, and the patience, by how long connecting took. */
int link_connect(struct link *link, const char *host, const char *port);

/* Waits for `events` (poll) on the socket until the deadline. *events_r: what is ready. */
bool link_wait(struct link *link, short events, short *events_r);

/* Takes up the TLS session of the last time, and asks to be told of new ones. On a slow line
 * records are small: what is in one cannot be read before the last byte of it is there. */
void link_session_load(struct link *link);

/* Writes the newest session to its file; nothing when there is none. */
void link_session_keep(struct link *link);
