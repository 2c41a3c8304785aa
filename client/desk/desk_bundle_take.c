/* The answer to a file of this home. It is read twice: nothing of one that is not whole is taken.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "desk/desk_bundle.h"
#include "desk/desk_bundle_file.h"
#include "desk/desk_bundle_series.h"
#include "desk/desk_conflict.h"
#include "desk/desk_fresh.h"
#include "desk/desk_push.h"
#include "identity_seal.h"
#include "identity_sign.h"
#include "idmap.h"
#include "replica/replica_fresh.h"
#include "replica/replica_outbox.h"

#define HASH_MAX ((size_t)64)
#define ANSWER_WHAT "concert answer 1"

/* One result. */
struct result {
    struct result *next;
    const Concert__Result *told;
    bool settled;
};

/* An operation that waits for one. */
struct open {
    uint64_t number;
    bool again; /* another log had accepted it */
};

struct taking {
    struct desk *desk;
    struct desk_why *why_r;
    struct desk_bundle_taken *taken;
    const char *path;
    struct evp_pkey_st *key;
    struct arena *arena; /* of the results */
    struct result *first, **end;
    Concert__Bundle *about;    /* what the last stream answers; of `arena` */
    bool applies;              /* the second reading */
    bool fresh;                /* the file had asked for the pages of another log */
    bool clashed;              /* an operation is in conflict: its owner is asked */
    struct idmap *open;        /* operations that wait for a result: struct open, by op_id */
    struct desk_restart again; /* counts of those that another log had accepted */
    uint64_t since;            /* where the next page begins, */
    uint8_t hash[HASH_MAX];    /* and the log's hash there */
    size_t hash_size;
    struct desk_bundle_series series; /* of the file's pages so far */
    bool joined; /* the copy and these pages have had a place in common: one log */
    bool stopped;
};

static bool fail_storage(struct taking *taking)
{
    replica_rollback(taking->desk->replica);
    return desk_fail_replica(taking->why_r, replica_why(taking->desk->replica));
}

static bool is_good(const struct taking *taking)
{
    return taking->taken->state == DESK_BUNDLE_GOOD;
}

/* The file is not to be taken: always true, for the reading itself went well. */
static bool refuse(struct taking *taking, enum desk_bundle_state state)
{
    taking->taken->state = state;
    return true;
}

/* The next page begins there. */
static void move(struct taking *taking, uint64_t seq, const ProtobufCBinaryData *hash)
{
    taking->since = seq;
    taking->hash_size = hash->len < HASH_MAX ? hash->len : HASH_MAX;
    if (taking->hash_size > 0)
        memcpy(taking->hash, hash->data, taking->hash_size);
}

/* --- the first chunk: which file this answers, and that our server says so -----------------------
 */

static bool is_ours(
    struct taking *taking, const Concert__Parcel *opening, const struct identity_seal *seal)
{
    uint8_t fingerprint[IDENTITY_FINGERPRINT_SIZE];
    const struct identity_piece pieces[] = {{identity_seal_binding(seal), IDENTITY_SEAL_BINDING},
        {opening->bundle.data, opening->bundle.len}};
    struct evp_pkey_st *server =
        identity_sign_key(opening->certificate.data, opening->certificate.len, fingerprint);
    bool good = server != NULL &&
                memcmp(fingerprint, taking->desk->fingerprint, sizeof(fingerprint)) == 0 &&
                identity_sign_check(server, ANSWER_WHAT, pieces, 2, opening->signature.data,
                    opening->signature.len);

    identity_sign_free(&server);
    return good;
}

static bool take_opening(
    struct taking *taking, const struct identity_seal *seal, const uint8_t *data, size_t size)
{
    ProtobufCAllocator *allocator = arena_allocator(taking->arena);
    Concert__Parcel *opening = concert__parcel__unpack(allocator, size, data);
    const Concert__Bundle *before;
    struct desk_bundle_mark mark;

