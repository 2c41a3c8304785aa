#include "sim_link.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"

#define ARENA_LIMIT ((size_t)16 << 20)

struct link {
    struct sim_link_end *end;
    uint32_t connection;
    struct evbuffer *queue;
    bool has_sent;
    struct link_why why;
};

/* link_open is not told whose line it opens. */
static struct sim_link_end *used;

void sim_link_use(struct sim_link_end *end)
{
    used = end;
}

static void take_frame(void *arg, const uint8_t *data, size_t size)
{
    struct link *link = arg;
    struct sim_link_end *end = link->end;
    struct arena *arena = arena_new(ARENA_LIMIT);
    Concert__Response *response =
        arena == NULL ? NULL : concert__response__unpack(arena_allocator(arena), size, data);

    if (response == NULL)
        end->gone(end->arg);
    else
        end->response(end->arg, arena, response);
    arena_free(&arena);
}

static void take_opened(void *arg)
{
    (void)arg;
}

static void take_closed(void *arg, bool refused)
{
    struct link *link = arg;

    (void)refused;
    link->connection = 0;
    link->end->gone(link->end->arg);
}

static const struct sim_net_client callbacks = {
    .opened = take_opened, .frame = take_frame, .closed = take_closed};

struct link *link_open(const struct link_options *options, struct link_why *why_r)
{
    struct link *link = calloc(1, sizeof(*link));

    (void)options;
    *why_r = (struct link_why){.trouble = LINK_UNREACHABLE};
    if (link == NULL || used == NULL || (link->queue = evbuffer_new()) == NULL) {
        free(link);
        return NULL;
    }
    link->end = used;
    link->connection =
        sim_net_connect(used->net, used->office, used->server, used->fingerprint, &callbacks, link);
    why_r->trouble = LINK_FINE;
    return link;
}

void link_free(struct link **link)
{
    struct link *l = *link;

    if (l == NULL)
        return;
    if (l->connection != 0)
        sim_net_close(l->end->net, l->connection);
    evbuffer_free(l->queue);
    free(l);
    *link = NULL;
}

int64_t link_rtt(const struct link *link)
{
    (void)link;
    return 0; /* no line of its kind is slow */
}

void link_renew(struct link *link)
{
    (void)link;
}

bool link_put(struct link *link, const Concert__Request *request)
{
    return frame_append(link->queue, &request->base);
}

void sim_link_flush(struct link *link)
{
    size_t size = link == NULL ? 0 : evbuffer_get_length(link->queue);

    if (size == 0 || link->connection == 0)
        return;
    sim_net_send(
        link->end->net, link->connection, evbuffer_pullup(link->queue, (ev_ssize_t)size), size);
    evbuffer_drain(link->queue, size);
    link->has_sent = true;
}

Concert__Response *link_next(struct link *link, struct arena *arena)
{
    (void)arena;
    link->why.trouble = LINK_UNREACHABLE;
    return NULL;
}

void link_follow(struct link *link, int wake_fd)
{
    (void)link;
    (void)wake_fd;
}

bool link_has_sent(const struct link *link)
{
    return link->has_sent;
}

const struct link_why *link_why(const struct link *link)
{
    return &link->why;
}
