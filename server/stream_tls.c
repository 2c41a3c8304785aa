#include "stream_tls.h"

#include <errno.h>
#include <event2/buffer.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "metrics.h"

#define RECORD_MAX ((size_t)16 * 1024) /* plain bytes of one TLS record */

struct ssl_st *stream_tls_new(struct ssl_ctx_st *context, int fd)
{
    SSL *tls = SSL_new(context);

    if (tls != NULL && SSL_set_fd(tls, fd) != 1) {
        SSL_free(tls);
        tls = NULL;
    }
    if (tls != NULL)
        SSL_set_accept_state(tls);
    return tls;
}

void stream_tls_free(struct ssl_st **tls)
{
    SSL_free(*tls);
    *tls = NULL;
}

/* What the last call's `result` means. OpenSSL tells a hang-up without goodbye apart only by its
 * error queue, which is why every call clears it first. */
static enum stream_tls_result outcome(SSL *tls, int result)
{
    int error = errno;
    unsigned long reason;

    switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_NONE:
        return STREAM_TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return STREAM_TLS_WAIT_READ;
    case SSL_ERROR_WANT_WRITE:
        return STREAM_TLS_WAIT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return STREAM_TLS_CLOSED;
    case SSL_ERROR_SYSCALL:
        return error == 0 ? STREAM_TLS_CLOSED : STREAM_TLS_LOST;
    default:
        reason = ERR_peek_error();
        ERR_clear_error();
        if (ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE)
            return STREAM_TLS_MEMORY;
        if (ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
            return STREAM_TLS_CLOSED;
        return STREAM_TLS_FAILED;
    }
}

enum stream_tls_result stream_tls_handshake(struct ssl_st *tls)
{
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_do_handshake(tls));
}

bool stream_tls_fingerprint(struct ssl_st *tls, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    X509 *certificate = SSL_get0_peer_certificate(tls);

    return certificate != NULL && identity_fingerprint(certificate, fingerprint_r);
}

enum stream_tls_result stream_tls_read(struct ssl_st *tls, struct evbuffer *input)
{
    uint8_t record[RECORD_MAX];
    int result;

    ERR_clear_error();
    errno = 0;
    result = SSL_read(tls, record, sizeof(record));
    if (result <= 0)
        return outcome(tls, result);
    metrics_add(METRICS_BYTES_IN, result);
    return evbuffer_add(input, record, (size_t)result) == 0 ? STREAM_TLS_DONE : STREAM_TLS_MEMORY;
}

bool stream_tls_pending(const struct ssl_st *tls)
{
    return SSL_has_pending(tls) == 1;
}

enum stream_tls_result stream_tls_write(struct ssl_st *tls, struct evbuffer *output)
{
    size_t length;

    while ((length = evbuffer_get_length(output)) > 0) {
        size_t size = length < RECORD_MAX ? length : RECORD_MAX;
        const uint8_t *data = evbuffer_pullup(output, (ev_ssize_t)size);
        int result;

        if (data == NULL)
            return STREAM_TLS_MEMORY;
        ERR_clear_error();
        errno = 0;
        result = SSL_write(tls, data, (int)size);
        if (result <= 0)
            return outcome(tls, result);
        metrics_add(METRICS_BYTES_OUT, result);
        evbuffer_drain(output, (size_t)result);
    }
    return STREAM_TLS_DONE;
}

void stream_tls_goodbye(struct ssl_st *tls)
{
    ERR_clear_error();
    SSL_shutdown(tls);
    ERR_clear_error();
}
