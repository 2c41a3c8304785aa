#include "workers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define WORKERS_MAX 64
#define SHORT_LIFE_MS 10000 /* one that died before was of no use: the next one waits longer */
#define WAIT_MIN_MS 1000
#define WAIT_MAX_MS 30000
#define STOP_MS 9500

struct worker {
    pid_t pid;         /* 0: not running */
    int64_t born, due; /* milliseconds; when it is made again */
    int64_t wait;      /* before the next one; 0: none */
};

struct workers {
    struct worker list[WORKERS_MAX];
    size_t count;
    const struct workers_task *task;
    sigset_t signals, before;
};

/* A child that outlives its parent would hold the port unseen: it ends with it. */
static void bear(struct workers *workers, size_t number)
{
    struct worker *worker = &workers->list[number];
    pid_t parent = getpid();

    worker->born = clock_steady();
    worker->pid = fork();
    if (worker->pid < 0)
        worker->due = clock_steady() + WAIT_MIN_MS;
    if (worker->pid != 0)
        return;
    sigprocmask(SIG_SETMASK, &workers->before, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    log_set_worker((unsigned)number + 1);
    exit(getppid() == parent ? workers->task->work(workers->task->arg, number) : EXIT_FAILURE);
}

static void log_death(const struct workers *workers, size_t number, int pid, int status)
{
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;

    if (WIFSIGNALED(status))
        log_line(LOG_LEVEL_ERROR, "workers",
            "event=died worker=%zu pid=%d signal=SIG%s wait_ms=%lld", number + 1, pid,
            name == NULL ? "?" : name, (long long)workers->list[number].wait);
    else
        log_line(LOG_LEVEL_WARNING, "workers", "event=died worker=%zu pid=%d code=%d wait_ms=%lld",
            number + 1, pid, WEXITSTATUS(status), (long long)workers->list[number].wait);
}

/* One that dies young again and again is made ever more slowly, but is. */
static void bury(struct workers *workers, size_t number)
{
    struct worker *worker = &workers->list[number];
    int64_t now = clock_steady();

    worker->pid = 0;
    if (now - worker->born >= SHORT_LIFE_MS)
        worker->wait = 0;
    else
        worker->wait = worker->wait == 0 ? WAIT_MIN_MS : worker->wait * 2;
    if (worker->wait > WAIT_MAX_MS)
        worker->wait = WAIT_MAX_MS;
    worker->due = now + worker->wait;
}

static void reap(struct workers *workers, bool stopping)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < workers->count; i++) {
            if (workers->list[i].pid != pid)
                continue;
            bury(workers, i);
            if (!stopping)
                log_death(workers, i, (int)pid, status);
            if (!stopping)
                workers->task->died(workers->task->arg, i);
        }
}

static bool any(const struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid > 0)
            return true;
    return false;
}

static void tend(struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid <= 0 && workers->list[i].due <= clock_steady())
            bear(workers, i);
}

static void tell(const struct workers *workers, int number)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid > 0)
            kill(workers->list[i].pid, number);
}

static int wait_for_signal(const struct workers *workers)
{
    return sigtimedwait(&workers->signals, NULL, &(struct timespec){.tv_sec = 1});
}

static bool ends(int number)
{
    return number == SIGTERM || number == SIGINT;
}

static void stop(struct workers *workers, int number)
{
    int64_t due = clock_steady() + STOP_MS;

    tell(workers, number);
    reap(workers, true);
    while (any(workers)) {
        number = wait_for_signal(workers);
        if (ends(number)) /* once more: at once */
            tell(workers, number);
        if (clock_steady() > due)
            tell(workers, SIGKILL);
        reap(workers, true);
    }
}

int workers_run(size_t count, const struct workers_task *task)
{
    struct workers workers = {.count = count < WORKERS_MAX ? count : WORKERS_MAX, .task = task};
    int number = 0;

    if (count <= 1)
        return task->work(task->arg, 0);
    sigemptyset(&workers.signals);
    sigaddset(&workers.signals, SIGTERM);
    sigaddset(&workers.signals, SIGINT);
    sigaddset(&workers.signals, SIGHUP);
    sigaddset(&workers.signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &workers.signals, &workers.before);
    while (!ends(number)) {
        tend(&workers);
        number = wait_for_signal(&workers);
        if (number == SIGHUP && task->reload(task->arg))
            tell(&workers, SIGHUP);
        reap(&workers, false);
    }
    stop(&workers, number);
    sigprocmask(SIG_SETMASK, &workers.before, NULL);
    return EXIT_SUCCESS;
}
