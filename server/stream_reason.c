#include "stream_reason.h"

#define NO_LIMIT METRICS_NUMBERS

static const struct stream_reason_row reasons[] = {
    [STREAM_PEER_CLOSED] = {"peer_closed", true, false, NO_LIMIT},
    [STREAM_PEER_LOST] = {"peer_lost", false, false, NO_LIMIT},
    [STREAM_HANDSHAKE] = {"handshake", false, false, NO_LIMIT},
    [STREAM_HANDSHAKE_TIME] = {"handshake_time", false, false, METRICS_LIMIT_HANDSHAKE_MS},
    [STREAM_HANDSHAKES] = {"handshakes", false, false, METRICS_LIMIT_HANDSHAKES},
    [STREAM_FRAME_TIME] = {"frame_time", true, false, METRICS_LIMIT_FRAME_MS},
    [STREAM_IDLE_TIME] = {"idle_time", true, false, METRICS_LIMIT_IDLE_MS},
    [STREAM_BAD_FRAME] = {"bad_frame", true, true, NO_LIMIT},
    [STREAM_SLOW_READER] = {"slow_reader", false, false, METRICS_LIMIT_OUTPUT_MAX},
    [STREAM_NOT_TAKEN] = {"not_taken", false, false, METRICS_LIMIT_IDLE_MS},
    [STREAM_REFUSED] = {"refused", true, true, NO_LIMIT},
    [STREAM_STOPPING] = {"stopping", true, true, NO_LIMIT},
    [STREAM_DIVERGED] = {"diverged", true, false, NO_LIMIT},
    [STREAM_MEMORY] = {"memory", false, false, NO_LIMIT},
};

const struct stream_reason_row *stream_reason_row(enum stream_reason reason)
{
    return &reasons[reason];
}

const char *stream_reason_name(enum stream_reason reason)
{
    return reasons[reason].name;
}

enum stream_reason stream_reason_of(enum stream_tls_result result)
{
    static const enum stream_reason meaning[] = {
        [STREAM_TLS_CLOSED] = STREAM_PEER_CLOSED,
        [STREAM_TLS_LOST] = STREAM_PEER_LOST,
        [STREAM_TLS_FAILED] = STREAM_HANDSHAKE,
        [STREAM_TLS_MEMORY] = STREAM_MEMORY,
    };

    return meaning[result];
}
