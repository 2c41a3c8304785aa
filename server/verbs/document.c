#include "verbs/document.h"

struct error document_fault(
    const struct request *request, const struct store_document *document, enum policy_act act)
{
    struct policy_question question = {.role = request->actor.role, .act = act};
    bool author = uuid_equal(document->created_by, request->actor.account);

    if (!document->found)
        return error_make(CONCERT__CODE__NOT_FOUND, "document", "record", NULL);
    if (document->kind != NULL && document->kind->readers != KIND_READ_ALL &&
        !policy_staff(question.role)) /* it is not there for who may not read it */
        return error_make(CONCERT__CODE__NOT_FOUND, "document", "record", NULL);
    if (document->kind == NULL || document->kind->id != CONCERT__KIND__DOCUMENT)
        return error_make(CONCERT__CODE__INVALID, "document", "kind", NULL);
    if (document->deleted || document->size == 0)
        return error_make(CONCERT__CODE__NOT_FOUND, "document", "deleted", NULL);
    question.kind = document->kind;
    question.own = policy_owns(&request->actor, document->owner);
    question.author = author;
    if (policy_allows(&question))
        return (struct error){0};
    question.own = question.author = true;
    return error_make(
        CONCERT__CODE__DENIED, NULL, policy_allows(&question) ? "owner" : "role", NULL);
}

bool document_broken(const struct store_document *document)
{
    return document->size > 0 && document->whole != (document->held == document->size);
}
