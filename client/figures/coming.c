#include "figures/coming.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "figures/mandates.h"
#include "figures/tally.h"
#include "i18n.h"

#define BIT(value) (1u << (value))

/* A kind with a day of its own. */
struct dated {
    Concert__Kind kind;
    const char *field;
    const char *what;
    const char *status; /* field of a closed list; NULL: none */
    unsigned over;      /* its values with which the day no longer matters */
    const char *kept;   /* a date field that, once filled, says it was kept; NULL: none */
    bool passes;        /* once passed it is over, not late */
};

static const struct dated dates[] = {
    {CONCERT__KIND__SHARE, "due", N_("own day"), "status",
        BIT(CONCERT__SHARE__STATUS__DONE) | BIT(CONCERT__SHARE__STATUS__DROPPED) |
            BIT(CONCERT__SHARE__STATUS__NOT_APPLICABLE),
        NULL, false},
    {CONCERT__KIND__FOLLOW_UP, "until", N_("follow-up"), NULL, 0, "done_on", false},
    {CONCERT__KIND__MEETING, "starts_at", N_("meeting"), "status",
        BIT(CONCERT__MEETING__STATUS__HELD) | BIT(CONCERT__MEETING__STATUS__CANCELLED), NULL,
        false},
    {CONCERT__KIND__FUNDING_REQUEST, "decision_on", N_("answer awaited"), "status",
        BIT(CONCERT__FUNDING_REQUEST__STATUS__GRANTED) |
            BIT(CONCERT__FUNDING_REQUEST__STATUS__REFUSED),
        NULL, false},
    {CONCERT__KIND__ENVELOPE, "apply_by", N_("last day to apply"), NULL, 0, NULL, true},
    {CONCERT__KIND__PROJECT, "ends_on", N_("end of the project"), "status",
        BIT(CONCERT__PROJECT__STATUS__DONE) | BIT(CONCERT__PROJECT__STATUS__DROPPED), NULL, false},
    {CONCERT__KIND__AGREEMENT, "ends_on", N_("end of the agreement"), "status",
        BIT(CONCERT__AGREEMENT__STATUS__ENDED), NULL, true},
    {CONCERT__KIND__ACCOUNT, "expires", N_("end of the mandate"), NULL, 0, NULL, true},
    {CONCERT__KIND__MEMBERSHIP, "until", N_("end of the term"), NULL, 0, NULL, true},
};

/* What a record with deadlines is over by. */
static const struct dated bearers[] = {
    {.kind = CONCERT__KIND__MILESTONE,
        .status = "status",
        .over = BIT(CONCERT__MILESTONE__STATUS__DONE) | BIT(CONCERT__MILESTONE__STATUS__DROPPED)},
    {.kind = CONCERT__KIND__PROJECT,
        .status = "status",
        .over = BIT(CONCERT__PROJECT__STATUS__DONE) | BIT(CONCERT__PROJECT__STATUS__DROPPED)},
    {.kind = CONCERT__KIND__FUNDING_REQUEST,
        .status = "status",
        .over = BIT(CONCERT__FUNDING_REQUEST__STATUS__GRANTED) |
                BIT(CONCERT__FUNDING_REQUEST__STATUS__REFUSED)},
    {.kind = CONCERT__KIND__TRAINING_NEED,
        .status = "status",
        .over = BIT(CONCERT__TRAINING_NEED__STATUS__MET)},
};

struct finding {
    const struct book *book;
    const struct coming_scope *scope;
    struct arena *arena;
    struct coming *list;
    size_t count, room;
    bool full;
};

/* --- whose -------------------------------------------------------------------------------------
 */

static bool is_one_of(const struct coming_scope *scope, const uint8_t *party)
{
    for (size_t i = 0; party != NULL && i < scope->n_parties; i++)
        if (uuid_equal(scope->parties[i], party))
            return true;
    return false;
}

static bool names_one(const struct finding *to, const struct book_entry *entry, const char *field)
{
    return record_field(entry->kind, field) != NULL &&
           is_one_of(to->scope, record_reference(entry->body, entry->kind, field));
}

/* An account is of those for whom it speaks. */
static bool speaks_for_one(const struct finding *to, const struct book_entry *entry)
{
    for (size_t i = 0; entry->kind->id == CONCERT__KIND__ACCOUNT && i < to->scope->n_parties; i++)
        if (mandates_speaks(entry, to->scope->parties[i]))
            return true;
    return false;
}

/* A record is a party's when it owns it, is named in it, has a share of it or is a resource of it.
 */
