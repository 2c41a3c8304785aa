/*
 * The store on a real PostgreSQL. tests/store/run starts one and tells, in the environment:
 * CONCERT_TEST_DB and CONCERT_TEST_OWNER_DB, how the daemon and the owner connect;
 * CONCERT_TEST_KILL and CONCERT_TEST_START, commands that stop it at once and start it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/migrate.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/store_read.h"

#define SCHEMA "store_test"
#define AT INT64_C(1255564800000000) /* 15 October 2009 */
#define WAIT_SECONDS 20

struct world {
    struct event_base *base;
    struct store *store;
    struct arena *arena;
    bool up;
    uint64_t heard; /* the last head that the listening connection told */
    bool done;
    enum store_status status;
    struct error error;
    const struct store_answer *answer; /* until the batch is over */
    struct store_page page;            /* copied into the arena, records too */
    struct store_change changes[64];
    size_t n_changes;
    uint64_t floor;
};

static const char *env(const char *name)
{
    const char *value = getenv(name);

    assert_non_null(value);
    return value;
}

/* --- waiting ---------------------------------------------------------------------------------- */

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    *(bool *)arg = true;
}

/* Turns the loop until the condition holds. */
#define WAIT(w, condition)                                                                         \
    do {                                                                                           \
        bool late = false;                                                                         \
        struct event *timer = event_new((w)->base, -1, 0, on_deadline, &late);                     \
        struct timeval time = {WAIT_SECONDS, 0};                                                   \
        event_add(timer, &time);                                                                   \
        while (!(condition) && !late)                                                              \
            event_base_loop((w)->base, EVLOOP_ONCE);                                               \
        event_free(timer);                                                                         \
        assert_true(condition);                                                                    \
    } while (0)

static void on_listen(void *arg, bool up, uint64_t head)
{
    struct world *w = arg;

    w->up = up;
    if (head > 0)
        w->heard = head;
}

static void on_begin(void *arg, enum store_status status, const struct store_answer *answer)
{
    struct world *w = arg;

    assert_false(w->done);
    w->done = true;
    w->status = status;
    w->answer = answer;
}

static void on_commit(void *arg, enum store_status status, const struct error *error)
{
    struct world *w = arg;

    assert_false(w->done);
    w->done = true;
    w->status = status;
    w->answer = NULL;
    w->error = error == NULL ? (struct error){0} : *error;
    assert_true((status == STORE_REFUSED) == (error != NULL));
}

static void on_page(void *arg, enum store_status status, const struct store_page *page)
{
    struct world *w = arg;

    w->done = true;
    w->status = status;
    if (page == NULL)
        return;
    w->page = *page;
    w->page.records =
        (void *)arena_copy(w->arena, page->records, page->n_records * sizeof(page->records[0]));
    for (size_t i = 0; i < page->n_records; i++) {
        struct store_record *record = (struct store_record *)&w->page.records[i];
        struct error error;
        uint8_t *data;
        size_t size;

        if (record->body == NULL)
            continue;
        data = record_encode(record->body, w->arena, &size);
        record->body = record_decode(record->kind, data, size, w->arena, &error);
        assert_non_null(record->body);
    }
}

static void on_history(
    void *arg, enum store_status status, const struct store_change *changes, size_t count)
{
    struct world *w = arg;

    w->done = true;
    w->status = status;
    w->n_changes = count;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++) {
        w->changes[i] = changes[i];
        w->changes[i].patch =
            (uint8_t *)arena_copy(w->arena, changes[i].patch, changes[i].patch_size);
        w->changes[i].reason = changes[i].reason == NULL ? NULL
                                                         : arena_copy(w->arena, changes[i].reason,
                                                               strlen(changes[i].reason));
    }
}

static void on_floor(void *arg, enum store_status status, uint64_t seq)
{
    struct world *w = arg;

    w->done = true;
    w->status = status;
    w->floor = seq;
}

/* --- a region with a few records
 * ------------------------------------------------------------------ */

static void make_id(uint8_t id_r[UUID_SIZE], unsigned number)
{
    memset(id_r, 0, UUID_SIZE);
    id_r[0] = 1;
    id_r[14] = (uint8_t)(number >> 8);
    id_r[15] = (uint8_t)number;
}

#define KIND(name) kinds_by_name(#name)

