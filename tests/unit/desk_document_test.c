/* The folder of documents: what is taken, what waits, what is handed over. No server. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "desk/desk_document_folder.h"

#define HELLO_SHA256 "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static const uint8_t id[UUID_SIZE] = "0123456789abcde", other_id[UUID_SIZE] = "fedcba987654321";

struct world {
    struct desk desk;
    struct arena *arena;
    struct desk_facts facts;
    struct desk_why why;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    snprintf(world->desk.home, sizeof(world->desk.home), "/tmp/desk_document.XXXXXX");
    assert_non_null(mkdtemp(world->desk.home));
    world->arena = arena_new((size_t)1 << 20);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    char command[DESK_PATH_SIZE + 16];

    snprintf(command, sizeof(command), "rm -rf %s", world->desk.home);
    assert_int_equal(system(command), 0);
    arena_free(&world->arena);
    free(world);
    return 0;
}

/* The path of a file in the home; lives in the arena. */
static const char *path_of(struct world *world, const char *name)
{
    return arena_printf(world->arena, "%s/%s", world->desk.home, name);
}

static const char *write_file(struct world *world, const char *name, const char *text)
{
    const char *path = path_of(world, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof(found) - 1, file), strlen(text));
    fclose(file);
    assert_string_equal(found, text);
}

static enum desk_file take(struct world *world, const char *path)
{
    return desk_document_take(&world->desk, path, id, &world->facts, &world->why);
}

static size_t waiting(struct world *world)
{
    const struct desk_waiting *list;
    size_t count;

    assert_true(desk_document_waiting(&world->desk, world->arena, &list, &count));
    for (size_t i = 0; i < count; i++)
        assert_true(uuid_equal(list[i].id, id) || uuid_equal(list[i].id, other_id));
    return count;
}

static void a_file_is_copied(void **state)
{
    struct world *world = *state;
    const char *path = write_file(world, "a.txt", "hello");
    char kept[DESK_DOCUMENT_PATH];

    assert_int_equal(waiting(world), 0);
    assert_int_equal(take(world, path), DESK_FILE_FINE);
    assert_int_equal(world->facts.size, 5);
    assert_string_equal(world->facts.sha256, HELLO_SHA256);
    write_file(world, "a.txt", "other");
    desk_document_path(&world->desk, id, "send", kept);
    holds(kept, "hello");
    assert_int_equal(waiting(world), 1);
    assert_int_equal(desk_document_take(&world->desk, path, other_id, &world->facts, &world->why),
        DESK_FILE_FINE);
    assert_int_equal(waiting(world), 2);
    desk_document_forget(&world->desk, id);
    desk_document_forget(&world->desk, id);
    assert_int_equal(waiting(world), 1);
}

static void what_is_no_document_is_told(void **state)
{
    struct world *world = *state;
    const char *large = write_file(world, "large", "x");

    assert_int_equal(take(world, path_of(world, "none")), DESK_FILE_ABSENT);
    assert_int_equal(take(world, path_of(world, "none/none")), DESK_FILE_ABSENT);
    assert_int_equal(take(world, ""), DESK_FILE_ABSENT);
    assert_int_equal(take(world, world->desk.home), DESK_FILE_FOLDER);
    assert_int_equal(take(world, "/dev/null"), DESK_FILE_STRANGE);
    assert_int_equal(take(world, write_file(world, "empty", "")), DESK_FILE_EMPTY);
    assert_int_equal(truncate(large, (off_t)DESK_DOCUMENT_MAX + 1), 0);
    assert_int_equal(take(world, large), DESK_FILE_LARGE);
    assert_int_equal(truncate(large, (off_t)DESK_DOCUMENT_MAX), 0);
    assert_int_equal(waiting(world), 0);
    assert_int_equal(take(world, large), DESK_FILE_FINE);
    assert_int_equal(world->facts.size, DESK_DOCUMENT_MAX);
}

static void a_home_that_takes_nothing_is_told(void **state)
{
    struct world *world = *state;
    const char *path = write_file(world, "a.txt", "hello");

    write_file(world, "documents", "in the way");
    assert_int_equal(take(world, path), DESK_FILE_STORAGE);
    assert_int_equal(world->why.trouble, DESK_STORAGE);
    assert_true(strstr(world->why.detail, "documents") != NULL);
}

