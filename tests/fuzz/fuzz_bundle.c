/*
 * Files handed on. By the first byte: a parcel of any bytes; any bytes in a parcel that is signed;
 * an answer's file of any bytes; or an answer's file that is sealed and then changed. What was
 * signed is its author's, and what was changed is not; what opens is what was sealed, from the
 * beginning on, and all of it when nothing was changed.
 */
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/desk_bundle_file.h"
#include "fuzz.h"
#include "identity_key.h"
#include "record.h"
#include "verbs/parcel.h"

#define MEMORY ((size_t)48 << 20)
#define WHAT "concert parcel 1"
#define CHUNKS_MAX 16

/* What was sealed, and how much of it was opened. */
struct opened {
    const uint8_t *data;
    size_t size, at, chunks;
    bool any, last; /* any: it may say anything */
};

static struct ssl_ctx_st *context;
static struct evp_pkey_st *key;
static uint8_t *certificate, fingerprint[IDENTITY_FINGERPRINT_SIZE];
static size_t certificate_size;

/* --- the client's, without its words ---------------------------------------------------------- */

bool desk_fail(struct desk_why *why_r, enum desk_trouble trouble, const char *detail)
{
    (void)detail;
    why_r->trouble = trouble;
    return false;
}

bool desk_fail_system(struct desk_why *why_r, const char *path)
{
    (void)path;
    why_r->trouble = DESK_STORAGE;
    return false;
}

/* --- parcels ---------------------------------------------------------------------------------- */

static void take_parcel(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    const Concert__Parcel *parcel = concert__parcel__unpack(arena_allocator(arena), size, data);
    uint8_t found[IDENTITY_FINGERPRINT_SIZE];
    char name[64];

    if (parcel != NULL) {
        struct evp_pkey_st *author = parcel_author(parcel, found);

        identity_sign_free(&author);
        identity_sign_name(parcel->certificate.data, parcel->certificate.len, name, sizeof(name));
        FUZZ_MUST(memchr(name, '\0', sizeof(name)) != NULL);
    }
    arena_free(&arena);
}

/* The answer that the server begins can be opened, and says which bundle it is for. */
static void check_opening(
    const Concert__Bundle *bundle, struct evp_pkey_st *author, struct arena *arena)
{
    struct evbuffer *made = evbuffer_new(), *out = evbuffer_new();
    struct identity_seal *seal = parcel_answer(bundle, author, context, arena, made);
    struct identity_seal *reader = identity_seal_open(key);
    enum identity_seal_state state;
    const Concert__Parcel *opening;
    const Concert__Bundle *about;

    FUZZ_MUST(seal != NULL && reader != NULL);
    state = identity_seal_read(reader, made, out);
    FUZZ_MUST(state == (bundle->n_pushes == 0 && !bundle->has_since ? IDENTITY_SEAL_LAST
                                                                    : IDENTITY_SEAL_CHUNK));
    opening = concert__parcel__unpack(
        arena_allocator(arena), evbuffer_get_length(out), evbuffer_pullup(out, -1));
    FUZZ_MUST(opening != NULL);
    about =
        concert__bundle__unpack(arena_allocator(arena), opening->bundle.len, opening->bundle.data);
    if (bundle->base.n_unknown_fields == 0) /* a field of number 0 is read, and not written so */
        FUZZ_MUST(about != NULL && about->n_pushes == 0 &&
                  about->written_at == bundle->written_at && about->since == bundle->since);
    identity_seal_free(&reader);
    identity_seal_free(&seal);
    evbuffer_free(made);
    evbuffer_free(out);
}

static void take_signed(struct fuzz_input *input)
{
    struct arena *arena = arena_new(MEMORY);
    uint8_t change = fuzz_byte(input), found[IDENTITY_FINGERPRINT_SIZE];
    uint8_t signature[IDENTITY_SIGN_MAX], *copy;
    const struct identity_piece piece = {input->data, input->size};
    Concert__Parcel parcel = CONCERT__PARCEL__INIT;
    const Concert__Bundle *bundle;
    struct evp_pkey_st *author;

    parcel.signature.data = signature;
    FUZZ_MUST(identity_sign_make(key, WHAT, &piece, 1, signature, &parcel.signature.len));
    copy = (uint8_t *)arena_copy(arena, input->data, input->size);
    parcel.bundle = (ProtobufCBinaryData){input->size, copy};
    parcel.certificate = (ProtobufCBinaryData){certificate_size, certificate};
    author = parcel_author(&parcel, found);
    FUZZ_MUST(author != NULL && memcmp(found, fingerprint, sizeof(found)) == 0);
    bundle = concert__bundle__unpack(arena_allocator(arena), input->size, copy);
    if (bundle != NULL) {
        record_find_nul(&concert__bundle__descriptor, copy, input->size);
        check_opening(bundle, author, arena);
    }
    identity_sign_free(&author);
    if (input->size > 0) {
        copy[change % input->size] ^= (uint8_t)(1u << change % 8);
        author = parcel_author(&parcel, found);
        FUZZ_MUST(author == NULL);
    }
    arena_free(&arena);
}

