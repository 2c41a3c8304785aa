#include "rules.h"

#include <string.h>

#include "proposal.h"

typedef bool rule_fn(const struct rules_case *c, struct error *error_r);

static bool fail(struct error *error_r, Concert__Code code, const char *field, const char *rule)
{
    *error_r = error_make(code, field, rule, NULL);
    return false;
}

/* --- who ------------------------------------------------------------------------------------- */

static bool own(const struct rules_case *c, const struct store_record *record)
{
    return policy_owns(c->actor, record->owner);
}

/* Named beside the owner: before and after, as with owning. */
static bool named(const struct rules_case *c, const struct store_record *record)
{
    const uint8_t *party = record_reference(record->body, c->kind, c->kind->also);

    return party != NULL && policy_owns(c->actor, party);
}

static bool also(const struct rules_case *c)
{
    return c->kind->also != NULL && (c->before == NULL || named(c, c->before)) &&
           (c->after->body == NULL || named(c, c->after));
}

/* NULL when it is allowed; else the word for why not. */
static const char *denial(const struct policy_question *question)
{
    struct policy_question others = *question;

    if (policy_allows(question))
        return NULL;
    others.own = others.author = true;
    if (!policy_allows(&others))
        return "role";
    return question->author || !question->kind->append_only ? "owner" : "author";
}

/* The record as such, then each field touched. What is owned before and after must both be own, so
 * that nothing is taken from or pushed onto somebody else. */
static bool allowed(const struct rules_case *c, struct error *error_r)
{
    struct policy_question question = {.act = c->act, .kind = c->kind};
    const char *word;

    if (c->actor == NULL)
        return true;
    question.role = c->actor->role;
    question.own = own(c, c->after) && (c->before == NULL || own(c, c->before));
    question.also = also(c);
    question.author = c->before == NULL || uuid_equal(c->before->created_by, c->actor->account);
    if ((word = denial(&question)) != NULL)
        return fail(error_r, CONCERT__CODE__DENIED, NULL, word);
    for (size_t i = 0; i < c->touched->count; i++) {
        question.flags = kinds_field(c->kind, c->touched->name[i])->flags;
        if ((word = denial(&question)) != NULL)
            return fail(error_r, CONCERT__CODE__DENIED, c->touched->name[i], word);
    }
    return true;
}

/* --- who settles a conflict --------------------------------------------------------------------
 */

/* The owner may set the field itself, and everybody may know of it. */
static bool is_the_owners(const struct rules_case *c, const char *name)
{
    struct policy_question owner = {.role = CONCERT__ACCOUNT__ROLE__EDITOR,
        .act = POLICY_CHANGE,
        .kind = c->kind,
        .own = true,
        .flags = kinds_field(c->kind, name)->flags};

    if (owner.flags & KIND_PERSONAL)
        return false;
    if ((owner.flags & KIND_FROZEN) &&
        view_plan_status(c->view, c->before) >= CONCERT__PLAN__STATUS__ADOPTED)
        return false;
    return policy_allows(&owner);
}

static bool are_the_owners(const struct rules_case *c, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_the_owners(c, names[i]))
            return false;
    return true;
}

/* The first field that is not left as the other side has it; NULL: all are. */
static const char *chosen(const struct rules_case *c)
{
    const Concert__Resolution *resolution = c->resolution;

    if (resolution->n_mine > 0)
        return resolution->mine[0];
    if (resolution->n_rewritten > 0)
        return resolution->rewritten[0];
    for (size_t i = 0; i < resolution->n_theirs; i++)
        if (record_named(c->touched, resolution->theirs[i]))
            return resolution->theirs[i];
    return NULL;
}

/* What a party answers for is its to choose, when others clashed with it: they propose, and it
 * answers. What it may not set or everybody may not see, and a deletion, is settled by its author.
 */
static bool owner_decides(const struct rules_case *c, struct error *error_r)
{
    const Concert__Resolution *resolution = c->resolution;

    if (resolution == NULL || chosen(c) == NULL || c->actor == NULL || c->before == NULL ||
        c->act != POLICY_CHANGE || uuid_equal(c->before->owner, uuid_none) || own(c, c->before) ||
        also(c) || c->kind->readers != KIND_READ_ALL || c->kind->writers != KIND_WRITE_EDITORS ||
        !are_the_owners(c, resolution->mine, resolution->n_mine) ||
        !are_the_owners(c, resolution->theirs, resolution->n_theirs) ||
        !are_the_owners(c, resolution->rewritten, resolution->n_rewritten))
        return true;
    return fail(error_r, CONCERT__CODE__DENIED, chosen(c), "owner_decides");
}

/* The record stays as it is: only the log learns how a conflict was settled. */
static bool only_settles(const struct rules_case *c)
{
    return c->act == POLICY_CHANGE && c->resolution != NULL && c->touched->count == 0;
}

