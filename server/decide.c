#include "decide.h"

#include <stdio.h>
#include <string.h>

#include "chain.h"
#include "derive.h"
#include "rules.h"

/* One operation being decided. */
struct decision {
    struct view *view;
    const struct policy_actor *actor;
    bool bound;
    int64_t now;
    const struct decide_operation *op;
    struct arena *arena;
    struct decide_result *result;
    const struct view_row *row; /* NULL: the record is new */
    struct record_names touched;
    struct store_record after;
};

static void refuse(struct decision *d, struct error error)
{
    d->result->status = CONCERT__RESULT__STATUS__REFUSED;
    d->result->error = error;
}

static void refuse_with(struct decision *d, Concert__Code code, const char *field, const char *rule)
{
    refuse(d, error_make(code, field, rule, NULL));
}

/* What a known operation led to is told to its author alone: to others its id is just taken. */
static bool answer_known(struct decision *d)
{
    const struct store_known *known = view_known(d->view, d->op->op_id);

    if (known == NULL)
        return false;
    if (!uuid_equal(known->account, d->actor->account)) {
        refuse_with(d, CONCERT__CODE__EXISTS, "op_id", "unique");
        return true;
    }
    d->result->status = CONCERT__RESULT__STATUS__DUPLICATE;
    d->result->seq = known->seq;
    d->result->revision = known->revision;
    memcpy(d->result->handle, known->handle, sizeof(d->result->handle));
    return true;
}

static bool check_target(struct decision *d)
{
    d->row = view_get(d->view, d->op->id);
    if (d->op->base == 0 && d->row != NULL)
        refuse_with(d, CONCERT__CODE__EXISTS, "id", "unique");
    else if (d->op->base == 0 && d->op->remove)
        refuse_with(d, CONCERT__CODE__INVALID, "base_revision", "base_revision");
    else if (d->op->base > 0 && d->row == NULL)
        refuse_with(d, CONCERT__CODE__NOT_FOUND, "id", "record");
    else if (d->row != NULL && d->row->record.kind != d->op->kind)
        refuse_with(d, CONCERT__CODE__INVALID, "kind", "kind");
    else if (d->row != NULL && d->row->record.deleted)
        refuse_with(d, CONCERT__CODE__NOT_FOUND, "id", "deleted");
    else if (d->row != NULL && d->row->record.body == NULL) /* its table lacks it: damage */
        refuse_with(d, CONCERT__CODE__INTERNAL, NULL, NULL);
    else if (d->row != NULL && d->op->base > d->row->record.revision)
        refuse_with(d, CONCERT__CODE__INVALID, "base_revision", "base_revision");
    else
        return true;
    return false;
}

/* Owner and root are the record's own or those of what it hangs on; the fields are fixed. */
static void inherit(struct decision *d)
{
    const struct kind *kind = d->op->kind;
    const uint8_t *id = NULL;
    const struct view_row *parent;

    if (kind->owner != NULL && strcmp(kind->owner, "id") == 0)
        id = d->after.id;
    else if (kind->owner != NULL)
        id = record_reference(d->after.body, kind, kind->owner);
    parent = id == NULL ? NULL : view_get(d->view, id);
    if (id != NULL && (parent == NULL || parent->record.kind->id == CONCERT__KIND__PARTY))
        memcpy(d->after.owner, id, UUID_SIZE);
    else if (parent != NULL)
        memcpy(d->after.owner, parent->record.owner, UUID_SIZE);
    id = kind->parent == NULL ? NULL : record_reference(d->after.body, kind, kind->parent);
    parent = id == NULL ? NULL : view_get(d->view, id);
    if (kind->id == CONCERT__KIND__PLAN || kind->id == CONCERT__KIND__MEETING)
        memcpy(d->after.root, d->after.id, UUID_SIZE);
    else if (parent != NULL) {
        memcpy(d->after.root, parent->record.root, UUID_SIZE);
        d->after.root_says = parent->record.root_says;
    }
}

static void name_it(struct decision *d)
{
    const struct kind *kind = d->op->kind;
    struct store_head *head = view_head(d->view);

    if (kind->prefix != NULL) {
        if (d->row == NULL)
            snprintf(d->after.handle, sizeof(d->after.handle), "%s%u", kind->prefix,
                ++head->serials[kind->id]);
        return;
    }
    for (unsigned i = 0; d->after.body != NULL && i < kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &kind->descriptor->fields[i];

        if ((kinds_field(kind, field->name)->flags & KIND_NUMBER) &&
            record_count(d->after.body, field) > 0)
            snprintf(d->after.handle, sizeof(d->after.handle), "%s",
                record_get(d->after.body, field, 0).data);
    }
}

/* The record as it would be. The handle waits until it is sure to be. */
static bool build(struct decision *d)
{
    const struct decide_operation *op = d->op;

    if (d->row != NULL)
        d->after = d->row->record;
    else {
        d->after = (struct store_record){.kind = op->kind, .created_at = d->now};
        memcpy(d->after.id, op->id, UUID_SIZE);
        memcpy(d->after.created_by, d->actor->account, UUID_SIZE);
    }
    d->after.deleted = op->remove;
    d->after.body = NULL;
    if (op->remove)
        return true;
    d->after.body = record_patch(op->kind, d->row == NULL ? NULL : d->row->record.body, op->patch,
        op->clear, op->n_clear, d->arena);
    if (d->after.body == NULL)
        return false;
    if (d->row == NULL)
        inherit(d);
    return true;
}

