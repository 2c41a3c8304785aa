/* N processes that do the same, restarted when they die. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What they do. */
struct workers_task {
    int (*work)(void *arg, size_t worker);  /* in each: its number, from 0; its exit code */
    bool (*reload)(void *arg);              /* in the parent, at SIGHUP: true: pass it on */
    void (*died)(void *arg, size_t worker); /* in the parent: that one is there no more */
    void *arg;
};

/* Runs the task and returns its exit code: with one worker in this process; with more, in as many
 * children, of which each that dies is made again (after a second when it lived less, and later
 * each time that happens, up to half a minute), until SIGTERM or SIGINT, which is passed on to
 * them; what is left of them ten seconds later is killed. Called before there is an event loop or a
 * thread. */
int workers_run(size_t count, const struct workers_task *task);
