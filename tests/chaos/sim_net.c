#include "sim_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "sim_net_internal.h"

#define DELAY_MAX INT64_C(40000) /* microseconds, one way */
#define SLOW 50                  /* times that */
#define REFUSED_MAX INT64_C(3000000)
#define CUT_TOLD_MAX INT64_C(2000000)
#define HOLE_NOTICED_MAX INT64_C(60000000) /* by the server, whose patience ends */
#define CUT_BYTE_BITS 17

/* stream_new has no argument for it. */
static struct sim_net *the_net;

struct sim_net *sim_net_the(void)
{
    return the_net;
}

int64_t sim_net_delay(const struct connection *connection)
{
    int64_t delay = sim_world_between(connection->net->world, 100, DELAY_MAX);

    return connection->slow ? SLOW * delay : delay;
}

struct connection *sim_net_find(const struct sim_net *net, uint32_t number)
{
    struct connection *connection = net->connections;

    while (connection != NULL && connection->number != number)
        connection = connection->next;
    return connection;
}

/* --- one direction ---------------------------------------------------------------------------- */

struct frame *sim_net_take(struct pipe *pipe)
{
    struct frame *frame = STAILQ_FIRST(&pipe->frames);

    if (pipe->arrived == 0 || frame == NULL)
        return NULL;
    STAILQ_REMOVE_HEAD(&pipe->frames, link);
    pipe->arrived--;
    pipe->bytes -= frame->size;
    return frame;
}

void sim_net_drop(struct pipe *pipe)
{
    struct frame *frame;

    while ((frame = STAILQ_FIRST(&pipe->frames)) != NULL) {
        STAILQ_REMOVE_HEAD(&pipe->frames, link);
        free(frame);
    }
    pipe->arrived = pipe->bytes = 0;
    pipe->dead = true;
}

/* The office is told that the line is gone; it may let go of it from inside. */
static void tell_closed(struct connection *connection, bool refused)
{
    if (!connection->client_open)
        return;
    connection->client_open = false;
    sim_net_drop(&connection->to_client);
    sim_world_trace(connection->net->world, connection->office->number, "line gone",
        connection->number, refused);
    connection->client->closed(connection->arg, refused);
}

static void on_client_cut(void *arg)
{
    tell_closed(arg, false);
}

static void on_server_cut(void *arg)
{
    struct connection *connection = arg;

    if (connection->stream != NULL)
        sim_net_stream_end(connection->stream, STREAM_PEER_LOST);
}

static void client_later(struct connection *connection, int64_t delay, void (*run)(void *arg))
{
    if (connection->client_open && connection->office != NULL)
        sim_world_after(connection->net->world, connection->office, delay, run, connection);
}

void sim_net_server_later(struct connection *connection, int64_t delay, void (*run)(void *arg))
{
    const struct listener *listener = &connection->net->listeners[connection->server];

    if (connection->stream != NULL || connection->waits)
        sim_world_after(connection->net->world, listener->process, delay, run, connection);
}

/* Nothing is carried any more, either way; what has arrived has. */
static void cut(struct connection *connection)
{
    struct sim_world *world = connection->net->world;

    if (connection->over)
        return;
    connection->over = true;
    connection->to_server.dead = connection->to_client.dead = true;
    sim_world_trace(world, 0, "cut", connection->number, connection->hole);
    if (!connection->hole)
        client_later(connection, sim_world_between(world, 0, CUT_TOLD_MAX), on_client_cut);
    sim_net_server_later(connection,
        sim_world_between(world, 0, connection->hole ? HOLE_NOTICED_MAX : CUT_TOLD_MAX),
        on_server_cut);
}

static void on_to_server(void *arg)
{
    struct connection *connection = arg;
    struct pipe *pipe = &connection->to_server;

    pipe->arrived++;
    if (connection->stream != NULL)
        sim_net_stream_pump(connection->stream);
}

