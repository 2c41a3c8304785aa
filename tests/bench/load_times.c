#include "load_times.h"

#include <stdlib.h>
#include <time.h>

struct load_times {
    uint64_t *list;
    size_t count, most;
    bool sorted;
};

uint64_t load_times_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct load_times *load_times_new(size_t most)
{
    struct load_times *times = calloc(1, sizeof(*times));

    if (times == NULL)
        return NULL;
    times->most = most;
    times->list = calloc(most + 1, sizeof(*times->list));
    if (times->list == NULL)
        load_times_free(&times);
    return times;
}

void load_times_free(struct load_times **times)
{
    if (*times != NULL)
        free((*times)->list);
    free(*times);
    *times = NULL;
}

void load_times_add(struct load_times *times, uint64_t nanoseconds)
{
    if (times->count < times->most)
        times->list[times->count++] = nanoseconds;
    times->sorted = false;
}

size_t load_times_count(const struct load_times *times)
{
    return times->count;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

double load_times_quantile(struct load_times *times, double share)
{
    size_t index;

    if (times->count == 0)
        return 0;
    if (!times->sorted)
        qsort(times->list, times->count, sizeof(*times->list), by_value);
    times->sorted = true;
    index = (size_t)(share * (double)(times->count - 1) + 0.5);
    return (double)times->list[index] / 1000;
}
