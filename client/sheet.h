/*
 * What a command answers: a report of named sheets, each with columns and rows of values. Commands
 * fill it, printers draw it; neither knows the other. Sheets own copies of all texts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book/book.h"

struct arena;
struct report;
struct sheet;

enum sheet_type {
    SHEET_TEXT,
    SHEET_NUMBER,
    SHEET_PERCENT, /* 0 to 100; drawn with a bar where there is room */
    SHEET_DATE,    /* days since 1970-01-01 */
    SHEET_TIME,    /* microseconds since 1970 UTC */
    SHEET_BOOL,
    SHEET_MONEY,   /* cents; machine formats: text "111600.00", dollars with two decimals */
    SHEET_DECIMAL, /* thousandths; machine formats: text "3.5" */
    SHEET_BYTES,   /* how large a file is */
    SHEET_MOMENT,  /* a text "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM", which machine formats keep */
    SHEET_LIST,    /* several texts */
    SHEET_FIGURE,  /* a text with a figure in it ("2,5", "+1", "x"): drawn as numbers are */
    SHEET_ANY      /* a text, a number or several texts, row by row; as filled */
};

enum sheet_tone { SHEET_PLAIN, SHEET_STRONG, SHEET_FAINT, SHEET_GOOD, SHEET_WARN, SHEET_BAD };

enum sheet_shape {
    SHEET_TABLE,   /* columns under headers */
    SHEET_TREE,    /* rows have a depth; the first columns are indented */
    SHEET_OUTLINE, /* likewise; the second column has the page's width, the others are below it */
    SHEET_CARD,    /* one record: each column on a line of its own, "header : value" */
    SHEET_LINE     /* the first column alone, as it is and never wrapped: to be copied or piped */
};

/* How much of the page a column takes. */
enum sheet_wide {
    SHEET_NARROW = false, /* what its widest cell needs */
    SHEET_WIDE = true,    /* the room that is left, and wraps */
    SHEET_CUT             /* likewise, but its cells are cut ("…") to two lines for people */
};

/* A column: `key` names it in json, csv and tsv (the field's name in records.proto), `title` for
 * people, in their language or a text of N_(). `machine`: not drawn for people.
 */
struct sheet_column {
    const char *key;
    const char *title;
    enum sheet_type type;
    enum sheet_wide wide;
    bool machine;
};

/* An empty report; NULL when memory is out. */
struct report *report_new(void);

/* Accepts NULL, leaves NULL. */
void report_free(struct report **report);

/* For whom the report is: values of records come as words of `language` ("fr" or "en", a constant),
 * or with `machine` as records.proto names them, references as UUIDs. English words before the
 * first call. */
void report_for(struct report *report, const char *language, bool machine);

/* Empties the report, for commands that print as they go. */
void report_clear(struct report *report);

/* True when memory ran out while it was filled: what it holds is not whole. */
bool report_failed(const struct report *report);

/* Adds a sheet. `name` is its key in json, `title` its heading for people (NULL: none). `single`:
 * json gives one object (its only row), not a list. Owned by the report; NULL when memory is out,
 * which all sheet_ calls take. People do not see a sheet without rows. */
struct sheet *report_sheet(struct report *report, const char *name, const char *title,
    enum sheet_shape shape, bool single, const struct sheet_column *columns, size_t n_columns);

/* A sentence under the last sheet, for people (not in csv and tsv; "notes" in json). */
void report_note(struct report *report, const char *text);

/* Begins a row; values follow, one per column in their order; missing ones are empty. */
void sheet_row(struct sheet *sheet, unsigned depth, enum sheet_tone tone);

/* The row's next value, a text or a moment. NULL or sheet_none: empty. */
void sheet_text(struct sheet *sheet, const char *text);

/* A number, percent, day, time, bool, amount or decimal, by the column's type. */
void sheet_number(struct sheet *sheet, int64_t number);

/* An empty value. */
void sheet_none(struct sheet *sheet);

/* Several texts. */
void sheet_texts(struct sheet *sheet, const char *const *texts, size_t count);

/* A sheet of records of one kind with the envelope (id, kind, handle, revision, owner) and all the
 * kind's fields by their names in records.proto; for people only the fields that are set anywhere.
 */
struct sheet *report_records(struct report *report, const char *name, const char *title,
    const struct book *book, const struct kind *kind, const struct book_entry *const *entries,
    size_t count, enum sheet_shape shape, bool single);

/* The same as a table of what hangs on one record: without the field `omit` that names it, and for
 * people with a last column that holds what found no room. */
struct sheet *report_records_under(struct report *report, const char *name, const char *title,
    const struct book *book, const struct kind *kind, const struct book_entry *const *entries,
    size_t count, const char *omit);

/* --- for printers --------------------------------------------------------------------------- */

/* What report_for was told. Static memory. */
const char *report_language(const struct report *report, bool *machine_r);

/* Where the report's texts live. Borrowed. */
struct arena *report_arena(struct report *report);

struct sheet_cell {
    bool empty;
    const char *text;
    int64_t number;
    const char *const *texts;
    size_t n_texts;
};

/* How many sheets, and the sheet number `index`. */
size_t report_count(const struct report *report);

/* The sheet number `index` < report_count. Borrowed. */
const struct sheet *report_get(const struct report *report, size_t index);

/* The notes, *count_r of them. Borrowed. */
const char *const *report_notes(const struct report *report, size_t *count_r);

/* How many sheets stood above the note number `index` when it was added. */
size_t report_note_place(const struct report *report, size_t index);

/* What the sheet is. Borrowed. */
const char *sheet_name(const struct sheet *sheet);

/* Its heading; NULL: none. Borrowed. */
const char *sheet_title(const struct sheet *sheet);

/* Its shape. */
enum sheet_shape sheet_shape(const struct sheet *sheet);

/* True when json gives one object. */
bool sheet_single(const struct sheet *sheet);

/* Its columns, *count_r of them. Borrowed. */
const struct sheet_column *sheet_columns(const struct sheet *sheet, size_t *count_r);

/* How many rows. */
size_t sheet_rows(const struct sheet *sheet);

/* A row's depth and tone. */
unsigned sheet_depth(const struct sheet *sheet, size_t row, enum sheet_tone *tone_r);

/* A cell. Borrowed. */
struct sheet_cell sheet_cell(const struct sheet *sheet, size_t row, size_t column);
