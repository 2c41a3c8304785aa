#include "proposal.h"

#include <string.h>

#define NEVER (KIND_SERVER | KIND_FIXED | KIND_PERSONAL)

static bool fail(struct error *error_r, Concert__Code code, const char *field, const char *rule)
{
    *error_r = error_make(code, field, rule, NULL);
    return false;
}

static const Concert__Proposal *body(const struct store_record *record)
{
    return record == NULL ? NULL : (const Concert__Proposal *)record->body;
}

static Concert__Proposal__Status status(const struct store_record *record)
{
    const Concert__Proposal *proposal = body(record);

    return proposal == NULL || !proposal->has_status ? CONCERT__PROPOSAL__STATUS__OPEN
                                                     : proposal->status;
}

/* The subject as the batch has it; NULL when it is not there. */
static const struct store_record *subject(const struct rules_case *c)
{
    const uint8_t *id = record_reference(c->after->body, c->kind, "subject");
    const struct view_row *row = id == NULL ? NULL : view_get(c->view, id);

    return row == NULL ? NULL : &row->record;
}

/* A field's bytes, as a message of the subject's kind; NULL with what is wrong. */
static ProtobufCMessage *decode(const struct rules_case *c, const struct kind *kind,
    ProtobufCBinaryData bytes, const char *field, struct error *error_r)
{
    ProtobufCMessage *message = record_decode(
        kind, bytes.data == NULL ? "" : (const char *)bytes.data, bytes.len, c->arena, error_r);

    if (message == NULL)
        fail(error_r, CONCERT__CODE__INVALID, field, "encoding");
    return message;
}

/* The word for what no proposal may ask of a field; NULL: it may be asked. */
static const char *beyond(const struct kind *kind, const char *name)
{
    unsigned flags = kinds_field(kind, name)->flags & NEVER;

    if (flags == 0)
        return NULL;
    return flags & KIND_SERVER ? "server" : flags & KIND_FIXED ? "fixed" : "personal";
}

/* Where it comes from an operation that was in conflict: which, and what its author saw. Everybody
 * reads that too. */
static bool origin(const struct rules_case *c, const struct kind *kind, struct error *error_r)
{
    const Concert__Proposal *proposal = body(c->after);
    ProtobufCMessage *seen;

    if (proposal->has_operation && proposal->operation.len != UUID_SIZE)
        return fail(error_r, CONCERT__CODE__INVALID, "operation", "id");
    if (!proposal->has_seen)
        return true;
    seen = decode(c, kind, proposal->seen, "seen", error_r);
    for (unsigned i = 0; seen != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if (record_count(seen, field) > 0 &&
            (kinds_field(kind, field->name)->flags & KIND_PERSONAL))
            return fail(error_r, CONCERT__CODE__INVALID, "seen", "personal");
    }
    return seen != NULL;
}

/* Everybody reads a proposal, and whoever accepts it must be able to apply it as it stands. */
static bool sound(const struct rules_case *c, struct error *error_r)
{
    const Concert__Proposal *proposal = body(c->after);
    const struct kind *kind = subject(c) == NULL ? NULL : subject(c)->kind;
    ProtobufCMessage *patch =
        kind == NULL ? NULL : decode(c, kind, proposal->patch, "patch", error_r);
    struct record_names names;
    char rule[sizeof(error_r->rule)];

    if (kind == NULL)
        return fail(error_r, CONCERT__CODE__INVALID, "subject", "reference");
    if (patch == NULL)
        return false;
    for (size_t i = 0; i < proposal->n_clear; i++)
        if (record_field(kind, proposal->clear[i]) == NULL)
            return fail(error_r, CONCERT__CODE__INVALID, "clear", "field");
    if (!record_check(kind, patch, false, error_r)) {
        memcpy(rule, error_r->rule, sizeof(rule));
        return fail(error_r, CONCERT__CODE__INVALID, "patch", rule);
    }
    if (!record_touched(
            kind, patch, (const char *const *)proposal->clear, proposal->n_clear, c->arena, &names))
        return fail(error_r, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    for (size_t i = 0; i < names.count; i++)
        if (beyond(kind, names.name[i]) != NULL)
            return fail(error_r, CONCERT__CODE__INVALID, "patch", beyond(kind, names.name[i]));
    if (names.count == 0)
        return fail(error_r, CONCERT__CODE__INVALID, "patch", "required");
    return origin(c, kind, error_r);
}

/* The subject is as was proposed. Its body is there when the same push changes it. */
static bool applied(const struct rules_case *c, struct error *error_r)
{
    const Concert__Proposal *proposal = body(c->after);
    const struct store_record *about = subject(c);
    bool same = about != NULL && about->body != NULL;
    ProtobufCMessage *patch =
        same ? decode(c, about->kind, proposal->patch, "patch", error_r) : NULL;

    for (unsigned i = 0; patch != NULL && same && i < about->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &about->kind->descriptor->fields[i];

        same = record_count(patch, field) == 0 || record_same(about->body, patch, field);
    }
    for (size_t i = 0; patch != NULL && same && i < proposal->n_clear; i++) {
        const ProtobufCFieldDescriptor *field = record_field(about->kind, proposal->clear[i]);

        same = field == NULL || record_count(about->body, field) == 0;
    }
    if (patch == NULL || !same)
        return fail(error_r, CONCERT__CODE__INVALID, "status", "applied");
    return true;
}

/* Who may remove an answered proposal is whoever may remove its subject. */
static bool settled(const struct rules_case *c)
{
    if (status(c->before) == CONCERT__PROPOSAL__STATUS__OPEN)
        return false;
    return c->act == POLICY_CHANGE || (c->actor != NULL && !policy_staff(c->actor->role) &&
                                          !policy_owns(c->actor, c->before->owner));
}

bool proposal_holds(const struct rules_case *rule_case, struct error *error_r)
{
    const struct rules_case *c = rule_case;

    if (c->kind->id != CONCERT__KIND__PROPOSAL)
        return true;
    if (c->before != NULL && settled(c))
        return fail(error_r, CONCERT__CODE__FROZEN, NULL, "settled");
    if (c->after->body == NULL)
        return true;
    if (c->before == NULL && !sound(c, error_r))
        return false;
    return status(c->after) != CONCERT__PROPOSAL__STATUS__ACCEPTED || applied(c, error_r);
}