static void what_waits_is_handed_over_and_stays(void **state)
{
    struct world *world = *state;
    const char *to = path_of(world, "out.txt");

    assert_int_equal(take(world, write_file(world, "a.txt", "hello")), DESK_FILE_FINE);
    assert_true(desk_document_fetch(&world->desk, id, &world->facts, &world->why));
    assert_int_equal(desk_document_place(&world->desk, id, to, &world->why), DESK_PLACED);
    holds(to, "hello");
    assert_int_equal(waiting(world), 1);
    write_file(world, "out.txt", "mine");
    assert_int_equal(desk_document_place(&world->desk, id, to, &world->why), DESK_PLACED_EXISTS);
    holds(to, "mine");
    assert_int_equal(symlink("nowhere", path_of(world, "dangling")), 0);
    assert_int_equal(desk_document_place(&world->desk, id, path_of(world, "dangling"), &world->why),
        DESK_PLACED_EXISTS);
    assert_int_equal(
        desk_document_place(&world->desk, id, path_of(world, "no/out.txt"), &world->why),
        DESK_PLACED_FAILED);
    assert_int_equal(world->why.trouble, DESK_STORAGE);
}

/* Killed in the middle of it, as the kernel does beyond a limit: no half of a document is there. */
static void what_is_half_handed_over_has_no_name(void **state)
{
    struct world *world = *state;
    const char *large = write_file(world, "large", "x"), *to = path_of(world, "out");
    int status;
    pid_t child;

    assert_int_equal(truncate(large, (off_t)2 << 20), 0);
    assert_int_equal(take(world, large), DESK_FILE_FINE);
    child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0}, half = {1 << 20, 1 << 20};

        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_FSIZE, &half);
        signal(SIGXFSZ, SIG_DFL);
        desk_document_place(&world->desk, id, to, &world->why);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_not_equal(access(to, F_OK), 0);
    assert_int_equal(waiting(world), 1);
    assert_int_equal(desk_document_place(&world->desk, id, to, &world->why), DESK_PLACED);
}

/* All its bytes are here from an earlier time: nothing is asked, unless they are other ones. Then
 * all of it would come anew, but no server is there. */
static void what_came_is_checked(void **state)
{
    struct world *world = *state;
    char part[DESK_DOCUMENT_PATH];

    snprintf(world->facts.sha256, sizeof(world->facts.sha256), "%s", HELLO_SHA256);
    world->facts.size = 5;
    assert_int_equal(mkdir(path_of(world, "documents"), 0700), 0);
    desk_document_path(&world->desk, id, "part", part);
    write_file(world, part + strlen(world->desk.home) + 1, "hellO");
    assert_false(desk_document_fetch(&world->desk, id, &world->facts, &world->why));
    assert_int_equal(world->why.trouble, DESK_UNREACHABLE);
    holds(part, "");
    write_file(world, part + strlen(world->desk.home) + 1, "hello");
    assert_true(desk_document_fetch(&world->desk, id, &world->facts, &world->why));
    assert_int_equal(
        desk_document_place(&world->desk, id, path_of(world, "out"), &world->why), DESK_PLACED);
    holds(path_of(world, "out"), "hello");
    assert_int_equal(access(part, F_OK), -1);
}

static void age(const char *path, time_t days)
{
    struct timespec times[2] = {{0}};

    times[0].tv_sec = times[1].tv_sec = time(NULL) - days * 86400;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void what_nobody_comes_back_to_goes(void **state)
{
    static const struct {
        const char *extension;
        time_t days;
        bool stays;
    } cases[] = {{"new", 0, true}, {"new", 2, false}, {"part", 2, true}, {"part", 31, false},
        {"send", 400, true}, {"damaged", 400, true}};
    struct world *world = *state;

    assert_int_equal(mkdir(path_of(world, "documents"), 0700), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[DESK_DOCUMENT_PATH];

        desk_document_path(&world->desk, id, cases[i].extension, path);
        write_file(world, path + strlen(world->desk.home) + 1, "x");
        age(path, cases[i].days);
        waiting(world);
        assert_int_equal(access(path, F_OK) == 0, cases[i].stays);
    }
    write_file(world, "documents/letter.txt", "not ours");
    age(path_of(world, "documents/letter.txt"), 400);
    waiting(world);
    holds(path_of(world, "documents/letter.txt"), "not ours");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_file_is_copied),
        TEST(what_is_no_document_is_told),
        TEST(a_home_that_takes_nothing_is_told),
        TEST(what_waits_is_handed_over_and_stays),
        TEST(what_is_half_handed_over_has_no_name),
        TEST(what_came_is_checked),
        TEST(what_nobody_comes_back_to_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
