/* Handing on what another office has written. */
#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk_bundle.h"
#include "desk/desk_bundle_file.h"
#include "desk/desk_line.h"
#include "frame.h"
#include "identity_sign.h"

struct carrying {
    struct desk *desk;
    struct desk_why *why_r;
    const char *path;
    FILE *file;
    struct evbuffer *buffer; /* of the file, read and not sent yet */
    struct desk_bundle_file answer;
    struct desk_bundle_carried *carried;
};

/* False: the file says so itself, in the state. */
static bool is_good(const struct carrying *carrying)
{
    return carrying->carried->state == DESK_BUNDLE_GOOD;
}

/* What the file is found to be. */
static void judge(struct carrying *carrying, enum desk_bundle_state state)
{
    carrying->carried->state = state;
}

/* The next frame at the front of the buffer; *size_r 0: there is none, or the file is not good.
 * False with why_r. */
static bool read_frame(struct carrying *carrying, size_t *size_r)
{
    enum frame_state state;
    bool got = true;

    *size_r = 0;
    while ((state = frame_peek(carrying->buffer, FRAME_TO_SERVER_MAX, size_r)) == FRAME_PARTIAL) {
        if (!desk_bundle_file_read(
                carrying->file, carrying->path, carrying->buffer, &got, carrying->why_r))
            return false;
        if (got)
            continue;
        *size_r = 0;
        if (evbuffer_get_length(carrying->buffer) > 0)
            judge(carrying, DESK_BUNDLE_CUT);
        return true;
    }
    if (state == FRAME_WHOLE)
        return true;
    *size_r = 0;
    judge(carrying, DESK_BUNDLE_SHAPE);
    return true;
}

static const uint8_t *frame_data(struct carrying *carrying, size_t size)
{
    const uint8_t *data = evbuffer_pullup(carrying->buffer, (ev_ssize_t)(FRAME_HEADER + size));

    if (data == NULL)
        desk_fail(carrying->why_r, DESK_LIMIT, NULL);
    return data == NULL ? NULL : data + FRAME_HEADER;
}

/* Looks at a parcel: it must be one, and its certificate tells whose it is. */
static bool look(struct carrying *carrying, size_t size)
{
    const uint8_t *data = frame_data(carrying, size);
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct evp_pkey_st *key = NULL;
    Concert__Parcel *parcel;

    if (data == NULL)
        return false;
    parcel = concert__parcel__unpack(NULL, size, data);
    if (parcel != NULL && parcel->has_bundle)
        key = identity_sign_key(parcel->certificate.data, parcel->certificate.len, fingerprint);
    if (key == NULL)
        judge(carrying, DESK_BUNDLE_SHAPE);
    else {
        identity_fingerprint_text(fingerprint, carrying->carried->fingerprint);
        identity_sign_name(parcel->certificate.data, parcel->certificate.len,
            carrying->carried->device, sizeof(carrying->carried->device));
    }
    identity_sign_free(&key);
    if (parcel != NULL)
        concert__parcel__free_unpacked(parcel, NULL);
    return true;
}

/* Whether this very device has written the file. */
static bool is_own(const struct carrying *carrying)
{
    char path[DESK_PATH_SIZE + 16], text[sizeof(carrying->carried->fingerprint)] = "";
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    struct evp_pkey_st *key = NULL;
    uint8_t *certificate;
    size_t size = 0;

    snprintf(path, sizeof(path), "%s/cert.pem", carrying->desk->home);
    certificate = identity_sign_certificate(path, &size);
    if (certificate != NULL)
        key = identity_sign_key(certificate, size, fingerprint);
    if (key != NULL)
        identity_fingerprint_text(fingerprint, text);
    identity_sign_free(&key);
    free(certificate);
    return text[0] != '\0' && strcmp(text, carrying->carried->fingerprint) == 0;
}

/* Before anything is sent: a file that is cut or no file of ours is not handed on in part. */
static bool check_file(struct carrying *carrying)
{
    size_t size = 0, count = 0;
    bool good = true;

    do {
        good = read_frame(carrying, &size) && (size == 0 || look(carrying, size));
        if (good && size > 0)
            evbuffer_drain(carrying->buffer, FRAME_HEADER + size);
        count += size > 0;
    } while (good && size > 0 && is_good(carrying));
    if (good && is_good(carrying) && count == 0)
        judge(carrying, DESK_BUNDLE_SHAPE);
    evbuffer_drain(carrying->buffer, evbuffer_get_length(carrying->buffer));
    return good && (fseek(carrying->file, 0, SEEK_SET) == 0 ||
                       desk_fail_system(carrying->why_r, carrying->path));
}

