#include "verbs/quarantine.h"

#include <string.h>

#include "clock.h"
#include "request.h"

#define SEEN_ROOM (RECORD_SIZE_MAX - 4096) /* bytes of patch and seen, beside all else */
#define SCRATCH (RECORD_SIZE_MAX * 16)     /* what one operation's patch and seen decode to */
#define STRINGIFY(number) #number
#define TEXT_OF(number) STRINGIFY(number)

size_t quarantine_count(Concert__Push *const *pushes, size_t n_pushes)
{
    size_t count = 0;

    for (size_t i = 0; i < n_pushes; i++)
        count += pushes[i]->n_operations;
    return count;
}

/* --- what can be kept
 * ----------------------------------------------------------------------------- */

static struct error wrong(Concert__Code code, const char *field, const char *rule)
{
    return error_make(code, field, rule, NULL);
}

static bool is_id(bool present, const ProtobufCBinaryData *data)
{
    return present && data->len == UUID_SIZE && !uuid_equal(data->data, uuid_none);
}

/* True when the bytes are a message of the kind. */
static bool parses(const struct kind *kind, const ProtobufCBinaryData *data, struct arena *arena)
{
    struct error error;

    return data->len == 0 || record_decode(kind, data->data, data->len, arena, &error) != NULL;
}

/* Whoever reviews it must be able to read it; whether it may be applied is seen then. The arena is
 * for this operation alone: what others take makes nothing wrong of it. */
static struct error check(const Concert__Operation *from, struct arena *arena)
{
    const struct kind *kind = from->has_kind ? kinds_get(from->kind) : NULL;

    if (!is_id(from->has_op_id, &from->op_id))
        return wrong(CONCERT__CODE__BAD_REQUEST, "op_id", "id");
    if (!is_id(from->has_id, &from->id))
        return wrong(CONCERT__CODE__BAD_REQUEST, "id", "id");
    if (kind == NULL)
        return wrong(CONCERT__CODE__INVALID, "kind", "unknown_kind");
    if (!parses(kind, &from->patch, arena))
        return wrong(CONCERT__CODE__BAD_REQUEST, "patch", "encoding");
    return (struct error){0};
}

/* --- the records
 * ---------------------------------------------------------------------------------- */

static void fill(const struct policy_actor *actor, const Concert__Operation *from,
    struct arena *scratch, Concert__Quarantine *quarantine)
{
    const struct kind *kind = kinds_get(from->kind);

    concert__quarantine__init(quarantine);
    quarantine->has_device = quarantine->has_target = quarantine->has_patch = true;
    quarantine->device = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)actor->device};
    quarantine->target = from->id;
    quarantine->target_kind = (char *)kind->name;
    quarantine->has_base_revision = from->has_base_revision;
    quarantine->base_revision = from->base_revision;
    quarantine->patch = from->patch;
    quarantine->clear = from->clear;
    quarantine->n_clear = from->n_clear;
    quarantine->has_removes = from->has_delete_;
    quarantine->removes = from->delete_;
    if (from->reason != NULL && *from->reason != '\0')
        quarantine->reason = from->reason;
    quarantine->has_authored_at = from->has_authored_at && from->authored_at >= 0;
    quarantine->authored_at = from->authored_at;
    /* without it what the author saw is told by base_revision */
    quarantine->has_seen = from->has_seen && from->patch.len + from->seen.len <= SEEN_ROOM &&
                           parses(kind, &from->seen, scratch);
    quarantine->seen = from->seen;
}

/* An operation of the server's own that makes the record. False when memory is out. */
static bool make(const struct policy_actor *actor, const Concert__Operation *from,
    struct arena *arena, struct decide_operation *op)
{
    Concert__Quarantine *quarantine = arena_alloc(arena, sizeof(*quarantine));
    struct arena *scratch = arena_new(SCRATCH);

    if (quarantine == NULL || scratch == NULL) {
        arena_free(&scratch);
        return false;
    }
    *op = (struct decide_operation){
        .kind = kinds_get(CONCERT__KIND__QUARANTINE), .error = check(from, scratch)};
    if (op->error.code == 0)
        fill(actor, from, scratch, quarantine);
    arena_free(&scratch);
    if (from->has_op_id && from->op_id.len == UUID_SIZE)
        memcpy(op->op_id, from->op_id.data, UUID_SIZE);
    if (op->error.code != 0)
        return true;
    uuid_make(clock_now() / 1000, op->id);
    op->patch = &quarantine->base;
    op->authored_at = clock_now();
    if (!record_check(op->kind, op->patch, false, &op->error))
        op->patch = NULL;
    return true;
}

