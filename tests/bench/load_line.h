/* One of many connections: TLS on a non-blocking socket, in an event loop. */
#pragma once

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct load_line;
struct ssl_ctx_st;
struct evbuffer;

/* How a protocol's messages are cut: the size of the one that `data` begins with, header included;
 * 0: it is not whole yet. */
typedef size_t load_line_cut(const uint8_t *data, size_t size);

struct load_line_type {
    load_line_cut *cut;
    size_t header; /* bytes before the message proper */
};

/* Concert's frames, and the replies of Redis (RESP2). */
extern const struct load_line_type load_line_frames;
extern const struct load_line_type load_line_resp;

struct load_line_callbacks {
    void (*open)(void *arg);
    void (*message)(void *arg, const uint8_t *data, size_t size);
    void (*closed)(void *arg, const char *why); /* once; the line is of no more use */
};

/* Connects. NULL when memory or descriptors are out. */
struct load_line *load_line_new(struct event_base *base, struct ssl_ctx_st *context,
    const struct sockaddr *address, socklen_t size, const struct load_line_type *type,
    const struct load_line_callbacks *callbacks, void *arg);

/* Accepts NULL, leaves NULL. */
void load_line_free(struct load_line **line);

/* Where requests are appended; they leave when the callback under way returns, or at flush. */
struct evbuffer *load_line_output(struct load_line *line);

/* Sends what was appended. */
void load_line_flush(struct load_line *line);

/* Plain bytes received and sent. */
uint64_t load_line_received(const struct load_line *line);
uint64_t load_line_sent(const struct load_line *line);
