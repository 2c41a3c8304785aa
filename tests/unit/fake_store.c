#include "fake_store.h"
#include "store/store_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 8192
#define MEMORY ((size_t)256 << 20)

enum call_kind { BEGIN, COMMIT, ROLLBACK, PAGE, KIND, HISTORY, FLOOR, QUARANTINED };

struct call {
    struct call *next;
    enum call_kind kind;
    union {
        store_begin_cb *begin;
        store_commit_cb *end;
        store_page_cb *page;
        store_kind_cb *records;
        store_history_cb *history;
        store_floor_cb *floor;
        store_quarantined_cb *quarantined;
    } cb;
    void *arg;
    const struct kind *of;
    uint64_t since;
    size_t limit;
    bool one;
    uint8_t id[UUID_SIZE];
};

struct store {
    struct arena *arena; /* all that was ever committed */
    bool up;
    struct call *first, **last;
    struct store_head head;
    struct store_record *records;
    struct store_change *log;
    struct store_invitation *invitations;
    struct store_resolution resolutions[64];
    size_t n_records, n_log, n_invitations, n_resolutions;
    struct arena *batch; /* the answer of the batch under way */
    const struct store_answer *answer;
    bool begun, ending;
    enum store_status begin_status, batch_status;
    size_t begin_failures;
    bool lose, lost_happens;
    struct store_writes writes;
    struct {
        uint8_t id[UUID_SIZE];
        struct error error;
    } refusals[16];
    size_t n_refusals;
    struct fake_counts counts;
    store_listen_cb *listen;
    void *listen_arg;
};

/* --- copies ------------------------------------------------------------------------------------
 */

static const void *copy(struct arena *arena, const void *data, size_t size)
{
    const void *copied = arena_copy(arena, data, size);

    assert_non_null(copied);
    return copied;
}

/* Through bytes, so that nothing of the source is kept. */
static ProtobufCMessage *copy_body(
    const struct kind *kind, const ProtobufCMessage *body, struct arena *arena)
{
    struct error error;
    size_t size;
    uint8_t *bytes;
    ProtobufCMessage *message;

    if (body == NULL)
        return NULL;
    bytes = record_encode(body, arena, &size);
    assert_non_null(bytes);
    message = record_decode(kind, bytes, size, arena, &error);
    assert_non_null(message);
    return message;
}

static struct store_change copy_change(const struct store_change *change, struct arena *arena)
{
    struct store_change copied = *change;
    const char **fields = arena_alloc(arena, (change->n_fields + 1) * sizeof(*fields));

    assert_non_null(fields);
    for (size_t i = 0; i < change->n_fields; i++)
        fields[i] = copy(arena, change->fields[i], strlen(change->fields[i]));
    copied.fields = fields;
    copied.patch = copy(arena, change->patch, change->patch_size);
    if (change->resolution != NULL)
        copied.resolution = copy(arena, change->resolution, change->resolution_size);
    if (change->reason != NULL)
        copied.reason = copy(arena, change->reason, strlen(change->reason));
    return copied;
}

/* --- what is held ------------------------------------------------------------------------------
 */

static struct store_record *find(const struct store *store, const uint8_t *id)
{
    for (size_t i = 0; i < store->n_records; i++)
        if (uuid_equal(store->records[i].id, id))
            return &store->records[i];
    return NULL;
}

static struct store_root root_says(const struct store *store, const uint8_t *id)
{
    const struct store_record *record = find(store, id);
    const ProtobufCMessage *body = record == NULL ? NULL : record->body;
    struct store_root root = {0};

    if (body != NULL && record->kind->id == CONCERT__KIND__PLAN)
        root.plan = ((const Concert__Plan *)body)->has_status
                        ? ((const Concert__Plan *)body)->status
                        : CONCERT__PLAN__STATUS__DRAFT;
    if (body != NULL && record->kind->id == CONCERT__KIND__MEETING) {
        const Concert__Meeting *meeting = (const Concert__Meeting *)body;

        root.minutes = meeting->has_minutes_status ? meeting->minutes_status : 0;
        if (meeting->starts_at != NULL)
            snprintf(root.starts_at, sizeof(root.starts_at), "%s", meeting->starts_at);
    }
    return root;
}

