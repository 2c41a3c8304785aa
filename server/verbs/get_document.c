#include "log.h"
#include "session.h"
#include "verbs/document.h"
#include "verbs/verbs.h"

#define PART_MAX ((size_t)192 << 10)

/* One request under way. */
struct getting {
    struct request *request;
    struct waiter waiter;
    bool reading;            /* the store is asked: its callback comes for sure */
    bool made;               /* the answer only has to be sent */
    enum verb_status status; /* of the answer */
};

/* Nobody removed it, and nobody need attach it: what was here is damaged. */
static struct error broken(struct request *request, const struct store_document *document)
{
    char id[UUID_TEXT];

    uuid_format(request->message->get_document->document.data, id);
    request_log(request, LOG_LEVEL_WARNING, "event=document_broken document=%s size=%llu held=%llu",
        id, (unsigned long long)document->size, (unsigned long long)document->held);
    return error_make(CONCERT__CODE__INTERNAL, "bytes", "hash", NULL);
}

static enum verb_status answer(struct request *request, const struct store_document *document)
{
    Concert__GetDocumentAnswer *answer = arena_alloc(request->arena, sizeof(*answer));
    struct error fault = document_fault(request, document, POLICY_READ);
    uint64_t offset = request->message->get_document->offset;

    if (fault.code == 0 && document_broken(document))
        fault = broken(request, document);
    else if (fault.code == 0 && !document->whole)
        fault = error_make(CONCERT__CODE__NOT_FOUND, "bytes", "incomplete", NULL);
    else if (fault.code == 0 && offset > document->size)
        fault = error_make(CONCERT__CODE__BAD_REQUEST, "offset", "range", NULL);
    else if (fault.code == 0 && document->n_bytes == 0 && offset < document->size)
        fault = broken(request, document);
    if (fault.code != 0) {
        request->error = fault;
        return VERB_ERROR;
    }
    if (answer == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    concert__get_document_answer__init(answer);
    answer->has_bytes = answer->has_size = true;
    answer->bytes.len = document->n_bytes;
    answer->bytes.data = (uint8_t *)arena_copy(request->arena, document->bytes, document->n_bytes);
    answer->size = document->size;
    if (answer->bytes.data == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    metrics_add(METRICS_DOCUMENT_BYTES_OUT, (int64_t)document->n_bytes);
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_GET_DOCUMENT;
    request->response.get_document = answer;
    return VERB_DONE;
}

static void proceed(void *arg);

static void on_looked(void *arg, enum store_status status, const struct store_document *document)
{
    struct getting *getting = arg;
    struct request *request = getting->request;

    getting->reading = false;
    if (request->session == NULL) {
        request_resume(request, VERB_DONE);
        return;
    }
    getting->made = true;
    if (status != STORE_OK)
        getting->status = request_fail(request, CONCERT__CODE__UNAVAILABLE, NULL, NULL);
    else
        getting->status = request_may_go_on(request) ? answer(request, document) : VERB_ERROR;
    proceed(getting);
}

/* A document without the bytes that it has was deleted while it was read, or a part of it is gone:
 * that is seen when it is looked at again. */
static void on_read(void *arg, enum store_status status, const struct store_document *document)
{
    struct getting *getting = arg;
    struct request *request = getting->request;
    const Concert__GetDocument *message = request->message->get_document;

    if (request->session != NULL && status == STORE_OK && document->whole &&
        document->n_bytes == 0 && message->offset < document->size)
        store_document_look(
            region_store(request->region), message->document.data, on_looked, getting);
    else
        on_looked(getting, status, document);
}

static void finish(struct getting *getting)
{
    struct session *session = getting->request->session;

    request_resume(getting->request, getting->status);
    session_answers(session, -1);
}

/* Reads, and then sends, when the peer has taken what is before: of several requests that are read
 * at once the first may fill the output. */
static void proceed(void *arg)
{
    struct getting *getting = arg;
    struct request *request = getting->request;
    const Concert__GetDocument *message = request->message->get_document;

    if (session_full(request->session) || (!getting->made && session_laden(request->session))) {
        waiter_wait(session_room(request->session), &getting->waiter);
    } else if (getting->made) {
        finish(getting);
    } else {
        session_answers(request->session, +1);
        getting->reading = true;
        store_document_read(region_store(request->region), message->document.data, message->offset,
            PART_MAX, on_read, getting);
    }
}

static void on_cancel(struct request *request)
{
    struct getting *getting = request->data;

    waiter_forget(&getting->waiter);
    if (!getting->reading)
        request_resume(request, VERB_DONE);
}

enum verb_status get_document_run(struct request *request)
{
    const Concert__GetDocument *message = request->message->get_document;
    struct getting *getting = arena_alloc(request->arena, sizeof(*getting));

    if (getting == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    if (message->document.len != UUID_SIZE)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "document", "id");
    if (message->offset > INT32_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "offset", "range");
    *getting = (struct getting){.request = request};
    getting->waiter = (struct waiter){.wake = proceed, .arg = getting};
    request->data = getting;
    request->cancel = on_cancel;
    proceed(getting);
    return VERB_WAIT;
}
