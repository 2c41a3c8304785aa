/* What is coming and what is late; how often a title promises something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/coming.h"
#include "figures/promise.h"
#include "small_book.h"

static struct book *make_book(void)
{
    struct book *book = book_new();

    small_book_put(book, "party", "I1", 0, "name=Mékinac|type=local");
    small_book_put(book, "party", "I2", 0, "name=Shawinigan|type=local");
    small_book_put(book, "plan", "PL1", 0,
        "title=Plan|type=annual|party=@I2|starts_on=2009-04-01|ends_on=2010-03-31");
    small_book_put(book, "objective", "1", 0, "plan=@PL1|number=1|title=Un");
    small_book_put(book, "action", "1.1", 0, "objective=@1|number=1.1|title=Agir");
    small_book_put(book, "action", "1.2", 0, "objective=@1|number=1.2|title=Finir");
    small_book_put(book, "share", "PA1", 0, "action=@1.1|party=@I1|due=2009-10-20");
    small_book_put(book, "share", "PA2", 0, "action=@1.2|party=@I1|status=done|due=2009-10-01");
    small_book_put(
        book, "deadline", "E1", 0, "subject=@1.1|text=Septembre 2009|mode=dated|latest=2009-09-30");
    small_book_put(book, "deadline", "E2", 0,
        "subject=@1.1|text=juin 2009|mode=dated|latest=2009-06-30|met_on=2009-06-12");
    small_book_put(
        book, "deadline", "E3", 0, "subject=@1.2|text=mai 2009|mode=dated|latest=2009-05-31");
    small_book_put(book, "meeting", "R1", 0, "party=@I2|starts_at=2009-10-15T09:00");
    small_book_put(book, "meeting", "R2", 0, "party=@I2|starts_at=2009-10-14|status=held");
    small_book_put(book, "agenda_item", "PO1", 0, "meeting=@R2|rank=1|title=Suites");
    small_book_put(
        book, "follow_up", "SU1", 0, "agenda_item=@PO1|party=@I1|what=Écrire|until=2009-10-14");
    small_book_put(book, "follow_up", "SU2", 0,
        "agenda_item=@PO1|party=@I1|what=Lire|until=2009-10-14|done_on=2009-10-13");
    small_book_put(
        book, "envelope", "EN1", 0, "title=Fonds|funder=@I2|amount=100|apply_by=2009-10-14");
    small_book_put(
        book, "envelope", "EN2", 0, "title=Autre|funder=@I2|amount=100|apply_by=2009-12-14");
    small_book_put(book, "project", "P1", 0, "title=Logis|party=@I2");
    small_book_put(book, "milestone", "ET1", 0, "subject=@P1|title=Écrire|status=done");
    small_book_put(
        book, "deadline", "E4", 0, "subject=@ET1|text=mai 2009|mode=dated|latest=2009-05-31");
    assert_true(book_index(book));
    return book;
}

/* "SOURCE:late" or "SOURCE:in N" of each, in their order. */
static void check(const struct book *book, const char *party, int days, const char *expected)
{
    int32_t today = date_from_civil(2009, 10, 15);
    struct coming_scope scope = {.today = today, .until = today + days};
    struct arena *arena = arena_new(1 << 16);
    const struct coming *list;
    char text[512] = "";
    size_t count;

    if (party != NULL) {
        scope.parties = &small_book_get(book, party)->id;
        scope.n_parties = 1;
    }
    list = coming_list(book, &scope, arena, &count);
    assert_non_null(list);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s:%d%s", i == 0 ? "" : " ",
            list[i].source->handle, list[i].day - today, list[i].late ? "!" : "");
    }
    assert_string_equal(text, expected);
    arena_free(&arena);
}

static void test_everybodys(void **state)
{
    struct book *book = make_book();

    (void)state;
    check(book, NULL, 60, "E1:-15! SU1:-1! R1:0 PA1:5 EN2:60");
    check(book, NULL, 0, "E1:-15! SU1:-1! R1:0");
    book_free(&book);
}

static void test_ones_own(void **state)
{
    struct book *book = make_book();

    (void)state;
    check(book, "I1", 60, "E1:-15! SU1:-1! PA1:5"); /* of 1.1 it has a share */
    /* The plan is Shawinigan's, and with it its actions. */
    check(book, "I2", 60, "R1:0 EN2:60");
    book_free(&book);
}

static void check_promise(const char *text, int min, int max)
{
    int low = 0, high = 0;

    assert_int_equal(promise_times(text, &low, &high), min > 0);
    assert_int_equal(low, min);
    assert_int_equal(high, max);
}

static void test_promises(void **state)
{
    (void)state;
    check_promise("Publier quatre (4) fois par année le bulletin L'ÉmerGens", 4, 4);
    check_promise("Produire et diffuser le bulletin L'ÉmerGens, 3 à 4 fois par année", 3, 4);
    check_promise("Tenir de 4 à 6 rencontres régionales par an entre territoires", 4, 6);
    check_promise("Tenir par année 2 rencontres régionales sur la sécurité", 2, 2);
    check_promise("Hold 2 meetings a year with partners", 2, 2);
    check_promise("Faire le bilan de l'année 2009", 0, 0);
    check_promise("Réunir les partenaires autour de la démarche", 0, 0);
    check_promise("", 0, 0);
}

static void test_what_titles_have_in_common(void **state)
{
    (void)state;
    assert_int_equal(promise_common("Publier quatre fois par année le bulletin L'ÉmerGens",
                         "Produire et diffuser le bulletin L'ÉmerGens, 3 à 4 fois par année"),
        2);
    assert_int_equal(promise_common("Tenir 4 rencontres régionales par année",
                         "Tenir 2 rencontres régionales par année"),
        1); /* "tenir" */
    assert_int_equal(promise_common("Un site", "Un sac"), 0);
    assert_int_equal(promise_common("", "bulletin"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everybodys),
        cmocka_unit_test(test_ones_own),
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_what_titles_have_in_common),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
