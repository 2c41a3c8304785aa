/*
 * The deterministic simulation of offices, servers and the log: one thread, one seed. Real are the
 * client's core (desk, replica, on SQLite) and the server's (region, sessions, verbs, writer,
 * batch, merge, policy, feed); simulated are the world (sim_world), the network (sim_net), the
 * offices' disks (sim_disk), PostgreSQL (sim_store) and the people (sim_office). A run is bad
 * weather for so many steps (sim_run), then everything heals and sim_check looks: copies equal the
 * log, receipts hold, nobody's words are gone, nothing was replaced unseen.
 *
 * Prints the seed that fails and how to see it again, and exits 1; with --bad a mistake is put in
 * and must be found. A step is an event taken from the queue, or a disk's write or sync.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim_run.h"

#define STEPS 600

struct options {
    struct sim_run_options run;
    uint64_t first, seeds;
    bool replay, all;
};

/* What a signal's handler may know: an assertion of the products ends the program at once. */
static volatile uint64_t seed_now;

static void on_abort(int number)
{
    char text[96];
    int size =
        snprintf(text, sizeof(text), "simulate: signal %d in seed %" PRIu64 "\n", number, seed_now);

    if (write(STDERR_FILENO, text, (size_t)size) < 0)
        _exit(3);
    signal(number, SIG_DFL);
    raise(number);
}

static void usage(void)
{
    fputs(
        "simulate [--seed N | --first N --seeds N] [--steps N] [--bad NAME] [--trace] [--replay]\n"
        "NAME: a mistake that must be found: merge, outbox, dedup, hash\n",
        stderr);
    exit(2);
}

static enum sim_run_bad bad_of(const char *name)
{
    for (int i = SIM_RUN_GOOD + 1; i < SIM_RUN_BADS; i++)
        if (strcmp(name, sim_run_bad_name((enum sim_run_bad)i)) == 0)
            return (enum sim_run_bad)i;
    usage();
    return SIM_RUN_GOOD;
}

static struct options read_options(int argc, char **argv)
{
    static const struct option names[] = {{"seed", required_argument, NULL, 's'},
        {"seeds", required_argument, NULL, 'n'}, {"first", required_argument, NULL, 'f'},
        {"steps", required_argument, NULL, 't'}, {"bad", required_argument, NULL, 'b'},
        {"trace", no_argument, NULL, 'v'}, {"replay", no_argument, NULL, 'r'},
        {"all", no_argument, NULL, 'a'}, {NULL, 0, NULL, 0}};
    struct options options = {.run = {.steps = STEPS}, .first = 1, .seeds = 100};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        uint64_t number = optarg == NULL ? 0 : strtoull(optarg, NULL, 10);

        if (option == 's')
            options.first = number, options.seeds = 1;
        else if (option == 'n')
            options.seeds = number;
        else if (option == 'f')
            options.first = number;
        else if (option == 't')
            options.run.steps = number;
        else if (option == 'b')
            options.run.bad = bad_of(optarg);
        else if (option == 'v')
            options.run.trace = true;
        else if (option == 'r')
            options.replay = true;
        else if (option == 'a')
            options.all = true;
        else
            usage();
    }
    return options;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void add(struct sim_run_result *sum, const struct sim_run_result *one)
{
    sum->steps += one->steps;
    sum->written += one->written;
    sum->accepted += one->accepted;
    sum->merged += one->merged;
    sum->conflicts += one->conflicts;
    sum->refused += one->refused;
    sum->restores += one->restores;
    sum->kills += one->kills;
}

static void tell(const struct sim_run_result *sum, uint64_t seeds, double seconds)
{
    printf("%" PRIu64 " seeds, %" PRIu64 " steps: %.1f seeds/s, %.2f million steps/min\n", seeds,
        sum->steps, (double)seeds / seconds, (double)sum->steps * 60 / seconds / 1e6);
    printf("written %" PRIu64 ", accepted %" PRIu64 ", merged %" PRIu64 ", in conflict %" PRIu64
           ", refused %" PRIu64 "; servers killed %" PRIu64 ", backups restored %" PRIu64 "\n",
        sum->written, sum->accepted, sum->merged, sum->conflicts, sum->refused, sum->kills,
        sum->restores);
    if (seeds == 1)
        printf("trace %016" PRIx64 "\n", sum->hash);
}

static void tell_failure(const struct options *options, uint64_t seed)
{
    const char *bad = sim_run_bad_name(options->run.bad);

    printf("seed %" PRIu64 " fails; to see it again:\n  simulate --seed %" PRIu64
           " --steps %" PRIu64 "%s%s --trace\n",
        seed, seed, options->run.steps, *bad == '\0' ? "" : " --bad ", bad);
}

/* The seed a second time: the same steps must come. */
static bool replays(const struct options *options, uint64_t seed, uint64_t hash)
{
    struct sim_run_options again = options->run;

    again.trace = false;
    if (sim_run(seed, &again).hash == hash)
        return true;
    printf("seed %" PRIu64 " does not replay\n", seed);
    return false;
}

/* True when every seed is good. */
static bool run_all(const struct options *options)
{
    struct sim_run_result sum = {0};
    double begun = now();
    uint64_t seed = options->first;
    bool good = true;

    for (; (good || options->all) && seed < options->first + options->seeds; seed++) {
        struct sim_run_result one;

        seed_now = seed;
        one = sim_run(seed, &options->run);
        sum.hash = one.hash;
        add(&sum, &one);
        good = one.good && good;
        if (!one.good)
            tell_failure(options, seed);
        if (options->replay)
            good = replays(options, seed, one.hash) && good;
    }
    tell(&sum, seed - options->first, now() - begun);
    return good;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv);
    char memory[] = "/dev/shm/simulate.XXXXXX", disk[] = "/tmp/simulate.XXXXXX";
    const char *folder = mkdtemp(memory);
    bool good;

    if (folder == NULL)
        folder = mkdtemp(disk);
    if (folder == NULL) {
        perror("simulate");
        return 2;
    }
    options.run.folder = folder;
    signal(SIGABRT, on_abort);
    signal(SIGSEGV, on_abort);
    good = run_all(&options);
    rmdir(folder);
    if (options.run.bad == SIM_RUN_GOOD)
        return good ? 0 : 1;
    printf(good ? "the mistake was not found\n" : "the mistake was found\n");
    return good ? 1 : 0;
}
