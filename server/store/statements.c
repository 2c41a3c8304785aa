#include "statements.h"

#include <string.h>

#define ARENA_LIMIT ((size_t)1 << 20)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define BATCH STATEMENTS_BATCH
#define READ STATEMENTS_READ

/* LATERAL with OFFSET 0 is a fence to the planner: for each key one look-up in an index, whatever
 * it believes of a table's size. */

/* In the order in which register.c reads them. */
#define RECORD                                                                                     \
    "r.id, r.kind, r.handle, r.revision, r.seq, r.owner, r.root, r.created_at, r.created_by,"      \
    " r.changed_at, r.changed_by, r.deleted, r.unknown"
#define CHANGE                                                                                     \
    "c.seq, c.op_id, c.record, c.kind, c.revision, c.at, c.authored_at, c.account, c.device,"      \
    " c.fields, c.deleted, c.reason"
#define WHOLE_CHANGE                                                                               \
    CHANGE ", c.patch, c.patch_hash, c.resolution, c.resolution_hash, c.hash, c.erased"

static const struct pipeline_statement fixed[] = {
    {"begin_batch", "BEGIN ISOLATION LEVEL READ COMMITTED", BATCH},
    {"begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", READ},
    {"commit", "COMMIT", BATCH | READ},
    {"rollback", "ROLLBACK", BATCH},

    {"lock_head", "SELECT seq, hash, serials FROM head FOR UPDATE", BATCH},
    {"known",
        "SELECT c.op_id, c.account, c.seq, c.revision, r.handle, c.hash"
        " FROM unnest($1::uuid[]) AS k(id),"
        " LATERAL (SELECT * FROM change WHERE op_id = k.id OFFSET 0) c,"
        " LATERAL (SELECT handle FROM record WHERE id = c.record OFFSET 0) r",
        BATCH},
    {"records",
        "SELECT k.n, " RECORD ", p.status, m.minutes_status, m.starts_at"
        " FROM unnest($1::uuid[], $2::integer[]) AS k(id, n),"
        " LATERAL (SELECT * FROM record WHERE id = k.id OFFSET 0) r"
        " LEFT JOIN LATERAL (SELECT status FROM plan WHERE id = r.root OFFSET 0) p ON true"
        " LEFT JOIN LATERAL (SELECT minutes_status, starts_at FROM meeting WHERE id = r.root"
        " OFFSET 0) m ON true",
        BATCH},
    {"changes_after",
        "SELECT " CHANGE " FROM unnest($1::uuid[], $2::bigint[]) AS k(id, base), LATERAL (SELECT *"
        " FROM change WHERE record = k.id AND revision > k.base OFFSET 0) c ORDER BY c.seq",
        BATCH},
    {"lock_invitations",
        "SELECT code_hash, account, expires_at, device FROM invitation"
        " WHERE code_hash = ANY($1::bytea[]) FOR UPDATE",
        BATCH},

    {"resolutions", "SELECT party, year, last FROM resolution", BATCH},

    {"write_records",
        "INSERT INTO record (id, kind, handle, revision, seq, owner, root, created_at, created_by,"
        " changed_at, changed_by, deleted, unknown) SELECT * FROM unnest($1::uuid[], $2::text[],"
        " $3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[], $8::timestamptz[],"
        " $9::uuid[], $10::timestamptz[], $11::uuid[], $12::boolean[], $13::bytea[])"
        " ON CONFLICT (id) DO UPDATE SET handle = EXCLUDED.handle, revision = EXCLUDED.revision,"
        " seq = EXCLUDED.seq, owner = EXCLUDED.owner, root = EXCLUDED.root,"
        " changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by,"
        " deleted = EXCLUDED.deleted, unknown = EXCLUDED.unknown",
        BATCH},
    {"write_changes",
        "INSERT INTO change (seq, op_id, record, kind, revision, at, authored_at, account, device,"
        " fields, deleted, reason, patch, patch_hash, resolution, resolution_hash, hash)"
        " SELECT u.seq, u.op_id, u.record, u.kind, u.revision, u.at, u.authored_at, u.account,"
        " u.device, u.fields::text[], u.deleted, u.reason, u.patch, u.patch_hash, u.resolution,"
        " u.resolution_hash, u.hash FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::text[],"
        " $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::uuid[], $9::uuid[], $10::text[],"
        " $11::boolean[], $12::text[], $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[],"
        " $17::bytea[]) AS u(seq, op_id, record, kind, revision, at, authored_at, account, device,"
        " fields, deleted, reason, patch, patch_hash, resolution, resolution_hash, hash)",
        BATCH},
    {"write_invitations",
        "INSERT INTO invitation (code_hash, account, expires_at, device) SELECT * FROM"
        " unnest($1::bytea[], $2::uuid[], $3::timestamptz[], $4::uuid[])"
        " ON CONFLICT (code_hash) DO UPDATE SET device = EXCLUDED.device",
        BATCH},
    {"write_resolutions",
        "INSERT INTO resolution (party, year, last) SELECT * FROM"
        " unnest($1::uuid[], $2::integer[], $3::integer[])"
        " ON CONFLICT (party, year) DO UPDATE SET last = EXCLUDED.last",
        BATCH},
    {"write_head", "UPDATE head SET seq = $1::bigint, hash = $2::bytea, serials = $3::integer[]",
        BATCH},
    {"notify", "SELECT pg_notify($1::text, $2::text)", BATCH},

    {"head", "SELECT seq, hash FROM head", READ},
    {"hash_at", "SELECT hash FROM change WHERE seq = $1::bigint", READ},
    {"page",
        "SELECT c.hash, " RECORD " FROM (SELECT * FROM record WHERE seq > $1::bigint ORDER BY seq"
        " LIMIT $2::bigint) r, LATERAL (SELECT hash FROM change WHERE seq = r.seq OFFSET 0) c"
        " ORDER BY r.seq",
        READ},
    {"of_kind",
        "SELECT c.hash, " RECORD " FROM record r JOIN change c ON c.seq = r.seq"
        " WHERE r.kind = $1::text AND NOT r.deleted ORDER BY r.seq",
        READ},
    {"history",
        "SELECT " WHOLE_CHANGE " FROM change c WHERE c.seq < $1::bigint"
        " ORDER BY c.seq DESC LIMIT $2::bigint",
        READ},
    {"history_of",
        "SELECT " WHOLE_CHANGE " FROM change c WHERE c.record = $3::uuid"
        " AND c.seq < $1::bigint ORDER BY c.revision DESC LIMIT $2::bigint",
        READ},
    {"quarantined",
        "SELECT count(*) FILTER (WHERE q.waits),"
        " coalesce(sum(q.bytes) FILTER (WHERE q.waits), 0)::bigint,"
        " coalesce(max(q.rank), 0)::bigint, coalesce(max(q.part), 0)::bigint FROM"
        " (SELECT coalesce(status = 'waiting', true) AS waits, rank, part,"
        " coalesce(octet_length(patch), 0) + coalesce(octet_length(seen), 0) AS bytes"
        " FROM quarantine WHERE device = $1::uuid) q",
        READ},
    {"floor", "SELECT seq FROM record ORDER BY seq DESC OFFSET $1::bigint LIMIT 1", READ},
};

