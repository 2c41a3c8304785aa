/* Keys, certificates and TLS contexts. */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder with a key and a certificate. */
struct place {
    char folder[64];
    char key[96];
    char certificate[96];
};

static int place_start(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    snprintf(place->folder, sizeof(place->folder), "/tmp/identity_test.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->key, sizeof(place->key), "%s/key.pem", place->folder);
    snprintf(place->certificate, sizeof(place->certificate), "%s/certificate.pem", place->folder);
    *state = place;
    return 0;
}

static int place_end(void **state)
{
    struct place *place = *state;

    unlink(place->key);
    unlink(place->certificate);
    assert_int_equal(rmdir(place->folder), 0); /* nothing else was left in it */
    free(place);
    return 0;
}

static void file_make(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static X509 *certificate_read(const char *path)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    X509 *certificate;

    assert_int_equal(SSL_CTX_use_certificate_chain_file(context, path), 1);
    certificate = SSL_CTX_get0_certificate(context);
    X509_up_ref(certificate);
    SSL_CTX_free(context);
    return certificate;
}

/* --- keys and certificates --- */

static void an_identity_is_a_private_key_and_its_certificate(void **state)
{
    struct place *place = *state;
    struct stat status;
    X509 *certificate;
    char name[128];
    int days, seconds;

    assert_true(identity_make("Poste d’accueil", place->key, place->certificate));
    assert_int_equal(stat(place->key, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    certificate = certificate_read(place->certificate);
    assert_int_equal(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(certificate)), 256);
    X509_NAME_get_text_by_NID(
        X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
    assert_string_equal(name, "Poste d’accueil");
    assert_true(X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0);
    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate));
    assert_in_range(days, 20 * 365, 20 * 366);
    X509_free(certificate);
}

static void a_long_name_is_cut_between_characters(void **state)
{
    struct place *place = *state;
    char name[401] = "";
    X509 *certificate;
    unsigned char *text;
    int size;

    for (int i = 0; i < 100; i++)
        memcpy(name + 4 * i, "xéx", 5);
    assert_true(identity_make(name, place->key, place->certificate));
    certificate = certificate_read(place->certificate);
    size = ASN1_STRING_to_UTF8(&text,
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(X509_get_subject_name(certificate), 0)));
    assert_in_range(size, 60, 64);
    OPENSSL_free(text);
    X509_free(certificate);
    assert_true(identity_make("", place->key, place->certificate));
}

/* RFC 7469's own way of making a pin, with OpenSSL's digest instead of ours. */
static void the_fingerprint_is_that_of_the_public_key(void **state)
{
    struct place *place = *state;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], again[IDENTITY_FINGERPRINT_SIZE];
    uint8_t expected[IDENTITY_FINGERPRINT_SIZE];
    char text[IDENTITY_FINGERPRINT_TEXT];
    unsigned char *der = NULL;
    X509 *certificate;
    int size;

    assert_true(identity_make("a", place->key, place->certificate));
    assert_true(identity_file_fingerprint(place->certificate, fingerprint));
    certificate = certificate_read(place->certificate);
    size = i2d_PUBKEY(X509_get0_pubkey(certificate), &der);
    EVP_Digest(der, (size_t)size, expected, NULL, EVP_sha256(), NULL);
    assert_memory_equal(fingerprint, expected, sizeof(expected));
    assert_true(identity_fingerprint(certificate, again));
    assert_memory_equal(again, expected, sizeof(expected));
    OPENSSL_free(der);
    X509_free(certificate);
    identity_fingerprint_text(fingerprint, text);
    assert_int_equal(strlen(text), 64);
    assert_int_equal(strspn(text, "0123456789abcdef"), 64);
    /* another identity is another fingerprint */
    assert_true(identity_make("a", place->key, place->certificate));
    assert_true(identity_file_fingerprint(place->certificate, again));
    assert_memory_not_equal(again, fingerprint, sizeof(again));
}

static void no_certificate_has_no_fingerprint(void **state)
{
    struct place *place = *state;
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];

    assert_false(identity_file_fingerprint(place->certificate, fingerprint));
    file_make(place->certificate, "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");
    assert_false(identity_file_fingerprint(place->certificate, fingerprint));
}

