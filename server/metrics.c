#include "metrics.h"

#include <string.h>
#include <sys/mman.h>

#define WORKERS_MAX 64

/* The values of one histogram, and their sum. */
struct histogram {
    int64_t buckets[METRICS_BUCKETS];
    int64_t sum;
};

/* A worker's own; nobody else writes there while it lives. Pages apart from the others', so that no
 * cache line goes to and fro. */
struct slot {
    _Alignas(64) int64_t alive;
    int64_t stopping;
    int64_t numbers[METRICS_NUMBERS];
    struct histogram histograms[METRICS_HISTOGRAMS];
    struct histogram latencies[METRICS_VERBS];
    int64_t outcomes[METRICS_VERBS][METRICS_CODES];
    int64_t regions[METRICS_REGIONS][METRICS_REGION_NUMBERS];
};

struct memory {
    int64_t times[METRICS_TIMES];
    size_t count;
    struct slot parent; /* counts what is no worker's; is not alive */
    struct slot slots[];
};

static struct memory *memory; /* as the log: the program's own */
static struct slot *own;

static size_t size_of(size_t workers)
{
    return sizeof(struct memory) + workers * sizeof(struct slot);
}

bool metrics_open(size_t workers)
{
    size_t count = workers == 0 ? 1 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
    void *shared =
        mmap(NULL, size_of(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return false;
    memory = shared;
    memory->count = count;
    own = &memory->parent;
    return true;
}

void metrics_close(void)
{
    if (memory != NULL)
        munmap(memory, size_of(memory->count));
    memory = NULL;
    own = NULL;
}

/* Other processes read what this one writes: whole words, in no order. */
static void store(int64_t *cell, int64_t value)
{
    __atomic_store_n(cell, value, __ATOMIC_RELAXED);
}

static int64_t load(const int64_t *cell)
{
    return __atomic_load_n(cell, __ATOMIC_RELAXED);
}

static void add(int64_t *cell, int64_t change)
{
    store(cell, load(cell) + change);
}

static bool is_gauge(enum metrics_number number)
{
    return number >= METRICS_CONNECTIONS && number < METRICS_ACCEPTED;
}

static void clear_gauges(struct slot *slot)
{
    for (size_t i = METRICS_CONNECTIONS; i < METRICS_ACCEPTED; i++)
        store(&slot->numbers[i], 0);
    for (size_t i = 0; i < METRICS_REGIONS; i++)
        for (size_t j = 0; j < METRICS_REGION_NUMBERS; j++)
            store(&slot->regions[i][j], j == METRICS_REGION_UNREADY ? METRICS_LOADING : 0);
}

void metrics_begin(size_t worker)
{
    if (memory == NULL || worker >= memory->count)
        return;
    own = &memory->slots[worker];
    clear_gauges(own);
    store(&own->stopping, 0);
    store(&own->alive, 1);
}

void metrics_end(size_t worker)
{
    if (memory == NULL || worker >= memory->count)
        return;
    store(&memory->slots[worker].alive, 0);
    clear_gauges(&memory->slots[worker]);
    metrics_add(METRICS_WORKERS_DIED, 1);
}

void metrics_add(enum metrics_number number, int64_t change)
{
    if (own != NULL)
        add(&own->numbers[number], change);
}

void metrics_set(enum metrics_number number, int64_t value)
{
    if (own != NULL)
        store(&own->numbers[number], value);
}

/* Bucket 0 holds what is at most 1 << smallest, each of the others twice as much. */
static size_t bucket_of(int64_t value, unsigned smallest)
{
    unsigned bits;

    if (value <= INT64_C(1) << smallest)
        return 0;
    bits = 64u - (unsigned)__builtin_clzll((unsigned long long)value - 1);
    return bits - smallest < METRICS_BUCKETS - 1 ? bits - smallest : METRICS_BUCKETS - 1;
}

static void observe(struct histogram *histogram, int64_t value, unsigned smallest)
{
    add(&histogram->buckets[bucket_of(value, smallest)], 1);
    add(&histogram->sum, value < 0 ? 0 : value); /* the clock may jump back */
}

void metrics_observe(enum metrics_histogram histogram, int64_t value)
{
    if (own != NULL)
        observe(&own->histograms[histogram], value,
            histogram == METRICS_BATCH_OPERATIONS ? METRICS_SMALLEST_COUNT : METRICS_SMALLEST_TIME);
}

static size_t verb_of(unsigned verb)
{
    return verb < METRICS_VERBS ? verb : 0;
}

void metrics_answered(unsigned verb, int64_t microseconds)
{
    if (own != NULL)
        observe(&own->latencies[verb_of(verb)], microseconds, METRICS_SMALLEST_TIME);
}

void metrics_ended(unsigned verb, unsigned code)
{
    if (own != NULL && code < METRICS_CODES)
        add(&own->outcomes[verb_of(verb)][code], 1);
}

void metrics_region(size_t region, enum metrics_region_number number, int64_t value)
{
    if (own != NULL && region < METRICS_REGIONS)
        store(&own->regions[region][number], value);
}

void metrics_time(enum metrics_time which, int64_t seconds)
{
    if (memory != NULL)
        store(&memory->times[which], seconds);
}

void metrics_stopping(void)
{
    if (own != NULL)
        store(&own->stopping, 1);
}

/* --- what is told ----------------------------------------------------------------------------- */

size_t metrics_slots(void)
{
    return memory == NULL ? 0 : memory->count;
}

size_t metrics_workers(void)
{
    size_t alive = 0;

    for (size_t i = 0; i < metrics_slots(); i++)
        alive += load(&memory->slots[i].alive) != 0;
    return alive;
}

int64_t metrics_number(enum metrics_number number)
{
    int64_t sum = memory == NULL ? 0 : load(&memory->parent.numbers[number]);

    for (size_t i = 0; i < metrics_slots(); i++)
        if (!is_gauge(number) || load(&memory->slots[i].alive) != 0)
            sum += load(&memory->slots[i].numbers[number]);
    return sum;
}

static int64_t sum_of(size_t offset, int64_t buckets_r[METRICS_BUCKETS])
{
    int64_t sum = 0;

    memset(buckets_r, 0, METRICS_BUCKETS * sizeof(*buckets_r));
    for (size_t i = 0; i < metrics_slots(); i++) {
        const struct histogram *each = (const void *)((const char *)&memory->slots[i] + offset);

        for (size_t j = 0; j < METRICS_BUCKETS; j++)
            buckets_r[j] += load(&each->buckets[j]);
        sum += load(&each->sum);
    }
    return sum;
}

int64_t metrics_histogram(enum metrics_histogram histogram, int64_t buckets_r[METRICS_BUCKETS])
{
    return sum_of(
        offsetof(struct slot, histograms) + histogram * sizeof(struct histogram), buckets_r);
}

int64_t metrics_latency(unsigned verb, int64_t buckets_r[METRICS_BUCKETS])
{
    return sum_of(
        offsetof(struct slot, latencies) + verb_of(verb) * sizeof(struct histogram), buckets_r);
}

int64_t metrics_outcomes(unsigned verb, unsigned code)
{
    int64_t sum = 0;

    for (size_t i = 0; code < METRICS_CODES && i < metrics_slots(); i++)
        sum += load(&memory->slots[i].outcomes[verb_of(verb)][code]);
    return sum;
}

bool metrics_region_of(
    size_t worker, size_t region, enum metrics_region_number number, int64_t *value_r)
{
    if (worker >= metrics_slots() || region >= METRICS_REGIONS ||
        load(&memory->slots[worker].alive) == 0)
        return false;
    *value_r = load(&memory->slots[worker].regions[region][number]);
    return true;
}

int64_t metrics_time_of(enum metrics_time which)
{
    return memory == NULL ? 0 : load(&memory->times[which]);
}

bool metrics_is_stopping(void)
{
    return own != NULL && load(&own->stopping) != 0;
}
