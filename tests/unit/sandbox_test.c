/* What the sandbox refuses: each in a child of its own, which enters it and tries. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "log.h"
#include "sandbox.h"

#ifdef __SANITIZE_ADDRESS__
#define THERE_IS_NONE true
#else
#define THERE_IS_NONE false
#endif

enum { CANNOT_ENTER = 100, ALLOWED, OTHER };

/* Runs it inside; the child's end: the errno with which it failed, or ALLOWED; or its signal. */
static int inside(enum sandbox sandbox, bool (*attempt)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        log_set_level(LOG_LEVEL_ERROR);
        if (!sandbox_enter(sandbox))
            _exit(CANNOT_ENTER);
        errno = 0;
        _exit(attempt() ? ALLOWED : errno < CANNOT_ENTER ? errno : OTHER);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static bool opens(const char *path, int flags)
{
    return open(path, flags, 0600) >= 0;
}

static bool reads(void)
{
    return opens("/etc/hostname", O_RDONLY | O_CLOEXEC);
}

static bool connects(void)
{
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) >= 0 &&
           socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool maps(void)
{
    return mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool writes(void)
{
    return opens("/dev/null", O_WRONLY);
}

static bool changes(void)
{
    return opens("/dev/null", O_RDWR);
}

static bool makes(void)
{
    return opens("/tmp/sandbox_test.file", O_RDONLY | O_CREAT);
}

static bool makes_unnamed(void)
{
    return opens("/tmp", O_RDONLY | O_TMPFILE);
}

static bool removes(void)
{
    return unlink("/tmp/sandbox_test.none") == 0;
}

static bool makes_folder(void)
{
    return mkdir("/tmp/sandbox_test.folder", 0700) == 0;
}

static bool listens_to_all(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}

static bool maps_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool makes_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool forks(void)
{
    return fork() >= 0;
}

static bool kills(void)
{
    return kill(getppid(), 0) == 0;
}

static bool executes(void)
{
    char *const arguments[] = {"true", NULL};

    return execv("/bin/true", arguments) == 0;
}

static bool traces(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool mounts(void)
{
    return mount("none", "/tmp", "tmpfs", 0, NULL) == 0;
}

static bool becomes_another(void)
{
    return setuid(65534) == 0;
}

static bool makes_namespace(void)
{
    return syscall(SYS_unshare, 0x10000000) == 0;
}

static void serving_goes_on(void **state)
{
    (void)state;
    assert_int_equal(inside(SANDBOX_WORKER, reads), ALLOWED);
    assert_int_equal(inside(SANDBOX_WORKER, connects), ALLOWED);
    assert_int_equal(inside(SANDBOX_WORKER, maps), ALLOWED);
}

static void what_serving_does_not_need_is_refused(void **state)
{
    static bool (*const attempts[])(void) = {writes, changes, makes, makes_unnamed, removes,
        makes_folder, listens_to_all, maps_code, makes_code, forks, kills};

    (void)state;
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
        assert_int_equal(inside(SANDBOX_WORKER, attempts[i]), EPERM);
}

static void an_intruder_ends_the_process(void **state)
{
    static bool (*const attempts[])(void) = {
        executes, traces, mounts, becomes_another, makes_namespace};

    (void)state;
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        assert_int_equal(inside(SANDBOX_WORKER, attempts[i]), -SIGSYS);
        assert_int_equal(inside(SANDBOX_PARENT, attempts[i]), -SIGSYS);
    }
}

static void the_parent_makes_workers(void **state)
{
    (void)state;
    assert_int_equal(inside(SANDBOX_PARENT, forks), ALLOWED);
    assert_int_equal(inside(SANDBOX_PARENT, kills), ALLOWED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serving_goes_on),
        cmocka_unit_test(what_serving_does_not_need_is_refused),
        cmocka_unit_test(an_intruder_ends_the_process),
        cmocka_unit_test(the_parent_makes_workers),
    };

    if (THERE_IS_NONE) {
        puts("1..0 # SKIP sanitizers need more than the sandbox allows");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
