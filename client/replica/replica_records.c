/* The copy: facts about the home, records, and the place in the log that they show. */
#include <stdio.h>
#include <string.h>

#include "replica/replica_internal.h"

static struct replica_fact column_fact(sqlite3_stmt *statement)
{
    struct replica_fact fact = {.key = (const char *)sqlite3_column_text(statement, 0)};

    if (sqlite3_column_type(statement, 1) == SQLITE_INTEGER) {
        fact.number = sqlite3_column_int64(statement, 1);
    } else {
        fact.data = (const uint8_t *)sqlite3_column_text(statement, 1);
        fact.size = (size_t)sqlite3_column_bytes(statement, 1);
    }
    return fact;
}

bool replica_facts(
    struct replica *replica, void (*take)(void *arg, const struct replica_fact *fact), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_FACTS);
    int code;

    if (statement == NULL)
        return false;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct replica_fact fact = column_fact(statement);

        if (fact.key != NULL)
            take(arg, &fact);
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE || replica_fail(replica, code);
}

bool replica_put_fact(struct replica *replica, const struct replica_fact *fact)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_FACT_PUT);

    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, fact->key, -1, SQLITE_STATIC);
    if (fact->data == NULL)
        sqlite3_bind_int64(statement, 2, fact->number);
    else
        sqlite3_bind_blob64(statement, 2, fact->data, fact->size, SQLITE_STATIC);
    return replica_run(replica, statement);
}

static bool column_record(sqlite3_stmt *statement, struct replica_record *record_r)
{
    *record_r = (struct replica_record){
        .id = replica_column_id(statement, 0),
        .kind = (uint32_t)sqlite3_column_int64(statement, 1),
        .handle = (const char *)sqlite3_column_text(statement, 2),
        .revision = (uint64_t)sqlite3_column_int64(statement, 3),
        .seq = (uint64_t)sqlite3_column_int64(statement, 4),
        .owner = replica_column_id(statement, 5),
        .created_at = sqlite3_column_int64(statement, 6),
        .created_by = replica_column_id(statement, 7),
        .changed_at = sqlite3_column_int64(statement, 8),
        .changed_by = replica_column_id(statement, 9),
        .body = sqlite3_column_blob(statement, 10),
        .body_size = (size_t)sqlite3_column_bytes(statement, 10),
    };
    return record_r->id != NULL && record_r->handle != NULL;
}

bool replica_step_records(struct replica *replica, enum replica_statement which,
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, which);
    struct replica_record record;
    bool go = true;
    int code = SQLITE_DONE;

    if (statement == NULL)
        return false;
    while (go && (code = sqlite3_step(statement)) == SQLITE_ROW)
        go = column_record(statement, &record) ? take(arg, &record) : replica_damaged(replica);
    sqlite3_reset(statement);
    return go && (code == SQLITE_DONE || replica_fail(replica, code));
}

bool replica_records(struct replica *replica,
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    return replica_step_records(replica, STATEMENT_RECORDS, take, arg);
}

/* The first of what a bound statement finds, if anything. */
static bool take_first(struct replica *replica, sqlite3_stmt *statement,
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    struct replica_record record;
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW && column_record(statement, &record))
        take(arg, &record);
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE || replica_fail(replica, code);
}

bool replica_record(struct replica *replica, const uint8_t id[UUID_SIZE],
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_RECORD);

    if (statement == NULL)
        return false;
    replica_bind_id(statement, 1, id);
    return take_first(replica, statement, take, arg);
}

bool replica_removed(struct replica *replica, const char *handle,
    bool (*take)(void *arg, const struct replica_record *record), void *arg)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_REMOVED);

    if (statement == NULL)
        return false;
    sqlite3_bind_text(statement, 1, handle, -1, SQLITE_STATIC);
    return take_first(replica, statement, take, arg);
}

bool replica_read_place(struct replica *replica, enum replica_statement which, uint64_t *seq_r,
    uint8_t hash_r[64], size_t *size_r)
{
    sqlite3_stmt *statement = replica_statement(replica, which);
    int code;

    if (statement == NULL)
        return false;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *seq_r = (uint64_t)sqlite3_column_int64(statement, 0);
        *size_r = (size_t)sqlite3_column_bytes(statement, 1);
        if (*size_r > 64)
            *size_r = 64;
        if (*size_r > 0)
            memcpy(hash_r, sqlite3_column_blob(statement, 1), *size_r);
    }
    sqlite3_reset(statement);
    return code == SQLITE_ROW || replica_fail(replica, code);
}

bool replica_cursor(struct replica *replica, uint64_t *seq_r, uint8_t hash_r[64], size_t *size_r)
{
    return replica_read_place(replica, STATEMENT_CURSOR, seq_r, hash_r, size_r);
}

