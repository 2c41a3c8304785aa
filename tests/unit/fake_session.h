/*
 * The session that requests see, without a connection: what server/session.h promises to verbs. Its
 * state is open, for the test to set and to look at. A test that includes this header links
 * fake_session.c, so that the linker takes none of the real one.
 */
#pragma once

#include "identity.h"
#include "policy.h"
#include "session.h"
#include "settings.h"
#include "waiter.h"

struct session {
    struct evbuffer *output;
    struct waiters room, pushed;
    struct region *region;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct policy_actor actor;
    struct settings settings;
    int answers;  /* large ones being made */
    size_t ended; /* requests */
    bool full, pushing, closed;
};

/* Gives a session of zeros its output, the waiters and the settings as they are without a file. */
void fake_session_begin(struct session *session);

/* Frees the region and the output. */
void fake_session_end(struct session *session);
