#include "batch.h"

#include <string.h>

#include "derive.h"

/* --- asking ----------------------------------------------------------------------------------- */

/* References in a patch; one operation has at most RECORD_REPEATED_MAX of them per field. */
static size_t count_references(const struct decide_operation *op)
{
    size_t count = 0;

    for (unsigned i = 0; op->patch != NULL && i < op->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &op->kind->descriptor->fields[i];

        if (kinds_is_reference(op->kind, field))
            count += record_count(op->patch, field);
    }
    return count;
}

static void copy_references(
    const struct decide_operation *op, uint8_t (*ids)[UUID_SIZE], size_t *count)
{
    for (unsigned i = 0; op->patch != NULL && i < op->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &op->kind->descriptor->fields[i];

        if (!kinds_is_reference(op->kind, field))
            continue;
        for (size_t j = 0; j < record_count(op->patch, field); j++) {
            struct record_value value = record_get(op->patch, field, j);

            if (value.size == UUID_SIZE)
                memcpy(ids[(*count)++], value.data, UUID_SIZE);
        }
    }
}

struct sizes {
    size_t operations, references, codes;
};

static struct sizes measure(struct batch_job *const *jobs, size_t count)
{
    struct sizes sizes = {0};

    for (size_t i = 0; i < count; i++) {
        sizes.operations += jobs[i]->count;
        sizes.operations += jobs[i]->kind == BATCH_INVITE;
        sizes.codes += jobs[i]->kind == BATCH_JOIN;
        for (size_t j = 0; j < jobs[i]->count; j++)
            sizes.references += count_references(&jobs[i]->operations[j]);
    }
    return sizes;
}

/* One more record that is touched: where its id goes. */
static uint8_t *touch(
    struct store_ask *ask, struct store_touch *touched, const struct kind *kind, uint64_t base)
{
    struct store_touch *added = &touched[ask->n_touched++];

    *added = (struct store_touch){.kind = kind, .base = base};
    return added->id;
}

bool batch_ask(
    struct batch_job *const *jobs, size_t count, struct arena *arena, struct store_ask *ask_r)
{
    struct sizes sizes = measure(jobs, count);
    uint8_t(*op_ids)[UUID_SIZE] = arena_alloc(arena, sizes.operations * UUID_SIZE);
    struct store_touch *touched = arena_alloc(arena, sizes.operations * sizeof(*touched));
    uint8_t(*referred)[UUID_SIZE] = arena_alloc(arena, sizes.references * UUID_SIZE);
    uint8_t(*codes)[STORE_HASH_SIZE] = arena_alloc(arena, sizes.codes * STORE_HASH_SIZE);

    if (op_ids == NULL || touched == NULL || referred == NULL || codes == NULL)
        return false;
    *ask_r = (struct store_ask){op_ids, 0, touched, 0, referred, 0, codes, 0, false, 0};
    for (size_t i = 0; i < count; i++) {
        const struct batch_job *job = jobs[i];

        if (job->kind == BATCH_JOIN)
            memcpy(codes[ask_r->n_code_hashes++], job->invitation.code_hash, STORE_HASH_SIZE);
        if (job->kind == BATCH_INVITE)
            memcpy(touch(ask_r, touched, kinds_get(CONCERT__KIND__ACCOUNT), INT64_MAX),
                job->invitation.account, UUID_SIZE);
        for (size_t j = 0; j < job->count; j++) {
            const struct decide_operation *op = &job->operations[j];

            if (op->error.code != 0)
                continue;
            memcpy(op_ids[ask_r->n_op_ids++], op->op_id, UUID_SIZE);
            memcpy(touch(ask_r, touched, op->kind, op->base), op->id, UUID_SIZE);
            copy_references(op, referred, &ask_r->n_referred);
            ask_r->resolutions = ask_r->resolutions || derive_counts(op->kind, op->patch);
        }
    }
    return true;
}

/* --- deciding --------------------------------------------------------------------------------- */

struct deciding {
    struct view *view;
    const struct store_answer *answer;
    int64_t now;
    struct arena *arena;
    struct store_invitation *invitations;
    size_t n_invitations;
};

