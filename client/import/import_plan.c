#include "import/import_plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "i18n.h"
#include "import/import_draft.h"
#include "import/import_party.h"
#include "schedule.h"

#define FISCAL_MONTH 4 /* the Consortium's years run from April to March */

struct years {
    int first, last; /* 0: unknown */
};

struct span {
    int32_t from, until; /* DATE_NONE: nothing yet */
};

struct draft *import_plan_find(struct import *import, const char *words)
{
    struct draft *found = import_draft_find(import->drafts, CONCERT__KIND__PLAN, NULL, words);
    const struct book_entry *entry, *near[1];
    size_t n_near;

    if (found != NULL)
        return found;
    if (book_find(import->book, words, KIND_BIT(PLAN), import->options.today, &entry, near, 1,
            &n_near) != BOOK_FOUND)
        return NULL;
    return import_draft_get(import->drafts, entry->id);
}

/* A year of four digits at the start of the text, 0 when there is none. */
static int year_at(const char *text)
{
    for (size_t i = 0; i < 4; i++)
        if (!isdigit((unsigned char)text[i]))
            return 0;
    if (isdigit((unsigned char)text[4]) ||
        (strncmp(text, "19", 2) != 0 && strncmp(text, "20", 2) != 0))
        return 0;
    return atoi(text);
}

/* "2009-2010" or "2009" anywhere in a text. */
static struct years find_years(const char *text)
{
    struct years years = {0, 0};

    for (size_t i = 0; text[i] != '\0' && years.first == 0; i++) {
        if (i > 0 && isdigit((unsigned char)text[i - 1]))
            continue;
        years.first = year_at(text + i);
        if (years.first != 0)
            years.last = text[i + 4] != '\0' ? year_at(text + i + 5) : 0;
    }
    if (years.last < years.first)
        years.last = years.first;
    return years;
}

static const char *years_text(struct import *import, struct years years)
{
    return years.first == years.last ? import_work_text(import, "%d", years.first)
                                     : import_work_text(import, "%d-%d", years.first, years.last);
}

static void widen(struct span *span, int32_t from, int32_t until)
{
    if (from != DATE_NONE && (span->from == DATE_NONE || from < span->from))
        span->from = from;
    if (until != DATE_NONE && (span->until == DATE_NONE || until > span->until))
        span->until = until;
}

/* Whole months, so that one deadline on the 2nd of June does not make a plan begin on that day. */
static void widen_by_deadline(const struct schedule *part, void *arg)
{
    int year, month;

    if (part->mode != SCHEDULE_DATED || part->precision == SCHEDULE_SPAN ||
        part->precision == SCHEDULE_YEAR)
        return;
    if (date_to_civil(part->earliest, &year, &month, NULL))
        widen(arg, date_from_civil(year, month, 1), DATE_NONE);
    if (date_to_civil(part->latest, &year, &month, NULL))
        widen(arg, DATE_NONE, date_from_civil(year, month, date_month_length(year, month)));
}

/* The Consortium's year or years, made wide enough for the deadlines that the file gives. */
static struct span find_span(const struct import_row *row, struct years years, size_t deadlines)
{
    struct span span = {DATE_NONE, DATE_NONE};
    struct import_row each = *row;

    if (years.first != 0 && years.first == years.last)
        widen(&span, date_from_civil(years.first, 1, 1), date_from_civil(years.last, 12, 31));
    else if (years.first != 0)
        widen(&span, date_from_civil(years.first, FISCAL_MONTH, 1),
            date_from_civil(years.last, FISCAL_MONTH, 1) - 1);
    for (each.row = 1; each.row < csvfile_rows(row->file->table); each.row++)
        schedule_split(import_work_cell(&each, deadlines), widen_by_deadline, &span);
    if (row->import->options.from != DATE_NONE)
        span.from = row->import->options.from;
    if (row->import->options.until != DATE_NONE)
        span.until = row->import->options.until;
    return span;
}

static void set_date(
    const struct import_row *row, struct fields_patch *patch, const char *field, int32_t day)
{
    char text[11];

    date_format(day, text);
    import_work_set(row, patch, field, text);
}

static struct draft *make(const struct import_row *row, const struct import_plan_form *form,
    const char *title, struct years years)
{
    struct span span = find_span(row, years, form->deadlines);
    struct draft *party = import_party_consortium(row->import);
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__PLAN);
    Concert__Plan__Type type = form->type;

    if (party == NULL) {
        import_work_refuse(row, SIZE_MAX,
            _("No party of type staff is known to own the plan. Synchronize this copy first."));
        return NULL;
    }
    if (span.from == DATE_NONE || span.until == DATE_NONE || span.from > span.until) {
        import_work_refuse(row, SIZE_MAX,
            _("When does the plan “%s” begin and end? Say it with --from and --until."), title);
        return NULL;
    }
    if (type == 0)
        type = years.last - years.first >= 2 ? CONCERT__PLAN__TYPE__TRIENNIAL
                                             : CONCERT__PLAN__TYPE__ANNUAL;
    import_work_set(row, &patch, "title", title);
    import_work_number(row, &patch, "type", type);
    import_work_refer(row, &patch, "party", party);
    set_date(row, &patch, "starts_on", span.from);
    set_date(row, &patch, "ends_on", span.until);
    return import_draft_take(row, SIZE_MAX, &patch);
}

/* Of a plan that is known nothing is changed but the dates that were asked for. */
static struct draft *claim(const struct import_row *row, struct draft *plan)
{
    struct fields_patch patch = import_work_begin(row, CONCERT__KIND__PLAN);

    if (row->import->options.from != DATE_NONE)
        set_date(row, &patch, "starts_on", row->import->options.from);
    if (row->import->options.until != DATE_NONE)
        set_date(row, &patch, "ends_on", row->import->options.until);
    import_draft_claim(row, SIZE_MAX, plan, &patch);
    return plan;
}

struct draft *import_plan_take(const struct import_row *row, const struct import_plan_form *form)
{
    struct import *import = row->import;
    const char *words = import->options.years != NULL ? import->options.years : row->file->name;
    struct years years = find_years(words);
    const char *title = form->asked;
    struct draft *plan;

    if (title == NULL && years.first != 0)
        title = import_work_text(import, "%s %s", form->title, years_text(import, years));
    if (title == NULL) {
        import_work_refuse(row, SIZE_MAX,
            _("The file's name does not tell the plan's years. Say them with --year 2009-2010, or "
              "the plan's title with --plan TITLE."));
        return NULL;
    }
    plan = import_plan_find(import, title);
    if (plan == NULL)
        plan = make(row, form, title, years.first != 0 ? years : find_years(title));
    else if (plan->wanted == NULL || plan->entry != NULL)
        claim(row, plan);
    if (plan != NULL)
        import_draft_cover(row, plan, KIND_BIT(OBJECTIVE) | KIND_BIT(ACTION));
    return plan;
}
