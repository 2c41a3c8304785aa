#include "stream_reason.h"

static const struct stream_reason_row reasons[] = {
    [STREAM_PEER_CLOSED] = {"peer_closed", true, false},
    [STREAM_PEER_LOST] = {"peer_lost", false, false},
    [STREAM_HANDSHAKE] = {"handshake", false, false},
    [STREAM_HANDSHAKE_TIME] = {"handshake_time", false, false},
    [STREAM_IDLE_TIME] = {"idle_time", true, false},
    [STREAM_BAD_FRAME] = {"bad_frame", true, true},
    [STREAM_SLOW_READER] = {"slow_reader", false, false},
    [STREAM_REFUSED] = {"refused", true, true},
    [STREAM_STOPPING] = {"stopping", true, false},
    [STREAM_DIVERGED] = {"diverged", true, false},
    [STREAM_MEMORY] = {"memory", false, false},
};

const struct stream_reason_row *stream_reason_row(enum stream_reason reason)
{
    return &reasons[reason];
}

const char *stream_reason_name(enum stream_reason reason)
{
    return reasons[reason].name;
}