static ProtobufCMessage *body(struct world *w, const struct kind *kind, const char *const *pairs)
{
    ProtobufCMessage *message = record_new(kind, w->arena);

    for (; pairs[0] != NULL; pairs += 2) {
        const ProtobufCFieldDescriptor *field = record_field(kind, pairs[0]);
        struct record_value value;

        assert_non_null(field);
        assert_true(record_parse(kind, field, pairs[1], w->arena, &value));
        assert_true(record_set(message, field, &value, 1, w->arena));
    }
    return message;
}

#define BODY(w, kind, ...) body(w, kind, (const char *const[]){__VA_ARGS__, NULL})

static const char *id_text(struct world *w, unsigned number)
{
    char *text = arena_alloc(w->arena, UUID_TEXT);
    uint8_t id[UUID_SIZE];

    make_id(id, number);
    uuid_format(id, text);
    return text;
}

static struct store_record record(
    const struct kind *kind, unsigned number, uint64_t seq, ProtobufCMessage *message)
{
    struct store_record record = {.kind = kind,
        .revision = 1,
        .seq = seq,
        .created_at = AT,
        .changed_at = AT + (int64_t)seq,
        .deleted = message == NULL,
        .body = message};

    make_id(record.id, number);
    make_id(record.created_by, 900);
    make_id(record.changed_by, 901);
    snprintf(record.handle, sizeof(record.handle), "H%u", number);
    return record;
}

static struct store_change change_of(const struct store_record *record)
{
    static const char *const fields[] = {"title", "a \"b\" \\ {c}, d"};
    struct store_change change = {.seq = record->seq,
        .kind = record->kind,
        .revision = record->revision,
        .at = record->changed_at,
        .authored_at = AT - 7,
        .fields = fields,
        .n_fields = 2,
        .patch = (const uint8_t *)"\0\1\2",
        .patch_size = 3,
        .deleted = record->deleted,
        .reason = "parce que « oui »"};

    memcpy(change.id, record->id, UUID_SIZE);
    make_id(change.op_id, 10000 + (unsigned)record->seq);
    make_id(change.account, 900);
    memset(change.hash, (int)record->seq, STORE_HASH_SIZE);
    memset(change.patch_hash, 0xee, STORE_HASH_SIZE);
    return change;
}

static void begin(struct world *w, const struct store_ask *ask)
{
    w->done = false;
    store_begin(w->store, ask, on_begin, w);
    assert_false(w->done);
    WAIT(w, w->done);
}

static void rollback(struct world *w)
{
    w->done = false;
    store_rollback(w->store, on_commit, w);
    WAIT(w, w->done);
}

/* Begins with nothing asked, and writes the records with a change each. */
static void write_records(struct world *w, const struct store_record *records, size_t count)
{
    struct store_ask ask = {0};
    struct store_writes writes = {.records = records, .n_records = count, .n_changes = count};
    struct store_change *changes = arena_alloc(w->arena, count * sizeof(*changes));

    begin(w, &ask);
    assert_int_equal(w->status, STORE_OK);
    writes.head = w->answer->head;
    for (size_t i = 0; i < count; i++) {
        changes[i] = change_of(&records[i]);
        writes.head.seq = changes[i].seq;
        memcpy(writes.head.hash, changes[i].hash, STORE_HASH_SIZE);
        writes.head.serials[records[i].kind->id]++;
    }
    writes.changes = changes;
    w->done = false;
    store_commit(w->store, &writes, on_commit, w);
    assert_false(w->done);
    WAIT(w, w->done);
}

static void page(struct world *w, uint64_t since, size_t limit)
{
    w->done = false;
    store_page(w->store, since, limit, on_page, w);
    assert_false(w->done);
    WAIT(w, w->done);
    assert_int_equal(w->status, STORE_OK);
}

static const char *text_of(struct world *w, const struct store_record *record, const char *name)
{
    const ProtobufCFieldDescriptor *field = record_field(record->kind, name);

    if (record_count(record->body, field) == 0)
        return "";
    return record_text(record->kind, field, record_get(record->body, field, 0), w->arena);
}

/* Party 1, plan 2, objective 3, action 4, share 5: seqs 1 to 5. */
static void write_plan(struct world *w)
{
    const struct store_record records[] = {
        record(KIND(share), 5, 1,
            BODY(w, KIND(share), "action", id_text(w, 4), "party", id_text(w, 1), "percent", "40",
                "status", "under_way", "due", "2009-12-01", "next_step", "Réunir « tous »")),
        record(KIND(action), 4, 2,
            BODY(w, KIND(action), "objective", id_text(w, 3), "number", "1.1", "title", "Agir")),
        record(KIND(objective), 3, 3,
            BODY(w, KIND(objective), "plan", id_text(w, 2), "number", "1", "title", "But")),
        record(KIND(plan), 2, 4,
            BODY(w, KIND(plan), "title", "Plan", "type", "annual", "party", id_text(w, 1),
                "starts_on", "2009-04-01", "ends_on", "2010-03-31")),
        record(KIND(party), 1, 5, BODY(w, KIND(party), "name", "Comité", "type", "local")),
    };

    write_records(w, records, 5);
    assert_int_equal(w->status, STORE_OK);
}

