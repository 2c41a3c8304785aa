/*
 * The metrics page: /metrics, /healthz and /readyz over HTTP, for who watches the server. Knows
 * GET and nothing else, reads a small request within seconds, serves a few at a time, one answer a
 * connection.
 */
#pragma once

#include "settings.h"

struct event_base;
struct metrics_page;

/* Listens on the settings' `metrics` ("HOST:PORT"; without a host, ":PORT": 127.0.0.1); `shared` as
 * listener_new. `fresh` is called before an answer is made. Borrows all; the regions' names are the
 * settings'. NULL with *why_r, a text for the log. */
struct metrics_page *metrics_page_new(struct event_base *base, const struct settings *settings,
    bool shared, void (*fresh)(void *arg), void *arg, const char **why_r);

/* Ends it and its connections. Accepts NULL, leaves NULL. */
void metrics_page_free(struct metrics_page **page);
