/* The bytes of documents: each call a job on the one connection that is theirs. */
#include "store_document.h"

#include <stdlib.h>
#include <string.h>

#include "binary.h"
#include "log.h"
#include "store_internal.h"

#define ARENA_LIMIT ((size_t)4 << 20)
#define CALLS_MAX 8
#define USE 1

/* Holds the row against another's bytes and against a deletion, until the commit. What is held is
 * where the last part ends; only parts that begin there are ever added. A first part takes room for
 * the whole; of several at once, on any server, each sees what those before it took. */
static const struct pipeline_statement statements[] = {
    {"begin", "BEGIN ISOLATION LEVEL READ COMMITTED", USE},
    {"lock", "SELECT 1 FROM document WHERE id = $1::uuid FOR UPDATE", USE},
    {"lock_room",
        "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.document', 0))"
        " WHERE $1::bigint = 0",
        USE},
    {"add",
        "INSERT INTO document_chunk (document, \"offset\", bytes)"
        " SELECT d.id, $2::bigint, $3::bytea FROM document d WHERE d.id = $1::uuid"
        " AND $2::bigint + length($3::bytea) <= d.size AND $2::bigint = coalesce((SELECT"
        " c.\"offset\" + length(c.bytes) FROM document_chunk c WHERE c.document = d.id"
        " ORDER BY c.\"offset\" DESC LIMIT 1), 0) AND CASE WHEN $2::bigint > 0 THEN true ELSE"
        " d.size + (SELECT coalesce(sum(o.size), 0) FROM document o WHERE EXISTS (SELECT FROM"
        " document_chunk c WHERE c.document = o.id)) <= $4::bigint END",
        USE},
    {"judge",
        "INSERT INTO document_whole (document, at) SELECT d.id, now() FROM document d"
        " WHERE d.id = $1::uuid AND CASE WHEN d.size = (SELECT c.\"offset\" + length(c.bytes)"
        " FROM document_chunk c WHERE c.document = d.id ORDER BY c.\"offset\" DESC LIMIT 1)"
        " THEN d.sha256 = (SELECT encode(sha256(string_agg(c.bytes, '' ORDER BY c.\"offset\")),"
        " 'hex') FROM document_chunk c WHERE c.document = d.id) ELSE false END"
        " ON CONFLICT DO NOTHING",
        USE},
    {"drop",
        "WITH gone AS (DELETE FROM document_chunk c WHERE c.document = $1::uuid"
        " AND NOT EXISTS (SELECT FROM document_whole w WHERE w.document = $1::uuid)"
        " AND (SELECT d.size FROM document d WHERE d.id = $1::uuid) = (SELECT l.\"offset\" +"
        " length(l.bytes) FROM document_chunk l WHERE l.document = $1::uuid"
        " ORDER BY l.\"offset\" DESC LIMIT 1) RETURNING 1) SELECT count(*) FROM gone",
        USE},
    {"commit", "COMMIT", USE},
    {"look",
        "SELECT r.kind, r.deleted, r.owner, r.created_by, d.size, h.held,"
        " EXISTS (SELECT FROM document_whole w WHERE w.document = r.id)"
        " FROM record r LEFT JOIN document d ON d.id = r.id,"
        " LATERAL (SELECT coalesce((SELECT c.\"offset\" + length(c.bytes) FROM document_chunk c"
        " WHERE c.document = r.id ORDER BY c.\"offset\" DESC LIMIT 1), 0) AS held) h"
        " WHERE r.id = $1::uuid",
        USE},
    {"read",
        "SELECT substr(c.bytes, ($2::bigint - c.\"offset\" + 1)::integer, $3::integer) FROM"
        " (SELECT \"offset\", bytes FROM document_chunk WHERE document = $1::uuid"
        " AND \"offset\" <= $2::bigint ORDER BY \"offset\" DESC LIMIT 1) c"
        " WHERE EXISTS (SELECT FROM document_whole w WHERE w.document = $1::uuid)",
        USE},
};