static void bind_id(sqlite3_stmt *statement, int at, protobuf_c_boolean has, ProtobufCBinaryData id)
{
    replica_bind_id(statement, at, has && id.len == UUID_SIZE ? id.data : NULL);
}

bool replica_put_record(
    struct replica *replica, enum replica_statement which, const Concert__Record *record)
{
    sqlite3_stmt *statement = replica_statement(replica, which);

    if (statement == NULL)
        return false;
    bind_id(statement, 1, true, record->id);
    sqlite3_bind_int64(statement, 2, record->kind);
    sqlite3_bind_text(
        statement, 3, record->handle == NULL ? "" : record->handle, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)record->revision);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)record->seq);
    bind_id(statement, 6, record->has_owner, record->owner);
    sqlite3_bind_int64(statement, 7, record->created_at);
    bind_id(statement, 8, record->has_created_by, record->created_by);
    sqlite3_bind_int64(statement, 9, record->changed_at);
    bind_id(statement, 10, record->has_changed_by, record->changed_by);
    if (record->body.len == 0)
        sqlite3_bind_zeroblob(statement, 11, 0);
    else
        sqlite3_bind_blob64(statement, 11, record->body.data, record->body.len, SQLITE_STATIC);
    sqlite3_bind_int(statement, 12, record->deleted);
    return replica_run(replica, statement);
}

static bool put_bytes(struct replica *replica, const char *key, const ProtobufCBinaryData *bytes)
{
    const struct replica_fact fact = {.key = key,
        .data = bytes->len == 0 ? (const uint8_t *)"" : bytes->data,
        .size = bytes->len};

    return replica_put_fact(replica, &fact);
}

static bool put_number(struct replica *replica, const char *key, uint64_t number)
{
    const struct replica_fact fact = {.key = key, .number = (int64_t)number};

    return replica_put_fact(replica, &fact);
}

static bool forget_series(struct replica *replica, const struct replica_place *place)
{
    sqlite3_stmt *statement = replica_statement(replica, place->forget_series);

    return statement != NULL && replica_run(replica, statement);
}

/* A page leaves out a record that changed once more above its end, up to the head at which the page
 * was read: it comes with a later page, as long as the log holds that change. A log cut below, by a
 * restore, holds the record's older change, which lies behind the cursor, and would never tell it.
 * So the head is kept until the cursor has reached it; of several pages' heads the highest, whose
 * log holds the others (a server that lags behind may have told a lower one later, and even that
 * its pages end there). */
static bool move_series(
    struct replica *replica, const struct replica_place *place, const Concert__Page *page)
{
    uint64_t head = 0;
    uint8_t hash[64];
    size_t size;

    if (!replica_read_place(replica, place->series, &head, hash, &size))
        return false;
    if (page->upto < page->head && page->head > head && page->head_hash.len > 0)
        return put_number(replica, place->series_head, page->head) &&
               put_bytes(replica, place->series_hash, &page->head_hash);
    return head == 0 || page->upto < head || forget_series(replica, place);
}

bool replica_move_place(
    struct replica *replica, const struct replica_place *place, const Concert__Page *page)
{
    return put_number(replica, place->cursor, page->upto) &&
           put_bytes(replica, place->hash, &page->upto_hash) && move_series(replica, place, page);
}

static const struct replica_place own = {STATEMENT_SERIES, STATEMENT_FORGET_SERIES, "cursor",
    "cursor_hash", "series_head", "series_hash"};

bool replica_series(struct replica *replica, uint64_t *head_r, uint8_t hash_r[64], size_t *size_r)
{
    return replica_read_place(replica, own.series, head_r, hash_r, size_r);
}

bool replica_refuse_hole(struct replica *replica)
{
    replica->why.trouble = REPLICA_STORAGE;
    replica->why.system = 0;
    snprintf(replica->why.detail, sizeof(replica->why.detail),
        "another process has begun the copy anew");
    return false;
}

bool replica_apply(struct replica *replica, uint64_t since, const Concert__Page *page, int64_t now)
{
    const struct replica_fact synced = {.key = "synced_at", .number = now};
    uint64_t cursor;
    uint8_t hash[64];
    size_t size;

    if (!replica_cursor(replica, &cursor, hash, &size))
        return false;
    if (since > cursor)
        return replica_refuse_hole(replica);
    for (size_t i = 0; i < page->n_records && page->upto > cursor; i++) {
        const Concert__Record *record = page->records[i];

        if (record->seq <= cursor || record->id.len != UUID_SIZE)
            continue;
        if (!replica_put_record(replica, STATEMENT_RECORD_PUT, record))
            return false;
    }
    return (page->upto <= cursor || replica_move_place(replica, &own, page)) &&
           replica_put_fact(replica, &synced);
}
