/* Promises of meetings and of bulletins against the calendar. */
#include <string.h>

#include "date.h"
#include "figures/check_find.h"
#include "figures/due.h"
#include "figures/meetings.h"
#include "figures/meetings_count.h"
#include "figures/promise.h"
#include "i18n.h"
#include "text.h"

/* Words that two titles must share to be about the same thing: one alone is chance. */
#define SAME_THING 2

/* --- against the calendar ----------------------------------------------------------------------
 */

/* What committees promise, or what actions' deadlines do, and is not kept. */
static void find_counts(struct check *check, bool of_actions)
{
    size_t count = 0;
    const struct meetings_count *list =
        meetings_count_all(check->book, check->from, check->until, check->arena, &count);

    check->full = check->full || list == NULL;
    for (size_t i = 0; list != NULL && i < count; i++) {
        const struct meetings_count *of = &list[i];
        size_t found = of->held + of->planned;

        if ((of->action != NULL) != of_actions || of->min < 0 ||
            (meetings_count_lacking(of) == 0 && !meetings_count_exceeds(of)))
            continue;
        check_find_add(check, of_actions ? of->action : of->party,
            of_actions && of->deadline != NULL
                ? due_one(of->deadline, check->arena)
                : check_find_text(check, _("%s a year"), check_find_range(check, of->min, of->max)),
            check_find_text(
                check, ngettext("%zu held or planned", "%zu held or planned", found), found));
    }
}

void check_meetings_party(struct check *check)
{
    if (check->from != DATE_NONE)
        find_counts(check, false);
}

void check_meetings_recurring(struct check *check)
{
    if (check->from != DATE_NONE)
        find_counts(check, true);
}

void check_meetings_prepared(struct check *check)
{
    size_t count = 0;
    const struct book_entry *const *list = check->from == DATE_NONE
                                               ? NULL
                                               : meetings_count_unprepared(check->book, check->from,
                                                     check->until, check->arena, &count);

    for (size_t i = 0; list != NULL && i < count; i++)
        check_find_add(check, list[i], _("a support meeting before it"), _("no meeting"));
}

void check_meetings_by_date(struct check *check)
{
    size_t count = 0;
    const struct meetings_day *list =
        check->from == DATE_NONE
            ? NULL
            : meetings_count_days(check->book, check->from, check->until, check->arena, &count);

    for (size_t i = 0; list != NULL && i < count; i++)
        if (list[i].meeting == NULL && book_date(list[i].deadline, "met_on") == DATE_NONE)
            check_find_add(
                check, list[i].action, due_one(list[i].deadline, check->arena), _("no meeting"));
}

/* --- bulletins ---------------------------------------------------------------------------------
 */

static bool speaks_of_meetings(const char *title)
{
    char folded[1024];

    text_fold(title, folded, sizeof(folded));
    return strstr(folded, "rencontre") != NULL || strstr(folded, "meeting") != NULL;
}

/* Those of the action, and those of another plan's action about the same thing. */
static int count_published(const struct check *check, const struct book_entry *action)
{
    size_t count;
    const struct book_entry *const *list =
        book_list(check->book, CONCERT__KIND__PUBLICATION, &count);
    int found = 0;

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *of = book_follow(check->book, list[i], "action");
        int32_t day = book_date(list[i], "published_on");

        if (of != NULL && (of == action || promise_common(book_text(of, "title"),
                                               book_text(action, "title")) >= SAME_THING))
            found += day == DATE_NONE || (day >= check->from && day <= check->until);
    }
    return found;
}

void check_meetings_bulletins(struct check *check)
{
    size_t count;
    const struct book_entry *const *list = book_list(check->book, CONCERT__KIND__ACTION, &count);
    int min, max;

    for (size_t i = 0; check->from != DATE_NONE && i < count; i++) {
        const char *title = book_text(list[i], "title");
        int found;

        if (!check_find_open(check, list[i]) || speaks_of_meetings(title) ||
            !promise_times(title, &min, &max))
            continue;
        found = count_published(check, list[i]);
        if (found < min || found > max)
            check_find_add(check, list[i],
                check_find_text(check, _("%s a year"), check_find_range(check, min, max)),
                check_find_text(check,
                    ngettext(
                        "%d published or planned", "%d published or planned", (unsigned long)found),
                    found));
    }
}

/* --- what was left open ------------------------------------------------------------------------
 */

void check_meetings_past(struct check *check)
{
    struct meetings_scope scope = {.from = DATE_NONE, .until = check->scope->today - 1};
    size_t count = 0;
    const struct book_entry *const *list = meetings_list(check->book, &scope, check->arena, &count);

    check->full = check->full || list == NULL;
    for (size_t i = 0; list != NULL && i < count; i++)
        if (meetings_status(list[i]) == CONCERT__MEETING__STATUS__PLANNED)
            check_find_add(check, list[i], _("held or cancelled"), _("still planned"));
}

static bool is_held(const struct book_entry *meeting)
{
    return meetings_status(meeting) == CONCERT__MEETING__STATUS__HELD && meetings_is_own(meeting);
}

/* The next own meeting of the same committee that was held; NULL: none yet. `list` is by day. */
static const struct book_entry *next_held(const struct check *check,
    const struct book_entry *const *list, size_t count, const struct book_entry *meeting)
{
    for (size_t i = 0; i < count; i++)
        if (is_held(list[i]) && meetings_precedes(check->book, meeting, list[i]))
            return list[i];
    return NULL;
}

void check_meetings_minutes(struct check *check)
{
    struct meetings_scope scope = {.from = DATE_NONE, .until = DATE_NONE};
    size_t count = 0;
    const struct book_entry *const *list = meetings_list(check->book, &scope, check->arena, &count);

    check->full = check->full || list == NULL;
    for (size_t i = 0; list != NULL && i < count; i++) {
        const struct book_entry *next;

        if (!is_held(list[i]) ||
            book_number(list[i], "minutes_status", 0) == CONCERT__MEETING__MINUTES_STATUS__ADOPTED)
            continue;
        next = next_held(check, list, count, list[i]);
        if (next != NULL)
            check_find_add(check, list[i], check_find_text(check, _("adopted at %s"), next->handle),
                _("not adopted"));
    }
}