static void drop_schema(void)
{
    PGconn *conn = PQconnectdb(env("CONCERT_TEST_OWNER_DB"));

    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    PQclear(PQexec(conn, "SET client_min_messages TO warning"));
    PQclear(PQexec(conn, "DROP SCHEMA IF EXISTS " SCHEMA " CASCADE"));
    PQfinish(conn);
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    char why[MIGRATE_WHY_SIZE] = "";

    drop_schema();
    if (!migrate_run(env("CONCERT_TEST_OWNER_DB"), SCHEMA, "concertd", why))
        fail_msg("%s", why);
    w->base = event_base_new();
    w->arena = arena_new((size_t)64 << 20);
    w->store = store_open(w->base, env("CONCERT_TEST_DB"), SCHEMA, 2, on_listen, w);
    assert_non_null(w->store);
    WAIT(w, w->up);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    store_free(&w->store);
    arena_free(&w->arena);
    event_base_free(w->base);
    free(w);
    return 0;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_plan_comes_back(void **state)
{
    struct world *w = *state;
    const struct store_record *share;

    write_plan(w);
    page(w, 0, 100);
    assert_int_equal(w->page.n_records, 5);
    assert_int_equal(w->page.head, 5);
    assert_int_equal(w->page.upto, 5);
    assert_true(w->page.since_known);
    assert_int_equal(w->page.upto_hash[31], 5);
    assert_memory_equal(w->page.head_hash, w->page.upto_hash, STORE_HASH_SIZE);
    share = &w->page.records[0];
    assert_ptr_equal(share->kind, KIND(share));
    assert_int_equal(share->seq, 1);
    assert_int_equal(share->hash[0], 1);
    assert_string_equal(share->handle, "H5");
    assert_int_equal(share->changed_at, AT + 1);
    assert_true(uuid_equal(share->owner, uuid_none));
    assert_string_equal(text_of(w, share, "percent"), "40");
    assert_string_equal(text_of(w, share, "status"), "under_way");
    assert_string_equal(text_of(w, share, "due"), "2009-12-01");
    assert_string_equal(text_of(w, share, "next_step"), "Réunir « tous »");
    assert_string_equal(text_of(w, share, "party"), id_text(w, 1));
    assert_string_equal(text_of(w, share, "weight"), "");
    page(w, 5, 1);
    assert_int_equal(w->heard, 0); /* what it commits itself it need not be told */
}

static void test_pages_go_on(void **state)
{
    struct world *w = *state;

    write_plan(w);
    page(w, 0, 2);
    assert_int_equal(w->page.n_records, 2);
    assert_int_equal(w->page.upto, 2);
    assert_int_equal(w->page.upto_hash[0], 2);
    page(w, 2, 2);
    assert_int_equal(w->page.records[0].seq, 3);
    assert_int_equal(w->page.since_hash[7], 2);
    page(w, 5, 2);
    assert_int_equal(w->page.n_records, 0);
    assert_int_equal(w->page.upto, 5);
    assert_true(w->page.since_known);
    page(w, 99, 2);
    assert_false(w->page.since_known);
}

static void test_begin_reads_what_is_asked(void **state)
{
    struct world *w = *state;
    uint8_t op_ids[2][UUID_SIZE], referred[2][UUID_SIZE];
    struct store_touch touched[2] = {{.kind = KIND(share), .base = 0}, {.kind = KIND(share)}};
    struct store_ask ask = {.op_ids = (const void *)op_ids,
        .n_op_ids = 2,
        .touched = touched,
        .n_touched = 2,
        .referred = (const void *)referred,
        .n_referred = 2};
    const struct store_record *share = NULL;

    write_plan(w);
    make_id(op_ids[0], 10003);
    make_id(op_ids[1], 7777);
    make_id(touched[0].id, 5);
    make_id(touched[1].id, 6666);
    make_id(referred[0], 1);
    make_id(referred[1], 5);
    begin(w, &ask);
    assert_int_equal(w->status, STORE_OK);
    assert_int_equal(w->answer->head.seq, 5);
    assert_int_equal(w->answer->head.serials[CONCERT__KIND__SHARE], 1);
    assert_int_equal(w->answer->n_known, 1);
    assert_int_equal(w->answer->known[0].seq, 3);
    assert_string_equal(w->answer->known[0].handle, "H3");
    assert_int_equal(w->answer->n_records, 2);
    for (size_t i = 0; i < 2; i++)
        if (w->answer->records[i].kind == KIND(share))
            share = &w->answer->records[i];
        else
            assert_null(w->answer->records[i].body);
    assert_string_equal(text_of(w, share, "percent"), "40");
    assert_int_equal(w->answer->n_changes, 1);
    assert_int_equal(w->answer->changes[0].n_fields, 2);
    assert_string_equal(w->answer->changes[0].fields[1], "a \"b\" \\ {c}, d");
    rollback(w);
    assert_int_equal(w->status, STORE_OK);
}

/* The same record asked for by several: once, with its body, and the changes after the lowest base.
 * What is no share has no share's body. */
static void test_begin_unites_what_is_asked(void **state)
{
    struct world *w = *state;
    struct store_touch touched[4] = {{.kind = KIND(share), .base = 2},
        {.kind = KIND(share), .base = 1}, {.kind = KIND(share), .base = 2}, {.kind = KIND(share)}};
    struct store_ask ask = {.touched = touched, .n_touched = 4};
    const char *const references[] = {id_text(w, 4), id_text(w, 1)};

    write_plan(w);
    for (uint64_t revision = 2; revision <= 3; revision++) {
        struct store_record again = record(KIND(share), 5, 4 + revision,
            BODY(w, KIND(share), "action", references[0], "party", references[1]));

        again.revision = revision;
        write_records(w, &again, 1);
    }
    for (size_t i = 0; i < 3; i++)
        make_id(touched[i].id, 5);
    make_id(touched[3].id, 4); /* an action */
    begin(w, &ask);
    assert_int_equal(w->answer->n_records, 2);
    assert_int_equal(w->answer->n_changes, 3);
    assert_int_equal(w->answer->changes[0].seq, 2); /* the action's, then the share's */
    assert_int_equal(w->answer->changes[1].revision, 2);
    assert_int_equal(w->answer->changes[2].revision, 3);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            w->answer->records[i].body != NULL, w->answer->records[i].kind == KIND(share));
    rollback(w);
}

