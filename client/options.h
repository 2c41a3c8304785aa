/* Reads the words of the command line: the common options and the command's own, anywhere among
 * them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "command.h"

/* The options that every command takes, in the order of options_common. */
enum options_name {
    OPTIONS_LANG,
    OPTIONS_FORMAT,
    OPTIONS_ON,
    OPTIONS_OFFLINE,
    OPTIONS_SLOW,
    OPTIONS_HOME,
    OPTIONS_NO_PAGER,
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_COMMON
};

extern const struct command_option options_common[OPTIONS_COMMON + 1];

#define OPTIONS_OWN_MAX 24

struct options {
    const char *common[OPTIONS_COMMON]; /* "" for a switch that was given; NULL: not given */
    const char *own[OPTIONS_OWN_MAX];   /* as the command's rows */
    const struct command_option *rows;
    char **words; /* what is not an option, the command's name first */
    int n_words;
};

enum options_trouble {
    OPTIONS_FINE,
    OPTIONS_UNKNOWN,  /* no such option */
    OPTIONS_SEVERAL,  /* the beginning of several */
    OPTIONS_NO_VALUE, /* it wants one */
    OPTIONS_A_VALUE,  /* it takes none */
    OPTIONS_MEMORY
};

struct options_problem {
    enum options_trouble trouble;
    char word[128];
    const char *near; /* the nearest name, or NULL */
};

/* Reads the line (argv[0] is skipped; "--" ends options). `rows` are the command's own, may be
 * NULL. With `tolerant` what is not known is stepped over: for a first look, when the command is
 * not known yet. Values are borrowed from argv. False with problem_r. Free with options_clear
 * either way. */
bool options_read(struct options *options_r, const struct command_option *rows, int argc,
    char **argv, bool tolerant, struct options_problem *problem_r);

/* Frees the list of words. */
void options_clear(struct options *options);

/* The value of one of the command's own options; NULL when not given or not one of them. */
const char *options_own(const struct options *options, const char *name);
