/* TLS on a non-blocking socket: OpenSSL's answers in the stream's terms. Arms no event. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity.h"

struct evbuffer;
struct ssl_ctx_st;
struct ssl_st; /* OpenSSL's SSL */

enum stream_tls_result {
    STREAM_TLS_DONE,
    STREAM_TLS_WAIT_READ,  /* go on when the socket can be read */
    STREAM_TLS_WAIT_WRITE, /* go on when the socket can be written */
    STREAM_TLS_CLOSED,     /* the peer said goodbye or hung up; writing may still work */
    STREAM_TLS_LOST,       /* the connection failed: nothing more to be done with it */
    STREAM_TLS_FAILED,     /* the peer does not speak TLS as we do: nothing more to be done */
    STREAM_TLS_MEMORY
};

/* The server's side on an accepted socket, which stays the caller's. NULL when memory is out. */
struct ssl_st *stream_tls_new(struct ssl_ctx_st *context, int fd);

/* Frees; the socket stays open. Accepts NULL, leaves NULL. */
void stream_tls_free(struct ssl_st **tls);

/* Goes on with the handshake; DONE once it is complete. */
enum stream_tls_result stream_tls_handshake(struct ssl_st *tls);

/* The client certificate's fingerprint, also in a resumed session. False when it has none. */
bool stream_tls_fingerprint(struct ssl_st *tls, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE]);

/* Appends what one record holds, at most 16 KiB, to the buffer. */
enum stream_tls_result stream_tls_read(struct ssl_st *tls, struct evbuffer *input);

/* Whether bytes were taken from the socket that stream_tls_read has not given yet. */
bool stream_tls_pending(const struct ssl_st *tls);

/* Sends and drains as much of the buffer as the socket takes. DONE: all of it. After a WAIT the
 * bytes in it must stay as they are; more may be appended. */
enum stream_tls_result stream_tls_write(struct ssl_st *tls, struct evbuffer *output);

/* Says goodbye (close_notify). Not after LOST or FAILED, nor before the handshake is done. */
void stream_tls_goodbye(struct ssl_st *tls);
