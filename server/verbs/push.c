#include "verbs/push.h"

#include <string.h>

#include "session.h"
#include "verbs/operation.h"
#include "verbs/verbs.h"

static bool fill_clash(struct request *request, const struct decide_result *result, size_t index,
    Concert__Clash *clash)
{
    const struct merge_clash *from = &result->clashes[index];
    char who[200];

    concert__clash__init(clash);
    directory_who(region_directory(request->region), from->change->account,
        policy_staff(request->actor.role), who, sizeof(who));
    clash->field = (char *)from->field;
    clash->has_theirs = clash->has_account = clash->has_at = clash->has_revision = true;
    clash->theirs.data = record_encode(from->theirs, request->arena, &clash->theirs.len);
    clash->account = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)from->change->account};
    clash->at = from->change->at;
    clash->revision = from->change->revision;
    clash->who = arena_copy(request->arena, who, strlen(who));
    return clash->theirs.data != NULL && clash->who != NULL;
}

static bool fill_clashes(
    struct request *request, const struct decide_result *result, Concert__Result *message)
{
    message->clashes = arena_alloc(request->arena, result->n_clashes * sizeof(*message->clashes));
    for (size_t i = 0; i < result->n_clashes; i++) {
        Concert__Clash *clash = arena_alloc(request->arena, sizeof(*clash));

        if (message->clashes == NULL || clash == NULL || !fill_clash(request, result, i, clash))
            return false;
        message->clashes[message->n_clashes++] = clash;
    }
    return true;
}

/* False when memory is out. */
static bool fill_result(
    struct request *request, const struct decide_result *result, Concert__Result *message)
{
    concert__result__init(message);
    message->has_status = true;
    message->status = result->status;
    if (result->status == CONCERT__RESULT__STATUS__REFUSED) {
        message->error = arena_alloc(request->arena, sizeof(*message->error));
        if (message->error != NULL)
            request_error(&result->error, 0, message->error);
        return message->error != NULL;
    }
    message->has_revision = message->has_seq = message->has_hash = result->seq > 0;
    message->hash = (ProtobufCBinaryData){STORE_HASH_SIZE, (uint8_t *)result->hash};
    message->revision = result->revision;
    message->seq = result->seq;
    message->handle = result->handle[0] == '\0' ? NULL : (char *)result->handle;
    return result->n_clashes == 0 || fill_clashes(request, result, message);
}

Concert__PushAnswer *push_answer(struct request *request, const struct batch_job *job)
{
    Concert__PushAnswer *answer = arena_alloc(request->arena, sizeof(*answer));
    Concert__Result *results = arena_alloc(request->arena, job->count * sizeof(*results));

    if (answer == NULL || results == NULL)
        return NULL;
    concert__push_answer__init(answer);
    answer->results = arena_alloc(request->arena, job->count * sizeof(*answer->results));
    if (answer->results == NULL)
        return NULL;
    for (size_t i = 0; i < job->count; i++) {
        if (!fill_result(request, &job->results[i], &results[i]))
            return NULL;
        answer->results[answer->n_results++] = &results[i];
    }
    return answer;
}

static enum verb_status fill_answer(struct request *request, const struct batch_job *job)
{
    Concert__PushAnswer *answer = push_answer(request, job);

    if (answer == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_PUSH;
    request->response.push = answer;
    return VERB_DONE;
}

static void tell_session(const struct request *request, const struct batch_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        if (job->results[i].seq > 0)
            session_wrote(request->session, request->region, job->results[i].seq);
}

/* The answer is packed before what the results point to goes. */
static void on_done(void *arg, struct batch_job *job, const struct error *error)
{
    struct request *request = arg;
    struct session *session = request->session;
    enum verb_status status;

    if (error->code != 0 || job->error.code == CONCERT__CODE__BUSY)
        status =
            request_fail(request, error->code != 0 ? error->code : job->error.code, NULL, NULL);
    else if (session != NULL) {
        tell_session(request, job);
        status = fill_answer(request, job);
    } else
        status = VERB_DONE;
    request_resume(request, status);
    if (session != NULL)
        session_pushes(session, -1);
}

struct batch_job *push_job(struct request *request, const Concert__Push *push)
{
    struct batch_job *job = arena_alloc(request->arena, sizeof(*job));
    size_t count = push->n_operations;

    if (job == NULL)
        return NULL;
    job->kind = BATCH_PUSH;
    job->request = request->id;
    job->arena = request->arena;
    job->actor = request->actor;
    job->atomic = push->has_atomic && push->atomic;
    job->count = count;
    job->operations = arena_alloc(request->arena, count * sizeof(*job->operations));
    job->results = arena_alloc(request->arena, count * sizeof(*job->results));
    if (job->operations == NULL || job->results == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        operation_read(push->operations[i], request->arena, &job->operations[i]);
    return job;
}

enum verb_status push_run(struct request *request)
{
    const Concert__Push *push = request->message->push;
    struct batch_job *job;

    if (push->n_operations == 0)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "operations", "required");
    if (push->n_operations > (size_t)session_settings(request->session)->operations) {
        session_limit(request->session, METRICS_LIMIT_OPERATIONS);
        return request_fail(request, CONCERT__CODE__TOO_LARGE, "operations", "count");
    }
    job = push_job(request, push);
    if (job == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    session_pushes(request->session, +1);
    writer_submit(region_writer(request->region), job, on_done, request);
    return VERB_WAIT;
}
