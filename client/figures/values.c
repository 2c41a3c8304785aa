#include "figures/values.h"

#include "date.h"

/* The enum's values are the levels' but for what is not said. */
static enum values_level level_of(const struct book_entry *review)
{
    return review == NULL ? VALUES_UNSAID
                          : (enum values_level)book_number(review, "integrates", VALUES_UNSAID);
}

/* A period; what has no day is in one without a beginning. */
static bool holds(struct year period, const struct book_entry *review)
{
    int32_t day = book_date(review, "reviewed_on");

    return (day == DATE_NONE || day >= period.first) && day <= period.last &&
           (day != DATE_NONE || period.first == DATE_NONE);
}

/* The party's newest analysis in the period; *count_r how many there are. */
static const struct book_entry *latest(
    const struct book *book, const struct book_entry *party, struct year period, size_t *count_r)
{
    size_t count;
    const struct book_entry *const *reviews =
        book_children(book, party->id, CONCERT__KIND__PLAN_REVIEW, "party", &count);
    const struct book_entry *newest = NULL;

    *count_r = 0;
    for (size_t i = 0; i < count; i++) {
        if (!holds(period, reviews[i]))
            continue;
        (*count_r)++;
        if (newest == NULL ||
            book_date(reviews[i], "reviewed_on") >= book_date(newest, "reviewed_on"))
            newest = reviews[i];
    }
    return newest;
}

static void count_in(struct values_balance *balance, const struct book *book,
    const struct book_entry *party, struct year period)
{
    size_t documents;
    const struct book_entry *review = latest(book, party, period, &documents);

    if (review == NULL)
        return;
    balance->parties[level_of(review)]++;
    balance->analysed++;
    balance->documents += documents;
}

static size_t count_undated(const struct book *book)
{
    size_t count, undated = 0;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__PLAN_REVIEW, &count);

    for (size_t i = 0; i < count; i++)
        undated += book_date(all[i], "reviewed_on") == DATE_NONE;
    return undated;
}

bool values_read(const struct book *book, struct year year, int32_t day, struct arena *arena,
    struct values *values_r)
{
    size_t count, documents;
    const struct book_entry *const *all = book_list(book, CONCERT__KIND__PARTY, &count);
    struct values_party *parties = arena_alloc(arena, (count + 1) * sizeof(*parties));
    const struct year now = {year.first, day < year.last ? day : year.last};
    const struct year ever = {DATE_NONE, now.last}, before = {DATE_NONE, year.first - 1};

    *values_r = (struct values){.year = year, .parties = parties, .undated = count_undated(book)};
    for (size_t i = 0; parties != NULL && i < count; i++) {
        struct values_party *to = &parties[values_r->count];

        *to = (struct values_party){.party = all[i]};
        to->before = level_of(latest(book, all[i], before, &documents));
        to->latest = latest(book, all[i], ever, &to->documents);
        to->level = level_of(to->latest);
        count_in(&values_r->now, book, all[i], now);
        count_in(&values_r->last, book, all[i], year_before(year));
        count_in(&values_r->ever, book, all[i], ever);
        if (to->latest == NULL && book_number(all[i], "type", 0) != CONCERT__PARTY__TYPE__PARTNER)
            continue;
        values_r->never += to->latest == NULL;
        values_r->count++;
    }
    return parties != NULL;
}
