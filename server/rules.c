#include "rules.h"

#include <string.h>

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

/* The record as such, then each field touched. What is owned before and after must both be own, so
 * that nothing is taken from or pushed onto somebody else. */
static bool allowed(const struct rules_case *c, struct error *error_r)
{
    struct policy_question question = {.act = c->act, .kind = c->kind};

    if (c->actor == NULL)
        return true;
    question.role = c->actor->role;
    question.own = own(c, c->after) && (c->before == NULL || own(c, c->before));
    question.author = c->before == NULL || uuid_equal(c->before->created_by, c->actor->account);
    if (!policy_allows(&question)) {
        bool others = policy_allows(&(struct policy_question){
            .role = question.role, .act = c->act, .kind = c->kind, .own = true, .author = true});

        return fail(error_r, CONCERT__CODE__DENIED, NULL,
            !others                                    ? "role"
            : question.author || !c->kind->append_only ? "owner"
                                                       : "author");
    }
    for (size_t i = 0; i < c->touched->count; i++) {
        question.flags = kinds_field(c->kind, c->touched->name[i])->flags;
        if (!policy_allows(&question))
            return fail(error_r, CONCERT__CODE__DENIED, c->touched->name[i], "role");
    }
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

static bool whole(const struct rules_case *c, struct error *error_r)
{
    return c->after->body == NULL || record_check(c->kind, c->after->body, true, error_r);
}

static bool share_blocked(const struct rules_case *c, struct error *error_r)
{
    const Concert__Share *share = (const Concert__Share *)c->after->body;

    if (c->kind->id != CONCERT__KIND__SHARE || share == NULL || !share->has_status ||
        share->status != CONCERT__SHARE__STATUS__BLOCKED)
        return true;
    if (share->blocked_by == NULL)
        return fail(error_r, CONCERT__CODE__INVALID, "blocked_by", "blocked");
    if (!share->has_help_from)
        return fail(error_r, CONCERT__CODE__INVALID, "help_from", "blocked");
    return true;
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

/* Pairs of fields whose first may not be above the second. ISO dates compare as texts. */
struct order {
    Concert__Kind kind;
    const char *low, *high;
};

static const struct order orders[] = {
    {CONCERT__KIND__PLAN, "starts_on", "ends_on"},
    {CONCERT__KIND__MEMBERSHIP, "since", "until"},
    {CONCERT__KIND__DEADLINE, "earliest", "latest"},
    {CONCERT__KIND__DEADLINE, "times_min", "times_max"},
    {CONCERT__KIND__PARTY, "meetings_min", "meetings_max"},
};

static bool above(struct record_value a, struct record_value b)
{
    return a.data == NULL ? a.number > b.number : strcmp(a.data, b.data) > 0;
}

static bool ordered(const struct rules_case *c, struct error *error_r)
{
    const ProtobufCMessage *body = c->after->body;

    for (size_t i = 0; body != NULL && i < sizeof(orders) / sizeof(orders[0]); i++) {
        const ProtobufCFieldDescriptor *low, *high;

        if (orders[i].kind != c->kind->id)
            continue;
        low = record_field(c->kind, orders[i].low);
        high = record_field(c->kind, orders[i].high);
        if (record_count(body, low) > 0 && record_count(body, high) > 0 &&
            above(record_get(body, low, 0), record_get(body, high, 0)))
            return fail(error_r, CONCERT__CODE__INVALID, orders[i].high, "order");
    }
    return true;
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

/* design/domain.md: an adopted plan keeps its structure but for a coordinator's change with a
 * reason; a closed plan takes notes alone. */
static bool open_plan(const struct rules_case *c, struct error *error_r)
{
    const struct store_record *record = c->before == NULL ? c->after : c->before;
    Concert__Plan__Status status = view_plan_status(c->view, record);

    if (status == CONCERT__PLAN__STATUS__CLOSED && c->kind->id != CONCERT__KIND__NOTE &&
        !opens_again(c))
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "closed");
    if (status != CONCERT__PLAN__STATUS__ADOPTED || !is_structure(c->kind) ||
        !touches_structure(c) || c->actor == NULL)
        return true;
    if (c->actor->role != CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "adopted");
    if (c->reason == NULL || *c->reason == '\0')
        return fail(error_r, CONCERT__CODE__FROZEN, "reason", "amendment");
    return true;
}

static bool is_adopted(const struct store_record *record)
{
    const Concert__Plan *plan = record == NULL ? NULL : (const Concert__Plan *)record->body;

    return plan != NULL && plan->has_status && plan->status >= CONCERT__PLAN__STATUS__ADOPTED;
}

/* Adoption, and coming back from it, is the coordinator's act. */
static bool adoption(const struct rules_case *c, struct error *error_r)
{
    if (c->kind->id != CONCERT__KIND__PLAN || is_adopted(c->before) == is_adopted(c->after) ||
        c->actor == NULL || c->actor->role == CONCERT__ACCOUNT__ROLE__COORDINATOR)
        return true;
    return fail(error_r, CONCERT__CODE__DENIED, "status", "adoption");
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
    if (row != NULL && !uuid_equal(row->record.plan, c->after->plan))
        return fail(error_r, CONCERT__CODE__INVALID, name, "same_plan");
    return true;
}

static rule_fn *const rules[] = {
    allowed,
    whole,
    fixed,
    references,
    open_plan,
    adoption,
    same_plan,
    share_blocked,
    account_parties,
    ordered,
};

bool rules_hold(const struct rules_case *rule_case, struct error *error_r)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!rules[i](rule_case, error_r))
            return false;
    return true;
}
