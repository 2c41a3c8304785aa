/*
 * Who a server or a device is: a key, a self-signed certificate around it, the fingerprint of its
 * public key, and the invitation line (proto/README.md, 2 and 3).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_FINGERPRINT_SIZE 32
#define IDENTITY_FINGERPRINT_TEXT 65 /* lower-case hexadecimal with its NUL */
#define IDENTITY_CODE_SIZE 10        /* random bytes of an invitation: 80 bits */
#define IDENTITY_LINE_MAX 512

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */
struct ssl_st;     /* OpenSSL's SSL */
struct x509_st;    /* OpenSSL's X509 */

enum identity_line_state {
    IDENTITY_LINE_OK,
    IDENTITY_LINE_SHAPE,      /* not concert://host:port/region#code.fingerprint */
    IDENTITY_LINE_CODE,       /* the code is mistyped: its check characters do not agree */
    IDENTITY_LINE_FINGERPRINT /* the fingerprint is mistyped or cut */
};

struct identity_line {
    char host[256];
    char port[8];
    char region[64];
    char code[32]; /* as typed but in canonical form, check characters included */
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
};

/* Makes a P-256 key and a self-signed certificate for `name` (CN), valid from a day ago for 20
 * years, and writes them as PEM: the key with mode 0600, both synced to disk, neither if one fails.
 * False with errno. */
bool identity_make(const char *name, const char *key_path, const char *certificate_path);

/* Reads a certificate file's fingerprint: SHA-256 of its SubjectPublicKeyInfo (RFC 7469, 2.4). */
bool identity_file_fingerprint(
    const char *certificate_path, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE]);

/* The fingerprint of a certificate. */
bool identity_fingerprint(
    struct x509_st *certificate, uint8_t fingerprint_r[IDENTITY_FINGERPRINT_SIZE]);

/* Lower-case hexadecimal. */
void identity_fingerprint_text(
    const uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE], char text_r[IDENTITY_FINGERPRINT_TEXT]);

/* A TLS 1.3-only context with that key and certificate, ALPN concert/1, release-buffers mode,
 * tickets on; a server's asks for a client certificate and takes any (who it is, is decided by
 * fingerprint), a client's takes any server certificate (link checks its fingerprint). Paths may be
 * NULL for a client without identity. NULL with *why_r, a borrowed static English text, when
 * something fails. Free with identity_context_free. */
struct ssl_ctx_st *identity_context(
    bool server, const char *key_path, const char *certificate_path, const char **why_r);

/* Gives one connection the key and certificate instead of the whole context: from its
 * SSL_set_cert_cb, so that a resumed session, which shows no certificate, needs neither file. False
 * with *why_r as above. */
bool identity_present(
    struct ssl_st *tls, const char *key_path, const char *certificate_path, const char **why_r);

/* Frees a context. Accepts NULL, leaves NULL. */
void identity_context_free(struct ssl_ctx_st **context);

/* A new invitation code: 80 random bits in Crockford base32 with two check characters, grouped for
 * reading ("7k3m-…"), NUL-terminated. */
void identity_code_make(char code_r[32]);

/* The canonical form of a code as typed (case, dashes, o for 0, i and l for 1). False when
 * mistyped. */
bool identity_code_read(const char *typed, char code_r[32]);

/* BLAKE2b-256 of the canonical code: what the server keeps. */
void identity_code_hash(const char *code, uint8_t hash_r[32]);

/* Writes the line; false when it does not fit in IDENTITY_LINE_MAX. */
bool identity_line_write(const struct identity_line *line, char text_r[IDENTITY_LINE_MAX]);

/* Reads a line as pasted: spaces and line breaks inside or around, « » or <> around it are dropped.
 */
enum identity_line_state identity_line_read(const char *text, struct identity_line *line_r);
