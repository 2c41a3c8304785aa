/* What waits, as a file that another office hands on. */
#include "desk/desk_bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_bundle_file.h"
#include "desk/desk_fresh.h"
#include "desk/desk_push.h"
#include "frame.h"
#include "identity_sign.h"
#include "replica/replica_fresh.h"

#define PARCEL_WHAT "concert parcel 1"
#define KEY_SIZE 48

/* A file being written. */
struct writing {
    struct desk *desk;
    struct desk_why *why_r;
    struct arena *arena;
    struct desk_bundle_file file;
    struct evp_pkey_st *key;
    uint8_t *certificate;
    size_t certificate_size;
    int64_t written_at;
    bool fresh;
    size_t changes;
};

/* --- marks of the files written
 * ---------------------------------------------------------------------- */

/* When the copy was last made anew, which tells its lives apart. */
static int64_t life(struct desk *desk)
{
    struct desk_restart restart;

    return desk_restart(desk, &restart) ? restart.at : 0;
}

/* A fact that is looked for. */
struct wanted {
    const char *key;
    int64_t number;
    bool found;
};

static void look(void *arg, const struct replica_fact *fact)
{
    struct wanted *wanted = arg;

    if (fact->data == NULL && strcmp(fact->key, wanted->key) == 0) {
        wanted->found = true;
        wanted->number = fact->number;
    }
}

static void mark_key(int64_t written_at, char key_r[KEY_SIZE])
{
    snprintf(key_r, KEY_SIZE, "parcel %lld", (long long)written_at);
}

bool desk_bundle_mark(struct desk *desk, int64_t written_at, struct desk_bundle_mark *mark_r)
{
    char key[KEY_SIZE];
    struct wanted wanted = {.key = key};

    mark_key(written_at, key);
    if (!replica_facts(desk->replica, look, &wanted))
        return false;
    mark_r->known = wanted.found && wanted.number / 2 == life(desk);
    mark_r->fresh = wanted.number % 2 != 0;
    return true;
}

static bool put_mark(struct desk *desk, int64_t written_at, bool fresh)
{
    char key[KEY_SIZE];
    const struct replica_fact fact = {.key = key, .number = life(desk) * 2 + fresh};

    mark_key(written_at, key);
    return replica_put_fact(desk->replica, &fact);
}

/* One that no file has yet: the device's clock may have been set back. */
static bool choose_time(struct writing *writing)
{
    struct wanted wanted = {.found = true};
    char key[KEY_SIZE];

    for (writing->written_at = clock_now(); wanted.found; writing->written_at++) {
        mark_key(writing->written_at, key);
        wanted = (struct wanted){.key = key};
        if (!replica_facts(writing->desk->replica, look, &wanted))
            return desk_fail_replica(writing->why_r, replica_why(writing->desk->replica));
        if (!wanted.found)
            break;
    }
    return true;
}

bool desk_bundle_note_fresh(struct desk *desk)
{
    const struct replica_fact fact = {.key = "parcel_fresh", .number = life(desk) + 1};

    return replica_put_fact(desk->replica, &fact);
}

bool desk_bundle_renews(struct desk *desk, bool *renews_r, struct desk_why *why_r)
{
    struct wanted wanted = {.key = "parcel_fresh"};

    if (!desk_fresh_begun(desk, renews_r, why_r))
        return false;
    if (!replica_facts(desk->replica, look, &wanted))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    if (wanted.found && wanted.number == life(desk) + 1)
        *renews_r = true;
    return true;
}

bool desk_bundle_last(struct desk *desk, int64_t *at_r, struct desk_why *why_r)
{
    struct wanted wanted = {.key = "parcel_last"};

    if (!replica_facts(desk->replica, look, &wanted))
        return desk_fail_replica(why_r, replica_why(desk->replica));
    *at_r = wanted.number;
    return true;
}

static bool put_last(const struct writing *writing)
{
    const struct replica_fact fact = {.key = "parcel_last", .number = writing->written_at};

    return writing->changes == 0 || replica_put_fact(writing->desk->replica, &fact);
}

/* --- parcels
 * -------------------------------------------------------------------------------------- */

/* Signs the bundle and adds it to the file as a frame. */
static bool add_parcel(struct writing *writing, const Concert__Bundle *bundle)
{
    Concert__Parcel parcel = CONCERT__PARCEL__INIT;
    uint8_t signature[IDENTITY_SIGN_MAX], header[FRAME_HEADER];
    size_t size = concert__bundle__get_packed_size(bundle);
    uint8_t *data = malloc(size), *bytes = NULL;
    struct identity_piece piece = {data, size};
    bool good = false;

    if (data != NULL) {
        concert__bundle__pack(bundle, data);
        parcel.has_version = parcel.has_bundle = parcel.has_certificate = true;
        parcel.has_signature = true;
        parcel.version = DESK_BUNDLE_VERSION;
        parcel.bundle = (ProtobufCBinaryData){size, data};
        parcel.certificate = (ProtobufCBinaryData){writing->certificate_size, writing->certificate};
        parcel.signature.data = signature;
        if (identity_sign_make(
                writing->key, PARCEL_WHAT, &piece, 1, signature, &parcel.signature.len))
            bytes = malloc(size = concert__parcel__get_packed_size(&parcel));
    }
    if (bytes == NULL)
        desk_fail(writing->why_r, DESK_LIMIT, NULL);
    else {
        concert__parcel__pack(&parcel, bytes);
        frame_header(size, header);
        good = desk_bundle_file_add(&writing->file, header, sizeof(header), writing->why_r) &&
               desk_bundle_file_add(&writing->file, bytes, size, writing->why_r);
    }
    free(bytes);
    free(data);
    return good;
}

