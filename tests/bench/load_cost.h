/* What a process on this machine has used, as /proc tells. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct load_cost {
    uint64_t cpu_ns;                /* on a processor, all threads */
    uint64_t rss, pss, private_kib; /* KiB */
};

/* Looks at a process; all zero when it cannot (pid 0, another's). */
struct load_cost load_cost_look(int pid);
