/* Assessments of communities: weighted means by dimension, and the trend within one version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "figures/potential.h"
#include "small_book.h"

static struct book *make_book(void)
{
    struct book *book = book_new();

    small_book_put(book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(book, "party", "I1", 0, "name=Comité local de Mékinac|type=local");
    small_book_put(book, "form", "G1", 0, "title=Fiche|version=1|scale_min=1|scale_max=5");
    small_book_put(book, "form", "G2", 0, "title=Fiche|version=2|scale_min=1|scale_max=5");
    small_book_put(book, "criterion", "CR1", 0,
        "form=@G1|rank=3|dimension=Relève|question=Y a-t-il une relève?");
    small_book_put(book, "criterion", "CR2", 0,
        "form=@G1|rank=1|dimension=Entraide|question=S'entraide-t-on?|weight=3");
    small_book_put(
        book, "criterion", "CR3", 0, "form=@G1|rank=2|dimension=Entraide|question=Entre villages?");
    small_book_put(book, "criterion", "CR4", 0, "form=@G1|rank=4|question=Pour mémoire|weight=0");
    small_book_put(book, "assessment", "AC1", 0,
        "form=@G1|territory=@T1|community=Saint-Tite|party=@I1|on=2008-10-01");
    small_book_put(book, "assessment", "AC2", 0,
        "form=@G1|territory=@T1|community=saint-tite|party=@I1|on=2009-10-01");
    small_book_put(book, "assessment", "AC3", 0,
        "form=@G2|territory=@T1|community=Saint-Tite|party=@I1|on=2009-11-01");
    small_book_put(book, "assessment", "AC4", 0,
        "form=@G1|territory=@T1|community=Hérouxville|party=@I1|on=2009-12-01");
    small_book_put(book, "score", "CT1", 0, "assessment=@AC1|criterion=@CR2|value=2");
    small_book_put(book, "score", "CT2", 0, "assessment=@AC2|criterion=@CR2|value=4");
    small_book_put(book, "score", "CT3", 0, "assessment=@AC2|criterion=@CR3|value=1");
    small_book_put(book, "score", "CT4", 0, "assessment=@AC2|criterion=@CR1|value=5");
    small_book_put(book, "score", "CT5", 0, "assessment=@AC2|criterion=@CR4|value=1");
    assert_true(book_index(book));
    return book;
}

static void test_means_by_dimension(void **state)
{
    struct book *book = make_book();
    struct arena *arena = arena_new(1 << 16);
    const struct potential_result *results;
    size_t count;

    (void)state;
    results = potential_results(book, small_book_get(book, "AC2"), NULL, arena, &count);
    assert_int_equal(count, 4); /* Entraide, Relève, without one, all */
    assert_string_equal(results[0].name, "Entraide");
    assert_int_equal(results[0].mean, 3250); /* (3 × 4 + 1) / 4 */
    assert_int_equal(results[0].criteria, 2);
    assert_string_equal(results[1].name, "Relève");
    assert_int_equal(results[1].mean, 5000);
    assert_int_equal(results[2].criteria, 0); /* a weight of 0 counts for nothing */
    assert_null(results[3].name);
    assert_int_equal(results[3].mean, 3600); /* (12 + 1 + 5) / 5 */
    assert_int_equal(results[3].scored, 3);
    arena_free(&arena);
    book_free(&book);
}

static void test_criteria_without_a_score_do_not_count(void **state)
{
    struct book *book = make_book();
    struct arena *arena = arena_new(1 << 16);
    const struct potential_result *results;
    size_t count;

    (void)state;
    results = potential_results(book, small_book_get(book, "AC1"), NULL, arena, &count);
    assert_int_equal(results[0].mean, 2000);
    assert_int_equal(results[0].scored, 1);
    assert_int_equal(results[1].scored, 0);
    assert_int_equal(results[3].mean, 2000);
    assert_ptr_equal(potential_find(results, count, "Entraide"), &results[0]);
    assert_ptr_equal(potential_find(results, count, NULL), &results[3]);
    assert_null(potential_find(results, count, "Relève"));
    arena_free(&arena);
    book_free(&book);
}

/* A criterion scored once only says nothing of a trend. */
static void test_what_two_assessments_have_in_common(void **state)
{
    struct book *book = make_book();
    struct arena *arena = arena_new(1 << 16);
    const struct potential_result *results;
    size_t count;

    (void)state;
    results = potential_results(
        book, small_book_get(book, "AC2"), small_book_get(book, "AC1"), arena, &count);
    assert_int_equal(count, 2); /* Entraide and all: the one criterion of both */
    assert_int_equal(results[1].mean, 4000);
    arena_free(&arena);
    book_free(&book);
}

static void test_the_one_before(void **state)
{
    struct book *book = make_book();

    (void)state;
    assert_ptr_equal(
        potential_before(book, small_book_get(book, "AC2")), small_book_get(book, "AC1"));
    assert_null(potential_before(book, small_book_get(book, "AC1")));
    assert_null(potential_before(book, small_book_get(book, "AC3"))); /* another version */
    assert_null(potential_before(book, small_book_get(book, "AC4"))); /* another community */
    book_free(&book);
}

static void test_criteria_are_in_their_rank(void **state)
{
    struct book *book = make_book();
    struct arena *arena = arena_new(1 << 16);
    size_t count;
    const struct book_entry *const *criteria =
        potential_criteria(book, small_book_get(book, "G1"), arena, &count);

    (void)state;
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(book_number(criteria[i], "rank", 0), i + 1);
    assert_non_null(potential_criteria(book, small_book_get(book, "G2"), arena, &count));
    assert_int_equal(count, 0);
    arena_free(&arena);
    book_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means_by_dimension),
        cmocka_unit_test(test_criteria_without_a_score_do_not_count),
        cmocka_unit_test(test_what_two_assessments_have_in_common),
        cmocka_unit_test(test_the_one_before),
        cmocka_unit_test(test_criteria_are_in_their_rank),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
