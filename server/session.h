/*
 * One connection: who it is, and its requests under way. Above stream, below verbs. And all of them
 * together: how many there may be, in all, per address and per device.
 */
#pragma once

#include "metrics.h"
#include "policy.h"
#include "region.h"
#include "settings.h"
#include "stream.h"

struct session;
struct sessions;
struct request;

/* All connections of the process. `fingerprint` is the server's own. Borrows all. NULL: no memory.
 */
struct sessions *sessions_new(struct event_base *base, const struct settings *settings,
    struct ssl_ctx_st *context, const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE],
    struct region *const *regions, size_t n_regions);

/* Frees; there must be no connection left (sessions_close_all, then the loop until sessions_count
 * is 0). Accepts NULL, leaves NULL. */
void sessions_free(struct sessions **sessions);

/* Takes over an accepted socket; closes it when a limit is reached. */
void sessions_accept(struct sessions *sessions, int fd);

/* How many connections there are. */
size_t sessions_count(const struct sessions *sessions);

/* The server ends: takes no more requests, ends those that would go on for ever, and from then on
 * (sessions_stop again, from a timer) closes each connection whose answers have all left. */
void sessions_stop(struct sessions *sessions);

/* How many connections have requests under way, or answers that have not left. */
size_t sessions_busy(const struct sessions *sessions);

/* Takes limits from the settings again, for those that are borrowed as they are at the start. */
void sessions_reload(struct sessions *sessions);

/* Closes all connections; what is queued is sent as far as sockets take it. */
void sessions_close_all(struct sessions *sessions);

/* The region of that name; when there is one region only, also for NULL. NULL: none. */
struct region *session_find_region(struct session *session, const char *name);

/* The client certificate's fingerprint; NULL when it has none. */
const uint8_t *session_fingerprint(const struct session *session);

/* Binds the connection to a region as that actor (hello, join). False when the device has too many
 * connections. */
bool session_identify(
    struct session *session, struct region *region, const struct policy_actor *actor);

/* Whether the client unpacks answers, as its hello says. */
void session_pack(struct session *session, bool packs);

/* True when it does. */
bool session_packs(const struct session *session);

/* Counts a stream of packed answers that begins. False when this connection, or all together, have
 * as many as there may be: what is answered goes as it is. */
bool session_stream_begins(struct session *session);

/* It is over. */
void session_stream_ends(struct session *session);

/* Its region, NULL before hello or join. */
struct region *session_region(const struct session *session);

/* How its device stands, as of now; unknown before hello. */
enum directory_found session_standing(struct session *session);

/* Who it is; NULL before hello. Borrowed. Looks again at each call whether the device and the
 * account still are: a revoked one is NULL. */
const struct policy_actor *session_actor(struct session *session);

/* The settings. Borrowed. */
const struct settings *session_settings(const struct session *session);

/* The server's own fingerprint, for invitations. Borrowed. */
const uint8_t *session_server_fingerprint(const struct session *session);

/* Where the server's own key and certificate are. Borrowed. */
struct ssl_ctx_st *session_context(const struct session *session);

/* Counts a failed join from the session's address. True when the address has had too many: wait. */
bool session_join_failed(struct session *session);

/* True when the address has had too many failed joins in the last minute; that is counted. */
bool session_joins_blocked(const struct session *session);

/* The connection has reached a limit: one of METRICS_LIMIT_…, counted and told in the log. */
void session_limit(const struct session *session, enum metrics_number limit);

/* Where frames go; session_flush must follow. */
struct evbuffer *session_output(struct session *session);

/* Sends. */
void session_flush(struct session *session);

/* True when the peer must take what is queued first; session_room then wakes. */
bool session_full(const struct session *session);

/* A large answer begins to be made (+1), or was sent (-1): session_room wakes. One whose connection
 * ends is no longer counted. */
void session_answers(struct session *session, int change);

/* True when as many large answers are being made, or wait for the peer, as one connection may have:
 * session_room wakes when one was sent. */
bool session_laden(const struct session *session);

/* Woken when a full output has room again. */
struct waiters *session_room(struct session *session);

/* Woken when no push is under way any more. */
struct waiters *session_pushed(struct session *session);

/* A push begins (+1) or ends (-1). */
void session_pushes(struct session *session, int change);

/* A push of this connection has been committed in the region up to this seq. */
void session_wrote(struct session *session, struct region *region, uint64_t seq);

/* What a pull of this connection in the region must wait for, to read what it wrote: a seq, 0:
 * nothing. The feed may be behind when another server has committed in between. */
uint64_t session_at_least(const struct session *session, struct region *region);

/* True when the region's log is not the one any more that this connection's pushes were committed
 * to, as after a restore from a backup: pages of the new one must not stand beside results of the
 * old one, so the connection ends. */
bool session_divided(const struct session *session, struct region *region);

/* True while a push is under way. */
bool session_pushing(const struct session *session);

/* A request is over: reading resumes when it was held back. */
void session_ended(struct session *session, struct request *request);

/* The server's number of it, unique in the process. */
uint64_t session_number(const struct session *session);

/* The next number of a request, likewise unique in the process. */
uint64_t session_new_request(struct session *session);

/* "session=7 peer=192.0.2.1", for lines in the log. */
void session_prefix(const struct session *session, char *prefix_r, size_t size);

/* Ends the connection. */
void session_close(struct session *session, enum stream_reason reason);

/* A line in the log, with the session's number, address and account. */
void session_log(const struct session *session, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
