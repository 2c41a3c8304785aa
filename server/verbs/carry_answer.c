#include "verbs/carry_answer.h"

#include <event2/buffer.h>
#include <stdlib.h>

#include "identity_seal.h"
#include "verbs/parcel.h"

#define PART_SIZE ((size_t)256 << 10) /* bytes of an answer's frame */

struct carry_answer {
    struct request *request;
    struct identity_seal *seal;
    struct evbuffer *made; /* sealed, and not sent yet */
};

struct carry_answer *carry_answer_new(struct request *request, const Concert__Bundle *bundle,
    struct evp_pkey_st *author, struct ssl_ctx_st *own)
{
    struct carry_answer *answer = calloc(1, sizeof(*answer));

    if (answer == NULL)
        return NULL;
    answer->request = request;
    answer->made = evbuffer_new();
    if (answer->made != NULL)
        answer->seal = parcel_answer(bundle, author, own, request->arena, answer->made);
    if (answer->seal == NULL)
        carry_answer_free(&answer);
    return answer;
}

void carry_answer_free(struct carry_answer **answer)
{
    if (*answer == NULL)
        return;
    if ((*answer)->made != NULL)
        evbuffer_free((*answer)->made);
    identity_seal_free(&(*answer)->seal);
    free(*answer);
    *answer = NULL;
}

/* Puts the first bytes of what was made into the response; they stay in `made`. False when memory
 * is out. */
static bool fill_part(struct carry_answer *answer, Concert__CarryAnswer *part, size_t size)
{
    concert__carry_answer__init(part);
    part->has_bytes = true;
    part->bytes.len = size;
    part->bytes.data = size == 0 ? NULL : evbuffer_pullup(answer->made, (ev_ssize_t)size);
    answer->request->response.answer_case = CONCERT__RESPONSE__ANSWER_CARRY;
    answer->request->response.carry = part;
    return size == 0 || part->bytes.data != NULL;
}

/* Sends what was made, in frames of a page's size. False when memory is out. */
static bool send_made(struct carry_answer *answer)
{
    size_t left;

    while ((left = evbuffer_get_length(answer->made)) > 0) {
        size_t size = left < PART_SIZE ? left : PART_SIZE;
        Concert__CarryAnswer part;

        if (!fill_part(answer, &part, size))
            return false;
        request_send(answer->request);
        evbuffer_drain(answer->made, size);
    }
    return true;
}

bool carry_answer_put(struct carry_answer *answer, const uint8_t *data, size_t size, bool last)
{
    return identity_seal_write(answer->seal, data, size, last, answer->made) && send_made(answer);
}

bool carry_answer_response(struct carry_answer *answer, Concert__Response *response, bool last)
{
    size_t size = concert__response__get_packed_size(response);
    uint8_t *data = arena_alloc(answer->request->arena, size);

    if (data == NULL)
        return false;
    concert__response__pack(response, data);
    return carry_answer_put(answer, data, size, last);
}

bool carry_answer_finish(struct carry_answer *answer)
{
    Concert__CarryAnswer *part = arena_alloc(answer->request->arena, sizeof(*part));

    return part != NULL && send_made(answer) && fill_part(answer, part, 0);
}
