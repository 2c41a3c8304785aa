#include "figures/year.h"

#include "date.h"

/* The plan that says when the year begins: annual and of the region, the one that holds the day or
 * else the newest. */
static const struct book_entry *ruling(const struct book *book, int32_t day)
{
    size_t count;
    const struct book_entry *const *plans = book_list(book, CONCERT__KIND__PLAN, &count);
    const struct book_entry *best = NULL;

    for (size_t i = 0; i < count; i++) {
        int32_t starts = book_date(plans[i], "starts_on"), ends = book_date(plans[i], "ends_on");

        if (book_number(plans[i], "type", 0) != CONCERT__PLAN__TYPE__ANNUAL ||
            book_follow(book, plans[i], "parent") != NULL || starts == DATE_NONE)
            continue;
        if (starts <= day && day <= ends)
            return plans[i];
        if (best == NULL || starts > book_date(best, "starts_on"))
            best = plans[i];
    }
    return best;
}

/* The twelve months that begin in `calendar_year` on the same day as the plan. */
static struct year beginning(const struct book_entry *plan, int calendar_year)
{
    int month = 1, day = 1;
    int32_t first;

    if (plan != NULL)
        date_to_civil(book_date(plan, "starts_on"), NULL, &month, &day);
    if (day > date_month_length(calendar_year, month))
        day = date_month_length(calendar_year, month);
    first = date_from_civil(calendar_year, month, day);
    return (struct year){first, date_add_months(first, 12) - 1};
}

struct year year_of(const struct book *book, int32_t day)
{
    const struct book_entry *plan = ruling(book, day);
    int calendar_year = 1970;
    struct year year;

    date_to_civil(day, &calendar_year, NULL, NULL);
    year = beginning(plan, calendar_year);
    return day < year.first ? beginning(plan, calendar_year - 1) : year;
}

struct year year_from(const struct book *book, int calendar_year)
{
    struct year first = beginning(NULL, calendar_year);

    return beginning(ruling(book, first.last), calendar_year);
}

struct year year_before(struct year year)
{
    return (struct year){date_add_months(year.first, -12), year.first - 1};
}

const char *year_name(struct year year, struct arena *arena)
{
    int first = 0, last = 0;

    date_to_civil(year.first, &first, NULL, NULL);
    date_to_civil(year.last, &last, NULL, NULL);
    return first == last ? arena_printf(arena, "%d", first)
                         : arena_printf(arena, "%d-%d", first, last);
}