static void history(struct world *w, const uint8_t *id, uint64_t before, size_t limit)
{
    w->done = false;
    store_history(w->store, id, before, limit, on_history, w);
    WAIT(w, w->done);
    assert_int_equal(w->status, STORE_OK);
}

static void test_history(void **state)
{
    struct world *w = *state;
    uint8_t id[UUID_SIZE];

    write_plan(w);
    history(w, NULL, 0, 3);
    assert_int_equal(w->n_changes, 3);
    assert_int_equal(w->changes[0].seq, 5);
    assert_int_equal(w->changes[2].seq, 3);
    assert_int_equal(w->changes[0].patch_size, 3);
    assert_memory_equal(w->changes[0].patch, "\0\1\2", 3);
    assert_int_equal(w->changes[0].hash[4], 5);
    assert_int_equal(w->changes[0].authored_at, AT - 7);
    assert_string_equal(w->changes[0].reason, "parce que « oui »");
    history(w, NULL, 3, 64);
    assert_int_equal(w->n_changes, 2);
    make_id(id, 3);
    history(w, id, 0, 64);
    assert_int_equal(w->n_changes, 1);
    assert_ptr_equal(w->changes[0].kind, KIND(objective));
}

static uint64_t floor_of(struct world *w, size_t count)
{
    w->done = false;
    store_floor(w->store, count, on_floor, w);
    WAIT(w, w->done);
    assert_int_equal(w->status, STORE_OK);
    return w->floor;
}

static void test_floor(void **state)
{
    struct world *w = *state;

    assert_int_equal(floor_of(w, 0), 0);
    write_plan(w);
    assert_int_equal(floor_of(w, 0), 5);
    assert_int_equal(floor_of(w, 2), 3);
    assert_int_equal(floor_of(w, 5), 0);
    assert_int_equal(floor_of(w, 6), 0);
}

/* --- what PostgreSQL refuses ------------------------------------------------------------------ */

