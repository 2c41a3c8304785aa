#include "certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "identity_key.h"

static X509 *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    X509 *certificate = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);

    if (file != NULL)
        fclose(file);
    return certificate;
}

static enum certificate_state look_at_dates(const X509 *certificate, int *days_r)
{
    int days = 0, seconds = 0;

    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        return CERTIFICATE_EARLY;
    if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1 || days < 0 ||
        seconds < 0)
        return CERTIFICATE_OVER;
    *days_r = days;
    return CERTIFICATE_GOOD;
}

enum certificate_state certificate_look(const char *path, const char *key_path, int *days_r)
{
    X509 *certificate = read_file(path);
    EVP_PKEY *key = identity_key_read(key_path);
    enum certificate_state state;

    *days_r = 0;
    if (certificate == NULL)
        state = CERTIFICATE_UNREADABLE;
    else if (key == NULL)
        state = CERTIFICATE_NO_KEY;
    else if (X509_check_private_key(certificate, key) != 1)
        state = CERTIFICATE_STRANGE;
    else
        state = look_at_dates(certificate, days_r);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return state;
}

/* Puts the read certificate in the served one's place. OpenSSL would throw the key away for one
 * that is not its own, so that is seen before. */
static const char *replace(SSL_CTX *context, SSL_CTX *read)
{
    X509 *certificate = SSL_CTX_get0_certificate(read);
    const EVP_PKEY *key = SSL_CTX_get0_privatekey(context);
    STACK_OF(X509) *chain = NULL;

    if (key == NULL || X509_check_private_key(certificate, key) != 1)
        return "it is not the key's, which is read at the start only";
    if (SSL_CTX_get0_chain_certs(read, &chain) != 1 ||
        SSL_CTX_use_certificate(context, certificate) != 1 ||
        SSL_CTX_set1_chain(context, chain) != 1)
        return "it cannot be used";
    return NULL;
}

bool certificate_renew(struct ssl_ctx_st *context, const char *path, const char **why_r)
{
    SSL_CTX *read = SSL_CTX_new(TLS_server_method());

    if (read == NULL)
        *why_r = "out of memory";
    else if (SSL_CTX_use_certificate_chain_file(read, path) != 1)
        *why_r = "it cannot be read";
    else
        *why_r = replace(context, read);
    SSL_CTX_free(read);
    ERR_clear_error();
    return *why_r == NULL;
}

int64_t certificate_expires(const struct ssl_ctx_st *context)
{
    X509 *certificate = SSL_CTX_get0_certificate(context);
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    bool known = certificate != NULL && epoch != NULL &&
                 ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate)) == 1;

    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : 0;
}
