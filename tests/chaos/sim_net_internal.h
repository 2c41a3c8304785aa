/* Private to sim_net*.c: connections and their two directions. */
#pragma once

#include <event2/buffer.h>
#include <sys/queue.h>

#include "sim_net.h"
#include "stream.h"

struct frame {
    STAILQ_ENTRY(frame) link;
    size_t size;
    uint8_t data[];
};

STAILQ_HEAD(frames, frame);

/* One direction of a connection. */
struct pipe {
    struct frames frames;
    size_t arrived;  /* of them, at the far end */
    size_t bytes;    /* in them */
    uint64_t sent;   /* bytes so far */
    uint64_t cut_at; /* the byte that is never carried; UINT64_MAX: none */
    int64_t last_at; /* when what was sent last arrives */
    bool dead;       /* nothing more is carried */
};

/* Kept until the network is freed: events may still name it. */
struct connection {
    struct connection *next;
    struct sim_net *net;
    uint32_t number, server;
    const struct sim_process *office; /* NULL: requests that come again */
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    char address[24];
    const struct sim_net_client *client;
    void *arg;
    bool client_open;       /* the office's end is held */
    bool client_told;       /* that it is up */
    bool over;              /* cut: each end is told in its time, or never */
    bool hole, slow, waits; /* waits: for the server to take it */
    struct pipe to_server, to_client;
    struct stream *stream; /* NULL: the server's end is gone, or was never */
    uint8_t *hello;        /* the first frame sent, for requests that come again */
    size_t hello_size;
};

struct listener {
    const struct sim_process *process;
    void (*accept)(void *arg, int fd); /* NULL: takes none */
    void *arg;
};

struct sim_net {
    struct sim_world *world;
    struct sim_net_weather weather;
    struct listener listeners[SIM_NET_SERVERS + 1];
    struct connection *connections;
    uint32_t last_number;
    uint32_t era; /* of sim_net_calm */
    enum sim_net_bad bad;
};

struct stream {
    struct connection *connection;
    const struct sim_process *process;
    const struct stream_limits *limits;
    const struct stream_callbacks *callbacks;
    void *arg;
    struct evbuffer *output;
    bool opened, held, full, closing, told;
    bool turning, pumping; /* an event is in the queue */
    enum stream_reason reason;
};

/* The network of the world, for stream_new. */
struct sim_net *sim_net_the(void);

/* A connection by its number; NULL: none. */
struct connection *sim_net_find(const struct sim_net *net, uint32_t number);

/* How long something takes on its way, one way. */
int64_t sim_net_delay(const struct connection *connection);

/* `run` is called by the server's process, unless its end is gone already. */
void sim_net_server_later(struct connection *connection, int64_t delay, void (*run)(void *arg));

/* A new connection, on its way to the server; `office` NULL: nobody's. */
struct connection *sim_net_make(struct sim_net *net, const struct sim_process *office,
    uint32_t server, const uint8_t *fingerprint);

/* The handshake has reached the server: an event. */
void sim_net_handshake(void *arg);

/* One frame's message on its way; `cut` events follow when the cut lies in it. */
void sim_net_carry(
    struct connection *connection, struct pipe *pipe, const uint8_t *data, size_t size);

/* Takes the first frame that has arrived out; NULL: none. Freed by who takes it. */
struct frame *sim_net_take(struct pipe *pipe);

/* Nothing of it is on its way any more. */
void sim_net_drop(struct pipe *pipe);

/* The server's end is over: the office is told after what is on its way. */
void sim_net_server_gone(struct connection *connection);

/* Something arrived at the server, or it may take more: an event delivers it. */
void sim_net_stream_pump(struct stream *stream);

/* The office has taken bytes. */
void sim_net_stream_taken(struct stream *stream);

/* The end of the server's end, from an event of its process. */
void sim_net_stream_end(struct stream *stream, enum stream_reason reason);
