/*
 * The import of a secretariat's CSV files: files in, changes for one atomic push out. All files
 * given are worked out together, in the order that their references need, whatever order they were
 * given in. Records are recognised by number or name (import_draft.c), so that importing again
 * updates; nothing is deleted because a file lacks it. All or nothing: one refused line, and there
 * are no changes. Files of records, which an export wrote, say what they mean by ids
 * (import_records.h).
 */
#pragma once

#include "book/book.h"
#include "desk/desk_outbox.h"

struct import;

struct import_options {
    const char *plan;     /* title or handle of the plan to fill; NULL: made from the file's name */
    const char *project;  /* likewise of the project; NULL: made from the files' names */
    const char *years;    /* "2009-2010"; NULL: from the file's name */
    int32_t from, until;  /* the plan's dates; DATE_NONE: from the years and the deadlines */
    const char *reason;   /* for the log: why an adopted plan changes; NULL: none */
    const char *language; /* "fr" or "en" */
    int32_t today;
};

enum import_outcome {
    IMPORT_CREATED,
    IMPORT_UPDATED,
    IMPORT_UNCHANGED,
    IMPORT_REFUSED,
    IMPORT_WARNING, /* taken, but somebody should look */
    IMPORT_KEPT     /* recorded earlier, not in the file: stays */
};
#define IMPORT_OUTCOMES 6

/* Where in a file something stands. */
struct import_place {
    const char *file;   /* its name without folders */
    unsigned line;      /* from 1; 0: the whole file */
    const char *column; /* its header; NULL: the whole line */
};

/* One line of the report. */
struct import_line {
    enum import_outcome outcome;
    struct import_place place;
    const struct kind *kind; /* NULL: none in particular */
    const char *handle;      /* "" while it has none */
    const char *name;        /* the record's words, "" */
    const char *what;        /* a sentence: what changes, or what is wrong and what to do; "" */
    size_t change;           /* index in import_changes; SIZE_MAX: none */
    size_t order;            /* in which it was found: among equals in file and line */
};

/* An import into the plan as `book` shows it (borrowed until import_settle has returned). NULL when
 * memory is out. Free with import_free. */
struct import *import_new(const struct book *book, const struct import_options *options);

/* Accepts NULL, leaves NULL. */
void import_free(struct import **import);

/* Reads a file and recognises it by its header. What is wrong becomes a refused line. */
void import_add(struct import *import, const char *path);

/* Works out lines and changes, once, after the last import_add. False when a line is refused: there
 * are then no changes. */
bool import_settle(struct import *import);

/* The report, by file and line. Owned by the import, independent of the book. */
const struct import_line *import_lines(const struct import *import, size_t *count_r);

/* What to write, atomically and in this order. Owned by the import, independent of the book. */
const struct desk_change *import_changes(const struct import *import, size_t *count_r);

/* Marks a change's line as refused by the server: `what` is copied. */
void import_refused(struct import *import, size_t change, const char *what);

/* Gives a change's line the handle that the server gave: copied. */
void import_accepted(struct import *import, size_t change, const char *handle);
