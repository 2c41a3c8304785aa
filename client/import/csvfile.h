/*
 * A secretariat's spreadsheet saved as CSV, read by libcsv into rows of cells: `;`, `,` or tab
 * between cells, UTF-8 with or without BOM or Windows-1252, any line ends, cells of several lines.
 * Every row and cell knows its line in the file, for errors that people can find.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CSVFILE_SIZE_MAX ((size_t)16 << 20) /* bytes of one file */

struct csvfile;

enum csvfile_problem {
    CSVFILE_FINE,
    CSVFILE_SYSTEM,   /* cannot be opened or read: detail is the system's message */
    CSVFILE_LARGE,    /* more than CSVFILE_SIZE_MAX */
    CSVFILE_EMPTY,    /* no row at all */
    CSVFILE_NUL,      /* a NUL byte: not a text */
    CSVFILE_UTF16,    /* a text, but in UTF-16 ("Unicode text" of a spreadsheet) */
    CSVFILE_ENCODING, /* neither UTF-8 nor Windows-1252 */
    CSVFILE_UNCLOSED, /* the cell that begins here opens a quotation mark that nothing closes */
    CSVFILE_QUOTE,    /* a quotation mark in the middle of the cell that begins here */
    CSVFILE_MEMORY
};

/* What is wrong with a file, and where. */
struct csvfile_error {
    enum csvfile_problem problem;
    unsigned line;    /* from 1; 0: the file as a whole */
    unsigned column;  /* number of the cell in its row, from 1; 0: unknown */
    unsigned noticed; /* CSVFILE_QUOTE: the line where it was noticed */
    char detail[256];
};

/* Reads a file. NULL with error_r. Free with csvfile_free. */
struct csvfile *csvfile_read(const char *path, struct csvfile_error *error_r);

/* Reads a file's `size` bytes at `data`, borrowed for the call. As csvfile_read. */
struct csvfile *csvfile_parse(const char *data, size_t size, struct csvfile_error *error_r);

/* Accepts NULL, leaves NULL. */
void csvfile_free(struct csvfile **file);

/* The character between its cells: ';', ',' or a tab. */
char csvfile_separator(const struct csvfile *file);

/* How many rows, the header (row 0) included; lines without anything are none. */
size_t csvfile_rows(const struct csvfile *file);

/* How many cells the row has. */
size_t csvfile_cells(const struct csvfile *file, size_t row);

/* A cell's text without the white space around it, its lines separated by '\n'; "" past the row's
 * end. Borrowed. */
const char *csvfile_cell(const struct csvfile *file, size_t row, size_t column);

/* The line of the file on which the cell begins (the row's own past its end), from 1. */
unsigned csvfile_line(const struct csvfile *file, size_t row, size_t column);

/* True when the row has no cell with a text. */
bool csvfile_blank(const struct csvfile *file, size_t row);
