#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/pact.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
};

static int open_bench(void **state)
{
    static struct bench bench;
    struct book *book = bench.book = book_new();

    bench.arena = arena_new((size_t)1 << 20);
    assert_non_null(book);
    small_book_put(book, "party", "I1", 0, "name=CRÉ|type=partner");
    small_book_put(book, "party", "I2", 0, "name=MAMROT|type=partner");
    small_book_put(book, "party", "I3", 0, "name=Agence|type=partner");
    small_book_put(book, "party", "I4", 0, "name=Emploi-Québec|type=partner");
    small_book_put(book, "agreement", "EA1", 0, "title=2010-2013|renews=@EA2|amount=5000");
    small_book_put(book, "agreement", "EA2", 0,
        "title=2007-2010|status=signed|starts_on=2007-04-01|ends_on=2010-03-31|amount=4000");
    small_book_put(book, "agreement", "EA3", 0, "title=2004-2007|starts_on=2004-04-01");
    small_book_put(book, "signatory", "SI1", 0,
        "agreement=@EA2|party=@I1|standing=signed|signed_on=2007-03-01|contribution=3000");
    small_book_put(book, "signatory", "SI2", 0, "agreement=@EA2|party=@I2|standing=current");
    small_book_put(book, "signatory", "SI3", 0,
        "agreement=@EA2|party=@I3|standing=withdrawn|contribution=700");
    small_book_put(
        book, "signatory", "SI4", 0, "agreement=@EA1|party=@I1|standing=current|contribution=1000");
    small_book_put(book, "signatory", "SI5", 0,
        "agreement=@EA1|party=@I4|standing=potential|contribution=1500");
    assert_true(book_index(book));
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

static struct pact read_on(const struct bench *bench, const char *handle, int32_t today)
{
    return pact_read(bench->book, small_book_get(bench->book, handle), today);
}

static void test_an_agreement(void **state)
{
    const struct bench *bench = *state;
    struct pact pact = read_on(bench, "EA2", date_from_civil(2010, 3, 31));

    assert_true(pact.running);
    assert_int_equal(pact.contributions, 3000);
    assert_int_equal(pact.without_contribution, 1);
    assert_int_equal(pact.standings[CONCERT__SIGNATORY__STANDING__SIGNED], 1);
    assert_int_equal(pact.standings[CONCERT__SIGNATORY__STANDING__CURRENT], 1);
    assert_int_equal(pact.standings[CONCERT__SIGNATORY__STANDING__WITHDRAWN], 1);
    assert_ptr_equal(pact.renewed_by, small_book_get(bench->book, "EA1"));
    assert_false(read_on(bench, "EA2", date_from_civil(2010, 4, 1)).running);
    assert_false(read_on(bench, "EA2", date_from_civil(2007, 3, 31)).running);
    assert_false(read_on(bench, "EA3", date_from_civil(2005, 1, 1)).running);
    assert_null(read_on(bench, "EA1", DATE_NONE).renewed_by);
}

static void test_chain(void **state)
{
    const struct bench *bench = *state;
    size_t count;
    const struct book_entry *const *chain = pact_chain(bench->book, bench->arena, &count);

    assert_int_equal(count, 3);
    assert_string_equal(chain[0]->handle, "EA3");
    assert_string_equal(chain[1]->handle, "EA2");
    assert_string_equal(chain[2]->handle, "EA1");
}

/* Two that say to renew each other are shown once each. */
static void test_a_ring(void **state)
{
    const struct bench *bench = *state;
    size_t count;

    small_book_put(bench->book, "agreement", "EA8", 0, "title=A|renews=@EA9");
    small_book_put(bench->book, "agreement", "EA9", 0, "title=B|renews=@EA8");
    assert_true(book_index(bench->book));
    assert_non_null(pact_chain(bench->book, bench->arena, &count));
    assert_int_equal(count, 5);
}

static void test_what_is_missing(void **state)
{
    static const struct {
        enum pact_lack lack;
        const char *party;
        int64_t cents;
    } expected[] = {
        {PACT_UNSIGNED, "I1", 0},
        {PACT_UNSIGNED, "I4", 0},
        {PACT_NOT_ASKED, "I2", 0},
        {PACT_NO_PERIOD, NULL, 0},
        {PACT_CONTRIBUTIONS, NULL, 2500},
    };
    const struct bench *bench = *state;
    size_t count;
    const struct pact_missing *missing =
        pact_missing(bench->book, small_book_get(bench->book, "EA1"), bench->arena, &count);

    assert_int_equal(count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(missing[i].lack, expected[i].lack);
        assert_int_equal(missing[i].cents, expected[i].cents);
        if (expected[i].party == NULL)
            assert_null(missing[i].party);
        else
            assert_string_equal(missing[i].party->handle, expected[i].party);
    }
}

static void test_nothing_is_missing(void **state)
{
    const struct bench *bench = *state;
    size_t count;
    const struct pact_missing *missing;

    pact_missing(bench->book, small_book_get(bench->book, "EA2"), bench->arena, &count);
    assert_int_equal(count, 0); /* signed */
    small_book_put(bench->book, "agreement", "EA7", 0,
        "title=Prête|starts_on=2010-04-01|ends_on=2013-03-31|amount=10");
    small_book_put(bench->book, "signatory", "SI7", 0,
        "agreement=@EA7|party=@I1|standing=signed|signed_on=2010-01-01|contribution=10");
    assert_true(book_index(bench->book));
    missing = pact_missing(bench->book, small_book_get(bench->book, "EA7"), bench->arena, &count);
    assert_int_equal(count, 1);
    assert_int_equal(missing[0].lack, PACT_STATUS);
    missing = pact_missing(bench->book, small_book_get(bench->book, "EA3"), bench->arena, &count);
    assert_int_equal(count, 3); /* nobody, no last day, no amount */
    assert_int_equal(missing[0].lack, PACT_NO_PARTY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_agreement),
        TEST(test_chain),
        TEST(test_a_ring),
        TEST(test_what_is_missing),
        TEST(test_nothing_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