/* --- answers ---------------------------------------------------------------------------------- */

static bool take_chunk(
    void *arg, const struct identity_seal *seal, const uint8_t *data, size_t size, bool last)
{
    struct opened *opened = arg;

    FUZZ_MUST((opened->chunks == 0 || opened->last) == (seal != NULL));
    if (!opened->any) {
        FUZZ_MUST(size <= opened->size - opened->at);
        FUZZ_MUST(memcmp(data, opened->data + opened->at, size) == 0);
    }
    opened->at += size;
    opened->chunks++;
    opened->last = last;
    return true;
}

static enum desk_bundle_state open_file(const uint8_t *data, size_t size, struct opened *opened)
{
    enum desk_bundle_state state = DESK_BUNDLE_GOOD;
    struct desk_why why;
    char path[32];
    int fd = fuzz_file(data, size, path);
    const struct desk_bundle_reading reading = {
        .path = path, .key = key, .state = &state, .chunk = take_chunk, .arg = opened};
    enum desk_bundle_kind kind;

    FUZZ_MUST(desk_bundle_kind(path, &kind, &why));
    FUZZ_MUST(desk_bundle_read(&reading, &why));
    FUZZ_MUST(state != DESK_BUNDLE_GOOD || opened->last);
    FUZZ_MUST(state == DESK_BUNDLE_SHAPE || state == DESK_BUNDLE_CUT || kind == DESK_BUNDLE_ANSWER);
    close(fd);
    return state;
}

/* Seals the bytes in chunks, changes what was made as `change` says, and opens it. */
static void take_sealed(struct fuzz_input *input)
{
    uint8_t change = fuzz_byte(input), cut = fuzz_byte(input), where = fuzz_byte(input);
    struct opened opened = {.data = input->data, .size = input->size};
    struct evbuffer *made = evbuffer_new();
    struct identity_seal *seal = identity_seal_new(key, made);
    enum desk_bundle_state state;
    uint8_t *bytes;
    size_t size, at;

    FUZZ_MUST(seal != NULL);
    for (size_t i = 0, length; i == 0 || input->size > 0; i++) {
        const uint8_t *chunk =
            fuzz_bytes(input, i == CHUNKS_MAX ? input->size : (size_t)cut + 1, &length);

        FUZZ_MUST(identity_seal_write(seal, chunk, length, input->size == 0, made));
    }
    size = evbuffer_get_length(made);
    bytes = evbuffer_pullup(made, -1);
    at = ((size_t)where << 8 | change) % size;
    if (change % 3 == 1)
        bytes[at] ^= (uint8_t)(1u << change % 8);
    state = open_file(bytes, change % 3 == 2 ? at : size, &opened);
    if (change % 3 == 0)
        FUZZ_MUST(state == DESK_BUNDLE_GOOD && opened.at == opened.size && opened.last);
    else
        FUZZ_MUST(state != DESK_BUNDLE_GOOD);
    identity_seal_free(&seal);
    evbuffer_free(made);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char key_path[128], path[128];
    const char *why;

    (void)argc;
    (void)argv;
    snprintf(key_path, sizeof(key_path), "%s/key.pem", fuzz_folder());
    snprintf(path, sizeof(path), "%s/certificate.pem", fuzz_folder());
    FUZZ_MUST(identity_make("poste", key_path, path));
    key = identity_key_read(key_path);
    context = identity_context(true, key_path, path, &why);
    certificate = identity_sign_certificate(path, &certificate_size);
    FUZZ_MUST(key != NULL && context != NULL && certificate != NULL);
    FUZZ_MUST(identity_file_fingerprint(path, fingerprint));
    unlink(key_path);
    unlink(path);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct opened opened = {.any = true};

    switch (fuzz_byte(&input) % 4) {
    case 0:
        take_parcel(input.data, input.size);
        break;
    case 1:
        take_signed(&input);
        break;
    case 2:
        open_file(input.data, input.size, &opened);
        break;
    default:
        take_sealed(&input);
    }
    return 0;
}
