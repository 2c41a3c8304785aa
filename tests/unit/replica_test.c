/* The copy and the outbox on the disk. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "replica/replica.h"
#include "replica/replica_erase.h"
#include "replica/replica_fresh.h"
#include "replica/replica_internal.h"
#include "replica/replica_log.h"
#include "replica/replica_outbox.h"

#define ALL (~0u)

struct home {
    char path[64];
    char file[80];
};

static int make_home(void **state)
{
    struct home *home = calloc(1, sizeof(*home));

    snprintf(home->path, sizeof(home->path), "/tmp/replica-test-XXXXXX");
    if (mkdtemp(home->path) == NULL)
        return -1;
    snprintf(home->file, sizeof(home->file), "%s/copy.db", home->path);
    *state = home;
    return 0;
}

static int remove_home(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct home *home = *state;
    char path[100];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", home->file, ends[i]);
        unlink(path);
    }
    rmdir(home->path);
    free(home);
    return 0;
}

static struct replica *open_copy(const struct home *home)
{
    struct replica_why why;
    struct replica *replica = replica_open(home->path, true, &why);

    assert_non_null(replica);
    assert_int_equal(why.trouble, REPLICA_FINE);
    return replica;
}

static const uint8_t *id_of(uint8_t byte)
{
    static uint8_t ids[256][UUID_SIZE];

    memset(ids[byte], byte, UUID_SIZE);
    return ids[byte];
}

static Concert__Record record_of(uint8_t id, uint64_t seq, const char *body)
{
    Concert__Record record = CONCERT__RECORD__INIT;

    record.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(id)};
    record.kind = CONCERT__KIND__NOTE;
    record.handle = (char *)"N1";
    record.revision = 1;
    record.seq = seq;
    record.deleted = body == NULL;
    if (body != NULL)
        record.body = (ProtobufCBinaryData){strlen(body), (uint8_t *)body};
    return record;
}

static bool apply(struct replica *replica, uint64_t since, uint64_t upto, Concert__Record *record)
{
    Concert__Page page = CONCERT__PAGE__INIT;
    Concert__Record *records[] = {record};
    bool good;

    page.records = records;
    page.n_records = record == NULL ? 0 : 1;
    page.upto = upto;
    page.upto_hash = (ProtobufCBinaryData){4, (uint8_t *)"hash"};
    assert_true(replica_begin(replica, REPLICA_WRITE));
    good = replica_apply(replica, since, &page, 1234);
    if (good)
        return replica_commit(replica);
    replica_rollback(replica);
    return false;
}

static uint64_t cursor_of(struct replica *replica)
{
    uint64_t seq;
    uint8_t hash[64];
    size_t size;

    assert_true(replica_cursor(replica, &seq, hash, &size));
    assert_int_equal(size, seq == 0 ? 0 : 4);
    return seq;
}

/* A page without records, read at that head: of the copy, or of what is beside it. */
static void apply_at(
    struct replica *replica, bool fresh, uint64_t since, uint64_t upto, uint64_t head)
{
    Concert__Page page = CONCERT__PAGE__INIT;
    uint8_t hash[4] = {'h', 'e', 'a', (uint8_t)head};

    page.upto = upto;
    page.upto_hash = (ProtobufCBinaryData){4, (uint8_t *)"hash"};
    page.head = head;
    page.head_hash = (ProtobufCBinaryData){sizeof(hash), hash};
    assert_true(replica_begin(replica, REPLICA_WRITE));
    assert_true(fresh ? replica_fresh_apply(replica, since, &page)
                      : replica_apply(replica, since, &page, 1234));
    assert_true(replica_commit(replica));
}

/* 0: none. */
static uint64_t series_of(struct replica *replica, bool fresh)
{
    uint64_t head = 0;
    uint8_t hash[64];
    size_t size = 0;

    assert_true((fresh ? replica_fresh_series : replica_series)(replica, &head, hash, &size));
    if (size == 0)
        return 0;
    assert_int_equal(size, 4);
    assert_int_equal(hash[3], head);
    return head;
}

struct seen {
    size_t count;
    char body[64];
};

static bool see_record(void *arg, const struct replica_record *record)
{
    struct seen *seen = arg;

    seen->count++;
    snprintf(
        seen->body, sizeof(seen->body), "%.*s", (int)record->body_size, (const char *)record->body);
    return true;
}

