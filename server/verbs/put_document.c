#include <inttypes.h>
#include <stdio.h>

#include "session.h"
#include "verbs/document.h"
#include "verbs/verbs.h"

static enum verb_status fail_with(struct request *request, struct error error)
{
    request->error = error;
    return VERB_ERROR;
}

static enum verb_status fail_limit(
    struct request *request, Concert__Code code, const char *rule, uint64_t limit)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, limit);
    return fail_with(request, error_make(code, "bytes", rule, text));
}

/* What all documents of the region may have. */
static uint64_t room(const struct request *request)
{
    return (uint64_t)session_settings(request->session)->documents;
}

static enum verb_status answer(struct request *request, const struct store_document *document)
{
    Concert__PutDocumentAnswer *answer = arena_alloc(request->arena, sizeof(*answer));

    if (answer == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    concert__put_document_answer__init(answer);
    answer->has_held = answer->has_whole = true;
    answer->held = document->held;
    answer->whole = document->whole;
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_PUT_DOCUMENT;
    request->response.put_document = answer;
    return VERB_DONE;
}

/* What a part led to. The record may have been deleted since it was looked at; first bytes that
 * were not taken found no room. */
static enum verb_status conclude(struct request *request, const struct store_document *document)
{
    struct error fault = document_fault(request, document, POLICY_CHANGE);

    if (fault.code == 0 && document->dropped)
        fault = error_make(CONCERT__CODE__INVALID, "bytes", "hash", NULL);
    if (fault.code != 0)
        return fail_with(request, fault);
    if (document->held == 0 && request->message->put_document->offset == 0) {
        session_limit(request->session, METRICS_LIMIT_DOCUMENTS);
        return fail_limit(request, CONCERT__CODE__TOO_LARGE, "quota", room(request));
    }
    metrics_add(METRICS_DOCUMENT_BYTES_IN, (int64_t)request->message->put_document->bytes.len);
    return answer(request, document);
}

/* What the store answers is for `next`, unless the session or the database went meanwhile. */
static void go_on(struct request *request, enum store_status status,
    const struct store_document *document,
    enum verb_status (*next)(struct request *request, const struct store_document *document))
{
    if (request->session == NULL)
        request_resume(request, VERB_DONE);
    else if (status != STORE_OK)
        request_resume(request, request_fail(request, CONCERT__CODE__UNAVAILABLE, NULL, NULL));
    else
        request_resume(request, next(request, document));
}

static void on_added(void *arg, enum store_status status, const struct store_document *document)
{
    go_on(arg, status, document, conclude);
}

/* The answer, or WAIT. Whether the bytes are those that come next is seen when they are added: of
 * several requests under way each is looked at before the one in front of it is done. */
static enum verb_status take(struct request *request, const struct store_document *document)
{
    const Concert__PutDocument *message = request->message->put_document;
    struct error fault = document_fault(request, document, POLICY_CHANGE);

    if (fault.code != 0)
        return fail_with(request, fault);
    if (message->bytes.len == 0 || document->whole)
        return answer(request, document);
    if (message->offset > document->size || message->bytes.len > document->size - message->offset)
        return fail_limit(request, CONCERT__CODE__INVALID, "size", document->size);
    store_document_add(region_store(request->region), message->document.data, message->offset,
        message->bytes.data, message->bytes.len, room(request), on_added, request);
    return VERB_WAIT;
}

static void on_looked(void *arg, enum store_status status, const struct store_document *document)
{
    go_on(arg, status, document, take);
}

enum verb_status put_document_run(struct request *request)
{
    const Concert__PutDocument *message = request->message->put_document;

    if (message->document.len != UUID_SIZE)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "document", "id");
    store_document_look(region_store(request->region), message->document.data, on_looked, request);
    return VERB_WAIT;
}