/* Moves the first pushes of the list, as many as a parcel holds, into the bundle. */
static bool fill_bundle(
    struct writing *writing, struct desk_push *push, Concert__Push **next, Concert__Bundle *bundle)
{
    size_t size = 0;

    bundle->n_pushes = 0;
    while (*next != NULL) {
        size_t more = concert__push__get_packed_size(*next) + 16;
        Concert__Push **pushes;

        if (bundle->n_pushes > 0 && size + more > DESK_BUNDLE_PARCEL)
            return true;
        size += more;
        pushes = realloc(bundle->pushes, (bundle->n_pushes + 1) * sizeof(*pushes));
        if (pushes == NULL)
            return desk_fail(writing->why_r, DESK_LIMIT, NULL);
        bundle->pushes = pushes;
        bundle->pushes[bundle->n_pushes++] = *next;
        writing->changes += (*next)->n_operations;
        if (!desk_push_next(push, writing->desk, next, writing->why_r))
            return false;
    }
    return true;
}

/* The place from which news are wanted, in the last parcel alone. */
static bool fill_place(struct writing *writing, Concert__Bundle *bundle, uint8_t hashes[2][64])
{
    struct replica *replica = writing->desk->replica;
    size_t sizes[2] = {0, 0};

    if (!(writing->fresh ? replica_fresh_cursor : replica_cursor)(
            replica, &bundle->since, hashes[0], &sizes[0]) ||
        !(writing->fresh ? replica_fresh_series : replica_series)(
            replica, &bundle->head, hashes[1], &sizes[1]))
        return desk_fail_replica(writing->why_r, replica_why(replica));
    bundle->has_since = true;
    bundle->has_since_hash = sizes[0] > 0;
    bundle->since_hash = (ProtobufCBinaryData){sizes[0], hashes[0]};
    bundle->has_head = bundle->has_head_hash = sizes[1] > 0;
    bundle->head_hash = (ProtobufCBinaryData){sizes[1], hashes[1]};
    return true;
}

/* While another log is gathered nothing leaves: what this copy saw is not what that log has. */
static bool add_parcels(struct writing *writing, struct desk_push *push)
{
    Concert__Bundle bundle = CONCERT__BUNDLE__INIT;
    Concert__Push *next = NULL;
    uint8_t hashes[2][64];
    bool good = writing->fresh || desk_push_next(push, writing->desk, &next, writing->why_r);

    bundle.region = writing->desk->identity.region;
    bundle.has_written_at = true;
    bundle.written_at = writing->written_at;
    while (good && !bundle.has_since)
        good = fill_bundle(writing, push, &next, &bundle) &&
               (next != NULL || fill_place(writing, &bundle, hashes)) &&
               add_parcel(writing, &bundle);
    free(bundle.pushes);
    return good;
}

/* The copy knows of the file before there is one; a file that then fails is asked for by nobody. */
static bool note(struct writing *writing, struct desk_push *push)
{
    struct replica *replica = writing->desk->replica;

    if (replica_begin(replica, REPLICA_DURABLE) &&
        put_mark(writing->desk, writing->written_at, writing->fresh) && put_last(writing) &&
        desk_push_mark_sent(push, replica) && replica_commit(replica))
        return true;
    replica_rollback(replica);
    return desk_fail_replica(writing->why_r, replica_why(replica));
}

static bool read_keys(struct writing *writing)
{
    char path[DESK_PATH_SIZE + 16];

    writing->key = desk_bundle_key(writing->desk, writing->why_r);
    if (writing->key == NULL)
        return false;
    snprintf(path, sizeof(path), "%s/cert.pem", writing->desk->home);
    errno = 0;
    writing->certificate = identity_sign_certificate(path, &writing->certificate_size);
    if (writing->certificate != NULL)
        return true;
    errno = errno == 0 ? EINVAL : errno;
    return desk_fail_system(writing->why_r, path);
}

static bool write_file(struct writing *writing, const char *path)
{
    struct desk_push *push = desk_push_new(writing->desk, writing->arena, writing->why_r);
    bool good = push != NULL && read_keys(writing) &&
                desk_bundle_renews(writing->desk, &writing->fresh, writing->why_r) &&
                choose_time(writing) &&
                desk_bundle_file_begin(&writing->file, path, writing->why_r);

    good = good && add_parcels(writing, push) && note(writing, push) &&
           desk_bundle_file_end(&writing->file, writing->why_r);
    desk_bundle_file_drop(&writing->file);
    identity_sign_free(&writing->key);
    free(writing->certificate);
    return good;
}

bool desk_bundle_write(struct desk *desk, const char *path, struct desk_bundle_written *written_r,
    struct desk_why *why_r)
{
    struct writing writing = {.desk = desk, .why_r = why_r, .arena = desk_arena(why_r)};
    int lock = writing.arena == NULL ? -1 : desk_lock(desk->home, why_r);
    bool good = lock >= 0 && write_file(&writing, path);

    desk_unlock(&lock);
    arena_free(&writing.arena);
    *written_r = (struct desk_bundle_written){.changes = writing.changes, .fresh = writing.fresh};
    return good;
}