static struct seen records_of(struct replica *replica)
{
    struct seen seen = {0};

    assert_true(replica_records(replica, see_record, &seen));
    return seen;
}

static void absent_copy_is_said_to_be(void **state)
{
    const struct home *home = *state;
    struct replica_why why;
    struct replica *replica;

    assert_null(replica_open(home->path, false, &why));
    assert_int_equal(why.trouble, REPLICA_ABSENT);
    assert_null(replica_open("/nowhere/at/all", false, &why));
    assert_int_equal(why.trouble, REPLICA_ABSENT);
    assert_null(replica_open("/nowhere/at/all", true, &why));
    assert_int_equal(why.trouble, REPLICA_STORAGE);
    replica = open_copy(home);
    replica_free(&replica);
    assert_null(replica);
    replica = replica_open(home->path, false, &why);
    assert_non_null(replica);
    replica_free(&replica);
    replica_free(&replica);
}

static void pages_move_the_cursor(void **state)
{
    struct replica *replica = open_copy(*state);
    Concert__Record record = record_of(1, 3, "first");
    Concert__Record gone = record_of(1, 9, NULL);

    assert_int_equal(cursor_of(replica), 0);
    assert_true(apply(replica, 0, 5, &record));
    assert_int_equal(cursor_of(replica), 5);
    assert_string_equal(records_of(replica).body, "first");
    assert_true(apply(replica, 5, 9, &gone));
    assert_int_equal(records_of(replica).count, 0);
    assert_int_equal(cursor_of(replica), 9);
    replica_free(&replica);
}

/* Two processes pull at once: the slower one's page must not bring back what was. */
static void older_pages_change_nothing(void **state)
{
    struct replica *replica = open_copy(*state);
    Concert__Record old = record_of(1, 3, "old"), new = record_of(1, 7, "new");
    Concert__Record other = record_of(2, 9, "other");

    assert_true(apply(replica, 0, 8, &new));
    assert_true(apply(replica, 0, 5, &old));
    assert_string_equal(records_of(replica).body, "new");
    assert_int_equal(cursor_of(replica), 8);
    assert_true(apply(replica, 5, 10, &other));
    assert_int_equal(cursor_of(replica), 10);
    assert_int_equal(records_of(replica).count, 2);
    assert_false(apply(replica, 11, 12, &old));
    assert_int_equal(cursor_of(replica), 10);
    replica_free(&replica);
}

static void add(struct replica *replica, uint8_t op_id, uint64_t base)
{
    struct replica_operation operation = {.op_id = id_of(op_id),
        .kind = CONCERT__KIND__NOTE,
        .id = id_of(1),
        .base = base,
        .patch = (const uint8_t *)"",
        .clear = "on",
        .reason = "why",
        .authored_at = 42};
    uint64_t number;

    assert_true(replica_begin(replica, REPLICA_DURABLE));
    assert_true(replica_add(replica, &operation, &number));
    assert_true(replica_commit(replica));
    assert_true(number > 0);
}

struct outbox {
    size_t count;
    uint64_t number[8];
    enum replica_state state[8];
};

static bool see_operation(void *arg, const struct replica_operation *operation)
{
    struct outbox *outbox = arg;

    assert_non_null(operation->patch);
    assert_string_equal(operation->clear, "on");
    assert_string_equal(operation->reason, "why");
    outbox->number[outbox->count] = operation->number;
    outbox->state[outbox->count++] = operation->state;
    return true;
}

static struct outbox outbox_of(struct replica *replica, unsigned states)
{
    struct outbox outbox = {0};

    assert_true(replica_outbox(replica, 0, states, see_operation, &outbox));
    return outbox;
}

static bool settle(struct replica *replica, uint64_t number, enum replica_state to)
{
    return replica_settle(replica, number, to, (const uint8_t *)"r", 1, 5);
}

static bool see_created(void *arg, uint64_t number, const uint8_t id[UUID_SIZE])
{
    uint64_t *number_r = arg;

    assert_memory_equal(id, id_of(1), UUID_SIZE);
    *number_r = number;
    return true;
}

