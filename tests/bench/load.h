/*
 * A load: many lines to one server, in one thread. What is asked and what an answer means is a
 * work's (load_works.h); connecting, greeting, counting and the clock are here.
 */
#pragma once

#include <event2/buffer.h>
#include <event2/event.h>

#include "load_line.h"
#include "load_options.h"
#include "load_server.h"
#include "load_times.h"
#include "protocol.pb-c.h"

struct load;

struct load_client {
    struct load *load;
    struct load_line *line;
    size_t index;
    uint64_t *asked; /* when each request under way was asked, a ring of options->depth */
    size_t first, count;
    size_t turn; /* the work's own: which of its records is next */
    bool greeted, ready;
};

struct load_work {
    const char *name;
    const char *help;
    bool foreign;   /* not Concert's protocol: no home, no hello */
    bool followers; /* one client more, the first, which makes what the others hear of */
    /* Blocking, before any line opens. May be NULL. */
    bool (*prepare)(struct load *load);
    /* A line is greeted: asks what it must have first, and calls load_ready now or later. NULL:
     * ready at once. */
    void (*greeted)(struct load_client *client);
    /* Appends one request. */
    void (*ask)(struct load_client *client);
    /* A message came. Calls load_answered when it ends a request. */
    void (*message)(struct load_client *client, const uint8_t *data, size_t size);
    /* All lines are ready, and nothing is to be asked: NULL but for what asks by itself. */
    void (*start)(struct load *load);
    /* Frees load->state. May be NULL when there is none. */
    void (*clear)(struct load *load);
};

struct load {
    const struct load_options *options;
    const struct load_work *work;
    struct load_server server;
    struct event_base *base;
    struct ssl_ctx_st *context;
    struct load_client *clients;
    size_t n_clients, n_opened, n_ready;
    size_t asked, answered, failed;
    uint64_t started, ended;
    struct load_times *times;
    const char *trouble; /* why it ended before its time */
    uint8_t *packed;     /* a request that is asked again and again, with its frame's header */
    size_t n_packed;
    void *state; /* the work's own */
};

/* This line has what it needs; when all do, the clock starts. */
void load_ready(struct load_client *client);

/* Notes that a request is being asked, for its time. */
void load_asked(struct load_client *client);

/* The oldest request of this line has its whole answer; asks the next. */
void load_answered(struct load_client *client, bool good);

/* Ends the loop: what was to be measured is. */
void load_end(struct load *load);

/* Ends it early; `why` is a static text. */
void load_fail(struct load *load, const char *why);

/* Packs the request that load_ask_packed sends. False when memory is out. */
bool load_pack(struct load *load, const Concert__Request *request);

/* A work's `ask`: the packed request. */
void load_ask_packed(struct load_client *client);
