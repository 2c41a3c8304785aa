#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/money.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
    int32_t today;
};

static void put_who(struct book *book)
{
    small_book_put(book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(book, "territory", "T2", 0, "code=MAS|name=Maskinongé");
    small_book_put(book, "party", "I1", 0, "name=Comité de coordination|type=coordination");
    small_book_put(book, "party", "I2", 0, "name=Comité en logement|type=thematic");
    small_book_put(book, "party", "I3", 0, "name=Comité en transport|type=thematic");
    small_book_put(book, "party", "I4", 0, "name=Société d'habitation|type=partner");
    small_book_put(book, "plan", "PL1", 0, "title=Plan|type=annual|party=@I1");
    small_book_put(book, "objective", "2", 0, "plan=@PL1|number=2|title=Rallier");
    small_book_put(book, "action", "2.1", 0, "objective=@2|number=2.1|title=Transport");
    small_book_put(book, "share", "PA1", 0, "action=@2.1|party=@I1");
    small_book_put(book, "share", "PA2", 0, "action=@2.1|party=@I3");
}

static void put_money(struct book *book)
{
    small_book_put(book, "project", "P1", 0, "title=Logement|party=@I2|territory=@T1");
    small_book_put(book, "project", "P2", 0, "title=Navette|party=@I1|action=@2.1");
    small_book_put(book, "project", "P3", 0, "title=Vieux|party=@I2|status=dropped");
    small_book_put(book, "project", "P4", 0, "title=Fête|party=@I1|territory=@T1");
    small_book_put(book, "budget_line", "BU1", 0, "project=@P1|label=Salaires|planned=8000000");
    small_book_put(
        book, "budget_line", "BU2", 0, "project=@P1|label=Bureau|planned=100050|actual=100000");
    small_book_put(
        book, "budget_line", "BU3", 0, "project=@P2|label=Essence|planned=50000|actual=60000");
    small_book_put(book, "budget_line", "BU4", 0, "project=@P3|label=Tout|planned=999999");
    small_book_put(book, "envelope", "EN1", 0,
        "title=Habitation|funder=@I4|amount=100000|starts_on=2009-04-01|ends_on=2010-03-31|"
        "apply_by=2009-05-31");
    small_book_put(
        book, "envelope", "EN2", 0, "title=Autre|funder=@I4|amount=500|ends_on=2009-05-01");
    small_book_put(book, "envelope", "EN3", 0, "title=Ouverte|funder=@I4|amount=500");
    small_book_put(
        book, "funding_request", "DF1", 0, "project=@P1|status=refused|amount=700|funder=@I4");
    small_book_put(book, "funding_request", "DF2", 0,
        "project=@P1|status=granted|amount=90000|granted=120000|envelope=@EN1");
    small_book_put(book, "funding_request", "DF3", 0,
        "project=@P1|status=awaiting|amount=30000|envelope=@EN1|decision_on=2009-05-14");
    small_book_put(book, "funding_request", "DF4", 0, "project=@P1|status=requested|funder=@I4");
    small_book_put(book, "deadline", "E1", 0,
        "subject=@DF4|text=Mai 2009|mode=dated|earliest=2009-05-01|latest=2009-05-31");
    small_book_put(book, "funding_request", "DF5", 0, "project=@P1|amount=2500|funder=@I4");
    small_book_put(book, "funding_request", "DF6", 0, "project=@P2|funder=@I4|envelope=@EN2");
    small_book_put(book, "funding_request", "DF7", 0, "project=@P3|amount=5|funder=@I4");
}

static int open_bench(void **state)
{
    static struct bench bench;

    bench.book = book_new();
    bench.arena = arena_new((size_t)1 << 20);
    bench.today = date_from_civil(2009, 5, 15);
    assert_non_null(bench.book);
    put_who(bench.book);
    put_money(bench.book);
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

static const struct book_entry *of(const struct bench *bench, const char *handle)
{
    return small_book_get(bench->book, handle);
}

static void test_a_project_adds_up(void **state)
{
    const struct bench *bench = *state;
    struct money_sum sum = {0};

    money_add(bench->book, of(bench, "P1"), &sum);
    assert_int_equal(sum.planned, 8100050);
    assert_int_equal(sum.actual, 100000);
    assert_int_equal(sum.funded, 120000);
    assert_int_equal(sum.asked, 30000);
    assert_int_equal(sum.needed, 2500);
    assert_int_equal(money_gap(&sum), 8100050 - 120000);
    assert_int_equal(sum.lines, 2);
    assert_int_equal(sum.without_actual, 1);
    assert_int_equal(sum.requests, 5);
    assert_int_equal(sum.asked_unsaid, 1);
    assert_int_equal(sum.needed_unsaid, 0);
    assert_int_equal(sum.refused, 1);
}

static void test_a_dropped_project_adds_nothing(void **state)
{
    const struct bench *bench = *state;
    struct money_sum sum = {0};

    money_add(bench->book, of(bench, "P3"), &sum);
    assert_int_equal(sum.planned, 0);
    assert_int_equal(sum.needed, 0);
    assert_int_equal(sum.projects, 0);
    assert_int_equal(sum.dropped, 1);
}

/* The groups are a partition: every project is in one, whichever way they are made. */
static void test_groups(void **state)
{
    const struct bench *bench = *state;

    for (enum money_by by = MONEY_BY_PROJECT; by <= MONEY_BY_THEME; by++) {
        size_t count;
        const struct money_group *groups = money_groups(bench->book, by, bench->arena, &count);
        struct money_sum all = {0};

        assert_non_null(groups);
        for (size_t i = 0; i < count; i++)
            money_sum_merge(&all, &groups[i].sum);
        assert_int_equal(all.planned, 8150050);
        assert_int_equal(all.projects, 3);
        assert_int_equal(all.dropped, 1);
        assert_int_equal(all.requests, 6);
    }
}

static void test_territories_and_the_region(void **state)
{
    const struct bench *bench = *state;
    size_t count;
    const struct money_group *groups =
        money_groups(bench->book, MONEY_BY_TERRITORY, bench->arena, &count);

    assert_int_equal(count, 2);
    assert_ptr_equal(groups[0].of, of(bench, "T1"));
    assert_int_equal(groups[0].sum.projects, 2);
    assert_null(groups[1].of);
    assert_int_equal(groups[1].sum.planned, 50000);
    assert_int_equal(groups[1].sum.dropped, 1);
}

static void test_theme_is_the_owner_or_who_has_a_share(void **state)
{
    const struct bench *bench = *state;
    size_t count;
    const struct money_group *groups =
        money_groups(bench->book, MONEY_BY_THEME, bench->arena, &count);

    assert_ptr_equal(money_theme(bench->book, of(bench, "P1")), of(bench, "I2"));
    assert_ptr_equal(money_theme(bench->book, of(bench, "P2")), of(bench, "I3"));
    assert_null(money_theme(bench->book, of(bench, "P4")));
    assert_int_equal(count, 3);
    assert_ptr_equal(groups[0].of, of(bench, "I2"));
    assert_ptr_equal(groups[1].of, of(bench, "I3"));
    assert_null(groups[2].of);
}

static void test_requests_in_the_order_of_their_way(void **state)
{
    static const char *const order[] = {"DF5", "DF4", "DF3", "DF2", "DF1"};
    const struct bench *bench = *state;
    size_t count;
    const struct book_entry *const *requests =
        money_requests(bench->book, of(bench, "P1"), bench->arena, &count);

    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(requests[i]->handle, order[i]);
    money_requests(bench->book, NULL, bench->arena, &count);
    assert_int_equal(count, 7);
}

/* Late the day after, and only while an answer is awaited. */
static void test_late_answers(void **state)
{
    const struct bench *bench = *state;

    assert_true(money_late(bench->book, of(bench, "DF3"), bench->today));
    assert_false(money_late(bench->book, of(bench, "DF3"), bench->today - 1));
    assert_false(money_late(bench->book, of(bench, "DF4"), bench->today + 16));
    assert_true(money_late(bench->book, of(bench, "DF4"), bench->today + 17));
    assert_int_equal(money_answer_by(bench->book, of(bench, "DF4")), date_from_civil(2009, 5, 31));
    assert_int_equal(money_answer_by(bench->book, of(bench, "DF5")), DATE_NONE);
    assert_false(money_late(bench->book, of(bench, "DF2"), bench->today + 1000));
    assert_false(money_late(bench->book, of(bench, "DF5"), bench->today + 1000));
}

static void test_needs_without_an_envelope(void **state)
{
    const struct bench *bench = *state;

    assert_true(money_homeless(bench->book, of(bench, "DF5")));
    assert_false(money_homeless(bench->book, of(bench, "DF6"))); /* names one */
    assert_false(money_homeless(bench->book, of(bench, "DF4"))); /* was asked for */
    assert_false(money_homeless(bench->book, of(bench, "DF7"))); /* of a dropped project */
}

static void test_an_envelope(void **state)
{
    const struct bench *bench = *state;
    struct money_envelope envelope = money_envelope(bench->book, of(bench, "EN1"));

    assert_int_equal(envelope.amount, 100000);
    assert_int_equal(envelope.granted, 120000);
    assert_int_equal(envelope.asked, 30000);
    assert_int_equal(envelope.room, -20000);
    assert_int_equal(envelope.closes, date_from_civil(2009, 5, 31));
    assert_true(money_closing(&envelope, bench->today, 16));
    assert_false(money_closing(&envelope, bench->today, 15));
    assert_true(money_closing(&envelope, envelope.closes, 0));
    assert_false(money_closing(&envelope, envelope.closes + 1, 60));
    envelope = money_envelope(bench->book, of(bench, "EN2"));
    assert_int_equal(envelope.closes, date_from_civil(2009, 5, 1));
    envelope = money_envelope(bench->book, of(bench, "EN3"));
    assert_int_equal(envelope.closes, DATE_NONE);
    assert_false(money_closing(&envelope, bench->today, 100000));
}

static void test_findings(void **state)
{
    static const struct {
        enum money_rule rule;
        const char *handle;
        int64_t promised, found;
    } expected[] = {
        {MONEY_OVER_GRANTED, "EN1", 100000, 120000},
        {MONEY_MORE_THAN_ASKED, "DF2", 90000, 120000},
        {MONEY_NO_ENVELOPE, "DF5", 2500, 0},
        {MONEY_SPENT_UNGRANTED, "P2", 0, 60000},
        {MONEY_OVER_SPENT, "BU3", 50000, 60000},
    };
    const struct bench *bench = *state;
    size_t count;
    const struct money_finding *findings = money_findings(bench->book, bench->arena, &count);

    assert_int_equal(count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(findings[i].rule, expected[i].rule);
        assert_string_equal(findings[i].entry->handle, expected[i].handle);
        assert_int_equal(findings[i].promised, expected[i].promised);
        assert_int_equal(findings[i].found, expected[i].found);
    }
}

static void test_findings_of_sums(void **state)
{
    struct bench *bench = *state;
    size_t count;
    const struct money_finding *findings;

    small_book_put(bench->book, "budget_line", "BU9", 0, "project=@P4|label=Gâteau|planned=9000");
    small_book_put(bench->book, "project", "P5", 0, "title=Riche|party=@I1");
    small_book_put(bench->book, "budget_line", "BU10", 0, "project=@P5|label=Un|planned=100");
    small_book_put(bench->book, "funding_request", "DF10", 0,
        "project=@P5|status=granted|granted=150|funder=@I4");
    assert_true(book_index(bench->book));
    findings = money_findings(bench->book, bench->arena, &count);
    assert_int_equal(count, 7);
    assert_int_equal(findings[5].rule, MONEY_NOT_SOUGHT);
    assert_string_equal(findings[5].entry->handle, "P4");
    assert_int_equal(findings[5].promised, 9000);
    assert_int_equal(findings[5].found, 0);
    assert_int_equal(findings[6].rule, MONEY_OVER_FUNDED);
    assert_int_equal(findings[6].promised, 100);
    assert_int_equal(findings[6].found, 150);
}

static void test_an_empty_book(void **state)
{
    const struct bench *bench = *state;
    struct book *empty = book_new();
    size_t count = 9;

    assert_true(book_index(empty));
    assert_non_null(money_groups(empty, MONEY_BY_PROJECT, bench->arena, &count));
    assert_int_equal(count, 0);
    assert_non_null(money_requests(empty, NULL, bench->arena, &count));
    assert_int_equal(count, 0);
    assert_non_null(money_findings(empty, bench->arena, &count));
    assert_int_equal(count, 0);
    book_free(&empty);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_project_adds_up),
        TEST(test_a_dropped_project_adds_nothing),
        TEST(test_groups),
        TEST(test_territories_and_the_region),
        TEST(test_theme_is_the_owner_or_who_has_a_share),
        TEST(test_requests_in_the_order_of_their_way),
        TEST(test_late_answers),
        TEST(test_needs_without_an_envelope),
        TEST(test_an_envelope),
        TEST(test_findings),
        TEST(test_findings_of_sums),
        TEST(test_an_empty_book),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
