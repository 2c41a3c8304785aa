#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "date.h"
#include "identity.h"
#include "session.h"
#include "text.h"
#include "verbs/caller.h"
#include "verbs/verbs.h"

#define NAME_MAX_BYTES ((size_t)200)

static enum verb_status answer(
    struct request *request, const uint8_t *account, const uint8_t *device)
{
    Concert__JoinAnswer *message = arena_alloc(request->arena, sizeof(*message));

    if (message == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    concert__join_answer__init(message);
    message->has_account = message->has_device = true;
    message->account.len = message->device.len = UUID_SIZE;
    message->account.data = (uint8_t *)arena_copy(request->arena, account, UUID_SIZE);
    message->device.data = (uint8_t *)arena_copy(request->arena, device, UUID_SIZE);
    request->response.answer_case = CONCERT__RESPONSE__ANSWER_JOIN;
    request->response.join = message;
    return VERB_DONE;
}

/* A device that is known has joined: it is answered again, so that a lost answer costs nothing, or
 * told why it may do nothing: its key makes no second device. */
static enum verb_status answer_known(
    struct request *request, enum directory_found found, const struct policy_actor *actor)
{
    return found == DIRECTORY_ACTIVE ? answer(request, actor->account, actor->device)
                                     : request_stranger(request, found);
}

/* As request->error says. */
static enum verb_status refuse(struct request *request)
{
    if (request->session != NULL)
        session_join_failed(request->session);
    return VERB_ERROR;
}

static enum verb_status on_found(struct request *request, struct region *region,
    enum directory_found found, const struct policy_actor *actor)
{
    (void)region;
    return found == DIRECTORY_UNKNOWN ? refuse(request) : answer_known(request, found, actor);
}

/* Where the invitation was used, the device may have used it itself, at another server a moment
 * ago. */
static void on_done(void *arg, struct batch_job *job, const struct error *error)
{
    struct request *request = arg;
    enum verb_status status;

    request->error = job->error;
    if (error->code != 0)
        status = request_fail(request, error->code, NULL, NULL);
    else if (job->error.code == 0)
        status = answer(request, job->actor.account, job->operations[0].id);
    else if (request->session != NULL && strcmp(job->error.rule, "used") == 0)
        status = caller_find(request, request->message->join->region, DIRECTORY_ACTIVE, on_found);
    else
        status = refuse(request);
    if (status != VERB_WAIT)
        request_resume(request, status);
}

static bool fill_device(struct request *request, struct region *region, Concert__Device *device)
{
    const char *name = request->message->join->device_name;
    char fingerprint[IDENTITY_FINGERPRINT_TEXT], today[11];

    concert__device__init(device);
    identity_fingerprint_text(session_fingerprint(request->session), fingerprint);
    date_format(region_today(region), today);
    device->name = (char *)(name == NULL || *name == '\0' ? "-" : name);
    device->fingerprint = arena_copy(request->arena, fingerprint, strlen(fingerprint));
    device->joined_on = arena_copy(request->arena, today, strlen(today));
    return device->fingerprint != NULL && device->joined_on != NULL;
}

static struct batch_job *make_job(struct request *request, struct region *region, const char *code)
{
    struct batch_job *job = arena_alloc(request->arena, sizeof(*job));
    struct decide_operation *op = arena_alloc(request->arena, sizeof(*op));
    Concert__Device *device = arena_alloc(request->arena, sizeof(*device));

    if (job == NULL || op == NULL || device == NULL || !fill_device(request, region, device))
        return NULL;
    job->results = arena_alloc(request->arena, sizeof(*job->results));
    if (job->results == NULL)
        return NULL;
    op->kind = kinds_get(CONCERT__KIND__DEVICE);
    op->patch = &device->base;
    op->authored_at = clock_now();
    uuid_make(clock_now() / 1000, op->id);
    uuid_make(clock_now() / 1000, op->op_id);
    job->kind = BATCH_JOIN;
    job->request = request->id;
    job->operations = op;
    job->count = 1;
    memcpy(job->actor.device, op->id, UUID_SIZE);
    identity_code_hash(code, job->invitation.code_hash);
    return job;
}

enum verb_status join_run(struct request *request)
{
    const Concert__Join *join = request->message->join;
    struct region *region = session_find_region(request->session, join->region);
    const char *name = join->device_name == NULL ? "" : join->device_name;
    enum directory_found found = DIRECTORY_UNKNOWN;
    struct policy_actor actor;
    struct batch_job *job;
    char code[32];

    if (session_joins_blocked(request->session))
        return request_fail(request, CONCERT__CODE__BUSY, NULL, "joins");
    if (session_fingerprint(request->session) == NULL)
        return request_fail(request, CONCERT__CODE__NOT_AUTHENTICATED, "certificate", "required");
    if (region != NULL)
        found = region_actor(region, session_fingerprint(request->session), &actor);
    if (found != DIRECTORY_UNKNOWN)
        return answer_known(request, found, &actor);
    if (region == NULL || join->code == NULL || !identity_code_read(join->code, code)) {
        session_join_failed(request->session);
        return request_fail(request, CONCERT__CODE__NOT_AUTHENTICATED, "code", "unknown");
    }
    if (strlen(name) > NAME_MAX_BYTES || !text_valid_utf8(name, strlen(name)))
        return request_fail(request, CONCERT__CODE__INVALID, "device_name", "length");
    job = make_job(request, region, code);
    if (job == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    writer_submit(region_writer(region), job, on_done, request);
    return VERB_WAIT;
}