struct answering {
    struct store *store;
    struct arena *arena;
    struct store_record *records;
    struct store_known *known;
    struct store_change *changes;
    struct store_invitation *invitations;
    struct store_answer *answer;
};

/* The row of a record, once; with its body when an operation of its kind touches it. */
static void answer_record(struct answering *a, const uint8_t *id, const struct kind *touched)
{
    const struct store_record *record = find(a->store, id);
    struct store_record *row = NULL;

    if (record == NULL)
        return;
    for (size_t i = 0; i < a->answer->n_records; i++)
        if (uuid_equal(a->records[i].id, id))
            row = &a->records[i];
    if (row == NULL) {
        row = &a->records[a->answer->n_records++];
        *row = *record;
        row->body = NULL;
        row->root_says = root_says(a->store, record->root);
        memset(row->hash, 0, sizeof(row->hash));
    }
    if (touched == record->kind && row->body == NULL)
        row->body = copy_body(record->kind, record->body, a->arena);
}

static void answer_changes(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; i < a->store->n_log; i++) {
        const struct store_change *change = &a->store->log[i];
        bool asked = false;

        for (size_t j = 0; j < ask->n_touched; j++)
            asked |= uuid_equal(ask->touched[j].id, change->id) &&
                     change->revision > ask->touched[j].base;
        if (!asked)
            continue;
        a->changes[a->answer->n_changes] = copy_change(change, a->arena);
        a->changes[a->answer->n_changes].patch = NULL;
        a->changes[a->answer->n_changes].patch_size = 0;
        a->changes[a->answer->n_changes].resolution = NULL;
        a->changes[a->answer->n_changes].resolution_size = 0;
        a->changes[a->answer->n_changes].resolved = false;
        memset(a->changes[a->answer->n_changes++].hash, 0, STORE_HASH_SIZE);
    }
}

static void answer_known(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; i < a->store->n_log; i++) {
        const struct store_change *change = &a->store->log[i];
        struct store_known *known = &a->known[a->answer->n_known];
        bool asked = false;

        for (size_t j = 0; j < ask->n_op_ids; j++)
            asked |= uuid_equal(ask->op_ids[j], change->op_id);
        if (!asked)
            continue;
        *known = (struct store_known){.seq = change->seq, .revision = change->revision};
        memcpy(known->op_id, change->op_id, UUID_SIZE);
        memcpy(known->account, change->account, UUID_SIZE);
        memcpy(known->hash, change->hash, STORE_HASH_SIZE);
        memcpy(known->handle, find(a->store, change->id)->handle, sizeof(known->handle));
        a->answer->n_known++;
    }
}

static void answer_invitations(struct answering *a, const struct store_ask *ask)
{
    for (size_t i = 0; i < a->store->n_invitations; i++)
        for (size_t j = 0; j < ask->n_code_hashes; j++)
            if (memcmp(a->store->invitations[i].code_hash, ask->code_hashes[j], STORE_HASH_SIZE) ==
                0) {
                a->invitations[a->answer->n_invitations++] = a->store->invitations[i];
                break;
            }
}

const struct store_answer *fake_store_answer(
    struct store *store, const struct store_ask *ask, struct arena *arena)
{
    struct answering a = {.store = store,
        .arena = arena,
        .records = arena_alloc(arena, (store->n_records + 1) * sizeof(*a.records)),
        .known = arena_alloc(arena, (store->n_log + 1) * sizeof(*a.known)),
        .changes = arena_alloc(arena, (store->n_log + 1) * sizeof(*a.changes)),
        .invitations = arena_alloc(arena, (store->n_invitations + 1) * sizeof(*a.invitations)),
        .answer = arena_alloc(arena, sizeof(*a.answer))};

