/*
 * Times short commands, in turns, so that what drifts drifts for all:
 *
 *   spawn RUNS NAME=COMMAND...
 *
 * COMMAND is split at blanks, without a shell; a word %n is the run's number (1 to 100). Output is
 * thrown away; a command that fails ends it all. One line each: wall-clock and processor time of a
 * run, in microseconds.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load_times.h"

#define WORDS 32
#define COMMANDS 16
#define RUNS_MAX 100000

struct command {
    const char *name;
    char *words[WORDS + 1];
    struct load_times *wall, *cpu;
    size_t failed;
};

/* Cuts NAME=COMMAND in place. */
static bool command_read(char *text, size_t runs, struct command *command_r)
{
    char *at = strchr(text, '=');
    size_t count = 0;

    *command_r = (struct command){.name = text};
    if (at == NULL)
        return false;
    *at++ = '\0';
    while (*(at += strspn(at, " ")) != '\0') {
        if (count == WORDS)
            return false;
        command_r->words[count++] = at;
        at += strcspn(at, " ");
        if (*at == ' ')
            *at++ = '\0';
    }
    command_r->wall = load_times_new(runs);
    command_r->cpu = load_times_new(runs);
    return count > 0 && command_r->wall != NULL && command_r->cpu != NULL;
}

static uint64_t nanoseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

static void run(struct command *command, char *number, posix_spawn_file_actions_t *actions)
{
    extern char **environ;
    char *words[WORDS + 1] = {0};
    uint64_t start = load_times_now();
    struct rusage usage;
    int status = 0;
    pid_t pid;

    for (size_t i = 0; command->words[i] != NULL; i++)
        words[i] = strcmp(command->words[i], "%n") == 0 ? number : command->words[i];
    if (posix_spawnp(&pid, words[0], actions, NULL, words, environ) != 0 ||
        wait4(pid, &status, 0, &usage) != pid) {
        command->failed++;
        return;
    }
    load_times_add(command->wall, load_times_now() - start);
    load_times_add(command->cpu, nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime));
    command->failed += status != 0;
}

static void report(struct command *command)
{
    printf("name=%s runs=%zu failed=%zu wall_p50_us=%.0f wall_p99_us=%.0f cpu_p50_us=%.0f\n",
        command->name, load_times_count(command->wall), command->failed,
        load_times_quantile(command->wall, 0.5), load_times_quantile(command->wall, 0.99),
        load_times_quantile(command->cpu, 0.5));
    load_times_free(&command->wall);
    load_times_free(&command->cpu);
}

int main(int argc, char **argv)
{
    struct command commands[COMMANDS];
    size_t runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, failed = 0;
    size_t count = argc > 2 ? (size_t)argc - 2 : 0;
    posix_spawn_file_actions_t actions;

    if (runs < 1 || runs > RUNS_MAX || count < 1 || count > COMMANDS) {
        fprintf(stderr, "usage: spawn RUNS NAME=COMMAND...\n");
        return 2;
    }
    for (size_t i = 0; i < count; i++)
        if (!command_read(argv[i + 2], runs, &commands[i]))
            return 2;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (size_t i = 0; i < runs && failed == 0; i++)
        for (size_t j = 0; j < count; j++) {
            char number[24];

            snprintf(number, sizeof(number), "%zu", i % 100 + 1);
            run(&commands[j], number, &actions);
            failed += commands[j].failed;
        }
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < count; i++)
        report(&commands[i]);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
