/* A connection's states, and which may follow which. */
#pragma once

#include <stdbool.h>

enum stream_state {
    STREAM_STATE_HANDSHAKE,
    STREAM_STATE_OPEN,
    STREAM_STATE_BROKEN, /* a bad frame came: nothing more is read, answers still leave */
    STREAM_STATE_ENDING, /* the last answer leaves; what comes in is thrown away so that no reset
                          * overtakes it */
    STREAM_STATE_CLOSED  /* only `closed` is left to be told */
};

/* The state's word for the log. Borrowed, for ever. */
const char *stream_state_name(enum stream_state state);

/* Sets the state to one that may follow it; the only way to. Counts how many are in each. */
void stream_state_set(enum stream_state *state, enum stream_state next);

/* Counts a connection that begins in this state. */
void stream_state_begins(enum stream_state state);

/* Counts one that is gone, which was in this state. */
void stream_state_ends(enum stream_state state);
