/* What each reason for a connection's end means for it. */
#pragma once

#include "stream.h"

struct stream_reason_row {
    const char *name;
    bool writes; /* what is queued is still sent, and the goodbye */
    bool ends;   /* the peer is given time to read it */
};

/* The reason's row. Borrowed, for ever. */
const struct stream_reason_row *stream_reason_row(enum stream_reason reason);

/* The reason's word for the log: "idle_time". */
const char *stream_reason_name(enum stream_reason reason);
