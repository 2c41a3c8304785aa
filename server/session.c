#include "session.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/util.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "limit.h"
#include "log.h"
#include "request.h"
#include "sessions.h"
#include "stream_reason.h"

struct session {
    LIST_ENTRY(session) link;
    TAILQ_ENTRY(session) shake;
    struct session_queue *handshakes; /* where it stands until TLS is up, else NULL */
    struct sessions *sessions;
    struct stream *stream;
    uint64_t number;
    bool has_fingerprint;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct region *region; /* NULL: a stranger */
    struct policy_actor actor;
    bool packs;                  /* the client unpacks */
    size_t n_streams;            /* of packed answers, under way */
    struct session_place device; /* counts this device's connections */
    struct session_place address;
    LIST_HEAD(, request) requests;
    size_t n_requests, n_pushes, n_answers;
    bool stopping;             /* takes no more requests */
    bool closing;              /* session_close was called */
    int64_t accepted;          /* microseconds since 1970 UTC */
    bool laden;                /* requests are held back, and that was told */
    struct region *wrote_in;   /* the region of its pushes, */
    uint64_t wrote, wrote_era; /* their highest seq, and the feed's era at the first */
    size_t bytes;              /* of the requests under way */
    struct waiters room, pushed;
};

/* Frames under way in one connection, after which no more are taken: a request may take many times
 * its frame in memory. */
#define BYTES_MAX ((size_t)4 << 20)

/* Large answers that are made before the peer has taken those before them. */
#define ANSWERS_MAX ((size_t)2)

/* Streams of packed answers under way in one connection: each takes half a megabyte (pack.h). */
#define STREAMS_MAX ((size_t)4)

/* What comes behind a stranger's hello or join is taken when it is known who asks: that may have to
 * be looked for, when the device has joined at another server. */
static void hold_back(struct session *session)
{
    bool unknown = session->region == NULL && session->n_requests > 0;
    bool laden = session->n_requests >= (size_t)session_settings(session)->requests ||
                 session->bytes >= BYTES_MAX;

    if (laden && !session->laden)
        session_limit(session, METRICS_LIMIT_REQUESTS);
    session->laden = laden;
    stream_hold(session->stream, unknown || laden || session->stopping);
}

/* Counts a request that begins, or one that is over. */
static void count(struct session *session, const struct request *request, bool begins)
{
    session->n_requests = begins ? session->n_requests + 1 : session->n_requests - 1;
    session->bytes = begins ? session->bytes + request->size : session->bytes - request->size;
    stream_busy(session->stream, session->n_requests > 0);
    if (!begins)
        hold_back(session);
}

/* The handshake is over, one way or the other. */
static void shaken(struct session *session)
{
    if (session->handshakes == NULL)
        return;
    TAILQ_REMOVE(session->handshakes, session, shake);
    session->handshakes = NULL;
    sessions_shakes(session->sessions, -1);
}

/* --- what the stream tells -------------------------------------------------------------------- */

static void on_open(void *arg, const uint8_t *fingerprint)
{
    struct session *session = arg;

    shaken(session);
    metrics_observe(METRICS_HANDSHAKE_TIME, clock_now() - session->accepted);
    session->has_fingerprint = fingerprint != NULL;
    if (fingerprint != NULL)
        memcpy(session->fingerprint, fingerprint, sizeof(session->fingerprint));
    session_log(session, LOG_LEVEL_DEBUG, "event=open certificate=%d", fingerprint != NULL);
}

static void on_frame(void *arg, const uint8_t *data, size_t size)
{
    struct session *session = arg;
    struct request *request = request_new(session, data, size);

    if (request == NULL) {
        session_log(session, LOG_LEVEL_INFO, "event=bad_frame size=%zu", size);
        request_refuse(session, CONCERT__CODE__BAD_FRAME);
        session_close(session, STREAM_BAD_FRAME);
        return;
    }
    LIST_INSERT_HEAD(&session->requests, request, link);
    count(session, request, true);
    request_run(request);
    hold_back(session);
}