/* The highest head of a series is kept until the cursor is there. */
static void a_series_is_kept_until_it_is_whole(void **state)
{
    struct home *home = *state;
    struct replica *replica = open_copy(home);

    for (int fresh = 0; fresh < 2; fresh++) {
        assert_int_equal(series_of(replica, fresh), 0);
        apply_at(replica, fresh, 0, 10, 50);
        assert_int_equal(series_of(replica, fresh), 50);
        apply_at(replica, fresh, 10, 20, 60);
        assert_int_equal(series_of(replica, fresh), 60);
        apply_at(replica, fresh, 20, 55, 55); /* a server that lags behind tells that this is all */
        assert_int_equal(series_of(replica, fresh), 60);
        apply_at(replica, fresh, 0, 30, 90); /* another process has gone on: left as it is */
        assert_int_equal(series_of(replica, fresh), 60);
        apply_at(replica, fresh, 55, 65, 65);
        assert_int_equal(series_of(replica, fresh), 0);
        apply_at(replica, fresh, 65, 70, 80);
        assert_int_equal(series_of(replica, fresh), 80);
    }
    assert_true(replica_begin(replica, REPLICA_DURABLE));
    assert_true(replica_fresh_take(replica, 1));
    assert_true(replica_commit(replica));
    assert_int_equal(series_of(replica, false), 80);
    assert_int_equal(series_of(replica, true), 0);
    apply_at(replica, true, 0, 10, 50);
    assert_true(replica_begin(replica, REPLICA_DURABLE));
    assert_true(replica_fresh_forget(replica));
    assert_true(replica_commit(replica));
    assert_int_equal(series_of(replica, true), 0);
    replica_free(&replica);
}

static void operations_stay_until_taken_out(void **state)
{
    struct replica *replica = open_copy(*state);
    uint64_t created = 0;
    struct outbox outbox;
    bool found;

    add(replica, 1, 0);
    add(replica, 2, 1);
    add(replica, 3, 1);
    outbox = outbox_of(replica, REPLICA_STATE_BIT(REPLICA_WAITING));
    assert_int_equal(outbox.count, 3);
    assert_true(settle(replica, outbox.number[0], REPLICA_ACCEPTED));
    assert_true(settle(replica, outbox.number[1], REPLICA_REFUSED));
    assert_true(settle(replica, outbox.number[2], REPLICA_SENT));
    assert_int_equal(outbox_of(replica, REPLICA_STATE_BIT(REPLICA_SENT)).count, 1);
    assert_int_equal(outbox_of(replica, ALL).count, 3);
    /* what is settled stays as it is */
    assert_true(settle(replica, outbox.number[1], REPLICA_ACCEPTED));
    assert_int_equal(outbox_of(replica, ALL).state[1], REPLICA_REFUSED);
    assert_true(replica_created(replica, see_created, &created));
    assert_int_equal(created, outbox.number[0]);
    assert_true(replica_drop(replica, outbox.number[2], &found));
    assert_false(found);
    assert_true(replica_drop(replica, outbox.number[0], &found));
    assert_false(found);
    assert_true(replica_drop(replica, outbox.number[1], &found));
    assert_true(found);
    assert_int_equal(outbox_of(replica, ALL).count, 2);
    add(replica, 4, 1);
    assert_true(outbox_of(replica, ALL).number[2] > outbox.number[2]);
    replica_free(&replica);
}

static void what_is_not_committed_is_not_there(void **state)
{
    struct replica *replica = open_copy(*state);
    const struct replica_fact fact = {.key = "title", .data = (const uint8_t *)"Plan", .size = 4};

    assert_true(replica_begin(replica, REPLICA_WRITE));
    assert_true(replica_put_fact(replica, &fact));
    replica_rollback(replica);
    replica_rollback(replica);
    add(replica, 1, 0);
    replica_free(&replica);
    replica = open_copy(*state);
    assert_int_equal(outbox_of(replica, ALL).count, 1);
    replica_free(&replica);
}

static void see_fact(void *arg, const struct replica_fact *fact)
{
    size_t *count = arg;

    ++*count;
    if (strcmp(fact->key, "title") == 0)
        assert_string_equal((const char *)fact->data, "Plan");
    else if (strcmp(fact->key, "role") == 0)
        assert_true(fact->data == NULL && fact->number == 3);
}

