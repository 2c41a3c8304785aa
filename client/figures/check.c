#include "figures/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "date.h"
#include "figures/check_find.h"
#include "i18n.h"

#define TEXT_SIZE 1024
#define LAST_MONTHS 18 /* a last year may be longer, up to this */

const struct check_rule check_rules[] = {
    {"contradiction", N_("Two plans that promise the same thing promise it as many times a year."),
        check_plan_contradiction},
    {"times", N_("An action has as many dates as its title promises times a year."),
        check_plan_dates},
    {"no_deadline", N_("Every action has a deadline."), check_plan_no_deadline},
    {"no_resource", N_("Every action has a resource."), check_plan_no_resource},
    {"unread", N_("Every deadline can be read as a date or a rhythm."), check_plan_unread},
    {"gap", N_("Numbers follow one another."), check_plan_gap},
    {"untouched", N_("Every committee updates its part."), check_plan_untouched},
    {"meetings", N_("A committee meets as often as it says."), check_meetings_party},
    {"prepared", N_("The support committee meets before each coordination meeting."),
        check_meetings_prepared},
    {"recurring", N_("What an action promises so many times a year is in the calendar."),
        check_meetings_recurring},
    {"by_date", N_("A meeting that an action announces is in the calendar."),
        check_meetings_by_date},
    {"bulletins", N_("What is to come out so many times a year is published or planned."),
        check_meetings_bulletins},
    {"past_meeting", N_("A meeting whose day has passed was held or cancelled."),
        check_meetings_past},
    {"minutes", N_("Minutes are adopted at the next meeting."), check_meetings_minutes},
    {"envelope_over", N_("No envelope grants more than it holds."), check_money_envelope},
    {"line_over", N_("No budget line costs more than planned."), check_money_line},
    {"project_over", N_("A project is not granted more than it plans."), check_money_project},
    {"spent_over", N_("A project spends no more than it was granted."), check_money_spent},
    {"granted_over", N_("No request is granted more than it asked."), check_money_granted},
    {"not_sought", N_("What a project plans is asked of somebody."), check_money_sought},
    {"no_envelope", N_("Every need of money has its envelope."), check_money_no_envelope},
    {"no_amount", N_("Every request says how much."), check_money_no_amount},
    {"to_verify", N_("Every entry of the directory was verified within a year."),
        check_network_directory},
    {"no_consent", N_("Every contact of the mailing list has consented."), check_network_consent},
    {"unmet_need", N_("Every training need has a meeting that meets it."), check_network_need},
    {"score", N_("Every criterion of an assessment has a score within the scale."),
        check_network_score},
    {"twice", N_("A figure of a territory, period and dimension is there once."),
        check_network_twice},
    {"incident", N_("The Commission is told of every serious incident."), check_network_incident},
};
const size_t check_rules_count = sizeof(check_rules) / sizeof(check_rules[0]);

/* --- for the rules -----------------------------------------------------------------------------
 */

void check_find_add(
    struct check *check, const struct book_entry *record, const char *promised, const char *found)
{
    if (check->count == check->room) {
        size_t room = check->room == 0 ? 32 : 2 * check->room;
        struct check_finding *findings = arena_alloc(check->arena, room * sizeof(*findings));

        if (findings == NULL) {
            check->full = true;
            return;
        }
        if (check->count > 0)
            memcpy(findings, check->findings, check->count * sizeof(*findings));
        check->findings = findings;
        check->room = room;
    }
    check->findings[check->count++] = (struct check_finding){check->rule, record, promised, found};
}

const char *check_find_text(struct check *check, const char *format, ...)
{
    char text[TEXT_SIZE];
    const char *copy;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    copy = arena_copy(check->arena, text, strlen(text));
    check->full = check->full || copy == NULL;
    return copy == NULL ? "" : copy;
}

const char *check_find_range(struct check *check, int64_t min, int64_t max)
{
    if (min == max || max < min)
        return check_find_text(check, "%lld", (long long)min);
    return check_find_text(check, _("%lld to %lld"), (long long)min, (long long)max);
}

/* The next plan of the same party, still being written: it promises nothing yet. */
static bool is_next_draft(const struct check *check, const struct book_entry *plan)
{
    const struct book_entry *parent = book_follow(check->book, plan, "parent");

    return parent != NULL && uuid_equal(parent->owner, plan->owner) &&
           book_number(plan, "status", 0) < CONCERT__PLAN__STATUS__ADOPTED;
}

bool check_find_open(const struct check *check, const struct book_entry *entry)
{
    const struct book_entry *plan = book_plan(check->book, entry);

    return plan == NULL || (book_number(plan, "status", 0) != CONCERT__PLAN__STATUS__CLOSED &&
                               (plan == check->scope->plan || !is_next_draft(check, plan)));
}

/* --- running -----------------------------------------------------------------------------------
 */

/* A plan of several years is looked at a year at a time, from the day on which it began. What is
 * left at its end, less than half a year, goes with the year before: nobody promises four meetings
 * for one month. */
static void find_year(struct check *check)
{
    int32_t start =
        check->scope->plan == NULL ? DATE_NONE : book_date(check->scope->plan, "starts_on");
    int32_t end = check->scope->plan == NULL ? DATE_NONE : book_date(check->scope->plan, "ends_on");

    check->from = start;
    check->until = end;
    if (start == DATE_NONE)
        return;
    while (date_add_months(check->from, 12) <= check->scope->today &&
           date_add_months(check->from, LAST_MONTHS) <= end)
        check->from = date_add_months(check->from, 12);
    if (date_add_months(check->from, LAST_MONTHS) <= end)
        check->until = date_add_months(check->from, 12) - 1;
}

const struct check_finding *check_run(const struct book *book, const struct check_scope *scope,
    const char *only, struct arena *arena, size_t *count_r)
{
    static const struct check_finding none = {.rule = NULL};
    struct check check = {.book = book, .scope = scope, .arena = arena};

    *count_r = 0;
    find_year(&check);
    for (size_t i = 0; i < check_rules_count; i++) {
        check.rule = &check_rules[i];
        if (only == NULL || strcmp(only, check.rule->name) == 0)
            check.rule->find(&check);
    }
    if (check.full)
        return NULL;
    *count_r = check.count;
    return check.count == 0 ? &none : check.findings;
}

const struct check_rule *check_rule_find(const char *name)
{
    char plain[64];
    size_t length = strlen(name);

    if (length >= sizeof(plain))
        return NULL;
    for (size_t i = 0; i <= length; i++)
        plain[i] = (char)(name[i] == '-' ? '_' : name[i]);
    for (size_t i = 0; i < check_rules_count; i++)
        if (strcmp(check_rules[i].name, plain) == 0)
            return &check_rules[i];
    return NULL;
}