    if (a.records == NULL || a.known == NULL || a.changes == NULL || a.invitations == NULL ||
        a.answer == NULL)
        return NULL;
    for (size_t i = 0; i < ask->n_touched; i++)
        answer_record(&a, ask->touched[i].id, ask->touched[i].kind);
    for (size_t i = 0; i < ask->n_referred; i++)
        answer_record(&a, ask->referred[i], NULL);
    answer_changes(&a, ask);
    answer_known(&a, ask);
    answer_invitations(&a, ask);
    a.answer->head = store->head;
    a.answer->records = a.records;
    a.answer->known = a.known;
    a.answer->changes = a.changes;
    a.answer->invitations = a.invitations;
    a.answer->resolutions = a.store->resolutions;
    a.answer->n_resolutions = ask->resolutions ? a.store->n_resolutions : 0;
    return a.answer;
}

static void apply_change(struct store *store, const struct store_change *change)
{
    assert_int_equal(change->seq, store->head.seq + 1);
    assert_true(store->n_log < MANY);
    for (size_t i = 0; i < store->n_log; i++) {
        assert_false(uuid_equal(store->log[i].op_id, change->op_id));
        if (uuid_equal(store->log[i].id, change->id))
            assert_true(store->log[i].revision < change->revision);
    }
    store->head.seq = change->seq;
    store->log[store->n_log++] = copy_change(change, store->arena);
}

static void apply_record(struct store *store, const struct store_record *record)
{
    struct store_record *row = find(store, record->id);

    if (row == NULL) {
        assert_true(store->n_records < MANY);
        row = &store->records[store->n_records++];
    } else {
        assert_true(row->kind == record->kind && row->revision < record->revision);
    }
    assert_true(record->deleted == (record->body == NULL));
    *row = *record;
    row->body = copy_body(record->kind, record->body, store->arena);
}

static void apply_invitation(struct store *store, const struct store_invitation *invitation)
{
    for (size_t i = 0; i < store->n_invitations; i++)
        if (memcmp(store->invitations[i].code_hash, invitation->code_hash, STORE_HASH_SIZE) == 0) {
            assert_true(uuid_equal(store->invitations[i].device, uuid_none));
            store->invitations[i] = *invitation;
            return;
        }
    assert_true(store->n_invitations < 64);
    store->invitations[store->n_invitations++] = *invitation;
}

/* Counters only go up. */
static void apply_resolution(struct store *store, const struct store_resolution *resolution)
{
    assert_true(resolution->last > 0);
    for (size_t i = 0; i < store->n_resolutions; i++)
        if (uuid_equal(store->resolutions[i].party, resolution->party) &&
            store->resolutions[i].year == resolution->year) {
            assert_true(resolution->last >= store->resolutions[i].last);
            store->resolutions[i] = *resolution;
            return;
        }
    assert_true(store->n_resolutions < 64);
    store->resolutions[store->n_resolutions++] = *resolution;
}

void fake_store_apply(struct store *store, const struct store_writes *writes)
{
    for (size_t i = 0; i < writes->n_changes; i++)
        apply_change(store, &writes->changes[i]);
    for (size_t i = 0; i < writes->n_records; i++) {
        assert_true(writes->records[i].seq <= store->head.seq);
        apply_record(store, &writes->records[i]);
    }
    for (size_t i = 0; i < writes->n_invitations; i++)
        apply_invitation(store, &writes->invitations[i]);
    for (size_t i = 0; i < writes->n_resolutions; i++)
        apply_resolution(store, &writes->resolutions[i]);
    assert_int_equal(writes->head.seq, store->head.seq);
    store->head = writes->head;
}

/* --- calls -------------------------------------------------------------------------------------
 */

static struct call *add_call(struct store *store, enum call_kind kind, void *arg)
{
    struct call *call = calloc(1, sizeof(*call));

    assert_non_null(call);
    call->kind = kind;
    call->arg = arg;
    *store->last = call;
    store->last = &call->next;
    return call;
}

void store_begin(struct store *store, const struct store_ask *ask, store_begin_cb *cb, void *arg)
{
    assert_false(store->begun);
    store->begun = true;
    store->counts.batches[store->counts.begins++ % 64] = ask->n_op_ids;
    store->batch = arena_new(MEMORY);
    assert_non_null(store->batch);
    store->answer = fake_store_answer(store, ask, store->batch);
    assert_non_null(store->answer);
    store->batch_status = STORE_OK;
    if (store->begin_failures > 0) {
        store->begin_failures--;
        store->batch_status = store->begin_status;
    }
    add_call(store, BEGIN, arg)->cb.begin = cb;
}

