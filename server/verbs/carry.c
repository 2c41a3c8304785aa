/*
 * A parcel that another device hands on: its pushes are applied as its author's, and what the
 * author would have been answered goes back sealed for the author alone (proto/README.md, "Files
 * handed on").
 */
#include <event2/buffer.h>
#include <string.h>

#include "frame.h"
#include "identity_sign.h"
#include "reader.h"
#include "record.h"
#include "session.h"
#include "verbs/carry_answer.h"
#include "verbs/parcel.h"
#include "verbs/push.h"
#include "verbs/quarantine.h"
#include "verbs/verbs.h"

/* Its pushes go to the writer one after the other, then a reader gives the pages. */
struct carry {
    struct request *request;
    const Concert__Bundle *bundle;
    uint8_t carrier[UUID_SIZE];                     /* the device that hands it on */
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE]; /* the author's device */
    struct carry_answer *answer;
    struct waiter waiter;
    struct reader *reader; /* NULL until the pushes are applied */
    size_t next;           /* push */
    bool writing;          /* the writer has a push: its callback comes for sure */
    bool surrenders;       /* it holds its author's place of those who hand over */
    struct batch_job *job; /* of what goes to quarantine, while that is counted */
};

static void advance(struct carry *carry);

/* The request is over, and all that is its own with it. */
static void end(struct carry *carry, enum verb_status status)
{
    struct carry_answer *answer = carry->answer; /* the arena goes with the request */

    region_carry_ends(carry->request->region, carry->carrier);
    if (carry->surrenders)
        region_surrender_ends(carry->request->region, carry->request->actor.device);
    request_resume(carry->request, status);
    carry_answer_free(&answer);
}

static void fail(struct carry *carry, Concert__Code code, const char *field, const char *rule)
{
    end(carry, request_fail(carry->request, code, field, rule));
}

/* --- the sealed answer
 * ------------------------------------------------------------------------------- */

/* What was put is on its way; false: there was no memory for it, and all has ended. */
static bool was_put(struct carry *carry, bool done)
{
    if (!done)
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    return done;
}

static bool put_response(struct carry *carry, Concert__Response *response, bool last)
{
    return was_put(carry, carry_answer_response(carry->answer, response, last));
}

/* All was said, or the connection has ended. */
static void finish(struct carry *carry)
{
    if (carry->request->session == NULL || was_put(carry, carry_answer_finish(carry->answer)))
        end(carry, VERB_DONE);
}

/* --- pages
 * ---------------------------------------------------------------------------------------- */

static struct waiters *busy(void *arg, bool first)
{
    struct session *session = ((struct carry *)arg)->request->session;

    (void)first;
    return session_full(session) ? session_room(session) : NULL;
}

static bool take_page(void *arg, struct page *page)
{
    struct carry *carry = arg;
    struct evbuffer *frame;
    const uint8_t *data = NULL;
    size_t size = 0;
    bool good;

    if (session_divided(carry->request->session, carry->request->region)) {
        fail(carry, CONCERT__CODE__UNAVAILABLE, NULL, NULL);
        return false;
    }
    frame = evbuffer_new();
    if (frame != NULL && page_write(page, frame) && evbuffer_drain(frame, FRAME_HEADER) == 0) {
        size = evbuffer_get_length(frame);
        data = evbuffer_pullup(frame, -1);
    }
    if (data == NULL)
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    good = data != NULL && was_put(carry, carry_answer_put(carry->answer, data, size, !page->more));
    if (frame != NULL)
        evbuffer_free(frame);
    return good;
}

/* That the author's copy is of another log is for the author; all else is for who hands on, to try
 * again. */
static void on_read(void *arg, const struct error *error)
{
    struct carry *carry = arg;
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__Error message;

    if (error->code == 0 || carry->request->session == NULL)
        finish(carry);
    else if (error->code == CONCERT__CODE__NOT_AUTHENTICATED)
        fail(carry, error->code, "parcel", NULL);
    else if (error->code != CONCERT__CODE__DIVERGED)
        fail(carry, error->code, error->field, error->rule);
    else {
        request_error(error, 0, &message);
        response.answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
        response.error = &message;
        if (put_response(carry, &response, true))
            finish(carry);
    }
}

static void read_pages(struct carry *carry)
{
    static const struct reader_sink sink = {.busy = busy, .page = take_page, .end = on_read};
    const Concert__Bundle *bundle = carry->bundle;
    struct reader_ask ask = {.region = carry->request->region,
        .fingerprint = carry->fingerprint,
        .since = bundle->since,
        .since_hash = reader_hash(bundle->has_since_hash, &bundle->since_hash),
        .head = bundle->head,
        .head_hash = reader_hash(bundle->has_head_hash, &bundle->head_hash),
        .at_least = session_at_least(carry->request->session, carry->request->region),
        .kinds = reader_kinds(NULL, 0)};

    carry->reader = reader_new(&ask, &sink, carry, carry->request->arena);
    if (carry->reader == NULL)
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    else
        reader_start(carry->reader);
}