/* What the server gives nobody sets, and nobody empties. */
static bool given(const struct rules_case *c, struct error *error_r)
{
    for (size_t i = 0; i < c->touched->count; i++)
        if (kinds_field(c->kind, c->touched->name[i])->flags & KIND_SERVER)
            return fail(error_r, CONCERT__CODE__INVALID, c->touched->name[i], "server");
    return true;
}

/* --- within a record -------------------------------------------------------------------------- */

static bool fixed(const struct rules_case *c, struct error *error_r)
{
    if (c->before == NULL || c->after->body == NULL)
        return true;
    for (size_t i = 0; i < c->touched->count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(c->kind, c->touched->name[i]);

        if (field != NULL && (kinds_field(c->kind, field->name)->flags & KIND_FIXED) &&
            !record_same(c->before->body, c->after->body, field))
            return fail(error_r, CONCERT__CODE__INVALID, field->name, "fixed");
    }
    return true;
}

/* The values of a patch were looked at when it came; what a verb makes by itself, here. */
static bool whole(const struct rules_case *c, struct error *error_r)
{
    const ProtobufCMessage *body = c->after->body;

    return body == NULL || ((c->before != NULL || record_check(c->kind, body, false, error_r)) &&
                               record_check(c->kind, body, true, error_r));
}

/* A session carries its account's parties with it. */
static bool account_parties(const struct rules_case *c, struct error *error_r)
{
    const Concert__Account *account = (const Concert__Account *)c->after->body;

    if (c->kind->id != CONCERT__KIND__ACCOUNT || account == NULL ||
        account->n_parties <= POLICY_PARTIES_MAX)
        return true;
    *error_r = error_make(CONCERT__CODE__INVALID, "parties", "count", "16");
    return false;
}

/* --- between records -------------------------------------------------------------------------- */

static bool refers(const struct rules_case *c, const ProtobufCFieldDescriptor *field, uint64_t refs)
{
    for (size_t i = 0; i < record_count(c->after->body, field); i++) {
        struct record_value value = record_get(c->after->body, field, i);
        const struct view_row *row = view_get(c->view, (const uint8_t *)value.data);

        if (row == NULL || row->record.deleted || !(refs & UINT64_C(1) << row->record.kind->id))
            return false;
    }
    return true;
}

/* Only touched fields are looked at: the others held when they were set. The server's own acts
 * refer to what the database itself vouches for. */
static bool references(const struct rules_case *c, struct error *error_r)
{
    if (c->actor == NULL || c->after->body == NULL)
        return true;
    for (size_t i = 0; i < c->touched->count; i++) {
        const ProtobufCFieldDescriptor *field = record_field(c->kind, c->touched->name[i]);
        uint64_t refs = kinds_field(c->kind, c->touched->name[i])->refs;

        if (field != NULL && refs != 0 && !refers(c, field, refs))
            return fail(error_r, CONCERT__CODE__INVALID, field->name, "reference");
    }
    return true;
}

static bool touches_structure(const struct rules_case *c)
{
    if (c->act == POLICY_DELETE)
        return true;
    for (size_t i = 0; i < c->touched->count; i++)
        if (kinds_field(c->kind, c->touched->name[i])->flags & KIND_FROZEN)
            return true;
    return false;
}

/* Kinds that are structure as such: adding or removing one is a change of the plan's structure. */
static bool is_structure(const struct kind *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].flags & KIND_FROZEN)
            return true;
    return false;
}

/* The one change that a closed plan takes itself: of its status, and of nothing else with it. */
static bool opens_again(const struct rules_case *c)
{
    return c->kind->id == CONCERT__KIND__PLAN && c->act == POLICY_CHANGE &&
           c->touched->count == 1 && record_named(c->touched, "status");
}

/* An adopted plan keeps its structure but for a coordinator's change with a reason; a closed plan
 * takes notes alone. What the server does itself is to forget somebody, and that it must. */
static bool open_plan(const struct rules_case *c, struct error *error_r)
{
    const struct store_record *record = c->before == NULL ? c->after : c->before;
    Concert__Plan__Status status = view_plan_status(c->view, record);

    if (c->actor == NULL)
        return true;
    if (status == CONCERT__PLAN__STATUS__CLOSED && c->kind->id != CONCERT__KIND__NOTE &&
        !opens_again(c))
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "closed");
    if (status != CONCERT__PLAN__STATUS__ADOPTED || !is_structure(c->kind) || !touches_structure(c))
        return true;
    if (c->actor->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "adopted");
    if (c->reason == NULL || *c->reason == '\0')
        return fail(error_r, CONCERT__CODE__FROZEN, "reason", "amendment");
    return true;
}

/* What adopted minutes freeze, and the one field of it that stays open. */
struct minutes_row {
    Concert__Kind kind;
    const char *open; /* NULL: none */
};

