#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "invitation.h"
#include "session.h"
#include "verbs/verbs.h"

#define DAYS_DEFAULT 7
#define DAYS_MAX 90

struct invite {
    struct batch_job job;
    char code[32];
};

static void on_done(void *arg, struct batch_job *job, const struct error *error)
{
    struct request *request = arg;
    const struct invite *invite = request->data;
    Concert__InviteAnswer *answer = arena_alloc(request->arena, sizeof(*answer));
    enum verb_status status = VERB_DONE;
    char line[IDENTITY_LINE_MAX];

    if (error->code != 0)
        status = request_fail(request, error->code, NULL, NULL);
    else if (job->error.code != 0) {
        request->error = job->error;
        status = VERB_ERROR;
    } else if (answer == NULL || request->session == NULL ||
               !invitation_line(session_settings(request->session),
                   region_settings(request->region), session_server_fingerprint(request->session),
                   invite->code, line))
        status = request_fail(request, CONCERT__CODE__INTERNAL, "address", NULL);
    else {
        concert__invite_answer__init(answer);
        answer->invitation = arena_copy(request->arena, line, strlen(line));
        answer->has_expires_at = true;
        answer->expires_at = job->invitation.expires_at;
        request->response.answer_case = CONCERT__RESPONSE__ANSWER_INVITE;
        request->response.invite = answer;
    }
    request_resume(request, status);
}

enum verb_status invite_run(struct request *request)
{
    const Concert__Invite *message = request->message->invite;
    uint32_t days = message->has_days ? message->days : DAYS_DEFAULT;
    struct invite *invite = arena_alloc(request->arena, sizeof(*invite));

    if (invite == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    if (!message->has_account || message->account.len != UUID_SIZE)
        return request_fail(request, CONCERT__CODE__BAD_REQUEST, "account", "id");
    if (days == 0 || days > DAYS_MAX) {
        request->error = error_make(CONCERT__CODE__INVALID, "days", "range", "1-90");
        return VERB_ERROR;
    }
    request->data = invite;
    invite->job.kind = BATCH_INVITE;
    invite->job.request = request->id;
    invite->job.actor = request->actor;
    invitation_make(
        message->account.data, clock_now(), days, invite->code, &invite->job.invitation);
    writer_submit(region_writer(request->region), &invite->job, on_done, request);
    return VERB_WAIT;
}