static void on_bad_frame(void *arg, bool too_large)
{
    struct session *session = arg;

    session_log(session, LOG_LEVEL_INFO, "event=bad_frame too_large=%d", too_large);
    request_refuse(session, too_large ? CONCERT__CODE__TOO_LARGE : CONCERT__CODE__BAD_FRAME);
    session_close(session, STREAM_BAD_FRAME);
}

static void on_room(void *arg)
{
    waiter_wake_all(&((struct session *)arg)->room);
}

static void on_closed(void *arg, enum stream_reason reason)
{
    struct session *session = arg;
    struct request *request;

    shaken(session);
    session_log(session, LOG_LEVEL_DEBUG, "event=closed reason=%s", stream_reason_name(reason));
    while ((request = LIST_FIRST(&session->requests)) != NULL) {
        LIST_REMOVE(request, link);
        request_orphan(request);
    }
    sessions_leave(session->sessions, &session->device);
    sessions_leave(session->sessions, &session->address);
    sessions_gone(session->sessions);
    LIST_REMOVE(session, link);
    free(session);
}

static const struct stream_callbacks callbacks = {
    .open = on_open,
    .frame = on_frame,
    .bad_frame = on_bad_frame,
    .room = on_room,
    .closed = on_closed,
};

/* --- life ------------------------------------------------------------------------------------- */

struct session *session_new(struct sessions *sessions, struct session_list *list,
    struct event_base *base, struct ssl_ctx_st *context, const struct stream_limits *limits,
    uint64_t number, int fd)
{
    struct session *session = calloc(1, sizeof(*session));

    if (session == NULL) {
        evutil_closesocket(fd);
        return NULL;
    }
    session->sessions = sessions;
    session->number = number;
    session->accepted = clock_now();
    LIST_INIT(&session->requests);
    LIST_INIT(&session->room);
    LIST_INIT(&session->pushed);
    session->stream = stream_new(base, context, fd, limits, &callbacks, session);
    if (session->stream == NULL) {
        free(session);
        return NULL;
    }
    LIST_INSERT_HEAD(list, session, link);
    return session;
}

struct session *session_next(struct session *session)
{
    return LIST_NEXT(session, link);
}

void session_shakes(struct session *session, struct session_queue *handshakes)
{
    session->handshakes = handshakes;
    TAILQ_INSERT_TAIL(handshakes, session, shake);
    sessions_shakes(session->sessions, +1);
}

void session_limit(const struct session *session, enum metrics_number limit)
{
    limit_reached(limit, stream_address(session->stream));
}

bool session_admit(struct session *session, size_t most)
{
    return sessions_enter_address(
        session->sessions, &session->address, stream_address(session->stream), most);
}

void session_close(struct session *session, enum stream_reason reason)
{
    shaken(session);
    session->closing = true;
    stream_close(session->stream, reason);
}

bool session_busy(const struct session *session)
{
    return session->n_requests > 0 || evbuffer_get_length(stream_output(session->stream)) > 0;
}

/* Requests whose frames have not been read are not answered: their clients send them again. */
void session_stop(struct session *session)
{
    struct request *request, *next;

    if (session->closing)
        return;
    if (!session->stopping) {
        session->stopping = true;
        hold_back(session);
        for (request = LIST_FIRST(&session->requests); request != NULL; request = next) {
            next = LIST_NEXT(request, link);
            request_stop(request);
        }
    }
    if (!session_busy(session))
        session_close(session, STREAM_STOPPING);
}

/* --- who it is -------------------------------------------------------------------------------- */

struct region *session_find_region(struct session *session, const char *name)
{
    return sessions_region(session->sessions, name);
}

const uint8_t *session_fingerprint(const struct session *session)
{
    return session->has_fingerprint ? session->fingerprint : NULL;
}

bool session_identify(
    struct session *session, struct region *region, const struct policy_actor *actor)
{
    sessions_leave(session->sessions, &session->device);
    session->region = NULL;
    if (!sessions_enter_device(session->sessions, &session->device, actor->device,
            (size_t)session_settings(session)->connections_per_device)) {
        session_limit(session, METRICS_LIMIT_CONNECTIONS_PER_DEVICE);
        return false;
    }
    session->region = region;
    session->actor = *actor;
    return true;
}