/* What the writes point to may go as soon as the call returns: they are copied. */
static void keep_writes(struct store *store, const struct store_writes *writes)
{
    struct store_change *changes =
        arena_alloc(store->batch, (writes->n_changes + 1) * sizeof(*changes));
    struct store_record *records =
        arena_alloc(store->batch, (writes->n_records + 1) * sizeof(*records));

    assert_true(changes != NULL && records != NULL);
    for (size_t i = 0; i < writes->n_changes; i++)
        changes[i] = copy_change(&writes->changes[i], store->batch);
    for (size_t i = 0; i < writes->n_records; i++) {
        records[i] = writes->records[i];
        records[i].body = copy_body(records[i].kind, writes->records[i].body, store->batch);
    }
    store->writes = *writes;
    store->writes.changes = changes;
    store->writes.records = records;
    store->writes.resolutions = copy(
        store->batch, writes->resolutions, writes->n_resolutions * sizeof(*writes->resolutions));
    store->writes.invitations = copy(
        store->batch, writes->invitations, writes->n_invitations * sizeof(*writes->invitations));
}

void store_commit(
    struct store *store, const struct store_writes *writes, store_commit_cb *cb, void *arg)
{
    assert_true(store->begun && !store->ending);
    store->ending = true;
    store->counts.commits++;
    keep_writes(store, writes);
    add_call(store, COMMIT, arg)->cb.end = cb;
}

void store_rollback(struct store *store, store_commit_cb *cb, void *arg)
{
    assert_true(store->begun && !store->ending);
    store->ending = true;
    store->counts.rollbacks++;
    add_call(store, ROLLBACK, arg)->cb.end = cb;
}

void store_page(struct store *store, uint64_t since, size_t limit, store_page_cb *cb, void *arg)
{
    struct call *call = add_call(store, PAGE, arg);

    call->cb.page = cb;
    call->since = since;
    call->limit = limit;
}

void store_kind(struct store *store, const struct kind *kind, store_kind_cb *cb, void *arg)
{
    struct call *call = add_call(store, KIND, arg);

    call->cb.records = cb;
    call->of = kind;
}

void store_history(struct store *store, const uint8_t id[UUID_SIZE], uint64_t before, size_t limit,
    store_history_cb *cb, void *arg)
{
    struct call *call = add_call(store, HISTORY, arg);

    call->cb.history = cb;
    call->since = before;
    call->limit = limit;
    call->one = id != NULL;
    memcpy(call->id, id == NULL ? uuid_none : id, UUID_SIZE);
}

void store_floor(struct store *store, size_t count, store_floor_cb *cb, void *arg)
{
    struct call *call = add_call(store, FLOOR, arg);

    call->cb.floor = cb;
    call->limit = count;
}

void store_quarantined(
    struct store *store, const uint8_t device[UUID_SIZE], store_quarantined_cb *cb, void *arg)
{
    struct call *call = add_call(store, QUARANTINED, arg);

    call->cb.quarantined = cb;
    memcpy(call->id, device, UUID_SIZE);
}

/* --- answers -----------------------------------------------------------------------------------
 */

static void end_batch(struct store *store, struct arena **arena_r)
{
    *arena_r = store->batch;
    store->batch = NULL;
    store->begun = store->ending = false;
}

static void answer_begin(struct store *store, const struct call *call)
{
    struct arena *arena = NULL;
    bool good = store->up && store->batch_status == STORE_OK;

    if (!good)
        end_batch(store, &arena);
    call->cb.begin(call->arg, good ? STORE_OK : STORE_UNAVAILABLE, good ? store->answer : NULL);
    arena_free(&arena);
}

static const struct error *refusal(const struct store *store)
{
    for (size_t i = 0; i < store->writes.n_records; i++)
        for (size_t j = 0; j < store->n_refusals; j++)
            if (uuid_equal(store->refusals[j].id, store->writes.records[i].id))
                return &store->refusals[j].error;
    return NULL;
}

