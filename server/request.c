#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "frame.h"
#include "log.h"
#include "metrics.h"
#include "record.h"
#include "session.h"
#include "verbs/verbs.h"

/* What one request may take: a frame of 1 MiB that is all operations decodes to some fifteen times
 * that. */
#define REQUEST_MEMORY ((size_t)48 << 20)

#define SLOW_US INT64_C(1000000) /* an answer that took as long is told in the log */
#define RETRY_MS 1000

/* News of one change after the other have no stream, and small ones gain little without: not worth
 * the while that thousands of followers would cost. */
#define NEWS_MIN ((size_t)4096)

/* Takes what is packed in place of the message. */
static void open_packed(struct request *request, const uint8_t **data, size_t *size)
{
    Concert__Request *message =
        packing_open(request->message->packed, request->arena, data, size, &request->unpacked);

    if (message == NULL)
        return;
    request->message = message;
    request->size = *size;
}

struct request *request_new(struct session *session, const uint8_t *data, size_t size)
{
    struct request *request = calloc(1, sizeof(*request));
    const ProtobufCFieldDescriptor *nul;

    if (request == NULL)
        return NULL;
    request->session = session;
    request->session_number = session_number(session);
    request->id = session_new_request(session);
    request->size = size;
    request->started = clock_now();
    request->arena = arena_new(REQUEST_MEMORY);
    if (request->arena != NULL)
        request->message = concert__request__unpack(arena_allocator(request->arena), size, data);
    if (request->message == NULL) {
        arena_free(&request->arena);
        free(request);
        return NULL;
    }
    if (request->message->verb_case == CONCERT__REQUEST__VERB_PACKED &&
        session_actor(session) != NULL) /* a stranger's few bytes stay few */
        open_packed(request, &data, &size);
    nul = record_find_nul(&concert__request__descriptor, data, size);
    request->nul = nul == NULL ? NULL : nul->name;
    concert__response__init(&request->response);
    request->response.has_number = request->message->has_number;
    request->response.number = request->message->number;
    metrics_add(METRICS_REQUESTS_UNDER_WAY, +1);
    return request;
}

/* How many operations it brings. */
static size_t operations_of(const struct request *request)
{
    const Concert__Request *message = request->message;

    return message->verb_case == CONCERT__REQUEST__VERB_PUSH ? message->push->n_operations : 0;
}

static unsigned verb_of(const struct request *request)
{
    return request->verb == NULL ? 0 : (unsigned)request->verb->number;
}

/* The first answer is what a client waits for: what follows may come for days. */
static void note_answer(struct request *request)
{
    if (request->answered)
        return;
    request->answered = true;
    request->waited = clock_now() - request->started;
    metrics_answered(verb_of(request), request->waited);
}

/* One line a request; what an operator should see without asking is told at info. */
static void note_end(struct request *request, enum verb_status status)
{
    Concert__Code code = status == VERB_ERROR ? request->error.code : 0;
    bool failed = code == CONCERT__CODE__INTERNAL ||
                  (code == CONCERT__CODE__UNAVAILABLE && !request->stopping);
    enum log_level level = failed || request->waited > SLOW_US ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;

    metrics_add(METRICS_REQUESTS_UNDER_WAY, -1);
    metrics_ended(verb_of(request), code);
    if (log_wants(level))
        request_log(request, level, "status=%s operations=%zu bytes=%zu first_ms=%.3f ms=%.3f",
            code == 0 ? "done" : error_name(code), operations_of(request), request->size,
            (double)request->waited / 1000, (double)(clock_now() - request->started) / 1000);
}

enum verb_status request_fail(
    struct request *request, Concert__Code code, const char *field, const char *rule)
{
    request->error = error_make(code, field, rule, NULL);
    if (code == CONCERT__CODE__BUSY || code == CONCERT__CODE__UNAVAILABLE)
        request->retry_after = RETRY_MS;
    return VERB_ERROR;
}

void request_error(const struct error *error, uint32_t retry_after, Concert__Error *message_r)
{
    concert__error__init(message_r);
    message_r->has_code = true;
    message_r->code = error->code;
    message_r->field = error->field[0] == '\0' ? NULL : (char *)error->field;
    message_r->rule = error->rule[0] == '\0' ? NULL : (char *)error->rule;
    message_r->limit = error->limit[0] == '\0' ? NULL : (char *)error->limit;
    message_r->has_retry_after = retry_after > 0;
    message_r->retry_after = retry_after;
}

static bool flush(struct session *session, bool appended)
{
    if (appended)
        session_flush(session);
    else
        session_close(session, STREAM_MEMORY);
    return appended;
}

/* True when an answer of so many bytes goes packed: there is a stream for it, or one may begin. */
static bool packs(struct request *request, size_t size, size_t least)
{
    if (!session_packs(request->session) || size < least)
        return false;
    request->streams = request->streams || session_stream_begins(request->session);
    return request->streams;
}

static void end_packing(struct request *request)
{
    packing_end(&request->packing);
    if (request->streams)
        session_stream_ends(request->session);
    request->streams = false;
}

/* The frame that was made beside the output goes there, packed. */
static bool put_packed(
    struct request *request, struct evbuffer *frame, const Concert__Response *about)
{
    return packing_put(&request->packing, frame, about, session_output(request->session));
}

