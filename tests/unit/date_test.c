#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "date.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SECOND INT64_C(1000000)

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(date_from_civil(1970, 1, 1), 0);
    assert_int_equal(date_from_civil(1969, 12, 31), -1);
    assert_int_equal(date_from_civil(2000, 2, 29), 11016);
    assert_int_equal(date_from_civil(2009, 6, 2), 14397);
    assert_int_equal(date_from_civil(1, 1, 1), -719162);
    assert_int_equal(date_from_civil(9999, 12, 31), 2932896);
}

static void days_that_are_not(void **state)
{
    static const int rows[][3] = {{2009, 2, 29}, {1900, 2, 29}, {2009, 6, 31}, {2009, 0, 1},
        {2009, 13, 1}, {2009, 1, 0}, {2009, 1, 32}, {0, 1, 1}, {10000, 1, 1}, {2009, 1, -1}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(date_from_civil(rows[i][0], rows[i][1], rows[i][2]), DATE_NONE);
    }
}

/* Every day of ten thousand years, one after the other, against the calendar's own rules. */
static void each_day_follows_the_one_before(void **state)
{
    int y = 1;
    int m = 1;
    int d = 1;
    int weekday = 1; /* 0001-01-01 was a Monday */
    (void)state;
    for (int32_t day = -719162; day <= 2932896; day++) {
        int year;
        int month;
        int of_month;
        if (date_from_civil(y, m, d) != day || !date_to_civil(day, &year, &month, &of_month) ||
            year != y || month != m || of_month != d || date_weekday(day) != weekday) {
            fail_msg("day %d is not %04d-%02d-%02d", day, y, m, d);
        }
        weekday = weekday % 7 + 1;
        d++;
        if (d > date_month_length(y, m)) {
            d = 1;
            m++;
        }
        if (m > 12) {
            m = 1;
            y++;
        }
    }
    assert_false(date_to_civil(2932897, &y, &m, &d));
    assert_false(date_to_civil(-719163, &y, &m, &d));
    assert_false(date_to_civil(DATE_NONE, NULL, NULL, NULL));
    assert_int_equal(date_weekday(DATE_NONE), 0);
}

static void iso_text_and_back(void **state)
{
    char out[11];
    int32_t day;
    (void)state;
    assert_true(date_parse("2009-06-02", &day));
    assert_int_equal(day, 14397);
    date_format(day, out);
    assert_string_equal(out, "2009-06-02");
    date_format(date_from_civil(33, 4, 3), out);
    assert_string_equal(out, "0033-04-03");
    date_format(DATE_NONE, out);
    assert_string_equal(out, "");
}

static void only_strict_iso_is_read(void **state)
{
    static const char *const rows[] = {"", "2009", "2009-6-2", "2009-06-31", "2009-06-02 ",
        " 2009-06-02", "2009/06/02", "20090602", "+009-06-02", "2009-06-0x", "2009-13-01",
        "0000-01-01", "12009-06-02", "2009-06-022"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t day = 0;
        assert_false(date_parse(rows[i], &day));
        assert_int_equal(day, DATE_NONE);
    }
}