static void answer_commit(struct store *store, const struct call *call)
{
    const struct error *error = refusal(store);
    enum store_status status = error != NULL ? STORE_REFUSED : STORE_OK;
    struct arena *arena;

    if (!store->up || store->lose)
        status = STORE_UNAVAILABLE;
    if (status == STORE_OK || (store->lose && store->lost_happens && error == NULL))
        fake_store_apply(store, &store->writes);
    store->lose = false;
    end_batch(store, &arena);
    call->cb.end(call->arg, status, status == STORE_REFUSED ? error : NULL);
    arena_free(&arena);
}

static void answer_rollback(struct store *store, const struct call *call)
{
    struct arena *arena;

    end_batch(store, &arena);
    call->cb.end(call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, NULL);
    arena_free(&arena);
}

static const uint8_t *hash_at(const struct store *store, uint64_t seq)
{
    static const uint8_t zero[STORE_HASH_SIZE];

    for (size_t i = 0; i < store->n_log; i++)
        if (store->log[i].seq == seq)
            return store->log[i].hash;
    return seq == 0 ? zero : NULL;
}

static int by_seq(const void *a, const void *b)
{
    const struct store_record *left = a, *right = b;

    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static void answer_page(struct store *store, const struct call *call)
{
    struct store_record *records = calloc(store->n_records + 1, sizeof(*records));
    struct store_page page = {.head = store->head.seq, .records = records};
    const uint8_t *since = hash_at(store, call->since);

    store->counts.pages++;
    assert_non_null(records);
    for (size_t i = 0; i < store->n_records; i++)
        if (store->records[i].seq > call->since)
            records[page.n_records++] = store->records[i];
    qsort(records, page.n_records, sizeof(*records), by_seq);
    page.upto = store->head.seq;
    if (page.n_records > call->limit) {
        page.n_records = call->limit;
        page.upto = records[page.n_records - 1].seq;
    }
    for (size_t i = 0; i < page.n_records; i++)
        memcpy(records[i].hash, hash_at(store, records[i].seq), STORE_HASH_SIZE);
    page.since_known = since != NULL;
    if (since != NULL)
        memcpy(page.since_hash, since, STORE_HASH_SIZE);
    memcpy(page.head_hash, store->head.hash, STORE_HASH_SIZE);
    memcpy(page.upto_hash, hash_at(store, page.upto), STORE_HASH_SIZE);
    call->cb.page(call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, store->up ? &page : NULL);
    free(records);
}

static void answer_kind(struct store *store, const struct call *call)
{
    struct store_record *records = calloc(store->n_records + 1, sizeof(*records));
    size_t count = 0;

    assert_non_null(records);
    for (size_t i = 0; i < store->n_records; i++)
        if (store->records[i].kind == call->of && !store->records[i].deleted)
            records[count++] = store->records[i];
    qsort(records, count, sizeof(*records), by_seq);
    call->cb.records(call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, records, count);
    free(records);
}

static void answer_history(struct store *store, const struct call *call)
{
    struct store_change *changes = calloc(store->n_log + 1, sizeof(*changes));
    size_t count = 0;

    assert_non_null(changes);
    for (size_t i = store->n_log; i > 0 && count < call->limit; i--)
        if ((call->since == 0 || store->log[i - 1].seq < call->since) &&
            (!call->one || uuid_equal(store->log[i - 1].id, call->id)))
            changes[count++] = store->log[i - 1];
    call->cb.history(call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, changes, count);
    free(changes);
}

static void answer_floor(struct store *store, const struct call *call)
{
    uint64_t floor = store->head.seq;
    size_t above = 0;

    while (floor > 0) {
        for (size_t i = 0; i < store->n_records; i++)
            above += store->records[i].seq == floor;
        if (above > call->limit)
            break;
        floor--;
    }
    call->cb.floor(call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, floor);
}

static void answer_quarantined(struct store *store, const struct call *call)
{
    struct store_quarantined found = {0};

    for (size_t i = 0; i < store->n_records; i++) {
        const Concert__Quarantine *body = (const Concert__Quarantine *)store->records[i].body;

        if (store->records[i].kind->id != CONCERT__KIND__QUARANTINE || body == NULL ||
            memcmp(body->device.data, call->id, UUID_SIZE) != 0)
            continue;
        found.waiting += !body->has_status || body->status == CONCERT__QUARANTINE__STATUS__WAITING;
        found.bytes += body->patch.len + body->seen.len;
        found.rank = body->rank > found.rank ? body->rank : found.rank;
        found.part = body->part > found.part ? body->part : found.part;
    }
    call->cb.quarantined(
        call->arg, store->up ? STORE_OK : STORE_UNAVAILABLE, store->up ? &found : NULL);
}

bool fake_store_step(struct store *store)
{
    static void (*const answers[])(struct store *, const struct call *) = {[BEGIN] = answer_begin,
        [COMMIT] = answer_commit,
        [ROLLBACK] = answer_rollback,
        [PAGE] = answer_page,
        [KIND] = answer_kind,
        [HISTORY] = answer_history,
        [FLOOR] = answer_floor,
        [QUARANTINED] = answer_quarantined};
    struct call *call = store->first;

    if (call == NULL)
        return false;
    store->first = call->next;
    if (store->first == NULL)
        store->last = &store->first;
    answers[call->kind](store, call);
    free(call);
    return true;
}

void fake_store_run(struct store *store)
{
    while (fake_store_step(store))
        continue;
}

/* --- the script --------------------------------------------------------------------------------
 */

size_t fake_store_pending(const struct store *store)
{
    size_t count = 0;

    for (const struct call *call = store->first; call != NULL; call = call->next)
        count++;
    return count;
}

void fake_store_up(struct store *store, bool up)
{
    store->up = up;
    if (store->listen != NULL)
        store->listen(store->listen_arg, up, 0);
}

void fake_store_fail_begins(struct store *store, enum store_status status, size_t count)
{
    store->begin_status = status;
    store->begin_failures = count;
}

void fake_store_lose_commit(struct store *store, bool happened)
{
    store->lose = true;
    store->lost_happens = happened;
}

void fake_store_refuse(struct store *store, const uint8_t id[UUID_SIZE], struct error error)
{
    assert_true(store->n_refusals < sizeof(store->refusals) / sizeof(store->refusals[0]));
    memcpy(store->refusals[store->n_refusals].id, id, UUID_SIZE);
    store->refusals[store->n_refusals++].error = error;
}

const struct fake_counts *fake_store_counts(const struct store *store)
{
    return &store->counts;
}

const struct store_change *fake_store_log(const struct store *store, size_t *count_r)
{
    *count_r = store->n_log;
    return store->log;
}

const struct store_record *fake_store_record(const struct store *store, const uint8_t *id)
{
    return find(store, id);
}

const struct store_head *fake_store_head(const struct store *store)
{
    return &store->head;
}

const struct store_invitation *fake_store_invitations(const struct store *store, size_t *count_r)
{
    *count_r = store->n_invitations;
    return store->invitations;
}

/* --- life --------------------------------------------------------------------------------------
 */

struct store *fake_store_new(void)
{
    return store_open(NULL, "", "", 1, NULL, NULL);
}

struct store *store_open(struct event_base *base, const char *conninfo, const char *schema,
    size_t connections, store_listen_cb *listen, void *arg)
{
    struct store *store = calloc(1, sizeof(*store));

    (void)base;
    (void)conninfo;
    (void)schema;
    (void)connections;
    assert_non_null(store);
    store->up = true;
    store->last = &store->first;
    store->listen = listen;
    store->listen_arg = arg;
    store->arena = arena_new(MEMORY);
    store->records = calloc(MANY, sizeof(*store->records));
    store->log = calloc(MANY, sizeof(*store->log));
    store->invitations = calloc(64, sizeof(*store->invitations));
    assert_true(store->arena != NULL && store->records != NULL && store->log != NULL);
    return store;
}

void store_free(struct store **store)
{
    struct store *s = *store;

    if (s == NULL)
        return;
    s->up = false;
    s->listen = NULL;
    fake_store_run(s);
    arena_free(&s->batch);
    arena_free(&s->arena);
    free(s->records);
    free(s->log);
    free(s->invitations);
    free(s);
    *store = NULL;
}

bool store_ready(const struct store *store)
{
    return store->up;
}

bool store_schema_wrong(const struct store *store, int *found_r)
{
    (void)store;
    (void)found_r;
    return false;
}
