#include "stream_times.h"

/* True when `due` is past; else it may be the next moment to look. */
static bool over(uint64_t due, uint64_t now, uint64_t *next)
{
    if (due > now && due < *next)
        *next = due;
    return due <= now;
}

bool stream_times_over(const struct stream_times *times, const struct stream_waits *waits,
    const struct stream_limits *limits, uint64_t now, enum stream_reason *reason_r, uint64_t *due_r)
{
    *due_r = now + limits->idle_ms;
    if (waits->reading && times->begun > 0 && over(times->begun + limits->frame_ms, now, due_r)) {
        *reason_r = STREAM_FRAME_TIME;
        return true;
    }
    if (waits->writing) {
        *reason_r = STREAM_NOT_TAKEN;
        return over(times->taken + limits->idle_ms, now, due_r);
    }
    *reason_r = STREAM_IDLE_TIME;
    return !waits->busy && over(times->frame + limits->idle_ms, now, due_r);
}
