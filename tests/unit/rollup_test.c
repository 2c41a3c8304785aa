#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "rollup.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHARE(word, percent_, weight_)                                                             \
    {                                                                                              \
        .status = CONCERT__SHARE__STATUS__##word, .percent = (percent_), .weight = (weight_)       \
    }
#define DEADLINE(word, latest_, met_)                                                              \
    {                                                                                              \
        .mode = CONCERT__DEADLINE__MODE__##word, .latest = (latest_), .met = (met_)                \
    }

static struct rollup sum_of(const struct rollup_share *shares, size_t count, uint32_t weight)
{
    struct rollup sum = {0};

    for (size_t i = 0; i < count; i++)
        rollup_add(&sum, &shares[i], weight);
    return sum;
}

static void mean_follows_weights(void **state)
{
    static const struct rollup_share shares[] = {
        SHARE(UNDER_WAY, 50, 1), SHARE(BLOCKED, 10, 3), SHARE(DONE, 0, 1)};
    struct rollup sum = sum_of(shares, COUNT(shares), 2);

    (void)state;
    assert_int_equal(sum.points, 2 * (50 + 30 + 100));
    assert_int_equal(sum.weight, 10);
    assert_int_equal(sum.counted, 3);
    assert_int_equal(sum.done, 1);
    assert_int_equal(sum.blocked, 1);
    assert_int_equal(rollup_percent(&sum), 36);
}

static void dropped_and_not_applicable_are_left_out(void **state)
{
    static const struct rollup_share shares[] = {
        SHARE(UNDER_WAY, 40, 1), SHARE(DROPPED, 90, 5), SHARE(NOT_APPLICABLE, 0, 5)};
    struct rollup sum = sum_of(shares, COUNT(shares), 1);

    (void)state;
    assert_int_equal(rollup_percent(&sum), 40);
    assert_int_equal(sum.counted, 1);
    assert_int_equal(sum.dropped, 1);
    assert_int_equal(sum.not_applicable, 1);
}

static void rounds_half_up(void **state)
{
    static const struct rollup_share half[] = {SHARE(UNDER_WAY, 0, 1), SHARE(UNDER_WAY, 25, 1)};
    static const struct rollup_share third[] = {
        SHARE(UNDER_WAY, 0, 1), SHARE(UNDER_WAY, 0, 1), SHARE(UNDER_WAY, 40, 1)};
    struct rollup sum = sum_of(half, COUNT(half), 1);

    (void)state;
    assert_int_equal(rollup_percent(&sum), 13);
    sum = sum_of(third, COUNT(third), 1);
    assert_int_equal(rollup_percent(&sum), 13);
}

static void a_hundred_means_that_all_is_done(void **state)
{
    static const struct rollup_share nearly[] = {SHARE(DONE, 0, 999), SHARE(UNDER_WAY, 99, 1)};
    static const struct rollup_share said[] = {SHARE(UNDER_WAY, 100, 1)};
    static const struct rollup_share weightless[] = {SHARE(DONE, 0, 1), SHARE(NOT_STARTED, 0, 0)};
    static const struct rollup_share done[] = {SHARE(DONE, 3, 1), SHARE(DROPPED, 0, 1)};
    struct rollup sum = sum_of(nearly, COUNT(nearly), 1);

    (void)state;
    assert_int_equal(rollup_percent(&sum), 99);
    sum = sum_of(said, COUNT(said), 1);
    assert_int_equal(rollup_percent(&sum), 99);
    sum = sum_of(weightless, COUNT(weightless), 1);
    assert_int_equal(rollup_percent(&sum), 99);
    sum = sum_of(done, COUNT(done), 1);
    assert_int_equal(rollup_percent(&sum), 100);
}

static void nothing_that_counts_has_no_percent(void **state)
{
    static const struct rollup_share out[] = {SHARE(DROPPED, 10, 1)};
    static const struct rollup_share zero[] = {SHARE(UNDER_WAY, 10, 0)};
    struct rollup sum = {0};

    (void)state;
    assert_int_equal(rollup_percent(&sum), -1);
    sum = sum_of(out, COUNT(out), 1);
    assert_int_equal(rollup_percent(&sum), -1);
    sum = sum_of(zero, COUNT(zero), 1);
    assert_int_equal(rollup_percent(&sum), -1);
}

static void merging_is_adding(void **state)
{
    static const struct rollup_share a[] = {SHARE(UNDER_WAY, 50, 1), SHARE(SUSPENDED, 20, 2)};
    static const struct rollup_share b[] = {SHARE(DONE, 0, 4), SHARE(NOT_STARTED, 0, 1)};
    struct rollup one = sum_of(a, COUNT(a), 1);
    struct rollup two = sum_of(b, COUNT(b), 3);
    struct rollup outside = {0};

    (void)state;
    rollup_add_outside(&outside, &a[0]);
    rollup_merge(&one, &two);
    rollup_merge(&one, &outside);
    assert_int_equal(one.points, 50 + 40 + 1200);
    assert_int_equal(one.weight, 3 + 15);
    assert_int_equal(one.counted, 4);
    assert_int_equal(one.suspended, 1);
    assert_int_equal(one.outside, 1);
    assert_int_equal(rollup_percent(&one), 72);
}

