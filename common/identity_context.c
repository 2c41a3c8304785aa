/* TLS contexts: what both sides promise each other on the wire. */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "identity.h"
#include "identity_key.h"

/* Protocol names as TLS carries them: a length byte before each. */
static const unsigned char alpn[] = "\x09"
                                    "concert/1";
#define ALPN_SIZE (sizeof(alpn) - 1)

#define CIPHERS "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256"
/* How a device proves that it has its key: ours are P-256, another's client may prefer Ed25519. */
#define DEVICE_SIGNATURES "ECDSA+SHA256:ed25519"
/* Bytes of a peer's certificate list: each connection keeps its own, and so does each ticket. */
#define CERTIFICATE_LIST_MAX 16384

/* Whom a certificate stands for is decided by its key's fingerprint, not by who signed it. */
static int accept_any(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

/* A client that names no protocol at all would slip past alpn_select. */
static int hello_check(SSL *tls, int *alert_r, void *arg)
{
    const unsigned char *data;
    size_t size;

    (void)arg;
    if (SSL_client_hello_get0_ext(
            tls, TLSEXT_TYPE_application_layer_protocol_negotiation, &data, &size) == 1)
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert_r = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

static int alpn_select(SSL *tls, const unsigned char **out_r, unsigned char *size_r,
    const unsigned char *in, unsigned int size, void *arg)
{
    unsigned char *selected;

    (void)tls;
    (void)arg;
    if (SSL_select_next_proto(&selected, size_r, alpn, ALPN_SIZE, in, size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out_r = selected;
    return SSL_TLSEXT_ERR_OK;
}

/* A ticket serves many times (RFC 8446, 4.6.1, allows it): a device that comes back with one gets
 * no new one, which would cost both sides a parsed certificate and the client a write to disk. */
static SSL_TICKET_RETURN ticket_taken(SSL *tls, SSL_SESSION *session, const unsigned char *name,
    size_t name_size, SSL_TICKET_STATUS status, void *arg)
{
    (void)session;
    (void)name;
    (void)name_size;
    (void)arg;
    switch (status) {
    case SSL_TICKET_EMPTY:
    case SSL_TICKET_NO_DECRYPT:
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    case SSL_TICKET_SUCCESS:
    case SSL_TICKET_SUCCESS_RENEW:
        SSL_set_num_tickets(tls, 0);
        return SSL_TICKET_RETURN_USE;
    default:
        return SSL_TICKET_RETURN_ABORT;
    }
}

static int ticket_made(SSL *tls, void *arg)
{
    (void)tls;
    (void)arg;
    return 1;
}

static bool server_prepare(SSL_CTX *context)
{
    static const unsigned char session_context[] = "concert";

    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_hello_cb(context, hello_check, NULL);
    SSL_CTX_set_alpn_select_cb(context, alpn_select, NULL);
    /* Tickets hold all of a session: the server keeps none of them in memory. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    /* Nothing is taken before the handshake is done: it could be sent again by anyone who saw it.
     */
    return SSL_CTX_set_max_early_data(context, 0) == 1 &&
           SSL_CTX_set_recv_max_early_data(context, 0) == 1 &&
           SSL_CTX_set1_client_sigalgs_list(context, DEVICE_SIGNATURES) == 1 &&
           SSL_CTX_set_session_ticket_cb(context, ticket_made, ticket_taken, NULL) == 1 &&
           SSL_CTX_set_num_tickets(context, 1) == 1 &&
           SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context) - 1) ==
               1;
}

static bool client_prepare(SSL_CTX *context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(
        context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    return SSL_CTX_set_alpn_protos(context, alpn, ALPN_SIZE) == 0;
}

static bool context_prepare(SSL_CTX *context, bool server)
{
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_cert_list(context, CERTIFICATE_LIST_MAX);
    SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(context, CIPHERS) == 1 &&
           SSL_CTX_set1_groups_list(context, GROUPS) == 1 &&
           (server ? server_prepare(context) : client_prepare(context));
}

static const char certificate_wrong[] = "the certificate file cannot be read";
static const char key_wrong[] = "the key file cannot be read";
static const char pair_wrong[] = "the key is not the certificate's";

/* NULL when the files are a matching pair, else what is wrong with them. */
static const char *files_load(SSL_CTX *context, const char *key_path, const char *certificate_path)
{
    EVP_PKEY *key;
    int used;

    if (SSL_CTX_use_certificate_chain_file(context, certificate_path) != 1)
        return certificate_wrong;
    key = identity_key_read(key_path);
    if (key == NULL)
        return key_wrong;
    used = SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    /* A key of another type than the certificate's is taken without a word, beside it. */
    return used == 1 && SSL_CTX_check_private_key(context) == 1 ? NULL : pair_wrong;
}

bool identity_present(
    struct ssl_st *tls, const char *key_path, const char *certificate_path, const char **why_r)
{
    EVP_PKEY *key = NULL;

    *why_r = NULL;
    if (SSL_use_certificate_chain_file(tls, certificate_path) != 1)
        *why_r = certificate_wrong;
    else if ((key = identity_key_read(key_path)) == NULL)
        *why_r = key_wrong;
    else if (SSL_use_PrivateKey(tls, key) != 1)
        *why_r = pair_wrong;
    EVP_PKEY_free(key);
    ERR_clear_error();
    return *why_r == NULL;
}

struct ssl_ctx_st *identity_context(
    bool server, const char *key_path, const char *certificate_path, const char **why_r)
{
    /* OpenSSL's own configuration file could change what is promised above, and costs time; so does
     * giving back memory one piece at a time when a command ends. */
    uint64_t options = OPENSSL_INIT_NO_LOAD_CONFIG | (server ? 0 : OPENSSL_INIT_NO_ATEXIT);
    SSL_CTX *context;

    *why_r = "TLS cannot be initialised";
    if (OPENSSL_init_ssl(options, NULL) != 1)
        return NULL;
    ERR_clear_error();
    context = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context == NULL)
        return NULL;
    if (context_prepare(context, server)) {
        if (key_path != NULL && certificate_path != NULL)
            *why_r = files_load(context, key_path, certificate_path);
        else
            *why_r = server ? "a server needs a key and a certificate" : NULL;
    }
    if (*why_r != NULL) {
        SSL_CTX_free(context);
        context = NULL;
    }
    ERR_clear_error();
    return context;
}

void identity_context_free(struct ssl_ctx_st **context)
{
    SSL_CTX_free(*context);
    *context = NULL;
}
