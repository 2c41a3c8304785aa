#include "verbs/parcel.h"

#include <stdlib.h>

#define PARCEL_WHAT "concert parcel 1"
#define ANSWER_WHAT "concert answer 1"

struct evp_pkey_st *parcel_author(
    const Concert__Parcel *parcel, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    const struct identity_piece piece = {parcel->bundle.data, parcel->bundle.len};
    struct evp_pkey_st *key =
        identity_sign_key(parcel->certificate.data, parcel->certificate.len, fingerprint_r);

    if (key != NULL && !identity_sign_check(key, PARCEL_WHAT, &piece, 1, parcel->signature.data,
                           parcel->signature.len))
        identity_sign_free(&key);
    return key;
}

/* The bundle without its pushes. */
static bool fill_about(
    const Concert__Bundle *bundle, struct arena *arena, ProtobufCBinaryData *data_r)
{
    Concert__Bundle about = *bundle;

    about.n_pushes = 0;
    data_r->len = concert__bundle__get_packed_size(&about);
    data_r->data = arena_alloc(arena, data_r->len);
    if (data_r->data != NULL)
        concert__bundle__pack(&about, data_r->data);
    return data_r->data != NULL;
}

/* Signs the opening: that this server has made the stream, for this bundle. */
static bool sign(Concert__Parcel *opening, const struct identity_seal *seal,
    struct evp_pkey_st *key, struct arena *arena)
{
    const struct identity_piece pieces[] = {{identity_seal_binding(seal), IDENTITY_SEAL_BINDING},
        {opening->bundle.data, opening->bundle.len}};

    opening->signature.data = arena_alloc(arena, IDENTITY_SIGN_MAX);
    return opening->signature.data != NULL && key != NULL &&
           identity_sign_make(
               key, ANSWER_WHAT, pieces, 2, opening->signature.data, &opening->signature.len);
}

static bool put_opening(const Concert__Bundle *bundle, struct identity_seal *seal,
    struct ssl_ctx_st *own, struct arena *arena, struct evbuffer *made)
{
    Concert__Parcel opening = CONCERT__PARCEL__INIT;
    bool last = bundle->n_pushes == 0 && !bundle->has_since, good;
    uint8_t *data = NULL;
    size_t size = 0;

    opening.has_version = opening.has_bundle = opening.has_certificate = true;
    opening.has_signature = true;
    opening.version = PARCEL_VERSION;
    opening.certificate.data = identity_sign_shown(own, &opening.certificate.len);
    good = opening.certificate.data != NULL && fill_about(bundle, arena, &opening.bundle) &&
           sign(&opening, seal, identity_sign_own(own), arena);
    if (good) {
        size = concert__parcel__get_packed_size(&opening);
        data = arena_alloc(arena, size);
    }
    if (data != NULL)
        concert__parcel__pack(&opening, data);
    free(opening.certificate.data);
    return data != NULL && identity_seal_write(seal, data, size, last, made);
}

struct identity_seal *parcel_answer(const Concert__Bundle *bundle, struct evp_pkey_st *author,
    struct ssl_ctx_st *own, struct arena *arena, struct evbuffer *made)
{
    struct identity_seal *seal = own == NULL ? NULL : identity_seal_new(author, made);

    if (seal != NULL && !put_opening(bundle, seal, own, arena, made))
        identity_seal_free(&seal);
    return seal;
}
