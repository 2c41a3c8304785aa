/* The simulated disk, with SQLite itself on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim_disk.h"

#define HOME "/office"
#define PATH HOME "/copy.db"
#define ROWS 12

static sqlite3 *open_db(void)
{
    sqlite3 *db;

    if (sqlite3_open(PATH, &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", 0, 0, 0) !=
            SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return db;
}

static int number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int value = -1;

    assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Rows until one fails; how many were told to be there. A checkpoint comes between. */
static int insert_rows(sqlite3 *db)
{
    int count = 0;

    if (db == NULL || !run(db, "CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b BLOB)"))
        return 0;
    for (; count < ROWS; count++) {
        if (!run(db, "INSERT INTO t (b) VALUES (zeroblob(3000))"))
            break;
        if (count == ROWS / 2)
            sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    return count;
}

/* The process dies before step `steps`, perhaps by the power. Rows that were told, rows found, and
 * true when the file is whole. */
static bool die_at(int64_t steps, bool power, uint64_t seed, bool lies, int *told_r, int *found_r)
{
    struct sim_disk *disk = sim_disk_new(NULL);
    struct sim_disk_folder *folder = sim_disk_folder(disk, HOME);
    sqlite3 *db;
    bool dead, whole;

    sim_disk_lie(disk, lies);
    sim_disk_kill_after(folder, steps);
    db = open_db();
    *told_r = insert_rows(db);
    dead = sim_disk_is_dead(folder);
    if (power)
        sim_disk_lose_power(folder, seed);
    sqlite3_close(db);
    sim_disk_revive(folder);
    db = open_db();
    whole = db != NULL && number(db, "SELECT count(*) FROM pragma_integrity_check"
                                     " WHERE integrity_check = 'ok'") == 1;
    *found_r = 0;
    if (whole && number(db, "SELECT count(*) FROM sqlite_master WHERE name = 't'") == 1)
        *found_r = number(db, "SELECT count(*) FROM t");
    sqlite3_close(db);
    sim_disk_free(&disk);
    assert_true(dead || *told_r == ROWS);
    return whole;
}

static void dead_between_any_two_steps(void **state)
{
    int told = 0, found;

    (void)state;
    for (int64_t steps = 0; told < ROWS; steps++) {
        assert_true(die_at(steps, false, 0, false, &told, &found));
        assert_in_range(found, told, told + 1);
    }
}

static void power_lost_between_any_two_steps(void **state)
{
    int told = 0, found, most = 0;

    (void)state;
    for (int64_t steps = 0; most < ROWS; steps++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            assert_true(die_at(steps, true, seed, false, &told, &found));
            assert_in_range(found, told, told + 1);
            most = told > most ? told : most;
        }
}

static void disk_that_lies_loses(void **state)
{
    int told = 0, found, lost = 0;

    (void)state;
    for (int64_t steps = 30; steps < 60; steps++)
        if (!die_at(steps, true, 7, true, &told, &found) || found < told)
            lost++;
    assert_true(lost > 0);
}

static void full_disk_says_so(void **state)
{
    struct sim_disk *disk = sim_disk_new(NULL);
    struct sim_disk_folder *folder = sim_disk_folder(disk, HOME);
    sqlite3 *db = open_db();
    int told;

    (void)state;
    sim_disk_limit(folder, 40000);
    told = insert_rows(db);
    assert_in_range(told, 1, ROWS - 1);
    assert_int_equal(SQLITE_FULL, sqlite3_errcode(db));
    assert_true(sim_disk_refused(folder) > 0);
    assert_true(sim_disk_size(folder) <= 40000);
    assert_int_equal(told, number(db, "SELECT count(*) FROM t"));
    sim_disk_limit(folder, 0);
    assert_int_equal(ROWS, insert_rows(db));
    assert_int_equal(told + ROWS, number(db, "SELECT count(*) FROM t"));
    sqlite3_close(db);
    sim_disk_free(&disk);
}

static void backup_brings_back(void **state)
{
    struct sim_disk *disk = sim_disk_new(NULL);
    struct sim_disk_folder *folder = sim_disk_folder(disk, HOME);
    struct sim_disk_copy *copy;
    sqlite3 *db = open_db();

    (void)state;
    assert_int_equal(ROWS, insert_rows(db));
    sqlite3_close(db);
    copy = sim_disk_copy(folder);
    db = open_db();
    assert_int_equal(ROWS, insert_rows(db));
    assert_int_equal(2 * ROWS, number(db, "SELECT count(*) FROM t"));
    sqlite3_close(db);
    assert_true(sim_disk_restore(folder, copy));
    sim_disk_copy_free(&copy);
    sim_disk_lose_power(folder, 1); /* what was restored is on the disk */
    sim_disk_revive(folder);
    db = open_db();
    assert_int_equal(ROWS, number(db, "SELECT count(*) FROM t"));
    sqlite3_close(db);
    sim_disk_free(&disk);
}

static void two_share_a_file(void **state)
{
    struct sim_disk *disk = sim_disk_new(NULL);
    sqlite3 *a, *b;

    (void)state;
    assert_non_null(sim_disk_folder(disk, HOME));
    a = open_db();
    assert_int_equal(ROWS, insert_rows(a));
    b = open_db();
    assert_true(run(a, "BEGIN; SELECT * FROM t"));
    assert_true(run(b, "INSERT INTO t (b) VALUES (1)"));
    assert_int_equal(ROWS, number(a, "SELECT count(*) FROM t"));
    assert_int_equal(ROWS + 1, number(b, "SELECT count(*) FROM t"));
    assert_true(run(a, "COMMIT; BEGIN IMMEDIATE"));
    assert_false(run(b, "INSERT INTO t (b) VALUES (2)"));
    assert_int_equal(SQLITE_BUSY, sqlite3_errcode(b));
    assert_true(run(a, "COMMIT"));
    assert_true(run(b, "INSERT INTO t (b) VALUES (2)"));
    assert_int_equal(ROWS + 2, number(a, "SELECT count(*) FROM t"));
    sqlite3_close(a);
    sqlite3_close(b);
    sim_disk_free(&disk);
}

static uint64_t steps_of_a_run(uint64_t *size_r)
{
    struct sim_disk *disk = sim_disk_new(NULL);
    struct sim_disk_folder *folder = sim_disk_folder(disk, HOME);
    sqlite3 *db = open_db();
    uint64_t steps;

    insert_rows(db);
    sqlite3_close(db);
    steps = sim_disk_steps(disk);
    *size_r = sim_disk_size(folder);
    sim_disk_free(&disk);
    return steps;
}

static void same_run_same_steps(void **state)
{
    uint64_t first, second, steps = steps_of_a_run(&first);

    (void)state;
    assert_true(steps > ROWS);
    assert_true(steps == steps_of_a_run(&second));
    assert_true(first == second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dead_between_any_two_steps),
        cmocka_unit_test(power_lost_between_any_two_steps),
        cmocka_unit_test(disk_that_lies_loses),
        cmocka_unit_test(full_disk_says_so),
        cmocka_unit_test(backup_brings_back),
        cmocka_unit_test(two_share_a_file),
        cmocka_unit_test(same_run_same_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
