#include "link/link.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "frame.h"
#include "identity.h"
#include "link/link_internal.h"
#include "text.h"

#define READ_SIZE ((size_t)32768)
#define WRITE_SIZE ((size_t)16384)    /* of one TLS record */
#define WIRE_MAX ((size_t)256 * 1024) /* ciphered ahead of the socket */

/* When a dead line is noticed while nothing is said: after 30 s, 3 questions 10 s apart. */
#define KEEPALIVE_IDLE 30
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_COUNT 3

bool link_fail(struct link *link, enum link_trouble trouble, const char *detail)
{
    link->why.trouble = trouble;
    text_copy(link->why.detail, sizeof(link->why.detail), detail == NULL ? "" : detail);
    return false;
}

/* Until the server has answered something, it was never reached. */
static bool fail_lost(struct link *link)
{
    return link_fail(link, link->answered ? LINK_LOST : LINK_UNREACHABLE, NULL);
}

const struct link_why *link_why(const struct link *link)
{
    return &link->why;
}

bool link_has_sent(const struct link *link)
{
    return link->has_sent;
}

static void set_alive(struct link *link)
{
    if (link->answered)
        link->deadline = link->following ? INT64_MAX : clock_steady() + LINK_SILENCE;
}

/* What we sent may still be under way on a slow line: that is no silence. */
static bool still_sending(struct link *link)
{
    int unsent = 0;
    bool moved;

    if (!link->answered || ioctl(link->fd, SIOCOUTQ, &unsent) != 0)
        return false;
    moved = unsent > 0 && unsent != link->unsent;
    link->unsent = unsent;
    if (moved)
        set_alive(link);
    return moved;
}

static int time_left(const struct link *link)
{
    int64_t left;

    if (link->deadline == INT64_MAX)
        return -1;
    left = link->deadline - clock_steady();
    return left <= 0 ? 0 : left > LINK_SILENCE ? LINK_SILENCE : (int)left;
}

bool link_wait(struct link *link, short events, short *events_r)
{
    struct pollfd wait[] = {{link->fd, events, 0}, {link->wake_fd, POLLIN, 0}};

    for (;;) {
        int ready = poll(wait, 2, time_left(link));

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return fail_lost(link);
        if (wait[1].revents != 0)
            return link_fail(link, LINK_WOKEN, NULL);
        *events_r = wait[0].revents;
        if (ready > 0)
            return true;
        if (!still_sending(link))
            return fail_lost(link);
    }
}

/* Moves what TLS has ciphered to the wire buffer. */
static bool take_ciphered(struct link *link)
{
    char *data;
    long size = BIO_get_mem_data(link->out, &data);

    if (size > 0 && evbuffer_add(link->wire, data, (size_t)size) != 0)
        return link_fail(link, LINK_MEMORY, NULL);
    (void)BIO_reset(link->out);
    return true;
}

/* Ciphers as much of the requests as should be ahead of the socket. */
static bool cipher(struct link *link)
{
    size_t size;

    while ((size = evbuffer_get_length(link->requests)) > 0 &&
           evbuffer_get_length(link->wire) < WIRE_MAX) {
        size_t piece = size < WRITE_SIZE ? size : WRITE_SIZE;
        const unsigned char *data = evbuffer_pullup(link->requests, (ev_ssize_t)piece);
        size_t written;

        if (data == NULL)
            return link_fail(link, LINK_MEMORY, NULL);
        if (SSL_write_ex(link->tls, data, piece, &written) != 1)
            return fail_lost(link);
        evbuffer_drain(link->requests, written);
        link->has_sent = true;
        if (!take_ciphered(link))
            return false;
    }
    return true;
}

