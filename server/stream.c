#include "stream.h"

#include <event2/buffer.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "frame.h"
#include "limit.h"
#include "log.h"
#include "stream_peer.h"
#include "stream_reason.h"
#include "stream_state.h"
#include "stream_times.h"
#include "stream_tls.h"

#define READS_A_TURN 8 /* records that one connection may bring before the others' turn */
#define ENDING_MS 2000 /* how long an ending connection may take to read its last answer */

struct stream {
    struct ssl_st *tls;
    const struct stream_limits *limits;
    const struct stream_callbacks *callbacks;
    void *arg;
    struct evbuffer *input;
    struct evbuffer *output;
    struct event readable; /* persistent; taken away only when bytes come that nobody wants yet */
    struct event writable; /* once; only while the socket takes no more */
    struct event turn;     /* activated by calls: sends, delivers what was held, tells the end */
    struct event timer;    /* looks at the times below, not moved when they change */
    uint64_t due_ms;       /* when it looks */
    struct stream_times times;
    int fd;
    enum stream_state state;
    enum stream_reason reason;
    bool held;
    bool busy;
    bool turning; /* sends in its turn */
    bool full;    /* was over limits->output; `room` is owed */
    char address[INET6_ADDRSTRLEN];
};

static uint64_t now_ms(void)
{
    return (uint64_t)clock_steady();
}

static void set_state(struct stream *stream, enum stream_state state)
{
    log_line(LOG_LEVEL_DEBUG, NULL, "peer=%s fd=%d stream=%s was=%s", stream->address, stream->fd,
        stream_state_name(state), stream_state_name(stream->state));
    stream_state_set(&stream->state, state);
}

/* Frames may still leave. */
static bool talking(const struct stream *stream)
{
    return stream->state == STREAM_STATE_OPEN || stream->state == STREAM_STATE_BROKEN;
}

static void timer_arm(struct stream *stream, uint64_t ms)
{
    struct timeval wait = {
        .tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};

    stream->due_ms = now_ms() + ms;
    event_add(&stream->timer, &wait);
}

static void finish(struct stream *stream)
{
    set_state(stream, STREAM_STATE_CLOSED);
    event_del(&stream->readable);
    event_del(&stream->writable);
    event_del(&stream->timer);
    event_active(&stream->turn, EV_TIMEOUT, 0);
}

/* Sends the rest and the goodbye of an ending connection. */
static void ending_write(struct stream *stream)
{
    switch (stream_tls_write(stream->tls, stream->output)) {
    case STREAM_TLS_DONE:
        stream_tls_goodbye(stream->tls);
        shutdown(stream->fd, SHUT_WR);
        break;
    case STREAM_TLS_WAIT_WRITE:
        event_add(&stream->writable, NULL);
        break;
    default:
        finish(stream);
    }
}

void stream_close(struct stream *stream, enum stream_reason reason)
{
    bool talks = talking(stream);

    if (stream->state == STREAM_STATE_ENDING && reason == STREAM_STOPPING)
        finish(stream); /* the server does not wait for it */
    if (stream->state == STREAM_STATE_ENDING || stream->state == STREAM_STATE_CLOSED)
        return;
    stream->reason = reason;
    limit_reached(stream_reason_row(reason)->limit, stream->address);
    if (talks && stream_reason_row(reason)->ends) {
        set_state(stream, STREAM_STATE_ENDING);
        timer_arm(stream, ENDING_MS);
        event_add(&stream->readable, NULL);
        ending_write(stream);
        return;
    }
    if (talks && stream_reason_row(reason)->writes &&
        stream_tls_write(stream->tls, stream->output) == STREAM_TLS_DONE)
        stream_tls_goodbye(stream->tls);
    finish(stream);
}

/* What a TLS failure means for the connection. */
static void fail(struct stream *stream, enum stream_tls_result result)
{
    stream_close(stream, stream_reason_of(result));
}

/* A turn before the loop waits again. From within a turn: after the others', or a peer that takes
 * everything at once would keep the loop for itself. */
static void turn_soon(struct stream *stream)
{
    if (stream->turning)
        event_add(&stream->turn, &(struct timeval){0});
    else
        event_active(&stream->turn, EV_TIMEOUT, 0);
}

/* A frame has begun, and has until frame_ms to be whole. */
static void frame_begun(struct stream *stream)
{
    stream->times.begun = now_ms();
    if (stream->times.begun + stream->limits->frame_ms < stream->due_ms)
        timer_arm(stream, stream->limits->frame_ms);
}

/* Goes on reading, with what was read already. */
static void resume(struct stream *stream)
{
    if (stream->state != STREAM_STATE_OPEN)
        return;
    if (stream->times.begun > 0) /* what was not read could not become whole */
        frame_begun(stream);
    event_add(&stream->readable, NULL);
    turn_soon(stream);
}

