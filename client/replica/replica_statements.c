/* The statements of the copy, in SQL: prepared by replica_statement when they are first wanted. */
#include "replica/replica_internal.h"

const char *const replica_statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN",
    [STATEMENT_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_FACTS] = "SELECT key, value FROM meta",
    [STATEMENT_FACT_PUT] = "INSERT INTO meta VALUES (?1, ?2)"
                           " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    [STATEMENT_RECORDS] = "SELECT id, kind, handle, revision, seq, owner, created_at, created_by,"
                          " changed_at, changed_by, body FROM record WHERE NOT removed",
    [STATEMENT_RECORD_PUT] =
        "INSERT OR REPLACE INTO record (id, kind, handle, revision, seq, owner,"
        " created_at, created_by, changed_at, changed_by, body, removed)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [STATEMENT_RECORD] = "SELECT id, kind, handle, revision, seq, owner, created_at, created_by,"
                         " changed_at, changed_by, body FROM record WHERE id = ?1 AND NOT removed",
    [STATEMENT_REMOVED] = "SELECT id, kind, handle, revision, seq, owner, created_at, created_by,"
                          " changed_at, changed_by, body FROM record"
                          " WHERE removed AND handle = ?1 COLLATE NOCASE ORDER BY seq DESC LIMIT 1",
    [STATEMENT_CURSOR] = "SELECT (SELECT value FROM meta WHERE key = 'cursor'),"
                         " (SELECT value FROM meta WHERE key = 'cursor_hash')",
    [STATEMENT_SERIES] = "SELECT (SELECT value FROM meta WHERE key = 'series_head'),"
                         " (SELECT value FROM meta WHERE key = 'series_hash')",
    [STATEMENT_OUTBOX] = "SELECT number, op_id, kind, id, base, patch, clear, remove, reason,"
                         " authored_at, push, state, result, seen, resolution, proposal, again"
                         " FROM outbox"
                         " WHERE (1 << state) & ?1 AND number >= ?2 ORDER BY number",
    /* the same without those accepted, of which there may be many: by index */
    [STATEMENT_OUTBOX_OPEN] =
        "SELECT number, op_id, kind, id, base, patch, clear, remove, reason,"
        " authored_at, push, state, result, seen, resolution, proposal, again"
        " FROM outbox"
        " WHERE state <> 2 AND (1 << state) & ?1 AND number >= ?2 ORDER BY number",
    [STATEMENT_OUTBOX_ADD] =
        "INSERT INTO outbox (op_id, kind, id, base, patch, clear, remove, "
        "reason, authored_at, push, seen, resolution,"
        " state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)",
    [STATEMENT_OUTBOX_SETTLE] =
        "UPDATE outbox SET state = ?2, result = ?3, seq = ?4,"
        " again = CASE WHEN ?2 IN (2, 3) THEN 0 WHEN ?2 = 4 AND again = 1 THEN 3 ELSE again END"
        " WHERE number = ?1 AND (state IN (0, 1) OR (state = 4 AND again > 0 AND ?2 > 1))",
    [STATEMENT_OUTBOX_DROP] = "DELETE FROM outbox WHERE number = ?1 AND state IN (3, 4)",
    [STATEMENT_CREATED] = "SELECT number, id FROM outbox WHERE state = 2 AND base = 0",
    [STATEMENT_FORGET_RECORDS] = "DELETE FROM record",
    [STATEMENT_FORGET_SERIES] = "DELETE FROM meta WHERE key IN ('series_head', 'series_hash')",
    [STATEMENT_LOG] = "SELECT change FROM log WHERE seq <= ?1 ORDER BY seq",
    [STATEMENT_LOG_PUT] = "INSERT OR REPLACE INTO log VALUES (?1, ?2)",
    [STATEMENT_LOG_REACH] = "SELECT value FROM meta WHERE key = 'log_upto'",
    [STATEMENT_LOG_PLACE] = "SELECT (SELECT value FROM meta WHERE key = 'log_goal'),"
                            " (SELECT value FROM meta WHERE key = 'log_below'),"
                            " (SELECT value FROM meta WHERE key = 'log_below_hash')",
    [STATEMENT_FORGET_LOG_ABOVE] = "DELETE FROM log WHERE seq >"
                                   " coalesce((SELECT value FROM meta WHERE key = 'log_upto'), 0)",
    [STATEMENT_FORGET_LOG_PLACE] =
        "DELETE FROM meta WHERE key IN ('log_goal', 'log_below', 'log_below_hash')",
    [STATEMENT_FORGET_LOG] = "DELETE FROM log",
    [STATEMENT_FORGET_COUNT] = "INSERT INTO meta VALUES ('forgotten', 1)"
                               " ON CONFLICT (key) DO UPDATE SET value = value + 1",
    [STATEMENT_FORGOTTEN] = "SELECT value FROM meta WHERE key = 'forgotten'",
    [STATEMENT_REOPEN_WAITING] = "UPDATE outbox SET again = 2 WHERE state IN (0, 1) AND again = 0",
    [STATEMENT_REOPEN] = "UPDATE outbox SET state = 1, result = NULL, seq = NULL, again = 1"
                         " WHERE state = 2 OR again IN (1, 3)",
    [STATEMENT_AGAIN] = "SELECT count(*) FROM outbox WHERE state <> 2 AND again = ?1",
    [STATEMENT_AGAIN_END] = "UPDATE outbox SET again = 0 WHERE state = 4 AND again > 0",
    [STATEMENT_NUMBER] = "SELECT number FROM outbox WHERE op_id = ?1",
    [STATEMENT_ASK] = "UPDATE outbox SET proposal = ?2 WHERE number = ?1 AND state = 3",
    [STATEMENT_FRESH_CURSOR] = "SELECT (SELECT value FROM meta WHERE key = 'fresh_cursor'),"
                               " (SELECT value FROM meta WHERE key = 'fresh_hash')",
    [STATEMENT_FRESH_SERIES] = "SELECT (SELECT value FROM meta WHERE key = 'fresh_series_head'),"
                               " (SELECT value FROM meta WHERE key = 'fresh_series_hash')",
    [STATEMENT_FRESH_PUT] = "INSERT OR REPLACE INTO fresh (id, kind, handle, revision, seq, owner,"
                            " created_at, created_by, changed_at, changed_by, body, removed)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [STATEMENT_FORGET_FRESH] = "DELETE FROM fresh",
    [STATEMENT_FORGET_FRESH_CURSOR] =
        "DELETE FROM meta WHERE key IN ('fresh_cursor', 'fresh_hash')",
    [STATEMENT_FORGET_FRESH_SERIES] =
        "DELETE FROM meta WHERE key IN ('fresh_series_head', 'fresh_series_hash')",
    [STATEMENT_FORMER_KEEP] =
        "INSERT OR REPLACE INTO former SELECT record.* FROM record"
        " LEFT JOIN fresh ON fresh.id = record.id"
        " WHERE ((fresh.id IS NULL AND NOT record.removed) OR (fresh.revision < record.revision"
        " AND (fresh.body <> record.body OR fresh.removed <> record.removed)))"
        " AND NOT EXISTS (SELECT 1 FROM former WHERE former.id = record.id"
        " AND former.revision > record.revision)",
    [STATEMENT_FRESH_TAKE] = "INSERT INTO record SELECT * FROM fresh",
    [STATEMENT_FORMER] = "SELECT former.id, former.kind, former.handle, former.revision,"
                         " former.seq, former.owner, former.created_at, former.created_by,"
                         " former.changed_at, former.changed_by, former.body FROM former"
                         " LEFT JOIN record ON record.id = former.id"
                         " WHERE record.id IS NULL OR (record.revision < former.revision"
                         " AND (record.body <> former.body OR record.removed <> former.removed))",
    [STATEMENT_FORGET_FORMER] =
        "DELETE FROM former WHERE ?1 OR EXISTS (SELECT 1 FROM record"
        " WHERE record.id = former.id AND (record.revision >= former.revision"
        " OR (record.body = former.body AND record.removed = former.removed)))",
    /* bases alone: what its author saw stays, so that nothing of the new log is overwritten unseen
     */
    [STATEMENT_REOPEN_BASES] = "UPDATE outbox SET base = coalesce("
                               "(SELECT revision FROM record WHERE record.id = outbox.id), 1)"
                               " WHERE (state IN (0, 1) OR again > 0) AND base > coalesce("
                               "(SELECT revision FROM record WHERE record.id = outbox.id), 1)",
    [STATEMENT_FRESH_MOVE] =
        "INSERT OR REPLACE INTO meta VALUES"
        " ('cursor', coalesce((SELECT value FROM meta WHERE key = 'fresh_cursor'), 0)),"
        " ('cursor_hash', coalesce((SELECT value FROM meta WHERE key = 'fresh_hash'), x'')),"
        " ('series_head', coalesce((SELECT value FROM meta WHERE key = 'fresh_series_head'), 0)),"
        " ('series_hash', coalesce((SELECT value FROM meta WHERE key = 'fresh_series_hash'), x''))",
};
