/*
 * The network of a simulation: connections between offices and servers, which carry whole frames
 * and lose, hold up, cut and say again. Within a connection and direction frames keep their order,
 * as TCP does; between connections anything goes. Defines server/stream.h.
 *
 * What it does to a connection is drawn when it is made: it may be refused, be cut after some bytes
 * in either direction (the frame that the byte is in never arrives; each end learns of the cut at
 * another moment, or not at all: a black hole), or be slow. A request that was sent may come to a
 * server again later, behind the same hello, as from an office that was restored or whose line sent
 * it twice; its answers go nowhere.
 */
#pragma once

#include "identity.h"
#include "sim_world.h"

struct sim_net;

#define SIM_NET_SERVERS 2

/* How bad it is, in 10,000 cases each. */
struct sim_net_weather {
    uint32_t refused; /* connections that never open: the end is told after a while */
    uint32_t cut;     /* connections that are cut at a byte */
    uint32_t hole;    /* of those cut: neither end is told */
    uint32_t slow;    /* connections with delays a hundred times as long */
    uint32_t again;   /* requests that come again later */
};

/* A network in good weather. */
struct sim_net *sim_net_new(struct sim_world *world);

/* Accepts NULL, leaves NULL. There must be no server listening any more. */
void sim_net_free(struct sim_net **net);

/* Another weather, for connections made and requests sent from now on. */
void sim_net_weather(struct sim_net *net, const struct sim_net_weather *weather);

/* Cuts every connection there is (both ends are told, soon) and forgets what was to come again. */
void sim_net_calm(struct sim_net *net);

/* How many connections some end still holds. */
size_t sim_net_count(const struct sim_net *net);

/* --- the office's end -------------------------------------------------------------------------
 */

/* Callbacks fire from the world's queue, as the office's process, never from inside a call. */
struct sim_net_client {
    /* The handshake is done: the server is there. Frames may be sent before. */
    void (*opened)(void *arg);
    /* A whole frame's message, without its header; borrowed until return. */
    void (*frame)(void *arg, const uint8_t *data, size_t size);
    /* The connection is of no more use; once, unless sim_net_close came before. `refused`: it never
     * opened. */
    void (*closed)(void *arg, bool refused);
};

/* A new connection of this office to server `server` (1 or 2); the office's device has that
 * certificate. Its number, never 0. In a black hole nothing ever fires: the office gives up by a
 * deadline of its own (sim_world_after) and closes. */
uint32_t sim_net_connect(struct sim_net *net, const struct sim_process *office, uint32_t server,
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], const struct sim_net_client *client,
    void *arg);

/* Sends one frame, header included, or several behind one another. Nothing when the connection is
 * gone. */
void sim_net_send(struct sim_net *net, uint32_t connection, const uint8_t *data, size_t size);

/* The office lets go of it, or was killed: no callback fires any more. What it sent may arrive. */
void sim_net_close(struct sim_net *net, uint32_t connection);

/* --- the servers' end -------------------------------------------------------------------------
 */

/* Server `server` takes connections: `accept` is called with a connection's number as its
 * descriptor, for stream_new; with NULL it takes none. `base` is what it hands to stream_new. */
void sim_net_listen(struct sim_net *net, uint32_t server, const struct sim_process *process,
    void (*accept)(void *arg, int fd), void *arg);

/* The server was killed: its streams say closed at once and then are gone; offices learn it later.
 * What it had sent may still arrive, as far as it was on its way. */
void sim_net_kill(struct sim_net *net, uint32_t server);

/* --- known-bad variants -----------------------------------------------------------------------
 */

enum sim_net_bad {
    SIM_NET_GOOD,
    SIM_NET_BLIND,    /* what the author saw is taken out of every operation on its way */
    SIM_NET_HASHLESS, /* the hash of the cursor is taken out of every pull on its way */
    SIM_NET_HEADLESS  /* the head of the pages before is */
};

/* From now on. */
void sim_net_bad(struct sim_net *net, enum sim_net_bad bad);