static void on_to_client(void *arg)
{
    struct connection *connection = arg;
    struct frame *frame;

    connection->to_client.arrived++;
    frame = sim_net_take(&connection->to_client);
    if (frame == NULL)
        return;
    if (connection->stream != NULL)
        sim_net_stream_taken(connection->stream);
    if (connection->client_open && connection->client != NULL) {
        sim_world_trace(connection->net->world, connection->office->number, "receives",
            connection->number, frame->size);
        connection->client->frame(connection->arg, frame->data, frame->size);
    }
    free(frame);
}

void sim_net_carry(
    struct connection *connection, struct pipe *pipe, const uint8_t *data, size_t size)
{
    struct sim_world *world = connection->net->world;
    bool up = pipe == &connection->to_server;
    struct frame *frame;
    int64_t at;

    if (pipe->dead)
        return;
    pipe->sent += FRAME_HEADER + size;
    if (pipe->sent > pipe->cut_at) {
        cut(connection);
        return;
    }
    frame = malloc(sizeof(*frame) + size);
    if (frame == NULL)
        abort();
    frame->size = size;
    memcpy(frame->data, data, size);
    STAILQ_INSERT_TAIL(&pipe->frames, frame, link);
    pipe->bytes += size;
    at = sim_world_now(world) + sim_net_delay(connection);
    pipe->last_at = at > pipe->last_at ? at : pipe->last_at;
    sim_world_after(world,
        up ? connection->net->listeners[connection->server].process : connection->office,
        pipe->last_at - sim_world_now(world), up ? on_to_server : on_to_client, connection);
}

/* --- the office's end ------------------------------------------------------------------------- */

static void on_refused(void *arg)
{
    tell_closed(arg, true);
}

static void on_opened(void *arg)
{
    struct connection *connection = arg;

    if (!connection->client_open || connection->client_told)
        return;
    connection->client_told = true;
    if (connection->client != NULL)
        connection->client->opened(connection->arg);
}

/* The handshake has reached the server. */
void sim_net_handshake(void *arg)
{
    struct connection *connection = arg;
    struct listener *listener = &connection->net->listeners[connection->server];

    connection->waits = false;
    if (listener->accept != NULL && !connection->over) {
        sim_world_trace(connection->net->world, connection->server, "accepts", connection->number,
            connection->office == NULL ? 0 : connection->office->number);
        listener->accept(listener->arg, (int)connection->number);
    }
    if (connection->stream == NULL)
        client_later(connection, sim_net_delay(connection), on_refused);
    else
        client_later(connection, sim_net_delay(connection), on_opened);
}

/* A byte is drawn so that small numbers come as often as large ones. */
static uint64_t draw_byte(struct sim_world *world)
{
    uint32_t bits = 1 + sim_world_below(world, CUT_BYTE_BITS);

    return sim_world_random(world) & ((UINT64_C(1) << bits) - 1);
}

struct connection *sim_net_make(struct sim_net *net, const struct sim_process *office,
    uint32_t server, const uint8_t *fingerprint)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (connection == NULL)
        abort();
    connection->net = net;
    connection->number = ++net->last_number;
    connection->server = server;
    connection->office = office;
    memcpy(connection->fingerprint, fingerprint, sizeof(connection->fingerprint));
    snprintf(connection->address, sizeof(connection->address), "10.0.0.%u",
        office == NULL ? 99 : office->number);
    STAILQ_INIT(&connection->to_server.frames);
    STAILQ_INIT(&connection->to_client.frames);
    connection->to_server.cut_at = connection->to_client.cut_at = UINT64_MAX;
    connection->slow = sim_world_chance(net->world, net->weather.slow);
    if (sim_world_chance(net->world, net->weather.cut)) {
        struct pipe *pipe =
            sim_world_chance(net->world, 5000) ? &connection->to_server : &connection->to_client;

        pipe->cut_at = draw_byte(net->world);
        connection->hole = sim_world_chance(net->world, net->weather.hole);
    }
    connection->client_open = true;
    connection->waits = true;
    connection->next = net->connections;
    net->connections = connection;
    return connection;
}