    if (opening == NULL || !opening->has_bundle || !is_ours(taking, opening, seal))
        return refuse(taking, DESK_BUNDLE_FORGED);
    before = taking->about;
    taking->about = concert__bundle__unpack(allocator, opening->bundle.len, opening->bundle.data);
    if (taking->about == NULL)
        return refuse(taking, DESK_BUNDLE_FORGED);
    if (before != NULL && before->written_at != taking->about->written_at)
        return refuse(taking, DESK_BUNDLE_DAMAGED); /* put together from two files */
    if (!desk_bundle_mark(taking->desk, taking->about->written_at, &mark))
        return fail_storage(taking);
    if (!mark.known)
        return refuse(taking, DESK_BUNDLE_FORMER);
    taking->fresh = mark.fresh;
    move(taking, taking->about->since, &taking->about->since_hash);
    return true;
}

/* --- results --- */

static bool keep_results(struct taking *taking, Concert__PushAnswer *answer)
{
    for (size_t i = 0; i < answer->n_results; i++) {
        Concert__Result *told = answer->results[i];
        struct result *result = arena_alloc(taking->arena, sizeof(*result));

        if (result == NULL)
            return desk_fail(taking->why_r, DESK_LIMIT, NULL);
        result->told = told;
        *taking->end = result;
        taking->end = &result->next;
    }
    return true;
}

/* What a revoked device handed over that way: the device's own contact settles it. */
static void count_unkept(struct taking *taking, const Concert__SurrenderAnswer *answer)
{
    for (size_t i = 0; i < answer->n_results; i++)
        taking->taken->unkept += answer->results[i]->status != CONCERT__RESULT__STATUS__APPLIED &&
                                 answer->results[i]->status != CONCERT__RESULT__STATUS__DUPLICATE;
}

static bool add_open(void *arg, const struct replica_operation *operation)
{
    struct taking *taking = arg;
    struct open *open = arena_alloc(taking->arena, sizeof(*open));

    if (operation->state == REPLICA_REFUSED && operation->again == REPLICA_AGAIN_NO)
        return true;
    if (open == NULL || !idmap_put(taking->open, operation->op_id, open))
        return false;
    open->number = operation->number;
    open->again =
        operation->again == REPLICA_AGAIN_RECEIPT || operation->again == REPLICA_AGAIN_REFUSED;
    return true;
}

static bool read_open(struct taking *taking)
{
    const unsigned states = REPLICA_STATE_BIT(REPLICA_WAITING) | REPLICA_STATE_BIT(REPLICA_SENT) |
                            REPLICA_STATE_BIT(REPLICA_REFUSED);

    taking->open = idmap_new();
    if (taking->open != NULL && replica_outbox(taking->desk->replica, 0, states, add_open, taking))
        return true;
    if (replica_why(taking->desk->replica)->trouble == REPLICA_FINE)
        return desk_fail(taking->why_r, DESK_LIMIT, NULL);
    return desk_fail_replica(taking->why_r, replica_why(taking->desk->replica));
}

static const struct open *find_open(const struct taking *taking, const Concert__Result *told)
{
    return told->op_id.len == UUID_SIZE ? idmap_get(taking->open, told->op_id.data) : NULL;
}

/* Settles one operation, unless it is settled or gone already. */
static bool settle(struct taking *taking, const Concert__Result *told)
{
    const struct open *open = find_open(taking, told);
    Concert__Result plain = *told;

    if (open == NULL)
        return true;
    plain.has_op_id = false;
    taking->clashed = taking->clashed || told->status == CONCERT__RESULT__STATUS__CONFLICT;
    return desk_push_settle_one(taking->desk->replica, open->number, &plain, taking->arena);
}

/* An operation counts as accepted once the copy has what it led to, or the change would be out of
 * sight for a while. */
static bool settle_upto(struct taking *taking, uint64_t upto)
{
    for (struct result *result = taking->first; result != NULL; result = result->next) {
        if (result->settled || result->told->seq > upto)
            continue;
        if (!settle(taking, result->told))
            return false;
    }
    return !taking->clashed || desk_conflict_ask(taking->desk);
}

static void count(struct taking *taking, const Concert__Result *told)
{
    const struct open *open = find_open(taking, told);

    if (open == NULL)
        return;
    if (open->again)
        desk_push_count_one(told, &taking->again);
    if (told->status == CONCERT__RESULT__STATUS__CONFLICT)
        taking->taken->conflicts++;
    else if (told->status == CONCERT__RESULT__STATUS__REFUSED)
        taking->taken->refused++;
    else
        taking->taken->accepted++;
    idmap_remove(taking->open, told->op_id.data);
}

