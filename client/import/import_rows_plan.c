/* The plan of action and the plan of communication: one row an action. */
#include <string.h>

#include "i18n.h"
#include "import/import_action.h"
#include "import/import_draft.h"
#include "import/import_plan.h"
#include "import/import_rows.h"

enum { OBJECTIVE, SPECIFIC, ACTION, RESOURCES, DEADLINES };
enum { COMMUNICATION_ACTION, COMMUNICATION_GOAL, COMMUNICATION_AUDIENCES, COMMUNICATION_DEADLINES };

#define COMMUNICATION_ANNEX "A"

static bool has_shape(const struct import *import, void (*rows)(const struct import_row *))
{
    for (size_t i = 0; i < import->n_files; i++)
        if (import->files[i].shape != NULL && import->files[i].shape->row == rows)
            return true;
    return false;
}

bool import_rows_plan_begin(const struct import_row *row)
{
    struct import_plan_form form = {
        .title = "Plan d'action", .asked = row->import->options.plan, .deadlines = DEADLINES};

    row->import->plan = import_plan_take(row, &form);
    row->import->action_plan = row->import->plan;
    return row->import->plan != NULL;
}

/* The objective that a cell writes out, under `parent`; NULL: refused. */
static struct draft *objective(
    const struct import_row *row, size_t column, const struct draft *parent)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__OBJECTIVE);
    const char *number, *title;
    struct draft *draft;

    title = import_action_number(import, import_work_cell(row, column), &number);
    if (number[0] == '\0') {
        import_work_refuse(row, column,
            _("The objective has no number. Begin the cell with one: “1. Title” or “1.2 Title”."));
        return NULL;
    }
    import_work_refer(row, &patch, "plan", import->plan);
    if (parent != NULL)
        import_work_refer(row, &patch, "parent", parent);
    import_work_set(row, &patch, "number", number);
    import_work_set(row, &patch, "title", title);
    draft = import_draft_take(row, column, &patch);
    if (draft != NULL)
        import_draft_cover(row, draft, KIND_BIT(OBJECTIVE) | KIND_BIT(ACTION));
    return draft;
}

/* The objectives of the row; blank cells are those of a merged cell, whose text stands above. */
static struct draft *objectives(const struct import_row *row)
{
    struct import *import = row->import;
    bool top = import_work_cell(row, OBJECTIVE)[0] != '\0';

    if (top) {
        import->top = objective(row, OBJECTIVE, NULL);
        import->specific = NULL;
        if (import->top == NULL)
            return NULL;
    }
    if (import_work_cell(row, SPECIFIC)[0] != '\0') {
        import->specific = objective(row, SPECIFIC, import->top);
        return import->specific;
    }
    if (import->top == NULL)
        import_work_refuse(row, OBJECTIVE, _("No objective is given, in this row or above it."));
    return import->specific != NULL ? import->specific : import->top;
}

/* Numbers tell where an action belongs: "1.2.3" under "1.1" is a slip worth a word. */
static void check_place(const struct import_row *row, const struct draft *under, const char *number)
{
    const char *above = import_draft_text(under, "number");
    size_t length = above == NULL ? 0 : strlen(above);

    if (length > 0 && (strncmp(number, above, length) != 0 || number[length] != '.'))
        import_work_warn(row, ACTION,
            _("Action %s stands under objective %s: is one of the numbers a slip?"), number, above);
}

void import_rows_plan(const struct import_row *row)
{
    struct import *import = row->import;
    struct draft *under = objectives(row), *action;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__ACTION);
    const char *number, *title;

    if (under == NULL || import_work_cell(row, ACTION)[0] == '\0')
        return;
    title = import_action_number(import, import_work_cell(row, ACTION), &number);
    if (number[0] == '\0') {
        import_work_refuse(
            row, ACTION, _("The action has no number. Begin the cell with one: “1.2.3 Title”."));
        return;
    }
    check_place(row, under, number);
    import_work_refer(row, &patch, "objective", under);
    import_work_set(row, &patch, "number", number);
    import_work_set(row, &patch, "title", title);
    import_action_annex(row, &patch, title);
    action = import_draft_take(row, ACTION, &patch);
    if (action == NULL)
        return;
    import_draft_cover(row, action, KIND_BIT(RESPONSIBILITY) | KIND_BIT(DEADLINE));
    import_action_resources(row, RESOURCES, action);
    import_action_deadlines(row, DEADLINES, action);
}

/* --- the plan of communication ------------------------------------------------------------------
 */

bool import_rows_communication_begin(const struct import_row *row)
{
    struct import *import = row->import;
    bool alone = !has_shape(import, import_rows_plan) && !has_shape(import, import_rows_share);
    struct import_plan_form form = {.title = "Plan de communication",
        .type = CONCERT__PLAN__TYPE__COMMUNICATION,
        .asked = alone ? import->options.plan : NULL,
        .deadlines = COMMUNICATION_DEADLINES};
    struct fields_patch patch;

    import->plan = import_plan_take(row, &form);
    if (import->plan == NULL)
        return false;
    import->top = import_draft_find(
        import->drafts, CONCERT__KIND__OBJECTIVE, import->plan, COMMUNICATION_ANNEX);
    patch = import_work_begin(row, CONCERT__KIND__OBJECTIVE);
    import_work_refer(row, &patch, "plan", import->plan);
    if (import->top != NULL) {
        import_draft_claim(row, SIZE_MAX, import->top, &patch);
        return true;
    }
    import_work_set(row, &patch, "number", COMMUNICATION_ANNEX);
    import_work_set(row, &patch, "title", "Communication");
    import->top = import_draft_take(row, SIZE_MAX, &patch);
    return import->top != NULL;
}

/* The file gives no numbers: the first that is free. */
static const char *free_number(struct import *import)
{
    for (unsigned i = 1;; i++) {
        const char *number = import_work_text(import, "%s.%u", COMMUNICATION_ANNEX, i);

        if (import->out_of_memory ||
            import_draft_find(import->drafts, CONCERT__KIND__ACTION, import->plan, number) == NULL)
            return number;
    }
}

void import_rows_communication(const struct import_row *row)
{
    struct import *import = row->import;
    const char *title = import_work_cell(row, COMMUNICATION_ACTION);
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__ACTION);
    struct draft *action =
        import_draft_find(import->drafts, CONCERT__KIND__ACTION, import->plan, title);

    if (title[0] == '\0') {
        import_work_refuse(row, COMMUNICATION_ACTION, _("The action has no title. Write it."));
        return;
    }
    import_work_set(row, &patch, "title", title);
    import_work_set(row, &patch, "annex", COMMUNICATION_ANNEX);
    if (!import_work_choose(row, COMMUNICATION_GOAL, &patch, "communication_goal",
            import_work_cell(row, COMMUNICATION_GOAL)) ||
        !import_action_audiences(row, COMMUNICATION_AUDIENCES, &patch))
        return;
    if (action != NULL) {
        import_draft_claim(row, COMMUNICATION_ACTION, action, &patch);
    } else {
        import_work_refer(row, &patch, "objective", import->top);
        import_work_set(row, &patch, "number", free_number(import));
        action = import_draft_take(row, COMMUNICATION_ACTION, &patch);
    }
    if (action == NULL)
        return;
    import_draft_cover(row, action, KIND_BIT(RESPONSIBILITY) | KIND_BIT(DEADLINE));
    import_action_deadlines(row, COMMUNICATION_DEADLINES, action);
}
