#include "identity_seal.h"

#include <event2/buffer.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

#define MAGIC_SIZE (sizeof(IDENTITY_SEAL_MAGIC) - 1)
#define HEADER_SIZE crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define EXTRA crypto_secretstream_xchacha20poly1305_ABYTES
#define HEAD_SIZE (MAGIC_SIZE + IDENTITY_SEAL_POINT + HEADER_SIZE)
#define SECRET_SIZE ((size_t)32)

struct identity_seal {
    EVP_PKEY *key; /* to read with; borrowed */
    uint8_t points[IDENTITY_SEAL_BINDING];
    crypto_secretstream_xchacha20poly1305_state stream;
    bool begun, first_read, over;
};

/* The key's uncompressed point. */
static bool point_of(EVP_PKEY *key, uint8_t point_r[IDENTITY_SEAL_POINT])
{
    unsigned char *point = NULL;
    size_t size = EVP_PKEY_get1_encoded_public_key(key, &point);
    bool good = size == IDENTITY_SEAL_POINT;

    if (good)
        memcpy(point_r, point, IDENTITY_SEAL_POINT);
    OPENSSL_free(point);
    return good;
}

/* ECDH's x-coordinate. */
static bool derive(EVP_PKEY *own, EVP_PKEY *other, uint8_t secret_r[SECRET_SIZE])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
    size_t size = SECRET_SIZE;
    bool good = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
                EVP_PKEY_derive_set_peer(context, other) == 1 &&
                EVP_PKEY_derive(context, secret_r, &size) == 1 && size == SECRET_SIZE;

    EVP_PKEY_CTX_free(context);
    return good;
}

static void hash_key(const struct identity_seal *seal, uint8_t secret[SECRET_SIZE],
    uint8_t key_r[crypto_secretstream_xchacha20poly1305_KEYBYTES])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, crypto_secretstream_xchacha20poly1305_KEYBYTES);
    crypto_generichash_update(&state, secret, SECRET_SIZE);
    crypto_generichash_update(&state, seal->points, sizeof(seal->points));
    crypto_generichash_final(&state, key_r, crypto_secretstream_xchacha20poly1305_KEYBYTES);
    sodium_memzero(secret, SECRET_SIZE);
    sodium_memzero(&state, sizeof(state));
}

/* --- writing
 * -------------------------------------------------------------------------------------- */

static bool begin(struct identity_seal *seal, EVP_PKEY *device, struct evbuffer *out)
{
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES], header[HEADER_SIZE];
    uint8_t secret[SECRET_SIZE];
    EVP_PKEY *own = EVP_EC_gen("P-256");
    bool good = own != NULL && point_of(own, seal->points) &&
                point_of(device, seal->points + IDENTITY_SEAL_POINT) && derive(own, device, secret);

    EVP_PKEY_free(own);
    ERR_clear_error();
    if (!good)
        return false;
    hash_key(seal, secret, key);
    crypto_secretstream_xchacha20poly1305_init_push(&seal->stream, header, key);
    sodium_memzero(key, sizeof(key));
    return evbuffer_add(out, IDENTITY_SEAL_MAGIC, MAGIC_SIZE) == 0 &&
           evbuffer_add(out, seal->points, IDENTITY_SEAL_POINT) == 0 &&
           evbuffer_add(out, header, sizeof(header)) == 0;
}

struct identity_seal *identity_seal_new(struct evp_pkey_st *device, struct evbuffer *out)
{
    struct identity_seal *seal = sodium_init() < 0 ? NULL : calloc(1, sizeof(*seal));

    if (seal != NULL && !begin(seal, device, out))
        identity_seal_free(&seal);
    return seal;
}

bool identity_seal_write(
    struct identity_seal *seal, const uint8_t *data, size_t size, bool last, struct evbuffer *out)
{
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    struct evbuffer_iovec space;

    if (seal->over || size > IDENTITY_SEAL_CHUNK_MAX ||
        evbuffer_reserve_space(out, (ev_ssize_t)(FRAME_HEADER + size + EXTRA), &space, 1) != 1)
        return false;
    frame_header(size + EXTRA, space.iov_base);
    crypto_secretstream_xchacha20poly1305_push(&seal->stream,
        (unsigned char *)space.iov_base + FRAME_HEADER, NULL, data, size, NULL, 0, tag);
    space.iov_len = FRAME_HEADER + size + EXTRA;
    seal->over = last;
    return evbuffer_commit_space(out, &space, 1) == 0;
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

struct identity_seal *identity_seal_open(struct evp_pkey_st *key)
{
    struct identity_seal *seal = sodium_init() < 0 ? NULL : calloc(1, sizeof(*seal));