/* Operations of an atomic push have its number, which quarantine_place makes the device's. */
static void number(struct decide_operation *op, const Concert__Push *push, uint32_t *part)
{
    Concert__Quarantine *quarantine = (Concert__Quarantine *)op->patch;

    if (op->error.code != 0 || !push->has_atomic || !push->atomic || push->n_operations < 2)
        return;
    quarantine->has_part = true;
    quarantine->part = *part;
}

struct batch_job *quarantine_job(const struct policy_actor *actor, Concert__Push *const *pushes,
    size_t n_pushes, struct arena *arena)
{
    size_t count = quarantine_count(pushes, n_pushes);
    struct batch_job *job = arena_alloc(arena, sizeof(*job));
    struct policy_actor *own = arena_alloc(arena, sizeof(*own));
    uint32_t part = 0;

    if (job == NULL || own == NULL)
        return NULL;
    *own = *actor;
    job->kind = BATCH_OWN;
    job->actor = *actor;
    job->operations = arena_alloc(arena, count * sizeof(*job->operations));
    job->results = arena_alloc(arena, count * sizeof(*job->results));
    if (job->operations == NULL || job->results == NULL)
        return NULL;
    for (size_t i = 0; i < n_pushes; i++) {
        part++;
        for (size_t j = 0; j < pushes[i]->n_operations; j++) {
            struct decide_operation *op = &job->operations[job->count++];

            if (!make(own, pushes[i]->operations[j], arena, op))
                return NULL;
            number(op, pushes[i], &part);
        }
    }
    return job;
}

void quarantine_place(struct batch_job *job, const struct store_quarantined *kept)
{
    uint64_t waiting = kept->waiting, bytes = kept->bytes;
    uint32_t rank = kept->rank;

    for (size_t i = 0; i < job->count; i++) {
        struct decide_operation *op = &job->operations[i];
        Concert__Quarantine *quarantine = (Concert__Quarantine *)op->patch;

        if (op->error.code != 0)
            continue;
        waiting++;
        bytes += quarantine->patch.len + (quarantine->has_seen ? quarantine->seen.len : 0);
        quarantine->has_rank = true;
        quarantine->rank = ++rank;
        quarantine->part += quarantine->has_part ? kept->part : 0;
        if (waiting > QUARANTINE_WAITING_MAX || bytes > QUARANTINE_BYTES_MAX)
            op->unless_known = error_make(
                CONCERT__CODE__TOO_LARGE, "operations", "limit", TEXT_OF(QUARANTINE_WAITING_MAX));
    }
}

/* --- the answer
 * ----------------------------------------------------------------------------------- */

size_t quarantine_refused(const struct batch_job *job)
{
    size_t count = 0;

    for (size_t i = 0; i < job->count; i++)
        count += job->results[i].status == CONCERT__RESULT__STATUS__REFUSED;
    return count;
}

/* Where the record stands in the log is not for who was sent away. */
static bool fill_result(
    struct arena *arena, const struct batch_job *job, size_t i, Concert__Result *message)
{
    const struct decide_result *result = &job->results[i];

    concert__result__init(message);
    message->has_op_id = message->has_status = true;
    message->op_id = (ProtobufCBinaryData){UUID_SIZE, job->operations[i].op_id};
    message->status = result->status;
    if (result->status != CONCERT__RESULT__STATUS__REFUSED)
        return true;
    message->error = arena_alloc(arena, sizeof(*message->error));
    if (message->error != NULL)
        request_error(&result->error, 0, message->error);
    return message->error != NULL;
}

Concert__SurrenderAnswer *quarantine_answer(struct arena *arena, const struct batch_job *job)
{
    Concert__SurrenderAnswer *answer = arena_alloc(arena, sizeof(*answer));
    Concert__Result *results = arena_alloc(arena, job->count * sizeof(*results));

    if (answer == NULL || results == NULL)
        return NULL;
    concert__surrender_answer__init(answer);
    answer->results = arena_alloc(arena, job->count * sizeof(*answer->results));
    if (answer->results == NULL)
        return NULL;
    for (size_t i = 0; i < job->count; i++) {
        if (!fill_result(arena, job, i, &results[i]))
            return NULL;
        answer->results[answer->n_results++] = &results[i];
    }
    return answer;
}
