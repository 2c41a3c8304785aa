/* Requests on their way to a server, and those that come again. */
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "protocol.pb-c.h"
#include "sim_net_internal.h"

#define AGAIN_MAX INT64_C(90000000)

/* --- requests that come again ----------------------------------------------------------------- */

struct again {
    struct sim_net *net;
    uint32_t era;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    size_t hello_size, size;
    uint8_t data[]; /* the hello, then the request */
};

static void on_again(void *arg)
{
    struct again *again = arg;
    struct sim_net *net = again->net;
    uint32_t server = 1 + sim_world_below(net->world, SIM_NET_SERVERS);
    struct connection *connection;

    if (again->era == net->era && net->listeners[server].accept != NULL) {
        connection = sim_net_make(net, NULL, server, again->fingerprint);
        sim_world_trace(net->world, 0, "comes again", connection->number, again->size);
        sim_net_server_later(connection, sim_net_delay(connection), sim_net_handshake);
        sim_net_carry(connection, &connection->to_server, again->data, again->hello_size);
        sim_net_carry(
            connection, &connection->to_server, again->data + again->hello_size, again->size);
        connection->client_open = false;
    }
    free(again);
}

static void say_again(struct connection *connection, const uint8_t *data, size_t size)
{
    struct sim_net *net = connection->net;
    struct again *again = malloc(sizeof(*again) + connection->hello_size + size);

    if (again == NULL)
        abort();
    again->net = net;
    again->era = net->era;
    memcpy(again->fingerprint, connection->fingerprint, sizeof(again->fingerprint));
    again->hello_size = connection->hello_size;
    again->size = size;
    memcpy(again->data, connection->hello, connection->hello_size);
    memcpy(again->data + connection->hello_size, data, size);
    sim_world_after(
        net->world, NULL, sim_world_between(net->world, 1000, AGAIN_MAX), on_again, again);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void spoil(struct sim_net *net, Concert__Request *request)
{
    if (net->bad == SIM_NET_BLIND && request->verb_case == CONCERT__REQUEST__VERB_PUSH)
        for (size_t i = 0; i < request->push->n_operations; i++)
            request->push->operations[i]->has_seen = false;
    if (net->bad == SIM_NET_HASHLESS && request->verb_case == CONCERT__REQUEST__VERB_PULL)
        request->pull->has_since_hash = false;
    if (net->bad == SIM_NET_HEADLESS && request->verb_case == CONCERT__REQUEST__VERB_PULL) {
        request->pull->has_head = false;
        request->pull->has_page = true;
        request->pull->page = 1; /* the server's least: more series */
    }
}

/* The request as a known-bad client would have sent it. Freed by the caller. */
static uint8_t *spoilt(struct sim_net *net, const uint8_t *data, size_t size, size_t *size_r)
{
    Concert__Request *request = concert__request__unpack(NULL, size, data);
    uint8_t *packed;

    if (request == NULL)
        return NULL;
    spoil(net, request);
    *size_r = concert__request__get_packed_size(request);
    packed = malloc(*size_r);
    if (packed == NULL)
        abort();
    concert__request__pack(request, packed);
    concert__request__free_unpacked(request, NULL);
    return packed;
}

static void send_frame(struct connection *connection, const uint8_t *data, size_t size)
{
    struct sim_net *net = connection->net;
    uint8_t *packed = net->bad != SIM_NET_GOOD ? spoilt(net, data, size, &size) : NULL;

    data = packed != NULL ? packed : data;
    sim_world_trace(net->world, connection->office->number, "sends", connection->number, size);
    if (connection->hello == NULL) {
        connection->hello = malloc(size + 1);
        if (connection->hello == NULL)
            abort();
        memcpy(connection->hello, data, size);
        connection->hello_size = size;
    } else if (sim_world_chance(net->world, net->weather.again)) {
        say_again(connection, data, size);
    }
    sim_net_carry(connection, &connection->to_server, data, size);
    free(packed);
}

void sim_net_send(struct sim_net *net, uint32_t number, const uint8_t *data, size_t size)
{
    struct connection *connection = sim_net_find(net, number);

    if (connection == NULL || !connection->client_open)
        return;
    while (size >= FRAME_HEADER) {
        size_t message =
            (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | (size_t)data[3];

        if (message > size - FRAME_HEADER)
            sim_world_fail(net->world, "an office sends half a frame");
        send_frame(connection, data + FRAME_HEADER, message);
        data += FRAME_HEADER + message;
        size -= FRAME_HEADER + message;
    }
}
