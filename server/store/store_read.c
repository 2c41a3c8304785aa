/* Reads: each a job on a pooled connection. */
#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "log.h"
#include "register.h"
#include "store_internal.h"
#include "store_read.h"

#define ARENA_LIMIT ((size_t)512 << 20)

struct reader;

/* One read under way. */
struct read {
    struct pool_job job;
    struct store *store;
    const struct reader *reader;
    struct arena *arena;
    struct turn_calls calls;
    void (*cb)(void); /* of the reader's type */
    void *arg;
    bool failed; /* memory ran out over the answer */

    size_t limit;
    bool bodies; /* a page's second turn */
    uint64_t since, floor;
    struct store_quarantined quarantined;
    struct store_page page;
    struct store_record *records;
    struct pipeline_value *unknown; /* of each record */
    struct store_change *changes;
    size_t n_changes;
};

/* A kind of read. */
struct reader {
    bool (*take)(struct read *read, size_t call, const struct pipeline_rows *rows);
    bool (*more)(struct read *read); /* sends another turn; NULL: there is none */
    void (*tell)(struct read *read, enum store_status status);
};

static bool on_start(struct pool_job *job)
{
    return turn_send(&((struct read *)job)->calls, job);
}

static void on_rows(struct pool_job *job, size_t call, const struct pipeline_rows *rows)
{
    struct read *read = (struct read *)job;

    if (!read->failed && !read->reader->take(read, call, rows))
        read->failed = true;
}

static void finish(struct read *read, enum store_status status)
{
    read->reader->tell(read, status);
    arena_free(&read->arena);
    free(read);
}

/* A refused read leaves its transaction open: the connection goes, which is simplest. */
static void on_end(struct pool_job *job, enum pool_end end, const struct pipeline_failure *failure)
{
    struct read *read = (struct read *)job;

    (void)failure;
    if (end == POOL_DONE && !read->failed && read->reader->more != NULL && read->reader->more(read))
        return;
    if (end == POOL_FAILED || (end == POOL_DONE && read->failed))
        pool_break(job);
    else if (end == POOL_DONE)
        pool_finish(job);
    finish(read, end == POOL_DONE && !read->failed ? STORE_OK : STORE_UNAVAILABLE);
}

static struct read *make(struct store *store, const struct reader *reader, size_t limit,
    size_t n_calls, void (*cb)(void), void *arg)
{
    struct read *read = calloc(1, sizeof(*read));

    if (read == NULL) {
        log_line(LOG_LEVEL_ERROR, NULL, "event=memory schema=%s", store->schema);
        abort();
    }
    read->job = (struct pool_job){.start = on_start, .rows = on_rows, .end = on_end};
    read->store = store;
    read->reader = reader;
    read->cb = cb;
    read->arg = arg;
    read->limit = limit;
    read->arena = arena_new(ARENA_LIMIT);
    read->calls = turn_make(read->arena, n_calls);
    return read;
}

/* Adds a call that takes numbers. */
static void add_numbers(struct read *read, const char *name, const uint64_t *numbers, size_t count)
{
    struct pipeline_value *values = turn_add(&read->calls, name, count);

    for (size_t i = 0; values != NULL && i < count; i++) {
        values[i] = binary_number(
            read->arena, BINARY_INT64, numbers[i] > INT64_MAX ? INT64_MAX : (int64_t)numbers[i]);
        read->calls.failed |= values[i].data == NULL;
    }
}

/* --- a page ----------------------------------------------------------------------------------- */

enum page_call { PAGE_BEGIN, PAGE_HEAD, PAGE_SINCE, PAGE_RECORDS, PAGE_CALLS };

static bool take_page_record(struct read *read, const struct pipeline_rows *rows, size_t row)
{
    size_t n = read->page.n_records;
    struct store_record *record = &read->records[n];
    struct pipeline_value unknown;

    binary_get_bytes(pipeline_rows_get(rows, row, 0), read->page.upto_hash, STORE_HASH_SIZE);
    if (!register_read_record(rows, row, 1, record, &unknown)) {
        read->page.upto = record->seq; /* of a later version's kind */
        return true;
    }
    memcpy(record->hash, read->page.upto_hash, STORE_HASH_SIZE);
    read->page.upto = record->seq;
    if (unknown.data != NULL) {
        unknown.data = arena_copy(read->arena, unknown.data, unknown.size);
        if (unknown.data == NULL)
            return false;
    }
    read->unknown[n] = unknown;
    read->page.n_records++;
    return true;
}

