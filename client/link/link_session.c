/* The TLS session between commands: a ticket in a file spares the next command half the handshake.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "link/link_internal.h"

#define SESSION_MAX 8192
#define PATH_SIZE 4096

static int take_session(SSL *tls, SSL_SESSION *session)
{
    struct link *link = SSL_get_app_data(tls);

    SSL_SESSION_free(link->session);
    link->session = session;
    return 1; /* ours now */
}

static SSL_SESSION *read_session(const char *path)
{
    unsigned char data[SESSION_MAX];
    const unsigned char *at = data;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    if (fd < 0)
        return NULL;
    size = read(fd, data, sizeof(data));
    close(fd);
    return size <= 0 ? NULL : d2i_SSL_SESSION(NULL, &at, (long)size);
}

void link_session_load(struct link *link)
{
    uint8_t fragment =
        link->options->slow ? TLSEXT_max_fragment_length_2048 : TLSEXT_max_fragment_length_DISABLED;
    SSL_SESSION *session;

    SSL_set_tlsext_max_fragment_length(link->tls, fragment);
    if (link->session_path == NULL)
        return;
    SSL_set_app_data(link->tls, link);
    SSL_CTX_sess_set_new_cb(link->context, take_session);
    session = read_session(link->session_path);
    /* a session is of one size of records */
    if (session != NULL && SSL_SESSION_is_resumable(session) &&
        SSL_SESSION_get_max_fragment_length(session) == fragment)
        SSL_set_session(link->tls, session);
    SSL_SESSION_free(session);
}

/* Best effort: a session that is lost costs one whole handshake. */
static void write_session(const char *path, const unsigned char *data, size_t size)
{
    char beside[PATH_SIZE];
    int fd;

    snprintf(beside, sizeof(beside), "%s.%ld", path, (long)getpid());
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    if (write(fd, data, size) != (ssize_t)size || rename(beside, path) != 0)
        unlink(beside);
    close(fd);
}

void link_session_keep(struct link *link)
{
    unsigned char *data = NULL;
    int size;

    if (link->session == NULL || link->session_path == NULL)
        return;
    size = i2d_SSL_SESSION(link->session, &data);
    if (size > 0 && size <= SESSION_MAX)
        write_session(link->session_path, data, (size_t)size);
    OPENSSL_free(data);
}
