#include "sessions.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "idmap.h"
#include "limit.h"
#include "log.h"
#include "protocol.pb-c.h"
#include "request.h"
#include "stream_peer.h"

#define MINUTE 60000000 /* microseconds */
#define SWEEP_MIN ((size_t)1024)
#define STREAMS_MAX ((size_t)256) /* of packed answers: 150 MiB at the worst */

/* What is counted under one class and key ("address 127.0.0.1"). */
struct session_count {
    uint8_t key[UUID_SIZE];
    size_t count;
    size_t failed_joins;
    int64_t minute; /* when counting failed joins began */
};

struct sessions {
    struct event_base *base;
    const struct settings *settings;
    struct ssl_ctx_st *context;
    const uint8_t *fingerprint;
    struct region *const *regions;
    size_t n_regions;
    struct stream_limits limits;
    struct session_list list;
    struct session_queue handshakes; /* connections without TLS yet, the oldest first */
    size_t count, n_handshakes, n_streams;
    uint64_t last_number, last_request;
    struct idmap *counts;
    size_t sweep_at; /* how many counts there may be before those that say nothing are looked for */
};

void sessions_reload(struct sessions *sessions)
{
    const struct settings *settings = sessions->settings;

    sessions->limits = (struct stream_limits){.handshake_ms = (unsigned)settings->handshake_ms,
        .frame_ms = (unsigned)settings->frame_ms,
        .idle_ms = (unsigned)settings->idle_ms,
        .frame = (size_t)1 << 20,
        .output = (size_t)settings->output,
        .output_max = (size_t)settings->output_max};
}

struct sessions *sessions_new(struct event_base *base, const struct settings *settings,
    struct ssl_ctx_st *context, const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE],
    struct region *const *regions, size_t n_regions)
{
    struct sessions *sessions = calloc(1, sizeof(*sessions));

    if (sessions == NULL)
        return NULL;
    LIST_INIT(&sessions->list);
    TAILQ_INIT(&sessions->handshakes);
    sessions->base = base;
    sessions->settings = settings;
    sessions->context = context;
    sessions->fingerprint = fingerprint;
    sessions->regions = regions;
    sessions->n_regions = n_regions;
    sessions_reload(sessions);
    sessions->sweep_at = SWEEP_MIN;
    sessions->counts = idmap_new();
    if (sessions->counts == NULL)
        sessions_free(&sessions);
    return sessions;
}

void sessions_free(struct sessions **sessions)
{
    size_t cursor = 0;
    void *count;

    if (*sessions == NULL)
        return;
    while (
        (*sessions)->counts != NULL && (count = idmap_next((*sessions)->counts, &cursor)) != NULL)
        free(count);
    idmap_free(&(*sessions)->counts);
    free(*sessions);
    *sessions = NULL;
}

void sessions_stop(struct sessions *sessions)
{
    struct session *session;

    for (session = LIST_FIRST(&sessions->list); session != NULL; session = session_next(session))
        session_stop(session);
}

size_t sessions_busy(const struct sessions *sessions)
{
    struct session *session;
    size_t busy = 0;

    for (session = LIST_FIRST(&sessions->list); session != NULL; session = session_next(session))
        busy += session_busy(session);
    return busy;
}

uint64_t sessions_new_request(struct sessions *sessions)
{
    return ++sessions->last_request;
}

void sessions_close_all(struct sessions *sessions)
{
    struct session *session;

    for (session = LIST_FIRST(&sessions->list); session != NULL; session = session_next(session))
        session_close(session, STREAM_STOPPING);
}

/* Closes a socket that is one too many, and tells whose it was. */
static void refuse(int fd, enum metrics_number limit)
{
    char peer[INET6_ADDRSTRLEN];

    stream_peer_address(fd, peer);
    limit_reached(limit, peer);
    close(fd);
}

/* Who only opens connections pushes out his own before those that go on. */
static void shake(struct sessions *sessions, struct session *session)
{
    if (sessions->n_handshakes >= (size_t)sessions->settings->handshakes)
        session_close(TAILQ_FIRST(&sessions->handshakes), STREAM_HANDSHAKES);
    session_shakes(session, &sessions->handshakes);
}

void sessions_accept(struct sessions *sessions, int fd)
{
    struct session *session;

    metrics_add(METRICS_ACCEPTED, 1);
    if (sessions->count >= (size_t)sessions->settings->connections) {
        refuse(fd, METRICS_LIMIT_CONNECTIONS);
        return;
    }
    session = session_new(sessions, &sessions->list, sessions->base, sessions->context,
        &sessions->limits, ++sessions->last_number, fd);
    if (session == NULL)
        return;
    sessions->count++;
    shake(sessions, session);
    if (!session_admit(session, (size_t)sessions->settings->connections_per_address)) {
        session_limit(session, METRICS_LIMIT_CONNECTIONS_PER_ADDRESS);
        session_close(session, STREAM_REFUSED);
    }
}

void sessions_shakes(struct sessions *sessions, int change)
{
    sessions->n_handshakes += (size_t)change;
}

void sessions_gone(struct sessions *sessions)
{
    sessions->count--;
}

size_t sessions_count(const struct sessions *sessions)
{
    return sessions->count;
}

