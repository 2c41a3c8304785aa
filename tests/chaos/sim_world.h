/*
 * The world of a simulation: one seed, one generator, one virtual time, one queue of what is to
 * happen, one trace. Defines common/clock.h and libsodium's randomness for the whole program. The
 * same seed and options give the same steps, on every machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_world;

/* The moment at which every world begins, microseconds since 1970 UTC (2009-10-15 14:00). */
#define SIM_WORLD_BEGINS INT64_C(1255615200000000)

/* One computer's process: an owner of events, with a clock of its own. Set up by who embeds it. */
struct sim_process {
    uint32_t number;  /* unique in the world: servers from 1, the database 9, offices from 10 */
    int64_t wrong_by; /* microseconds that its clock is ahead; may jump at any time */
};

/* A world that holds nothing yet; there is one at a time in a program. With `print` the trace is
 * written to standard output, a line per step. Exits the program when memory is out, as all of the
 * simulation does. Free with sim_world_free. */
struct sim_world *sim_world_new(uint64_t seed, bool print);

/* Accepts NULL, leaves NULL. */
void sim_world_free(struct sim_world **world);

/* --- chance -----------------------------------------------------------------------------------
 */

/* The next number. */
uint64_t sim_world_random(struct sim_world *world);

/* A number from 0 to below-1; `below` > 0. */
uint32_t sim_world_below(struct sim_world *world, uint32_t below);

/* True in `in_10000` of 10,000 cases. */
bool sim_world_chance(struct sim_world *world, uint32_t in_10000);

/* A number from low to high, both included. */
int64_t sim_world_between(struct sim_world *world, int64_t low, int64_t high);

/* --- time -------------------------------------------------------------------------------------
 */

/* True time: microseconds since SIM_WORLD_BEGINS; only grows. */
int64_t sim_world_now(const struct sim_world *world);

/* Whose code runs from now on: clock_now tells its clock. NULL: nobody's, the true time. Events set
 * it to their owner before they run. */
void sim_world_enter(struct sim_world *world, const struct sim_process *process);

/* --- the queue --------------------------------------------------------------------------------
 */

/* `run` is called once, `delay` microseconds (at least 0) from now, in the order of time and then
 * of this call; never from inside it. `owner` may be NULL. Returns the event's number, never 0. */
uint64_t sim_world_after(struct sim_world *world, const struct sim_process *owner, int64_t delay,
    void (*run)(void *arg), void *arg);

/* It will not happen; nothing when it has, or for 0. */
void sim_world_cancel(struct sim_world *world, uint64_t event);

/* None of this owner's events will happen: it was killed. */
void sim_world_forget(struct sim_world *world, const struct sim_process *owner);

/* None of the events with this argument will happen: it is freed. */
void sim_world_forget_one(struct sim_world *world, const void *arg);

/* Takes the next event from the queue and runs it. False when there is none. */
bool sim_world_step(struct sim_world *world);

/* --- the trace --------------------------------------------------------------------------------
 */

/* A step that is worth a line: who did what, with two numbers. It goes into the hash. `what` is a
 * literal of a few words. */
void sim_world_trace(
    struct sim_world *world, uint32_t who, const char *what, uint64_t first, uint64_t second);

/* The same, for bytes (an id, a hash): their first 8 go in. */
void sim_world_trace_id(
    struct sim_world *world, uint32_t who, const char *what, const uint8_t *id, uint64_t number);

/* Ends the program: something was done that cannot be, `what` says it; with the seed. */
_Noreturn void sim_world_fail(const struct sim_world *world, const char *what);

/* Counts one I/O step (a write or a sync of a disk), which is no event of the queue. */
void sim_world_io(struct sim_world *world);

/* Steps so far: events taken from the queue, and I/O steps. */
uint64_t sim_world_steps(const struct sim_world *world);

/* The hash of the trace so far: two runs of a seed have the same. */
uint64_t sim_world_hash(const struct sim_world *world);
