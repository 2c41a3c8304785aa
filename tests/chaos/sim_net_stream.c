/* The servers' end of connections, as server/stream.h tells. */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "sim_net_internal.h"

static struct sim_world *world_of(const struct stream *stream)
{
    return stream->connection->net->world;
}

static void free_stream(struct stream *stream)
{
    evbuffer_free(stream->output);
    free(stream);
}

void sim_net_stream_end(struct stream *stream, enum stream_reason reason)
{
    struct connection *connection = stream->connection;

    connection->stream = NULL;
    stream->told = true;
    sim_net_server_gone(connection);
    sim_world_forget_one(world_of(stream), stream);
    stream->callbacks->closed(stream->arg, reason);
    free_stream(stream);
}

/* Frames that were appended leave; half a frame would be the server's mistake. */
static void send_all(struct stream *stream)
{
    size_t size;

    while (frame_peek(stream->output, FRAME_TO_CLIENT_MAX, &size) == FRAME_WHOLE) {
        const uint8_t *data = evbuffer_pullup(stream->output, (ssize_t)(FRAME_HEADER + size));

        sim_world_trace(
            world_of(stream), stream->process->number, "answers", stream->connection->number, size);
        sim_net_carry(
            stream->connection, &stream->connection->to_client, data + FRAME_HEADER, size);
        evbuffer_drain(stream->output, FRAME_HEADER + size);
    }
    if (evbuffer_get_length(stream->output) > 0)
        sim_world_fail(world_of(stream), "a server sends half a frame");
}

static void on_turn(void *arg)
{
    struct stream *stream = arg;

    stream->turning = false;
    if (stream->connection->client_open)
        send_all(stream);
    else
        evbuffer_drain(stream->output, evbuffer_get_length(stream->output));
    if (stream->closing)
        sim_net_stream_end(stream, stream->reason);
}

static void turn_later(struct stream *stream)
{
    if (stream->turning)
        return;
    stream->turning = true;
    sim_world_after(world_of(stream), stream->process, 0, on_turn, stream);
}

static void on_pump(void *arg)
{
    struct stream *stream = arg;
    struct frame *frame;

    stream->pumping = false;
    if (!stream->opened || stream->held || stream->closing)
        return;
    frame = sim_net_take(&stream->connection->to_server);
    if (frame == NULL)
        return;
    sim_net_stream_pump(stream);
    sim_world_trace(world_of(stream), stream->process->number, "takes", stream->connection->number,
        frame->size);
    stream->callbacks->frame(stream->arg, frame->data, frame->size);
    free(frame);
}

void sim_net_stream_pump(struct stream *stream)
{
    if (stream->pumping || stream->connection->to_server.arrived == 0)
        return;
    stream->pumping = true;
    sim_world_after(world_of(stream), stream->process, 0, on_pump, stream);
}

static void on_open(void *arg)
{
    struct stream *stream = arg;

    stream->opened = true;
    stream->callbacks->open(stream->arg, stream->connection->fingerprint);
    sim_net_stream_pump(stream);
}

static void on_room(void *arg)
{
    struct stream *stream = arg;

    if (stream->full && !stream_full(stream) && !stream->closing) {
        stream->full = false;
        stream->callbacks->room(stream->arg);
    }
}

void sim_net_stream_taken(struct stream *stream)
{
    if (stream->full)
        sim_world_after(world_of(stream), stream->process, 1000, on_room, stream);
}

/* --- stream.h --------------------------------------------------------------------------------- */

struct stream *stream_new(struct event_base *base, struct ssl_ctx_st *context, int fd,
    const struct stream_limits *limits, const struct stream_callbacks *callbacks, void *arg)
{
    struct stream *stream = calloc(1, sizeof(*stream));

    (void)context;
    if (stream == NULL || (stream->output = evbuffer_new()) == NULL)
        abort();
    stream->connection = sim_net_find(sim_net_the(), (uint32_t)fd);
    stream->process = (const struct sim_process *)base;
    stream->limits = limits;
    stream->callbacks = callbacks;
    stream->arg = arg;
    stream->connection->stream = stream;
    sim_world_after(world_of(stream), stream->process, 0, on_open, stream);
    return stream;
}

struct evbuffer *stream_output(struct stream *stream)
{
    return stream->output;
}

void stream_flush(struct stream *stream)
{
    if (!stream->closing)
        turn_later(stream);
}

bool stream_full(const struct stream *stream)
{
    struct stream *owed = stream->connection->stream;

    if (evbuffer_get_length(stream->output) + stream->connection->to_client.bytes <
        stream->limits->output)
        return false;
    owed->full = true;
    return true;
}

void stream_hold(struct stream *stream, bool hold)
{
    stream->held = hold;
    if (!hold)
        sim_net_stream_pump(stream);
}

void stream_busy(struct stream *stream, bool busy)
{
    (void)stream;
    (void)busy;
}

void stream_close(struct stream *stream, enum stream_reason reason)
{
    if (stream->closing)
        return;
    stream->closing = true;
    stream->reason = reason;
    turn_later(stream);
}

const char *stream_address(const struct stream *stream)
{
    return stream->connection->address;
}