void session_pack(struct session *session, bool packs)
{
    session->packs = packs;
}

bool session_packs(const struct session *session)
{
    return session->packs;
}

bool session_stream_begins(struct session *session)
{
    if (session->n_streams >= STREAMS_MAX || !sessions_stream_begins(session->sessions))
        return false;
    session->n_streams++;
    return true;
}

void session_stream_ends(struct session *session)
{
    assert(session->n_streams > 0);
    session->n_streams--;
    sessions_stream_ends(session->sessions);
}

struct region *session_region(const struct session *session)
{
    return session->region;
}

enum directory_found session_standing(struct session *session)
{
    return session->region == NULL
               ? DIRECTORY_UNKNOWN
               : region_actor(session->region, session->fingerprint, &session->actor);
}

const struct policy_actor *session_actor(struct session *session)
{
    return session_standing(session) == DIRECTORY_ACTIVE ? &session->actor : NULL;
}

const struct settings *session_settings(const struct session *session)
{
    return sessions_settings(session->sessions);
}

const uint8_t *session_server_fingerprint(const struct session *session)
{
    return sessions_fingerprint(session->sessions);
}

struct ssl_ctx_st *session_context(const struct session *session)
{
    return sessions_context(session->sessions);
}

bool session_join_failed(struct session *session)
{
    return sessions_join_failed(session->sessions, stream_address(session->stream));
}

bool session_joins_blocked(const struct session *session)
{
    bool blocked = sessions_joins_blocked(session->sessions, stream_address(session->stream));

    if (blocked)
        session_limit(session, METRICS_LIMIT_JOINS);
    return blocked;
}

/* --- output and back-pressure ----------------------------------------------------------------- */

struct evbuffer *session_output(struct session *session)
{
    return stream_output(session->stream);
}

void session_flush(struct session *session)
{
    stream_flush(session->stream);
}

bool session_full(const struct session *session)
{
    return stream_full(session->stream);
}

void session_answers(struct session *session, int change)
{
    assert(change > 0 || session->n_answers > 0);
    session->n_answers += (size_t)change;
    if (change < 0)
        waiter_wake_all(&session->room);
}

bool session_laden(const struct session *session)
{
    return session->n_answers >= ANSWERS_MAX;
}

struct waiters *session_room(struct session *session)
{
    return &session->room;
}

struct waiters *session_pushed(struct session *session)
{
    return &session->pushed;
}

void session_pushes(struct session *session, int change)
{
    assert(change > 0 || session->n_pushes > 0);
    session->n_pushes += (size_t)change;
    if (session->n_pushes == 0)
        waiter_wake_all(&session->pushed);
}

void session_wrote(struct session *session, struct region *region, uint64_t seq)
{
    if (session->wrote_in != region) {
        session->wrote_in = region;
        session->wrote = 0;
        session->wrote_era = feed_era(region_feed(region));
    }
    if (seq > session->wrote)
        session->wrote = seq;
}

bool session_divided(const struct session *session, struct region *region)
{
    return session->wrote_in == region && feed_era(region_feed(region)) != session->wrote_era;
}

uint64_t session_at_least(const struct session *session, struct region *region)
{
    bool here = session->wrote_in == region && !session_divided(session, region);

    return here ? session->wrote : 0;
}

bool session_pushing(const struct session *session)
{
    return session->n_pushes > 0;
}

void session_ended(struct session *session, struct request *request)
{
    LIST_REMOVE(request, link);
    count(session, request, false);
}

uint64_t session_number(const struct session *session)
{
    return session->number;
}

uint64_t session_new_request(struct session *session)
{
    return sessions_new_request(session->sessions);
}

void session_prefix(const struct session *session, char *prefix_r, size_t size)
{
    snprintf(prefix_r, size, "session=%llu peer=%s", (unsigned long long)session->number,
        stream_address(session->stream));
}

void session_log(const struct session *session, int level, const char *format, ...)
{
    char prefix[160];
    va_list list;

    if (!log_wants((enum log_level)level))
        return;
    session_prefix(session, prefix, sizeof(prefix));
    va_start(list, format);
    log_list((enum log_level)level, prefix, format, list);
    va_end(list);
}
