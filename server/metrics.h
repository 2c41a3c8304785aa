/*
 * What is counted and measured: one row each in a table. The numbers stand in memory that all
 * workers of the machine share, each its own slot, so that any of them tells the sum. As the log:
 * the program's own, not a region's. Names and units as Prometheus wants them (base units, _total).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters and gauges; a row of metrics_table each. Limits come first: METRICS_LIMIT_… are one
 * family, concert_limit_reached_total{limit="…"}. */
enum metrics_number {
    METRICS_LIMIT_HANDSHAKE_MS,
    METRICS_LIMIT_FRAME_MS,
    METRICS_LIMIT_IDLE_MS,
    METRICS_LIMIT_HANDSHAKES,
    METRICS_LIMIT_CONNECTIONS,
    METRICS_LIMIT_CONNECTIONS_PER_ADDRESS,
    METRICS_LIMIT_CONNECTIONS_PER_DEVICE,
    METRICS_LIMIT_REQUESTS,
    METRICS_LIMIT_OPERATIONS,
    METRICS_LIMIT_QUEUED,
    METRICS_LIMIT_OUTPUT,
    METRICS_LIMIT_OUTPUT_MAX,
    METRICS_LIMIT_FRAME_SIZE,
    METRICS_LIMIT_DOCUMENTS,
    METRICS_LIMIT_JOINS,
    METRICS_CONNECTIONS, /* gauges: metrics_add with +1 and -1 */
    METRICS_FOLLOWERS,
    METRICS_QUEUED_OPERATIONS,
    METRICS_ACCEPTED, /* counters */
    METRICS_HANDSHAKES_FAILED,
    METRICS_BYTES_IN,
    METRICS_BYTES_OUT,
    METRICS_NUMBERS /* how many; more may stand before it */
};

/* Counts on; a gauge also back (negative). Cheap: one addition in memory of this process's own
 * slot. Before metrics_open, and in tests that never call it, nothing happens. */
void metrics_add(enum metrics_number number, int64_t change);
