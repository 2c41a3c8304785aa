#include "admin/erase_write.h"

#include <string.h>

#include "admin/errand.h"
#include "clock.h"

static bool set_text(ProtobufCMessage *patch, const ProtobufCFieldDescriptor *field,
    const char *text, struct arena *arena)
{
    const struct record_value value = {.data = text, .size = strlen(text)};

    return record_set(patch, field, &value, 1, arena);
}

static bool set_flag(const struct kind *kind, ProtobufCMessage *patch, const char *name, bool on,
    struct arena *arena)
{
    const struct record_value value = {.number = on};

    return record_set(patch, record_field(kind, name), &value, 1, arena);
}

/* Nobody comes in any more as who is no longer there. */
static bool close_access(
    const struct erase_target *target, ProtobufCMessage *patch, struct arena *arena)
{
    if (!target->rename)
        return true;
    if (target->kind->id == CONCERT__KIND__ACCOUNT)
        return set_flag(target->kind, patch, "active", false, arena);
    if (target->kind->id == CONCERT__KIND__DEVICE)
        return set_flag(target->kind, patch, "revoked", true, arena);
    return true;
}

static bool draft(
    struct erase_plan *plan, const struct erase_target *target, struct decide_operation *op)
{
    const struct kind *kind = target->kind;
    ProtobufCMessage *patch = record_new(kind, plan->arena);
    const char **clear = arena_alloc(plan->arena, RECORD_FIELDS_MAX * sizeof(*clear));
    const ProtobufCFieldDescriptor *filled = erase_filled_field(kind);
    char pseudonym[ERASE_PSEUDONYM];
    const char *stand_in;

    if (patch == NULL || clear == NULL)
        return false;
    *op = (struct decide_operation){.kind = kind,
        .base = target->last,
        .patch = patch,
        .clear = clear,
        .remove = target->remove,
        .reason = erase_reason(plan->language),
        .authored_at = clock_now()};
    uuid_make(clock_now() / 1000, op->op_id);
    memcpy(op->id, target->id, UUID_SIZE);
    if (target->remove)
        return true;
    erase_pseudonym(plan->language, target->digits, pseudonym);
    stand_in = erase_stand_in(kind, plan->language, pseudonym);
    stand_in = arena_copy(plan->arena, stand_in, strlen(stand_in));
    if (stand_in == NULL ||
        (target->rename && !set_text(patch, erase_name_field(kind), stand_in, plan->arena)))
        return false;
    if (target->rename && filled != NULL && !set_text(patch, filled, stand_in, plan->arena))
        return false;
    for (unsigned i = 0; i < kind->descriptor->n_fields && i < RECORD_FIELDS_MAX; i++)
        if (target->clear[i] && (!target->rename || &kind->descriptor->fields[i] != filled))
            clear[op->n_clear++] = kind->descriptor->fields[i].name;
    return close_access(target, patch, plan->arena);
}

/* A change of nothing, whose reason alone speaks: of a record of the plan, or of the oldest one. So
 * the log always says that something was erased from it before; verify looks for that. */
static bool draft_mark(struct erase_plan *plan, struct decide_operation *op)
{
    struct inspect_rows *rows;
    char kind[64] = "";

    *op = (struct decide_operation){
        .empty = true, .reason = erase_reason(plan->language), .authored_at = clock_now()};
    uuid_make(clock_now() / 1000, op->op_id);
    for (size_t i = 0; op->kind == NULL && i < plan->count; i++)
        if (!plan->targets[i].deleted) {
            op->kind = plan->targets[i].kind;
            op->base = plan->targets[i].last;
            memcpy(op->id, plan->targets[i].id, UUID_SIZE);
        }
    if (op->kind == NULL) {
        rows = inspect_ask(plan->inspect,
            "SELECT id, kind, revision FROM record WHERE NOT deleted ORDER BY created_at, id LIMIT"
            " 1",
            NULL, 0);
        if (rows != NULL && inspect_rows_count(rows) == 1) {
            inspect_get_id(rows, 0, 0, op->id);
            inspect_get_text(rows, 0, 1, kind, sizeof(kind));
            op->base = (uint64_t)inspect_get_number(rows, 0, 2);
            op->kind = kinds_by_name(kind);
        }
        inspect_rows_free(&rows);
    }
    op->patch = op->kind == NULL ? NULL : record_new(op->kind, plan->arena);
    return op->patch != NULL;
}

bool erase_write(const struct settings *settings, const struct settings_region *region,
    struct erase_plan *plan, size_t *count_r, char *why_r, size_t size)
{
    struct decide_operation *operations =
        arena_alloc(plan->arena, (plan->count + 1) * sizeof(*operations));
    struct decide_result *results = arena_alloc(plan->arena, (plan->count + 1) * sizeof(*results));
    struct batch_job job = {.kind = BATCH_OWN,
        .operations = operations,
        .atomic = true,
        .arena = plan->arena,
        .results = results};

    *count_r = 0;
    plan->failed |= operations == NULL || results == NULL;
    for (size_t i = 0; !plan->failed && i < plan->count; i++)
        if (erase_plan_writes(&plan->targets[i]))
            plan->failed = !draft(plan, &plan->targets[i], &operations[job.count++]);
    *count_r = job.count;
    if (!plan->failed && job.count == 0 && plan->marks)
        plan->failed = !draft_mark(plan, &operations[job.count++]);
    why_r[0] = '\0';
    if (plan->failed || job.count == 0)
        return !plan->failed;
    return errand_run(settings, region, &job, 1, why_r, size);
}