static void facts_are_kept(void **state)
{
    struct replica *replica = open_copy(*state);
    const struct replica_fact title = {.key = "title", .data = (const uint8_t *)"Plan", .size = 4};
    const struct replica_fact role = {.key = "role", .number = 3};
    size_t count = 0;

    assert_true(replica_put_fact(replica, &title));
    assert_true(replica_put_fact(replica, &title));
    assert_true(replica_put_fact(replica, &role));
    assert_true(replica_facts(replica, see_fact, &count));
    assert_int_equal(count, 2);
    replica_free(&replica);
}

/* Writes `size` bytes over the file from `offset` on. */
static void spoil(const struct home *home, long offset, size_t size)
{
    FILE *file = fopen(home->file, "r+b");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    while (size-- > 0)
        fputc(0x5a, file);
    assert_int_equal(fclose(file), 0);
}

static long size_of(const struct home *home)
{
    struct stat status;

    assert_int_equal(stat(home->file, &status), 0);
    return (long)status.st_size;
}

static void spoiled_head_is_damage(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home);
    struct replica_why why;
    long size;

    replica_checkpoint(replica);
    replica_free(&replica);
    size = size_of(home);
    spoil(home, 0, 100);
    assert_null(replica_open(home->path, false, &why));
    assert_int_equal(why.trouble, REPLICA_DAMAGED);
    assert_string_equal(why.detail, home->file);
    assert_int_equal(size_of(home), size);
}

static void spoiled_pages_are_damage(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home);
    Concert__Record record = record_of(1, 1, "body");
    struct seen seen = {0};
    struct replica_why why;
    bool good;

    assert_true(apply(replica, 0, 1, &record));
    replica_checkpoint(replica);
    replica_free(&replica);
    spoil(home, 4096, (size_t)size_of(home) - 4096);
    replica = replica_open(home->path, false, &why);
    good = replica != NULL && replica_records(replica, see_record, &seen);
    if (replica != NULL)
        why = *replica_why(replica);
    assert_false(good);
    assert_int_equal(why.trouble, REPLICA_DAMAGED);
    replica_free(&replica);
}

static void another_file_is_damage(void **state)
{
    const struct home *home = *state;
    FILE *file = fopen(home->file, "wb");
    struct replica_why why;

    fputs("Ceci n'est pas une copie.\n", file);
    fclose(file);
    assert_null(replica_open(home->path, true, &why));
    assert_int_equal(why.trouble, REPLICA_DAMAGED);
    assert_int_equal(size_of(home), 26);
}

/* Makes files of at most `bytes` possible: what a full disk is like, without filling one. */
static void limit_files(rlim_t bytes)
{
    const struct rlimit limit = {bytes, bytes};

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int write_too_much(const struct home *home)
{
    static char body[400000];
    struct replica *replica = open_copy(home);
    Concert__Record record;
    bool good;

    memset(body, 'x', sizeof(body) - 1);
    record = record_of(1, 1, body);
    limit_files(65536);
    good = !apply(replica, 0, 1, &record) && replica_why(replica)->trouble == REPLICA_STORAGE &&
           records_of(replica).count == 0;
    replica_free(&replica);
    return good ? 0 : 1;
}

/* A write that does not fit is an error, and what was there stays. */
static void full_disk_is_said(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home);
    int status;
    pid_t child;

    add(replica, 1, 0);
    replica_free(&replica);
    child = fork();
    if (child == 0)
        _exit(write_too_much(home));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    replica = open_copy(home);
    assert_int_equal(outbox_of(replica, ALL).count, 1);
    assert_int_equal(cursor_of(replica), 0);
    replica_free(&replica);
}

static void write_operations(const struct home *home, uint8_t from)
{
    struct replica *replica = open_copy(home);

    for (uint8_t i = 0; i < 20; i++)
        add(replica, (uint8_t)(from + i), 1);
    replica_free(&replica);
}

static bool count_operation(void *arg, const struct replica_operation *operation)
{
    (void)operation;
    ++*(size_t *)arg;
    return true;
}

static void processes_do_not_tread_on_each_other(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home);
    size_t count = 0;

    replica_free(&replica);
    for (uint8_t i = 0; i < 8; i++)
        if (fork() == 0) {
            write_operations(home, (uint8_t)(1 + i * 20));
            _exit(0);
        }
    for (int i = 0; i < 8; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    replica = open_copy(home);
    assert_true(replica_outbox(replica, 0, ALL, count_operation, &count));
    assert_int_equal(count, 160);
    replica_free(&replica);
}

