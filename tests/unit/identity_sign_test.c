/* Signatures, certificates and sealed answers. */
#include "identity_sign.h"

#include <event2/buffer.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "identity_key.h"
#include "identity_seal.h"

#define WHAT "concert test 1"

/* Two devices. */
struct scene {
    char folder[64];
    char path[2][2][96];
    struct evp_pkey_st *key[2];
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    char folder[] = "/tmp/identity_sign_test.XXXXXX";

    assert_non_null(mkdtemp(folder));
    snprintf(scene->folder, sizeof(scene->folder), "%s", folder);
    for (int i = 0; i < 2; i++) {
        snprintf(scene->path[i][0], 96, "%s/%d.key", folder, i);
        snprintf(scene->path[i][1], 96, "%s/%d.pem", folder, i);
        assert_true(identity_make(
            i == 0 ? "Poste du comité" : "Autre\x1b[31m", scene->path[i][0], scene->path[i][1]));
        scene->key[i] = identity_key_read(scene->path[i][0]);
        assert_non_null(scene->key[i]);
    }
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 2; i++) {
        unlink(scene->path[i][0]);
        unlink(scene->path[i][1]);
        identity_sign_free(&scene->key[i]);
    }
    assert_int_equal(rmdir(scene->folder), 0);
    free(scene);
    return 0;
}

/* --- signatures ----------------------------------------------------------------------------------
 */

static void a_signature_is_of_its_pieces_and_its_key(void **state)
{
    struct scene *scene = *state;
    uint8_t text[] = "Ce qui est écrit", signature[IDENTITY_SIGN_MAX];
    struct identity_piece whole[] = {{text, sizeof(text)}};
    struct identity_piece cut[] = {{text, 3}, {text + 3, sizeof(text) - 3}, {NULL, 0}};
    size_t size;

    assert_true(identity_sign_make(scene->key[0], WHAT, whole, 1, signature, &size));
    assert_true(identity_sign_check(scene->key[0], WHAT, whole, 1, signature, size));
    assert_true(identity_sign_check(scene->key[0], WHAT, cut, 3, signature, size));
    assert_false(identity_sign_check(scene->key[1], WHAT, whole, 1, signature, size));
    assert_false(identity_sign_check(scene->key[0], "concert test 2", whole, 1, signature, size));
    assert_false(identity_sign_check(scene->key[0], WHAT, cut, 2 - 1, signature, size));
    assert_false(identity_sign_check(scene->key[0], WHAT, whole, 1, signature, 0));
    assert_false(identity_sign_check(scene->key[0], WHAT, whole, 1, signature, size - 1));
    for (size_t at = 0; at < size; at++) {
        signature[at] ^= 1;
        assert_false(identity_sign_check(scene->key[0], WHAT, whole, 1, signature, size));
        signature[at] ^= 1;
    }
    text[5] ^= 1;
    assert_false(identity_sign_check(scene->key[0], WHAT, whole, 1, signature, size));
}

static void a_certificate_gives_its_key_and_its_name(void **state)
{
    struct scene *scene = *state;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], known[IDENTITY_FINGERPRINT_SIZE];
    uint8_t signature[IDENTITY_SIGN_MAX], byte = 7;
    const struct identity_piece piece = {&byte, 1};
    struct evp_pkey_st *key;
    size_t size, signed_size;
    char name[64];
    uint8_t *der = identity_sign_certificate(scene->path[0][1], &size);

    assert_non_null(der);
    key = identity_sign_key(der, size, fingerprint);
    assert_non_null(key);
    assert_true(identity_file_fingerprint(scene->path[0][1], known));
    assert_memory_equal(fingerprint, known, sizeof(known));
    assert_true(identity_sign_make(scene->key[0], WHAT, &piece, 1, signature, &signed_size));
    assert_true(identity_sign_check(key, WHAT, &piece, 1, signature, signed_size));
    identity_sign_name(der, size, name, sizeof(name));
    assert_string_equal(name, "Poste du comité");
    identity_sign_free(&key);
    assert_null(identity_sign_key(der, size - 1, fingerprint));
    assert_null(identity_sign_key(der, 0, fingerprint));
    free(der);
    der = identity_sign_certificate(scene->path[1][1], &size);
    identity_sign_name(der, size, name, sizeof(name));
    assert_string_equal(name, ""); /* it would write to the terminal */
    identity_sign_name(der, 5, name, sizeof(name));
    assert_string_equal(name, "");
    free(der);
    assert_null(identity_sign_certificate("/nowhere", &size));
}