static bool is_good(const struct decide_result *result)
{
    return result->status != CONCERT__RESULT__STATUS__CONFLICT &&
           result->status != CONCERT__RESULT__STATUS__REFUSED;
}

/* The others of an atomic push are not to blame, but they are not applied either. What the log held
 * before the push (up to `seq`) stays a duplicate. */
static void undo_all(struct batch_job *job, uint64_t seq)
{
    for (size_t i = 0; i < job->count; i++) {
        struct decide_result *result = &job->results[i];

        if (is_good(result) &&
            (result->status != CONCERT__RESULT__STATUS__DUPLICATE || result->seq > seq))
            *result = (struct decide_result){.status = CONCERT__RESULT__STATUS__REFUSED,
                .error = error_make(CONCERT__CODE__INVALID, NULL, "atomic", NULL)};
    }
}

/* Bytes of what clashes in one answer, unless one operation alone has more: with all else, an
 * answer stays below the 1 MiB that clients take. */
#define CLASHES_MAX ((size_t)512 << 10)
#define CLASH_COST ((size_t)256) /* of what is around their value */

static bool keep_clash(struct batch_job *job, const struct kind *kind, struct merge_clash *clash)
{
    struct store_change *change = arena_alloc(job->arena, sizeof(*change));
    size_t size = 0;
    uint8_t *theirs = record_encode(clash->theirs, job->arena, &size);

    clash->field = arena_copy(job->arena, clash->field, strlen(clash->field));
    if (change == NULL || theirs == NULL || clash->field == NULL)
        return false;
    *change = *clash->change;
    change->fields = NULL;
    change->n_fields = 0;
    change->patch = NULL;
    change->patch_size = 0;
    change->resolution = NULL;
    change->resolution_size = 0;
    change->reason = NULL;
    clash->change = change;
    clash->theirs =
        protobuf_c_message_unpack(kind->descriptor, arena_allocator(job->arena), size, theirs);
    job->clash_bytes += size + CLASH_COST;
    return clash->theirs != NULL;
}

/* A clash borrows from the batch and from patches of other jobs, which go before this one is
 * answered: it is copied. One that would make the answer too large is refused, which is true as
 * well: nothing of it is applied, and sent again with fewer others it is told. */
static void keep_clashes(
    struct batch_job *job, const struct kind *kind, struct decide_result *result)
{
    size_t count = result->n_clashes, before = job->clash_bytes;
    struct merge_clash *kept;
    bool whole = before <= CLASHES_MAX;

    if (count == 0 || job->arena == NULL)
        return;
    kept = whole ? arena_alloc(job->arena, count * sizeof(*kept)) : NULL;
    whole = kept != NULL;
    for (size_t i = 0; whole && i < count; i++) {
        kept[i] = result->clashes[i];
        whole = keep_clash(job, kind, &kept[i]);
    }
    result->clashes = kept;
    if (!whole || (before > 0 && job->clash_bytes > CLASHES_MAX))
        *result = (struct decide_result){.status = CONCERT__RESULT__STATUS__REFUSED,
            .error = error_make(CONCERT__CODE__TOO_LARGE, NULL, "memory", NULL)};
}

static bool decide_all(struct deciding *d, struct batch_job *job)
{
    struct store_head head = *view_head(d->view);
    size_t mark = view_mark(d->view);
    bool good = true;

    if (!job->partial)
        job->clash_bytes = 0;
    for (size_t i = 0; i < job->count; i++) {
        decide_operation(d->view, &job->actor, job->kind == BATCH_PUSH, d->now, &job->operations[i],
            d->arena, &job->results[i]);
        keep_clashes(job, job->operations[i].kind, &job->results[i]);
        good = good && is_good(&job->results[i]);
    }
    if (good || !job->atomic)
        return good;
    view_back(d->view, mark, &head);
    undo_all(job, head.seq);
    return false;
}