static void refuse(struct world *w, struct store_record bad, Concert__Code code, const char *field,
    const char *rule)
{
    write_records(w, &bad, 1);
    assert_int_equal(w->status, STORE_REFUSED);
    assert_int_equal(w->error.code, code);
    assert_string_equal(w->error.field, field);
    assert_string_equal(w->error.rule, rule);
}

static void test_refusals_tell_the_field(void **state)
{
    struct world *w = *state;
    const struct kind *share = KIND(share);
    const char *action = id_text(w, 4), *party = id_text(w, 1);
    struct store_record gone = record(KIND(party), 1, 6, NULL);

    write_plan(w);
    refuse(w, record(share, 6, 6, BODY(w, share, "action", action, "party", party)),
        CONCERT__CODE__EXISTS, "party", "unique");
    refuse(w, record(share, 6, 6, BODY(w, share, "action", id_text(w, 77), "party", party)),
        CONCERT__CODE__INVALID, "action", "reference");
    refuse(w,
        record(share, 6, 6, BODY(w, share, "action", action, "party", party, "percent", "101")),
        CONCERT__CODE__INVALID, "percent", "check");
    refuse(w,
        record(share, 5, 6,
            BODY(w, share, "action", action, "party", party, "status", "blocked", "help_from",
                party)),
        CONCERT__CODE__INVALID, "blocked_by", "check");
    refuse(w, record(share, 6, 6, BODY(w, share, "action", action)), CONCERT__CODE__INVALID,
        "party", "required");
    refuse(w, record(share, 6, 6, BODY(w, share, "due", "2009-02-30")), CONCERT__CODE__INVALID,
        "due", "date");
    gone.revision = 2;
    refuse(w, gone, CONCERT__CODE__INVALID, "party", "in_use");
    page(w, 0, 100);
    assert_int_equal(w->page.head, 5);
    assert_int_equal(w->page.n_records, 5);
}

static void test_deleted_record_stays_as_tombstone(void **state)
{
    struct world *w = *state;
    struct store_record gone = record(KIND(share), 5, 6, NULL);

    write_plan(w);
    gone.revision = 2;
    write_records(w, &gone, 1);
    assert_int_equal(w->status, STORE_OK);
    page(w, 0, 100);
    assert_int_equal(w->page.n_records, 5);
    assert_int_equal(w->page.records[4].seq, 6);
    assert_true(w->page.records[4].deleted);
    assert_null(w->page.records[4].body);
    assert_int_equal(w->page.records[4].created_at, AT);
}

/* Two actions change numbers in one batch: uniqueness counts at commit. */
static void test_numbers_can_be_swapped(void **state)
{
    struct world *w = *state;
    const struct kind *kind = KIND(action);
    const char *objective = id_text(w, 3);
    struct store_record other = record(
        kind, 8, 6, BODY(w, kind, "objective", objective, "number", "1.2", "title", "Autre"));
    struct store_record both[] = {
        record(kind, 8, 7, BODY(w, kind, "objective", objective, "number", "1.1", "title", "A")),
        record(kind, 4, 8, BODY(w, kind, "objective", objective, "number", "1.2", "title", "B")),
    };

    write_plan(w);
    write_records(w, &other, 1);
    assert_int_equal(w->status, STORE_OK);
    both[0].revision = both[1].revision = 2;
    write_records(w, both, 2);
    assert_int_equal(w->status, STORE_OK);
    page(w, 6, 2);
    assert_string_equal(text_of(w, &w->page.records[1], "number"), "1.2");
}

/* --- lists, bytes, unknown fields ------------------------------------------------------------- */

static void test_lists_and_unknown_fields(void **state)
{
    struct world *w = *state;
    const struct kind *kind = KIND(territory);
    struct record_value names[] = {
        {.data = "La Tuque", .size = 8}, {.data = "\"a\\,{}\" NULL", .size = 13}};
    ProtobufCMessageUnknownField unknown = {.tag = 99,
        .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
        .len = 4,
        .data = (uint8_t *)"\3abc"};
    struct store_record made =
        record(kind, 20, 1, BODY(w, kind, "code", "90", "name", "Haut", "population", "15000"));
    const ProtobufCFieldDescriptor *field = record_field(kind, "municipalities");
    const ProtobufCMessage *back;

    assert_true(record_set(made.body, field, names, 2, w->arena));
    made.body->n_unknown_fields = 1;
    made.body->unknown_fields = &unknown;
    write_records(w, &made, 1);
    assert_int_equal(w->status, STORE_OK);
    page(w, 0, 10);
    back = w->page.records[0].body;
    assert_true(record_same(back, made.body, field));
    assert_true(record_same(back, made.body, record_field(kind, "population")));
    assert_int_equal(back->n_unknown_fields, 1);
    assert_int_equal(back->unknown_fields[0].tag, 99);
    assert_memory_equal(back->unknown_fields[0].data, "\3abc", 4);
}

