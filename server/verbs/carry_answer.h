/*
 * The answer to a parcel: responses, each sealed for its author, sent in frames to who handed it
 * on.
 */
#pragma once

#include "identity_seal.h"
#include "request.h"

struct evp_pkey_st;
struct ssl_ctx_st;

struct carry_answer {
    struct request *request;
    struct identity_seal *seal;
    struct evbuffer *made; /* sealed, and not sent yet */
};

/* Begins an answer of the request for the bundle's author, signed by the server. Borrows the
 * request; the rest until the call returns. False when it cannot: nothing is held. */
bool carry_answer_open(struct carry_answer *answer_r, struct request *request,
    const Concert__Bundle *bundle, struct evp_pkey_st *author, struct ssl_ctx_st *own);

/* Frees what it holds. */
void carry_answer_close(struct carry_answer *answer);

/* Seals one response's bytes and sends them. False when memory is out. */
bool carry_answer_put(struct carry_answer *answer, const uint8_t *data, size_t size, bool last);

/* The same of a response. */
bool carry_answer_response(struct carry_answer *answer, Concert__Response *response, bool last);

/* Sends what is left, and makes the request's last frame, which holds nothing. False when memory is
 * out. */
bool carry_answer_finish(struct carry_answer *answer);
