/* The log's changes that this home keeps, so that the past can be read with the link down. */
#include <stdlib.h>
#include <string.h>

#include "replica/replica_internal.h"
#include "replica/replica_log.h"

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

static bool run(struct replica *replica, enum replica_statement which)
{
    sqlite3_stmt *statement = replica_statement(replica, which);

    return statement != NULL && replica_run(replica, statement);
}

bool replica_log_reach(struct replica *replica, uint64_t upto)
{
    const struct replica_fact fact = {.key = "log_upto", .number = (int64_t)upto};

    return run(replica, STATEMENT_FORGET_LOG_PLACE) && replica_put_fact(replica, &fact);
}

bool replica_log_place(struct replica *replica, struct replica_log_place *place_r)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_LOG_PLACE);
    int code;

    *place_r = (struct replica_log_place){.goal = 0};
    if (statement == NULL)
        return false;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const void *hash = sqlite3_column_blob(statement, 2);

        place_r->goal = (uint64_t)sqlite3_column_int64(statement, 0);
        place_r->below = (uint64_t)sqlite3_column_int64(statement, 1);
        place_r->hash_size = (size_t)sqlite3_column_bytes(statement, 2);
        if (place_r->hash_size > sizeof(place_r->hash))
            place_r->hash_size = sizeof(place_r->hash);
        if (place_r->hash_size > 0)
            memcpy(place_r->hash, hash, place_r->hash_size);
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW || replica_fail(replica, code);
}

bool replica_log_move(struct replica *replica, const struct replica_log_place *place)
{
    const struct replica_fact goal = {.key = "log_goal", .number = (int64_t)place->goal};
    const struct replica_fact below = {.key = "log_below", .number = (int64_t)place->below};
    const struct replica_fact hash = {
        .key = "log_below_hash", .data = place->hash, .size = place->hash_size};

    if (place->goal == 0)
        return run(replica, STATEMENT_FORGET_LOG_ABOVE) && run(replica, STATEMENT_FORGET_LOG_PLACE);
    return replica_put_fact(replica, &goal) && replica_put_fact(replica, &below) &&
           replica_put_fact(replica, &hash);
}

/* Those up to `limit`. */
static bool give(struct replica *replica, uint64_t limit,
    bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_LOG);
    bool go = true;
    int code = SQLITE_DONE;

    if (statement == NULL)
        return false;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)limit);
    while (go && (code = sqlite3_step(statement)) == SQLITE_ROW)
        go = take(
            arg, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
    return go && (code == SQLITE_DONE || replica_fail(replica, code));
}

bool replica_log_all(
    struct replica *replica, bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg)
{
    return give(replica, INT64_MAX, take, arg);
}

bool replica_log(
    struct replica *replica, bool (*take)(void *arg, const uint8_t *change, size_t size), void *arg)
{
    uint64_t upto;

    return replica_log_upto(replica, &upto) && give(replica, upto, take, arg);
}

bool replica_log_forget(struct replica *replica)
{
    return run(replica, STATEMENT_FORGET_LOG) && run(replica, STATEMENT_FORGET_COUNT) &&
           replica_log_reach(replica, 0);
}
