/*
 * One run of `concert`: the words of the line, the language, the desk, the command, the printing,
 * in that order. What commands ask of it is in command.h.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "command.h"
#include "options.h"
#include "printers/printer.h"
#include "terminal.h"

struct program {
    struct context context;
    struct options options;
    const struct printer *printer;
    struct terminal_bar bar;
    char home[PATH_MAX];
    bool printed; /* something was, by command_print */
};

/* Runs the line and returns the exit code. */
int program_run(int argc, char **argv);

/* Finds the command and reads its options and how many arguments it has; `concert show --help`
 * becomes `concert help show`. The exit code after having said what is wrong. */
enum command_exit program_read(struct program *program, int argc, char **argv);

/* Sets context->today: --on in any form that reads as dates (the last day that it means), else
 * today in the region's time zone. The exit code after having said what is wrong. */
enum command_exit program_today(struct program *program);

/* The error as an object of json on stderr, or as a sentence: what command_say and command_why
 * share. `error` may be NULL. */
void program_complain(const struct program *program, enum command_exit code, const char *sentence,
    const struct error *error);
