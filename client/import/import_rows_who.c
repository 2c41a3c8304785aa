/* Territories, committees, seats, audiences, and the committees' parts. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "import/import_draft.h"
#include "import/import_party.h"
#include "import/import_plan.h"
#include "import/import_rows.h"
#include "text.h"

/* "Mékinac" is in "Comité local de Mékinac"; else the fewest letters off. */
static const char *nearest(struct import *import, Concert__Kind kind, const char *name)
{
    const struct book_entry *entry, *near;
    size_t n;

    if (book_find(import->book, name, UINT64_C(1) << kind, import->options.today, &entry, &near, 1,
            &n) == BOOK_FOUND)
        return book_text(entry, "name");
    return import_draft_nearest(import, kind, name);
}

static struct draft *find_named(
    const struct import_row *row, size_t column, Concert__Kind kind, const char *what)
{
    struct import *import = row->import;
    const char *name = import_work_cell(row, column), *near;
    struct draft *found = import_draft_find(import->drafts, kind, NULL, name);

    if (found != NULL)
        return found;
    if (name[0] == '\0') {
        import_work_refuse(row, column, _("The cell is empty. Write the name of the %s."), what);
        return NULL;
    }
    near = nearest(import, kind, name);
    if (near != NULL)
        import_work_refuse(
            row, column, _("No %s is called “%s”. Did you mean “%s”?"), what, name, near);
    else
        import_work_refuse(row, column,
            _("No %s is called “%s”. Correct the name, or import the table that holds it with this "
              "file."),
            what, name);
    return NULL;
}

void import_rows_territory(const struct import_row *row)
{
    enum { CODE, NAME, TYPE };
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__TERRITORY);

    import_work_set(row, &patch, "code", import_work_cell(row, CODE));
    import_work_set(row, &patch, "name", import_work_cell(row, NAME));
    if (import_work_choose(row, TYPE, &patch, "type", import_work_cell(row, TYPE)))
        import_draft_take(row, NAME, &patch);
}

/* --- committees --------------------------------------------------------------------------------
 */

/* A closed list's word as spreadsheets write it: the whole cell, its beginning, or one of these. */
struct synonym {
    const char *folded; /* how the cell begins */
    const char *value;  /* in records.proto */
};

static const char *synonym(const char *cell, const struct synonym *list, size_t count)
{
    char folded[256];

    text_fold(cell, folded, sizeof(folded));
    for (size_t i = 0; i < count; i++)
        if (strncmp(folded, list[i].folded, strlen(list[i].folded)) == 0)
            return list[i].value;
    return NULL;
}

/* What the cell of meetings says as numbers; what it says otherwise goes to the context, named. */
static void set_meetings(const struct import_row *row, size_t column, struct fields_patch *patch)
{
    const char *cell = import_work_cell(row, column);
    struct import_place place = import_work_place(row, column);
    struct schedule schedule;
    const char *asked;

    if (cell[0] == '\0')
        return;
    asked = import_work_text(row->import, "%s rencontres par année", cell);
    if ((schedule_read(cell, &schedule) && schedule.mode == SCHEDULE_RECURRING) ||
        (schedule_read(asked, &schedule) && schedule.mode == SCHEDULE_RECURRING)) {
        import_work_number(row, patch, "meetings_min", schedule.times_min);
        import_work_number(row, patch, "meetings_max", schedule.times_max);
        return;
    }
    import_work_set(
        row, patch, "context", import_work_text(row->import, "%s : %s", place.column, cell));
}

/* Words that people have added to the context stay: what it holds already is not set again. */
static void merge_context(const struct import_row *row, struct fields_patch *patch)
{
    const ProtobufCFieldDescriptor *field = record_field(patch->kind, "context");
    const struct draft *known = import_draft_find(
        row->import->drafts, CONCERT__KIND__PARTY, NULL, import_work_cell(row, 0));
    const char *before =
        known == NULL || known->entry == NULL ? NULL : book_text(known->entry, "context");
    const char *added;

    if (before == NULL || patch->message == NULL || record_count(patch->message, field) == 0)
        return;
    added = record_get(patch->message, field, 0).data;
    import_work_set(row, patch, "context",
        strstr(before, added) != NULL ? before
                                      : import_work_text(row->import, "%s\n%s", before, added));
}

void import_rows_committee(const struct import_row *row)
{
    enum { NAME, TYPE, TERRITORY, MEETINGS, MISSION };
    static const struct synonym types[] = {{"suivi", "followup"}, {"table", "thematic"}};
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__PARTY);
    const char *type = import_work_cell(row, TYPE);
    const char *known = synonym(type, types, sizeof(types) / sizeof(types[0]));
    struct draft *territory = NULL;

    import_work_set(row, &patch, "name", import_work_cell(row, NAME));
    if (!import_work_choose(row, TYPE, &patch, "type", known == NULL ? type : known))
        return;
    if (import_work_cell(row, TERRITORY)[0] != '\0') {
        territory = find_named(row, TERRITORY, CONCERT__KIND__TERRITORY, _("territory"));
        if (territory == NULL)
            return;
        import_work_refer(row, &patch, "territory", territory);
    }
    import_work_set(row, &patch, "mission", import_work_cell(row, MISSION));
    set_meetings(row, MEETINGS, &patch);
    merge_context(row, &patch);
    import_draft_take(row, NAME, &patch);
}

