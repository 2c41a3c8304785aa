/* Who waits for something to happen, and is called when it does: once per wait. */
#pragma once

#include <stdbool.h>
#include <sys/queue.h>

struct waiter {
    LIST_ENTRY(waiter) link;
    bool waiting;
    void (*wake)(void *arg);
    void *arg;
};

LIST_HEAD(waiters, waiter);

/* Joins the list; nothing when it waits already. The waiter must live until woken or forgotten. */
void waiter_wait(struct waiters *waiters, struct waiter *waiter);

/* Leaves its list, if it is in one. */
void waiter_forget(struct waiter *waiter);

/* Calls all who wait now. Who waits again meanwhile, waits for the next time. */
void waiter_wake_all(struct waiters *waiters);
