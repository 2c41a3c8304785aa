/* What hangs on an action in the tables of plans: resources, deadlines, audiences, annex. */
#pragma once

#include "import/import_work.h"

/* A number in front of a title, "1.2.3 Title" or "1. Title": *number_r in the import's arena, ""
 * when there is none. Returns the title. */
const char *import_action_number(struct import *import, const char *cell, const char **number_r);

/* Sets `annex` from "(annexe B)" in the title, which stays as written. */
void import_action_annex(
    const struct import_row *row, struct fields_patch *patch, const char *title);

/* Sets `audiences` from numbers as in "1-2-4". False: refused. */
bool import_action_audiences(
    const struct import_row *row, size_t column, struct fields_patch *patch);

/* Responsibilities: one per line or comma of the cell, linked to the party of that name if there
 * is. */
void import_action_resources(const struct import_row *row, size_t column, struct draft *action);

/* Deadlines, as schedule cuts and reads the cell; a warning for each that it could not read. */
void import_action_deadlines(const struct import_row *row, size_t column, struct draft *action);