/* --- the log --- */

static Concert__Change change_of(uint64_t seq)
{
    Concert__Change change = CONCERT__CHANGE__INIT;

    change.has_seq = change.has_id = true;
    change.seq = seq;
    change.id = (ProtobufCBinaryData){UUID_SIZE, (uint8_t *)id_of(1)};
    return change;
}

static bool see_change(void *arg, const uint8_t *bytes, size_t size)
{
    uint64_t *sum = arg;
    Concert__Change *change = concert__change__unpack(NULL, size, bytes);

    assert_non_null(change);
    *sum = *sum * 10 + change->seq;
    concert__change__free_unpacked(change, NULL);
    return true;
}

static void keep_log(struct replica *replica)
{
    Concert__Change second = change_of(2), first = change_of(1);

    assert_true(replica_begin(replica, REPLICA_WRITE));
    assert_true(replica_log_put(replica, &second));
    assert_true(replica_log_put(replica, &first));
    assert_true(replica_log_reach(replica, 3));
    assert_true(replica_commit(replica));
}

static void the_log_is_kept_from_its_first_change(void **state)
{
    struct replica *replica = open_copy(*state);
    uint64_t upto, seen = 0;

    assert_true(replica_log_upto(replica, &upto));
    assert_int_equal(upto, 0);
    keep_log(replica);
    replica_free(&replica);
    replica = open_copy(*state);
    assert_true(replica_log_upto(replica, &upto));
    assert_int_equal(upto, 3);
    assert_true(replica_log(replica, see_change, &seen));
    assert_int_equal(seen, 12);
    replica_free(&replica);
}

static void every_statement_is_sound(void **state)
{
    struct replica *replica = open_copy(*state);

    for (int i = 0; i < STATEMENT_COUNT; i++)
        if (replica_statement(replica, (enum replica_statement)i) == NULL)
            fail_msg("statement %d: %s", i, replica_statement_texts[i]);
    replica_free(&replica);
}

static void a_copy_made_anew_drops_its_log(void **state)
{
    struct replica *replica = open_copy(*state);
    uint64_t upto, seen = 0;

    keep_log(replica);
    assert_true(replica_begin(replica, REPLICA_DURABLE));
    assert_true(replica_fresh_take(replica, 1));
    assert_true(replica_commit(replica));
    assert_true(replica_log_upto(replica, &upto));
    assert_int_equal(upto, 0);
    assert_true(replica_log(replica, see_change, &seen));
    assert_int_equal(seen, 0);
    replica_free(&replica);
}

/* --- a copy of an earlier or a later version --- */

