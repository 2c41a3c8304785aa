#include "load_cost.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first number of a file; 0 when there is none. */
static uint64_t first_number(const char *path)
{
    FILE *file = fopen(path, "r");
    uint64_t number = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNu64, &number) != 1)
        number = 0;
    fclose(file);
    return number;
}

static uint64_t cpu(int pid)
{
    char path[512];
    struct dirent *entry;
    uint64_t sum = 0;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    tasks = opendir(path);
    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        snprintf(path, sizeof(path), "/proc/%d/task/%.32s/schedstat", pid, entry->d_name);
        sum += entry->d_name[0] == '.' ? 0 : first_number(path);
    }
    if (tasks != NULL)
        closedir(tasks);
    return sum;
}

static void memory(int pid, struct load_cost *cost)
{
    char path[64], line[256], name[64];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        uint64_t value;

        if (sscanf(line, "%63[^:]: %" SCNu64 " kB", name, &value) != 2)
            continue;
        if (strcmp(name, "Rss") == 0)
            cost->rss = value;
        else if (strcmp(name, "Pss") == 0)
            cost->pss = value;
        else if (strncmp(name, "Private_", 8) == 0 && strcmp(name, "Private_Hugetlb") != 0)
            cost->private_kib += value;
    }
    if (file != NULL)
        fclose(file);
}

struct load_cost load_cost_look(int pid)
{
    struct load_cost cost = {0};

    if (pid > 0) {
        cost.cpu_ns = cpu(pid);
        memory(pid, &cost);
    }
    return cost;
}