static const struct minutes_row minutes_rows[] = {
    {CONCERT__KIND__MEETING, NULL},
    {CONCERT__KIND__AGENDA_ITEM, NULL},
    {CONCERT__KIND__ATTENDANCE, NULL},
    {CONCERT__KIND__FOLLOW_UP, "done_on"},
};

static bool stays_open(const struct rules_case *c)
{
    for (size_t i = 0; i < sizeof(minutes_rows) / sizeof(minutes_rows[0]); i++)
        if (minutes_rows[i].kind == c->kind->id)
            return c->act == POLICY_CHANGE && c->touched->count == 1 &&
                   minutes_rows[i].open != NULL && record_named(c->touched, minutes_rows[i].open);
    return true;
}

/* The minutes come back from adopted, and nothing else changes with it. */
static bool takes_back_minutes(const struct rules_case *c)
{
    const Concert__Meeting *meeting = (const Concert__Meeting *)c->after->body;
    size_t known = (size_t)record_named(c->touched, "minutes_status") +
                   (size_t)record_named(c->touched, "adopted_at");

    return c->kind->id == CONCERT__KIND__MEETING && meeting != NULL && c->touched->count == known &&
           (!meeting->has_minutes_status ||
               meeting->minutes_status != CONCERT__MEETING__MINUTES_STATUS__ADOPTED);
}

/* Once adopted at a later meeting, minutes say for ever what was said and who was there: but for
 * whom the server forgets. */
static bool minutes(const struct rules_case *c, struct error *error_r)
{
    const struct store_record *record = c->before == NULL ? c->after : c->before;

    if (c->actor == NULL || stays_open(c) ||
        view_minutes_status(c->view, record) != CONCERT__MEETING__MINUTES_STATUS__ADOPTED)
        return true;
    if (!takes_back_minutes(c) || c->actor->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "minutes");
    if (c->reason == NULL || *c->reason == '\0')
        return fail(error_r, CONCERT__CODE__FROZEN, "reason", "amendment");
    return true;
}

/* An item that its committee has dealt with is no longer for who asked for it to change or remove:
 * its title says what was decided, and its number is not given again. */
static bool dealt_with(const struct rules_case *c, struct error *error_r)
{
    const Concert__AgendaItem *item =
        c->before == NULL ? NULL : (const Concert__AgendaItem *)c->before->body;

    if (c->kind->id != CONCERT__KIND__AGENDA_ITEM || item == NULL || c->actor == NULL ||
        (item->minutes == NULL && item->resolution == NULL) || policy_staff(c->actor->role) ||
        own(c, c->before))
        return true;
    return fail(error_r, CONCERT__CODE__DENIED, NULL, "owner");
}

static bool is_adopted(const struct store_record *record)
{
    const Concert__Plan *plan = record == NULL ? NULL : (const Concert__Plan *)record->body;

    return plan != NULL && plan->has_status && plan->status >= CONCERT__PLAN__STATUS__ADOPTED;
}

/* Adoption, and coming back from it, is the coordinator's act; coming back has a reason. */
static bool adoption(const struct rules_case *c, struct error *error_r)
{
    if (c->kind->id != CONCERT__KIND__PLAN || is_adopted(c->before) == is_adopted(c->after) ||
        c->actor == NULL)
        return true;
    if (c->actor->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return fail(error_r, CONCERT__CODE__DENIED, "status", "adoption");
    if (c->after->body != NULL && is_adopted(c->before) &&
        (c->reason == NULL || *c->reason == '\0'))
        return fail(error_r, CONCERT__CODE__FROZEN, "reason", "amendment");
    return true;
}

/* An action moves within its plan, an objective's parent is of the same plan: else plan and owner,
 * which are inherited, would lie. There are no circles: parents are fixed. */
static bool same_plan(const struct rules_case *c, struct error *error_r)
{
    const char *name = c->kind->id == CONCERT__KIND__ACTION ? "objective" : "parent";
    const uint8_t *id;
    const struct view_row *row;

    if ((c->kind->id != CONCERT__KIND__ACTION && c->kind->id != CONCERT__KIND__OBJECTIVE) ||
        c->after->body == NULL || !record_named(c->touched, name))
        return true;
    id = record_reference(c->after->body, c->kind, name);
    row = id == NULL ? NULL : view_get(c->view, id);
    if (row != NULL && !uuid_equal(row->record.root, c->after->root))
        return fail(error_r, CONCERT__CODE__INVALID, name, "same_plan");
    return true;
}

static rule_fn *const rules[] = {
    allowed,
    owner_decides,
    given,
    whole,
    fixed,
    references,
    open_plan,
    minutes,
    dealt_with,
    proposal_holds,
    adoption,
    same_plan,
    account_parties,
};

bool rules_hold(const struct rules_case *rule_case, struct error *error_r)
{
    if (only_settles(rule_case))
        return allowed(rule_case, error_r) && owner_decides(rule_case, error_r);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!rules[i](rule_case, error_r))
            return false;
    return true;
}
