#include "waiter.h"

#include <stddef.h>

void waiter_wait(struct waiters *waiters, struct waiter *waiter)
{
    if (waiter->waiting)
        return;
    waiter->waiting = true;
    LIST_INSERT_HEAD(waiters, waiter, link);
}

void waiter_forget(struct waiter *waiter)
{
    if (waiter->waiting)
        LIST_REMOVE(waiter, link);
    waiter->waiting = false;
}

void waiter_wake_all(struct waiters *waiters)
{
    struct waiters woken = {LIST_FIRST(waiters)};
    struct waiter *waiter;

    if (woken.lh_first != NULL)
        woken.lh_first->link.le_prev = &woken.lh_first;
    LIST_INIT(waiters);
    while ((waiter = LIST_FIRST(&woken)) != NULL) {
        waiter_forget(waiter);
        waiter->wake(waiter->arg);
    }
}
