#include "sim_world.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"

#define STEADY_BEGINS INT64_C(1000000) /* milliseconds: nobody may take 0 for a moment */

struct event {
    int64_t at;
    uint64_t number;
    const struct sim_process *owner;
    void (*run)(void *arg); /* NULL: cancelled */
    void *arg;
};

struct sim_world {
    uint64_t seed, state[4];
    int64_t now;
    const struct sim_process *process;
    struct event *heap;
    size_t n_heap, room;
    uint64_t last_event, steps, hash;
    bool print;
};

/* clock_now and libsodium's randomness have no argument to carry the world in. */
static struct sim_world *the_world;

/* --- chance ----------------------------------------------------------------------------------- */

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

/* xoshiro256**, by David Blackman and Sebastiano Vigna. */
uint64_t sim_world_random(struct sim_world *world)
{
    uint64_t *s = world->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static void seed_state(struct sim_world *world, uint64_t seed)
{
    for (int i = 0; i < 4; i++) { /* splitmix64 */
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        world->state[i] = z ^ z >> 31;
    }
}

uint32_t sim_world_below(struct sim_world *world, uint32_t below)
{
    return (uint32_t)((sim_world_random(world) >> 32) * below >> 32);
}

bool sim_world_chance(struct sim_world *world, uint32_t in_10000)
{
    return in_10000 > 0 && sim_world_below(world, 10000) < in_10000;
}

int64_t sim_world_between(struct sim_world *world, int64_t low, int64_t high)
{
    return low + (int64_t)(sim_world_random(world) % (uint64_t)(high - low + 1));
}

static const char *random_name(void)
{
    return "simulation";
}

static uint32_t random_word(void)
{
    return the_world == NULL ? 4 : (uint32_t)(sim_world_random(the_world) >> 32);
}

static void random_bytes(void *const bytes, const size_t size)
{
    uint8_t *at = bytes;

    for (size_t i = 0; i < size; i += sizeof(uint32_t)) {
        uint32_t word = random_word();

        memcpy(at + i, &word, size - i < sizeof(word) ? size - i : sizeof(word));
    }
}

static struct randombytes_implementation simulated = {
    .implementation_name = random_name, .random = random_word, .buf = random_bytes};

/* --- time ------------------------------------------------------------------------------------- */

int64_t clock_now(void)
{
    int64_t wrong_by =
        the_world == NULL || the_world->process == NULL ? 0 : the_world->process->wrong_by;

    return SIM_WORLD_BEGINS + wrong_by + (the_world == NULL ? 0 : the_world->now);
}

int64_t clock_steady(void)
{
    return STEADY_BEGINS + (the_world == NULL ? 0 : the_world->now / 1000);
}

int64_t sim_world_now(const struct sim_world *world)
{
    return world->now;
}

void sim_world_enter(struct sim_world *world, const struct sim_process *process)
{
    world->process = process;
}

/* --- the queue: a binary heap ----------------------------------------------------------------- */

static bool before(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap(struct event *a, struct event *b)
{
    struct event other = *a;

    *a = *b;
    *b = other;
}

static void sift_up(struct sim_world *world, size_t i)
{
    for (; i > 0 && before(&world->heap[i], &world->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&world->heap[i], &world->heap[(i - 1) / 2]);
}

static void sift_down(struct sim_world *world, size_t i)
{
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < world->n_heap; child++)
            if (before(&world->heap[child], &world->heap[least]))
                least = child;
        if (least == i)
            return;
        swap(&world->heap[i], &world->heap[least]);
        i = least;
    }
}

uint64_t sim_world_after(struct sim_world *world, const struct sim_process *owner, int64_t delay,
    void (*run)(void *arg), void *arg)
{
    if (world->n_heap == world->room) {
        world->room = world->room == 0 ? 256 : 2 * world->room;
        world->heap = realloc(world->heap, world->room * sizeof(*world->heap));
        if (world->heap == NULL)
            abort();
    }
    world->heap[world->n_heap] =
        (struct event){world->now + (delay < 0 ? 0 : delay), ++world->last_event, owner, run, arg};
    sift_up(world, world->n_heap++);
    return world->last_event;
}

void sim_world_cancel(struct sim_world *world, uint64_t event)
{
    for (size_t i = 0; event != 0 && i < world->n_heap; i++)
        if (world->heap[i].number == event)
            world->heap[i].run = NULL;
}

void sim_world_forget(struct sim_world *world, const struct sim_process *owner)
{
    for (size_t i = 0; i < world->n_heap; i++)
        if (world->heap[i].owner == owner)
            world->heap[i].run = NULL;
}

void sim_world_forget_one(struct sim_world *world, const void *arg)
{
    for (size_t i = 0; i < world->n_heap; i++)
        if (world->heap[i].arg == arg)
            world->heap[i].run = NULL;
}

static struct event take(struct sim_world *world)
{
    struct event first = world->heap[0];

    world->heap[0] = world->heap[--world->n_heap];
    sift_down(world, 0);
    return first;
}

bool sim_world_step(struct sim_world *world)
{
    struct event event = {.run = NULL};

    while (event.run == NULL) {
        if (world->n_heap == 0)
            return false;
        event = take(world);
    }
    world->now = event.at;
    world->steps++;
    world->process = event.owner;
    event.run(event.arg);
    world->process = NULL;
    return true;
}

/* --- the trace -------------------------------------------------------------------------------- */

static void mix(struct sim_world *world, uint64_t value)
{
    world->hash = rotate((world->hash ^ value) * UINT64_C(0x9fb21c651e98df25), 29);
}

void sim_world_trace(
    struct sim_world *world, uint32_t who, const char *what, uint64_t first, uint64_t second)
{
    mix(world, (uint64_t)world->now);
    mix(world, who);
    for (const char *c = what; *c != '\0'; c++)
        mix(world, (uint8_t)*c);
    mix(world, first);
    mix(world, second);
    if (world->print)
        printf("%9" PRIu64 " %13.6f s  %2u  %-22s %" PRIu64 " %" PRIu64 "\n", world->steps,
            (double)world->now / 1e6, who, what, first, second);
}

void sim_world_trace_id(
    struct sim_world *world, uint32_t who, const char *what, const uint8_t *id, uint64_t number)
{
    uint64_t head = 0;

    for (int i = 0; i < 8; i++)
        head = head << 8 | id[i];
    mix(world, (uint64_t)world->now);
    mix(world, who);
    mix(world, head);
    mix(world, number);
    if (world->print)
        printf("%9" PRIu64 " %13.6f s  %2u  %-22s %016" PRIx64 " %" PRIu64 "\n", world->steps,
            (double)world->now / 1e6, who, what, head, number);
}

void sim_world_fail(const struct sim_world *world, const char *what)
{
    fflush(stdout);
    fprintf(stderr, "simulate: seed %" PRIu64 ", step %" PRIu64 ": %s\n", world->seed, world->steps,
        what);
    exit(1);
}

void sim_world_io(struct sim_world *world)
{
    world->steps++;
}

uint64_t sim_world_steps(const struct sim_world *world)
{
    return world->steps;
}

uint64_t sim_world_hash(const struct sim_world *world)
{
    return world->hash;
}

/* --- the program's log: nobody reads it ---------------------------------------------------------
 */

void log_set_level(enum log_level level)
{
    (void)level;
}

bool log_wants(enum log_level level)
{
    (void)level;
    return false;
}

void log_line(enum log_level level, const char *prefix, const char *format, ...)
{
    (void)level;
    (void)prefix;
    (void)format;
}

void log_list(enum log_level level, const char *prefix, const char *format, va_list list)
{
    (void)level;
    (void)prefix;
    (void)format;
    (void)list;
}

/* --- life ------------------------------------------------------------------------------------- */

struct sim_world *sim_world_new(uint64_t seed, bool print)
{
    struct sim_world *world = calloc(1, sizeof(*world));

    if (world == NULL || the_world != NULL)
        abort();
    world->seed = seed;
    seed_state(world, seed);
    world->print = print;
    the_world = world;
    if (randombytes_set_implementation(&simulated) != 0 || sodium_init() < 0)
        abort();
    seed_state(world, seed); /* the library's own start may have drawn, once in a program */
    return world;
}

void sim_world_free(struct sim_world **world)
{
    if (*world == NULL)
        return;
    the_world = NULL;
    free((*world)->heap);
    free(*world);
    *world = NULL;
}