uint32_t sim_net_connect(struct sim_net *net, const struct sim_process *office, uint32_t server,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], const struct sim_net_client *client,
    void *arg)
{
    struct connection *connection = sim_net_make(net, office, server, fingerprint);
    const struct listener *listener = &net->listeners[server];

    connection->client = client;
    connection->arg = arg;
    sim_world_trace(net->world, office->number, "connects", connection->number, server);
    if (listener->accept == NULL || sim_world_chance(net->world, net->weather.refused)) {
        connection->waits = false;
        sim_net_drop(&connection->to_server);
        client_later(connection, sim_world_between(net->world, 100, REFUSED_MAX), on_refused);
    } else {
        sim_net_server_later(connection, sim_net_delay(connection), sim_net_handshake);
    }
    return connection->number;
}

void sim_net_close(struct sim_net *net, uint32_t number)
{
    struct connection *connection = sim_net_find(net, number);
    int64_t left;

    if (connection == NULL || !connection->client_open)
        return;
    connection->client_open = false;
    sim_net_drop(&connection->to_client);
    left = connection->to_server.last_at - sim_world_now(net->world);
    sim_world_trace(net->world, connection->office->number, "hangs up", number, 0);
    if (!connection->over)
        sim_net_server_later(
            connection, (left > 0 ? left : 0) + sim_net_delay(connection), on_server_cut);
}

/* --- the servers' end ------------------------------------------------------------------------- */

void sim_net_listen(struct sim_net *net, uint32_t server, const struct sim_process *process,
    void (*accept)(void *arg, int fd), void *arg)
{
    net->listeners[server] = (struct listener){process, accept, arg};
}

void sim_net_server_gone(struct connection *connection)
{
    struct sim_world *world = connection->net->world;
    int64_t left = connection->to_client.last_at - sim_world_now(world);

    sim_net_drop(&connection->to_server);
    if (connection->over)
        return;
    connection->over = true;
    client_later(connection, (left > 0 ? left : 0) + sim_net_delay(connection), on_client_cut);
}

void sim_net_kill(struct sim_net *net, uint32_t server)
{
    sim_net_listen(net, server, net->listeners[server].process, NULL, NULL);
    for (struct connection *connection = net->connections; connection != NULL;
         connection = connection->next) {
        if (connection->server != server)
            continue;
        if (connection->stream != NULL)
            sim_net_stream_end(connection->stream, STREAM_STOPPING);
        else if (connection->waits)
            sim_net_server_gone(connection);
        connection->waits = false;
    }
}

/* --- life ------------------------------------------------------------------------------------- */

struct sim_net *sim_net_new(struct sim_world *world)
{
    struct sim_net *net = calloc(1, sizeof(*net));

    if (net == NULL || the_net != NULL)
        abort();
    net->world = world;
    the_net = net;
    return net;
}

void sim_net_free(struct sim_net **net)
{
    struct connection *connection;

    if (*net == NULL)
        return;
    while ((connection = (*net)->connections) != NULL) {
        (*net)->connections = connection->next;
        sim_net_drop(&connection->to_server);
        sim_net_drop(&connection->to_client);
        free(connection->hello);
        free(connection);
    }
    free(*net);
    *net = NULL;
    the_net = NULL;
}

void sim_net_weather(struct sim_net *net, const struct sim_net_weather *weather)
{
    net->weather = *weather;
}

void sim_net_calm(struct sim_net *net)
{
    net->era++;
    for (struct connection *connection = net->connections; connection != NULL;
         connection = connection->next) {
        connection->hole = false;
        if (connection->over)
            client_later(connection, 0, on_client_cut);
        cut(connection);
    }
}

size_t sim_net_count(const struct sim_net *net)
{
    size_t count = 0;

    for (const struct connection *connection = net->connections; connection != NULL;
         connection = connection->next)
        count += connection->client_open || connection->stream != NULL;
    return count;
}

void sim_net_bad(struct sim_net *net, enum sim_net_bad bad)
{
    net->bad = bad;
}
