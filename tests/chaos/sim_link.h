/*
 * The line of an office of a simulation: link_* of client/link/link.h over sim_net. A connection is
 * made at once; what is put is queued until sim_link_flush. Nothing is ever waited for: link_next
 * fails, and what comes is handed to the office whose line it is.
 */
#pragma once

#include "link/link.h"
#include "sim_net.h"

/* One end, of one office. Borrowed while a link of it is open. */
struct sim_link_end {
    struct sim_net *net;
    const struct sim_process *office;
    uint32_t server; /* that the next link_open connects to */
    const uint8_t *fingerprint;
    /* A response came on the line (for desk_take_response); it lives in the arena, which is freed
     * after. */
    void (*response)(void *arg, struct arena *arena, Concert__Response *response);
    /* The line is gone, or what came cannot be read. */
    void (*gone)(void *arg);
    void *arg;
};

/* The end that link_open uses, until told otherwise; NULL: none, and it fails. */
void sim_link_use(struct sim_link_end *end);

/* Sends what is queued. Accepts NULL. */
void sim_link_flush(struct link *link);
