#include "input/year.h"

#include <stdlib.h>

#include "date.h"
#include "i18n.h"
#include "input/pick.h"

#define MONTHS 12
#define MONTHS_MOST 18 /* a plan of a year may begin a little early */
#define FIRST_MONTH 4  /* of the Consortium's year, where no plan says so */

/* The annual plan that begins that year. */
static const struct book_entry *plan_of(const struct book *book, int year)
{
    size_t count;
    const struct book_entry *const *plans = book_list(book, CONCERT__KIND__PLAN, &count);
    int its = 0;

    for (size_t i = 0; i < count; i++)
        if (book_number(plans[i], "type", 0) == CONCERT__PLAN__TYPE__ANNUAL &&
            date_to_civil(book_date(plans[i], "starts_on"), &its, NULL, NULL) && its == year)
            return plans[i];
    return NULL;
}

/* The year in which the day is. */
static int year_of(int32_t day)
{
    int year = 0, month = 0;

    date_to_civil(day, &year, &month, NULL);
    return year - (month < FIRST_MONTH);
}

static bool read_number(
    struct context *context, const char *text, int *year_r, enum command_exit *code_r)
{
    char *rest = NULL;
    long year = strtol(text, &rest, 10), next = year + 1;

    if (*rest == '-' && rest[1] >= '0' && rest[1] <= '9')
        next = strtol(rest + 1, &rest, 10);
    if (year >= 1900 && year <= 2999 && next == year + 1 && *rest == '\0') {
        *year_r = (int)year;
        return true;
    }
    *code_r = command_say(
        context, COMMAND_USAGE, _("“%s” is not a year. Write for instance 2009-2010."), text);
    return false;
}

bool year_read(
    struct context *context, int32_t *from_r, int32_t *until_r, enum command_exit *code_r)
{
    const char *text = command_option(context, "year");
    const struct book_entry *plan = NULL;
    int year = year_of(context->today);
    int32_t ends;
    size_t count;

    if (text != NULL && !read_number(context, text, &year, code_r))
        return false;
    book_list(context->book, CONCERT__KIND__PLAN, &count);
    if (text != NULL || count == 0)
        plan = plan_of(context->book, year);
    else
        plan = pick_plan(context, NULL, code_r);
    *from_r = plan == NULL ? date_from_civil(year, FIRST_MONTH, 1) : book_date(plan, "starts_on");
    *until_r = date_add_months(*from_r, MONTHS) - 1;
    ends = plan == NULL ? *until_r : book_date(plan, "ends_on");
    if (ends < date_add_months(*from_r, MONTHS_MOST))
        *until_r = ends;
    return true;
}