/* Sends what the socket takes now. */
static bool flush_wire(struct link *link)
{
    size_t size;

    while ((size = evbuffer_get_length(link->wire)) > 0) {
        const unsigned char *data = evbuffer_pullup(link->wire, (ev_ssize_t)size);
        ssize_t sent;

        if (data == NULL)
            return link_fail(link, LINK_MEMORY, NULL);
        sent = send(link->fd, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN || fail_lost(link);
        evbuffer_drain(link->wire, (size_t)sent);
        set_alive(link);
    }
    return true;
}

/* Hands what the socket has to TLS. */
static bool fill(struct link *link)
{
    unsigned char data[READ_SIZE];
    ssize_t size;

    do
        size = recv(link->fd, data, sizeof(data), 0);
    while (size < 0 && errno == EINTR);
    if (size < 0 && errno == EAGAIN)
        return true;
    if (size <= 0)
        return fail_lost(link);
    set_alive(link);
    return BIO_write(link->in, data, (int)size) == size || link_fail(link, LINK_MEMORY, NULL);
}

static bool decipher(struct link *link)
{
    struct evbuffer_iovec space;
    size_t size = 0;
    int code;

    do {
        if (evbuffer_reserve_space(link->input, WRITE_SIZE, &space, 1) < 1)
            return link_fail(link, LINK_MEMORY, NULL);
        code = SSL_read_ex(link->tls, space.iov_base, space.iov_len, &size);
        space.iov_len = code == 1 ? size : 0;
        evbuffer_commit_space(link->input, &space, 1);
    } while (code == 1);
    code = SSL_get_error(link->tls, code);
    ERR_clear_error();
    return (code == SSL_ERROR_WANT_READ || fail_lost(link)) && take_ciphered(link);
}

/* One turn: sends, waits, receives. */
static bool turn(struct link *link)
{
    short events = POLLIN;

    if (!flush_wire(link))
        return false;
    /* what is not ciphered yet goes on when the socket takes more */
    if (evbuffer_get_length(link->wire) > 0 || evbuffer_get_length(link->requests) > 0)
        events |= POLLOUT;
    return link_wait(link, events, &events) && (!(events & ~POLLOUT) || fill(link));
}

static bool check_fingerprint(struct link *link, const uint8_t *expected)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    X509 *certificate = SSL_get1_peer_certificate(link->tls);
    bool same = certificate != NULL && identity_fingerprint(certificate, fingerprint) &&
                memcmp(fingerprint, expected, sizeof(fingerprint)) == 0;

    X509_free(certificate);
    return same || link_fail(link, LINK_IMPOSTOR, NULL);
}

/* Our last flight stays in the wire buffer: it leaves together with the first requests. */
static bool handshake(struct link *link)
{
    for (;;) {
        int code = SSL_do_handshake(link->tls);

        if (!take_ciphered(link))
            return false;
        if (code == 1)
            return true;
        code = SSL_get_error(link->tls, code);
        ERR_clear_error();
        if (code != SSL_ERROR_WANT_READ) {
            flush_wire(link); /* the alert */
            return link->why.trouble == LINK_KEY ? false : fail_lost(link);
        }
        if (!turn(link))
            return false;
    }
}

/* The key is read only when the server asks who we are: not in a session taken up again. */
static int present(SSL *tls, void *arg)
{
    struct link *link = arg;
    const char *why;

    if (identity_present(tls, link->options->key_path, link->options->certificate_path, &why))
        return 1;
    link_fail(link, LINK_KEY, why);
    return 0;
}

static bool start_tls(struct link *link, const struct link_options *options)
{
    const char *why;

    link->context = identity_context(false, NULL, NULL, &why);
    if (link->context == NULL)
        return link_fail(link, LINK_KEY, why);
    link->tls = SSL_new(link->context);
    link->in = BIO_new(BIO_s_mem());
    link->out = BIO_new(BIO_s_mem());
    if (link->tls == NULL || link->in == NULL || link->out == NULL) {
        BIO_free(link->in);
        BIO_free(link->out);
        return link_fail(link, LINK_MEMORY, NULL);
    }
    BIO_set_mem_eof_return(link->in, -1);
    SSL_set_bio(link->tls, link->in, link->out);
    SSL_set_connect_state(link->tls);
    SSL_set_cert_cb(link->tls, present, link);
    SSL_set_tlsext_host_name(link->tls, options->host);
    link_session_load(link);
    return handshake(link) && check_fingerprint(link, options->fingerprint);
}

static bool prepare(struct link *link, const struct link_options *options)
{
    link->requests = evbuffer_new();
    link->wire = evbuffer_new();
    link->input = evbuffer_new();
    if (options->session_path != NULL)
        link->session_path = strdup(options->session_path);
    return link->requests != NULL && link->wire != NULL && link->input != NULL;
}