/* Sends what is queued unless the socket is known to be full, and sees to the output's limits. */
static void transmit(struct stream *stream)
{
    size_t before = evbuffer_get_length(stream->output), after;
    enum stream_tls_result result = STREAM_TLS_WAIT_WRITE;

    if (before == 0)
        return;
    if (!stream->full && before >= stream->limits->output) {
        stream->full = true;
        limit_reached(METRICS_LIMIT_OUTPUT, stream->address);
    }
    if (!event_pending(&stream->writable, EV_WRITE, NULL))
        result = stream_tls_write(stream->tls, stream->output);
    after = evbuffer_get_length(stream->output);
    if (after < before || !event_pending(&stream->writable, EV_WRITE, NULL))
        stream->times.taken = now_ms();
    if (result == STREAM_TLS_WAIT_WRITE)
        event_add(&stream->writable, NULL);
    if (result >= STREAM_TLS_CLOSED)
        fail(stream, result);
    else if (after >= stream->limits->output_max)
        stream_close(stream, STREAM_SLOW_READER);
    else if (stream->full && after <= stream->limits->output / 2) {
        stream->full = false;
        resume(stream);
        stream->callbacks->room(stream->arg);
    }
}

/* Hands over one whole frame. False when it cannot. */
static bool deliver_frame(struct stream *stream, size_t size)
{
    const uint8_t *data = evbuffer_pullup(stream->input, (ev_ssize_t)(FRAME_HEADER + size));

    if (data == NULL) {
        stream_close(stream, STREAM_MEMORY);
        return false;
    }
    stream->callbacks->frame(stream->arg, data + FRAME_HEADER, size);
    evbuffer_drain(stream->input, FRAME_HEADER + size);
    return true;
}

/* Frames are wanted: not while the owner holds them back, nor while answers must leave first. */
static bool wanted(const struct stream *stream)
{
    return stream->state == STREAM_STATE_OPEN && !stream->held && !stream_full(stream);
}

/* Hands over the frames that have come, while they are wanted. */
static void deliver(struct stream *stream)
{
    enum frame_state state = FRAME_WHOLE;
    size_t size = 0;
    bool any = false;

    while (wanted(stream) && state == FRAME_WHOLE) {
        state = frame_peek(stream->input, stream->limits->frame, &size);
        if (state == FRAME_WHOLE)
            any = deliver_frame(stream, size);
    }
    if (any) {
        stream->times.frame = now_ms();
        stream->times.begun = 0;
    }
    if (stream->state != STREAM_STATE_OPEN || state == FRAME_WHOLE || state == FRAME_PARTIAL)
        return;
    set_state(stream, STREAM_STATE_BROKEN);
    event_del(&stream->readable);
    evbuffer_drain(stream->input, evbuffer_get_length(stream->input));
    if (state == FRAME_TOO_LARGE)
        limit_reached(METRICS_LIMIT_FRAME_SIZE, stream->address);
    stream->callbacks->bad_frame(stream->arg, state == FRAME_TOO_LARGE);
}

/* Part of a frame has come, or of a TLS record. */
static bool partial(const struct stream *stream)
{
    return evbuffer_get_length(stream->input) > 0 || stream_tls_pending(stream->tls);
}

/* Sees whether a frame has begun. */
static void frame_watch(struct stream *stream)
{
    if (!partial(stream))
        stream->times.begun = 0;
    else if (stream->times.begun == 0 && wanted(stream))
        frame_begun(stream);
}

/* Reads and delivers, up to this connection's share of the turn. */
static void receive(struct stream *stream)
{
    enum stream_tls_result result = STREAM_TLS_DONE;
    int reads = 0;

    deliver(stream);
    while (wanted(stream) && result == STREAM_TLS_DONE &&
           (reads == 0 || stream_tls_pending(stream->tls))) {
        if (reads++ == READS_A_TURN) { /* what OpenSSL holds already wakes no event */
            event_add(&stream->turn, &(struct timeval){0});
            return;
        }
        result = stream_tls_read(stream->tls, stream->input);
        if (result == STREAM_TLS_DONE)
            deliver(stream);
    }
    frame_watch(stream);
    if (result == STREAM_TLS_WAIT_WRITE)
        event_add(&stream->writable, NULL);
    if (result >= STREAM_TLS_CLOSED)
        fail(stream, result);
}

