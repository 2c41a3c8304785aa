/* What another log of the server has, gathered beside the copy until it takes the copy's place. */
#include "replica/replica_fresh.h"
#include "replica/replica_internal.h"
#include "replica/replica_log.h"
#include "replica/replica_outbox.h"

bool replica_fresh_cursor(
    struct replica *replica, uint64_t *seq_r, uint8_t hash_r[64], size_t *size_r)
{
    return replica_read_place(replica, STATEMENT_FRESH_CURSOR, seq_r, hash_r, size_r);
}

static const struct replica_place beside = {STATEMENT_FRESH_SERIES, STATEMENT_FORGET_FRESH_SERIES,
    "fresh_cursor", "fresh_hash", "fresh_series_head", "fresh_series_hash"};

bool replica_fresh_series(
    struct replica *replica, uint64_t *head_r, uint8_t hash_r[64], size_t *size_r)
{
    return replica_read_place(replica, beside.series, head_r, hash_r, size_r);
}

bool replica_fresh_apply(struct replica *replica, uint64_t since, const Concert__Page *page)
{
    uint64_t cursor;
    uint8_t hash[64];
    size_t size;

    if (!replica_fresh_cursor(replica, &cursor, hash, &size))
        return false;
    if (since > cursor)
        return replica_refuse_hole(replica);
    if (page->upto <= cursor)
        return true;
    for (size_t i = 0; i < page->n_records; i++) {
        const Concert__Record *record = page->records[i];

        if (record->seq > cursor && record->id.len == UUID_SIZE &&
            !replica_put_record(replica, STATEMENT_FRESH_PUT, record))
            return false;
    }
    return replica_move_place(replica, &beside, page);
}

/* Runs statements that have no parameters, one after the other. */
static bool run_all(struct replica *replica, const enum replica_statement *which, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *statement = replica_statement(replica, which[i]);

        if (statement == NULL || !replica_run(replica, statement))
            return false;
    }
    return true;
}

bool replica_fresh_forget(struct replica *replica)
{
    static const enum replica_statement steps[] = {
        STATEMENT_FORGET_FRESH, STATEMENT_FORGET_FRESH_CURSOR, STATEMENT_FORGET_FRESH_SERIES};

    return run_all(replica, steps, sizeof(steps) / sizeof(steps[0]));
}

bool replica_fresh_take(struct replica *replica, int64_t now)
{
    static const enum replica_statement steps[] = {STATEMENT_FORMER_KEEP, STATEMENT_FORGET_RECORDS,
        STATEMENT_FRESH_TAKE, STATEMENT_FRESH_MOVE};
    const struct replica_fact synced = {.key = "synced_at", .number = now};

    return run_all(replica, steps, sizeof(steps) / sizeof(steps[0])) &&
           replica_fresh_forget(replica) && replica_log_forget(replica) &&
           replica_put_fact(replica, &synced);
}

bool replica_former(struct replica *replica,
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    return replica_step_records(replica, STATEMENT_FORMER, take, arg);
}

bool replica_former_forget(struct replica *replica, bool all)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_FORGET_FORMER);

    if (statement == NULL)
        return false;
    sqlite3_bind_int(statement, 1, all);
    return replica_run(replica, statement);
}
