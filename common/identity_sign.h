/*
 * Signatures with the key of a device or a server: ECDSA over P-256 with SHA-256, in DER. What is
 * signed is a text that says what it is for, with its NUL, and the data behind it.
 */
#pragma once

#include "identity.h"

#define IDENTITY_SIGN_MAX 80 /* bytes of a signature */

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* One piece of what is signed. */
struct identity_piece {
    const uint8_t *data;
    size_t size;
};

/* Signs the pieces, one behind the other. The signature is *size_r bytes. False when the key cannot
 * sign. */
bool identity_sign_make(struct evp_pkey_st *key, const char *what,
    const struct identity_piece *pieces, size_t count, uint8_t signature_r[IDENTITY_SIGN_MAX],
    size_t *size_r);

/* True when the signature is of these pieces, for this, by the key's owner. */
bool identity_sign_check(struct evp_pkey_st *key, const char *what,
    const struct identity_piece *pieces, size_t count, const uint8_t *signature, size_t size);

/* The public key of a certificate (DER) and its fingerprint. NULL when it is none, or no P-256 key.
 * Free with identity_sign_free. */
struct evp_pkey_st *identity_sign_key(
    const uint8_t *certificate, size_t size, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE]);

/* The certificate's common name, by which its device was called when it joined: whoever made the
 * certificate chose it. "" when it has none, or one that is not plain text; cut to `size`. */
void identity_sign_name(const uint8_t *certificate, size_t size, char *name_r, size_t name_size);

/* Frees a key. Accepts NULL, leaves NULL. */
void identity_sign_free(struct evp_pkey_st **key);

/* The certificate of a PEM file as DER, *size_r bytes, to free. NULL when there is none. */
uint8_t *identity_sign_certificate(const char *path, size_t *size_r);

/* Likewise the certificate that a context shows. */
uint8_t *identity_sign_shown(const struct ssl_ctx_st *context, size_t *size_r);

/* The key behind it, borrowed from the context. NULL when there is none. */
struct evp_pkey_st *identity_sign_own(const struct ssl_ctx_st *context);