/* What the server says of the parcel itself; all else is trouble that passes. */
static bool take_error(struct carrying *carrying, const Concert__Error *error)
{
    desk_fail_error(carrying->why_r, error);
    switch (error->code) {
    case CONCERT__CODE__NOT_AUTHENTICATED:
    case CONCERT__CODE__BAD_REQUEST:
    case CONCERT__CODE__TOO_LARGE:
    case CONCERT__CODE__UNSUPPORTED_VERSION:
        judge(carrying, DESK_BUNDLE_REFUSED);
        carrying->carried->error = carrying->why_r->error;
        return true;
    default:
        return false;
    }
}

/* Takes one part of the answer; *more_r tells whether another comes. */
static bool take_part(struct carrying *carrying, uint64_t number, bool *more_r)
{
    struct arena *arena = desk_arena(carrying->why_r);
    const Concert__Response *response =
        arena == NULL ? NULL : desk_next(carrying->desk, arena, carrying->why_r);
    bool good = response != NULL;

    *more_r = good;
    if (good && response->number == number) {
        *more_r = response->has_more && response->more;
        if (response->answer_case == CONCERT__RESPONSE__ANSWER_CARRY)
            good = desk_bundle_file_add(&carrying->answer, response->carry->bytes.data,
                response->carry->bytes.len, carrying->why_r);
        else if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR)
            good = take_error(carrying, response->error);
        else
            good = desk_fail(carrying->why_r, DESK_UNREACHABLE, carrying->desk->identity.address);
    }
    arena_free(&arena);
    return good;
}

static bool send_parcel(struct carrying *carrying, size_t size)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Carry carry = CONCERT__CARRY__INIT;
    const uint8_t *data = frame_data(carrying, size);
    uint64_t number;
    bool good = data != NULL, more = true;

    carry.has_parcel = true;
    carry.parcel = (ProtobufCBinaryData){size, (uint8_t *)data};
    request.verb_case = CONCERT__REQUEST__VERB_CARRY;
    request.carry = &carry;
    good = good && desk_put(carrying->desk, &request, &number, carrying->why_r);
    evbuffer_drain(carrying->buffer, FRAME_HEADER + size);
    while (good && more)
        good = take_part(carrying, number, &more);
    return good;
}

static bool send_all(struct carrying *carrying)
{
    size_t size;
    bool good;

    do
        good = read_frame(carrying, &size) && (size == 0 || send_parcel(carrying, size));
    while (good && size > 0 && is_good(carrying));
    return good;
}

static bool carry(struct carrying *carrying, const char *answer)
{
    bool good = check_file(carrying);

    if (!good || !is_good(carrying))
        return good;
    carrying->carried->own = is_own(carrying);
    good = desk_bundle_file_begin(&carrying->answer, answer, carrying->why_r) &&
           desk_connect(carrying->desk, NULL, carrying->why_r) && send_all(carrying);
    if (good && is_good(carrying))
        good = desk_bundle_file_end(&carrying->answer, carrying->why_r);
    desk_bundle_file_drop(&carrying->answer);
    if (!good)
        desk_disconnect(carrying->desk);
    return good;
}

bool desk_bundle_carry(struct desk *desk, const char *path, const char *answer,
    struct desk_bundle_carried *carried_r, struct desk_why *why_r)
{
    struct carrying carrying = {.desk = desk, .why_r = why_r, .path = path, .carried = carried_r};
    bool good = false;

    *carried_r = (struct desk_bundle_carried){.state = DESK_BUNDLE_GOOD};
    desk_fail(why_r, DESK_FINE, NULL);
    carrying.file = fopen(path, "rbe");
    if (carrying.file == NULL)
        return desk_fail_system(why_r, path);
    carrying.buffer = evbuffer_new();
    if (carrying.buffer == NULL)
        desk_fail(why_r, DESK_LIMIT, NULL);
    else {
        good = carry(&carrying, answer);
        evbuffer_free(carrying.buffer);
    }
    fclose(carrying.file);
    return good;
}