/* --- sealed streams
 * ------------------------------------------------------------------------------- */

static struct evbuffer *sealed(struct evp_pkey_st *key, const char *const *chunks)
{
    struct evbuffer *out = evbuffer_new();
    struct identity_seal *seal = identity_seal_new(key, out);

    assert_non_null(seal);
    for (; *chunks != NULL; chunks++)
        assert_true(identity_seal_write(
            seal, (const uint8_t *)*chunks, strlen(*chunks), chunks[1] == NULL, out));
    assert_false(identity_seal_write(seal, (const uint8_t *)"x", 1, false, out));
    identity_seal_free(&seal);
    return out;
}
#define SEALED(key, ...) sealed(key, (const char *const[]){__VA_ARGS__, NULL})

/* Reads until something else than a chunk comes; what the chunks said is in `text_r`. */
static enum identity_seal_state opened(
    struct evp_pkey_st *key, const uint8_t *data, size_t size, char text_r[256])
{
    struct identity_seal *seal = identity_seal_open(key);
    struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
    enum identity_seal_state state;
    ev_ssize_t got;

    evbuffer_add(in, data, size);
    while ((state = identity_seal_read(seal, in, out)) == IDENTITY_SEAL_CHUNK)
        continue;
    got = evbuffer_copyout(out, text_r, 255);
    text_r[got < 0 ? 0 : got] = '\0';
    evbuffer_free(in);
    evbuffer_free(out);
    identity_seal_free(&seal);
    return state;
}

static void only_its_owner_opens_it(void **state)
{
    struct scene *scene = *state;
    struct evbuffer *made = SEALED(scene->key[0], "un ", "", "deux ", "trois");
    size_t size = evbuffer_get_length(made);
    const uint8_t *data = evbuffer_pullup(made, -1);
    char text[256];

    assert_int_equal(opened(scene->key[0], data, size, text), IDENTITY_SEAL_LAST);
    assert_string_equal(text, "un deux trois");
    assert_int_equal(opened(scene->key[1], data, size, text), IDENTITY_SEAL_FOREIGN);
    assert_string_equal(text, "");
    assert_int_equal(
        opened(scene->key[0], (const uint8_t *)"Une lettre", 10, text), IDENTITY_SEAL_SHAPE);
    evbuffer_free(made);
}

static void it_comes_in_any_pieces(void **state)
{
    struct scene *scene = *state;
    struct evbuffer *made = SEALED(scene->key[0], "un ", "deux ", "trois");
    struct evbuffer *in = evbuffer_new(), *out = evbuffer_new();
    struct identity_seal *seal = identity_seal_open(scene->key[0]);
    enum identity_seal_state got = IDENTITY_SEAL_PARTIAL;
    size_t chunks = 0;

    while (got != IDENTITY_SEAL_LAST) {
        got = identity_seal_read(seal, in, out);
        assert_true(got <= IDENTITY_SEAL_PARTIAL);
        chunks += got != IDENTITY_SEAL_PARTIAL;
        if (got == IDENTITY_SEAL_PARTIAL)
            assert_int_equal(evbuffer_remove_buffer(made, in, 1), 1);
    }
    assert_int_equal(chunks, 3);
    assert_int_equal(evbuffer_get_length(made), 0);
    assert_int_equal(identity_seal_read(seal, in, out), IDENTITY_SEAL_DAMAGED);
    identity_seal_free(&seal);
    evbuffer_free(made);
    evbuffer_free(in);
    evbuffer_free(out);
}

