/*
 * Records as files that the import takes: one table a kind, with the columns kind, id, handle and
 * then the fields by their names in records.proto.
 */
#pragma once

#include "book/book.h"
#include "sheet.h"

enum export_format { EXPORT_CSV, EXPORT_JSON };

/* Adds the kind's records to the report, values as exchange.h has them: in EXPORT_CSV each a text,
 * in EXPORT_JSON with their types. `personal`: with the personal fields. NULL when memory is out.
 */
struct sheet *export_sheet(struct report *report, const struct book *book, const struct kind *kind,
    enum export_format format, bool personal);

/* Writes the sheets of a report to a file of its own, readable by its owner alone: CSV as
 * spreadsheets open it (`;`, UTF-8 with its mark, CR LF) or JSON. Whole or not at all; a file that
 * is there is replaced only with `replace`. False with errno (EEXIST). */
bool export_write(
    const struct report *report, enum export_format format, const char *path, bool replace);
