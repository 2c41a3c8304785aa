#include "fuzz_verbs_server.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "region.h"
#include "session.h"
#include "settings.h"

struct verbs_server {
    struct sim_world *world;
    struct sim_net *net;
    struct sim_store *store;
    struct sim_process process;
    struct settings settings;
    struct region *region;
    struct sessions *sessions;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
};

/* --- libevent's timers, for region.c: `base` is the server's process ----------------------------
 */

struct event {
    const struct sim_process *process;
    event_callback_fn run;
    void *arg;
    uint64_t due; /* 0: not added */
};

/* event_new has no argument for it. */
static struct sim_world *the_world;
static const struct sim_process *the_process;

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
    FUZZ_MUST(event != NULL);
    *event = (struct event){(const struct sim_process *)base, run, arg, 0};
    return event;
}

int event_add(struct event *event, const struct timeval *timeout)
{
    sim_world_cancel(the_world, event->due);
    event->due = sim_world_after(the_world, event->process,
        (int64_t)timeout->tv_sec * 1000000 + timeout->tv_usec, on_event, event);
    return 0;
}

int event_del(struct event *event)
{
    sim_world_cancel(the_world, event->due);
    event->due = 0;
    return 0;
}

void event_free(struct event *event)
{
    sim_world_cancel(the_world, event->due);
    free(event);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_accept(void *arg, int fd)
{
    sessions_accept(((struct verbs_server *)arg)->sessions, fd);
}

struct verbs_server *verbs_server_new(struct sim_world *world, struct sim_net *net,
    struct sim_store *store, struct ssl_ctx_st *context)
{
    struct verbs_server *server = calloc(1, sizeof(*server));
    struct event_base *base;
    struct settings_region *own;

    FUZZ_MUST(server != NULL);
    the_world = world;
    server->world = world;
    server->net = net;
    server->store = store;
    server->process.number = 1;
    the_process = &server->process;
    base = (struct event_base *)&server->process;
    settings_defaults(&server->settings);
    own = &server->settings.regions[0];
    settings_region_defaults(own);
    server->settings.n_regions = 1;
    server->settings.requests = 1000; /* all of an input may be under way */
    snprintf(own->name, sizeof(own->name), "mauricie");
    snprintf(own->timezone, sizeof(own->timezone), "UTC");
    sim_world_enter(world, &server->process);
    server->region = region_new(base, &server->settings, own);
    server->sessions =
        sessions_new(base, &server->settings, context, server->fingerprint, &server->region, 1);
    FUZZ_MUST(server->region != NULL && server->sessions != NULL);
    sim_world_enter(world, NULL);
    sim_net_listen(net, 1, &server->process, on_accept, server);
    return server;
}

size_t verbs_server_sessions(const struct verbs_server *server)
{
    return sessions_count(server->sessions);
}

void verbs_server_close(struct verbs_server *server)
{
    sessions_close_all(server->sessions);
}

const struct sim_process *verbs_server_process(void)
{
    return the_process;
}

void verbs_server_free(struct verbs_server **server)
{
    struct verbs_server *s = *server;

    if (s == NULL)
        return;
    sim_world_enter(s->world, &s->process);
    sim_store_kill(s->store, &s->process);
    sim_net_kill(s->net, 1);
    region_free(&s->region);
    sessions_free(&s->sessions);
    sim_world_forget(s->world, &s->process);
    sim_world_enter(s->world, NULL);
    free(s);
    *server = NULL;
}
