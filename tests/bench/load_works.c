#include "load_works.h"

#include <stdio.h>
#include <string.h>

static const struct load_work *const works[] = {&load_pull, &load_push, &load_follow,
    &load_snapshot, &load_idle, &load_redis_ping, &load_redis_follow};

#define WORKS (sizeof(works) / sizeof(works[0]))

const struct load_work *load_works_find(const char *name)
{
    for (size_t i = 0; i < WORKS; i++)
        if (strcmp(works[i]->name, name) == 0)
            return works[i];
    return NULL;
}

void load_works_help(void)
{
    fprintf(stderr, "works:\n");
    for (size_t i = 0; i < WORKS; i++)
        fprintf(stderr, "  %-14s %s\n", works[i]->name, works[i]->help);
}