static void handshake(struct stream *stream)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    enum stream_tls_result result = stream_tls_handshake(stream->tls);

    if (result == STREAM_TLS_WAIT_WRITE)
        event_add(&stream->writable, NULL);
    if (result >= STREAM_TLS_CLOSED)
        fail(stream, result);
    if (result != STREAM_TLS_DONE)
        return;
    set_state(stream, STREAM_STATE_OPEN);
    stream->times.frame = stream->times.taken = now_ms();
    timer_arm(stream, stream->limits->idle_ms);
    stream->callbacks->open(
        stream->arg, stream_tls_fingerprint(stream->tls, fingerprint) ? fingerprint : NULL);
    if (stream->state == STREAM_STATE_OPEN && stream_tls_pending(stream->tls))
        event_active(&stream->turn, EV_TIMEOUT, 0);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct stream *stream = arg;

    (void)fd;
    (void)what;
    if (stream->state == STREAM_STATE_HANDSHAKE)
        handshake(stream);
    else if (stream->state == STREAM_STATE_ENDING && !stream_peer_discard(stream->fd))
        finish(stream);
    else if (wanted(stream))
        receive(stream);
    else if (stream->state != STREAM_STATE_ENDING)
        event_del(&stream->readable);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct stream *stream = arg;

    (void)fd;
    (void)what;
    if (stream->state == STREAM_STATE_HANDSHAKE)
        handshake(stream);
    else if (stream->state == STREAM_STATE_ENDING)
        ending_write(stream);
    if (talking(stream))
        transmit(stream);
    if (wanted(stream) && stream_tls_pending(stream->tls))
        receive(stream); /* it may have been reading that had to write */
}

static void stream_free(struct stream **stream)
{
    struct stream *gone = *stream;

    *stream = NULL;
    event_del(&gone->readable);
    event_del(&gone->writable);
    event_del(&gone->turn);
    event_del(&gone->timer);
    stream_tls_free(&gone->tls);
    if (gone->input != NULL)
        evbuffer_free(gone->input);
    if (gone->output != NULL)
        evbuffer_free(gone->output);
    close(gone->fd);
    stream_state_ends(gone->state);
    free(gone);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct stream *stream = arg;

    (void)fd;
    (void)what;
    if (stream->state == STREAM_STATE_CLOSED) {
        stream->callbacks->closed(stream->arg, stream->reason);
        stream_free(&stream);
        return;
    }
    if (wanted(stream) && partial(stream))
        receive(stream);
    stream->turning = true;
    if (talking(stream))
        transmit(stream);
    stream->turning = false;
}

/* Nothing moves the timer when a frame comes: it looks, and waits for what is left. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct stream *stream = arg;
    struct stream_waits waits = {.reading = wanted(stream),
        .writing = event_pending(&stream->writable, EV_WRITE, NULL),
        .busy = stream->busy};
    uint64_t now = now_ms(), due;
    enum stream_reason reason;

    (void)fd;
    (void)what;
    if (stream->state == STREAM_STATE_HANDSHAKE)
        stream_close(stream, STREAM_HANDSHAKE_TIME);
    else if (stream->state == STREAM_STATE_ENDING)
        finish(stream);
    else if (stream_times_over(&stream->times, &waits, stream->limits, now, &reason, &due))
        stream_close(stream, reason);
    else if (waits.busy && !waits.writing && stream_peer_gone(stream->fd))
        stream_close(stream, STREAM_PEER_LOST); /* what is held back does not tell */
    else
        timer_arm(stream, due - now);
}

struct stream *stream_new(struct event_base *base, struct ssl_ctx_st *context, int fd,
    const struct stream_limits *limits, const struct stream_callbacks *callbacks, void *arg)
{
    struct stream *stream = calloc(1, sizeof(*stream));

    if (stream == NULL) {
        close(fd);
        return NULL;
    }
    *stream = (struct stream){.limits = limits, .callbacks = callbacks, .arg = arg, .fd = fd};
    stream_state_begins(stream->state);
    stream->tls = stream_tls_new(context, fd);
    stream->input = evbuffer_new();
    stream->output = evbuffer_new();
    event_assign(&stream->readable, base, fd, EV_READ | EV_PERSIST, on_readable, stream);
    event_assign(&stream->writable, base, fd, EV_WRITE, on_writable, stream);
    event_assign(&stream->turn, base, -1, 0, on_turn, stream);
    event_assign(&stream->timer, base, -1, 0, on_timer, stream);
    if (stream->tls == NULL || stream->input == NULL || stream->output == NULL ||
        event_add(&stream->readable, NULL) != 0) {
        stream_free(&stream);
        return NULL;
    }
    stream_peer_address(fd, stream->address);
    timer_arm(stream, limits->handshake_ms);
    return stream;
}

struct evbuffer *stream_output(struct stream *stream)
{
    return stream->output;
}

void stream_flush(struct stream *stream)
{
    if (talking(stream))
        turn_soon(stream);
}

bool stream_full(const struct stream *stream)
{
    return stream->full || evbuffer_get_length(stream->output) >= stream->limits->output;
}

void stream_hold(struct stream *stream, bool hold)
{
    bool resumed = stream->held && !hold;

    stream->held = hold;
    if (resumed)
        resume(stream);
}

void stream_busy(struct stream *stream, bool busy)
{
    if (stream->busy && !busy)
        stream->times.frame = now_ms();
    stream->busy = busy;
}

const char *stream_address(const struct stream *stream)
{
    return stream->address;
}
