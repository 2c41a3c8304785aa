/* concertd: the region's server. A table of contents. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "init.h"
#include "serve.h"

static int version_run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("concertd " CONCERT_VERSION);
    return EXIT_SUCCESS;
}

struct command {
    const char *name;
    const char *help;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"init", "make a new region: key, settings, schema, the coordinator's invitation", init_run},
    {"serve", "serve the regions of a state folder until SIGTERM", serve_run},
    {"version", "print the version", version_run},
};

static int usage(void)
{
    fprintf(stderr, "usage: concertd COMMAND [--OPTION VALUE]...\n");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        fprintf(stderr, "  %-8s %s\n", commands[i].name, commands[i].help);
    return 2;
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return usage();
}
