#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "text.h"

#define PATH_SIZE 4096
#define NAME_SIZE 65 /* RFC 5280's bound on a common name, with a NUL */
#define DAY (24L * 60 * 60)
#define YEARS_VALID 20

/* Writes `size` bytes to a new file beside its final place, synced. False with errno, no file left.
 */
static bool file_write(const char *path, const char *data, size_t size, mode_t mode)
{
    size_t done = 0;
    int fd, error;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    while (done < size) {
        ssize_t written = write(fd, data + done, size - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    if (done == size && fsync(fd) == 0) {
        close(fd);
        return true;
    }
    error = errno;
    close(fd);
    unlink(path);
    errno = error;
    return false;
}

/* Both files under their final names, or neither. */
static bool files_place(
    const char *key_new, const char *key_path, const char *certificate_new, const char *path)
{
    int error;

    if (rename(key_new, key_path) != 0)
        return false;
    if (rename(certificate_new, path) == 0 && folder_sync(key_path) && folder_sync(path))
        return true;
    error = errno;
    unlink(key_path);
    unlink(path);
    errno = error;
    return false;
}

static bool files_write(BIO *key, const char *key_path, BIO *certificate, const char *path)
{
    char key_new[PATH_SIZE], certificate_new[PATH_SIZE];
    char *key_data, *data;
    size_t key_size = (size_t)BIO_get_mem_data(key, &key_data);
    size_t size = (size_t)BIO_get_mem_data(certificate, &data);
    bool ok;
    int error;

    if (snprintf(key_new, PATH_SIZE, "%s.new", key_path) >= PATH_SIZE ||
        snprintf(certificate_new, PATH_SIZE, "%s.new", path) >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        return false;
    }
    ok = file_write(key_new, key_data, key_size, S_IRUSR | S_IWUSR) &&
         file_write(certificate_new, data, size, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) &&
         files_place(key_new, key_path, certificate_new, path);
    if (!ok) {
        error = errno;
        unlink(key_new);
        unlink(certificate_new);
        errno = error;
    }
    return ok;
}

/* Fills in and signs a certificate that says nothing but the name and the key. */
static bool certificate_fill(X509 *certificate, const char *name, EVP_PKEY *key)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    char common_name[NAME_SIZE];
    uint64_t serial = 0;

    text_copy(common_name, sizeof(common_name), name[0] != '\0' ? name : "concert");
    if (RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
        return false;
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY) != NULL &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), YEARS_VALID * 365 + YEARS_VALID / 4, 0,
               NULL) != NULL &&
           X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
               (unsigned char *)common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1 &&
           X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

bool identity_make(const char *name, const char *key_path, const char *certificate_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIO *key_text = BIO_new(BIO_s_secmem());
    BIO *text = BIO_new(BIO_s_mem());
    bool ok = key != NULL && certificate != NULL && key_text != NULL && text != NULL &&
              certificate_fill(certificate, name, key) &&
              PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) == 1 &&
              PEM_write_bio_X509(text, certificate) == 1;

    if (!ok)
        errno = EIO;
    else
        ok = files_write(key_text, key_path, text, certificate_path);
    BIO_free(text);
    BIO_free(key_text);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return ok;
}

bool identity_fingerprint(
    struct x509_st *certificate, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    unsigned char *der = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

    if (size <= 0)
        return false;
    crypto_hash_sha256(fingerprint_r, der, (unsigned long long)size);
    OPENSSL_free(der);
    return true;
}

bool identity_file_fingerprint(
    const char *certificate_path, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE])
{
    BIO *file = BIO_new_file(certificate_path, "r");
    X509 *certificate = NULL;
    bool ok = false;

    if (file == NULL)
        return false;
    certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    if (certificate != NULL)
        ok = identity_fingerprint(certificate, fingerprint_r);
    X509_free(certificate);
    BIO_free(file);
    return ok;
}

void identity_fingerprint_text(
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], char text_r[IDENTITY_FINGERPRINT_TEXT])
{
    sodium_bin2hex(text_r, IDENTITY_FINGERPRINT_TEXT, fingerprint, IDENTITY_FINGERPRINT_SIZE);
}
