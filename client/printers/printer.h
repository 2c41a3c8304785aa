/* Draws a report in one of the formats. A format is one const row in printer.c and one file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "arena.h"
#include "sheet.h"

/* Where to draw, and how. */
struct printer_page {
    FILE *out;
    struct arena *arena; /* scratch */
    size_t width;        /* columns of the terminal */
    bool colour;
    bool lines; /* one of many reports that follow each other: json on one line */
    bool again; /* not the first of them: csv and tsv without headers */
    const char *language;
};

struct printer {
    const char *name;   /* as --format takes it */
    const char *french; /* what else it takes */
    bool machine;       /* for programs: English names, ISO dates */
    void (*print)(const struct report *report, const struct printer_page *page);
};

/* The format of that name, in either language; NULL when there is none. */
const struct printer *printer_find(const char *name);

/* Format number `index`; NULL past the last. */
const struct printer *printer_get(size_t index);

/* What each file of this room does; all write to page->out. People's formats: sheets by their
 * shape. */
void table_print(const struct report *report, const struct printer_page *page);

/* JSON (RFC 8259): the only sheet as a list or object, several as an object of them. */
void json_print(const struct report *report, const struct printer_page *page);

/* Comma-separated values (RFC 4180), a blank line between sheets. */
void delimited_csv(const struct report *report, const struct printer_page *page);

/* Tab-separated values; tab, line break and backslash as \t, \n, \\. */
void delimited_tsv(const struct report *report, const struct printer_page *page);

/* A sheet of rows under headers; a tree's first column is indented by its depth. */
void tree_sheet(const struct sheet *sheet, const struct printer_page *page);

/* A tree whose rows are a number and a title, with the other columns below them. */
void outline_sheet(const struct sheet *sheet, const struct printer_page *page);

/* A sheet of "header : value" lines. */
void card_sheet(const struct sheet *sheet, const struct printer_page *page);