bool sessions_stream_begins(struct sessions *sessions)
{
    if (sessions->n_streams >= STREAMS_MAX)
        return false;
    sessions->n_streams++;
    return true;
}

void sessions_stream_ends(struct sessions *sessions)
{
    sessions->n_streams--;
}

/* --- counts
 * ----------------------------------------------------------------------------------------- */

static void make_key(const char *class, const char *what, uint8_t key_r[UUID_SIZE])
{
    char text[160];

    snprintf(text, sizeof(text), "%s %s", class, what);
    crypto_generichash(key_r, UUID_SIZE, (const uint8_t *)text, strlen(text), NULL, 0);
}

static void key_of_address(const char *address, uint8_t key_r[UUID_SIZE])
{
    char network[INET6_ADDRSTRLEN];

    stream_peer_network(address, network);
    make_key("address", network, key_r);
}

static void key_of_device(const uint8_t device[UUID_SIZE], uint8_t key_r[UUID_SIZE])
{
    char text[UUID_TEXT];

    uuid_format(device, text);
    make_key("device", text, key_r);
}

static bool is_idle(const struct session_count *count)
{
    return count->count == 0 && (count->failed_joins == 0 || clock_now() - count->minute >= MINUTE);
}

/* A count that says nothing any more goes. */
static void tidy(struct sessions *sessions, struct session_count *count)
{
    if (!is_idle(count))
        return;
    idmap_remove(sessions->counts, count->key);
    free(count);
}

/* Addresses that failed to join and never came back would stay. */
static void sweep(struct sessions *sessions)
{
    struct session_count **idle = calloc(idmap_count(sessions->counts), sizeof(*idle)), *count;
    size_t cursor = 0, found = 0;

    while (idle != NULL && (count = idmap_next(sessions->counts, &cursor)) != NULL)
        if (is_idle(count))
            idle[found++] = count;
    while (found > 0)
        tidy(sessions, idle[--found]);
    free(idle);
    sessions->sweep_at = SWEEP_MIN + 2 * idmap_count(sessions->counts);
}

/* The count of that key, which begins now if there was none. NULL: no memory. */
static struct session_count *find(struct sessions *sessions, const uint8_t key[UUID_SIZE])
{
    struct session_count *count = idmap_get(sessions->counts, key);

    if (count != NULL)
        return count;
    if (idmap_count(sessions->counts) >= sessions->sweep_at)
        sweep(sessions);
    count = calloc(1, sizeof(*count));
    if (count == NULL)
        return NULL;
    memcpy(count->key, key, UUID_SIZE);
    if (idmap_put(sessions->counts, key, count))
        return count;
    free(count);
    return NULL;
}

static bool enter(struct sessions *sessions, struct session_place *place,
    const uint8_t key[UUID_SIZE], size_t most)
{
    struct session_count *count = find(sessions, key);

    if (count == NULL)
        return false;
    if (count->count >= most) {
        tidy(sessions, count);
        return false;
    }
    count->count++;
    place->count = count;
    return true;
}

bool sessions_enter_address(
    struct sessions *sessions, struct session_place *place, const char *address, size_t most)
{
    uint8_t key[UUID_SIZE];

    key_of_address(address, key);
    return enter(sessions, place, key, most);
}

bool sessions_enter_device(struct sessions *sessions, struct session_place *place,
    const uint8_t device[UUID_SIZE], size_t most)
{
    uint8_t key[UUID_SIZE];

    key_of_device(device, key);
    return enter(sessions, place, key, most);
}

void sessions_leave(struct sessions *sessions, struct session_place *place)
{
    if (place->count == NULL)
        return;
    place->count->count--;
    tidy(sessions, place->count);
    place->count = NULL;
}

bool sessions_join_failed(struct sessions *sessions, const char *address)
{
    struct session_count *count;
    uint8_t key[UUID_SIZE];

    key_of_address(address, key);
    count = find(sessions, key);
    if (count == NULL)
        return true;
    if (clock_now() - count->minute >= MINUTE) {
        count->minute = clock_now();
        count->failed_joins = 0;
    }
    count->failed_joins++;
    return count->failed_joins > (size_t)sessions->settings->joins_per_minute;
}

bool sessions_joins_blocked(const struct sessions *sessions, const char *address)
{
    const struct session_count *count;
    uint8_t key[UUID_SIZE];

    key_of_address(address, key);
    count = idmap_get(sessions->counts, key);
    return count != NULL && clock_now() - count->minute < MINUTE &&
           count->failed_joins >= (size_t)sessions->settings->joins_per_minute;
}

/* --- what sessions share
 * ------------------------------------------------------------------------------ */

struct region *sessions_region(const struct sessions *sessions, const char *name)
{
    if ((name == NULL || *name == '\0') && sessions->n_regions == 1)
        return sessions->regions[0];
    for (size_t i = 0; name != NULL && i < sessions->n_regions; i++)
        if (strcmp(region_settings(sessions->regions[i])->name, name) == 0)
            return sessions->regions[i];
    return NULL;
}

const struct settings *sessions_settings(const struct sessions *sessions)
{
    return sessions->settings;
}

struct ssl_ctx_st *sessions_context(const struct sessions *sessions)
{
    return sessions->context;
}

const uint8_t *sessions_fingerprint(const struct sessions *sessions)
{
    return sessions->fingerprint;
}
