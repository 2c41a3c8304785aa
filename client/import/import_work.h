/*
 * What the parts of the import share: the files, the row being read, and how a row refuses, warns
 * and makes records. Not for commands: they see import.h.
 */
#pragma once

#include "import/csvfile.h"
#include "import/import.h"
#include "input/fields.h"

#define IMPORT_FILES_MAX 64
#define IMPORT_COLUMNS_MAX 8
#define IMPORT_SAID_MAX 64

struct import_row;
struct records_row;
struct records_name;
struct import_file;
struct draft;
struct drafts;

struct import_column {
    const char
        *names; /* headers that mean it, folded when compared; '|' between; the first is shown */
};

/* One kind of file. */
struct import_shape {
    const char *what; /* N_(): "the table of …" */
    struct import_column columns[IMPORT_COLUMNS_MAX];
    size_t n_required, n_columns; /* the first n_required must be there */
    /* Before the first row; may be NULL. False: refused, the rows are skipped. */
    bool (*begin)(const struct import_row *row);
    /* For each row; NULL: a later version's. */
    void (*row)(const struct import_row *row);
};

/* The table of the kinds of file, in the order in which they must be worked out. */
extern const struct import_shape import_shapes[];
extern const size_t import_shapes_count;

struct import_file {
    const char *name;      /* without folders */
    struct csvfile *table; /* NULL: a file of records (import_records.h) */
    const struct import_shape *shape;
    size_t column[IMPORT_COLUMNS_MAX]; /* of the shape's columns, in the table; SIZE_MAX: absent */
};

struct import {
    struct arena *arena;
    const struct book *book;
    struct import_options options;
    struct fields_reader reader;
    struct drafts *drafts;
    struct import_file files[IMPORT_FILES_MAX];
    size_t n_files;
    struct import_line *lines;
    size_t n_lines, max_lines, n_refused;
    struct records_row *records, **last_record; /* of files of records, in the order read */
    struct records_name *names;                 /* by which those without id are referred to */
    size_t n_names;
    struct desk_change *changes;
    size_t *origin;           /* for each change the one that creates its record, or itself */
    ProtobufCMessage **later; /* for each creation what of it must wait; NULL: nothing */
    size_t n_changes;
    bool out_of_memory;
    /* What the rows of a plan hang on. */
    struct draft *plan;           /* the plan that the rows fill */
    struct draft *action_plan;    /* the plan of action among the files; NULL: none was given */
    struct draft *top, *specific; /* objectives of the row before */
    /* What the rows of a project's files hang on. */
    struct draft *project;
    int64_t sum;                       /* cents of the budget's lines so far */
    unsigned rank;                     /* of the timetable's row before */
    const char *said[IMPORT_SAID_MAX]; /* names in doubt of which was said so: once is enough */
    size_t n_said;
};

/* The row being worked out. */
struct import_row {
    struct import *import;
    const struct import_file *file;
    size_t row; /* of the table; 0: the header; of a file of records the line */
};

/* The row's cell in the shape's column; "" when the file has no such column. Borrowed. */
const char *import_work_cell(const struct import_row *row, size_t column);

/* Where that cell stands; column SIZE_MAX: the row. */
struct import_place import_work_place(const struct import_row *row, size_t column);

/* Refuses the row: a whole sentence, in printf's format, translated: what is wrong and what to do.
 */
void import_work_refuse(const struct import_row *row, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a warning; as import_work_refuse. */
void import_work_warn(const struct import_row *row, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True the first time that it is asked of the words (borrowed for the import's life). */
bool import_work_first(struct import *import, const char *words);

/* Adds a line to the report; its texts must live in the import's arena. */
void import_work_line(struct import *import, const struct import_line *line);

/* A formatted text in the import's arena; "" when memory is out (which import_settle then tells).
 */
const char *import_work_text(struct import *import, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Milliseconds since 1970 UTC. */
int64_t import_work_clock(void);

/* An empty patch for a record of the kind. */
struct fields_patch import_work_begin(const struct import_row *row, Concert__Kind kind);

/* Sets a text field; "" leaves it out. */
void import_work_set(
    const struct import_row *row, struct fields_patch *patch, const char *field, const char *text);

/* Sets a number, or a closed list's value. */
void import_work_number(
    const struct import_row *row, struct fields_patch *patch, const char *field, int64_t number);

/* Sets a reference to a draft's record. */
void import_work_refer(const struct import_row *row, struct fields_patch *patch, const char *field,
    const struct draft *draft);

/* Sets a closed list's field from the cell, in either language. "" leaves it out. False: refused.
 */
bool import_work_choose(const struct import_row *row, size_t column, struct fields_patch *patch,
    const char *field, const char *text);
