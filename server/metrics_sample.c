#include "metrics_sample.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "metrics.h"
#include "region.h"
#include "store/migrate.h"
#include "store/store_count.h"

#define FILES_EACH 10 /* seconds: there may be thousands of them */

/* Files of /proc are opened once: later the process may not open any. */
struct metrics_sample {
    struct region *const *regions;
    size_t n_regions;
    struct event *timer;
    int memory; /* /proc/self/statm; -1: none */
    DIR *files; /* /proc/self/fd; NULL: none */
    int seconds;
    int64_t cpu; /* microseconds, as last looked */
};

static void look_at_store(size_t place, const struct store *store)
{
    struct store_pools pools = store_count(store);
    int schema;

    if (!store_schema_wrong(store, &schema))
        schema = store_ready(store) ? migrate_latest() : 0;
    metrics_region(place, METRICS_REGION_SCHEMA, schema);
    metrics_region(place, METRICS_REGION_WRITER_UP, (int64_t)pools.writer.up);
    metrics_region(place, METRICS_REGION_READERS_UP, (int64_t)pools.readers.up);
    metrics_region(place, METRICS_REGION_DOCUMENTS_UP, (int64_t)pools.documents.up);
    metrics_region(place, METRICS_REGION_WRITER_WAITING, (int64_t)pools.writer.waiting);
    metrics_region(place, METRICS_REGION_READERS_WAITING, (int64_t)pools.readers.waiting);
    metrics_region(place, METRICS_REGION_DOCUMENTS_WAITING, (int64_t)pools.documents.waiting);
}

static void look_at_region(size_t place, struct region *region)
{
    struct feed_counts feed = feed_count(region_feed(region));

    metrics_region(place, METRICS_REGION_UNREADY, region_unready(region));
    metrics_region(place, METRICS_REGION_HEAD, (int64_t)feed_head(region_feed(region), NULL));
    metrics_region(place, METRICS_REGION_FEED_ENTRIES, (int64_t)feed.entries);
    metrics_region(place, METRICS_REGION_FEED_BYTES, (int64_t)feed.bytes);
    metrics_region(place, METRICS_REGION_FOLLOWERS, (int64_t)feed.followers);
    metrics_region(place, METRICS_REGION_LAG, (int64_t)feed.lag);
    metrics_region(
        place, METRICS_REGION_QUEUED, (int64_t)writer_counts(region_writer(region))->queued);
    look_at_store(place, region_store(region));
}

static void look_at_memory(const struct metrics_sample *sample)
{
    char text[128];
    ssize_t size = sample->memory < 0 ? -1 : pread(sample->memory, text, sizeof(text) - 1, 0);
    long long pages;

    if (size <= 0)
        return;
    text[size] = '\0';
    if (sscanf(text, "%*s %lld", &pages) == 1)
        metrics_set(METRICS_PROCESS_MEMORY, pages * sysconf(_SC_PAGESIZE));
}

static void look_at_files(const struct metrics_sample *sample)
{
    struct rlimit limit;
    int64_t count = 0;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics_set(METRICS_PROCESS_DESCRIPTORS_MAX, (int64_t)limit.rlim_cur);
    if (sample->files == NULL)
        return;
    rewinddir(sample->files);
    for (const struct dirent *entry; (entry = readdir(sample->files)) != NULL;)
        count += entry->d_name[0] != '.';
    metrics_set(METRICS_PROCESS_DESCRIPTORS, count);
}

static void look_at_cpu(struct metrics_sample *sample)
{
    struct rusage used;
    int64_t cpu;

    if (getrusage(RUSAGE_SELF, &used) != 0)
        return;
    cpu = ((int64_t)used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec +
          used.ru_stime.tv_usec;
    metrics_add(METRICS_PROCESS_CPU, cpu - sample->cpu);
    sample->cpu = cpu;
}

void metrics_sample_now(void *arg)
{
    struct metrics_sample *sample = arg;

    for (size_t i = 0; i < sample->n_regions; i++)
        look_at_region(i, sample->regions[i]);
    look_at_memory(sample);
    look_at_cpu(sample);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct metrics_sample *sample = arg;

    (void)fd;
    (void)what;
    metrics_sample_now(sample);
    if (sample->seconds++ % FILES_EACH == 0)
        look_at_files(sample);
}

struct metrics_sample *metrics_sample_new(
    struct event_base *base, struct region *const *regions, size_t n_regions)
{
    struct metrics_sample *sample = calloc(1, sizeof(*sample));

    if (sample == NULL)
        return NULL;
    sample->regions = regions;
    sample->n_regions = n_regions;
    sample->memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    sample->files = opendir("/proc/self/fd");
    sample->timer = event_new(base, -1, EV_PERSIST, on_timer, sample);
    if (sample->timer == NULL || event_add(sample->timer, &(struct timeval){.tv_sec = 1}) != 0)
        metrics_sample_free(&sample);
    else
        on_timer(-1, 0, sample);
    return sample;
}

void metrics_sample_free(struct metrics_sample **sample)
{
    struct metrics_sample *gone = *sample;

    if (gone == NULL)
        return;
    *sample = NULL;
    if (gone->timer != NULL)
        event_free(gone->timer);
    if (gone->memory >= 0)
        close(gone->memory);
    if (gone->files != NULL)
        closedir(gone->files);
    free(gone);
}
