#include "identity_sign.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define CURVE "prime256v1"
#define CERTIFICATE_MAX ((size_t)16384) /* as TLS takes them */

/* Gives the text and the pieces to `update`. */
static bool feed(EVP_MD_CTX *context, int (*update)(EVP_MD_CTX *, const void *, size_t),
    const char *what, const struct identity_piece *pieces, size_t count)
{
    bool good = update(context, what, strlen(what) + 1) == 1;

    for (size_t i = 0; good && i < count; i++)
        good = pieces[i].size == 0 || update(context, pieces[i].data, pieces[i].size) == 1;
    return good;
}

static int sign_update(EVP_MD_CTX *context, const void *data, size_t size)
{
    return EVP_DigestSignUpdate(context, data, size);
}

static int check_update(EVP_MD_CTX *context, const void *data, size_t size)
{
    return EVP_DigestVerifyUpdate(context, data, size);
}

bool identity_sign_make(struct evp_pkey_st *key, const char *what,
    const struct identity_piece *pieces, size_t count, uint8_t signature_r[IDENTITY_SIGN_MAX],
    size_t *size_r)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good;

    *size_r = IDENTITY_SIGN_MAX;
    good = context != NULL &&
           EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
           feed(context, sign_update, what, pieces, count) &&
           EVP_DigestSignFinal(context, signature_r, size_r) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

bool identity_sign_check(struct evp_pkey_st *key, const char *what,
    const struct identity_piece *pieces, size_t count, const uint8_t *signature, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good;

    good = context != NULL && size <= IDENTITY_SIGN_MAX &&
           EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
           feed(context, check_update, what, pieces, count) &&
           EVP_DigestVerifyFinal(context, signature, size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

static bool is_ours(const EVP_PKEY *key)
{
    char curve[32];
    size_t size;

    return key != NULL && EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, curve, sizeof(curve), &size) == 1 &&
           strcmp(curve, CURVE) == 0;
}

struct evp_pkey_st *identity_sign_key(
    const uint8_t *certificate, size_t size, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    const unsigned char *at = certificate;
    X509 *read = size > CERTIFICATE_MAX ? NULL : d2i_X509(NULL, &at, (long)size);
    EVP_PKEY *key = NULL;

    if (read != NULL && at == certificate + size && identity_fingerprint(read, fingerprint_r))
        key = X509_get_pubkey(read);
    if (!is_ours(key))
        identity_sign_free(&key);
    X509_free(read);
    ERR_clear_error();
    return key;
}

/* No control characters: it is shown on a terminal. */
static bool is_plain(const unsigned char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] < 0x20 || text[i] == 0x7f ||
            (text[i] == 0xc2 && i + 1 < size && text[i + 1] < 0xa0))
            return false;
    return text_valid_utf8((const char *)text, size);
}

void identity_sign_name(const uint8_t *certificate, size_t size, char *name_r, size_t name_size)
{
    const unsigned char *at = certificate;
    X509 *read = size > CERTIFICATE_MAX ? NULL : d2i_X509(NULL, &at, (long)size);
    X509_NAME *subject = read == NULL ? NULL : X509_get_subject_name(read);
    int index = subject == NULL ? -1 : X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char *text = NULL;
    int got = index < 0 ? -1
                        : ASN1_STRING_to_UTF8(
                              &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));

    text_copy(name_r, name_size, got > 0 && is_plain(text, (size_t)got) ? (const char *)text : "");
    OPENSSL_free(text);
    X509_free(read);
    ERR_clear_error();
}

void identity_sign_free(struct evp_pkey_st **key)
{
    EVP_PKEY_free(*key);
    *key = NULL;
}

static uint8_t *der_of(const X509 *certificate, size_t *size_r)
{
    int size = i2d_X509(certificate, NULL);
    uint8_t *der = size <= 0 ? NULL : malloc((size_t)size);
    unsigned char *at = der;

    if (der != NULL)
        *size_r = (size_t)i2d_X509(certificate, &at);
    return der;
}

uint8_t *identity_sign_certificate(const char *path, size_t *size_r)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *certificate = file == NULL ? NULL : PEM_read_bio_X509(file, NULL, NULL, NULL);
    uint8_t *der = certificate == NULL ? NULL : der_of(certificate, size_r);

    X509_free(certificate);
    BIO_free(file);
    ERR_clear_error();
    return der;
}

uint8_t *identity_sign_shown(const struct ssl_ctx_st *context, size_t *size_r)
{
    const X509 *certificate = SSL_CTX_get0_certificate(context);

    return certificate == NULL ? NULL : der_of(certificate, size_r);
}

struct evp_pkey_st *identity_sign_own(const struct ssl_ctx_st *context)
{
    return SSL_CTX_get0_privatekey(context);
}
