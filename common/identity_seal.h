/*
 * Answers for one device's eyes: a stream of chunks that only the holder of a P-256 key can read,
 * whoever carries it. A stream that is cut, changed or put in another order is noticed.
 *
 * "concert answer 1\n", an ephemeral P-256 point (65 bytes), libsodium's secretstream header (24
 * bytes), then chunks: a 4-byte big-endian length and that many bytes of ciphertext. The key is
 * BLAKE2b-256 of the ECDH x-coordinate, the ephemeral point and the device's point. The last chunk
 * has TAG_FINAL (proto/README.md, "Files handed on").
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_SEAL_MAGIC "concert answer 1\n"
#define IDENTITY_SEAL_POINT 65
#define IDENTITY_SEAL_BINDING ((size_t)2 * IDENTITY_SEAL_POINT)
#define IDENTITY_SEAL_CHUNK_MAX ((size_t)1 << 20) /* bytes of a chunk, in clear */

struct evbuffer;
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */
struct identity_seal;

enum identity_seal_state {
    IDENTITY_SEAL_CHUNK,   /* a chunk was read; others follow */
    IDENTITY_SEAL_LAST,    /* the last chunk was read */
    IDENTITY_SEAL_PARTIAL, /* the bytes so far are good, and more are needed */
    IDENTITY_SEAL_SHAPE,   /* no such stream at all */
    IDENTITY_SEAL_FOREIGN, /* its first chunk is not for this key, or was changed */
    IDENTITY_SEAL_DAMAGED, /* a later one was changed, or is out of its place */
    IDENTITY_SEAL_MEMORY
};

/* A new stream for the owner of the (public) key; its beginning is appended to `out`. NULL when the
 * key is no P-256 key or memory is out. Free with identity_seal_free. */
struct identity_seal *identity_seal_new(struct evp_pkey_st *device, struct evbuffer *out);

/* Appends a chunk; after the `last` one there are no more. False when memory is out. */
bool identity_seal_write(
    struct identity_seal *seal, const uint8_t *data, size_t size, bool last, struct evbuffer *out);

/* To read a stream with the (private) key, which is borrowed. NULL: no memory. */
struct identity_seal *identity_seal_open(struct evp_pkey_st *key);

/* Takes the next chunk from the front of `in` and appends what it says to `out`. */
enum identity_seal_state identity_seal_read(
    struct identity_seal *seal, struct evbuffer *in, struct evbuffer *out);

/* The ephemeral point and the device's: what is signed to say who has made the stream. When
 * reading: after the first chunk. Borrowed. */
const uint8_t *identity_seal_binding(const struct identity_seal *seal);

/* Accepts NULL, leaves NULL. */
void identity_seal_free(struct identity_seal **seal);
