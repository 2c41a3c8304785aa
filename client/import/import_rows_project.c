/* What a project's files hold: its budget, its possible funders, its timetable. */
#include <string.h>

#include "i18n.h"
#include "import/import_action.h"
#include "import/import_draft.h"
#include "import/import_party.h"
#include "import/import_project.h"
#include "import/import_rows.h"
#include "input/fields_value.h"
#include "text.h"

#define WORD_SIZE 256

bool import_rows_project_begin(const struct import_row *row)
{
    row->import->project = import_project_take(row);
    row->import->rank = 0;
    return row->import->project != NULL;
}

/* --- budget ------------------------------------------------------------------------------------
 */

enum { BUDGET_LABEL, BUDGET_COST };

bool import_rows_budget_begin(const struct import_row *row)
{
    row->import->sum = 0;
    return import_rows_project_begin(row);
}

static bool is_total(const char *label)
{
    char folded[WORD_SIZE];

    text_fold(label, folded, sizeof(folded));
    return strcmp(folded, "total") == 0 || strncmp(folded, "total ", 6) == 0;
}

static const char *shown(struct import *import, const struct fields_patch *patch, int64_t cents)
{
    return import_work_text(import, "%s",
        fields_value_show(&import->reader, patch->kind, record_field(patch->kind, "planned"),
            (struct record_value){.number = cents}));
}

static void check_total(const struct import_row *row, const struct fields_patch *patch)
{
    int64_t total = record_get(patch->message, record_field(patch->kind, "planned"), 0).number;

    if (total != row->import->sum)
        import_work_warn(row, BUDGET_COST,
            _("The total is %s, but the lines above it sum up to %s: one of them is a slip. The "
              "lines are imported, the total is not."),
            shown(row->import, patch, total), shown(row->import, patch, row->import->sum));
}

void import_rows_budget(const struct import_row *row)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__BUDGET_LINE);
    const char *label = import_work_cell(row, BUDGET_LABEL);
    const char *cost = import_work_cell(row, BUDGET_COST);

    if (label[0] == '\0' || cost[0] == '\0') {
        import_work_refuse(row, label[0] == '\0' ? BUDGET_LABEL : BUDGET_COST,
            _("The cell is empty. A line of a budget has a label and an amount."));
        return;
    }
    if (!import_work_choose(row, BUDGET_COST, &patch, "planned", cost) || import->out_of_memory)
        return;
    if (is_total(label)) {
        check_total(row, &patch);
        return;
    }
    import->sum += record_get(patch.message, record_field(patch.kind, "planned"), 0).number;
    import_work_refer(row, &patch, "project", import->project);
    import_work_set(row, &patch, "label", label);
    import_draft_cover(row, import->project, KIND_BIT(BUDGET_LINE));
    import_draft_take(row, BUDGET_LABEL, &patch);
}

/* --- funders -----------------------------------------------------------------------------------
 */

enum { FUNDER_NAME, FUNDER_STATE };

/* How a state is written, and what it means; what follows the words may be a deadline. */
struct state {
    const char *folded;
    int64_t status;
};

static const struct state states[] = {
    {"reponse attendue", CONCERT__FUNDING_REQUEST__STATUS__AWAITING},
    {"en attente", CONCERT__FUNDING_REQUEST__STATUS__AWAITING},
    {"answer awaited", CONCERT__FUNDING_REQUEST__STATUS__AWAITING},
    {"answer expected", CONCERT__FUNDING_REQUEST__STATUS__AWAITING},
    {"demande", CONCERT__FUNDING_REQUEST__STATUS__REQUESTED},
    {"requested", CONCERT__FUNDING_REQUEST__STATUS__REQUESTED},
    {"refus", CONCERT__FUNDING_REQUEST__STATUS__REFUSED},
    {"declined", CONCERT__FUNDING_REQUEST__STATUS__REFUSED},
};

static const struct state *state_of(const char *cell)
{
    char folded[WORD_SIZE];

    text_fold(cell, folded, sizeof(folded));
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (strncmp(folded, states[i].folded, strlen(states[i].folded)) == 0)
            return &states[i];
    return NULL;
}

static bool is_date(const char *text, struct schedule *schedule_r)
{
    return schedule_read(text, schedule_r) && schedule_r->mode == SCHEDULE_DATED &&
           schedule_r->label[0] == '\0' && schedule_r->text == text;
}

/* "mai 2009" of "réponse attendue pour mai 2009": the longest end of the text that is a date, but
 * for words before it that do not change which. NULL: there is none. */
static const char *date_within(const char *cell, struct schedule *schedule_r)
{
    const char *found = NULL;

    for (const char *at = cell; at != NULL; at = strchr(at, ' ')) {
        struct schedule schedule;

        at += *at == ' ';
        if (!is_date(at, &schedule))
            continue;
        if (found != NULL &&
            (schedule.earliest != schedule_r->earliest || schedule.latest != schedule_r->latest))
            break;
        found = at;
        *schedule_r = schedule;
    }
    return found;
}

