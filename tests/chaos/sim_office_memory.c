/* What the person was told, remembered where no disk can lose it. */
#include <stdlib.h>
#include <string.h>

#include "replica/replica_outbox.h"
#include "sim_office_internal.h"

static struct sim_office_op *find(struct sim_office *office, const uint8_t *op_id)
{
    for (size_t i = office->n_ops; i > 0; i--)
        if (uuid_equal(office->ops[i - 1].op_id, op_id))
            return &office->ops[i - 1];
    return NULL;
}

static struct sim_office_op *add(struct sim_office *office, const uint8_t *op_id)
{
    struct sim_office_op *op;

    if (office->n_ops == office->ops_room) {
        office->ops_room = office->ops_room == 0 ? 32 : office->ops_room * 2;
        office->ops = realloc(office->ops, office->ops_room * sizeof(*office->ops));
        if (office->ops == NULL)
            abort();
    }
    op = &office->ops[office->n_ops++];
    *op = (struct sim_office_op){.present = true};
    memcpy(op->op_id, op_id, UUID_SIZE);
    return op;
}

/* --- a write ------------------------------------------------------------------------------------
 */

static void drop_attempts(struct sim_office *office)
{
    while (office->attempts != NULL) {
        struct sim_office_attempt *attempt = office->attempts;

        office->attempts = attempt->next;
        free(attempt->shown);
        free(attempt);
    }
    office->in_doubt = false;
}

void sim_office_memory_attempt(
    struct sim_office *office, const uint8_t id[UUID_SIZE], const struct book_entry *entry)
{
    struct sim_office_attempt *attempt = calloc(1, sizeof(*attempt));

    if (attempt == NULL)
        abort();
    memcpy(attempt->id, id, UUID_SIZE);
    if (entry != NULL) {
        attempt->shown_size = protobuf_c_message_get_packed_size(entry->body);
        attempt->shown = malloc(attempt->shown_size + 1);
        if (attempt->shown == NULL)
            abort();
        protobuf_c_message_pack(entry->body, attempt->shown);
    }
    attempt->next = office->attempts;
    office->attempts = attempt;
}

static const struct sim_office_attempt *attempt_of(
    const struct sim_office *office, const uint8_t *id)
{
    const struct sim_office_attempt *attempt = office->attempts;

    while (attempt != NULL && !uuid_equal(attempt->id, id))
        attempt = attempt->next;
    return attempt;
}

static void tell_written(
    struct sim_office *office, const struct replica_operation *stored, bool resolution)
{
    const struct sim_office_attempt *attempt = attempt_of(office, stored->id);
    const struct sim_check_written written = {.office = office->process.number,
        .op_id = stored->op_id,
        .kind = kinds_get((Concert__Kind)stored->kind),
        .id = stored->id,
        .base = stored->base,
        .patch = stored->patch,
        .patch_size = stored->patch_size,
        .clear = stored->clear,
        .remove = stored->remove,
        .shown = attempt == NULL ? NULL : attempt->shown,
        .shown_size = attempt == NULL ? 0 : attempt->shown_size,
        .resolution = resolution};

    sim_check_wrote(office->place.check, &written);
}

struct wrote {
    struct sim_office *office;
    bool resolution;
};

static bool take_written(void *arg, const struct replica_operation *stored)
{
    struct wrote *wrote = arg;
    struct sim_office_op *op = find(wrote->office, stored->op_id);

    if (op != NULL)
        return true;
    op = add(wrote->office, stored->op_id);
    op->acknowledged = true;
    tell_written(wrote->office, stored, wrote->resolution);
    sim_world_trace_id(wrote->office->place.world, wrote->office->process.number, "wrote",
        stored->op_id, stored->number);
    return true;
}

void sim_office_memory_wrote(
    struct sim_office *office, struct replica *replica, bool good, uint64_t first, bool resolution)
{
    struct wrote wrote = {office, resolution};

    if (good && !replica_outbox(replica, first, ~0u, take_written, &wrote) &&
        !sim_disk_is_dead(office->folder))
        sim_office_fail(office, "what was just written cannot be read", NULL);
    if (sim_disk_is_dead(office->folder))
        office->in_doubt = true;
    else
        drop_attempts(office);
}

