/* What each reason for a connection's end means for it. */
#pragma once

#include "metrics.h"
#include "stream.h"
#include "stream_tls.h"

struct stream_reason_row {
    const char *name;
    bool writes;               /* what is queued is still sent, and the goodbye */
    bool ends;                 /* the peer is given time to read it */
    enum metrics_number limit; /* that was reached; METRICS_NUMBERS: none */
};

/* The reason's row. Borrowed, for ever. */
const struct stream_reason_row *stream_reason_row(enum stream_reason reason);

/* The reason's word for the log: "idle_time". */
const char *stream_reason_name(enum stream_reason reason);

/* What a result that ends the connection (STREAM_TLS_CLOSED and those after it) means for it. */
enum stream_reason stream_reason_of(enum stream_tls_result result);
