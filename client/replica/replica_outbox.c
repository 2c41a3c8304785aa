/* The outbox: what this home has written, and what became of it. */
#include <string.h>

#include "replica/replica_fresh.h"
#include "replica/replica_internal.h"
#include "replica/replica_outbox.h"

static void bind_bytes(sqlite3_stmt *statement, int parameter, const uint8_t *data, size_t size)
{
    if (data == NULL)
        sqlite3_bind_null(statement, parameter);
    else if (size == 0)
        sqlite3_bind_zeroblob(statement, parameter, 0);
    else
        sqlite3_bind_blob64(statement, parameter, data, size, SQLITE_STATIC);
}

bool replica_add(
    struct replica *replica, const struct replica_operation *operation, uint64_t *number_r)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_OUTBOX_ADD);

    if (statement == NULL)
        return false;
    replica_bind_id(statement, 1, operation->op_id);
    sqlite3_bind_int64(statement, 2, operation->kind);
    replica_bind_id(statement, 3, operation->id);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)operation->base);
    bind_bytes(statement, 5, operation->patch, operation->patch_size);
    sqlite3_bind_text(statement, 6, operation->clear, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 7, operation->remove);
    sqlite3_bind_text(statement, 8, operation->reason, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 9, operation->authored_at);
    replica_bind_id(statement, 10, operation->push);
    bind_bytes(statement, 11, operation->seen, operation->seen_size);
    bind_bytes(statement, 12, operation->resolution, operation->resolution_size);
    if (!replica_run(replica, statement))
        return false;
    *number_r = (uint64_t)sqlite3_last_insert_rowid(replica->db);
    return true;
}

/* A patch that sets nothing is empty bytes, for which SQLite hands out NULL. */
static const uint8_t *column_bytes(sqlite3_stmt *statement, int column, size_t *size_r)
{
    const void *data = sqlite3_column_blob(statement, column);

    *size_r = (size_t)sqlite3_column_bytes(statement, column);
    if (data == NULL && sqlite3_column_type(statement, column) != SQLITE_NULL)
        return (const uint8_t *)"";
    return data;
}

static bool column_operation(sqlite3_stmt *statement, struct replica_operation *operation_r)
{
    *operation_r = (struct replica_operation){
        .number = (uint64_t)sqlite3_column_int64(statement, 0),
        .op_id = replica_column_id(statement, 1),
        .kind = (uint32_t)sqlite3_column_int64(statement, 2),
        .id = replica_column_id(statement, 3),
        .base = (uint64_t)sqlite3_column_int64(statement, 4),
        .clear = (const char *)sqlite3_column_text(statement, 6),
        .remove = sqlite3_column_int(statement, 7) != 0,
        .reason = (const char *)sqlite3_column_text(statement, 8),
        .authored_at = sqlite3_column_int64(statement, 9),
        .push = replica_column_id(statement, 10),
        .state = (enum replica_state)sqlite3_column_int(statement, 11),
        .proposal = replica_column_id(statement, 15),
        .again = (enum replica_again)sqlite3_column_int(statement, 16),
    };
    operation_r->patch = column_bytes(statement, 5, &operation_r->patch_size);
    operation_r->result = column_bytes(statement, 12, &operation_r->result_size);
    operation_r->seen = column_bytes(statement, 13, &operation_r->seen_size);
    operation_r->resolution = column_bytes(statement, 14, &operation_r->resolution_size);
    return operation_r->op_id != NULL && operation_r->id != NULL &&
           (operation_r->patch != NULL || operation_r->remove);
}

