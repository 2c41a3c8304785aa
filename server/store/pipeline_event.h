/* A connection to PostgreSQL on the event loop: when its socket is ready, and when a time is up. */
#pragma once

#include <event2/event.h>
#include <stdbool.h>

/* What is called, and with what, when a connection's socket is ready. */
struct pipeline_event {
    struct event_base *base;
    event_callback_fn ready;
    void *arg;
    struct event *socket; /* NULL: none is watched */
};

/* Watches the connection's socket, PQsocket of now, for `interest` (EV_READ, EV_WRITE), on and on,
 * in place of what was watched: libpq may go from one socket to another at each call. False: no
 * memory. */
bool pipeline_event_watch(struct pipeline_event *event, int fd, short interest);

/* Watches no more, before the connection is closed or handed on; nothing to end is no error. */
void pipeline_event_end(struct pipeline_event *event);

/* The timer fires once, so many milliseconds from now, and no more when it would have. */
void pipeline_event_after(struct event *timer, int milliseconds);
