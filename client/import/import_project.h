/* Which project the files of a project fill. */
#pragma once

#include "import/import_work.h"

/* The project: the one that --project names, else the one that the file's name tells
 * ("logement-budget.csv": the only one about "logement", or "Projet en logement", made). It is said
 * which when it is made. NULL: refused. */
struct draft *import_project_take(const struct import_row *row);
