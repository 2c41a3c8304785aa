/* Amounts and decimals: read as people write them in either language, refused when they may mean
 * two things, written so that they are read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "words/amount.h"

#define NBSP "\u00a0"
#define NARROW "\u202f"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef enum amount_fault reader(const char *text, const char *language, int64_t *value_r);

struct reading {
    const char *text;
    int64_t french, english; /* -1: refused */
};

static void check(reader *read, const struct reading *readings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t value;
        enum amount_fault fault = read(readings[i].text, "fr", &value);

        if ((fault == AMOUNT_FINE ? value : -1) != readings[i].french)
            fail_msg("“%s” in French: %lld", readings[i].text, (long long)value);
        fault = read(readings[i].text, "en", &value);
        if ((fault == AMOUNT_FINE ? value : -1) != readings[i].english)
            fail_msg("“%s” in English: %lld", readings[i].text, (long long)value);
    }
}

static void money_is_read(void **state)
{
    static const struct reading readings[] = {
        {"111 600 $", 11160000, 11160000},
        {"80" NBSP "000,50" NBSP "$", 8000050, 8000050},
        {"1" NARROW "234,50", 123450, 123450},
        {"1234.5", 123450, 123450},
        {"1234,50", 123450, 123450},
        {"$1,234.50", 123450, 123450},
        {"$ 1,234.50", 123450, 123450},
        {"1.234,50 $", 123450, 123450},
        {"1,234,567", 123456700, 123456700},
        {"2000", 200000, 200000},
        {"2 000 $ CA", 200000, 200000},
        {"2000 CAD", 200000, 200000},
        {"2 000 dollars", 200000, 200000},
        {"0,05", 5, 5},
        {"12.750", -1, -1}, /* cents, or thousands? */
        {"1,234", -1, 123400},
        {"12,345", -1, 1234500},
        {"-50 $", -5000, -5000},
        {"-$50", -5000, -5000},
        {"−1 234,50 $", -123450, -123450},
        {"111600.00", 11160000, 11160000},
        {"5.000", -1, -1},
    };
    static const struct reading wrong[] = {{"", -1, -1}, {"$", -1, -1}, {"douze", -1, -1},
        {"1 2", -1, -1}, {"12 34", -1, -1}, {"1 234 56", -1, -1}, {"1,23,456", -1, -1},
        {"1.2.3", -1, -1}, {"12,345 678", -1, -1}, {"3,", -1, -1}, {",5", -1, -1},
        {"1 234,567", -1, -1}, {"0,125", -1, -1}, {"12 h", -1, -1}, {"1e5", -1, -1},
        {"5 $ $", -1, -1}, {"--5", -1, -1}, {"9999999999999999", -1, -1},
        {"1 234 567 890 123 456 789 012 345 678 901 234 567 890 123 456 789 012", -1, -1}};

    (void)state;
    check(amount_money_read, readings, COUNT(readings));
    check(amount_money_read, wrong, COUNT(wrong));
}

static void what_is_wrong_is_told(void **state)
{
    int64_t value;

    (void)state;
    assert_int_equal(amount_money_read("1,234", "fr", &value), AMOUNT_AMBIGUOUS);
    assert_int_equal(amount_money_read("1.234", "en", &value), AMOUNT_AMBIGUOUS);
    assert_int_equal(amount_money_read("0,125", "fr", &value), AMOUNT_FRACTION);
    assert_int_equal(amount_decimal_read("0,1255", "fr", &value), AMOUNT_FRACTION);
    assert_int_equal(amount_money_read("mille", "fr", &value), AMOUNT_NONE);
}

static void decimals_are_read(void **state)
{
    static const struct reading readings[] = {
        {"3,5", 3500, 3500},
        {"12.75", 12750, 12750},
        {"12", 12000, 12000},
        {"7,25 %", 7250, 7250},
        {"7%", 7000, 7000},
        {"1 234,5", 1234500, 1234500},
        {"1.234", 1234, 1234},
        {"0,125", 125, 125},
        {"1,234", 1234, 1234000},
        {"-0.5", -500, -500},
        {"3.5000", 3500, 3500},
        {"2 000 $", -1, -1},
    };

    (void)state;
    check(amount_decimal_read, readings, COUNT(readings));
}

static void expect(const char *got, const char *want)
{
    assert_string_equal(got, want);
}

static void amounts_are_written(void **state)
{
    char out[AMOUNT_SIZE];

    (void)state;
#define WRITTEN(call, want) ((call), expect(out, want))
    WRITTEN(amount_money(123450, "fr", out), "1" NBSP "234,50" NBSP "$");
    WRITTEN(amount_money(123450, "en", out), "$1,234.50");
    WRITTEN(amount_money(11160000, "fr", out), "111" NBSP "600" NBSP "$");
    WRITTEN(amount_money(11160000, "en", out), "$111,600");
    WRITTEN(amount_money(0, "fr", out), "0" NBSP "$");
    WRITTEN(amount_money(-123405, "fr", out), "-1" NBSP "234,05" NBSP "$");
    WRITTEN(amount_money(-5, "en", out), "-$0.05");
    WRITTEN(amount_decimal(3500, "fr", out), "3,5");
    WRITTEN(amount_decimal(2009000, "fr", out), "2009");
    WRITTEN(amount_decimal(12345678, "fr", out), "12" NBSP "345,678");
    WRITTEN(amount_decimal(12345678, "en", out), "12,345.678");
    WRITTEN(amount_decimal(-125, "en", out), "-0.125");
    WRITTEN(amount_money_plain(11160000, out), "111600.00");
    WRITTEN(amount_money_plain(-5, out), "-0.05");
    WRITTEN(amount_decimal_plain(3500, out), "3.5");
    WRITTEN(amount_decimal_plain(12000, out), "12");
    WRITTEN(amount_decimal_plain(-1234, out), "-1.234");
#undef WRITTEN
}

static void read_back(reader *read, int64_t value, const char *text, const char *language)
{
    int64_t again;

    if (read(text, language, &again) != AMOUNT_FINE || again != value)
        fail_msg("“%s” (%s) is read as %lld", text, language, (long long)again);
}

/* What is written for people is read in their language, what is written for programs in both. */
static void what_is_written_is_read_back(void **state)
{
    static const int64_t values[] = {0, 1, 5, 10, 99, 100, 123, 1000, 12345, 99999, 100000, 123456,
        1234567, 100000000, 123456789012, 99999999999999, -1, -123456, -99999999999999};
    static const char *const languages[] = {"fr", "en"};
    char out[AMOUNT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        for (size_t l = 0; l < COUNT(languages); l++) {
            amount_money(values[i], languages[l], out);
            read_back(amount_money_read, values[i], out, languages[l]);
            amount_money_plain(values[i], out);
            read_back(amount_money_read, values[i], out, languages[l]);
            amount_decimal(values[i], languages[l], out);
            read_back(amount_decimal_read, values[i], out, languages[l]);
            amount_decimal_plain(values[i], out);
            read_back(amount_decimal_read, values[i], out, languages[l]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_read),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(decimals_are_read),
        cmocka_unit_test(amounts_are_written),
        cmocka_unit_test(what_is_written_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
