/*
 * Files of records, as `concert export` writes them: any kind, each row with kind, id and handle.
 * A row with a known id changes that record in the fields of its columns, and empties those whose
 * cell is empty; one with an unknown id makes a record of that id; one without id is recognised by
 * its handle or names, or made. CSV or JSON. What is in the region under another id (a territory, a
 * committee, the Consortium) is recognised by its name.
 */
#pragma once

#include "import/import_work.h"

/* True when the table's header is that of records. */
bool import_records_is(const struct csvfile *table);

/* Takes the rows of a table, whose texts must live until import_settle has returned. */
void import_records_add(struct import *import, const char *name, const struct csvfile *table);

/* Takes the records of a file in JSON: a list of objects, or an object of such lists. */
void import_records_add_json(struct import *import, const char *name, const char *path);

/* Works out the rows of all files, after all other files. */
void import_records_work(struct import *import);