static void send_response(struct request *request)
{
    const Concert__Response *response = &request->response;
    struct session *session = request->session;
    struct evbuffer *frame;
    bool appended;

    /* what is sealed gets no smaller */
    if (response->answer_case == CONCERT__RESPONSE__ANSWER_CARRY ||
        !packs(request, protobuf_c_message_get_packed_size(&response->base), PACK_MIN)) {
        flush(session, frame_append(session_output(session), &response->base));
        return;
    }
    frame = evbuffer_new();
    appended = frame != NULL && frame_append(frame, &response->base) &&
               put_packed(request, frame, response);
    if (frame != NULL)
        evbuffer_free(frame);
    flush(session, appended);
}

static bool put_page(struct request *request, const struct page *page)
{
    const Concert__Response about = {
        .has_number = page->has_number, .number = page->number, .more = page->more};
    struct evbuffer *frame = evbuffer_new();
    bool appended = frame != NULL && page_write(page, frame) && put_packed(request, frame, &about);

    if (frame != NULL)
        evbuffer_free(frame);
    return appended;
}

bool request_page(struct request *request, const struct page *page)
{
    struct session *session = request->session;
    bool packed = packs(request, page->size, request->caught_up ? NEWS_MIN : PACK_MIN);
    bool sent = flush(
        session, packed ? put_page(request, page) : page_write(page, session_output(session)));

    note_answer(request);
    /* who follows waits now, perhaps for days: without a stream's memory */
    if (sent && page->upto >= page->head) {
        request->caught_up = true;
        end_packing(request);
    }
    return sent;
}

void request_refuse(struct session *session, Concert__Code code)
{
    struct error error = error_make(code, NULL, NULL, NULL);
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__Error message;

    request_error(&error, 0, &message);
    response.answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
    response.error = &message;
    flush(session, frame_append(session_output(session), &response.base));
}

void request_send(struct request *request)
{
    request->response.has_more = request->response.more = true;
    note_answer(request);
    if (request->session != NULL)
        send_response(request);
}

static void answer(struct request *request, enum verb_status status)
{
    Concert__Error message;

    request->response.has_more = request->response.more = false;
    if (status == VERB_ERROR) {
        request_error(&request->error, request->retry_after, &message);
        request->response.answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
        request->response.error = &message;
    }
    if (request->response.answer_case != CONCERT__RESPONSE__ANSWER__NOT_SET)
        send_response(request);
}

void request_resume(struct request *request, enum verb_status status)
{
    if (status == VERB_WAIT)
        return;
    note_answer(request);
    note_end(request, status);
    if (request->session != NULL)
        answer(request, status);
    if (request->session != NULL) {
        end_packing(request);
        session_ended(request->session, request);
    }
    arena_free(&request->arena);
    free(request);
}

void request_stop(struct request *request)
{
    if (request->stop != NULL)
        request->stop(request);
}

void request_orphan(struct request *request)
{
    end_packing(request);
    request->session = NULL;
    if (request->cancel != NULL)
        request->cancel(request);
}

static bool allowed(const struct request *request)
{
    Concert__Account__Role role = request->actor.role;

    switch (request->verb->needs) {
    case VERB_COORDINATOR:
        return role == CONCERT__ACCOUNT__ROLE__COORDINATOR;
    case VERB_STAFF:
        return policy_staff(role);
    default:
        return true;
    }
}

enum verb_status request_stranger(struct request *request, enum directory_found found)
{
    const char *rule = directory_rule(found);

    return request_fail(
        request, CONCERT__CODE__NOT_AUTHENTICATED, rule == NULL ? NULL : "device", rule);
}

bool request_may_go_on(struct request *request)
{
    enum directory_found found = session_standing(request->session);

    if (found != DIRECTORY_ACTIVE)
        request_stranger(request, found);
    return found == DIRECTORY_ACTIVE;
}

/* Those that find out themselves who asks. */
static bool is_open(const struct verb *verb)
{
    return verb != NULL && (verb->needs == VERB_STRANGER || verb->needs == VERB_REVOKED);
}

static enum verb_status run(struct request *request)
{
    const struct policy_actor *actor = session_actor(request->session);

    request->verb = verbs_get(request->message->verb_case);
    request->region = session_region(request->session);
    if (actor != NULL)
        request->actor = *actor;
    if (actor == NULL && !is_open(request->verb))
        return request_stranger(request, session_standing(request->session));
    if (request->unpacked != NULL)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "packed", request->unpacked);
    if (request->verb == NULL)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "verb", "unknown_verb");
    if (actor != NULL && request->nul != NULL)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, request->nul, "nul");
    if (!allowed(request))
        return request_fail(request, CONCERT__CODE__DENIED, NULL, "role");
    return request->verb->run(request);
}

void request_run(struct request *request)
{
    request_resume(request, run(request));
}

void request_log(const struct request *request, int level, const char *format, ...)
{
    char text[1024], prefix[160];
    va_list list;

    if (!log_wants((enum log_level)level))
        return;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    if (request->session == NULL)
        snprintf(prefix, sizeof(prefix), "session=%llu peer=-",
            (unsigned long long)request->session_number);
    else
        session_prefix(request->session, prefix, sizeof(prefix));
    log_line((enum log_level)level, prefix, "request=%llu number=%llu verb=%s %s",
        (unsigned long long)request->id, (unsigned long long)request->response.number,
        request->verb == NULL ? "-" : request->verb->name, text);
}
