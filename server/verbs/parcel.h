/* Who has signed a parcel, and the beginning of the answer that its author alone opens. */
#pragma once

#include "arena.h"
#include "identity_seal.h"
#include "identity_sign.h"
#include "protocol.pb-c.h"

#define PARCEL_VERSION 1

struct evbuffer;
struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/* The author's key and its fingerprint, when the parcel is signed with it. NULL: it is not. Free
 * with identity_sign_free. */
struct evp_pkey_st *parcel_author(
    const Concert__Parcel *parcel, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE]);

/* A sealed stream for the author, begun in `made` with its first chunk: which bundle is answered,
 * signed with the key of `own`. It is the last chunk when the bundle asks for nothing. NULL when
 * memory is out, or there is no such key. Free with identity_seal_free. */
struct identity_seal *parcel_answer(const Concert__Bundle *bundle, struct evp_pkey_st *author,
    struct ssl_ctx_st *own, struct arena *arena, struct evbuffer *made);
