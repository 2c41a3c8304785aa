/* The log's changes that this home keeps, so that the past can be read with the link down. */
#include <stdlib.h>

#include "desk/replica_internal.h"

/* A number that is 0 until it is first written. */
static bool read_number(struct replica *replica, enum replica_statement which, uint64_t *number_r)
{
    sqlite3_stmt *statement = replica_statement(replica, which);
    int code;

    *number_r = 0;
    if (statement == NULL)
        return false;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *number_r = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE || replica_fail(replica, code);
}

bool replica_log_upto(struct replica *replica, uint64_t *upto_r)
{
    return read_number(replica, STATEMENT_LOG_REACH, upto_r);
}

bool replica_forgotten(struct replica *replica, uint64_t *times_r)
{
    return read_number(replica, STATEMENT_FORGOTTEN, times_r);
}

static bool fail_memory(struct replica *replica)
{
    replica->why.trouble = REPLICA_MEMORY;
    return false;
}

bool replica_log_put(struct replica *replica, const Concert__Change *change)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_LOG_PUT);
    size_t size = concert__change__get_packed_size(change);
    uint8_t *bytes = statement == NULL ? NULL : malloc(size + 1);
    bool good;

    if (bytes == NULL)
        return statement != NULL && fail_memory(replica);
    concert__change__pack(change, bytes);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)change->seq);
    sqlite3_bind_blob64(statement, 2, bytes, size, SQLITE_STATIC);
    good = replica_run(replica, statement);
    free(bytes);
    return good;
}

bool replica_log_reach(struct replica *replica, uint64_t upto)
{
    const struct replica_fact fact = {.key = "log_upto", .number = (int64_t)upto};

    return replica_put_fact(replica, &fact);
}

bool replica_log(
    struct replica *replica, bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_LOG);
    bool go = true;
    int code = SQLITE_DONE;

    if (statement == NULL)
        return false;
    while (go && (code = sqlite3_step(statement)) == SQLITE_ROW)
        go = take(
            arg, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
    return go && (code == SQLITE_DONE || replica_fail(replica, code));
}

bool replica_log_forget(struct replica *replica)
{
    sqlite3_stmt *log = replica_statement(replica, STATEMENT_FORGET_LOG);
    sqlite3_stmt *count = replica_statement(replica, STATEMENT_FORGET_COUNT);

    return log != NULL && count != NULL && replica_run(replica, log) &&
           replica_run(replica, count) && replica_log_reach(replica, 0);
}