void sim_office_memory_drop(struct sim_office *office, const uint8_t op_id[UUID_SIZE])
{
    struct sim_office_op *op = find(office, op_id);

    if (op != NULL)
        op->may_go = true;
    sim_check_dropped(office->place.check, op_id);
}

/* --- a look -------------------------------------------------------------------------------------
 */

struct look {
    struct sim_office *office;
    bool final;
};

static struct sim_office_op *discover(
    struct sim_office *office, const struct replica_operation *stored)
{
    bool asks = stored->kind == CONCERT__KIND__PROPOSAL && stored->base == 0; /* by the client */

    if (!office->in_doubt && !asks)
        sim_office_fail(office, "the outbox has what nobody was told of", stored->op_id);
    tell_written(office, stored, stored->resolution != NULL);
    return add(office, stored->op_id);
}

static void take_result(
    const struct look *look, struct sim_office_op *op, const struct replica_operation *stored)
{
    struct sim_office *office = look->office;
    Concert__Result *result = concert__result__unpack(NULL, stored->result_size, stored->result);
    bool good = result != NULL;

    if (good && op->status == 0)
        op->restores = office->restores;
    if (good)
        op->status = result->status;
    if (good && look->final)
        sim_check_answered(office->place.check, office->process.number, op->op_id, result->status,
            result->seq, result->hash.len == 32 ? result->hash.data : NULL);
    if (!good)
        sim_office_fail(office, "a result that cannot be read", op->op_id);
    concert__result__free_unpacked(result, NULL);
}

static bool take_present(void *arg, const struct replica_operation *stored)
{
    const struct look *look = arg;
    struct sim_office_op *op = find(look->office, stored->op_id);

    if (op == NULL)
        op = discover(look->office, stored);
    op->present = true;
    if (stored->state == REPLICA_WAITING || stored->state == REPLICA_SENT)
        op->status = 0;
    else if (stored->result != NULL)
        take_result(look, op, stored);
    return true;
}

static bool accepted(const struct sim_office_op *op)
{
    return op->status == CONCERT__RESULT__STATUS__APPLIED ||
           op->status == CONCERT__RESULT__STATUS__MERGED ||
           op->status == CONCERT__RESULT__STATUS__DUPLICATE;
}

/* It is not in the outbox. A home that was restored from before it must find what had a receipt in
 * the log, unless that came from a backup since; what never was in the disk's hands may go. */
static void take_absent(struct sim_office *office, struct sim_office_op *op)
{
    if (op->may_go)
        return;
    if (office->restored && accepted(op))
        sim_check_answered(
            office->place.check, office->process.number, op->op_id, op->status, 0, NULL);
    else if (!office->restored && op->acknowledged)
        sim_office_fail(office, "an acknowledged operation is gone:", op->op_id);
    else
        sim_check_dropped(office->place.check, op->op_id);
    op->may_go = true;
}

/* What only the log had, and the server has lost with a restore: nobody can give it back. */
static void excuse(struct sim_office *office, const struct sim_office_op *op)
{
    if (!op->present && op->may_go && accepted(op) &&
        op->restores != sim_store_restores(office->place.store))
        sim_check_dropped(office->place.check, op->op_id);
}

bool sim_office_memory_look(struct sim_office *office, struct replica *replica, bool final)
{
    struct look look = {office, final};

    for (size_t i = 0; i < office->n_ops; i++)
        office->ops[i].present = false;
    if (!replica_outbox(replica, 0, ~0u, take_present, &look)) {
        for (size_t i = 0; i < office->n_ops; i++)
            office->ops[i].present = true; /* not known */
        return sim_disk_is_dead(office->folder) ||
               sim_office_fail(office, "the outbox cannot be read", NULL);
    }
    for (size_t i = 0; i < office->n_ops; i++) {
        if (!office->ops[i].present)
            take_absent(office, &office->ops[i]);
        if (final)
            excuse(office, &office->ops[i]);
    }
    office->restored = false;
    drop_attempts(office);
    return !office->bad;
}

void sim_office_memory_free(struct sim_office *office)
{
    drop_attempts(office);
    free(office->ops);
    office->ops = NULL;
    office->n_ops = office->ops_room = 0;
}