static void test_account_parties(void **state)
{
    struct world *w = *state;
    const struct kind *kind = KIND(account);
    uint8_t ids[2][UUID_SIZE];
    struct record_value parties[] = {
        {.data = (char *)ids[0], .size = UUID_SIZE}, {.data = (char *)ids[1], .size = UUID_SIZE}};
    struct store_record made =
        record(kind, 30, 1, BODY(w, kind, "person", "Agente", "role", "editor", "active", "false"));
    const ProtobufCFieldDescriptor *field = record_field(kind, "parties");

    make_id(ids[0], 1);
    make_id(ids[1], 2);
    assert_true(record_set(made.body, field, parties, 2, w->arena));
    write_records(w, &made, 1);
    assert_int_equal(w->status, STORE_OK);
    page(w, 0, 10);
    assert_true(record_same(w->page.records[0].body, made.body, field));
    assert_string_equal(text_of(w, &w->page.records[0], "active"), "false");
}

static void commit(struct world *w, const struct store_writes *writes)
{
    w->done = false;
    store_commit(w->store, writes, on_commit, w);
    WAIT(w, w->done);
}

static void test_invitations(void **state)
{
    struct world *w = *state;
    struct store_invitation invitation = {.expires_at = AT};
    struct store_ask ask = {0};
    struct store_writes writes = {.invitations = &invitation, .n_invitations = 1};

    memset(invitation.code_hash, 7, STORE_HASH_SIZE);
    make_id(invitation.account, 30);
    begin(w, &ask);
    commit(w, &writes);
    assert_int_equal(w->status, STORE_OK);
    make_id(invitation.device, 31);
    ask.code_hashes = (const void *)invitation.code_hash;
    ask.n_code_hashes = 1;
    begin(w, &ask);
    assert_int_equal(w->answer->n_invitations, 1);
    assert_int_equal(w->answer->invitations[0].expires_at, AT);
    assert_true(uuid_equal(w->answer->invitations[0].device, uuid_none));
    commit(w, &writes);
    begin(w, &ask);
    assert_true(uuid_equal(w->answer->invitations[0].device, invitation.device));
    assert_true(uuid_equal(w->answer->invitations[0].account, invitation.account));
    rollback(w);
}

/* --- the connection comes and goes ------------------------------------------------------------ */

static void command(const char *name)
{
    assert_int_equal(system(env(name)), 0);
}

/* Killed at every stage of a batch and of a read; each call is answered, once, and all goes on. */
static void test_killed_while_open(void **state)
{
    struct world *w = *state;
    struct store_ask ask = {0};
    struct store_writes writes = {0};

    begin(w, &ask);
    command("CONCERT_TEST_KILL");
    WAIT(w, !w->up);
    commit(w, &writes);
    assert_int_equal(w->status, STORE_UNAVAILABLE);
    begin(w, &ask);
    assert_int_equal(w->status, STORE_UNAVAILABLE);
    assert_null(w->answer);
    w->done = false;
    store_page(w->store, 0, 1, on_page, w);
    WAIT(w, w->done);
    assert_int_equal(w->status, STORE_UNAVAILABLE);
    command("CONCERT_TEST_START");
    WAIT(w, w->up);
    write_plan(w);
}

static void test_killed_under_way(void **state)
{
    struct world *w = *state;
    struct store_ask ask = {0};
    struct store_writes writes = {0};

    w->done = false;
    store_begin(w->store, &ask, on_begin, w);
    command("CONCERT_TEST_KILL");
    WAIT(w, w->done);
    if (w->status == STORE_OK) { /* it was quicker */
        WAIT(w, !w->up);
        w->done = false;
        store_commit(w->store, &writes, on_commit, w);
        WAIT(w, w->done);
    }
    assert_int_equal(w->status, STORE_UNAVAILABLE);
    WAIT(w, !w->up);
    command("CONCERT_TEST_START");
    WAIT(w, w->up);
    write_plan(w);
}

