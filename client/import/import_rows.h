/* One function for each kind of file: what a row makes. Columns are in the order of
 * import_shapes.c. */
#pragma once

#include "import/import_work.h"

/* A territory: code, name, type. */
void import_rows_territory(const struct import_row *row);

/* A committee: name, type, territory by name, meetings a year, mission. */
void import_rows_committee(const struct import_row *row);

/* A seat: committee by name, organization (made when unknown), seat as written and its standing. */
void import_rows_member(const struct import_row *row);

/* An audience: number, description. */
void import_rows_audience(const struct import_row *row);

/* The plan that the rows below fill: found by title or handle, or made, owned by the Consortium. */
bool import_rows_plan_begin(const struct import_row *row);

/* An objective, a specific one, an action, its resources and deadlines. A blank cell in the columns
 * of objectives means the one above, as merged cells are saved. */
void import_rows_plan(const struct import_row *row);

/* The communication plan, with its only objective, A. */
bool import_rows_communication_begin(const struct import_row *row);

/* An action of communication: found by its title, else given the next number A.n. */
void import_rows_communication(const struct import_row *row);

/* Finds the plan that --plan names. */
bool import_rows_share_begin(const struct import_row *row);

/* A committee's part of an action: action by number, committee by name. */
void import_rows_share(const struct import_row *row);

/* The project that the rows below fill (import_project.h). */
bool import_rows_project_begin(const struct import_row *row);

/* Likewise, and the sum begins. */
bool import_rows_budget_begin(const struct import_row *row);

/* A line of the budget; the row of the total is no line, but checked against their sum. */
void import_rows_budget(const struct import_row *row);

/* A possible funder and where its answer stands: a request without an amount. */
void import_rows_funder(const struct import_row *row);

/* A milestone with its phase, deadlines and who answers for it. */
void import_rows_milestone(const struct import_row *row);
