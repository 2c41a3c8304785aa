/*
 * The line to the server: TCP, TLS 1.3, frames. Blocks, with deadlines; requests are queued and
 * leave together, in one write where they fit, when the first answer is asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "protocol.pb-c.h"

struct link;

/* Milliseconds for the connection to be made, on a line that is known to be slow, and at least for
 * the first answer; and then without a byte either way. */
#define LINK_FIRST_ANSWER 2000
#define LINK_SLOW_CONNECT 10000
#define LINK_SILENCE 30000

/* A slow line has this long for its first answer, counted in the times that its connection took to
 * be made, and never more milliseconds than that. */
#define LINK_PATIENCE 12
#define LINK_PATIENCE_MAX 60000

enum link_trouble {
    LINK_FINE,
    LINK_UNREACHABLE, /* no answer in time, or none at all */
    LINK_IMPOSTOR,    /* the server's key is another */
    LINK_LOST,        /* the connection broke after the first answer, or went silent */
    LINK_KEY,         /* this device's key or certificate cannot be used: detail says why */
    LINK_BROKEN,      /* what came is not the protocol */
    LINK_WOKEN,       /* the descriptor of link_follow became readable */
    LINK_MEMORY
};

struct link_why {
    enum link_trouble trouble;
    char detail[256];
};

struct link_options {
    const char *host, *port;
    const uint8_t *fingerprint; /* the server's, IDENTITY_FINGERPRINT_SIZE bytes */
    const char *key_path, *certificate_path;
    const char *session_path; /* where the TLS session is kept for the next time; NULL: nowhere */
    bool slow;                /* the line is known to be: LINK_SLOW_CONNECT */
};

/* Connects within LINK_FIRST_ANSWER of the call, and does the TLS handshake. From then on the first
 * answer has until LINK_FIRST_ANSWER of the call, and where connecting was slow, LINK_PATIENCE
 * times as long. NULL with why_r. Free with link_free. */
struct link *link_open(const struct link_options *options, struct link_why *why_r);

/* Closes the connection; keeps the TLS session when it has one. Accepts NULL, leaves NULL. */
void link_free(struct link **link);

/* Before the connection is used again after a while: the first answer has its time once more. */
void link_renew(struct link *link);

/* Queues a request. False when memory is out. */
bool link_put(struct link *link, const Concert__Request *request);

/* Sends what is queued and waits for the next response; it lives in the arena. NULL with link_why;
 * the connection is then of no more use, but for LINK_WOKEN. */
Concert__Response *link_next(struct link *link, struct arena *arena);

/* From now on link_next waits without limit once the server has answered anything, until `wake_fd`
 * (a descriptor, or -1) becomes readable. A dead line is noticed by TCP's keepalive. */
void link_follow(struct link *link, int wake_fd);

/* Milliseconds of a round trip, as TCP measured it up to now. */
int64_t link_rtt(const struct link *link);

/* True when something of what was queued has left: the server may have it. */
bool link_has_sent(const struct link *link);

/* Why the last call failed. Borrowed. */
const struct link_why *link_why(const struct link *link);
