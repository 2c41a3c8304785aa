/* Times of many like things, and what is said of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_times;

/* The monotonic clock, nanoseconds. */
uint64_t load_times_now(void);

/* Room for `most` times; more are counted but not kept. NULL when memory is out. */
struct load_times *load_times_new(size_t most);

/* Accepts NULL, leaves NULL. */
void load_times_free(struct load_times **times);

/* Adds one, in nanoseconds. */
void load_times_add(struct load_times *times, uint64_t nanoseconds);

/* How many there are. */
size_t load_times_count(const struct load_times *times);

/* The time, in microseconds, that `share` (0 to 1) of all do not exceed; 0 when there is none. */
double load_times_quantile(struct load_times *times, double share);
