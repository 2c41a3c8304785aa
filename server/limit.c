#include "limit.h"

#include <assert.h>

#include "clock.h"
#include "log.h"

#define LIMITS (METRICS_LIMIT_JOINS + 1)
#define APART_MS 1000

/* The setting's name, or the word for what no setting tells. */
static const char *const names[LIMITS] = {
    [METRICS_LIMIT_HANDSHAKE_MS] = "handshake_ms",
    [METRICS_LIMIT_FRAME_MS] = "frame_ms",
    [METRICS_LIMIT_IDLE_MS] = "idle_ms",
    [METRICS_LIMIT_HANDSHAKES] = "handshakes",
    [METRICS_LIMIT_CONNECTIONS] = "connections",
    [METRICS_LIMIT_CONNECTIONS_PER_ADDRESS] = "connections_per_address",
    [METRICS_LIMIT_CONNECTIONS_PER_DEVICE] = "connections_per_device",
    [METRICS_LIMIT_REQUESTS] = "requests",
    [METRICS_LIMIT_OPERATIONS] = "operations",
    [METRICS_LIMIT_QUEUED] = "queued",
    [METRICS_LIMIT_OUTPUT] = "output",
    [METRICS_LIMIT_OUTPUT_MAX] = "output_max",
    [METRICS_LIMIT_FRAME_SIZE] = "frame_size",
    [METRICS_LIMIT_DOCUMENTS] = "documents",
    [METRICS_LIMIT_JOINS] = "joins_per_minute",
};

/* When each limit was last told, and how often it was reached since without a word. */
static struct told {
    int64_t at;
    unsigned long left_out;
    bool ever;
} told[LIMITS];

/* False when it was told a moment ago: then it is left out. */
static bool may_tell(struct told *last)
{
    int64_t now = clock_steady();

    if (last->ever && now - last->at < APART_MS) {
        last->left_out++;
        return false;
    }
    last->at = now;
    last->ever = true;
    return true;
}

void limit_reached(enum metrics_number limit, const char *peer)
{
    if (limit == METRICS_NUMBERS)
        return;
    assert(limit < LIMITS);
    metrics_add(limit, 1);
    if (!may_tell(&told[limit]))
        return;
    log_line(LOG_LEVEL_WARNING, NULL, "event=limit limit=%s peer=%s left_out=%lu", names[limit],
        peer == NULL ? "-" : peer, told[limit].left_out);
    told[limit].left_out = 0;
}
