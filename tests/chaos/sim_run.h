/* One run of the simulation: a seed's bad weather, the healing, the checks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A mistake that is put in on purpose, to see that it is found. */
enum sim_run_bad {
    SIM_RUN_GOOD,
    SIM_RUN_MERGE,  /* the merge knows neither what an author saw nor what changed since */
    SIM_RUN_OUTBOX, /* what a client writes is never synced */
    SIM_RUN_DEDUP,  /* the log takes an operation twice */
    SIM_RUN_HASH,   /* pulls do not tell the hash of their cursor */
    SIM_RUN_SERIES, /* nor the head of the pages that they go on from */
    SIM_RUN_BADS
};

struct sim_run_options {
    uint64_t steps; /* in bad weather; the healing comes after */
    enum sim_run_bad bad;
    bool trace;         /* prints each step */
    const char *folder; /* a real, empty folder */
};

struct sim_run_result {
    bool good;
    uint64_t steps, hash;
    uint64_t written, accepted, merged, conflicts, refused, restores, kills;
};

/* The name of a mistake, NULL for a number that is none. */
const char *sim_run_bad_name(enum sim_run_bad bad);

/* Runs one seed; prints what is wrong, a line each. */
struct sim_run_result sim_run(uint64_t seed, const struct sim_run_options *options);