/* Whether a commit that got no answer has happened is told by its op_ids. */
static void test_killed_at_commit(void **state)
{
    struct world *w = *state;
    struct store_record made =
        record(KIND(audience), 40, 1, BODY(w, KIND(audience), "number", "1", "description", "x"));
    struct store_change change = change_of(&made);
    struct store_ask ask = {0};
    struct store_writes writes = {
        .records = &made, .n_records = 1, .changes = &change, .n_changes = 1};
    bool acknowledged;

    begin(w, &ask);
    writes.head = w->answer->head;
    writes.head.seq = 1;
    w->done = false;
    store_commit(w->store, &writes, on_commit, w);
    command("CONCERT_TEST_KILL");
    WAIT(w, w->done && !w->up);
    acknowledged = w->status == STORE_OK;
    command("CONCERT_TEST_START");
    WAIT(w, w->up);
    ask.op_ids = (const void *)change.op_id;
    ask.n_op_ids = 1;
    begin(w, &ask);
    assert_int_equal(w->status, STORE_OK);
    assert_int_equal(w->answer->n_known, w->answer->head.seq);
    assert_true(!acknowledged || w->answer->n_known == 1);
    rollback(w);
}

/* Freed at every stage: what is under way is answered, and nothing leaks. */
static void test_freed_at_any_time(void **state)
{
    struct world *w = *state;
    struct store_ask ask = {0};
    struct store_writes writes = {0};

    for (int stage = 0; stage < 6; stage++) {
        struct world other = {.base = w->base, .arena = w->arena};

        other.store = store_open(w->base, env("CONCERT_TEST_DB"), SCHEMA, 2, on_listen, &other);
        for (int turn = 0; stage > 0 && stage < 3 && turn < stage; turn++)
            event_base_loop(w->base, EVLOOP_ONCE);
        if (stage >= 3)
            WAIT(&other, other.up);
        if (stage >= 4)
            store_begin(other.store, &ask, on_begin, &other);
        if (stage >= 5) {
            WAIT(&other, other.done);
            other.done = false;
            store_commit(other.store, &writes, on_commit, &other);
        }
        if (stage == 3)
            store_page(other.store, 0, 10, on_page, &other);
        store_free(&other.store);
        assert_null(other.store);
        assert_int_equal(other.done, stage >= 3);
        assert_int_equal(other.status, stage >= 3 ? STORE_UNAVAILABLE : STORE_OK);
    }
}

/* Another server holds the head: the batch waits for it, and sees what it wrote. */
static void test_second_server_waits(void **state)
{
    struct world *w = *state;
    struct world other = {.base = w->base, .arena = w->arena};
    struct store_ask ask = {0};
    struct store_record made =
        record(KIND(audience), 41, 1, BODY(w, KIND(audience), "number", "2", "description", "y"));
    struct store_change change = change_of(&made);
    struct store_writes writes = {
        .records = &made, .n_records = 1, .changes = &change, .n_changes = 1};

    other.store = store_open(w->base, env("CONCERT_TEST_DB"), SCHEMA, 1, on_listen, &other);
    WAIT(&other, other.up);
    begin(w, &ask);
    other.done = false;
    store_begin(other.store, &ask, on_begin, &other);
    for (int i = 0; i < 50; i++)
        event_base_loop(w->base, EVLOOP_NONBLOCK);
    assert_false(other.done);
    writes.head.seq = 1;
    commit(w, &writes);
    assert_int_equal(w->status, STORE_OK);
    WAIT(&other, other.done);
    assert_int_equal(other.answer->head.seq, 1);
    rollback(&other);
    WAIT(&other, other.heard == 1);
    store_free(&other.store);
}

/* --- the schema ------------------------------------------------------------------------------- */

static PGresult *ask_as(const char *who, const char *sql)
{
    PGconn *conn = PQconnectdb(env(who));
    PGresult *result;

    PQclear(PQexec(conn, "SET search_path TO " SCHEMA));
    result = PQexec(conn, sql);
    PQfinish(conn);
    return result;
}

/* Each kind has a table with its id and its fields, in their order, and nothing else. */
static void test_columns_are_the_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        const ProtobufCMessageDescriptor *descriptor = kinds[i].descriptor;
        char sql[256];
        PGresult *result;

        snprintf(sql, sizeof(sql),
            "SELECT column_name, is_nullable FROM information_schema.columns WHERE"
            " table_schema = '" SCHEMA "' AND table_name = '%s' ORDER BY ordinal_position",
            kinds[i].name);
        result = ask_as("CONCERT_TEST_OWNER_DB", sql);
        assert_int_equal(PQntuples(result), descriptor->n_fields + 1);
        assert_string_equal(PQgetvalue(result, 0, 0), "id");
        for (int j = 0; j < (int)descriptor->n_fields; j++) {
            const char *name = descriptor->fields[j].name;
            bool required = kinds_field(&kinds[i], name)->flags & KIND_REQUIRED;

            assert_string_equal(PQgetvalue(result, j + 1, 0), name);
            assert_string_equal(PQgetvalue(result, j + 1, 1), required ? "NO" : "YES");
        }
        PQclear(result);
    }
}

