/* Private keys in files, for identity_context. */
#pragma once

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* Reads a PEM private key without pass phrase. NULL when there is none. Free with EVP_PKEY_free. */
struct evp_pkey_st *identity_key_read(const char *path);
