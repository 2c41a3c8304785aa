/* A cell's text: for people in their language, for programs as records.proto has it. */
#pragma once

#include "printers/printer.h"

/* The column's type, or for SHEET_ANY what this cell was filled with. */
enum sheet_type cell_type(const struct sheet_cell *cell, enum sheet_type type);

/* As people read it: no control characters but line breaks, dates short, percents with their sign,
 * lists joined with "; ". "" when empty. Lives in the page's arena. */
const char *cell_people(
    const struct sheet_cell *cell, enum sheet_type type, const struct printer_page *page);

/* As programs read it: ISO dates and UTC moments, true and false, lists joined with "; ". "" when
 * empty. Lives in the page's arena or the report. */
const char *cell_machine(const struct sheet_cell *cell, enum sheet_type type, struct arena *arena);

/* The text without control characters but line breaks (another office's note must not drive this
 * terminal). Lives in the arena, or is `text`. */
const char *cell_clean(const char *text, struct arena *arena);

/* "████████░░": `percent` of `columns` columns. Lives in the arena. */
const char *cell_bar(int64_t percent, size_t columns, struct arena *arena);

/* The escape sequence of a tone when the page has colours; "" else. */
const char *cell_tone(enum sheet_tone tone, const struct printer_page *page);

/* What ends a tone. */
const char *cell_plain(enum sheet_tone tone, const struct printer_page *page);

/* Writes `line`, padded with spaces to `width` columns, on the left with `right`. */
void cell_pad(FILE *out, const char *line, size_t width, bool right);

/* The next line of *text that fits in `width` columns (at least one character), broken at a space
 * or hyphen where there is one; steps *text over it. NULL when nothing is left. Lives in the arena.
 */
const char *cell_line(const char **text, size_t width, struct arena *arena);
