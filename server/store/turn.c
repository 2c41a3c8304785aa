#include "turn.h"

#include <assert.h>

struct turn_calls turn_make(struct arena *arena, size_t capacity)
{
    struct turn_calls calls = {.arena = arena, .capacity = capacity};

    if (arena != NULL)
        calls.list = arena_alloc(arena, capacity * sizeof(*calls.list));
    calls.failed = calls.list == NULL;
    return calls;
}

void turn_add_values(struct turn_calls *calls, const char *name,
    const struct pipeline_value *values, size_t n_values)
{
    if (calls->failed)
        return;
    assert(calls->count < calls->capacity);
    calls->list[calls->count++] = (struct pipeline_call){name, values, n_values};
}

struct pipeline_value *turn_add(struct turn_calls *calls, const char *name, size_t n_values)
{
    struct pipeline_value *values = NULL;

    if (!calls->failed)
        values = arena_alloc(calls->arena, n_values * sizeof(*values));
    if (values == NULL)
        calls->failed = true;
    turn_add_values(calls, name, values, n_values);
    return values;
}

bool turn_send(struct turn_calls *calls, struct pool_job *job)
{
    if (!calls->failed)
        pool_send(job, calls->list, calls->count);
    return !calls->failed;
}
