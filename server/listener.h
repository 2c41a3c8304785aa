/* Accepts connections on one address and hands them over. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct listener;

/* Called for each accepted socket: non-blocking, close-on-exec, TCP_NODELAY. The callee owns it. */
typedef void listener_cb(void *arg, int fd);

/* Binds "HOST:PORT" ([::1]:7443, 0.0.0.0:7443; numeric, port 0 for any free one) and listens;
 * `shared`: with others of this user that share it too (SO_REUSEPORT), else alone. NULL with
 * *why_r, a text for the log, when that fails. At EMFILE it pauses, then goes on. */
struct listener *listener_new(struct event_base *base, const char *address, bool shared,
    listener_cb *cb, void *arg, const char **why_r);

/* Stops accepting and frees. Accepts NULL, leaves NULL. */
void listener_free(struct listener **listener);

/* The port that it listens on. */
uint16_t listener_port(const struct listener *listener);