    if (seal != NULL)
        seal->key = key;
    return seal;
}

/* The key that the ephemeral point is of. NULL when it is not on the curve. */
static EVP_PKEY *other_key(struct identity_seal *seal)
{
    EVP_PKEY *other = EVP_PKEY_new();

    if (other != NULL && EVP_PKEY_copy_parameters(other, seal->key) == 1 &&
        EVP_PKEY_set1_encoded_public_key(other, seal->points, IDENTITY_SEAL_POINT) == 1)
        return other;
    EVP_PKEY_free(other);
    return NULL;
}

static enum identity_seal_state read_head(struct identity_seal *seal, struct evbuffer *in)
{
    uint8_t head[HEAD_SIZE], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    uint8_t secret[SECRET_SIZE];
    ev_ssize_t got = evbuffer_copyout(in, head, sizeof(head));
    size_t looked = (size_t)got < MAGIC_SIZE ? (size_t)got : MAGIC_SIZE;
    EVP_PKEY *other;
    bool good;

    if (got < 0 || memcmp(head, IDENTITY_SEAL_MAGIC, looked) != 0)
        return IDENTITY_SEAL_SHAPE;
    if ((size_t)got < sizeof(head))
        return IDENTITY_SEAL_PARTIAL;
    memcpy(seal->points, head + MAGIC_SIZE, IDENTITY_SEAL_POINT);
    other = other_key(seal);
    good = other != NULL && point_of(seal->key, seal->points + IDENTITY_SEAL_POINT) &&
           derive(seal->key, other, secret);
    EVP_PKEY_free(other);
    ERR_clear_error();
    if (!good)
        return IDENTITY_SEAL_FOREIGN;
    hash_key(seal, secret, key);
    good = crypto_secretstream_xchacha20poly1305_init_pull(
               &seal->stream, head + MAGIC_SIZE + IDENTITY_SEAL_POINT, key) == 0;
    sodium_memzero(key, sizeof(key));
    seal->begun = good;
    evbuffer_drain(in, sizeof(head));
    return good ? IDENTITY_SEAL_CHUNK : IDENTITY_SEAL_FOREIGN;
}

/* Opens a chunk of that size, which `in` holds behind its length. */
static enum identity_seal_state open_chunk(
    struct identity_seal *seal, struct evbuffer *in, size_t size, struct evbuffer *out)
{
    const uint8_t *data = evbuffer_pullup(in, (ev_ssize_t)(FRAME_HEADER + size));
    struct evbuffer_iovec space;
    uint8_t tag;

    if (data == NULL || evbuffer_reserve_space(out, (ev_ssize_t)size, &space, 1) != 1)
        return IDENTITY_SEAL_MEMORY;
    if (crypto_secretstream_xchacha20poly1305_pull(
            &seal->stream, space.iov_base, NULL, &tag, data + FRAME_HEADER, size, NULL, 0) != 0)
        return seal->first_read ? IDENTITY_SEAL_DAMAGED : IDENTITY_SEAL_FOREIGN;
    space.iov_len = size - EXTRA;
    if (evbuffer_commit_space(out, &space, 1) != 0)
        return IDENTITY_SEAL_MEMORY;
    evbuffer_drain(in, FRAME_HEADER + size);
    seal->first_read = true;
    seal->over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return seal->over ? IDENTITY_SEAL_LAST : IDENTITY_SEAL_CHUNK;
}

enum identity_seal_state identity_seal_read(
    struct identity_seal *seal, struct evbuffer *in, struct evbuffer *out)
{
    enum identity_seal_state state = IDENTITY_SEAL_CHUNK;
    size_t size = 0;

    if (seal->over)
        return IDENTITY_SEAL_DAMAGED;
    if (!seal->begun)
        state = read_head(seal, in);
    if (state != IDENTITY_SEAL_CHUNK)
        return state;
    switch (frame_peek(in, IDENTITY_SEAL_CHUNK_MAX + EXTRA, &size)) {
    case FRAME_WHOLE:
        break;
    case FRAME_PARTIAL:
        return IDENTITY_SEAL_PARTIAL;
    default:
        return IDENTITY_SEAL_DAMAGED;
    }
    return size < EXTRA ? IDENTITY_SEAL_DAMAGED : open_chunk(seal, in, size, out);
}

const uint8_t *identity_seal_binding(const struct identity_seal *seal)
{
    return seal->points;
}

void identity_seal_free(struct identity_seal **seal)
{
    if (*seal == NULL)
        return;
    sodium_memzero(*seal, sizeof(**seal));
    free(*seal);
    *seal = NULL;
}
