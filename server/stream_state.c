#include "stream_state.h"

#include "machine.h"
#include "metrics.h"

#define MAY(state) (1u << STREAM_STATE_##state)

struct row {
    const char *name;
    unsigned moves; /* a bit for each state that may follow */
};

static const struct row states[] = {
    [STREAM_STATE_HANDSHAKE] = {"handshake", MAY(OPEN) | MAY(CLOSED)},
    [STREAM_STATE_OPEN] = {"open", MAY(BROKEN) | MAY(ENDING) | MAY(CLOSED)},
    [STREAM_STATE_BROKEN] = {"broken", MAY(ENDING) | MAY(CLOSED)},
    [STREAM_STATE_ENDING] = {"ending", MAY(CLOSED)},
    [STREAM_STATE_CLOSED] = {"closed", 0},
};

const char *stream_state_name(enum stream_state state)
{
    return states[state].name;
}

/* The states' gauges stand side by side, in the same order. */
static void count(enum stream_state state, int change)
{
    metrics_add(METRICS_HANDSHAKING + (enum metrics_number)state, change);
}

void stream_state_set(enum stream_state *state, enum stream_state next)
{
    machine_expect(states[*state].moves & 1u << next, "stream", *state, next);
    count(*state, -1);
    if (*state == STREAM_STATE_HANDSHAKE)
        metrics_add(
            next == STREAM_STATE_OPEN ? METRICS_HANDSHAKES_DONE : METRICS_HANDSHAKES_FAILED, 1);
    *state = next;
    count(next, +1);
}

void stream_state_begins(enum stream_state state)
{
    metrics_add(METRICS_CONNECTIONS, +1);
    count(state, +1);
}

void stream_state_ends(enum stream_state state)
{
    metrics_add(METRICS_CONNECTIONS, -1);
    count(state, -1);
}
