/* The list of works. */
#pragma once

#include "load.h"

extern const struct load_work load_pull, load_push, load_follow, load_snapshot, load_idle;
extern const struct load_work load_redis_ping, load_redis_follow;

/* NULL when there is none of that name. */
const struct load_work *load_works_find(const char *name);

/* Their names and what they do. */
void load_works_help(void);
