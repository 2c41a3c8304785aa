#include "pipeline_event.h"

static bool is_watched(const struct pipeline_event *event, evutil_socket_t fd, short events)
{
    return event->socket != NULL && event_get_fd(event->socket) == fd &&
           event_get_events(event->socket) == events;
}

bool pipeline_event_watch(struct pipeline_event *event, int fd, short interest)
{
    short events = (short)(interest | EV_PERSIST);

    if (is_watched(event, fd, events))
        return true;
    pipeline_event_end(event);
    event->socket = event_new(event->base, fd, events, event->ready, event->arg);
    return event->socket != NULL && event_add(event->socket, NULL) == 0;
}

void pipeline_event_end(struct pipeline_event *event)
{
    if (event->socket != NULL)
        event_free(event->socket);
    event->socket = NULL;
}

void pipeline_event_after(struct event *timer, int milliseconds)
{
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};

    event_add(timer, &time);
}
