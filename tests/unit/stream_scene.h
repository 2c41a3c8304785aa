/*
 * A stream, its owner and a real TLS peer in one process, for the tests of the stream: each waits
 * for a condition, never for a time.
 */
#pragma once

#include <event2/buffer.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "frame.h"
#include "identity.h"
#include "stream.h"
#include "stream_reason.h"

#define PATIENCE_MS 10000
#define FRAME_LIMIT ((size_t)64 * 1024)

/* What a callback does beside being recorded. */
enum act { NOTHING, CLOSE_IN_OPEN, CLOSE_IN_FRAME, HOLD_IN_FRAME, ANSWER_BAD, CLOSE_IN_ROOM, ECHO };

struct scene {
    struct event_base *base;
    SSL_CTX *server;
    SSL_CTX *known;   /* a client with a certificate */
    SSL_CTX *unknown; /* and one without */
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct stream_limits limits;
    struct stream *stream;
    int server_fd;
    int fd; /* the peer's */
    SSL *peer;
    enum act act;
    /* what the callbacks told */
    int opens, bads, rooms, closes;
    bool had_fingerprint, too_large;
    uint8_t seen[IDENTITY_FINGERPRINT_SIZE];
    enum stream_reason reason;
    size_t frames;
    struct evbuffer *messages; /* the frames' messages, one after the other */
    /* what the peer received */
    struct evbuffer *received;
    size_t reads;
    SSL_SESSION *session;
    int asked; /* for its certificate */
    const char *why;
};

static inline uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- the owner --- */

static inline void add_frame(struct evbuffer *buffer, const void *data, size_t size)
{
    uint8_t header[FRAME_HEADER];

    frame_header(size, header);
    evbuffer_add(buffer, header, sizeof(header));
    evbuffer_add(buffer, data, size);
}

static inline void answer(struct scene *s, const char *text)
{
    add_frame(stream_output(s->stream), text, strlen(text));
    stream_flush(s->stream);
}

static inline void on_open(void *arg, const uint8_t *fingerprint)
{
    struct scene *s = arg;

    s->opens++;
    s->had_fingerprint = fingerprint != NULL;
    if (fingerprint != NULL)
        memcpy(s->seen, fingerprint, sizeof(s->seen));
    if (s->act == CLOSE_IN_OPEN) {
        answer(s, "busy");
        stream_close(s->stream, STREAM_REFUSED);
    }
}

static inline void on_frame(void *arg, const uint8_t *data, size_t size)
{
    struct scene *s = arg;

    s->frames++;
    evbuffer_add(s->messages, data, size);
    if (s->act == CLOSE_IN_FRAME) {
        answer(s, "bye");
        stream_close(s->stream, STREAM_STOPPING);
        stream_close(s->stream, STREAM_IDLE_TIME);
        stream_flush(s->stream);
    } else if (s->act == HOLD_IN_FRAME) {
        stream_hold(s->stream, true);
    } else if (s->act == ECHO) {
        add_frame(stream_output(s->stream), data, size);
        stream_flush(s->stream);
        stream_hold(s->stream, stream_full(s->stream));
    }
}

static inline void on_bad_frame(void *arg, bool too_large)
{
    struct scene *s = arg;

    s->bads++;
    s->too_large = too_large;
    if (s->act == ANSWER_BAD) {
        answer(s, "bad frame");
        stream_close(s->stream, STREAM_BAD_FRAME);
    }
}

static inline void on_room(void *arg)
{
    struct scene *s = arg;

    s->rooms++;
    if (s->act == CLOSE_IN_ROOM)
        stream_close(s->stream, STREAM_STOPPING);
    else if (s->act == ECHO)
        stream_hold(s->stream, false);
}

static inline void on_closed(void *arg, enum stream_reason reason)
{
    struct scene *s = arg;

    s->closes++;
    s->reason = reason;
    s->stream = NULL;
}

static const struct stream_callbacks callbacks = {
    on_open, on_frame, on_bad_frame, on_room, on_closed};

/* --- the peer --- */

/* Lets the server's loop turn, the peer's handshake go on and the peer read what there is. */
static inline void turn(struct scene *s)
{
    uint8_t bytes[16384];
    int size;

    event_base_loop(s->base, EVLOOP_NONBLOCK);
    if (s->peer == NULL)
        return;
    while ((size = SSL_read(s->peer, bytes, sizeof(bytes))) > 0) {
        evbuffer_add(s->received, bytes, (size_t)size);
        s->reads++;
        event_base_loop(s->base, EVLOOP_NONBLOCK);
    }
}

/* Turns the loop until the condition holds. */
#define wait_for(s, condition)                                                                     \
    do {                                                                                           \
        uint64_t wait_end = now_ms() + PATIENCE_MS;                                                \
        while (!(condition) && now_ms() < wait_end)                                                \
            turn(s);                                                                               \
        assert_true(condition);                                                                    \
    } while (0)

/* Turns the loop some more, to see that nothing else happens. */
static inline void settle(struct scene *s)
{
    for (int i = 0; i < 20; i++)
        turn(s);
}

static inline void server_start(struct scene *s)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    s->server_fd = pair[0];
    s->fd = pair[1];
    s->stream = stream_new(s->base, s->server, s->server_fd, &s->limits, &callbacks, s);
    assert_non_null(s->stream);
}

