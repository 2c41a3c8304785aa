#include "sim_server.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "region.h"
#include "session.h"
#include "settings.h"

#define FEED_SMALL 16384 /* bytes: pulls then go to the database */
#define FEED_LARGE (1L << 20)

struct sim_server {
    struct sim_world *world;
    struct sim_net *net;
    struct sim_store *store;
    struct sim_process process;
    struct settings settings;
    struct ssl_ctx_st *context;
    struct region *region;
    struct sessions *sessions;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
};

/* --- libevent's timers, for region.c: `base` is the server's process ----------------------------
 */

struct event {
    struct sim_world *world;
    const struct sim_process *process;
    event_callback_fn run;
    void *arg;
    uint64_t due; /* 0: not added */
};

/* event_new has no argument for it. */
static struct sim_world *the_world;

static void on_event(void *arg)
{
    struct event *event = arg;

    event->due = 0;
    event->run(-1, EV_TIMEOUT, event->arg);
}

struct event *event_new(
    struct event_base *base, evutil_socket_t fd, short what, event_callback_fn run, void *arg)
{
    struct event *event = calloc(1, sizeof(*event));

    (void)fd;
    (void)what;
    if (event == NULL)
        abort();
    event->world = the_world;
    event->process = (const struct sim_process *)base;
    event->run = run;
    event->arg = arg;
    return event;
}

int event_add(struct event *event, const struct timeval *timeout)
{
    sim_world_cancel(event->world, event->due);
    event->due = sim_world_after(event->world, event->process,
        (int64_t)timeout->tv_sec * 1000000 + timeout->tv_usec, on_event, event);
    return 0;
}

void event_free(struct event *event)
{
    sim_world_cancel(event->world, event->due);
    free(event);
}

/* --- life ------------------------------------------------------------------------------------- */

struct sim_server *sim_server_new(
    struct sim_world *world, struct sim_net *net, struct sim_store *store, uint32_t number)
{
    struct sim_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        abort();
    the_world = world;
    server->world = world;
    server->net = net;
    server->store = store;
    server->process.number = number;
    settings_defaults(&server->settings);
    settings_region_defaults(&server->settings.regions[0]);
    server->settings.n_regions = 1;
    snprintf(server->settings.regions[0].name, sizeof(server->settings.regions[0].name), "%s",
        SIM_SERVER_REGION);
    snprintf(
        server->settings.regions[0].timezone, sizeof(server->settings.regions[0].timezone), "UTC");
    return server;
}

void sim_server_free(struct sim_server **server)
{
    if (*server == NULL)
        return;
    sim_server_kill(*server);
    free(*server);
    *server = NULL;
}

static void on_accept(void *arg, int fd)
{
    sessions_accept(((struct sim_server *)arg)->sessions, fd);
}

void sim_server_start(struct sim_server *server)
{
    struct event_base *base = (struct event_base *)&server->process;

    if (sim_server_up(server))
        return;
    sim_world_trace(server->world, server->process.number, "starts", 0, 0);
    sim_world_enter(server->world, &server->process);
    server->settings.feed = sim_world_chance(server->world, 5000) ? FEED_SMALL : FEED_LARGE;
    server->region = region_new(base, &server->settings, &server->settings.regions[0]);
    server->sessions = sessions_new(
        base, &server->settings, server->context, server->fingerprint, &server->region, 1);
    if (server->region == NULL || server->sessions == NULL)
        abort();
    sim_world_enter(server->world, NULL);
    sim_net_listen(server->net, server->process.number, &server->process, on_accept, server);
}

void sim_server_kill(struct sim_server *server)
{
    if (!sim_server_up(server))
        return;
    sim_world_trace(server->world, server->process.number, "killed", 0, 0);
    sim_world_enter(server->world, &server->process);
    sim_store_kill(server->store, &server->process);
    sim_net_kill(server->net, server->process.number);
    region_free(&server->region);
    sessions_free(&server->sessions);
    sim_world_forget(server->world, &server->process);
    sim_world_enter(server->world, NULL);
}

bool sim_server_up(const struct sim_server *server)
{
    return server->region != NULL;
}

struct settings *sim_server_settings(struct sim_server *server)
{
    return &server->settings;
}

void sim_server_secure(struct sim_server *server, struct ssl_ctx_st *context)
{
    server->context = context;
}

struct sessions *sim_server_sessions(const struct sim_server *server)
{
    return server->sessions;
}

struct sim_process *sim_server_process(struct sim_server *server)
{
    return &server->process;
}
