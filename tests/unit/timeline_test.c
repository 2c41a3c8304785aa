#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/timeline.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
};

static void put_milestones(struct book *book)
{
    small_book_put(
        book, "milestone", "ET1", 0, "subject=@P1|title=Concevoir|rank=1|status=done|percent=40");
    small_book_put(book, "milestone", "ET2", 0,
        "subject=@P1|title=Outils|phase=Volet 2|rank=4|status=under_way|percent=50");
    small_book_put(book, "milestone", "ET3", 0, "subject=@P1|title=Portrait|phase=Volet 1|rank=2");
    small_book_put(book, "milestone", "ET4", 0,
        "subject=@P1|title=Besoins|phase=Volet 1|rank=3|status=dropped|percent=80");
    small_book_put(book, "milestone", "ET5", 0, "subject=@P1|title=Diffuser|phase=Volet 2|rank=5");
    small_book_put(book, "milestone", "ET6", 0, "subject=@2.1|title=Une autre");
}

static void put_deadlines(struct book *book)
{
    small_book_put(book, "deadline", "E1", 0,
        "subject=@ET1|text=Mars 2009|mode=dated|earliest=2009-03-01|latest=2009-03-31");
    small_book_put(book, "deadline", "E2", 0,
        "subject=@ET2|text=Été 2010|mode=dated|earliest=2010-06-21|latest=2010-09-22");
    small_book_put(book, "deadline", "E3", 0,
        "subject=@ET2|text=Automne 2010|mode=dated|earliest=2010-09-23|latest=2010-12-20");
    small_book_put(book, "deadline", "E4", 0,
        "subject=@ET3|text=Août 2009|mode=dated|earliest=2009-08-01|latest=2009-08-31");
    small_book_put(book, "deadline", "E5", 0,
        "subject=@ET4|text=Août 2009|mode=dated|earliest=2009-08-01|latest=2009-08-31");
    small_book_put(book, "deadline", "E6", 0, "subject=@ET5|text=Au besoin|mode=as_needed");
}

static int open_bench(void **state)
{
    static struct bench bench;

    bench.book = book_new();
    bench.arena = arena_new((size_t)1 << 20);
    assert_non_null(bench.book);
    small_book_put(bench.book, "party", "I1", 0, "name=Comité en logement|type=thematic");
    small_book_put(bench.book, "plan", "PL1", 0, "title=Plan|type=annual|party=@I1");
    small_book_put(bench.book, "objective", "2", 0, "plan=@PL1|number=2|title=Rallier");
    small_book_put(bench.book, "action", "2.1", 0, "objective=@2|number=2.1|title=Loger");
    small_book_put(bench.book, "project", "P1", 0, "title=Projet|party=@I1|starts_on=2009-01-05");
    small_book_put(bench.book, "project", "P2", 0, "title=Sans étape|party=@I1");
    put_milestones(bench.book);
    put_deadlines(bench.book);
    assert_true(book_index(bench.book));
    *state = &bench;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;

    book_free(&bench->book);
    arena_free(&bench->arena);
    return 0;
}

static struct timeline read_at(const struct bench *bench, const char *handle, int32_t today)
{
    struct timeline timeline;

    assert_true(timeline_read(
        bench->book, small_book_get(bench->book, handle), today, bench->arena, &timeline));
    return timeline;
}

static void test_phases_in_order_of_rank(void **state)
{
    struct timeline t = read_at(*state, "P1", date_from_civil(2009, 10, 15));

    assert_int_equal(t.n_phases, 3);
    assert_int_equal(t.items, 5);
    assert_null(t.phases[0].name);
    assert_string_equal(t.phases[1].name, "Volet 1");
    assert_string_equal(t.phases[2].name, "Volet 2");
    assert_int_equal(t.phases[1].count, 2);
    assert_string_equal(t.phases[1].items[0].entry->handle, "ET3");
    assert_string_equal(t.phases[2].items[1].entry->handle, "ET5");
}

/* Done is 100 whatever its percent says; dropped ones do not count. */
static void test_progress(void **state)
{
    struct timeline t = read_at(*state, "P1", date_from_civil(2009, 10, 15));

    assert_int_equal(rollup_percent(&t.phases[0].rollup), 100);
    assert_int_equal(rollup_percent(&t.phases[1].rollup), 0);
    assert_int_equal(t.phases[1].rollup.counted, 1);
    assert_int_equal(t.phases[1].rollup.dropped, 1);
    assert_int_equal(rollup_percent(&t.phases[2].rollup), 25);
    assert_int_equal(rollup_percent(&t.rollup), 38); /* 150 / 4 = 37.5 */
}

