/* Portraits: totals worked out anew, rates from their parts, what does not add up, what is hidden.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/portrait.h"
#include "small_book.h"

#define MEK 0
#define SHA 1

struct bench {
    struct book *book;
    struct arena *arena;
    struct portrait portrait;
    unsigned last;
};

static int setup(void **state)
{
    static struct bench bench;

    bench = (struct bench){.book = book_new(), .arena = arena_new(1 << 20)};
    small_book_put(bench.book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(bench.book, "territory", "T2", 0, "code=SHA|name=Shawinigan");
    *state = &bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    book_free(&bench->book);
    arena_free(&bench->arena);
    return 0;
}

/* "territory=@T1|dimension_values=OMH|value=5000", of 2008. */
static void put(struct bench *bench, const char *indicator, const char *words)
{
    char handle[16], all[400];

    snprintf(handle, sizeof(handle), "OB%u", ++bench->last);
    snprintf(all, sizeof(all), "indicator=@%s|period_start=2008-01-01|period_end=2008-12-31|%s",
        indicator, words);
    small_book_put(bench->book, "observation",
        arena_copy(book_arena(bench->book), handle, strlen(handle)), 0, all);
}

static void make(struct bench *bench, const char *indicator, size_t dimension, bool leaving)
{
    struct portrait_period year = {date_from_civil(2008, 1, 1), date_from_civil(2008, 12, 31)};

    assert_true(book_index(bench->book));
    assert_true(portrait_make(bench->book, small_book_get(bench->book, indicator), year, dimension,
        leaving, bench->arena, &bench->portrait));
}

/* INT64_MIN: no figure. */
static int64_t at(const struct bench *bench, size_t row, size_t place)
{
    int64_t value = 0;

    return portrait_value(&bench->portrait, portrait_at(&bench->portrait, row, place), &value)
               ? value
               : INT64_MIN;
}

static void put_housing(struct bench *bench)
{
    small_book_put(bench->book, "indicator", "ID1", 0,
        "code=LOG|title=Logements sociaux|unit=logements|dimensions=statut|dimensions=catégorie");
    put(bench, "ID1", "territory=@T1|dimension_values=OMH|dimension_values=famille|value=40000");
    put(bench, "ID1", "territory=@T1|dimension_values=OMH|dimension_values=aînés|value=30000");
    put(bench, "ID1", "territory=@T1|dimension_values=coop|dimension_values=famille|value=4000");
    put(bench, "ID1", "territory=@T2|dimension_values=omh|dimension_values=famille|value=200000");
    put(bench, "ID1", "area=Estrie|dimension_values=OMH|dimension_values=famille|value=900000");
}

static void test_totals_are_worked_out(void **state)
{
    struct bench *bench = *state;

    put_housing(bench);
    make(bench, "ID1", SIZE_MAX, false);
    assert_int_equal(bench->portrait.n_rows, 3);
    assert_int_equal(bench->portrait.n_territories, 2);
    assert_int_equal(bench->portrait.n_places, 3);
    assert_string_equal(bench->portrait.rows[0], "OMH · famille");
    assert_int_equal(at(bench, 0, MEK), 40000);
    assert_int_equal(at(bench, 0, SHA), 200000); /* "omh" is OMH */
    assert_int_equal(at(bench, 0, 3), 240000);   /* Estrie is not of the region */
    assert_int_equal(at(bench, 0, 2), 900000);
    assert_int_equal(at(bench, 3, MEK), 74000);
    assert_int_equal(at(bench, 3, 3), 274000);
    assert_int_equal(at(bench, 1, SHA), INT64_MIN);
}

static void test_by_one_dimension(void **state)
{
    struct bench *bench = *state;

    put_housing(bench);
    make(bench, "ID1", 1, false);
    assert_string_equal(bench->portrait.dimension, "catégorie");
    assert_int_equal(bench->portrait.n_rows, 2);
    assert_int_equal(at(bench, 0, MEK), 44000);
    assert_int_equal(at(bench, 1, 3), 30000);
    assert_int_equal(at(bench, 2, 3), 274000);
}

/* A given total is no part; where it differs from the sum of its parts, both are told. */
static void test_parts_that_do_not_sum(void **state)
{
    struct bench *bench = *state;
    const struct portrait_difference *d;

    put_housing(bench);
    put(bench, "ID1", "territory=@T1|dimension_values=Total|dimension_values=total|value=80000");
    put(bench, "ID1", "territory=@T1|dimension_values=OMH|dimension_values=Ensemble|value=70000");
    put(bench, "ID1", "territory=@T1|dimension_values=coop|dimension_values=tous|value=5000");
    make(bench, "ID1", SIZE_MAX, false);
    assert_int_equal(bench->portrait.n_rows, 3);
    assert_int_equal(at(bench, 3, MEK), 74000);
    assert_int_equal(bench->portrait.n_differences, 2);
    d = bench->portrait.differences;
    assert_string_equal(d[0].place, "Mékinac");
    assert_string_equal(d[0].row, "");
    assert_int_equal(d[0].given, 80000);
    assert_int_equal(d[0].parts, 74000);
    assert_string_equal(d[1].row, "coop");
    assert_int_equal(d[1].parts, 4000);
}

