/*
 * What a revoked device had not sent goes to quarantine, operation by operation, until a
 * coordinator reviews it. The device is told what was kept, and nothing else.
 */
#include <string.h>

#include "log.h"
#include "session.h"
#include "store/store_read.h"
#include "verbs/caller.h"
#include "verbs/quarantine.h"
#include "verbs/verbs.h"

struct surrendering {
    struct request *request;
    struct batch_job *job;
    uint8_t device[UUID_SIZE];
};

static void end(struct surrendering *surrendering, enum verb_status status)
{
    region_surrender_ends(surrendering->request->region, surrendering->device);
    request_resume(surrendering->request, status);
}

static enum verb_status answer(struct request *request, const struct batch_job *job)
{
    Concert__SurrenderAnswer *answer = quarantine_answer(request->arena, job);

    if (answer == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_SURRENDER;
    request->response.surrender = answer;
    return VERB_DONE;
}

static void on_written(void *arg, struct batch_job *job, const struct error *error)
{
    struct surrendering *surrendering = arg;
    struct request *request = surrendering->request;
    Concert__Code code = error->code != 0 ? error->code : job->error.code;

    request_log(request, LOG_LEVEL_INFO, "event=surrender operations=%zu refused=%zu", job->count,
        quarantine_refused(job));
    if (request->session == NULL)
        end(surrendering, VERB_DONE);
    else if (code == CONCERT__CODE__BUSY || code == CONCERT__CODE__UNAVAILABLE)
        end(surrendering, request_fail(request, code, NULL, NULL));
    else
        end(surrendering, answer(request, job));
}

static void on_counted(
    void *arg, enum store_status status, const struct store_quarantined *quarantined)
{
    struct surrendering *surrendering = arg;
    struct request *request = surrendering->request;

    if (request->session == NULL) {
        end(surrendering, VERB_DONE);
        return;
    }
    if (status != STORE_OK) {
        end(surrendering, request_fail(request, CONCERT__CODE__UNAVAILABLE, NULL, NULL));
        return;
    }
    quarantine_place(surrendering->job, quarantined);
    writer_submit(region_writer(request->region), surrendering->job, on_written, surrendering);
}

/* What is wrong with the whole: VERB_ERROR, the request failed; VERB_DONE: nothing. */
static enum verb_status check(struct request *request)
{
    const Concert__Surrender *message = request->message->surrender;
    size_t most = (size_t)session_settings(request->session)->operations;
    size_t count = quarantine_count(message->pushes, message->n_pushes);

    if (request->nul != NULL)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, request->nul, "nul");
    if (count == 0)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "operations", "required");
    if (count > most)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, "operations", "count");
    return VERB_DONE;
}

static enum verb_status take(struct request *request, struct region *region,
    enum directory_found found, const struct policy_actor *actor)
{
    const Concert__Surrender *message = request->message->surrender;
    struct surrendering *surrendering = arena_alloc(request->arena, sizeof(*surrendering));
    enum verb_status status;

    if (found != DIRECTORY_REVOKED)
        return request_stranger(request, found);
    status = check(request);
    if (status != VERB_DONE)
        return status;
    if (surrendering == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    *surrendering = (struct surrendering){.request = request};
    surrendering->job = quarantine_job(actor, message->pushes, message->n_pushes, request->arena);
    if (surrendering->job == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    memcpy(surrendering->device, actor->device, UUID_SIZE);
    if (!region_surrender_begins(region, surrendering->device))
        return request_fail(request, CONCERT__CODE__BUSY, NULL, NULL);
    request->region = region;
    request->actor = *actor;
    store_quarantined(region_store(region), surrendering->device, on_counted, surrendering);
    return VERB_WAIT;
}

enum verb_status surrender_run(struct request *request)
{
    return caller_find(request, request->message->surrender->region, DIRECTORY_REVOKED, take);
}