static void test_late_is_after_the_last_day(void **state)
{
    struct timeline t = read_at(*state, "P1", date_from_civil(2009, 8, 31));

    assert_int_equal(t.late, 0);
    t = read_at(*state, "P1", date_from_civil(2009, 9, 1));
    assert_int_equal(t.late, 1);
    assert_true(t.phases[1].items[0].late);
    assert_false(t.phases[1].items[1].late); /* dropped */
    assert_false(t.phases[0].items[0].late); /* done */
    t = read_at(*state, "P1", date_from_civil(2010, 12, 20));
    assert_int_equal(t.phases[2].late, 0);
    t = read_at(*state, "P1", date_from_civil(2010, 12, 21));
    assert_int_equal(t.phases[2].late, 1);
}

static void test_days(void **state)
{
    struct timeline t = read_at(*state, "P1", date_from_civil(2009, 9, 1));

    assert_int_equal(t.earliest, date_from_civil(2009, 1, 5));
    assert_int_equal(t.latest, date_from_civil(2010, 12, 20));
    assert_int_equal(t.phases[2].items[0].earliest, date_from_civil(2010, 6, 21));
    assert_int_equal(t.phases[2].items[0].latest, date_from_civil(2010, 12, 20));
    assert_int_equal(t.phases[2].items[1].latest, DATE_NONE);
}

static void test_without_milestones_or_days(void **state)
{
    struct timeline t = read_at(*state, "P2", date_from_civil(2009, 9, 1));

    assert_int_equal(t.items, 0);
    assert_int_equal(rollup_percent(&t.rollup), -1);
    t = read_at(*state, "2.1", date_from_civil(2009, 9, 1));
    assert_int_equal(t.items, 1);
    assert_int_equal(t.latest, DATE_NONE);
    assert_int_equal(timeline_scale(t.earliest, t.latest, 40).count, 0);
}

static void test_subjects(void **state)
{
    const struct bench *bench = *state;
    size_t count;
    const struct book_entry *const *subjects = timeline_subjects(bench->book, bench->arena, &count);

    assert_int_equal(count, 2);
    assert_string_equal(subjects[0]->handle, "P1");
    assert_string_equal(subjects[1]->handle, "2.1");
}

static void test_scale(void **state)
{
    int32_t from = date_from_civil(2009, 2, 20), to = date_from_civil(2011, 1, 1);
    struct timeline_scale scale = timeline_scale(from, to, 24);

    (void)state;
    assert_int_equal(scale.months, 1);
    assert_int_equal(scale.count, 24);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2009, 1, 31)), -1);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2009, 2, 1)), 0);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2010, 2, 28)), 12);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2011, 1, 31)), 23);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2011, 2, 1)), -1);
    assert_int_equal(timeline_cell(&scale, DATE_NONE), -1);
    scale = timeline_scale(from, to, 23); /* quarters, from January on */
    assert_int_equal(scale.months, 3);
    assert_int_equal(scale.count, 9);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2009, 4, 1)), 1);
    assert_int_equal(timeline_cell(&scale, date_from_civil(2009, 1, 1)), 0);
    scale = timeline_scale(date_from_civil(1900, 1, 1), to, 10);
    assert_int_equal(scale.months, 12);
    assert_int_equal(scale.count, 10);
    assert_int_equal(timeline_scale(to, from, 40).count, 0);
    assert_int_equal(timeline_scale(DATE_NONE, to, 40).count, 0);
}

static void test_touched_cells(void **state)
{
    const struct bench *bench = *state;
    struct timeline_scale scale =
        timeline_scale(date_from_civil(2010, 1, 1), date_from_civil(2011, 2, 1), 40);
    bool touched[40];
    char drawn[41] = "";

    timeline_touched(bench->book, small_book_get(bench->book, "ET2"), &scale, touched);
    for (size_t i = 0; i < scale.count; i++)
        drawn[i] = touched[i] ? '#' : '.';
    assert_string_equal(drawn, ".....#######..");
    timeline_touched(bench->book, small_book_get(bench->book, "ET5"), &scale, touched);
    for (size_t i = 0; i < scale.count; i++)
        assert_false(touched[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_phases_in_order_of_rank),
        TEST(test_progress),
        TEST(test_late_is_after_the_last_day),
        TEST(test_days),
        TEST(test_without_milestones_or_days),
        TEST(test_subjects),
        TEST(test_scale),
        TEST(test_touched_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
