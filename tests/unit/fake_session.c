#include "fake_session.h"

#include <event2/buffer.h>
#include <stdio.h>

#include "region.h"

#define UNUSED __attribute__((unused))

void fake_session_begin(struct session *session)
{
    session->output = evbuffer_new();
    LIST_INIT(&session->room);
    LIST_INIT(&session->pushed);
    settings_defaults(&session->settings);
}

void fake_session_end(struct session *session)
{
    region_free(&session->region);
    evbuffer_free(session->output);
}

struct region *session_find_region(struct session *session, const char *name UNUSED)
{
    return session->region;
}

const uint8_t *session_fingerprint(const struct session *session)
{
    return session->fingerprint;
}

bool session_identify(struct session *session UNUSED, struct region *region UNUSED,
    const struct policy_actor *actor UNUSED)
{
    return true;
}

struct region *session_region(const struct session *session)
{
    return session->region;
}

void session_limit(const struct session *session UNUSED, enum metrics_number limit UNUSED)
{
}

uint64_t session_number(const struct session *session UNUSED)
{
    return 1;
}

uint64_t session_new_request(struct session *session UNUSED)
{
    return 1;
}

void session_prefix(const struct session *session UNUSED, char *prefix_r, size_t size)
{
    snprintf(prefix_r, size, "session=1");
}

enum directory_found session_standing(struct session *session)
{
    return session->region == NULL ? DIRECTORY_UNKNOWN : DIRECTORY_ACTIVE;
}

const struct policy_actor *session_actor(struct session *session)
{
    return &session->actor;
}

const struct settings *session_settings(const struct session *session)
{
    return &session->settings;
}

const uint8_t *session_server_fingerprint(const struct session *session)
{
    return session->fingerprint;
}

struct ssl_ctx_st *session_context(const struct session *session UNUSED)
{
    return NULL;
}

bool session_join_failed(struct session *session UNUSED)
{
    return false;
}

bool session_joins_blocked(const struct session *session UNUSED)
{
    return false;
}

struct evbuffer *session_output(struct session *session)
{
    return session->output;
}

void session_pack(struct session *session UNUSED, bool packs UNUSED)
{
}

bool session_stream_begins(struct session *session UNUSED)
{
    return false;
}

void session_stream_ends(struct session *session UNUSED)
{
}

bool session_packs(const struct session *session UNUSED)
{
    return false;
}

void session_flush(struct session *session UNUSED)
{
}

bool session_full(const struct session *session)
{
    return session->full;
}

void session_answers(struct session *session, int change)
{
    session->answers += change;
    if (change < 0)
        waiter_wake_all(&session->room);
}

bool session_laden(const struct session *session)
{
    return session->answers >= 2;
}

struct waiters *session_room(struct session *session)
{
    return &session->room;
}

struct waiters *session_pushed(struct session *session)
{
    return &session->pushed;
}

void session_pushes(struct session *session UNUSED, int change UNUSED)
{
}

void session_wrote(
    struct session *session UNUSED, struct region *region UNUSED, uint64_t seq UNUSED)
{
}

bool session_divided(const struct session *session UNUSED, struct region *region UNUSED)
{
    return false;
}

uint64_t session_at_least(const struct session *session UNUSED, struct region *region UNUSED)
{
    return 0;
}

bool session_pushing(const struct session *session)
{
    return session->pushing;
}

void session_ended(struct session *session, struct request *request UNUSED)
{
    session->ended++;
}

void session_close(struct session *session, enum stream_reason reason UNUSED)
{
    session->closed = true;
}

void session_log(
    const struct session *session UNUSED, int level UNUSED, const char *format UNUSED, ...)
{
}