static inline void peer_start(struct scene *s, SSL_CTX *context)
{
    s->peer = SSL_new(context);
    SSL_set_fd(s->peer, s->fd);
    SSL_set_connect_state(s->peer);
    if (s->session != NULL)
        SSL_set_session(s->peer, s->session);
}

/* A connection that is open on both sides. */
static inline void connected(struct scene *s, SSL_CTX *context)
{
    server_start(s);
    peer_start(s, context);
    wait_for(s, s->opens == 1 && SSL_is_init_finished(s->peer));
}

/* Hangs up without a word. */
static inline void peer_drop(struct scene *s)
{
    SSL_free(s->peer);
    s->peer = NULL;
    close(s->fd);
    s->fd = -1;
}

static inline void peer_write(struct scene *s, const void *data, size_t size)
{
    const uint8_t *at = data;
    uint64_t give_up = now_ms() + PATIENCE_MS;

    while (size > 0 && now_ms() < give_up) {
        int sent = SSL_write(s->peer, at, size > 16384 ? 16384 : (int)size);
        if (sent > 0) {
            at += sent;
            size -= (size_t)sent;
        } else {
            turn(s);
        }
    }
    assert_int_equal(size, 0);
}

static inline void peer_write_frame(struct scene *s, const void *data, size_t size)
{
    struct evbuffer *frame = evbuffer_new();

    add_frame(frame, data, size);
    peer_write(s, evbuffer_pullup(frame, -1), evbuffer_get_length(frame));
    evbuffer_free(frame);
}

static inline bool holds(struct evbuffer *buffer, const char *text)
{
    size_t size = evbuffer_get_length(buffer);

    return size == strlen(text) &&
           (size == 0 || memcmp(evbuffer_pullup(buffer, -1), text, size) == 0);
}

/* Whether the peer received exactly one frame with this text. */
static inline bool received_frame(struct scene *s, const char *text)
{
    size_t size;

    return frame_peek(s->received, FRAME_LIMIT, &size) == FRAME_WHOLE && size == strlen(text) &&
           evbuffer_get_length(s->received) == size + FRAME_HEADER &&
           memcmp(evbuffer_pullup(s->received, -1) + FRAME_HEADER, text, size) == 0;
}

/* `closed` came once, for this reason, and the descriptor is gone. */
static inline void ended(struct scene *s, enum stream_reason reason)
{
    wait_for(s, s->closes > 0);
    settle(s);
    assert_int_equal(s->closes, 1);
    assert_string_equal(stream_reason_name(s->reason), stream_reason_name(reason));
    assert_int_equal(fcntl(s->server_fd, F_GETFD), -1);
}

/* --- set-up ---------------------------------------------------------------------------------- */

static inline int scene_start(void **state)
{
    char folder[] = "/tmp/stream_test.XXXXXX", key[64], certificate[64];
    struct scene *s = calloc(1, sizeof(*s));
    const char *why;

    signal(SIGPIPE, SIG_IGN);
    assert_non_null(mkdtemp(folder));
    snprintf(key, sizeof(key), "%s/key", folder);
    snprintf(certificate, sizeof(certificate), "%s/certificate", folder);
    assert_true(identity_make("a test", key, certificate));
    assert_true(identity_file_fingerprint(certificate, s->fingerprint));
    s->base = event_base_new();
    s->server = identity_context(true, key, certificate, &why);
    s->known = identity_context(false, key, certificate, &why);
    s->unknown = identity_context(false, NULL, NULL, &why);
    assert_true(s->server != NULL && s->known != NULL && s->unknown != NULL);
    unlink(key);
    unlink(certificate);
    rmdir(folder);
    s->limits = (struct stream_limits){.handshake_ms = 5000,
        .frame_ms = 60000,
        .idle_ms = 60000,
        .frame = FRAME_LIMIT,
        .output = (size_t)256 * 1024,
        .output_max = (size_t)4 * 1024 * 1024};
    s->messages = evbuffer_new();
    s->received = evbuffer_new();
    s->fd = -1;
    *state = s;
    return 0;
}

static inline int scene_end(void **state)
{
    struct scene *s = *state;

    if (s->stream != NULL) {
        stream_close(s->stream, STREAM_STOPPING);
        wait_for(s, s->closes == 1);
    }
    SSL_free(s->peer);
    if (s->fd >= 0)
        close(s->fd);
    SSL_SESSION_free(s->session);
    SSL_CTX_free(s->server);
    SSL_CTX_free(s->known);
    SSL_CTX_free(s->unknown);
    evbuffer_free(s->messages);
    evbuffer_free(s->received);
    event_base_free(s->base);
    free(s);
    return 0;
}

/* Queues `size` bytes to a peer that reads nothing. */
static inline void queue_unread(struct scene *s, size_t size)
{
    char *data = calloc(1, size);

    evbuffer_add(stream_output(s->stream), data, size);
    free(data);
    stream_flush(s->stream);
    for (int i = 0; i < 20; i++)
        event_base_loop(s->base, EVLOOP_NONBLOCK);
}

#define scene_test(function) cmocka_unit_test_setup_teardown(function, scene_start, scene_end)
