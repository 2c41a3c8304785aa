/*
 * All the connections of a process, and what is counted over several of them: how many there are in
 * all, per address and per device, and failed joins per address. For session alone; others see
 * session.h.
 */
#pragma once

#include "session.h"

LIST_HEAD(session_list, session);
TAILQ_HEAD(session_queue, session);

/* One session's share in a count; `count` NULL: it has none. */
struct session_place {
    struct session_count *count;
};

/* A new session on the socket, in the list. NULL: no memory (the socket is closed). */
struct session *session_new(struct sessions *sessions, struct session_list *list,
    struct event_base *base, struct ssl_ctx_st *context, const struct stream_limits *limits,
    uint64_t number, int fd);

/* As sessions_stop, of one. */
void session_stop(struct session *session);

/* True when requests are under way or answers have not left. */
bool session_busy(const struct session *session);

/* As session_new_request. */
uint64_t sessions_new_request(struct sessions *sessions);

/* The session after this one in its list. */
struct session *session_next(struct session *session);

/* Puts the session last among those whose handshake is under way; it leaves by itself. */
void session_shakes(struct session *session, struct session_queue *handshakes);

/* Counts the session for its address. False when there are `most` already. */
bool session_admit(struct session *session, size_t most);

/* Counts one more connection from the address's network (stream_peer_network). False when there are
 * `most` already. */
bool sessions_enter_address(
    struct sessions *sessions, struct session_place *place, const char *address, size_t most);

/* Counts one more connection of the device. False when there are `most` already. */
bool sessions_enter_device(struct sessions *sessions, struct session_place *place,
    const uint8_t device[UUID_SIZE], size_t most);

/* Takes it back; nothing when the place has no count. */
void sessions_leave(struct sessions *sessions, struct session_place *place);

/* A handshake begins (+1), or is over or given up (-1). */
void sessions_shakes(struct sessions *sessions, int change);

/* A session has ended. */
void sessions_gone(struct sessions *sessions);

/* As session_stream_begins, of all connections together. */
bool sessions_stream_begins(struct sessions *sessions);

/* As session_stream_ends. */
void sessions_stream_ends(struct sessions *sessions);

/* As session_find_region. */
struct region *sessions_region(const struct sessions *sessions, const char *name);

/* The settings. Borrowed. */
const struct settings *sessions_settings(const struct sessions *sessions);

/* The server's own fingerprint. Borrowed. */
const uint8_t *sessions_fingerprint(const struct sessions *sessions);

/* As session_context. */
struct ssl_ctx_st *sessions_context(const struct sessions *sessions);

/* As session_join_failed. */
bool sessions_join_failed(struct sessions *sessions, const char *address);

/* As session_joins_blocked. */
bool sessions_joins_blocked(const struct sessions *sessions, const char *address);
