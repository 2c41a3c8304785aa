#include "replica/replica.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replica/replica_internal.h"
#include "text.h"

#define BUSY_TIMEOUT 5000 /* milliseconds */

/* A command lives for milliseconds: what it wrote stays in the log beside the file, and goes into
 * the file when a command ends with the log at this many pages; or meanwhile, in one that writes
 * much. */
#define CHECKPOINT_PAGES 64
#define CHECKPOINT_PAGES_MEANWHILE 1024

static const char schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE record (id BLOB PRIMARY KEY, kind INTEGER NOT NULL, handle TEXT NOT NULL,"
    " revision INTEGER NOT NULL, seq INTEGER NOT NULL, owner BLOB, created_at INTEGER,"
    " created_by BLOB, changed_at INTEGER, changed_by BLOB, body BLOB NOT NULL,"
    " removed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, op_id BLOB NOT NULL UNIQUE,"
    " kind INTEGER NOT NULL, id BLOB NOT NULL, base INTEGER NOT NULL, patch BLOB, clear TEXT,"
    " remove INTEGER NOT NULL, reason TEXT, authored_at INTEGER NOT NULL, push BLOB,"
    " state INTEGER NOT NULL, result BLOB, seq INTEGER);"
    "CREATE INDEX outbox_open ON outbox (state) WHERE state <> 2;"
    "CREATE INDEX outbox_created ON outbox (id) WHERE state = 2 AND base = 0;"
    "PRAGMA user_version = 1;";

/* What each later version adds to the one before it; a copy is brought up when it is opened. */
static const char *const steps[] = {
    "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, change BLOB NOT NULL);",
    "ALTER TABLE outbox ADD COLUMN seen BLOB;"
    "ALTER TABLE outbox ADD COLUMN resolution BLOB;"
    "ALTER TABLE outbox ADD COLUMN proposal BLOB;"
    "ALTER TABLE outbox ADD COLUMN again INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE fresh (id BLOB PRIMARY KEY, kind INTEGER NOT NULL, handle TEXT NOT NULL,"
    " revision INTEGER NOT NULL, seq INTEGER NOT NULL, owner BLOB, created_at INTEGER,"
    " created_by BLOB, changed_at INTEGER, changed_by BLOB, body BLOB NOT NULL,"
    " removed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE former (id BLOB PRIMARY KEY, kind INTEGER NOT NULL, handle TEXT NOT NULL,"
    " revision INTEGER NOT NULL, seq INTEGER NOT NULL, owner BLOB, created_at INTEGER,"
    " created_by BLOB, changed_at INTEGER, changed_by BLOB, body BLOB NOT NULL,"
    " removed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;",
};
#define VERSION_FIRST 1
#define VERSION (VERSION_FIRST + (int)(sizeof(steps) / sizeof(steps[0])))

/* What SQLite's codes mean here; any other is trouble with the storage. */
struct meaning {
    int code;
    enum replica_trouble trouble;
};

static const struct meaning meanings[] = {
    {SQLITE_CORRUPT, REPLICA_DAMAGED},
    {SQLITE_NOTADB, REPLICA_DAMAGED},
    {SQLITE_ERROR, REPLICA_DAMAGED}, /* a table or column is not there */
    {SQLITE_MISMATCH, REPLICA_DAMAGED},
    {SQLITE_CONSTRAINT, REPLICA_DAMAGED},
    {SQLITE_NOMEM, REPLICA_MEMORY},
};

static enum replica_trouble trouble_of(int code)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == (code & 0xff))
            return meanings[i].trouble;
    return REPLICA_STORAGE;
}

/* What the system said, as errno; 0: it was SQLite that refused. */
static int system_of(const struct replica *replica, int code)
{
    int number = replica->db == NULL ? 0 : sqlite3_system_errno(replica->db);

    switch (code & 0xff) {
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return EACCES;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return EWOULDBLOCK;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return number == 0 ? EIO : number;
    default:
        return 0;
    }
}

bool replica_fail(struct replica *replica, int code)
{
    struct replica_why *why = &replica->why;

    why->trouble = trouble_of(code);
    why->system = why->trouble == REPLICA_STORAGE ? system_of(replica, code) : 0;
    if (why->trouble == REPLICA_DAMAGED || why->system != 0)
        text_copy(why->detail, sizeof(why->detail), replica->path);
    else
        snprintf(
            why->detail, sizeof(why->detail), "%.400s: %.80s", replica->path, sqlite3_errstr(code));
    return false;
}

bool replica_damaged(struct replica *replica)
{
    return replica_fail(replica, SQLITE_CORRUPT);
}

const struct replica_why *replica_why(const struct replica *replica)
{
    return &replica->why;
}

static bool execute(struct replica *replica, const char *sql)
{
    int code = sqlite3_exec(replica->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || replica_fail(replica, code);
}

sqlite3_stmt *replica_statement(struct replica *replica, enum replica_statement which)
{
    sqlite3_stmt **statement = &replica->statements[which];

    if (*statement == NULL) {
        int code =
            sqlite3_prepare_v2(replica->db, replica_statement_texts[which], -1, statement, NULL);

        if (code != SQLITE_OK) {
            replica_fail(replica, code);
            return NULL;
        }
    }
    return *statement;
}

bool replica_run(struct replica *replica, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    bool good = code == SQLITE_DONE || replica_fail(replica, code);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return good;
}

const uint8_t *replica_column_id(sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);

    return sqlite3_column_bytes(statement, column) == UUID_SIZE ? data : NULL;
}