/* A closed list's check names each of the descriptor's values, and no other. */
static void check_list(const struct kind *kind, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;
    size_t quotes = 0;
    char sql[256];
    PGresult *result;

    snprintf(sql, sizeof(sql),
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '%s_%s_list' AND"
        " connamespace = '" SCHEMA "'::regnamespace",
        kind->name, field->name);
    result = ask_as("CONCERT_TEST_OWNER_DB", sql);
    assert_int_equal(PQntuples(result), 1);
    for (unsigned i = 0; i < list->n_values; i++) {
        char name[64];

        snprintf(name, sizeof(name), "'%s'", list->values[i].name);
        assert_non_null(strcasestr(PQgetvalue(result, 0, 0), name));
    }
    for (const char *c = PQgetvalue(result, 0, 0); *c != '\0'; c++)
        quotes += *c == '\'';
    assert_int_equal(quotes, 2 * list->n_values);
    PQclear(result);
}

static void test_lists_are_the_enums(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (unsigned j = 0; j < kinds[i].descriptor->n_fields; j++)
            if (kinds[i].descriptor->fields[j].type == PROTOBUF_C_TYPE_ENUM)
                check_list(&kinds[i], &kinds[i].descriptor->fields[j]);
}

static void test_log_only_grows(void **state)
{
    static const char *const refused[] = {"UPDATE change SET reason = 'x'", "DELETE FROM change",
        "DELETE FROM record", "TRUNCATE change", "DELETE FROM head", "CREATE TABLE mine ()",
        "DELETE FROM resolution", "UPDATE schema_version SET number = 0"};

    write_plan(*state);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        PGresult *result = ask_as("CONCERT_TEST_DB", refused[i]);

        assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
        PQclear(result);
    }
}

static void test_constraints_are_named(void **state)
{
    PGresult *result = ask_as("CONCERT_TEST_OWNER_DB",
        "SELECT conrelid::regclass, conname FROM pg_constraint WHERE connamespace = '" SCHEMA
        "'::regnamespace AND contype <> 'p' AND conname NOT LIKE"
        " replace(conrelid::regclass::text, '\"', '') || '\\_%\\_%'");

    (void)state;
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    assert_int_equal(PQntuples(result), 0);
    PQclear(result);
}

static void test_migrate_again_and_later(void **state)
{
    const char *owner = env("CONCERT_TEST_OWNER_DB");
    char why[MIGRATE_WHY_SIZE] = "";
    int version = -1;

    write_plan(*state);
    assert_true(migrate_run(owner, SCHEMA, "concertd", why));
    assert_true(migrate_version(env("CONCERT_TEST_DB"), SCHEMA, &version, why));
    assert_int_equal(version, migrate_latest());
    PQclear(ask_as("CONCERT_TEST_OWNER_DB", "INSERT INTO schema_version VALUES (9999, 'x')"));
    assert_false(migrate_run(owner, SCHEMA, "concertd", why));
    assert_non_null(strstr(why, "newer than this program"));
    assert_true(migrate_version(owner, "no_such_region", &version, why));
    assert_int_equal(version, 0);
    assert_false(migrate_run(owner, "Robert'); --", "concertd", why));
    assert_false(migrate_run(owner, "store_test_2", "no \" such role", why));
    assert_true(migrate_version(owner, "store_test_2", &version, why));
    assert_int_equal(version, 0);
    page(*state, 0, 10);
    assert_int_equal(((struct world *)*state)->page.n_records, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plan_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pages_go_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_begin_reads_what_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_begin_unites_what_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_history, setup, teardown),
        cmocka_unit_test_setup_teardown(test_floor, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals_tell_the_field, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deleted_record_stays_as_tombstone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numbers_can_be_swapped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists_and_unknown_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_account_parties, setup, teardown),
        cmocka_unit_test_setup_teardown(test_invitations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_server_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_freed_at_any_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_while_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_under_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_at_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_columns_are_the_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lists_are_the_enums, setup, teardown),
        cmocka_unit_test_setup_teardown(test_log_only_grows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_constraints_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_migrate_again_and_later, setup, teardown),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
