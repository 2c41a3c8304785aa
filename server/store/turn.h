/* The calls of one turn while they are gathered, in an arena. */
#pragma once

#include "arena.h"
#include "pool.h"

struct turn_calls {
    struct arena *arena;
    struct pipeline_call *list;
    size_t count, capacity;
    bool failed; /* memory ran out: stays set */
};

/* An empty list with room for `capacity` calls. */
struct turn_calls turn_make(struct arena *arena, size_t capacity);

/* Adds a call and gives its `n_values` values to be filled in; NULL when memory ran out. The name
 * is borrowed. */
struct pipeline_value *turn_add(struct turn_calls *calls, const char *name, size_t n_values);

/* Adds a call whose values are there already, and alive as long as the arena. */
void turn_add_values(struct turn_calls *calls, const char *name,
    const struct pipeline_value *values, size_t n_values);

/* Sends the calls on the job's connection; false, without sending, when memory ran out. */
bool turn_send(struct turn_calls *calls, struct pool_job *job);