static void outside_still_tells_what_was_dropped(void **state)
{
    static const struct rollup_share dropped = SHARE(DROPPED, 10, 1);
    struct rollup sum = {0};

    (void)state;
    rollup_add_outside(&sum, &dropped);
    assert_int_equal(sum.outside, 0);
    assert_int_equal(sum.dropped, 1);
    assert_int_equal(sum.weight, 0);
}

static void late_only_after_the_latest_day(void **state)
{
    static const struct rollup_share share = SHARE(UNDER_WAY, 50, 1);
    static const struct rollup_deadline deadline = DEADLINE(DATED, 1000, false);

    (void)state;
    assert_int_equal(rollup_action_status(&share, 1, &deadline, 1, 1000), ROLLUP_UNDER_WAY);
    assert_int_equal(rollup_action_status(&share, 1, &deadline, 1, 1001), ROLLUP_LATE);
    assert_int_equal(rollup_action_status(NULL, 0, &deadline, 1, 1001), ROLLUP_LATE);
    assert_int_equal(rollup_action_status(NULL, 0, &deadline, 1, 999), ROLLUP_NOTHING);
}

static void met_done_and_undated_are_never_late(void **state)
{
    static const struct rollup_share share = SHARE(UNDER_WAY, 50, 1);
    static const struct rollup_share done[] = {SHARE(DONE, 100, 1), SHARE(DROPPED, 0, 1)};
    static const struct rollup_deadline met = DEADLINE(DATED, 1000, true);
    static const struct rollup_deadline past = DEADLINE(DATED, 1000, false);
    static const struct rollup_deadline others[] = {DEADLINE(RECURRING, 1000, false),
        DEADLINE(CONTINUOUS, 1000, false), DEADLINE(AS_NEEDED, 1000, false),
        DEADLINE(BY_CALENDAR, 1000, false), DEADLINE(TO_BE_SET, 1000, false),
        {.mode = (Concert__Deadline__Mode)0, .latest = 1000}, DEADLINE(DATED, DATE_NONE, false)};

    (void)state;
    assert_int_equal(rollup_action_status(&share, 1, &met, 1, 2000), ROLLUP_UNDER_WAY);
    assert_int_equal(rollup_action_status(done, 2, &past, 1, 2000), ROLLUP_DONE);
    assert_int_equal(
        rollup_action_status(&share, 1, others, COUNT(others), 2000), ROLLUP_UNDER_WAY);
}

static void status_goes_from_worst_to_least(void **state)
{
    static const struct rollup_share shares[] = {SHARE(NOT_STARTED, 0, 1),
        SHARE(NOT_APPLICABLE, 0, 1), SHARE(DONE, 0, 1), SHARE(BLOCKED, 30, 1)};

    (void)state;
    assert_int_equal(rollup_action_status(shares, 4, NULL, 0, 0), ROLLUP_BLOCKED);
    assert_int_equal(rollup_action_status(shares, 3, NULL, 0, 0), ROLLUP_UNDER_WAY);
    assert_int_equal(rollup_action_status(shares, 2, NULL, 0, 0), ROLLUP_NOT_STARTED);
    assert_int_equal(rollup_action_status(shares + 1, 1, NULL, 0, 0), ROLLUP_NOTHING);
    assert_int_equal(rollup_action_status(shares + 2, 1, NULL, 0, 0), ROLLUP_DONE);
}

static void continuous_only_when_nothing_dates_it(void **state)
{
    static const struct rollup_deadline both[] = {
        DEADLINE(CONTINUOUS, DATE_NONE, false), DEADLINE(DATED, 5, false)};
    static const struct rollup_deadline recurring = DEADLINE(RECURRING, DATE_NONE, false);
    static const struct rollup_deadline needed = DEADLINE(AS_NEEDED, DATE_NONE, false);

    (void)state;
    assert_true(rollup_is_continuous(both, 1));
    assert_false(rollup_is_continuous(both, 2));
    assert_false(rollup_is_continuous(&recurring, 1));
    assert_true(rollup_is_continuous(&needed, 1));
    assert_false(rollup_is_continuous(NULL, 0));
}

static void stale_after_six_months(void **state)
{
    int32_t last = date_from_civil(2009, 8, 31);

    (void)state;
    assert_false(rollup_is_stale(last, date_from_civil(2010, 2, 28)));
    assert_true(rollup_is_stale(last, date_from_civil(2010, 3, 1)));
    assert_true(rollup_is_stale(DATE_NONE, last));
    assert_false(rollup_is_stale(last, last - 400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_follows_weights),
        cmocka_unit_test(dropped_and_not_applicable_are_left_out),
        cmocka_unit_test(rounds_half_up),
        cmocka_unit_test(a_hundred_means_that_all_is_done),
        cmocka_unit_test(nothing_that_counts_has_no_percent),
        cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(outside_still_tells_what_was_dropped),
        cmocka_unit_test(late_only_after_the_latest_day),
        cmocka_unit_test(met_done_and_undated_are_never_late),
        cmocka_unit_test(status_goes_from_worst_to_least),
        cmocka_unit_test(continuous_only_when_nothing_dates_it),
        cmocka_unit_test(stale_after_six_months),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