static void expected_on(const struct import_row *row, struct draft *request)
{
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__DEADLINE);
    struct schedule schedule;

    if (date_within(import_work_cell(row, FUNDER_STATE), &schedule) == NULL ||
        row->import->out_of_memory)
        return;
    import_work_refer(row, &patch, "subject", request);
    if (!fields_schedule(&row->import->reader, &patch, &schedule, false))
        row->import->out_of_memory = true;
    else
        import_draft_take(row, FUNDER_STATE, &patch);
}

/* The request as it is known; NULL: it is made. */
static const struct book_entry *known_request(
    struct import *import, const struct draft *project, const struct draft *funder)
{
    char id[UUID_TEXT];
    struct draft *request;

    uuid_format(funder->id, id);
    request = import_draft_find(import->drafts, CONCERT__KIND__FUNDING_REQUEST, project, id);
    return request == NULL ? NULL : request->entry;
}

/* What was noted since is not taken back by a file that says the same as before. */
static void set_state(
    const struct import_row *row, struct fields_patch *patch, const struct book_entry *known)
{
    const char *cell = import_work_cell(row, FUNDER_STATE);
    const char *noted = known == NULL ? NULL : book_text(known, "note");
    const struct state *state = state_of(cell);

    if (noted != NULL && strstr(noted, cell) != NULL)
        return;
    if (cell[0] == '\0' && known != NULL)
        return;
    if (cell[0] != '\0' && state == NULL)
        import_work_warn(row, FUNDER_STATE,
            _("“%s” does not tell where the request stands: it is kept as a note."), cell);
    if (state != NULL || known == NULL)
        import_work_number(row, patch, "status",
            state == NULL ? CONCERT__FUNDING_REQUEST__STATUS__NEEDED : state->status);
    import_work_set(row, patch, "note",
        noted == NULL ? cell : import_work_text(row->import, "%s\n%s", noted, cell));
}

void import_rows_funder(const struct import_row *row)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__FUNDING_REQUEST);
    struct draft *funder, *request;

    if (import_work_cell(row, FUNDER_NAME)[0] == '\0') {
        import_work_refuse(row, FUNDER_NAME, _("The cell is empty. Write the funder's name."));
        return;
    }
    funder = import_party_take_doubted(row, FUNDER_NAME);
    if (funder == NULL)
        return;
    import_work_refer(row, &patch, "project", import->project);
    import_work_refer(row, &patch, "funder", funder);
    set_state(row, &patch, known_request(import, import->project, funder));
    import_draft_cover(row, import->project, KIND_BIT(FUNDING_REQUEST));
    request = import_draft_take(row, FUNDER_NAME, &patch);
    if (request != NULL)
        expected_on(row, request);
}

/* --- timetable ---------------------------------------------------------------------------------
 */

enum { STEP_TITLE, STEP_PERIOD, STEP_WHO };

/* "Volet 1" before a colon, else the phase in which a project begins. Returns the title. */
static const char *phase_of(struct import *import, const char *cell, const char **phase_r)
{
    static const char *const words[] = {"volet ", "phase ", "etape "};
    const char *colon = strchr(cell, ':');
    char folded[WORD_SIZE];

    *phase_r = "Préparation";
    text_fold(cell, folded, sizeof(folded));
    for (size_t i = 0; colon != NULL && i < sizeof(words) / sizeof(words[0]); i++)
        if (strncmp(folded, words[i], strlen(words[i])) == 0) {
            char *phase = arena_copy(import->arena, cell, (size_t)(colon - cell));
            char *title = arena_copy(import->arena, colon + 1, strlen(colon + 1));

            if (phase == NULL || title == NULL)
                break;
            *phase_r = text_trim(phase);
            return text_trim(title);
        }
    return cell;
}

void import_rows_milestone(const struct import_row *row)
{
    struct import *import = row->import;
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__MILESTONE);
    const char *phase, *title = phase_of(import, import_work_cell(row, STEP_TITLE), &phase);
    struct draft *milestone;

    if (title[0] == '\0') {
        import_work_refuse(row, STEP_TITLE, _("The milestone has no title. Write it."));
        return;
    }
    import_work_refer(row, &patch, "subject", import->project);
    import_work_set(row, &patch, "title", title);
    import_work_set(row, &patch, "phase", phase);
    import_work_number(row, &patch, "rank", ++import->rank);
    import_draft_cover(row, import->project, KIND_BIT(MILESTONE));
    milestone = import_draft_take(row, STEP_TITLE, &patch);
    if (milestone == NULL)
        return;
    import_draft_cover(row, milestone, KIND_BIT(RESPONSIBILITY) | KIND_BIT(DEADLINE));
    import_action_resources(row, STEP_WHO, milestone);
    import_action_deadlines(row, STEP_PERIOD, milestone);
}