/* --- pushes
 * --------------------------------------------------------------------------------------- */

/* The author as of now. */
static enum directory_found find_author(struct carry *carry)
{
    struct request *request = carry->request;

    return region_actor(request->region, carry->fingerprint, &request->actor);
}

/* Of a device that was revoked since it wrote them the pushes go to quarantine. */
static bool is_heard(enum directory_found found)
{
    return found == DIRECTORY_ACTIVE || found == DIRECTORY_REVOKED;
}

static bool is_last(const struct carry *carry)
{
    return carry->next == carry->bundle->n_pushes && !carry->bundle->has_since;
}

/* The results, each with its operation's op_id. False: it has ended. */
static bool put_results(struct carry *carry, const struct batch_job *job, const Concert__Push *push)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__PushAnswer *answer = push_answer(carry->request, job);
    bool last = is_last(carry);

    if (answer == NULL) {
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
        return false;
    }
    for (size_t i = 0; i < answer->n_results; i++) {
        answer->results[i]->has_op_id = push->operations[i]->has_op_id;
        answer->results[i]->op_id = push->operations[i]->op_id;
        if (job->results[i].seq > 0)
            session_wrote(carry->request->session, carry->request->region, job->results[i].seq);
    }
    response.has_more = response.more = !last;
    response.answer_case = CONCERT__RESPONSE__ANSWER_PUSH;
    response.push = answer;
    return put_response(carry, &response, last);
}

/* The writer or the store has answered. False: it has ended. A connection that ended meanwhile:
 * what was applied stays, and is told as a duplicate to who hands the parcel on once more. */
static bool was_written(struct carry *carry, Concert__Code code)
{
    carry->writing = false;
    if (carry->request->session == NULL)
        end(carry, VERB_DONE);
    else if (code != 0)
        fail(carry, code, NULL, NULL);
    else
        return true;
    return false;
}

/* Of the whole batch, or else of the job. */
static Concert__Code code_of(const struct batch_job *job, const struct error *error)
{
    return error->code != 0 ? error->code : job->error.code;
}

static void on_written(void *arg, struct batch_job *job, const struct error *error)
{
    struct carry *carry = arg;

    if (was_written(carry, code_of(job, error)) &&
        put_results(carry, job, carry->bundle->pushes[carry->next - 1]))
        advance(carry);
}

/* --- what a revoked device wrote ------------------------------------------------------------- */

static bool put_kept(struct carry *carry, const struct batch_job *job)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    bool last = is_last(carry);

    response.has_more = response.more = !last;
    response.answer_case = CONCERT__RESPONSE__ANSWER_SURRENDER;
    response.surrender = quarantine_answer(carry->request->arena, job);
    if (response.surrender != NULL)
        return put_response(carry, &response, last);
    fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    return false;
}

static void on_kept(void *arg, struct batch_job *job, const struct error *error)
{
    struct carry *carry = arg;

    if (was_written(carry, code_of(job, error)) && put_kept(carry, job))
        advance(carry);
}

static void on_counted(void *arg, enum store_status status, const struct store_quarantined *kept)
{
    struct carry *carry = arg;

    if (!was_written(carry, status == STORE_OK ? 0 : CONCERT__CODE__UNAVAILABLE))
        return;
    quarantine_place(carry->job, kept);
    carry->writing = true;
    writer_submit(region_writer(carry->request->region), carry->job, on_kept, carry);
}

static void keep_push(struct carry *carry)
{
    struct request *request = carry->request;

    carry->surrenders =
        carry->surrenders || region_surrender_begins(request->region, request->actor.device);
    if (!carry->surrenders) {
        fail(carry, CONCERT__CODE__BUSY, NULL, NULL);
        return;
    }
    carry->job =
        quarantine_job(&request->actor, &carry->bundle->pushes[carry->next++], 1, request->arena);
    if (carry->job == NULL) {
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
        return;
    }
    carry->writing = true;
    store_quarantined(region_store(request->region), request->actor.device, on_counted, carry);
}

/* In place of the pages, for the author alone: why there are none. */
static void tell_revoked(struct carry *carry)
{
    Concert__Response response = CONCERT__RESPONSE__INIT;
    Concert__Error message;
    struct error error = error_make(
        CONCERT__CODE__NOT_AUTHENTICATED, "device", directory_rule(DIRECTORY_REVOKED), NULL);

    request_error(&error, 0, &message);
    response.answer_case = CONCERT__RESPONSE__ANSWER_ERROR;
    response.error = &message;
    if (put_response(carry, &response, true))
        finish(carry);
}

/* --- one after the other
 * -------------------------------------------------------------------------- */

static void write_push(struct carry *carry)
{
    struct request *request = carry->request;
    struct batch_job *job = push_job(request, carry->bundle->pushes[carry->next++]);

    if (job == NULL) {
        fail(carry, CONCERT__CODE__TOO_LARGE, NULL, "memory");
        return;
    }
    carry->writing = true;
    writer_submit(region_writer(request->region), job, on_written, carry);
}