void replica_bind_id(sqlite3_stmt *statement, int parameter, const uint8_t *id)
{
    if (id == NULL)
        sqlite3_bind_null(statement, parameter);
    else
        sqlite3_bind_blob(statement, parameter, id, UUID_SIZE, SQLITE_STATIC);
}

static bool read_version(struct replica *replica, int *version_r)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(replica->db, "PRAGMA user_version", -1, &statement, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        *version_r = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || replica_fail(replica, code);
}

/* The steps from `version` to this program's. */
static bool climb(struct replica *replica, int version)
{
    char text[64];

    for (; version < VERSION; version++)
        if (!execute(replica, steps[version - VERSION_FIRST]))
            return false;
    snprintf(text, sizeof(text), "PRAGMA user_version = %d", VERSION);
    return execute(replica, text);
}

/* Makes the tables, or adds what later versions have. Two processes may come here at once: the
 * second finds it done. */
static bool bring_up(struct replica *replica)
{
    int version = 0;

    if (!execute(replica, "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"))
        return false;
    if (read_version(replica, &version) && (version != 0 || execute(replica, schema)) &&
        climb(replica, version == 0 ? VERSION_FIRST : version) && execute(replica, "COMMIT"))
        return true;
    replica_rollback(replica);
    return false;
}

static bool check_version(struct replica *replica, bool create)
{
    int version = 0;

    if (!read_version(replica, &version))
        return false;
    if (version == VERSION)
        return true;
    if (version < 0 || version > VERSION)
        return replica_damaged(replica);
    if (version >= VERSION_FIRST || create)
        return bring_up(replica);
    replica->why.trouble = REPLICA_ABSENT;
    return false;
}

/* SQLite makes files that others may read; what is in them may be personal. */
static void make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
}

/* A file whose beginning is something else is not ours, whatever the log beside it holds. */
static bool has_magic(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char start[sizeof(magic)];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    if (fd < 0)
        return true; /* SQLite will say why */
    size = read(fd, start, sizeof(start));
    close(fd);
    return size <= 0 || (size == sizeof(start) && memcmp(start, magic, sizeof(magic)) == 0);
}

static int note_pages(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct replica *replica = arg;

    (void)name;
    replica->log_pages = pages;
    if (pages >= CHECKPOINT_PAGES_MEANWHILE)
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static bool open_file(struct replica *replica, bool create)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    struct stat status;
    int code;

    if (!create && stat(replica->path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        replica->why.trouble = REPLICA_ABSENT;
        return false;
    }
    if (create)
        make_file(replica->path);
    if (!has_magic(replica->path))
        return replica_damaged(replica);
    code = sqlite3_open_v2(replica->path, &replica->db, flags, NULL);
    if (code != SQLITE_OK)
        return replica_fail(replica, code);
    sqlite3_extended_result_codes(replica->db, 1);
    sqlite3_busy_timeout(replica->db, BUSY_TIMEOUT);
    sqlite3_db_config(replica->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_wal_hook(replica->db, note_pages, replica);
    replica->synced = REPLICA_DURABLE;
    return execute(replica, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON") &&
           check_version(replica, create);
}

struct replica *replica_open(const char *home, bool create, struct replica_why *why_r)
{
    struct replica *replica = calloc(1, sizeof(*replica));

    *why_r = (struct replica_why){.trouble = REPLICA_MEMORY};
    if (replica == NULL)
        return NULL;
    snprintf(replica->path, sizeof(replica->path), "%s/copy.db", home);
    if (!open_file(replica, create)) {
        *why_r = replica->why;
        replica_free(&replica);
        return NULL;
    }
    why_r->trouble = REPLICA_FINE;
    return replica;
}

void replica_free(struct replica **replica)
{
    if (*replica == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize((*replica)->statements[i]);
    if ((*replica)->log_pages >= CHECKPOINT_PAGES) {
        sqlite3_busy_timeout(
            (*replica)->db, 0); /* who reads meanwhile will do it at another time */
        replica_checkpoint(*replica);
    }
    sqlite3_close((*replica)->db);
    free(*replica);
    *replica = NULL;
}

bool replica_checkpoint(struct replica *replica)
{
    return sqlite3_wal_checkpoint_v2(replica->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
           SQLITE_OK;
}

/* Only what exists nowhere else waits for the disk. */
static bool set_synced(struct replica *replica, enum replica_mode mode)
{
    if (mode == REPLICA_READ || mode == replica->synced)
        return true;
    if (!execute(replica,
            mode == REPLICA_DURABLE ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"))
        return false;
    replica->synced = mode;
    return true;
}

bool replica_begin(struct replica *replica, enum replica_mode mode)
{
    sqlite3_stmt *statement =
        replica_statement(replica, mode == REPLICA_READ ? STATEMENT_BEGIN : STATEMENT_BEGIN_WRITE);

    return statement != NULL && set_synced(replica, mode) && replica_run(replica, statement);
}

bool replica_commit(struct replica *replica)
{
    sqlite3_stmt *statement = replica_statement(replica, STATEMENT_COMMIT);

    if (statement != NULL && replica_run(replica, statement))
        return true;
    replica_rollback(replica);
    return false;
}

void replica_rollback(struct replica *replica)
{
    if (!sqlite3_get_autocommit(replica->db))
        sqlite3_exec(replica->db, "ROLLBACK", NULL, NULL, NULL);
}
