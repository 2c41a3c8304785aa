/*
 * How a pipeline's connections are opened: the hosts of the connection text one after the other,
 * each with a time of its own, so that one that answers nothing does not keep the others from being
 * tried. Begins with the one where the writer is, or that was good last.
 */
#pragma once

struct event_base;
struct hosts;
struct pg_conn;
struct pipeline_connect;

/* `conn`, the caller's from here on, is connected; or it is NULL, and `why` (borrowed) says what
 * each host answered. */
typedef void pipeline_connect_cb(void *arg, struct pg_conn *conn, const char *why);

/* Borrows base and hosts; copies the texts. NULL when memory is out. */
struct pipeline_connect *pipeline_connect_new(struct event_base *base, struct hosts *hosts,
    const char *conninfo, const char *schema, pipeline_connect_cb *cb, void *arg);

/* Gives up what is under way. Accepts NULL, leaves NULL. */
void pipeline_connect_free(struct pipeline_connect **connect);

/* Begins to connect, with the store's settings and the schema as search_path. Unless the text says
 * otherwise: to a server that takes writes (target_session_attrs), and one that is gone without a
 * word is noticed (keepalives). `cb` fires once, from the loop, unless it is stopped. */
void pipeline_connect_start(struct pipeline_connect *connect);

/* Gives up what is under way; nothing to do is no error. */
void pipeline_connect_stop(struct pipeline_connect *connect);

/* The latest connection is the writer's, and good: see hosts_lead. */
void pipeline_connect_lead(struct pipeline_connect *connect);

/* The latest connection was no good: the next attempt begins with the host after it. */
void pipeline_connect_pass(struct pipeline_connect *connect);
