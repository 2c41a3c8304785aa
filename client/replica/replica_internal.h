/* Private to replica*.c: statements, made once, and the error they leave. */
#pragma once

#include <sqlite3.h>

#include "replica/replica.h"

enum replica_statement {
    STATEMENT_BEGIN,
    STATEMENT_BEGIN_WRITE,
    STATEMENT_COMMIT,
    STATEMENT_FACTS,
    STATEMENT_FACT_PUT,
    STATEMENT_RECORDS,
    STATEMENT_RECORD_PUT,
    STATEMENT_RECORD,
    STATEMENT_REMOVED,
    STATEMENT_CURSOR,
    STATEMENT_SERIES,
    STATEMENT_OUTBOX,
    STATEMENT_OUTBOX_OPEN,
    STATEMENT_OUTBOX_ADD,
    STATEMENT_OUTBOX_SETTLE,
    STATEMENT_OUTBOX_DROP,
    STATEMENT_CREATED,
    STATEMENT_FORGET_RECORDS,
    STATEMENT_FORGET_SERIES,
    STATEMENT_LOG,
    STATEMENT_LOG_PUT,
    STATEMENT_LOG_REACH,
    STATEMENT_LOG_PLACE,
    STATEMENT_FORGET_LOG_ABOVE,
    STATEMENT_FORGET_LOG_PLACE,
    STATEMENT_FORGET_LOG,
    STATEMENT_FORGET_COUNT,
    STATEMENT_FORGOTTEN,
    STATEMENT_REOPEN_WAITING,
    STATEMENT_REOPEN,
    STATEMENT_AGAIN,
    STATEMENT_AGAIN_END,
    STATEMENT_REOPEN_BASES,
    STATEMENT_NUMBER,
    STATEMENT_ASK,
    STATEMENT_FRESH_CURSOR,
    STATEMENT_FRESH_SERIES,
    STATEMENT_FRESH_PUT,
    STATEMENT_FORGET_FRESH,
    STATEMENT_FORGET_FRESH_CURSOR,
    STATEMENT_FORGET_FRESH_SERIES,
    STATEMENT_FORMER_KEEP,
    STATEMENT_FRESH_TAKE,
    STATEMENT_FRESH_MOVE,
    STATEMENT_FORMER,
    STATEMENT_FORGET_FORMER,
    STATEMENT_COUNT
};

/* What each of them is in SQL (replica_statements.c). */
extern const char *const replica_statement_texts[STATEMENT_COUNT];

struct replica {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    int log_pages;            /* in the log beside the file, after our last commit */
    enum replica_mode synced; /* what `PRAGMA synchronous` was last set for */
    char path[4096];
    struct replica_why why;
};

/* The statement, ready to bind; NULL with replica_why. */
sqlite3_stmt *replica_statement(struct replica *replica, enum replica_statement which);

/* Runs a statement that gives no rows, and resets it. */
bool replica_run(struct replica *replica, sqlite3_stmt *statement);

/* Notes why SQLite said `code`. Always false. */
bool replica_fail(struct replica *replica, int code);

/* The column's id; NULL when it is not one. Borrowed until the next step. */
const uint8_t *replica_column_id(sqlite3_stmt *statement, int column);

/* Puts the server's record by one of the statements that have STATEMENT_RECORD_PUT's parameters. */
bool replica_put_record(
    struct replica *replica, enum replica_statement which, const Concert__Record *record);

/* Steps through a statement whose columns are STATEMENT_RECORDS's, as replica_records. */
bool replica_step_records(struct replica *replica, enum replica_statement which,
    bool (*take)(void *arg, const struct replica_record *record), void *arg);

/* Reads a place in the log by a statement whose columns are STATEMENT_CURSOR's. */
bool replica_read_place(struct replica *replica, enum replica_statement which, uint64_t *seq_r,
    uint8_t hash_r[64], size_t *size_r);

/* Where a copy keeps its place in the log: the keys of facts, and the statements about them. */
struct replica_place {
    enum replica_statement series, forget_series;
    const char *cursor, *hash, *series_head, *series_hash;
};

/* Moves the place to a page's end. */
bool replica_move_place(
    struct replica *replica, const struct replica_place *place, const Concert__Page *page);

/* Says that a page begins after what is there. Always false. */
bool replica_refuse_hole(struct replica *replica);

/* Binds an id, or NULL. */
void replica_bind_id(sqlite3_stmt *statement, int parameter, const uint8_t *id);