static bool concerns(const struct finding *to, const struct book_entry *entry)
{
    static const Concert__Kind below[] = {CONCERT__KIND__SHARE, CONCERT__KIND__RESPONSIBILITY};
    static const char *const hooks[] = {"action", "subject"};

    if (to->scope->n_parties == 0 || speaks_for_one(to, entry) ||
        is_one_of(to->scope, entry->owner) || names_one(to, entry, "party") ||
        names_one(to, entry, "funder"))
        return true;
    for (size_t k = 0; k < sizeof(below) / sizeof(below[0]); k++) {
        size_t count;
        const struct book_entry *const *list =
            book_children(to->book, entry->id, below[k], hooks[k], &count);

        for (size_t i = 0; i < count; i++)
            if (names_one(to, list[i], "party"))
                return true;
    }
    return false;
}

/* --- finding -----------------------------------------------------------------------------------
 */

static void add(struct finding *to, struct coming coming)
{
    if (to->count == to->room) {
        size_t room = to->room == 0 ? 64 : 2 * to->room;
        struct coming *list = arena_alloc(to->arena, room * sizeof(*list));

        if (list == NULL) {
            to->full = true;
            return;
        }
        if (to->count > 0)
            memcpy(list, to->list, to->count * sizeof(*list));
        to->list = list;
        to->room = room;
    }
    to->list[to->count++] = coming;
}

static bool is_over(const struct dated *dated, const struct book_entry *entry)
{
    int64_t status = dated->status == NULL ? 0 : book_number(entry, dated->status, 0);

    if (entry->kind->id == CONCERT__KIND__ACCOUNT && book_number(entry, "active", 1) == 0)
        return true;
    return (status > 0 && (dated->over & BIT((unsigned)status)) != 0) ||
           (dated->kept != NULL && book_date(entry, dated->kept) != DATE_NONE);
}

static void take(struct finding *to, const struct book_entry *record,
    const struct book_entry *source, const char *what, int32_t day, bool passes)
{
    bool late = day != DATE_NONE && day < to->scope->today;

    if (day == DATE_NONE || day > to->scope->until || (late && passes) || !concerns(to, record))
        return;
    add(to, (struct coming){record, source, what, day, late});
}

static void take_dates(struct finding *to)
{
    for (size_t k = 0; k < sizeof(dates) / sizeof(dates[0]); k++) {
        size_t count;
        const struct book_entry *const *list = book_list(to->book, dates[k].kind, &count);

        for (size_t i = 0; i < count; i++)
            if (!is_over(&dates[k], list[i]))
                take(to, list[i], list[i], dates[k].what, book_date(list[i], dates[k].field),
                    dates[k].passes);
    }
}

/* An action is over when all of its counted shares are. */
static bool bearer_is_over(struct finding *to, const struct book_entry *bearer)
{
    const struct tally_scope scope = {.of = bearer};
    struct tally tally;

    for (size_t i = 0; i < sizeof(bearers) / sizeof(bearers[0]); i++)
        if (bearers[i].kind == bearer->kind->id)
            return is_over(&bearers[i], bearer);
    if (bearer->kind->id != CONCERT__KIND__ACTION)
        return false;
    if (!tally_sum(to->book, &scope, to->scope->today, to->arena, &tally)) {
        to->full = true;
        return true;
    }
    return tally.status == ROLLUP_DONE;
}

static void take_deadlines(struct finding *to)
{
    size_t count;
    const struct book_entry *const *list = book_list(to->book, CONCERT__KIND__DEADLINE, &count);

    for (size_t i = 0; i < count; i++) {
        const struct book_entry *bearer = book_follow(to->book, list[i], "subject");
        int32_t day = book_date(list[i], "latest");

        if (bearer != NULL && day != DATE_NONE && day <= to->scope->until &&
            book_number(list[i], "mode", 0) == CONCERT__DEADLINE__MODE__DATED &&
            book_date(list[i], "met_on") == DATE_NONE && !bearer_is_over(to, bearer))
            take(to, bearer, list[i], N_("deadline"), day, false);
    }
}

static int by_day(const void *a, const void *b)
{
    const struct coming *one = a, *two = b;

    if (one->day != two->day)
        return one->day < two->day ? -1 : 1;
    return strcmp(one->record->handle, two->record->handle);
}

const struct coming *coming_list(
    const struct book *book, const struct coming_scope *scope, struct arena *arena, size_t *count_r)
{
    static const struct coming none = {.day = DATE_NONE};
    struct finding to = {.book = book, .scope = scope, .arena = arena};

    *count_r = 0;
    take_dates(&to);
    take_deadlines(&to);
    if (to.full)
        return NULL;
    *count_r = to.count;
    if (to.count > 1)
        qsort(to.list, to.count, sizeof(*to.list), by_day);
    return to.count == 0 ? &none : to.list;
}