/* --- seats -------------------------------------------------------------------------------------
 */

static void set_standing(const struct import_row *row, size_t column, struct fields_patch *patch)
{
    static const struct synonym standings[] = {
        {"membre potentiel", "potential"},
        {"membre associe", "associate"},
        {"associe", "associate"},
        {"membre", "member"},
        {"citoyen", "member"},
        {"potential", "potential"},
        {"associate", "associate"},
        {"member", "member"},
        {"citizen", "member"},
    };
    const char *cell = import_work_cell(row, column);
    const char *standing = synonym(cell, standings, sizeof(standings) / sizeof(standings[0]));

    if (standing != NULL)
        import_work_choose(row, column, patch, "standing", standing);
    else if (cell[0] != '\0')
        import_work_warn(row, column,
            _("“%s” does not tell a member from a potential or an associate one: the seat is kept "
              "without a standing."),
            cell);
}

void import_rows_member(const struct import_row *row)
{
    enum { COMMITTEE, ORGANIZATION, SEAT };
    struct draft *party = find_named(row, COMMITTEE, CONCERT__KIND__PARTY, _("committee"));
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__MEMBERSHIP);
    struct draft *from;

    if (party == NULL)
        return;
    if (import_work_cell(row, SEAT)[0] == '\0') {
        import_work_refuse(
            row, SEAT, _("The seat is missing. Write “membre”, or whose seat it is."));
        return;
    }
    import_work_refer(row, &patch, "party", party);
    if (import_work_cell(row, ORGANIZATION)[0] != '\0') {
        from = import_party_take(row, ORGANIZATION);
        if (from == NULL)
            return;
        import_work_refer(row, &patch, "organization", from);
    }
    import_work_set(row, &patch, "seat", import_work_cell(row, SEAT));
    set_standing(row, SEAT, &patch);
    import_draft_cover(row, party, KIND_BIT(MEMBERSHIP));
    import_draft_take(row, SEAT, &patch);
}

/* --- audiences ---------------------------------------------------------------------------------
 */

void import_rows_audience(const struct import_row *row)
{
    enum { NUMBER, DESCRIPTION };
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__AUDIENCE);

    import_work_set(row, &patch, "description", import_work_cell(row, DESCRIPTION));
    if (import_work_choose(row, NUMBER, &patch, "number", import_work_cell(row, NUMBER)))
        import_draft_take(row, NUMBER, &patch);
}

/* --- parts -------------------------------------------------------------------------------------
 */

/* The action of that number: in the plan asked for or given with this file, else in the only plan
 * that has one. */
static struct draft *find_action(const struct import_row *row, size_t column)
{
    struct import *import = row->import;
    const char *number = import_work_cell(row, column);
    struct draft *found = NULL;
    size_t plans = 0;

    if (import->action_plan != NULL) {
        found =
            import_draft_find(import->drafts, CONCERT__KIND__ACTION, import->action_plan, number);
        plans = found != NULL;
    }
    for (struct draft *plan = import_draft_all(import->drafts);
         plan != NULL && import->action_plan == NULL; plan = plan->next) {
        struct draft *action = NULL;

        if (plan->kind->id == CONCERT__KIND__PLAN)
            action = import_draft_find(import->drafts, CONCERT__KIND__ACTION, plan, number);
        if (action != NULL)
            found = action;
        plans += action != NULL;
    }
    if (plans == 0)
        import_work_refuse(row, column,
            _("There is no action %s. Correct the number, or import the plan with this file."),
            number);
    else if (plans > 1)
        import_work_refuse(row, column,
            _("Several plans have an action %s. Say which one is meant with --plan TITLE."),
            number);
    return plans == 1 ? found : NULL;
}

bool import_rows_share_begin(const struct import_row *row)
{
    struct import *import = row->import;

    if (import->action_plan == NULL && import->options.plan != NULL) {
        import->action_plan = import_plan_find(import, import->options.plan);
        if (import->action_plan == NULL)
            import_work_refuse(row, SIZE_MAX,
                _("There is no plan called “%s”. Correct its title, or import it with this file."),
                import->options.plan);
        return import->action_plan != NULL;
    }
    return true;
}

void import_rows_share(const struct import_row *row)
{
    enum { ACTION, COMMITTEE };
    struct draft *action = find_action(row, ACTION);
    struct draft *party = find_named(row, COMMITTEE, CONCERT__KIND__PARTY, _("committee"));
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__SHARE);

    if (action == NULL || party == NULL)
        return;
    import_work_refer(row, &patch, "action", action);
    import_work_refer(row, &patch, "party", party);
    import_draft_take(row, ACTION, &patch);
}
