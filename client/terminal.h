/* The terminal: how wide it is, whether it shows colours, the pager, and the bar of a long
 * transfer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of standard output's terminal: COLUMNS, else what the terminal says, else 80. */
size_t terminal_width(void);

/* Its lines: LINES, else what the terminal says, else 24. */
size_t terminal_height(void);

/* True when standard output is a terminal that shows colours and NO_COLOR is not set. */
bool terminal_colours(void);

/* Writes the text to standard output, with `paged` through $PAGER (less -FRX when there is none)
 * when it is a terminal and the text is longer. False with errno when it cannot be written. */
bool terminal_write(const char *text, size_t size, bool paged);

/* Asks for something on standard error when a person is at the terminal; nothing else. printf's
 * format, translated. */
void terminal_prompt(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The bar of a transfer. */
struct terminal_bar {
    int64_t began; /* milliseconds; 0: not yet */
    bool shown;
};

/* Draws the bar on standard error, when that is a terminal: nothing for the first half second.
 * The argument is the `struct terminal_bar`. */
void terminal_progress(void *bar, uint64_t done, uint64_t all);

/* Takes the bar off the screen, if there is one. */
void terminal_bar_end(struct terminal_bar *bar);
