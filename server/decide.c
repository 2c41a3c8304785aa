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
    const ProtobufCMessage *patch; /* the operation's, with texts that were merged */
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
    memcpy(d->result->hash, known->hash, STORE_HASH_SIZE);
    memcpy(d->result->handle, known->handle, sizeof(d->result->handle));
    return true;
}

/* What is for staff alone is not there for others, unless it is about themselves. */
static bool is_hidden(const struct decision *d)
{
    const struct policy_question question = {.role = d->actor->role,
        .act = POLICY_READ,
        .kind = d->row == NULL ? d->op->kind : d->row->record.kind,
        .own = uuid_equal(d->op->id, d->actor->account) || uuid_equal(d->op->id, d->actor->device)};

    return d->bound && d->row != NULL && !policy_allows(&question);
}

static bool check_target(struct decision *d)
{
    d->row = view_get(d->view, d->op->id);
    if (d->op->base > 0 && is_hidden(d))
        d->row = NULL;
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
    if (kinds_is_root(kind))
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
        .resolution = d->op->resolution,
        .arena = d->arena};
    struct error error = {0};

    if (rules_hold(&rule_case, &error))
        return true;
    refuse(d, error);
    return false;
}

/* Names of fields, each once; there is room for what is added. */
struct naming {
    const char **name;
    size_t count, most;
};

static void add_name(struct naming *to, const char *name)
{
    for (size_t i = 0; i < to->count; i++)
        if (strcmp(to->name[i], name) == 0)
            return;
    if (to->count < to->most)
        to->name[to->count++] = name;
}

/* The fields of a later version that were set or emptied: whoever has not told what they saw knows
 * them by these alone. */
static void name_changed(const struct decision *d, struct naming *to)
{
    for (size_t i = d->row->n_changes; i > 0; i--)
        for (size_t j = 0; j < d->row->changes[i - 1]->n_fields; j++)
            if (d->row->changes[i - 1]->fields[j][0] == '#')
                add_name(to, d->row->changes[i - 1]->fields[j]);
}

/* All that the record may hold: its kind's fields, and those of a later version that it holds or
 * that were set. False when memory is out. */
static bool name_all(const struct decision *d, struct merge_case *merge_case)
{
    const ProtobufCMessage *body = d->row->record.body;
    const ProtobufCMessageDescriptor *descriptor = d->op->kind->descriptor;
    bool told = d->op->seen != NULL;
    struct naming all = {
        .most = descriptor->n_fields + (told ? body->n_unknown_fields : RECORD_FIELDS_MAX)};

    all.name = arena_alloc(d->arena, all.most * sizeof(*all.name));
    if (all.name == NULL)
        return false;
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        add_name(&all, descriptor->fields[i].name);
    for (unsigned i = 0; told && i < body->n_unknown_fields; i++) {
        const char *name = arena_printf(d->arena, "#%u", body->unknown_fields[i].tag);

        if (name == NULL)
            return false;
        add_name(&all, name);
    }
    if (!told)
        name_changed(d, &all);
    merge_case->touched = all.name;
    merge_case->n_touched = all.count;
    return true;
}

/* Takes over the texts that both sides changed. False when memory is out. */
static bool take_texts(struct decision *d, const ProtobufCMessage *texts)
{
    d->patch = record_patch(d->op->kind, d->patch, texts, NULL, 0, d->arena);
    d->after.body = record_patch(d->op->kind, d->after.body, texts, NULL, 0, d->arena);
    return d->patch != NULL && d->after.body != NULL;
}

/* A deletion touches everything: whatever changed unseen would be lost with it. False when memory
 * is out. */
static bool merge(struct decision *d, struct merge_result *result_r)
{
    struct merge_case merge_case = {.record = &d->row->record,
        .after = d->op->remove ? record_new(d->op->kind, d->arena) : d->after.body,
        .touched = d->touched.name,
        .n_touched = d->touched.count,
        .seen = d->op->seen,
        .told = d->op->remove ? NULL : d->op->named,
        .changes = d->row->changes,
        .n_changes = d->row->n_changes,
        .base = d->op->base,
        .device = d->actor->device,
        .arena = d->arena};

    if (d->op->remove && !name_all(d, &merge_case))
        return false;
    return merge_case.after != NULL && merge_fields(&merge_case, result_r);
}

static bool clash(struct decision *d, bool *merged_r)
{
    struct merge_result result = {0};

    *merged_r = false;
    if (d->row == NULL)
        return false;
    if (!merge(d, &result) || (result.texts != NULL && !take_texts(d, result.texts))) {
        refuse_with(d, CONCERT__CODE__TOO_LARGE, NULL, "memory");
        return true;
    }
    *merged_r = result.unseen || result.texts != NULL;
    d->result->clashes = result.clashes;
    d->result->n_clashes = result.n_clashes;
    if (result.n_clashes > 0)
        d->result->status = CONCERT__RESULT__STATUS__CONFLICT;
    return result.n_clashes > 0;
}

/* What the server adds to the change; the patch as it is then, NULL when memory is out. */
static const ProtobufCMessage *given(struct decision *d)
{
    struct derive_case derive_case = {.view = d->view,
        .kind = d->op->kind,
        .before = d->row == NULL ? NULL : &d->row->record,
        .after = &d->after,
        .patch = d->patch,
        .touched = &d->touched,
        .now = d->now,
        .seq = view_head(d->view)->seq + 1,
        .arena = d->arena};

    return derive_give(&derive_case) ? derive_case.patch : NULL;
}

/* How a conflict was settled goes into the log, under the change's hash. */
static bool keep_resolution(const struct decision *d, struct store_change *change)
{
    const Concert__Resolution *resolution = d->op->resolution;

    if (resolution == NULL)
        return true;
    change->resolution = record_encode(&resolution->base, d->arena, &change->resolution_size);
    change->resolved = true;
    if (change->resolution != NULL)
        chain_patch(change->resolution, change->resolution_size, change->resolution_hash);
    return change->resolution != NULL;
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
    if (change.fields == NULL || change.patch == NULL || !keep_resolution(d, &change))
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
    memcpy(d->result->hash, change.hash, STORE_HASH_SIZE);
    memcpy(d->result->handle, d->after.handle, sizeof(d->result->handle));
    return view_apply(d->view, &d->after, &change);
}

/* A change of nothing says nothing, unless that is how a conflict was settled or it tells of
 * something else. */
static bool changes_nothing(const struct decision *d)
{
    return d->row != NULL && !d->op->remove && d->touched.count == 0 && d->op->resolution == NULL &&
           !d->op->empty;
}

static void decide(struct decision *d)
{
    bool merged = false;

    if (d->op->error.code != 0)
        refuse(d, d->op->error);
    else if (answer_known(d))
        return;
    else if (d->op->unless_known.code != 0)
        refuse(d, d->op->unless_known);
    else if (!check_target(d))
        return;
    else if (!record_touched(
                 d->op->kind, d->op->patch, d->op->clear, d->op->n_clear, d->arena, &d->touched) ||
             !build(d))
        refuse_with(d, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    else if (changes_nothing(d))
        refuse_with(d, CONCERT__CODE__BAD_REQUEST, "patch", "required");
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
        .result = result_r,
        .patch = operation->patch};

    *result_r = (struct decide_result){0};
    decide(&decision);
}