struct of_kind {
    const char *verb;
    unsigned use;
};

static const struct of_kind of_kinds[ROWS_STATEMENTS] = {
    [ROWS_SELECT] = {"select", BATCH | READ},
    [ROWS_UPSERT] = {"upsert", BATCH},
    [ROWS_DELETE] = {"delete", BATCH},
};

static bool make_kind(
    struct arena *arena, const struct kind *kind, struct pipeline_statement *statements_r)
{
    for (size_t i = 0; i < ROWS_STATEMENTS; i++) {
        statements_r[i].name = arena_printf(arena, "%s_%s", of_kinds[i].verb, kind->name);
        statements_r[i].sql = rows_sql(kind, (enum rows_statement)i, arena);
        statements_r[i].use = of_kinds[i].use;
        if (statements_r[i].name == NULL || statements_r[i].sql == NULL)
            return false;
    }
    return true;
}

bool statements_make(struct statements *statements_r)
{
    size_t count = COUNT(fixed) + kinds_count * ROWS_STATEMENTS;
    bool fine = true;

    *statements_r = (struct statements){.arena = arena_new(ARENA_LIMIT), .count = count};
    if (statements_r->arena != NULL)
        statements_r->list = arena_alloc(statements_r->arena, count * sizeof(fixed[0]));
    if (statements_r->list == NULL) {
        statements_clear(statements_r);
        return false;
    }
    memcpy(statements_r->list, fixed, sizeof(fixed));
    for (size_t i = 0; fine && i < kinds_count; i++)
        fine = make_kind(statements_r->arena, &kinds[i],
            &statements_r->list[COUNT(fixed) + i * ROWS_STATEMENTS]);
    if (!fine)
        statements_clear(statements_r);
    return fine;
}

void statements_clear(struct statements *statements)
{
    arena_free(&statements->arena);
    *statements = (struct statements){0};
}

const char *statements_name(
    const struct statements *statements, const struct kind *kind, enum rows_statement which)
{
    return statements->list[COUNT(fixed) + (size_t)(kind - kinds) * ROWS_STATEMENTS + which].name;
}
