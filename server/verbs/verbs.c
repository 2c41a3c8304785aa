#include "verbs/verbs.h"

static const struct verb verbs[] = {
    {CONCERT__REQUEST__VERB_HELLO, "hello", VERB_STRANGER, hello_run},
    {CONCERT__REQUEST__VERB_JOIN, "join", VERB_STRANGER, join_run},
    {CONCERT__REQUEST__VERB_PULL, "pull", VERB_DEVICE, pull_run},
    {CONCERT__REQUEST__VERB_PUSH, "push", VERB_DEVICE, push_run},
    {CONCERT__REQUEST__VERB_HISTORY, "history", VERB_DEVICE, history_run},
    {CONCERT__REQUEST__VERB_INVITE, "invite", VERB_COORDINATOR, invite_run},
    {CONCERT__REQUEST__VERB_PUT_DOCUMENT, "put_document", VERB_DEVICE, put_document_run},
    {CONCERT__REQUEST__VERB_GET_DOCUMENT, "get_document", VERB_DEVICE, get_document_run},
    {CONCERT__REQUEST__VERB_CARRY, "carry", VERB_DEVICE, carry_run},
    {CONCERT__REQUEST__VERB_SURRENDER, "surrender", VERB_REVOKED, surrender_run},
};

const struct verb *verbs_get(Concert__Request__VerbCase number)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (verbs[i].number == number)
            return &verbs[i];
    return NULL;
}