/* The transaction was committed. */
static void mark_settled(struct taking *taking, uint64_t upto)
{
    for (struct result *result = taking->first; result != NULL; result = result->next)
        if (!result->settled && result->told->seq <= upto) {
            result->settled = true;
            count(taking, result->told);
        }
    taking->clashed = false;
}

/* --- pages --- */

static bool mark_complete(struct desk *desk, bool last)
{
    const struct replica_fact fact = {.key = "complete", .number = 1};

    if (!last || desk->complete)
        return true;
    desk->complete = true;
    return replica_put_fact(desk->replica, &fact);
}

/* A page and what it shows of the results, in one transaction. The copy is as new as the file that
 * was answered is, at least. */
static bool apply_page(struct taking *taking, const Concert__Page *page, bool last)
{
    struct desk *desk = taking->desk;
    int64_t as_of =
        taking->about->written_at > desk->synced_at ? taking->about->written_at : desk->synced_at;

    if (!replica_begin(desk->replica, REPLICA_WRITE) ||
        !replica_apply(desk->replica, taking->since, page, as_of) || !desk_log_note(desk, page) ||
        !settle_upto(taking, page->upto) || !mark_complete(desk, last) ||
        !replica_commit(desk->replica))
        return fail_storage(taking);
    mark_settled(taking, page->upto);
    desk->cursor = page->upto > desk->cursor ? page->upto : desk->cursor;
    desk->synced_at = as_of;
    return true;
}

/* Pages of another log are gathered; the last one makes them the copy. */
static bool gather_page(struct taking *taking, const Concert__Page *page, bool last)
{
    if (last) {
        taking->taken->renewed = true;
        return desk_fresh_take(taking->desk, taking->since, page, taking->why_r);
    }
    return desk_fresh_page(taking->desk, taking->since, page, taking->why_r);
}

/* True when the next page begins where the copy ends, in the same log. */
static bool meets(const struct taking *taking, uint64_t cursor, const uint8_t *hash, size_t size)
{
    return taking->since == cursor &&
           (cursor == 0 || (size == taking->hash_size && memcmp(hash, taking->hash, size) == 0));
}

/* Pages go on exactly where the copy ends. What begins before and ends behind may be of a log that
 * is not the copy's any more: it is left, and the next file tells. */
static bool take_page(struct taking *taking, const Concert__Page *page, bool last)
{
    bool (*place)(struct replica *, uint64_t *, uint8_t[64], size_t *) =
        taking->fresh ? replica_fresh_cursor : replica_cursor;
    uint8_t hash[HASH_MAX];
    uint64_t cursor = 0;
    size_t size = 0;
    bool goes_on;

    if (taking->stopped)
        return true;
    desk_bundle_series_note(&taking->series, page);
    if (!place(taking->desk->replica, &cursor, hash, &size) ||
        !desk_bundle_series_find(
            &taking->series, taking->desk->replica, taking->fresh, taking->about, &goes_on))
        return fail_storage(taking);
    taking->joined = taking->joined || meets(taking, cursor, hash, size);
    if (taking->since > cursor)
        taking->taken->hole = taking->stopped = true;
    else if (taking->since == cursor ? !taking->joined || !goes_on : page->upto > cursor)
        taking->stopped = true;
    else if (taking->since == cursor &&
             !(taking->fresh ? gather_page : apply_page)(taking, page, last))
        return false;
    move(taking, page->upto, &page->upto_hash);
    if (!taking->joined && page->upto == cursor)
        taking->joined = meets(taking, cursor, hash, size);
    return true;
}

/* --- reading --- */

/* The first reading keeps the results and looks for trouble, the second one takes the pages. */
static bool take_response(struct taking *taking, const uint8_t *data, size_t size, bool last)
{
    struct arena *own = taking->applies ? desk_arena(taking->why_r) : NULL;
    struct arena *arena = taking->applies ? own : taking->arena;
    Concert__Response *response =
        arena == NULL ? NULL : concert__response__unpack(arena_allocator(arena), size, data);
    bool good = true;

    if (arena == NULL)
        good = false;
    else if (response == NULL)
        refuse(taking, DESK_BUNDLE_DAMAGED);
    else if (taking->applies && response->answer_case == CONCERT__RESPONSE__ANSWER_PULL)
        good = take_page(taking, response->pull, last);
    else if (!taking->applies && response->answer_case == CONCERT__RESPONSE__ANSWER_PUSH)
        good = keep_results(taking, response->push);
    else if (!taking->applies && response->answer_case == CONCERT__RESPONSE__ANSWER_SURRENDER)
        count_unkept(taking, response->surrender);
    else if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR &&
             response->error->code == CONCERT__CODE__DIVERGED)
        taking->taken->diverged = true;
    else if (response->answer_case == CONCERT__RESPONSE__ANSWER_ERROR &&
             response->error->rule != NULL && strcmp(response->error->rule, "revoked") == 0)
        taking->taken->revoked = true;
    arena_free(&own);
    return good;
}

