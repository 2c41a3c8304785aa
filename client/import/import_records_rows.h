/* A row of a file of records, read but not understood yet. */
#pragma once

#include "import/exchange.h"
#include "import/import_draft.h"

struct records_cell {
    const ProtobufCFieldDescriptor *field;
    struct exchange_texts texts;
    const char *header; /* how the file calls the field */
};

struct records_row {
    struct import_file *file; /* its table is NULL */
    unsigned line;
    const struct kind *kind;
    const char *id, *handle; /* as written, "" */
    struct records_cell *cells;
    size_t n_cells;
    struct draft *draft; /* whom it means, when that is known before its fields are */
    bool worked;         /* its fields are being read, or were */
    struct records_row *next;
};

/* Appends a row; its cells are the caller's to fill, `room` of them. NULL when memory is out. */
struct records_row *import_records_row(
    struct import *import, struct import_file *file, unsigned line, size_t room);

/* A file of records as rows see it; NULL when memory is out. */
struct import_file *import_records_file(struct import *import, const char *name);

/* Refuses a line, or with 0 the whole file; `what` is the import's arena's. */
void import_records_refuse(struct import *import, const struct import_file *file, unsigned line,
    const char *header, const char *what);

/* Likewise, a warning. */
void import_records_warn(struct import *import, const struct import_file *file, unsigned line,
    const char *header, const char *what);

/* The kind that a cell names; NULL after having refused the line. */
const struct kind *import_records_kind(
    struct import *import, const struct import_file *file, unsigned line, const char *word);

/* True when the name is one of the columns that are no fields: kind, id, handle and what `list`
 * tells beside them. */
bool import_records_is_envelope(const char *name);