static void advance(struct carry *carry)
{
    struct session *session = carry->request->session;
    enum directory_found found = find_author(carry);
    bool revoked = found == DIRECTORY_REVOKED;

    if (!is_heard(found))
        fail(carry, CONCERT__CODE__NOT_AUTHENTICATED, "parcel", NULL);
    else if (session_full(session))
        waiter_wait(session_room(session), &carry->waiter);
    else if (carry->next < carry->bundle->n_pushes)
        (revoked ? keep_push : write_push)(carry);
    else if (carry->bundle->has_since)
        (revoked ? tell_revoked : read_pages)(carry);
    else
        finish(carry);
}

static void on_wake(void *arg)
{
    advance(arg);
}

static void on_cancel(struct request *request)
{
    struct carry *carry = request->data;

    waiter_forget(&carry->waiter);
    if (carry->writing)
        return; /* the writer's callback finds that the connection has ended */
    if (carry->reader != NULL)
        reader_cancel(carry->reader);
    else
        end(carry, VERB_DONE);
}

/* --- the parcel
 * ------------------------------------------------------------------------------------ */

static enum verb_status bad(struct request *request, const char *rule)
{
    return request_fail(request, CONCERT__CODE__BAD_REQUEST, "parcel", rule);
}

/* What is wrong with the bundle: VERB_ERROR, the request failed; VERB_DONE: nothing. */
static enum verb_status check_bundle(struct carry *carry)
{
    struct request *request = carry->request;
    const Concert__Bundle *bundle = carry->bundle;
    size_t most = (size_t)session_settings(request->session)->operations;

    if (bundle->region == NULL ||
        strcmp(bundle->region, region_settings(request->region)->name) != 0 ||
        !is_heard(find_author(carry)))
        return request_fail(request, CONCERT__CODE__NOT_AUTHENTICATED, "parcel", NULL);
    if (bundle->since > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "since", "range");
    if (bundle->head > INT64_MAX)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "head", "range");
    for (size_t i = 0; i < bundle->n_pushes; i++) {
        if (bundle->pushes[i]->n_operations == 0)
            return request_fail(request, CONCERT__CODE__BAD_REQUEST, "operations", "required");
        if (bundle->pushes[i]->n_operations > most) {
            session_limit(request->session, METRICS_LIMIT_OPERATIONS);
            return request_fail(request, CONCERT__CODE__TOO_LARGE, "operations", "count");
        }
    }
    return VERB_DONE;
}

static enum verb_status start(struct carry *carry, struct evp_pkey_st *author)
{
    struct request *request = carry->request;
    struct ssl_ctx_st *own = session_context(request->session);
    enum verb_status status = check_bundle(carry);

    if (status != VERB_DONE)
        return status;
    if (!region_carry_begins(request->region, carry->carrier))
        return request_fail(request, CONCERT__CODE__BUSY, NULL, NULL);
    carry->answer = carry_answer_new(request, carry->bundle, author, own);
    if (carry->answer == NULL) {
        region_carry_ends(request->region, carry->carrier);
        return request_fail(request, CONCERT__CODE__INTERNAL, NULL, NULL);
    }
    request->data = carry;
    request->cancel = on_cancel;
    return VERB_WAIT;
}

enum verb_status carry_run(struct request *request)
{
    const Concert__Carry *message = request->message->carry;
    struct carry *carry = arena_alloc(request->arena, sizeof(*carry));
    const Concert__Parcel *parcel;
    struct evp_pkey_st *author;
    enum verb_status status;

    if (carry == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    parcel = concert__parcel__unpack(
        arena_allocator(request->arena), message->parcel.len, message->parcel.data);
    if (parcel == NULL || !parcel->has_bundle)
        return bad(request, "shape");
    if (parcel->version != PARCEL_VERSION)
        return request_fail(request, CONCERT__CODE__UNSUPPORTED_VERSION, "parcel", NULL);
    *carry = (struct carry){.request = request, .waiter = {.wake = on_wake, .arg = carry}};
    memcpy(carry->carrier, request->actor.device, UUID_SIZE);
    author = parcel_author(parcel, carry->fingerprint);
    if (author == NULL)
        return request_fail(request, CONCERT__CODE__NOT_AUTHENTICATED, "parcel", NULL);
    carry->bundle = concert__bundle__unpack(
        arena_allocator(request->arena), parcel->bundle.len, parcel->bundle.data);
    if (carry->bundle == NULL)
        status = bad(request, "shape");
    else if (record_find_nul(
                 &concert__bundle__descriptor, parcel->bundle.data, parcel->bundle.len) != NULL)
        status = bad(request, "nul");
    else
        status = start(carry, author);
    identity_sign_free(&author);
    if (status == VERB_WAIT)
        advance(carry);
    return status;
}
