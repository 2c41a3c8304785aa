/* The desk's connection: opened once, used for all that one command asks. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_line.h"

#define PROTOCOL_VERSION 1

/* Bytes of a page on a slow line: a cut costs at most one. */
#define SLOW_PAGE 16384

void desk_disconnect(struct desk *desk)
{
    link_free(&desk->link);
    desk_drop_streams(desk);
    desk_keep_contact(desk);
    desk->requests = desk->hello = 0;
    desk->greeted = false;
}

bool desk_connect_only(struct desk *desk, struct desk_why *why_r)
{
    char key[DESK_PATH_SIZE + 16], certificate[DESK_PATH_SIZE + 16], session[DESK_PATH_SIZE + 16];
    const struct link_options options = {
        .host = desk->host,
        .port = desk->port,
        .fingerprint = desk->fingerprint,
        .key_path = key,
        .certificate_path = certificate,
        .session_path = session,
        .slow = desk_slow(desk),
    };
    struct link_why why;

    snprintf(key, sizeof(key), "%s/key.pem", desk->home);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", desk->home);
    snprintf(session, sizeof(session), "%s/session", desk->home);
    desk->link = link_open(&options, &why);
    return desk->link != NULL || desk_fail_link(desk, why_r, &why);
}

bool desk_put(
    struct desk *desk, Concert__Request *request, uint64_t *number_r, struct desk_why *why_r)
{
    request->has_number = true;
    request->number = *number_r = ++desk->requests;
    if (request->verb_case == CONCERT__REQUEST__VERB_PULL && desk_slow(desk)) {
        request->pull->has_page = true;
        request->pull->page = SLOW_PAGE;
    }
    return desk_pack(desk, request, why_r);
}

static bool put_hello(struct desk *desk, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Hello hello = CONCERT__HELLO__INIT;
    Concert__Packing packing = CONCERT__PACKING__ZSTD;

    hello.has_version = true;
    hello.version = PROTOCOL_VERSION;
    hello.client = (char *)"concert/" CONCERT_VERSION;
    hello.region = desk->identity.region;
    if (desk->identity.language[0] != '\0')
        hello.language = desk->identity.language;
    hello.packings = &packing;
    hello.n_packings = 1;
    request.verb_case = CONCERT__REQUEST__VERB_HELLO;
    request.hello = &hello;
    desk->greeted = true;
    return desk_put(desk, &request, &desk->hello, why_r);
}

bool desk_connect(struct desk *desk, bool *reused_r, struct desk_why *why_r)
{
    bool reused = desk->link != NULL;

    if (reused_r != NULL)
        *reused_r = reused;
    if (desk->offline)
        return desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
    if (reused)
        link_renew(desk->link);
    else if (!desk_connect_only(desk, why_r))
        return false;
    return desk->greeted || put_hello(desk, why_r);
}

struct closing {
    const char *rule;
    enum desk_closed closed;
};

/* What the server says of a device that it does not let in any more. */
static const struct closing closings[] = {
    {"revoked", DESK_REVOKED}, {"ended", DESK_ENDED}, {"closed", DESK_CLOSED}};

static enum desk_closed closed_by(const Concert__Error *error)
{
    if (error->code != CONCERT__CODE__NOT_AUTHENTICATED || error->field == NULL ||
        error->rule == NULL || strcmp(error->field, "device") != 0)
        return DESK_OPEN;
    for (size_t i = 0; i < sizeof(closings) / sizeof(closings[0]); i++)
        if (strcmp(closings[i].rule, error->rule) == 0)
            return closings[i].closed;
    return DESK_OPEN;
}

enum desk_closed desk_closed(const struct desk *desk)
{
    return desk->closed;
}

/* Another's parcel may be answered so too: hello tells of this device. */
enum desk_closed desk_closed_now(struct desk *desk)
{
    struct desk_why ignored;

    if (desk->doubt && !desk->offline) {
        desk->doubt = false;
        desk_disconnect(desk);
        desk_exchange(desk, &ignored);
    }
    return desk->closed;
}

/* A refused hello says why nothing else will be answered. */
static bool take_hello(struct desk *desk, const Concert__Response *response, struct desk_why *why_r)
{
    desk->hello = 0;
    desk_note_rtt(desk, link_rtt(desk->link));
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_HELLO)
        desk_note_closed(desk, DESK_OPEN);
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_HELLO)
        return desk_take_hello(desk, response->hello, why_r);
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR) {
        if (closed_by(response->error) != DESK_OPEN)
            desk_note_closed(desk, closed_by(response->error));
        return desk_fail_error(why_r, response->error);
    }
    return desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
}

bool desk_take_response(
    struct desk *desk, const Concert__Response *response, bool *taken_r, struct desk_why *why_r)
{
    *taken_r = true;
    desk_note_contact(desk, clock_now());
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR &&
        response->number != desk->hello && closed_by(response->error) != DESK_OPEN)
        desk->doubt = true;
    if (!response->has_number && response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
        return desk_fail_error(why_r, response->error); /* of the connection as a whole */
    if (desk->hello != 0 && response->number == desk->hello)
        return take_hello(desk, response, why_r);
    *taken_r = false;
    return true;
}

/* What comes next, unpacked. */
static Concert__Response *receive(struct desk *desk, struct arena *arena, struct desk_why *why_r)
{
    Concert__Response *response = link_next(desk->link, arena);

    if (response == NULL)
        desk_fail_link(desk, why_r, link_why(desk->link));
    else if (response->answer_case == CONCERT__RESPONSE__ANSWER_PACKED)
        response = desk_unpack(desk, response, arena, why_r);
    return response;
}

Concert__Response *desk_next(struct desk *desk, struct arena *arena, struct desk_why *why_r)
{
    for (;;) {
        Concert__Response *response = receive(desk, arena, why_r);
        bool taken = true;

        if (response != NULL && desk_take_response(desk, response, &taken, why_r)) {
            if (!taken)
                return response;
            continue;
        }
        if (why_r->trouble != DESK_FINE)
            desk_disconnect(desk);
        return NULL;
    }
}

static Concert__Response *ask_once(struct desk *desk, Concert__Request *request,
    struct arena *arena, bool *reused_r, struct desk_why *why_r)
{
    Concert__Response *response;
    uint64_t number;

    if (!desk_connect(desk, reused_r, why_r) || !desk_put(desk, request, &number, why_r))
        return NULL;
    do
        response = desk_next(desk, arena, why_r);
    while (response != NULL && response->number != number);
    return response;
}

Concert__Response *desk_ask(
    struct desk *desk, Concert__Request *request, struct arena *arena, struct desk_why *why_r)
{
    bool reused = false;
    Concert__Response *response = ask_once(desk, request, arena, &reused, why_r);

    if (response == NULL && reused && why_r->trouble == DESK_UNREACHABLE)
        response = ask_once(desk, request, arena, &reused, why_r);
    if (response == NULL || response->answer_case != CONCERT__RESPONSE__ANSWER_ERROR)
        return response;
    desk_fail_error(why_r, response->error);
    return NULL;
}