static bool take_page_records(struct read *read, const struct pipeline_rows *rows)
{
    size_t count = pipeline_rows_count(rows);

    read->records = arena_alloc(read->arena, count * sizeof(*read->records));
    read->unknown = arena_alloc(read->arena, count * sizeof(*read->unknown));
    if (read->records == NULL || read->unknown == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!take_page_record(read, rows, i))
            return false;
    if (count < read->limit) {
        read->page.upto = read->page.head;
        memcpy(read->page.upto_hash, read->page.head_hash, STORE_HASH_SIZE);
    }
    read->page.records = read->records;
    return true;
}

static bool take_page_bodies(struct read *read, const struct pipeline_rows *rows)
{
    for (size_t i = 0; i < pipeline_rows_count(rows); i++) {
        int64_t n = binary_get_number(pipeline_rows_get(rows, i, 0), BINARY_INT32);
        struct store_record *record;

        if (n < 0 || (size_t)n >= read->page.n_records)
            return false;
        record = &read->records[n];
        record->body = store_read_body(record->kind, rows, i, read->unknown[n], read->arena);
        if (record->body == NULL)
            return false;
    }
    return true;
}

static bool take_page(struct read *read, size_t call, const struct pipeline_rows *rows)
{
    struct store_head head;

    if (read->bodies)
        return take_page_bodies(read, rows);
    switch ((enum page_call)call) {
    case PAGE_HEAD:
        if (!register_read_head(rows, false, read->arena, &head))
            return false;
        read->page.head = head.seq;
        memcpy(read->page.head_hash, head.hash, STORE_HASH_SIZE);
        return true;
    case PAGE_SINCE:
        read->page.since_known = read->since == 0 || pipeline_rows_count(rows) == 1;
        if (pipeline_rows_count(rows) == 1)
            binary_get_bytes(pipeline_rows_get(rows, 0, 0), read->page.since_hash, STORE_HASH_SIZE);
        return true;
    default:
        return take_page_records(read, rows);
    }
}

/* The bodies of the kind's live records. */
static void add_bodies(struct read *read, const struct kind *kind)
{
    struct binary_array ids = binary_array_make(read->arena, BINARY_UUID, 16);
    struct binary_array numbers = binary_array_make(read->arena, BINARY_INT32, 16);
    struct pipeline_value *values;

    for (size_t i = 0; i < read->page.n_records; i++)
        if (read->records[i].kind == kind && !read->records[i].deleted) {
            binary_add(&ids, read->records[i].id, UUID_SIZE);
            binary_add_number(&numbers, (int64_t)i);
        }
    read->calls.failed |= ids.failed || numbers.failed;
    values =
        turn_add(&read->calls, statements_name(&read->store->statements, kind, ROWS_SELECT), 2);
    if (values != NULL) {
        values[0] = binary_array_value(&ids);
        values[1] = binary_array_value(&numbers);
    }
}

/* Which kinds the page has live records of, as a mask of their numbers. */
static uint64_t kinds_of(const struct read *read)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < read->page.n_records; i++)
        if (!read->records[i].deleted)
            mask |= UINT64_C(1) << read->records[i].kind->id;
    return mask;
}

static bool more_page(struct read *read)
{
    uint64_t mask;

    if (read->bodies)
        return false;
    mask = kinds_of(read);
    read->bodies = true;
    read->calls = turn_make(read->arena, kinds_count + 1);
    for (size_t i = 0; !read->calls.failed && i < kinds_count; i++)
        if (mask & UINT64_C(1) << kinds[i].id)
            add_bodies(read, &kinds[i]);
    turn_add_values(&read->calls, "commit", NULL, 0);
    read->failed = read->calls.failed;
    return turn_send(&read->calls, &read->job);
}

static void tell_page(struct read *read, enum store_status status)
{
    ((store_page_cb *)read->cb)(read->arg, status, status == STORE_OK ? &read->page : NULL);
}

void store_page(struct store *store, uint64_t since, size_t limit, store_page_cb *cb, void *arg)
{
    static const struct reader reader = {take_page, more_page, tell_page};
    struct read *read = make(store, &reader, limit, PAGE_CALLS, (void (*)(void))cb, arg);
    const uint64_t numbers[] = {since, limit};

    read->since = since;
    turn_add_values(&read->calls, "begin_read", NULL, 0);
    turn_add_values(&read->calls, "head", NULL, 0);
    add_numbers(read, "hash_at", numbers, 1);
    add_numbers(read, "page", numbers, 2);
    pool_submit(store->readers, &read->job);
}

static void tell_kind(struct read *read, enum store_status status)
{
    bool fine = status == STORE_OK;

    ((store_kind_cb *)read->cb)(
        read->arg, status, fine ? read->records : NULL, fine ? read->page.n_records : 0);
}