static void months_are_clamped(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {
        {"2009-01-31", 1, "2009-02-28"},
        {"2008-01-31", 1, "2008-02-29"},
        {"2009-03-31", -1, "2009-02-28"},
        {"2009-06-02", 0, "2009-06-02"},
        {"2009-12-15", 1, "2010-01-15"},
        {"2009-01-15", -1, "2008-12-15"},
        {"2008-02-29", 12, "2009-02-28"},
        {"2009-05-31", -25, "2007-04-30"},
        {"9999-12-01", 1, ""},
        {"0001-01-01", -1, ""},
        {"2009-01-01", INT32_MAX, ""},
        {"2009-01-01", INT32_MIN, ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t day;
        char out[11];
        assert_true(date_parse(rows[i].from, &day));
        date_format(date_add_months(day, rows[i].months), out);
        assert_string_equal(out, rows[i].to);
    }
    assert_int_equal(date_add_months(DATE_NONE, 1), DATE_NONE);
}

static void long_text(void **state)
{
    char buf[DATE_TEXT_SIZE];
    (void)state;
    date_long_text(date_from_civil(2009, 10, 15), "fr", buf, sizeof(buf));
    assert_string_equal(buf, "15 octobre 2009");
    date_long_text(date_from_civil(2009, 6, 1), "fr", buf, sizeof(buf));
    assert_string_equal(buf, "1er juin 2009");
    date_long_text(date_from_civil(2009, 10, 15), "en", buf, sizeof(buf));
    assert_string_equal(buf, "October 15, 2009");
    date_long_text(DATE_NONE, "en", buf, sizeof(buf));
    assert_string_equal(buf, "");
    assert_string_equal(date_month_name(2, "fr"), "février");
    assert_string_equal(date_month_name(13, "fr"), "");
}

static int64_t utc(const char *iso, int hour, int minute)
{
    int32_t day;
    assert_true(date_parse(iso, &day));
    return ((int64_t)day * 86400 + hour * 3600 + minute * 60) * SECOND;
}

static void civil_date_is_the_zones(void **state)
{
    static const char zone[] = "America/Toronto";
    (void)state;
    /* Winter is five hours behind UTC, summer four. */
    assert_int_equal(date_of_time(utc("2009-01-15", 4, 59), zone), date_from_civil(2009, 1, 14));
    assert_int_equal(date_of_time(utc("2009-01-15", 5, 0), zone), date_from_civil(2009, 1, 15));
    assert_int_equal(date_of_time(utc("2009-06-02", 3, 59), zone), date_from_civil(2009, 6, 1));
    assert_int_equal(date_of_time(utc("2009-06-02", 4, 0), zone), date_from_civil(2009, 6, 2));
    assert_int_equal(date_of_time(utc("2009-06-02", 4, 0) - 1, zone), date_from_civil(2009, 6, 1));
    assert_int_equal(date_of_time(-1, "UTC"), -1);
    assert_int_equal(date_of_time(0, "Asia/Kathmandu"), 0);
    assert_int_equal(
        date_of_time(utc("2009-06-02", 18, 15), "Asia/Kathmandu"), date_from_civil(2009, 6, 3));
}

static void unknown_zones_give_no_date(void **state)
{
    static const char *const zones[] = {"Mauricie/Shawinigan", "../../etc/passwd", "/etc/localtime",
        "America", "America/Toronto\n", "zone.tab"};
    int hour;
    int minute;
    int64_t moment;
    (void)state;
    for (size_t i = 0; i < COUNT(zones); i++) {
        assert_int_equal(date_of_time(0, zones[i]), DATE_NONE);
        assert_false(date_clock(0, zones[i], &hour, &minute));
        assert_false(date_to_time(0, 0, 0, zones[i], &moment));
        assert_false(date_zone(zones[i]));
    }
}

static void clock_to_moment_and_back(void **state)
{
    static const char zone[] = "America/Toronto";
    int64_t moment;
    int hour;
    int minute;
    (void)state;
    assert_true(date_to_time(date_from_civil(2009, 6, 2), 13, 30, zone, &moment));
    assert_int_equal(moment, utc("2009-06-02", 17, 30));
    assert_true(date_clock(moment, zone, &hour, &minute));
    assert_int_equal(hour * 100 + minute, 1330);
    /* 2:30 does not exist on 8 March 2009, and 1:30 comes twice on 1 November. */
    assert_true(date_to_time(date_from_civil(2009, 3, 8), 2, 30, zone, &moment));
    assert_int_equal(moment, utc("2009-03-08", 7, 30));
    assert_true(date_to_time(date_from_civil(2009, 11, 1), 1, 30, zone, &moment));
    assert_int_equal(moment, utc("2009-11-01", 5, 30));
    assert_true(date_to_time(date_from_civil(2009, 3, 8), 3, 0, zone, &moment));
    assert_int_equal(moment, utc("2009-03-08", 7, 0));
    assert_true(date_to_time(date_from_civil(2009, 3, 8), 1, 59, zone, &moment));
    assert_int_equal(moment, utc("2009-03-08", 6, 59));
    assert_true(date_to_time(date_from_civil(2009, 11, 1), 2, 0, zone, &moment));
    assert_int_equal(moment, utc("2009-11-01", 7, 0));
    assert_false(date_to_time(DATE_NONE, 1, 0, zone, &moment));
    assert_false(date_to_time(0, 24, 0, zone, &moment));
}

/* The zone files are read as the C library reads them, far into the future too. */
static void zones_agree_with_the_library(void **state)
{
    static const char *const zones[] = {"America/Toronto", "Europe/Paris", "Australia/Lord_Howe",
        "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin", "America/Nuuk",
        "Pacific/Apia"};
    unsigned seed = 2010;
    (void)state;
    assert_null(date_rules_load("Nowhere/At_All"));
    assert_int_equal(date_by_rules(NULL, 0), 0);
    for (size_t i = 0; i < COUNT(zones); i++) {
        struct date_rules *rules = date_rules_load(zones[i]);
        assert_non_null(rules);
        for (int round = 0; round < 300; round++) {
            int64_t days = rand_r(&seed) % 120000 - 30000;
            int64_t moment = (days * 86400 + rand_r(&seed) % 86400) * SECOND;
            int hour[2] = {0, 0};
            int minute[2] = {0, 0};
            assert_true(date_zone("UTC"));
            int32_t own = date_of_time(moment, zones[i]);
            assert_int_equal(own, date_by_rules(rules, moment));
            assert_true(date_clock(moment, zones[i], &hour[0], &minute[0]));
            assert_true(date_zone(zones[i]));
            int32_t library = date_of_time(moment, NULL);
            assert_true(date_clock(moment, zones[i], &hour[1], &minute[1]));
            if (own != library || hour[0] != hour[1] || minute[0] != minute[1]) {
                fail_msg("%s at %lld: day %d %d:%d, library %d %d:%d", zones[i], (long long)moment,
                    own, hour[0], minute[0], library, hour[1], minute[1]);
            }
        }
        date_rules_free(&rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(days_that_are_not),
        cmocka_unit_test(each_day_follows_the_one_before),
        cmocka_unit_test(iso_text_and_back),
        cmocka_unit_test(only_strict_iso_is_read),
        cmocka_unit_test(months_are_clamped),
        cmocka_unit_test(long_text),
        cmocka_unit_test(civil_date_is_the_zones),
        cmocka_unit_test(unknown_zones_give_no_date),
        cmocka_unit_test(clock_to_moment_and_back),
        cmocka_unit_test(zones_agree_with_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
