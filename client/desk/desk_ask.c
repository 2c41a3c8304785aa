/* Questions that only the server can answer. */
#include "desk/desk_internal.h"
#include "desk/desk_line.h"

static Concert__Response *ask(struct desk *desk, Concert__Request *request,
    Concert__Response__AnswerCase answer, struct desk_why *why_r)
{
    struct arena *arena = desk_arena(why_r);
    Concert__Response *response = arena == NULL ? NULL : desk_ask(desk, request, arena, why_r);

    if (response != NULL && response->answer_case != answer) {
        desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
        response = NULL;
    }
    desk_hand_out(desk, arena);
    return response;
}

const Concert__HistoryAnswer *desk_history(
    struct desk *desk, const uint8_t *id, uint64_t before, uint32_t limit, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__History history = CONCERT__HISTORY__INIT;
    Concert__Response *response;

    if (id != NULL) {
        history.has_id = true;
        history.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id};
    }
    history.has_before = before > 0;
    history.before = before;
    history.has_limit = limit > 0;
    history.limit = limit;
    request.verb_case = CONCERT__REQUEST__VERB_HISTORY;
    request.history = &history;
    response = ask(desk, &request, CONCERT__RESPONSE__ANSWER_HISTORY, why_r);
    return response == NULL ? NULL : response->history;
}

const char *desk_invite(struct desk *desk, const uint8_t account[UUID_SIZE], uint32_t days,
    int64_t *expires_at_r, struct desk_why *why_r)
{
    Concert__Request request = CONCERT__REQUEST__INIT;
    Concert__Invite invite = CONCERT__INVITE__INIT;
    Concert__Response *response;

    invite.has_account = true;
    invite.account = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)account};
    invite.has_days = days > 0;
    invite.days = days;
    request.verb_case = CONCERT__REQUEST__VERB_INVITE;
    request.invite = &invite;
    response = ask(desk, &request, CONCERT__RESPONSE__ANSWER_INVITE, why_r);
    if (response == NULL)
        return NULL;
    if (response->invite->invitation == NULL) {
        desk_fail(why_r, DESK_UNREACHABLE, desk->identity.address);
        return NULL;
    }
    *expires_at_r = response->invite->expires_at;
    return response->invite->invitation;
}
