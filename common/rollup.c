#include "rollup.h"

#include "date.h"

#define STALE_MONTHS 6

/* Where a share's status is counted, and what it adds. One row per status of records.proto. */
struct status_row {
    Concert__Share__Status status;
    size_t offset; /* of its counter in struct rollup */
    bool counts;
};

static const struct status_row statuses[] = {
    {CONCERT__SHARE__STATUS__NOT_STARTED, offsetof(struct rollup, not_started), true},
    {CONCERT__SHARE__STATUS__UNDER_WAY, offsetof(struct rollup, under_way), true},
    {CONCERT__SHARE__STATUS__BLOCKED, offsetof(struct rollup, blocked), true},
    {CONCERT__SHARE__STATUS__DONE, offsetof(struct rollup, done), true},
    {CONCERT__SHARE__STATUS__SUSPENDED, offsetof(struct rollup, suspended), true},
    {CONCERT__SHARE__STATUS__DROPPED, offsetof(struct rollup, dropped), false},
    {CONCERT__SHARE__STATUS__NOT_APPLICABLE, offsetof(struct rollup, not_applicable), false},
};

/* A status of a later version counts as not started: it is neither done nor given up. */
static const struct status_row *status_row(Concert__Share__Status status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return &statuses[i];
    return &statuses[0];
}

static uint32_t share_percent(const struct rollup_share *share)
{
    if (share->status == CONCERT__SHARE__STATUS__DONE || share->percent > 100)
        return 100;
    return share->percent;
}

void rollup_add(struct rollup *rollup, const struct rollup_share *share, uint32_t action_weight)
{
    const struct status_row *row = status_row(share->status);
    uint64_t weight = (uint64_t)share->weight * action_weight;

    *(size_t *)(void *)((char *)rollup + row->offset) += 1;
    if (!row->counts)
        return;
    rollup->counted++;
    rollup->weight += weight;
    rollup->points += weight * share_percent(share);
}

void rollup_add_outside(struct rollup *rollup, const struct rollup_share *share)
{
    const struct status_row *row = status_row(share->status);

    /* What its committee gave up is said to be so, even where nothing would have counted. */
    if (row->counts)
        rollup->outside++;
    else
        *(size_t *)(void *)((char *)rollup + row->offset) += 1;
}

void rollup_merge(struct rollup *rollup, const struct rollup *other)
{
    rollup->points += other->points;
    rollup->weight += other->weight;
    rollup->counted += other->counted;
    rollup->outside += other->outside;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        *(size_t *)(void *)((char *)rollup + statuses[i].offset) +=
            *(const size_t *)(const void *)((const char *)other + statuses[i].offset);
}

int rollup_percent(const struct rollup *rollup)
{
    uint64_t percent;

    if (rollup->weight == 0)
        return -1;
    percent = (2 * rollup->points + rollup->weight) / (2 * rollup->weight);
    return percent >= 100 && rollup->done < rollup->counted ? 99 : (int)percent;
}

static bool is_late(const struct rollup_deadline *deadlines, size_t n_deadlines, int32_t today)
{
    for (size_t i = 0; i < n_deadlines; i++)
        if (deadlines[i].mode == CONCERT__DEADLINE__MODE__DATED && !deadlines[i].met &&
            deadlines[i].latest != DATE_NONE && deadlines[i].latest < today)
            return true;
    return false;
}

enum rollup_status rollup_action_status(const struct rollup_share *shares, size_t n_shares,
    const struct rollup_deadline *deadlines, size_t n_deadlines, int32_t today)
{
    struct rollup sum = {0};
    bool begun = false;

    for (size_t i = 0; i < n_shares; i++) {
        rollup_add(&sum, &shares[i], 1);
        begun |= status_row(shares[i].status)->counts && share_percent(&shares[i]) > 0;
    }
    if (sum.counted > 0 && sum.done == sum.counted)
        return ROLLUP_DONE;
    if (is_late(deadlines, n_deadlines, today))
        return ROLLUP_LATE;
    if (sum.counted == 0)
        return ROLLUP_NOTHING;
    if (sum.blocked > 0)
        return ROLLUP_BLOCKED;
    /* One share done of several is work under way, though no share has that word. */
    return begun || sum.under_way > 0 ? ROLLUP_UNDER_WAY : ROLLUP_NOT_STARTED;
}

bool rollup_is_continuous(const struct rollup_deadline *deadlines, size_t n_deadlines)
{
    bool continuous = false;

    for (size_t i = 0; i < n_deadlines; i++) {
        if (deadlines[i].mode == CONCERT__DEADLINE__MODE__DATED)
            return false;
        continuous |= deadlines[i].mode == CONCERT__DEADLINE__MODE__CONTINUOUS ||
                      deadlines[i].mode == CONCERT__DEADLINE__MODE__AS_NEEDED;
    }
    return continuous;
}

bool rollup_is_stale(int32_t last, int32_t today)
{
    return last == DATE_NONE || date_add_months(last, STALE_MONTHS) < today;
}