static void whatever_is_cut_or_changed_is_noticed(void **state)
{
    struct scene *scene = *state;
    struct evbuffer *made = SEALED(scene->key[0], "un ", "deux ", "trois");
    size_t size = evbuffer_get_length(made);
    uint8_t *data = malloc(size);
    char text[256];

    evbuffer_remove(made, data, size);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(opened(scene->key[0], data, cut, text), IDENTITY_SEAL_PARTIAL);
    for (size_t at = 0; at < size; at++) {
        enum identity_seal_state got;

        data[at] ^= 0x20;
        got = opened(scene->key[0], data, size, text);
        assert_true(got != IDENTITY_SEAL_LAST);
        data[at] ^= 0x20;
    }
    free(data);
    evbuffer_free(made);
}

static void another_order_is_noticed(void **state)
{
    struct scene *scene = *state;
    struct evbuffer *made = SEALED(scene->key[0], "aaaa", "bbbb", "cccc", "dddd");
    const size_t head = sizeof(IDENTITY_SEAL_MAGIC) - 1 + IDENTITY_SEAL_POINT + 24;
    const size_t chunk = 4 + 4 + 17;
    uint8_t *data = evbuffer_pullup(made, -1), first[4 + 4 + 17];
    size_t size = evbuffer_get_length(made);
    char text[256];

    assert_int_equal(size, head + 4 * chunk);
    memcpy(first, data + head + chunk, chunk);
    memmove(data + head + chunk, data + head + 2 * chunk, chunk);
    memcpy(data + head + 2 * chunk, first, chunk);
    assert_int_equal(opened(scene->key[0], data, size, text), IDENTITY_SEAL_DAMAGED);
    assert_string_equal(text, "aaaa");
    memmove(data + head + chunk, data + head + 3 * chunk, chunk); /* two left out */
    assert_int_equal(opened(scene->key[0], data, head + 2 * chunk, text), IDENTITY_SEAL_DAMAGED);
    evbuffer_free(made);
}

static void both_sides_bind_the_same_points(void **state)
{
    struct scene *scene = *state;
    struct evbuffer *made = evbuffer_new(), *out = evbuffer_new();
    struct identity_seal *writer = identity_seal_new(scene->key[0], made);
    struct identity_seal *other = identity_seal_new(scene->key[0], out);
    struct identity_seal *reader = identity_seal_open(scene->key[0]);

    assert_true(identity_seal_write(writer, (const uint8_t *)"x", 1, true, made));
    assert_memory_not_equal(
        identity_seal_binding(writer), identity_seal_binding(other), IDENTITY_SEAL_BINDING);
    assert_int_equal(identity_seal_read(reader, made, out), IDENTITY_SEAL_LAST);
    assert_memory_equal(
        identity_seal_binding(writer), identity_seal_binding(reader), IDENTITY_SEAL_BINDING);
    identity_seal_free(&writer);
    identity_seal_free(&other);
    identity_seal_free(&reader);
    identity_seal_free(&reader);
    evbuffer_free(made);
    evbuffer_free(out);
}

static void another_kind_of_key_is_none(void **state)
{
    struct evbuffer *out = evbuffer_new();
    EVP_PKEY *large = EVP_EC_gen("P-384");
    EVP_PKEY *edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    (void)state;
    assert_null(identity_seal_new(large, out));
    assert_null(identity_seal_new(edwards, out));
    EVP_PKEY_free(large);
    EVP_PKEY_free(edwards);
    evbuffer_free(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signature_is_of_its_pieces_and_its_key),
        TEST(a_certificate_gives_its_key_and_its_name),
        TEST(only_its_owner_opens_it),
        TEST(it_comes_in_any_pieces),
        TEST(whatever_is_cut_or_changed_is_noticed),
        TEST(another_order_is_noticed),
        TEST(both_sides_bind_the_same_points),
        TEST(another_kind_of_key_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