static const struct store_invitation *find_invitation(
    const struct deciding *d, const uint8_t code_hash[STORE_HASH_SIZE])
{
    for (size_t i = d->n_invitations; i > 0; i--)
        if (memcmp(d->invitations[i - 1].code_hash, code_hash, STORE_HASH_SIZE) == 0)
            return &d->invitations[i - 1];
    for (size_t i = 0; i < d->answer->n_invitations; i++)
        if (memcmp(d->answer->invitations[i].code_hash, code_hash, STORE_HASH_SIZE) == 0)
            return &d->answer->invitations[i];
    return NULL;
}

static struct error check_invitation(const struct deciding *d, const struct store_invitation *found)
{
    const char *rule = found == NULL                           ? "unknown"
                       : !uuid_equal(found->device, uuid_none) ? "used"
                       : found->expires_at <= d->now           ? "expired"
                                                               : NULL;

    return rule == NULL ? (struct error){0}
                        : error_make(CONCERT__CODE__NOT_AUTHENTICATED, "code", rule, NULL);
}

/* The device's record is made by the server in the account's name; the invitation is used with it.
 */
static void decide_join(struct deciding *d, struct batch_job *job)
{
    const struct store_invitation *found = find_invitation(d, job->invitation.code_hash);
    Concert__Device *device = (Concert__Device *)job->operations[0].patch;

    job->error = check_invitation(d, found);
    if (job->error.code != 0)
        return;
    job->invitation = *found;
    memcpy(job->actor.account, found->account, UUID_SIZE);
    device->has_account = true;
    device->account = (ProtobufCBinaryData){UUID_SIZE, job->invitation.account};
    if (!decide_all(d, job)) {
        job->error = job->results[0].error;
        return;
    }
    memcpy(job->invitation.device, job->operations[0].id, UUID_SIZE);
    d->invitations[d->n_invitations++] = job->invitation;
}

/* That somebody was invited is a change of the account, which changes nothing in it: the log holds
 * who invited whom, and when. */
static bool record_invite(
    struct deciding *d, struct batch_job *job, const struct store_record *account)
{
    struct decide_operation op = {.kind = account->kind,
        .base = account->revision,
        .patch = record_new(account->kind, d->arena),
        .reason = "invitation",
        .authored_at = d->now,
        .empty = true};
    struct decide_result result;

    memcpy(op.id, account->id, UUID_SIZE);
    uuid_make(d->now / 1000, op.op_id);
    if (op.patch == NULL)
        return false;
    decide_operation(d->view, &job->actor, false, d->now, &op, d->arena, &result);
    job->error = result.error;
    return is_good(&result);
}

static void decide_invite(struct deciding *d, struct batch_job *job)
{
    const struct view_row *account = view_get(d->view, job->invitation.account);

    job->error = (struct error){0};
    if (account == NULL || account->record.deleted ||
        account->record.kind->id != CONCERT__KIND__ACCOUNT)
        job->error = error_make(CONCERT__CODE__NOT_FOUND, "account", "record", NULL);
    else if (record_invite(d, job, &account->record))
        d->invitations[d->n_invitations++] = job->invitation;
    else if (job->error.code == 0)
        job->error = error_make(CONCERT__CODE__BUSY, NULL, "memory", NULL);
}

bool batch_decide(struct batch_job *const *jobs, size_t count, const struct store_answer *answer,
    int64_t now, struct arena *arena, struct store_writes *writes_r)
{
    struct deciding d = {.view = view_new(answer, arena),
        .answer = answer,
        .now = now,
        .arena = arena,
        .invitations = arena_alloc(arena, count * sizeof(struct store_invitation))};
    bool done;

    if (d.view == NULL || d.invitations == NULL) {
        view_free(&d.view);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (jobs[i]->kind == BATCH_JOIN)
            decide_join(&d, jobs[i]);
        else if (jobs[i]->kind == BATCH_INVITE)
            decide_invite(&d, jobs[i]);
        else
            decide_all(&d, jobs[i]);
    }
    done = view_writes(d.view, writes_r);
    writes_r->invitations = d.invitations;
    writes_r->n_invitations = d.n_invitations;
    view_free(&d.view);
    return done;
}
