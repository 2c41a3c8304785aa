#include "limit.h"

#include <assert.h>

#include "clock.h"
#include "log.h"
#include "metrics_table.h"

#define LIMITS (METRICS_LIMIT_JOINS + 1)
#define APART_MS 1000

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
    log_line(LOG_LEVEL_WARNING, NULL, "event=limit limit=%s peer=%s left_out=%lu",
        metrics_table_number(limit)->value, peer == NULL ? "-" : peer, told[limit].left_out);
    told[limit].left_out = 0;
}
