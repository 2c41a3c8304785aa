#include "figures/meetings.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"

static const char *starts_at(const struct book_entry *meeting)
{
    const char *text = book_text(meeting, "starts_at");

    return text == NULL ? "" : text;
}

int32_t meetings_day(const struct book_entry *meeting)
{
    return book_date(meeting, "starts_at");
}

int32_t meetings_day_or_end(const struct book_entry *meeting)
{
    int32_t day = meetings_day(meeting);

    return day == DATE_NONE ? INT32_MAX : day;
}

Concert__Meeting__Status meetings_status(const struct book_entry *meeting)
{
    int64_t status = book_number(meeting, "status", CONCERT__MEETING__STATUS__PLANNED);

    return status == CONCERT__MEETING__STATUS__HELD || status == CONCERT__MEETING__STATUS__CANCELLED
               ? (Concert__Meeting__Status)status
               : CONCERT__MEETING__STATUS__PLANNED;
}

const char *meetings_status_name(const struct book_entry *meeting)
{
    static const char *const names[] = {[CONCERT__MEETING__STATUS__PLANNED] = "planned",
        [CONCERT__MEETING__STATUS__HELD] = "held",
        [CONCERT__MEETING__STATUS__CANCELLED] = "cancelled"};

    return names[meetings_status(meeting)];
}

bool meetings_is_own(const struct book_entry *meeting)
{
    int64_t type = book_number(meeting, "type", CONCERT__MEETING__TYPE__REGULAR);

    return type == CONCERT__MEETING__TYPE__REGULAR || type == CONCERT__MEETING__TYPE__PLANNING_DAY;
}

/* Moments are ISO texts, which compare as such; "" is not known yet, and comes last. */
static int by_start(const void *a, const void *b)
{
    const struct book_entry *x = *(const struct book_entry *const *)a;
    const struct book_entry *y = *(const struct book_entry *const *)b;
    const char *one = starts_at(x), *two = starts_at(y);

    if ((*one == '\0') != (*two == '\0'))
        return *one == '\0' ? 1 : -1;
    return strcmp(one, two) != 0 ? strcmp(one, two) : memcmp(x->id, y->id, UUID_SIZE);
}

static bool in_scope(
    const struct book *book, const struct book_entry *meeting, const struct meetings_scope *scope)
{
    int32_t day = meetings_day(meeting);

    if (scope->party != NULL && book_follow(book, meeting, "party") != scope->party)
        return false;
    if (scope->from != DATE_NONE && (day == DATE_NONE || day < scope->from))
        return false;
    return scope->until == DATE_NONE || (day != DATE_NONE && day <= scope->until);
}

const struct book_entry *const *meetings_list(const struct book *book,
    const struct meetings_scope *scope, struct arena *arena, size_t *count_r)
{
    size_t all;
    const struct book_entry *const *meetings = book_list(book, CONCERT__KIND__MEETING, &all);
    const struct book_entry **found = arena_alloc(arena, (all + 1) * sizeof(*found));

    *count_r = 0;
    for (size_t i = 0; found != NULL && i < all; i++)
        if (in_scope(book, meetings[i], scope))
            found[(*count_r)++] = meetings[i];
    if (*count_r > 1)
        qsort(found, *count_r, sizeof(*found), by_start);
    return found;
}

const struct book_entry *meetings_next(
    const struct book *book, const struct book_entry *party, int32_t today)
{
    size_t count;
    const struct book_entry *const *meetings =
        book_children(book, party->id, CONCERT__KIND__MEETING, "party", &count);
    const struct book_entry *next = NULL;

    for (size_t i = 0; i < count; i++) {
        int32_t day = meetings_day(meetings[i]);

        if (meetings_status(meetings[i]) != CONCERT__MEETING__STATUS__PLANNED || day == DATE_NONE ||
            day < today)
            continue;
        if (next == NULL || by_start(&meetings[i], &next) < 0)
            next = meetings[i];
    }
    return next;
}

bool meetings_precedes(
    const struct book *book, const struct book_entry *earlier, const struct book_entry *later)
{
    const struct book_entry *party = book_follow(book, earlier, "party");

    return earlier != later && party != NULL && party == book_follow(book, later, "party") &&
           meetings_day(earlier) != DATE_NONE && by_start(&earlier, &later) < 0;
}

const struct book_entry *meetings_preparation(
    const struct book *book, const struct book_entry *meeting)
{
    size_t count;
    const struct book_entry *const *preparing =
        book_children(book, meeting->id, CONCERT__KIND__MEETING, "prepares", &count);

    for (size_t i = 0; i < count; i++) {
        int32_t day = meetings_day(preparing[i]);

        if (meetings_status(preparing[i]) != CONCERT__MEETING__STATUS__CANCELLED &&
            (meetings_day(meeting) == DATE_NONE ||
                (day != DATE_NONE && day <= meetings_day(meeting))))
            return preparing[i];
    }
    return NULL;
}
