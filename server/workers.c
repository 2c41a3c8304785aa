#include "workers.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define WORKERS_MAX 64
#define SHORT_LIFE_S 1

struct worker {
    pid_t pid; /* 0: not running */
    time_t born;
};

struct workers {
    struct worker list[WORKERS_MAX];
    size_t count;
    sigset_t signals, before;
};

static time_t now(void)
{
    return (time_t)(clock_steady() / 1000);
}

/* A child that outlives its parent would hold the port unseen: it ends with it. */
static void bear(struct workers *workers, struct worker *worker, int (*work)(void *), void *arg)
{
    pid_t parent = getpid();

    worker->born = now();
    worker->pid = fork();
    if (worker->pid != 0)
        return;
    sigprocmask(SIG_SETMASK, &workers->before, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    exit(getppid() == parent ? work(arg) : EXIT_FAILURE);
}

static void reap(struct workers *workers, bool stopping)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < workers->count; i++) {
            if (workers->list[i].pid != pid)
                continue;
            workers->list[i].pid = 0;
            if (!stopping)
                log_line(
                    LOG_LEVEL_WARNING, "workers", "event=died pid=%d status=%d", (int)pid, status);
        }
}

static bool any(const struct workers *workers)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid > 0)
            return true;
    return false;
}

static void tend(struct workers *workers, int (*work)(void *), void *arg)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid <= 0 && now() - workers->list[i].born >= SHORT_LIFE_S)
            bear(workers, &workers->list[i], work, arg);
}

static void stop(struct workers *workers, int number)
{
    for (size_t i = 0; i < workers->count; i++)
        if (workers->list[i].pid > 0)
            kill(workers->list[i].pid, number);
    while (any(workers)) {
        sigwaitinfo(&workers->signals, NULL);
        reap(workers, true);
    }
}

int workers_run(size_t count, int (*work)(void *arg), void *arg)
{
    struct workers workers = {.count = count < WORKERS_MAX ? count : WORKERS_MAX};
    int number = 0;

    if (count <= 1)
        return work(arg);
    sigemptyset(&workers.signals);
    sigaddset(&workers.signals, SIGTERM);
    sigaddset(&workers.signals, SIGINT);
    sigaddset(&workers.signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &workers.signals, &workers.before);
    for (size_t i = 0; i < workers.count; i++)
        workers.list[i].born = now() - SHORT_LIFE_S;
    while (number != SIGTERM && number != SIGINT) {
        tend(&workers, work, arg);
        number = sigtimedwait(&workers.signals, NULL, &(struct timespec){.tv_sec = 1});
        reap(&workers, false);
    }
    stop(&workers, number);
    sigprocmask(SIG_SETMASK, &workers.before, NULL);
    return EXIT_SUCCESS;
}
