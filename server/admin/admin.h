/*
 * The commands of concertd, as data: a const row each, from which the help, the manual and the
 * reading of the command line are made; and what they share. They run on the server's own machine,
 * by whoever may read the state folder; what they say is for the technician, in the language of
 * CONCERT_LANG or of the machine (C and POSIX: English), else of the region, else French. stdout is
 * what was asked for, stderr is talk.
 */
#pragma once

#include "settings.h"
#include "state.h"

#define ADMIN_OPTIONS_MAX 16

struct admin_option {
    const char *name;  /* --name */
    const char *value; /* what stands behind it in the help ("DIR"); NULL: a flag */
    const char *help;  /* marked for gettext */
    bool required;
};

enum admin_needs {
    ADMIN_NOTHING, /* no state folder: version */
    ADMIN_FOLDER,  /* --state DIR is given; nothing is read */
    ADMIN_SERVER,  /* its settings are read */
    ADMIN_REGION   /* and one region is meant: --region NAME, where there are several */
};

struct admin_command;

/* What a command is run with. */
struct admin {
    const struct admin_command *command;
    const char *folder; /* --state */
    struct state_paths paths;
    struct settings settings;
    const struct settings_region *region;  /* with ADMIN_REGION */
    const char *values[ADMIN_OPTIONS_MAX]; /* of the command's own options, in their order; NULL:
                                              not given; "" for a flag that is */
    char **words;                          /* behind the options */
    int n_words;
    bool help; /* --help: it is told what the command does, and nothing else */
};

struct admin_command {
    const char *name;
    const char *arguments; /* "FILE", or "" */
    const char *help;      /* one sentence, marked for gettext */
    const char *about;     /* what more the manual says; NULL: nothing */
    enum admin_needs needs;
    const struct admin_option *options;
    size_t n_options;
    int min_words, max_words;
    bool writes;                     /* into the state folder: only whom it belongs to may */
    int (*run)(struct admin *admin); /* returns the exit code: 0 done, 1 failed, 2 wrong words */
};

extern const struct admin_command *const admin_commands[]; /* all, in the order of the help */
extern const size_t admin_commands_count;

/* Finds the command, reads its options and what it needs, runs it; with --help only tells what it
 * does. Returns its exit code; 2, with what is wrong and what to do on stderr, when the words are
 * not right; 1 when settings cannot be read. */
int admin_run(int argc, char **argv);

/* The value of the command's own option of that name; NULL when it was not given. */
const char *admin_value(const struct admin *admin, const char *name);

/* Says that the settings have no region of that name, or none at all; returns the exit code. */
int admin_no_region(const struct admin *admin, const char *name);

/* Whether the folder has settings, readable or not; false when that was said on stderr. Wants the
 * paths. */
bool admin_has_settings(const struct admin *admin);

/* Says on stderr "concertd NAME: …" in printf's format (translated by the caller) and returns
 * `code`. */
int admin_say(const struct admin *admin, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
