/*
 * The answer to a parcel: responses, each sealed for its author, sent in frames to who handed it
 * on.
 */
#pragma once

#include "request.h"

struct carry_answer;
struct evp_pkey_st;
struct ssl_ctx_st;

/* Begins an answer of the request for the bundle's author, signed by the server. Borrows the
 * request; the rest until the call returns. NULL when it cannot. */
struct carry_answer *carry_answer_new(struct request *request, const Concert__Bundle *bundle,
    struct evp_pkey_st *author, struct ssl_ctx_st *own);

/* Frees, once the request is over: its last frame is in there. Accepts NULL, leaves NULL. */
void carry_answer_free(struct carry_answer **answer);

/* Seals one response's bytes and sends them. False when memory is out. */
bool carry_answer_put(struct carry_answer *answer, const uint8_t *data, size_t size, bool last);

/* The same of a response. */
bool carry_answer_response(struct carry_answer *answer, Concert__Response *response, bool last);

/* Sends what is left, and makes the request's last frame, which holds nothing. False when memory is
 * out. */
bool carry_answer_finish(struct carry_answer *answer);