static void neither_file_is_left_when_one_fails(void **state)
{
    struct place *place = *state;

    errno = 0;
    assert_false(identity_make("a", place->key, "/nowhere/at/all/certificate.pem"));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(access(place->key, F_OK), -1);
    assert_false(identity_make("a", "/nowhere/at/all/key.pem", place->certificate));
    assert_int_equal(access(place->certificate, F_OK), -1);
    /* a directory stands where the certificate should be */
    assert_int_equal(mkdir(place->certificate, 0700), 0);
    assert_false(identity_make("a", place->key, place->certificate));
    assert_int_equal(access(place->key, F_OK), -1);
    rmdir(place->certificate);
}

/* --- contexts --- */

static void context_is(bool server, const char *key, const char *certificate, const char *expected)
{
    const char *why = "untouched";
    SSL_CTX *context = identity_context(server, key, certificate, &why);

    if (expected == NULL) {
        assert_non_null(context);
        assert_null(why);
        assert_int_equal(SSL_CTX_get_min_proto_version(context), TLS1_3_VERSION);
        assert_true(SSL_CTX_get_mode(context) & SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_free(context);
    } else {
        assert_null(context);
        assert_string_equal(why, expected);
    }
}

static void a_context_is_made_or_says_why_not(void **state)
{
    struct place *place = *state;
    char other[128];

    context_is(false, NULL, NULL, NULL);
    context_is(true, NULL, NULL, "a server needs a key and a certificate");
    context_is(true, place->key, place->certificate, "the certificate file cannot be read");
    context_is(false, place->key, place->certificate, "the certificate file cannot be read");
    assert_true(identity_make("a", place->key, place->certificate));
    context_is(true, place->key, place->certificate, NULL);
    context_is(false, place->key, place->certificate, NULL);
    snprintf(other, sizeof(other), "%s/other.pem", place->folder);
    assert_int_equal(rename(place->certificate, other), 0);
    unlink(place->key);
    context_is(false, place->key, other, "the key file cannot be read");
    assert_true(identity_make("b", place->key, place->certificate));
    context_is(true, place->key, other, "the key is not the certificate's");
    context_is(false, place->key, other, "the key is not the certificate's");
    file_make(place->key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    context_is(true, place->key, place->certificate, "the key file cannot be read");
    context_is(false, place->key, place->certificate, "the key file cannot be read");
    unlink(other);
}

/* A certificate authority's tools write keys in other layouts and of other kinds. */
static void keys_of_other_layouts_are_read(void **state)
{
    struct place *place = *state;
    static const char *const kinds[] = {"P-256", "P-384", "ED25519", "RSA"};
    EVP_PKEY *key;
    X509 *certificate;
    FILE *file;

    for (size_t i = 0; i < 5; i++) {
        bool traditional = i == 4; /* "EC PRIVATE KEY" */
        const char *kind = kinds[i % 4];
        key = kind[0] == 'P' ? EVP_EC_gen(kind) : EVP_PKEY_Q_keygen(NULL, NULL, kind, (size_t)2048);
        assert_non_null(key);
        certificate = X509_new();
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
        X509_set_pubkey(certificate, key);
        assert_true(X509_sign(certificate, key, kind[0] == 'E' ? NULL : EVP_sha256()) > 0);
        file = fopen(place->key, "w");
        if (traditional) {
            BIO *bio = BIO_new_fp(file, BIO_NOCLOSE);
            PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
            BIO_free(bio);
        } else {
            PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
        }
        fclose(file);
        file = fopen(place->certificate, "w");
        PEM_write_X509(file, certificate);
        fclose(file);
        context_is(true, place->key, place->certificate, NULL);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
}

/* With a pass phrase nobody is asked for it. */
static void a_key_with_a_pass_phrase_is_refused(void **state)
{
    struct place *place = *state;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file;

    assert_true(identity_make("a", place->key, place->certificate));
    file = fopen(place->key, "w");
    PEM_write_PrivateKey(
        file, key, EVP_aes_128_cbc(), (const unsigned char *)"phrase", 6, NULL, NULL);
    fclose(file);
    EVP_PKEY_free(key);
    context_is(true, place->key, place->certificate, "the key file cannot be read");
}

#define place_test(function) cmocka_unit_test_setup_teardown(function, place_start, place_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        place_test(an_identity_is_a_private_key_and_its_certificate),
        place_test(a_long_name_is_cut_between_characters),
        place_test(the_fingerprint_is_that_of_the_public_key),
        place_test(no_certificate_has_no_fingerprint),
        place_test(neither_file_is_left_when_one_fails),
        place_test(a_context_is_made_or_says_why_not),
        place_test(keys_of_other_layouts_are_read),
        place_test(a_key_with_a_pass_phrase_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