/* In the order of "look". */
enum column { KIND, DELETED, OWNER, CREATED_BY, SIZE, HELD, WHOLE, COLUMNS };

/* One call under way. */
struct asking {
    struct pool_job job;
    struct arena *arena;
    struct turn_calls calls;
    struct store_document document;
    store_document_cb *cb;
    void *arg;
    bool failed; /* memory ran out over the answer */
};

static void finish(struct asking *asking, enum store_status status)
{
    asking->cb(asking->arg, status, status == STORE_OK ? &asking->document : NULL);
    arena_free(&asking->arena);
    free(asking);
}

/* --- what came -------------------------------------------------------------------------------- */

static const struct kind *kind_of(struct pipeline_value name)
{
    char text[64] = "";

    if (name.data != NULL && name.size < sizeof(text))
        memcpy(text, name.data, name.size);
    return kinds_by_name(text);
}

static bool take_look(struct asking *asking, const struct pipeline_rows *rows)
{
    struct store_document *document = &asking->document;
    struct pipeline_value values[COLUMNS];

    if (pipeline_rows_count(rows) == 0)
        return true;
    for (size_t i = 0; i < COLUMNS; i++)
        values[i] = pipeline_rows_get(rows, 0, i);
    document->found = true;
    document->kind = kind_of(values[KIND]);
    document->deleted = binary_get_number(values[DELETED], BINARY_BOOL) != 0;
    binary_get_bytes(values[OWNER], document->owner, UUID_SIZE);
    binary_get_bytes(values[CREATED_BY], document->created_by, UUID_SIZE);
    document->size = (uint64_t)binary_get_number(values[SIZE], BINARY_INT64);
    document->held = (uint64_t)binary_get_number(values[HELD], BINARY_INT64);
    document->whole = binary_get_number(values[WHOLE], BINARY_BOOL) != 0;
    return true;
}

static bool take_drop(struct asking *asking, const struct pipeline_rows *rows)
{
    asking->document.dropped = binary_get_number(pipeline_rows_get(rows, 0, 0), BINARY_INT64) > 0;
    return true;
}

static bool take_read(struct asking *asking, const struct pipeline_rows *rows)
{
    struct pipeline_value bytes = {0};

    if (pipeline_rows_count(rows) == 1)
        bytes = pipeline_rows_get(rows, 0, 0);
    asking->document.n_bytes = bytes.size;
    asking->document.bytes = (const uint8_t *)arena_copy(
        asking->arena, bytes.data == NULL ? "" : bytes.data, bytes.size);
    return asking->document.bytes != NULL;
}

struct taker {
    const char *name;
    bool (*take)(struct asking *asking, const struct pipeline_rows *rows);
};

static const struct taker takers[] = {
    {"look", take_look},
    {"drop", take_drop},
    {"read", take_read},
};

static void on_rows(struct pool_job *job, size_t call, const struct pipeline_rows *rows)
{
    struct asking *asking = (struct asking *)job;

    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (strcmp(takers[i].name, asking->calls.list[call].name) == 0 &&
            !takers[i].take(asking, rows))
            asking->failed = true;
}

static bool on_start(struct pool_job *job)
{
    return turn_send(&((struct asking *)job)->calls, job);
}

/* A refused call may leave its transaction open: the connection goes, which is simplest. */
static void on_end(struct pool_job *job, enum pool_end end, const struct pipeline_failure *failure)
{
    struct asking *asking = (struct asking *)job;

    if (end == POOL_FAILED) {
        log_line(LOG_LEVEL_ERROR, NULL, "event=document_refused sqlstate=%s constraint=%s",
            failure->sqlstate, failure->constraint);
        pool_break(job);
    } else if (end == POOL_DONE)
        pool_finish(job);
    finish(asking, end == POOL_DONE && !asking->failed ? STORE_OK : STORE_UNAVAILABLE);
}

/* --- the calls -------------------------------------------------------------------------------- */

