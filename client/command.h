/*
 * A command is data: one const row each, in commands/. The table in command.c lists them; help, the
 * option reader and completion are made from the rows. Commands never print: they fill the report.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "desk/desk_outbox.h"
#include "sheet.h"

/* Exit codes of the program; the table of client/exit_codes.c, `help codes` and README
 * show the same. */
enum command_exit {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1,    /* the server or the copy said no: why is on stderr */
    COMMAND_USAGE = 2,     /* the words of the command are off */
    COMMAND_NOT_FOUND = 3, /* no such record */
    COMMAND_CONFLICT = 4,  /* recorded, but others changed the same fields: a person must choose */
    COMMAND_REFUSED = 5,   /* the server refused the change: field and rule on stderr */
    COMMAND_WAITING = 6,   /* a command that needs the server, and it is not in reach */
    COMMAND_UNJOINED = 7,  /* this home has not joined a region */
    COMMAND_DAMAGED = 8,   /* the copy is damaged */
    COMMAND_FINDINGS = 9   /* the check found something */
};

struct arena;
struct program;

/* What a command is given. */
struct context {
    struct desk *desk;       /* NULL for commands that need none */
    const struct book *book; /* loaded for commands with COMMAND_READS */
    struct report *report;   /* to fill; printed after the handler returns */
    struct arena *arena;     /* scratch of this command, never NULL in a handler; freed after its
                                report was printed */
    const char *home;
    const char *language; /* "fr" or "en" */
    int32_t today;        /* --on, or today in the region's time zone */
    bool today_given;
    bool offline;
    bool slow;    /* --slow: the line is, whatever was measured */
    bool machine; /* json, csv or tsv: for programs */
    int argc;     /* arguments behind the command's name and options */
    char **argv;
    const struct command *command;
    struct program *program; /* the program's own: options, format, terminal */
};

enum command_flag {
    COMMAND_READS = 1 << 0,   /* open the desk, refresh quickly, load the book */
    COMMAND_WRITES = 1 << 1,  /* as READS; the handler calls desk_write */
    COMMAND_NO_DESK = 1 << 2, /* join, help, version */
    COMMAND_NO_REFRESH =
        1 << 3,          /* opens the desk, but asks for the refresh itself (sync, watch, status) */
    COMMAND_RAW = 1 << 4 /* prints as it goes, through the printer (watch) */
};

/* An option of one command, beside the common ones. */
struct command_option {
    const char *name;   /* long name in English: "reason"; NULL ends the list */
    const char *french; /* long name in French: "raison" */
    char letter;        /* short name, or 0 */
    const char *value;  /* what it takes, for the usage (N_() marked); NULL: a switch */
    const char *help;   /* one line, N_() marked */
};

struct command {
    const char *name;     /* English */
    const char *french;   /* French, without accents; accents are accepted too */
    const char *usage_en; /* arguments: "HANDLE PERCENT [-m TEXT]" */
    const char *usage_fr;
    const char *summary;     /* one sentence, N_() marked */
    const char *examples_en; /* lines */
    const char *examples_fr;
    const struct command_option *options; /* may be NULL */
    int min_args, max_args;               /* max -1: any number */
    unsigned flags;
    enum command_exit (*run)(struct context *context);
};

extern const struct command *const commands[];
extern const size_t commands_count;

/* The command of that name in either language, accents and case alike, or the only one whose name
 * so begins. NULL when there is none or several: *near_r is then the nearest name of `language`, or
 * NULL. */
const struct command *command_find(const char *word, const char *language, const char **near_r);

/* The command's name in the language. */
const char *command_name(const struct command *command, const char *language);

/* The value of a command's option ("" for a switch), or NULL when it was not given. */
const char *command_option(const struct context *context, const char *name);

/* Says on stderr what is wrong: a sentence in the person's language; in json an object. Returns the
 * exit code given, so that a handler can `return command_say(…)`. printf's format: a text of _().
 */
enum command_exit command_say(struct context *context, enum command_exit code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Says something on stderr that is not an error: a sentence for people, in json an object under
 * `name`. */
void command_tell(struct context *context, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An empty line on stderr, for people: what follows stands by itself on their screen. */
void command_apart(struct context *context);

/* Refreshes, and says what a refresh may have to say: that the server came back from an older
 * backup, and how much was sent again. As desk_refresh. */
bool command_refresh(struct context *context, struct desk_why *why_r);

/* Says, once, what was done since the server came back from an older backup, when that is over:
 * what command_refresh says of it, for results that came by file. */
void command_tell_restart(struct context *context);

/* Prints the report as it stands and empties it: for commands that print as they go. False when
 * nobody reads any more. */
bool command_print(struct context *context);

/* Says why the desk could not, and gives the exit code for it. */
enum command_exit command_why(struct context *context, const struct desk_why *why);

/* The record that a word means, or NULL after having said that there is none, or several, and which
 * ones are near (code_r: COMMAND_NOT_FOUND). kinds_mask as book_find. */
const struct book_entry *command_record(
    struct context *context, const char *word, uint64_t kinds_mask, enum command_exit *code_r);

/* Writes the changes through the desk, and reports what became of each: on stderr for people, as a
 * sheet "operations" in machine formats. The exit code says the worst of them. */
enum command_exit command_write(
    struct context *context, const struct desk_change *changes, size_t count, bool atomic);

/* Reports likewise what became of what the desk has written by another call; `why` as desk_write's.
 */
enum command_exit command_written(struct context *context, const struct desk_operation *operations,
    size_t count, const struct desk_why *why);
