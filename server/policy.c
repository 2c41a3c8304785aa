#include "policy.h"

enum reach { NOBODY, OWNERS, ANYONE };

/* How far each role reaches when it writes a kind, by the kind's class. */
struct reach_row {
    enum kind_writers writers;
    enum reach coordinator, secretariat, editor, reader;
};

static const struct reach_row reaches[] = {
    {KIND_WRITE_EDITORS, ANYONE, ANYONE, OWNERS, NOBODY},
    {KIND_WRITE_PROPOSERS, ANYONE, ANYONE, OWNERS, NOBODY},
    {KIND_WRITE_STAFF, ANYONE, ANYONE, NOBODY, NOBODY},
    {KIND_WRITE_COORDINATOR, ANYONE, NOBODY, NOBODY, NOBODY},
    {KIND_WRITE_SERVER, ANYONE, NOBODY, NOBODY, NOBODY},
};

bool policy_staff(Concert__Account__Role role)
{
    return role == CONCERT__ACCOUNT__ROLE__COORDINATOR ||
           role == CONCERT__ACCOUNT__ROLE__SECRETARIAT;
}

static enum reach reach_of(Concert__Account__Role role, enum kind_writers writers)
{
    for (size_t i = 0; i < sizeof(reaches) / sizeof(reaches[0]); i++) {
        if (reaches[i].writers != writers)
            continue;
        if (role == CONCERT__ACCOUNT__ROLE__COORDINATOR)
            return reaches[i].coordinator;
        if (role == CONCERT__ACCOUNT__ROLE__SECRETARIAT)
            return reaches[i].secretariat;
        return role == CONCERT__ACCOUNT__ROLE__EDITOR ? reaches[i].editor : reaches[i].reader;
    }
    return NOBODY;
}

static bool may_read(const struct policy_question *question)
{
    if (policy_staff(question->role) || question->own || question->also)
        return true;
    return question->kind->readers == KIND_READ_ALL && !(question->flags & KIND_PERSONAL);
}

/* What somebody who is not the owner may do to a record at most: make it, and take back what it
 * made itself. */
static bool may_as_guest(const struct policy_question *question, bool change)
{
    if (question->role != CONCERT__ACCOUNT__ROLE__EDITOR || question->flags & KIND_OWNERS)
        return false;
    return question->act == POLICY_CREATE || (question->act == POLICY_CHANGE && change) ||
           (question->act == POLICY_DELETE && question->author);
}

/* An editor proposes for what others own; the owner then answers. A party that a record names
 * beside its owner writes its part of it. */
static bool may_besides(const struct policy_question *question)
{
    if (question->kind->writers == KIND_WRITE_PROPOSERS)
        return may_as_guest(question, false);
    return question->also && may_as_guest(question, true);
}

static bool may_write(const struct policy_question *question)
{
    bool coordinator = question->role == CONCERT__ACCOUNT__ROLE__COORDINATOR;

    if (question->kind->writers == KIND_WRITE_SERVER && question->act != POLICY_CHANGE)
        return false;
    if ((question->flags & KIND_COORDINATOR) && !coordinator)
        return false;
    if ((question->flags & KIND_STAFF) && !policy_staff(question->role))
        return false;
    if (question->kind->append_only && question->act != POLICY_CREATE && !question->author)
        return false;
    switch (reach_of(question->role, question->kind->writers)) {
    case ANYONE:
        return true;
    case OWNERS:
        return question->own || may_besides(question);
    default:
        return false;
    }
}

bool policy_allows(const struct policy_question *question)
{
    return question->act == POLICY_READ ? may_read(question) : may_write(question);
}

bool policy_owns(const struct policy_actor *actor, const uint8_t owner[UUID_SIZE])
{
    for (size_t i = 0; i < actor->n_parties; i++)
        if (uuid_equal(actor->parties[i], owner) && !uuid_equal(owner, uuid_none))
            return true;
    return false;
}
