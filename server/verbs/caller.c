#include "verbs/caller.h"

#include "session.h"

struct caller {
    struct waiter waiter;
    struct request *request;
    struct region *region;
    enum directory_found wanted;
    caller_next_fn *next;
    bool looked; /* the database was asked for changes of other servers */
};

static enum verb_status look(struct caller *caller);

static void on_looked(void *arg)
{
    struct caller *caller = arg;

    request_resume(caller->request, look(caller));
}

static void on_cancel(struct request *request)
{
    struct caller *caller = request->data;

    waiter_forget(&caller->waiter);
    request_resume(request, VERB_DONE);
}

static enum verb_status go_on(
    struct caller *caller, enum directory_found found, const struct policy_actor *actor)
{
    struct request *request = caller->request;

    request->data = NULL;
    request->cancel = NULL;
    return caller->next(request, caller->region, found, actor);
}

/* A device that is not known here may have joined at another server, and one that is known as
 * closed may have been opened there: what it is told is not taken back. */
static enum verb_status look(struct caller *caller)
{
    const uint8_t *fingerprint = session_fingerprint(caller->request->session);
    enum directory_found found = DIRECTORY_UNKNOWN;
    struct policy_actor actor;

    if (region_ready(caller->region))
        found = region_actor(caller->region, fingerprint, &actor);
    if (found == caller->wanted || (caller->looked && region_in_step(caller->region)))
        return go_on(caller, found, &actor);
    if (caller->looked)
        return request_fail(caller->request, CONCERT__CODE__UNAVAILABLE, NULL, NULL);
    caller->looked = true;
    waiter_wait(region_waiters(caller->region), &caller->waiter);
    region_catch_up(caller->region);
    return VERB_WAIT;
}

enum verb_status caller_find(struct request *request, const char *region_name,
    enum directory_found wanted, caller_next_fn *next)
{
    struct caller *caller = arena_alloc(request->arena, sizeof(*caller));

    if (session_fingerprint(request->session) == NULL)
        return request_stranger(request, DIRECTORY_UNKNOWN);
    if (caller == NULL)
        return request_fail(request, CONCERT__CODE__TOO_LARGE, NULL, "memory");
    *caller = (struct caller){.request = request,
        .region = session_find_region(request->session, region_name),
        .waiter = {.wake = on_looked, .arg = caller},
        .wanted = wanted,
        .next = next};
    if (caller->region == NULL)
        return request_stranger(request, DIRECTORY_UNKNOWN);
    request->data = caller;
    request->cancel = on_cancel;
    return look(caller);
}
