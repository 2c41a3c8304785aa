/* Which plan the rows of a file fill, and when it begins and ends. */
#pragma once

#include "import/import_work.h"

/* How a kind of file names and dates the plan that it makes. */
struct import_plan_form {
    const char *title;        /* before the years: "Plan d'action" */
    Concert__Plan__Type type; /* 0: annual or triennial, by the years */
    const char *asked;        /* the title or handle asked for; NULL: from the file's name */
    size_t deadlines;         /* the column of deadlines */
};

/* The plan of that title or handle; NULL when there is none. */
struct draft *import_plan_find(struct import *import, const char *words);

/* The file's plan, claimed or made; NULL: refused. */
struct draft *import_plan_take(const struct import_row *row, const struct import_plan_form *form);