static void run_sql(const struct home *home, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(home->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* As the first version left it: a record, 20 operations that wait, no log. */
static void make_first_version(const struct home *home)
{
    Concert__Record record = record_of(1, 5, "body");
    struct replica *replica = open_copy(home);

    assert_true(apply(replica, 0, 5, &record));
    replica_free(&replica);
    write_operations(home, 1);
    run_sql(home, "DROP TABLE log; DROP TABLE fresh; DROP TABLE former;"
                  "ALTER TABLE outbox DROP COLUMN seen; ALTER TABLE outbox DROP COLUMN resolution;"
                  "ALTER TABLE outbox DROP COLUMN proposal; ALTER TABLE outbox DROP COLUMN again;"
                  "PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)");
}

static void is_brought_up_whole(const struct home *home)
{
    struct replica *replica = open_copy(home);
    size_t count = 0;

    assert_true(replica_outbox(replica, 0, ALL, count_operation, &count));
    assert_int_equal(count, 20);
    assert_int_equal(cursor_of(replica), 5);
    keep_log(replica);
    replica_free(&replica);
}

static void an_earlier_copy_is_brought_up_once(void **state)
{
    const struct home *home = *state;

    make_first_version(home);
    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            struct replica_why why;
            struct replica *replica = replica_open(home->path, false, &why);
            uint64_t upto;

            _exit(replica == NULL || !replica_log_upto(replica, &upto) || upto != 0);
        }
    for (int i = 0; i < 8; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    is_brought_up_whole(home);
}

/* Killed in the middle: the next time finds it as it was. */
static void a_bringing_up_that_ends_half_way_is_begun_again(void **state)
{
    const struct home *home = *state;
    int status;

    make_first_version(home);
    if (fork() == 0) {
        sqlite3 *db;

        sqlite3_open(home->file, &db);
        sqlite3_exec(db,
            "PRAGMA cache_size = 1; BEGIN IMMEDIATE;"
            "CREATE TABLE log (seq INTEGER PRIMARY KEY, change BLOB NOT NULL)",
            NULL, NULL, NULL);
        raise(SIGKILL);
    }
    assert_true(wait(&status) > 0);
    assert_true(WIFSIGNALED(status));
    is_brought_up_whole(home);
}

/* What fits nowhere is said to be so, never to be damage; nothing that waits is lost. */
static void an_earlier_copy_on_a_full_disk_stays(void **state)
{
    const struct home *home = *state;
    int status;

    make_first_version(home);
    if (fork() == 0) {
        const struct rlimit limit = {0, 0};
        struct replica_why why;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(replica_open(home->path, false, &why) != NULL || why.trouble != REPLICA_STORAGE);
    }
    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    is_brought_up_whole(home);
}

static void a_later_copy_is_left_alone(void **state)
{
    const struct home *home = *state;
    struct replica_why why;

    make_first_version(home);
    run_sql(home, "PRAGMA user_version = 99");
    assert_null(replica_open(home->path, false, &why));
    assert_int_equal(why.trouble, REPLICA_DAMAGED);
    run_sql(home, "PRAGMA user_version = 1");
    is_brought_up_whole(home);
}

/* Another process that reads holds on to what it sees. */
static void a_checkpoint_that_met_a_reader_says_so(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home), *reader = open_copy(home);
    Concert__Record record = record_of(1, 1, "body");
    struct seen seen = {0};

    assert_true(apply(replica, 0, 1, &record));
    assert_true(replica_begin(reader, REPLICA_READ));
    assert_true(replica_records(reader, see_record, &seen));
    assert_false(replica_checkpoint(replica));
    replica_rollback(reader);
    assert_true(replica_checkpoint(replica));
    replica_free(&reader);
    replica_free(&replica);
}

static void an_erased_record_is_not_kept_from_before(void **state)
{
    const struct home *home = *state;
    struct replica *replica = open_copy(home);
    Concert__Record record = record_of(1, 1, "body");
    struct seen seen = {0};

    assert_true(apply(replica, 0, 1, &record));
    run_sql(home, "INSERT INTO former SELECT * FROM record; DELETE FROM record");
    assert_true(replica_former(replica, see_record, &seen));
    assert_int_equal(seen.count, 1);
    assert_true(replica_erase(replica, record.id.data));
    seen = (struct seen){0};
    assert_true(replica_former(replica, see_record, &seen));
    assert_int_equal(seen.count, 0);
    replica_free(&replica);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, remove_home)
    const struct CMUnitTest tests[] = {
        TEST(absent_copy_is_said_to_be),
        TEST(pages_move_the_cursor),
        TEST(older_pages_change_nothing),
        TEST(a_series_is_kept_until_it_is_whole),
        TEST(operations_stay_until_taken_out),
        TEST(what_is_not_committed_is_not_there),
        TEST(facts_are_kept),
        TEST(spoiled_head_is_damage),
        TEST(spoiled_pages_are_damage),
        TEST(another_file_is_damage),
        TEST(full_disk_is_said),
        TEST(processes_do_not_tread_on_each_other),
        TEST(the_log_is_kept_from_its_first_change),
        TEST(every_statement_is_sound),
        TEST(a_checkpoint_that_met_a_reader_says_so),
        TEST(an_erased_record_is_not_kept_from_before),
        TEST(a_copy_made_anew_drops_its_log),
        TEST(an_earlier_copy_is_brought_up_once),
        TEST(a_bringing_up_that_ends_half_way_is_begun_again),
        TEST(an_earlier_copy_on_a_full_disk_stays),
        TEST(a_later_copy_is_left_alone),
    };
#undef TEST

    return cmocka_run_group_tests_name("replica", tests, NULL, NULL);
}