/* What a chunk says: the first one of a stream, with its seal, or another. */
static bool take_chunk(
    void *arg, const struct identity_seal *seal, const uint8_t *data, size_t size, bool last)
{
    struct taking *taking = arg;

    return seal != NULL ? take_opening(taking, seal, data, size)
                        : take_response(taking, data, size, last);
}

static bool read_file(struct taking *taking)
{
    const struct desk_bundle_reading reading = {.path = taking->path,
        .key = taking->key,
        .state = &taking->taken->state,
        .chunk = take_chunk,
        .arg = taking};

    if (!desk_bundle_read(&reading, taking->why_r))
        return false;
    if (is_good(taking) && !taking->about->has_since)
        refuse(taking, DESK_BUNDLE_CUT); /* the last stream is not there */
    return true;
}

/* --- taking --- */

/* What the copy shows already, and what was not accepted. The results of another log say nothing:
 * what they are about is asked again. */
static bool settle_rest(struct taking *taking)
{
    struct replica *replica = taking->desk->replica;
    uint8_t hash[HASH_MAX];
    size_t size;
    uint64_t cursor = 0;

    if (!replica_begin(replica, REPLICA_WRITE) || !replica_cursor(replica, &cursor, hash, &size) ||
        !(!taking->joined || taking->fresh || settle_upto(taking, cursor)) ||
        !replica_commit(replica))
        return fail_storage(taking);
    if (taking->joined && !taking->fresh)
        mark_settled(taking, cursor);
    if (!replica_begin(replica, REPLICA_WRITE) || !desk_fresh_add(taking->desk, &taking->again) ||
        !replica_commit(replica))
        return fail_storage(taking);
    taking->taken->upto = cursor;
    for (const struct result *result = taking->first; result != NULL; result = result->next)
        taking->taken->late = taking->taken->late || find_open(taking, result->told) != NULL;
    taking->taken->late = taking->taken->late || (taking->stopped && !taking->taken->hole);
    return true;
}

/* What another log answered says nothing: after the copy was made anew all is asked again. */
static bool note_diverged(struct taking *taking)
{
    struct replica *replica = taking->desk->replica;

    if (replica_begin(replica, REPLICA_DURABLE) && replica_fresh_forget(replica) &&
        desk_bundle_note_fresh(taking->desk) && replica_commit(replica))
        return true;
    return fail_storage(taking);
}

static bool take(struct taking *taking)
{
    if (!read_file(taking))
        return false;
    if (!is_good(taking))
        return true;
    if (taking->taken->diverged)
        return note_diverged(taking);
    taking->applies = true;
    return read_open(taking) && read_file(taking) && settle_rest(taking);
}

bool desk_bundle_take(
    struct desk *desk, const char *path, struct desk_bundle_taken *taken_r, struct desk_why *why_r)
{
    struct taking taking = {.desk = desk, .why_r = why_r, .taken = taken_r, .path = path};
    int lock;
    bool good;

    *taken_r = (struct desk_bundle_taken){.state = DESK_BUNDLE_GOOD, .from = desk->cursor};
    desk_fail(why_r, DESK_FINE, NULL);
    taking.end = &taking.first;
    taking.arena = desk_arena(why_r);
    taking.key = taking.arena == NULL ? NULL : desk_bundle_key(desk, why_r);
    lock = taking.key == NULL ? -1 : desk_lock(desk->home, why_r);
    good = lock >= 0 && take(&taking);
    desk_unlock(&lock);
    identity_sign_free(&taking.key);
    idmap_free(&taking.open);
    arena_free(&taking.arena);
    desk_forget_book(desk);
    return good;
}