/* A page of one kind, however many there are. */
void store_kind(struct store *store, const struct kind *kind, store_kind_cb *cb, void *arg)
{
    static const struct reader reader = {take_page, more_page, tell_kind};
    struct read *read = make(store, &reader, SIZE_MAX, PAGE_CALLS, (void (*)(void))cb, arg);
    const uint64_t none = 0;
    struct pipeline_value *values;

    turn_add_values(&read->calls, "begin_read", NULL, 0);
    turn_add_values(&read->calls, "head", NULL, 0);
    add_numbers(read, "hash_at", &none, 1);
    values = turn_add(&read->calls, "of_kind", 1);
    if (values != NULL)
        values[0] = (struct pipeline_value){kind->name, strlen(kind->name)};
    pool_submit(store->readers, &read->job);
}

/* --- history ---------------------------------------------------------------------------------- */

static bool take_history(struct read *read, size_t call, const struct pipeline_rows *rows)
{
    (void)call;
    read->changes = store_read_changes(rows, true, read->arena, &read->n_changes);
    return read->changes != NULL;
}

static void tell_history(struct read *read, enum store_status status)
{
    bool fine = status == STORE_OK;

    ((store_history_cb *)read->cb)(
        read->arg, status, fine ? read->changes : NULL, fine ? read->n_changes : 0);
}

void store_history(struct store *store, const uint8_t id[UUID_SIZE], uint64_t before, size_t limit,
    store_history_cb *cb, void *arg)
{
    static const struct reader reader = {take_history, NULL, tell_history};
    struct read *read = make(store, &reader, limit, 1, (void (*)(void))cb, arg);
    struct pipeline_value *values =
        turn_add(&read->calls, id == NULL ? "history" : "history_of", id == NULL ? 2 : 3);

    if (values != NULL) {
        values[0] = binary_number(read->arena, BINARY_INT64,
            before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t)before);
        values[1] = binary_number(read->arena, BINARY_INT64, (int64_t)limit);
        if (id != NULL)
            values[2] = (struct pipeline_value){arena_copy(read->arena, id, UUID_SIZE), UUID_SIZE};
    }
    pool_submit(store->readers, &read->job);
}

/* --- floor ------------------------------------------------------------------------------------ */

static bool take_floor(struct read *read, size_t call, const struct pipeline_rows *rows)
{
    (void)call;
    if (pipeline_rows_count(rows) == 1)
        read->floor = (uint64_t)binary_get_number(pipeline_rows_get(rows, 0, 0), BINARY_INT64);
    return true;
}

static void tell_floor(struct read *read, enum store_status status)
{
    ((store_floor_cb *)read->cb)(read->arg, status, read->floor);
}

void store_floor(struct store *store, size_t count, store_floor_cb *cb, void *arg)
{
    static const struct reader reader = {take_floor, NULL, tell_floor};
    struct read *read = make(store, &reader, 1, 1, (void (*)(void))cb, arg);
    const uint64_t number = count;

    add_numbers(read, "floor", &number, 1);
    pool_submit(store->readers, &read->job);
}

/* --- quarantine ------------------------------------------------------------------------------- */

static bool take_quarantined(struct read *read, size_t call, const struct pipeline_rows *rows)
{
    struct store_quarantined *found = &read->quarantined;

    (void)call;
    if (pipeline_rows_count(rows) != 1)
        return true;
    found->waiting = (uint64_t)binary_get_number(pipeline_rows_get(rows, 0, 0), BINARY_INT64);
    found->bytes = (uint64_t)binary_get_number(pipeline_rows_get(rows, 0, 1), BINARY_INT64);
    found->rank = (uint32_t)binary_get_number(pipeline_rows_get(rows, 0, 2), BINARY_INT64);
    found->part = (uint32_t)binary_get_number(pipeline_rows_get(rows, 0, 3), BINARY_INT64);
    return true;
}

static void tell_quarantined(struct read *read, enum store_status status)
{
    ((store_quarantined_cb *)read->cb)(
        read->arg, status, status == STORE_OK ? &read->quarantined : NULL);
}

void store_quarantined(
    struct store *store, const uint8_t device[UUID_SIZE], store_quarantined_cb *cb, void *arg)
{
    static const struct reader reader = {take_quarantined, NULL, tell_quarantined};
    struct read *read = make(store, &reader, 1, 1, (void (*)(void))cb, arg);
    struct pipeline_value *values = turn_add(&read->calls, "quarantined", 1);

    if (values != NULL)
        values[0] = (struct pipeline_value){arena_copy(read->arena, device, UUID_SIZE), UUID_SIZE};
    pool_submit(store->readers, &read->job);
}
