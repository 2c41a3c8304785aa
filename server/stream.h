/*
 * One connection's descriptor, TLS, framing and limits. Above it there is only "a frame came", "it
 * can take more" and "closed, because". Uses OpenSSL on the socket directly: the answers of one
 * turn of the loop leave in one write, and reading stops while the owner holds it back or the peer
 * does not take its answers.
 */
#pragma once

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "identity.h"

struct stream;
struct ssl_ctx_st;
struct evbuffer;

enum stream_reason {
    STREAM_PEER_CLOSED,    /* the peer said goodbye or hung up */
    STREAM_PEER_LOST,      /* reset, or the network failed */
    STREAM_HANDSHAKE,      /* TLS failed */
    STREAM_HANDSHAKE_TIME, /* no handshake in time */
    STREAM_HANDSHAKES,     /* too many handshakes under way, and this one the oldest */
    STREAM_FRAME_TIME,     /* a frame that begins and does not end */
    STREAM_IDLE_TIME,      /* no whole frame for too long, nothing under way */
    STREAM_BAD_FRAME,      /* after its error was sent */
    STREAM_SLOW_READER,    /* the output is at its limit */
    STREAM_NOT_TAKEN,      /* the peer takes nothing of it for too long */
    STREAM_REFUSED,        /* a limit on connections; after its error was sent when possible */
    STREAM_STOPPING,       /* the server ends */
    STREAM_DIVERGED,       /* the region's log is another one */
    STREAM_MEMORY
};

struct stream_limits {
    unsigned handshake_ms; /* TCP accept to TLS done */
    unsigned frame_ms;     /* a frame's first byte to its last */
    unsigned idle_ms;
    size_t frame;      /* bytes of a frame to the server */
    size_t output;     /* bytes queued to the peer before the owner is told to wait */
    size_t output_max; /* bytes queued at which the peer is cut */
};

struct stream_callbacks {
    /* TLS is up. `fingerprint` is the client certificate's; NULL when it has none. */
    void (*open)(void *arg, const uint8_t *fingerprint);
    /* A whole frame's message, contiguous; borrowed until return. */
    void (*frame)(void *arg, const uint8_t *data, size_t size);
    /* A frame that is no frame; the owner answers and closes. */
    void (*bad_frame)(void *arg, bool too_large);
    /* The output has room again, after stream_full told that it had none. */
    void (*room)(void *arg);
    /* The end, once; the stream's memory goes when the loop turns. */
    void (*closed)(void *arg, enum stream_reason reason);
};

/* Takes over an accepted, non-blocking socket. Callbacks fire from the loop, never from inside a
 * call. Borrows base, context, limits, callbacks. NULL when memory is out: the socket is closed. */
struct stream *stream_new(struct event_base *base, struct ssl_ctx_st *context, int fd,
    const struct stream_limits *limits, const struct stream_callbacks *callbacks, void *arg);

/* Where answers are appended, as whole frames; stream_flush must follow. */
struct evbuffer *stream_output(struct stream *stream);

/* Sends what was appended, at the latest before the loop waits again. */
void stream_flush(struct stream *stream);

/* True when so much is queued that the owner should not add more before `room`. */
bool stream_full(const struct stream *stream);

/* Holds back (true) or resumes (false) the reading of frames, for back-pressure. Frames read
 * already are delivered after it resumes, from the loop. */
void stream_hold(struct stream *stream, bool hold);

/* Nothing is idle about it while requests are under way: restarts (false) or suspends (true) the
 * idle time. */
void stream_busy(struct stream *stream, bool busy);

/* The one way to end: what is queued is sent as far as the socket takes it at once, then `closed`
 * fires with the reason, from the loop. Later calls do nothing. The pointer is invalid after
 * `closed`. */
void stream_close(struct stream *stream, enum stream_reason reason);

/* The peer's address as text, for the log and for limits per address. */
const char *stream_address(const struct stream *stream);
