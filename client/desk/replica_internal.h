/* Private to replica*.c: statements, made once, and the error they leave. */
#pragma once

#include <sqlite3.h>

#include "desk/replica.h"

enum replica_statement {
    STATEMENT_BEGIN,
    STATEMENT_BEGIN_WRITE,
    STATEMENT_COMMIT,
    STATEMENT_FACTS,
    STATEMENT_FACT_PUT,
    STATEMENT_RECORDS,
    STATEMENT_RECORD_PUT,
    STATEMENT_REMOVED,
    STATEMENT_CURSOR,
    STATEMENT_OUTBOX,
    STATEMENT_OUTBOX_OPEN,
    STATEMENT_OUTBOX_ADD,
    STATEMENT_OUTBOX_SETTLE,
    STATEMENT_OUTBOX_DROP,
    STATEMENT_CREATED,
    STATEMENT_FORGET_RECORDS,
    STATEMENT_FORGET_CURSOR,
    STATEMENT_LOG,
    STATEMENT_LOG_PUT,
    STATEMENT_LOG_REACH,
    STATEMENT_FORGET_LOG,
    STATEMENT_FORGET_COUNT,
    STATEMENT_FORGOTTEN,
    STATEMENT_REOPEN,
    STATEMENT_REOPEN_BASES,
    STATEMENT_COUNT
};

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

/* Binds an id, or NULL. */
void replica_bind_id(sqlite3_stmt *statement, int parameter, const uint8_t *id);