bool replica_outbox(struct replica *replica, uint64_t from, unsigned states,
    bool (*take)(void *arg, const struct replica_operation *operation), void *arg)
{
    bool accepted = (states & REPLICA_STATE_BIT(REPLICA_ACCEPTED)) != 0;
    sqlite3_stmt *statement =
        replica_statement(replica, accepted ? STATEMENT_OUTBOX : STATEMENT_OUTBOX_OPEN);
    struct replica_operation operation;
    bool go = true;
    int code = SQLITE_DONE;

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, states);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)from);
    while (go && (code = sqlite3_step(statement)) == SQLITE_ROW)
        go = column_operation(statement, &operation) ? take(arg, &operation)
                                                     : replica_damaged(replica);
    sqlite3_reset(statement);
    return go && (code == SQLITE_DONE || replica_fail(replica, code));
}

bool replica_settle(struct replica *replica, uint64_t number, enum replica_state state,
    const uint8_t *result, size_t result_size, uint64_t seq)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_OUTBOX_SETTLE);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
    sqlite3_bind_int(statement, 2, (int)state);
    bind_bytes(statement, 3, result, result_size);
    if (seq > 0)
        sqlite3_bind_int64(statement, 4, (sqlite3_int64)seq);
    return replica_run(replica, statement);
}

bool replica_reopen(struct replica *replica, uint64_t *count_r)
{
    sqlite3_stmt *waiting = replica_statement(replica, STATEMENT_REOPEN_WAITING);
    sqlite3_stmt *accepted = replica_statement(replica, STATEMENT_REOPEN);
    sqlite3_stmt *bases = replica_statement(replica, STATEMENT_REOPEN_BASES);

    if (waiting == NULL || accepted == NULL || bases == NULL || !replica_run(replica, waiting) ||
        !replica_run(replica, accepted))
        return false;
    *count_r = (uint64_t)sqlite3_changes(replica->db);
    return replica_run(replica, bases);
}

bool replica_give_up(struct replica *replica)
{
    int code = sqlite3_exec(
        replica->db, "DELETE FROM record; DELETE FROM log; DROP TABLE outbox", NULL, NULL, NULL);

    return code == SQLITE_OK || replica_fail(replica, code);
}

bool replica_again_count(struct replica *replica, enum replica_again again, uint64_t *count_r)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_AGAIN);
    int code;

    if (statement == NULL)
        return false;
    sqlite3_bind_int(statement, 1, (int)again);
    code = sqlite3_step(statement);
    *count_r = code == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return code == SQLITE_ROW || replica_fail(replica, code);
}

bool replica_again_end(struct replica *replica)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_AGAIN_END);

    return statement != NULL && replica_run(replica, statement);
}

bool replica_number(
    struct replica *replica, const uint8_t op_id[UUID_SIZE], uint64_t *number_r, bool *found_r)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_NUMBER);
    int code;

    *found_r = false;
    if (statement == NULL)
        return false;
    replica_bind_id(statement, 1, op_id);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *number_r = (uint64_t)sqlite3_column_int64(statement, 0);
        *found_r = true;
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE || replica_fail(replica, code);
}

bool replica_ask(struct replica *replica, uint64_t number, const uint8_t proposal[UUID_SIZE])
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_ASK);

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
    replica_bind_id(statement, 2, proposal);
    return replica_run(replica, statement);
}

bool replica_drop(struct replica *replica, uint64_t number, bool *found_r)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_OUTBOX_DROP);

    *found_r = false;
    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)number);
    if (!replica_run(replica, statement))
        return false;
    *found_r = sqlite3_changes(replica->db) > 0;
    return true;
}

bool replica_created(struct replica *replica,
    bool (*take)(void *arg, uint64_t number, const uint8_t id[UUID_SIZE]), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_CREATED);
    bool go = true;
    int code = SQLITE_DONE;

    if (statement == NULL)
        return false;
    while (go && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const uint8_t *id = replica_column_id(statement, 1);

        go = id == NULL ? replica_damaged(replica)
                        : take(arg, (uint64_t)sqlite3_column_int64(statement, 0), id);
    }
    sqlite3_reset(statement);
    return go && (code == SQLITE_DONE || replica_fail(replica, code));
}