struct link *link_open(const struct link_options *options, struct link_why *why_r)
{
    struct link *link = calloc(1, sizeof(*link));

    *why_r = (struct link_why){.trouble = LINK_MEMORY};
    if (link == NULL)
        return NULL;
    link->fd = link->wake_fd = -1;
    link->patience = LINK_FIRST_ANSWER;
    link->deadline = clock_steady() + (options->slow ? LINK_SLOW_CONNECT : LINK_FIRST_ANSWER);
    link->why.trouble = LINK_MEMORY;
    link->options = options;
    if (prepare(link, options))
        link->fd = link_connect(link, options->host, options->port);
    if (link->fd < 0 || !start_tls(link, options)) {
        *why_r = link->why;
        link_free(&link);
        return NULL;
    }
    link->options = NULL;
    why_r->trouble = LINK_FINE;
    return link;
}

static void say_goodbye(struct link *link)
{
    if (link->tls == NULL || !SSL_is_init_finished(link->tls))
        return;
    SSL_shutdown(link->tls);
    if (take_ciphered(link))
        flush_wire(link);
    ERR_clear_error();
}

void link_free(struct link **link)
{
    struct link *l = *link;

    if (l == NULL)
        return;
    say_goodbye(l);
    link_session_keep(l);
    SSL_SESSION_free(l->session);
    SSL_free(l->tls);
    identity_context_free(&l->context);
    if (l->fd >= 0)
        close(l->fd);
    if (l->requests != NULL)
        evbuffer_free(l->requests);
    if (l->wire != NULL)
        evbuffer_free(l->wire);
    if (l->input != NULL)
        evbuffer_free(l->input);
    free((char *)l->session_path);
    free(l);
    *link = NULL;
}

void link_renew(struct link *link)
{
    link->answered = false;
    link->deadline = clock_steady() + link->patience;
}

int64_t link_rtt(const struct link *link)
{
    struct tcp_info info = {.tcpi_rtt = 0};
    socklen_t size = sizeof(info);

    if (getsockopt(link->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return 0;
    return (int64_t)info.tcpi_rtt / 1000;
}

bool link_put(struct link *link, const Concert__Request *request)
{
    return frame_append(link->requests, &request->base) || link_fail(link, LINK_MEMORY, NULL);
}

/* The next whole frame as a response; NULL when there is none yet, or with *good_r false. */
static Concert__Response *take_frame(struct link *link, struct arena *arena, bool *good_r)
{
    size_t size;
    enum frame_state state = frame_peek(link->input, FRAME_TO_CLIENT_MAX, &size);
    Concert__Response *response;
    const uint8_t *data;

    *good_r = true;
    if (state == FRAME_PARTIAL)
        return NULL;
    *good_r = false;
    if (state != FRAME_WHOLE) {
        link_fail(link, LINK_BROKEN, NULL);
        return NULL;
    }
    data = evbuffer_pullup(link->input, (ev_ssize_t)(FRAME_HEADER + size));
    response = data == NULL
                   ? NULL
                   : concert__response__unpack(arena_allocator(arena), size, data + FRAME_HEADER);
    if (response == NULL)
        link_fail(link, LINK_BROKEN, NULL);
    evbuffer_drain(link->input, FRAME_HEADER + size);
    link->answered = true;
    set_alive(link);
    return response;
}

Concert__Response *link_next(struct link *link, struct arena *arena)
{
    for (;;) {
        bool good;
        Concert__Response *response = take_frame(link, arena, &good);

        if (response != NULL || !good)
            return response;
        if (!cipher(link) || !turn(link) || !decipher(link))
            return NULL;
    }
}

void link_follow(struct link *link, int wake_fd)
{
    const int one = 1, idle = KEEPALIVE_IDLE, interval = KEEPALIVE_INTERVAL;
    const int count = KEEPALIVE_COUNT;

    link->following = true;
    link->wake_fd = wake_fd;
    set_alive(link);
    setsockopt(link->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
    setsockopt(link->fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(link->fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
    setsockopt(link->fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
}
