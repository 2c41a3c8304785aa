/* What grows old, lacks a word, or is there twice. */
#include "date.h"
#include "figures/check_find.h"
#include "figures/incidents.h"
#include "figures/potential.h"
#include "figures/resources.h"
#include "figures/training.h"
#include "i18n.h"

void check_network_directory(struct check *check)
{
    size_t count;
    const struct book_entry *const *list =
        book_list(check->book, CONCERT__KIND__DIRECTORY_ENTRY, &count);

    for (size_t i = 0; i < count; i++) {
        enum resources_state state = resources_state(list[i], check->scope->today);

        if (state != RESOURCES_CHECKED)
            check_find_add(check, list[i], _("within a year"),
                state == RESOURCES_NEVER ? _("never") : book_text(list[i], "checked_on"));
    }
}

void check_network_consent(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = book_list(check->book, CONCERT__KIND__CONTACT, &count);

    for (size_t i = 0; i < count; i++)
        if (book_date(list[i], "consent_on") == DATE_NONE)
            check_find_add(check, list[i], _("a consent"), _("no consent"));
}

void check_network_incident(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = book_list(check->book, CONCERT__KIND__INCIDENT, &count);

    for (size_t i = 0; i < count; i++)
        if (incidents_untold(list[i]))
            check_find_add(check, list[i], _("the Commission told"), _("no day for it"));
}

void check_network_need(struct check *check)
{
    size_t count;
    const struct book_entry *const *list =
        book_list(check->book, CONCERT__KIND__TRAINING_NEED, &count);

    for (size_t i = 0; i < count; i++)
        if (training_status(list[i]) != CONCERT__TRAINING_NEED__STATUS__MET &&
            book_follow(check->book, list[i], "meeting") == NULL)
            check_find_add(check, list[i], _("a meeting"), _("no meeting"));
}

/* --- assessments -------------------------------------------------------------------------------
 */

static void check_scores(struct check *check, const struct book_entry *assessment)
{
    const struct book_entry *form = book_follow(check->book, assessment, "form");
    size_t count, missing = 0;
    const struct book_entry *const *criteria =
        form == NULL ? NULL
                     : book_children(check->book, form->id, CONCERT__KIND__CRITERION, NULL, &count);

    for (size_t i = 0; criteria != NULL && i < count; i++) {
        const struct book_entry *score = potential_score(check->book, assessment, criteria[i]);
        int64_t min = book_number(form, "scale_min", 0), max = book_number(form, "scale_max", 1000);
        int64_t value = score == NULL ? min : book_number(score, "value", min);

        missing += score == NULL;
        if (value < min || value > max)
            check_find_add(check, score, check_find_range(check, min, max),
                check_find_text(check, "%lld", (long long)value));
    }
    if (missing > 0)
        check_find_add(check, assessment,
            check_find_text(check, ngettext("%zu criterion", "%zu criteria", count), count),
            check_find_text(
                check, ngettext("%zu score", "%zu scores", count - missing), count - missing));
}

void check_network_score(struct check *check)
{
    size_t count;
    const struct book_entry *const *list =
        book_list(check->book, CONCERT__KIND__ASSESSMENT, &count);

    for (size_t i = 0; i < count; i++)
        check_scores(check, list[i]);
}

/* --- figures that would be counted twice -------------------------------------------------------
 */

static bool same_field(
    const struct book_entry *one, const struct book_entry *two, const char *field)
{
    return record_same(one->body, two->body, record_field(one->kind, field));
}

static bool same_place(const struct book_entry *one, const struct book_entry *two)
{
    static const char *const fields[] = {
        "indicator", "territory", "area", "period_start", "period_end", "dimension_values"};

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (!same_field(one, two, fields[i]))
            return false;
    return true;
}

void check_network_twice(struct check *check)
{
    size_t n_indicators, count;
    const struct book_entry *const *indicators =
        book_list(check->book, CONCERT__KIND__INDICATOR, &n_indicators);

    for (size_t k = 0; k < n_indicators; k++) {
        const struct book_entry *const *list =
            book_children(check->book, indicators[k]->id, CONCERT__KIND__OBSERVATION, NULL, &count);

        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (same_place(list[i], list[j])) {
                    check_find_add(check, list[i], list[j]->handle, list[i]->handle);
                    break;
                }
    }
}