static struct asking *make(struct store *store, store_document_cb *cb, void *arg)
{
    struct asking *asking = calloc(1, sizeof(*asking));

    if (asking == NULL) {
        log_line(LOG_LEVEL_ERROR, NULL, "event=memory schema=%s", store->schema);
        abort();
    }
    asking->job = (struct pool_job){.start = on_start, .rows = on_rows, .end = on_end};
    asking->cb = cb;
    asking->arg = arg;
    asking->arena = arena_new(ARENA_LIMIT);
    asking->calls = turn_make(asking->arena, CALLS_MAX);
    return asking;
}

/* Adds a call whose first value is the id; the others are to be filled in. */
static struct pipeline_value *add_call(
    struct asking *asking, const char *name, const uint8_t id[UUID_SIZE], size_t n_values)
{
    struct pipeline_value *values = turn_add(&asking->calls, name, n_values);

    if (values == NULL)
        return NULL;
    values[0] = (struct pipeline_value){arena_copy(asking->arena, id, UUID_SIZE), UUID_SIZE};
    asking->calls.failed |= values[0].data == NULL;
    return values;
}

static struct pipeline_value number(struct asking *asking, uint64_t of)
{
    struct pipeline_value value =
        binary_number(asking->arena, BINARY_INT64, of > INT64_MAX ? INT64_MAX : (int64_t)of);

    asking->calls.failed |= value.data == NULL;
    return value;
}

void store_document_look(
    struct store *store, const uint8_t id[UUID_SIZE], store_document_cb *cb, void *arg)
{
    struct asking *asking = make(store, cb, arg);

    add_call(asking, "look", id, 1);
    pool_submit(store->documents, &asking->job);
}

void store_document_add(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    const uint8_t *bytes, size_t n_bytes, uint64_t most, store_document_cb *cb, void *arg)
{
    struct asking *asking = make(store, cb, arg);
    struct pipeline_value *values;

    turn_add_values(&asking->calls, "begin", NULL, 0);
    add_call(asking, "lock", id, 1);
    values = turn_add(&asking->calls, "lock_room", 1);
    if (values != NULL)
        values[0] = number(asking, offset);
    values = add_call(asking, "add", id, 4);
    if (values != NULL) {
        values[1] = number(asking, offset);
        values[2] = (struct pipeline_value){bytes, n_bytes};
        values[3] = number(asking, most);
    }
    add_call(asking, "judge", id, 1);
    add_call(asking, "drop", id, 1);
    add_call(asking, "look", id, 1);
    turn_add_values(&asking->calls, "commit", NULL, 0);
    pool_submit(store->documents, &asking->job);
}

void store_document_read(struct store *store, const uint8_t id[UUID_SIZE], uint64_t offset,
    size_t limit, store_document_cb *cb, void *arg)
{
    struct asking *asking = make(store, cb, arg);
    struct pipeline_value *values;

    add_call(asking, "look", id, 1);
    values = add_call(asking, "read", id, 3);
    if (values != NULL) {
        values[1] = number(asking, offset);
        values[2] = binary_number(asking->arena, BINARY_INT32, (int64_t)limit);
        asking->calls.failed |= values[2].data == NULL;
    }
    pool_submit(store->documents, &asking->job);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_up(void *arg, bool first, bool up)
{
    (void)arg;
    (void)first;
    (void)up;
}

static void on_notify(void *arg, const char *payload)
{
    (void)arg;
    (void)payload;
}

bool store_document_open(struct store *store, const char *conninfo)
{
    static const struct pool_events events = {on_up, on_notify};
    const struct pipeline_options options = {
        .hosts = store->hosts,
        .conninfo = conninfo,
        .schema = store->schema,
        .statements = statements,
        .n_statements = sizeof(statements) / sizeof(statements[0]),
        .use = USE,
    };

    store->documents = pool_new(store->base, &options, 1, &events, store);
    return store->documents != NULL;
}