/* 10 of 100 and 90 of 300 are 100 of 400: 25 %, and not the mean of 10 % and 30 %. */
static void test_rates_are_never_averaged(void **state)
{
    struct bench *bench = *state;

    small_book_put(bench->book, "indicator", "ID2", 0, "code=EFF|title=Effort|unit=%");
    put(bench, "ID2", "territory=@T1|numerator=10000|denominator=100000");
    put(bench, "ID2", "territory=@T2|numerator=90000|denominator=300000");
    put(bench, "ID2", "area=Québec|value=27500");
    make(bench, "ID2", SIZE_MAX, false);
    assert_int_equal(bench->portrait.n_rows, 0);
    assert_int_equal(at(bench, 0, MEK), 10000);
    assert_int_equal(at(bench, 0, SHA), 30000);
    assert_int_equal(at(bench, 0, 3), 25000);
    assert_int_equal(at(bench, 0, 2), 27500);
}

/* Months of waiting have no sum; one alone is itself. */
static void test_what_cannot_be_added(void **state)
{
    struct bench *bench = *state;

    small_book_put(bench->book, "indicator", "ID3", 0, "code=ATT|title=Attente|unit=mois");
    put(bench, "ID3", "territory=@T1|value=14000");
    make(bench, "ID3", SIZE_MAX, false);
    assert_int_equal(at(bench, 0, 2), 14000);
    put(bench, "ID3", "territory=@T2|value=26000");
    make(bench, "ID3", SIZE_MAX, false);
    assert_int_equal(at(bench, 0, 2), INT64_MIN);
    assert_true(portrait_at(&bench->portrait, 0, 2)->mixed);
}

/* Nobody can work a hidden count out again from the totals of its row and column. */
static void test_what_leaves_the_region(void **state)
{
    struct bench *bench = *state;
    size_t hidden = 0;

    put_housing(bench);
    put(bench, "ID1", "territory=@T2|dimension_values=coop|dimension_values=famille|value=60000");
    put(bench, "ID1", "territory=@T2|dimension_values=OMH|dimension_values=aînés|value=50000");
    make(bench, "ID1", SIZE_MAX, true);
    assert_true(portrait_at(&bench->portrait, 2, MEK)->hidden);
    assert_int_equal(at(bench, 2, MEK), INT64_MIN);
    for (size_t row = 0; row < 3; row++) {
        size_t of_row = 0;

        for (size_t place = 0; place < 2; place++)
            of_row += portrait_at(&bench->portrait, row, place)->hidden;
        assert_int_not_equal(of_row, 1);
        hidden += of_row;
    }
    assert_int_equal(hidden, 4);
    for (size_t place = 0; place < 2; place++) {
        size_t of_column = 0;

        for (size_t row = 0; row < 3; row++)
            of_column += portrait_at(&bench->portrait, row, place)->hidden;
        assert_int_not_equal(of_column, 1);
    }
    make(bench, "ID1", SIZE_MAX, false);
    assert_int_equal(at(bench, 2, MEK), 4000);
}

/* The only figure of its row has nothing to hide behind but the row's total. */
static void test_a_figure_alone_in_its_row(void **state)
{
    struct bench *bench = *state;

    small_book_put(bench->book, "indicator", "ID1", 0,
        "code=LOG|title=Logements|unit=logements|dimensions=statut");
    put(bench, "ID1", "territory=@T1|dimension_values=OMH|value=30000");
    put(bench, "ID1", "territory=@T1|dimension_values=coop|value=4000");
    put(bench, "ID1", "territory=@T2|dimension_values=OBNL|value=200000");
    make(bench, "ID1", SIZE_MAX, true);
    assert_int_equal(at(bench, 1, MEK), INT64_MIN);
    assert_int_equal(at(bench, 0, MEK), INT64_MIN); /* else the column's total tells */
    assert_int_equal(at(bench, 0, 2), INT64_MIN);   /* else the row's total tells */
    assert_int_equal(at(bench, 3, MEK), 34000);
}

static void test_few_in_a_rate(void **state)
{
    struct bench *bench = *state;

    small_book_put(bench->book, "indicator", "ID2", 0, "code=EFF|title=Effort|unit=%");
    put(bench, "ID2", "territory=@T1|numerator=3000|denominator=100000");
    put(bench, "ID2", "territory=@T2|numerator=0|denominator=100000");
    make(bench, "ID2", SIZE_MAX, true);
    assert_int_equal(at(bench, 0, MEK), INT64_MIN);
    assert_int_equal(at(bench, 0, 2), INT64_MIN); /* the total is as few */
    assert_int_equal(at(bench, 0, SHA), 0);
}

static void test_periods(void **state)
{
    struct bench *bench = *state;
    const struct portrait_period *periods;
    size_t count;

    put_housing(bench);
    small_book_put(bench->book, "observation", "OB90", 0,
        "indicator=@ID1|territory=@T1|period_start=2006-01-01|period_end=2006-12-31|dimension_"
        "values=OMH|dimension_values=famille|value=1000");
    assert_true(book_index(bench->book));
    periods =
        portrait_periods(bench->book, small_book_get(bench->book, "ID1"), bench->arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(periods[0].end, date_from_civil(2008, 12, 31));
    assert_int_equal(periods[1].start, date_from_civil(2006, 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_totals_are_worked_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_by_one_dimension, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parts_that_do_not_sum, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rates_are_never_averaged, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_added, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_leaves_the_region, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_figure_alone_in_its_row, setup, teardown),
        cmocka_unit_test_setup_teardown(test_few_in_a_rate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_periods, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
