/* How long a connection's peer may take for what it does: when its time is over. */
#pragma once

#include "stream.h"

struct stream_times {
    uint64_t frame; /* the last whole frame, or the end of being busy */
    uint64_t begun; /* the first byte of a frame that is not whole yet; 0: none */
    uint64_t taken; /* the peer last took bytes */
};

/* What the peer is waited for. */
struct stream_waits {
    bool reading; /* frames are taken */
    bool writing; /* the socket takes no more until the peer does */
    bool busy;    /* requests are under way */
};

/* True when the peer's time is over, with why in *reason_r; else *due_r says when to look again.
 * All times in milliseconds of clock_steady. */
bool stream_times_over(const struct stream_times *times, const struct stream_waits *waits,
    const struct stream_limits *limits, uint64_t now, enum stream_reason *reason_r,
    uint64_t *due_r);
