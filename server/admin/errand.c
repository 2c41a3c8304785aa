#include "admin/errand.h"

#include <event2/event.h>
#include <stdio.h>

#include "i18n.h"
#include "region.h"

#define PATIENCE_S 30

struct errand {
    struct event_base *base;
    struct region *region;
    struct waiter ready;
    struct batch_job *jobs;
    size_t count, done;
    bool begun; /* a job is with the writer, or was */
    bool over;  /* nothing that comes now is waited for */
    char *why;
    size_t size;
};

static void go_on(struct errand *errand);

/* The code of what was refused; 0: nothing was. */
static Concert__Code refusal(const struct batch_job *job, const struct error *error)
{
    if (error->code != 0 || job->error.code != 0)
        return error->code != 0 ? error->code : job->error.code;
    for (size_t i = 0; i < job->count; i++)
        if (job->results[i].status != CONCERT__RESULT__STATUS__APPLIED &&
            job->results[i].status != CONCERT__RESULT__STATUS__DUPLICATE)
            return job->results[i].error.code != 0 ? job->results[i].error.code
                                                   : CONCERT__CODE__INTERNAL;
    return 0;
}

static void on_done(void *arg, struct batch_job *job, const struct error *error)
{
    struct errand *errand = arg;
    Concert__Code code = refusal(job, error);

    if (errand->over)
        return;
    if (code != 0) {
        if (code == CONCERT__CODE__UNAVAILABLE) /* perhaps behind the commit */
            snprintf(errand->why, errand->size,
                _("the connection to the database was lost, and it is not known whether this was "
                  "done: the same command can be given again"));
        else
            snprintf(errand->why, errand->size, _("the region refuses (%s)"), error_name(code));
        event_base_loopbreak(errand->base);
        return;
    }
    errand->done++;
    go_on(errand);
}

static void go_on(struct errand *errand)
{
    if (errand->done == errand->count) {
        event_base_loopbreak(errand->base);
        return;
    }
    errand->begun = true;
    writer_submit(region_writer(errand->region), &errand->jobs[errand->done], on_done, errand);
}

static void on_ready(void *arg)
{
    struct errand *errand = arg;

    if (region_ready(errand->region))
        go_on(errand);
    else
        waiter_wait(region_waiters(errand->region), &errand->ready);
}

/* Until it is done, refused, or has lasted too long. */
static void work(struct errand *errand)
{
    waiter_wait(region_waiters(errand->region), &errand->ready);
    event_base_loopexit(errand->base, &(struct timeval){.tv_sec = PATIENCE_S});
    event_base_dispatch(errand->base);
    errand->over = true;
    if (errand->done == errand->count || errand->why[0] != '\0')
        return;
    if (errand->begun)
        snprintf(errand->why, errand->size,
            _("the database did not answer within %d s, and it is not known whether this was done: "
              "the same command can be given again"),
            PATIENCE_S);
    else
        snprintf(
            errand->why, errand->size, _("the database did not answer within %d s"), PATIENCE_S);
}

bool errand_run(const struct settings *settings, const struct settings_region *region,
    struct batch_job *jobs, size_t count, char *why_r, size_t size)
{
    struct errand errand = {.jobs = jobs, .count = count, .why = why_r, .size = size};

    why_r[0] = '\0';
    errand.base = event_base_new();
    errand.region = errand.base == NULL ? NULL : region_new(errand.base, settings, region);
    errand.ready = (struct waiter){.wake = on_ready, .arg = &errand};
    if (errand.region == NULL)
        snprintf(why_r, size, "%s", _("memory ran out"));
    else
        work(&errand);
    waiter_forget(&errand.ready);
    region_free(&errand.region);
    if (errand.base != NULL)
        event_base_free(errand.base);
    return errand.done == count;
}
