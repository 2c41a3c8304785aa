/* What awaits whoever looks at the state: a coordinator, staff, a volunteer; and what to do next.
 */
#include "commands/status.h"

#include "figures/incidents.h"
#include "figures/mandates.h"
#include "figures/waiting.h"
#include "i18n.h"
#include "words/ending.h"
#include "words/next.h"
#include "words/parting.h"

static bool is_coordinator(const struct status_state *state)
{
    return state->identity->role == CONCERT__ACCOUNT__ROLE__COORDINATOR;
}

static size_t count_quarantine(const struct status_state *state)
{
    size_t count = 0;

    if (is_coordinator(state))
        waiting_list(state->context->book, state->arena, &count);
    return count;
}

static size_t count_incidents(const struct status_state *state)
{
    size_t count, found = 0;
    const struct book_entry *const *list =
        book_list(state->context->book, CONCERT__KIND__INCIDENT, &count);

    for (size_t i = 0; i < count; i++)
        found += incidents_untold(list[i]);
    return found;
}

bool status_read_awaiting(struct status_state *state)
{
    state->n_quarantine = count_quarantine(state);
    state->n_incidents = count_incidents(state);
    if (is_coordinator(state))
        state->mandates = mandates_ending(state->context->book, state->context->today,
            MANDATES_SOON, state->arena, &state->n_mandates);
    return !is_coordinator(state) || state->mandates != NULL;
}

void status_note_awaiting(const struct status_state *state)
{
    const size_t count = state->n_quarantine;
    const char *closed = parting_closed(state->context, state->arena);

    if (closed != NULL)
        report_note(state->context->report, closed);
    if (count > 0)
        report_note(state->context->report,
            arena_printf(state->arena,
                ngettext("%zu change of a revoked device awaits you: “concert quarantine”.",
                    "%zu changes of revoked devices await you: “concert quarantine”.", count),
                count));
}

/* What ends within the next weeks. */
void status_draw_mandates(const struct status_state *state)
{
    static const struct sheet_column columns[] = {
        {"handle", N_("Account"), SHEET_TEXT, false, false},
        {"person", N_("Person"), SHEET_TEXT, true, false},
        {"parties", N_("Speaks for"), SHEET_TEXT, true, false},
        {"expires", N_("Mandate until"), SHEET_DATE, false, false}};
    const struct context *context = state->context;
    const struct book_entry *const *list = state->mandates;
    struct sheet *sheet;

    if (state->n_mandates == 0)
        return;
    sheet = report_sheet(context->report, "mandates", N_("Mandates that end within 60 days"),
        SHEET_TABLE, false, columns, 4);
    ending_rows(sheet, context->book, list, state->n_mandates, state->arena);
}

void status_draw_next(const struct status_state *state)
{
    static const struct sheet_column columns[] = {
        {"situation", NULL, SHEET_TEXT, false, false}, {"message", NULL, SHEET_TEXT, false, false}};
    const struct next_of of = {.reached = state->reached,
        .now = state->now,
        .copied_at = state->copied_at,
        .outbox = state->outbox,
        .n_outbox = state->n_outbox,
        .conflicts = state->conflicts,
        .n_documents = state->n_documents,
        .n_proposals = state->proposals,
        .closed = desk_closed(state->context->desk),
        .n_quarantine = state->n_quarantine,
        .n_mandates = state->n_mandates,
        .n_incidents = state->n_incidents,
        .parcel_at = state->parcel_at,
        .renewing = state->renewing,
        .n_former = state->restart.at == 0 ? 0 : (uint64_t)state->restart.former};
    const char *name, *text = next_step(&of, &name, state->arena);
    struct sheet *sheet;

    if (!state->context->machine) {
        report_note(state->context->report, text);
        return;
    }
    sheet = report_sheet(state->context->report, "next", NULL, SHEET_CARD, true, columns, 2);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, name);
    sheet_text(sheet, text);
}