static bool rules_pass(struct decision *d)
{
    struct rules_case rule_case = {.view = d->view,
        .actor = d->bound ? d->actor : NULL,
        .kind = d->op->kind,
        .act = d->op->remove    ? POLICY_DELETE
               : d->row == NULL ? POLICY_CREATE
                                : POLICY_CHANGE,
        .before = d->row == NULL ? NULL : &d->row->record,
        .after = &d->after,
        .touched = &d->touched,
        .reason = d->op->reason,
        .arena = d->arena};
    struct error error = {0};

    if (rules_hold(&rule_case, &error))
        return true;
    refuse(d, error);
    return false;
}

/* All that the record may hold: its kind's fields, and those of a later version that were set. */
static void name_all(const struct decision *d, struct record_names *names_r)
{
    const ProtobufCMessageDescriptor *descriptor = d->op->kind->descriptor;
    const size_t most = sizeof(names_r->name) / sizeof(names_r->name[0]);

    names_r->count = 0;
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        names_r->name[names_r->count++] = descriptor->fields[i].name;
    for (size_t i = 0; i < d->row->n_changes; i++)
        for (size_t j = 0; j < d->row->changes[i]->n_fields; j++) {
            const char *name = d->row->changes[i]->fields[j];

            if (name[0] == '#' && names_r->count < most && !record_named(names_r, name))
                names_r->name[names_r->count++] = name;
        }
}

/* A deletion touches everything: whatever changed unseen would be lost with it. */
static bool clash(struct decision *d, bool *merged_r)
{
    struct record_names all;
    const ProtobufCMessage *empty = record_new(d->op->kind, d->arena);
    const struct record_names *touched = &d->touched;

    *merged_r = false;
    if (d->row == NULL)
        return false;
    if (d->op->remove) {
        name_all(d, &all);
        touched = &all;
    }
    d->result->n_clashes =
        empty == NULL
            ? SIZE_MAX
            : merge_clashes(d->op->kind, d->row->record.body, d->op->remove ? empty : d->after.body,
                  touched, d->row->changes, d->row->n_changes, d->op->base, d->actor->device,
                  d->arena, &d->result->clashes, merged_r);
    if (d->result->n_clashes == SIZE_MAX) {
        d->result->n_clashes = 0;
        refuse_with(d, CONCERT__CODE__TOO_LARGE, NULL, "memory");
        return true;
    }
    if (d->result->n_clashes > 0)
        d->result->status = CONCERT__RESULT__STATUS__CONFLICT;
    return d->result->n_clashes > 0;
}

/* What the server adds to the change; the patch as it is then, NULL when memory is out. */
static const ProtobufCMessage *given(struct decision *d)
{
    struct derive_case derive_case = {.view = d->view,
        .kind = d->op->kind,
        .before = d->row == NULL ? NULL : &d->row->record,
        .after = &d->after,
        .patch = d->op->patch,
        .touched = &d->touched,
        .now = d->now,
        .seq = view_head(d->view)->seq + 1,
        .arena = d->arena};

    return derive_give(&derive_case) ? derive_case.patch : NULL;
}

static bool commit(struct decision *d, bool merged)
{
    const ProtobufCMessage *patch = given(d);
    struct store_head *head = view_head(d->view);
    struct store_change change = {.seq = head->seq + 1,
        .kind = d->op->kind,
        .revision = d->after.revision + 1,
        .at = d->now,
        .authored_at = d->op->authored_at,
        .fields = arena_alloc(d->arena, (d->touched.count + 1) * sizeof(char *)),
        .n_fields = d->touched.count,
        .deleted = d->op->remove,
        .reason = d->op->reason};

    if (patch != NULL)
        change.patch = record_encode(patch, d->arena, &change.patch_size);
    if (change.fields == NULL || change.patch == NULL)
        return false;
    memcpy((void *)change.fields, d->touched.name, d->touched.count * sizeof(char *));
    memcpy(change.op_id, d->op->op_id, UUID_SIZE);
    memcpy(change.id, d->op->id, UUID_SIZE);
    memcpy(change.account, d->actor->account, UUID_SIZE);
    memcpy(change.device, d->actor->device, UUID_SIZE);
    chain_patch(change.patch, change.patch_size, change.patch_hash);
    chain_next(head->hash, &change, change.hash);
    name_it(d);
    d->after.revision = change.revision;
    d->after.seq = change.seq;
    d->after.changed_at = d->now;
    memcpy(d->after.changed_by, d->actor->account, UUID_SIZE);
    memcpy(d->after.hash, change.hash, STORE_HASH_SIZE);
    d->result->status = merged ? CONCERT__RESULT__STATUS__MERGED : CONCERT__RESULT__STATUS__APPLIED;
    d->result->seq = change.seq;
    d->result->revision = change.revision;
    memcpy(d->result->handle, d->after.handle, sizeof(d->result->handle));
    return view_apply(d->view, &d->after, &change);
}

static void decide(struct decision *d)
{
    bool merged = false;

    if (d->op->error.code != 0)
        refuse(d, d->op->error);
    else if (answer_known(d) || !check_target(d))
        return;
    else if (!record_touched(
                 d->op->kind, d->op->patch, d->op->clear, d->op->n_clear, d->arena, &d->touched) ||
             !build(d))
        refuse_with(d, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    else if (rules_pass(d) && !clash(d, &merged) && !commit(d, merged))
        refuse_with(d, CONCERT__CODE__TOO_LARGE, NULL, "memory");
}

void decide_operation(struct view *view, const struct policy_actor *actor, bool bound, int64_t now,
    const struct decide_operation *operation, struct arena *arena, struct decide_result *result_r)
{
    struct decision decision = {.view = view,
        .actor = actor,
        .bound = bound,
        .now = now,
        .op = operation,
        .arena = arena,
        .result = result_r};

    *result_r = (struct decide_result){0};
    decide(&decision);
}
