/* What differs between two states of a plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "date.h"
#include "figures/diff.h"
#include "small_book.h"

struct sides {
    struct arena *arena;
    struct book *before, *after;
    const struct diff_row *rows;
    size_t count;
};

static void put_both(struct sides *sides, const char *kind, const char *handle, const char *before,
    const char *after)
{
    if (before != NULL)
        small_book_put(sides->before, kind, handle, 0, before);
    if (after != NULL)
        small_book_put(sides->after, kind, handle, 0, after);
}

static int make_sides(void **state)
{
    static const char plan[] = "title=Plan|type=annual|starts_on=2009-04-01|ends_on=2010-03-31";
    static const char action[] = "objective=@1|number=1.9|title=Act|weight=2";
    struct sides *sides = calloc(1, sizeof(*sides));

    sides->arena = arena_new((size_t)1 << 20);
    sides->before = book_new();
    sides->after = book_new();
    put_both(sides, "plan", "PL1", plan, plan);
    put_both(sides, "objective", "1", "plan=@PL1|number=1|title=First",
        "plan=@PL1|number=1|title=First");
    put_both(sides, "action", "1.9", action, action);
    put_both(sides, "party", "I1", "name=Here|type=local", "name=Here|type=local");
    *state = sides;
    return 0;
}

static int free_sides(void **state)
{
    struct sides *sides = *state;

    arena_free(&sides->arena);
    book_free(&sides->before);
    book_free(&sides->after);
    free(sides);
    return 0;
}

static void compare(struct sides *sides)
{
    struct diff_side before = {sides->before, date_from_civil(2009, 6, 1)};
    struct diff_side after = {sides->after, date_from_civil(2009, 10, 15)};
    const struct book_entry *plan = small_book_get(sides->before, "PL1");

    assert_true(book_index(sides->before));
    assert_true(book_index(sides->after));
    sides->rows = diff_plans(&before, &after, plan->id, sides->arena, &sides->count);
    assert_non_null(sides->rows);
}

static void the_same_plan_has_no_difference(void **state)
{
    struct sides *sides = *state;

    compare(sides);
    assert_int_equal(sides->count, 0);
}

static void wording_and_weight_differ_by_field(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "action", "1.9", NULL, "objective=@1|number=1.9|title=Act now|annex=B");
    compare(sides);
    assert_int_equal(sides->count, 3);
    assert_string_equal(sides->rows[0].field->name, "title");
    assert_string_equal(sides->rows[1].field->name, "annex");
    assert_string_equal(sides->rows[2].field->name, "weight");
    assert_int_equal(sides->rows[0].what, DIFF_CHANGED);
    assert_string_equal(book_text(sides->rows[0].before, "title"), "Act");
    assert_string_equal(book_text(sides->rows[0].after, "title"), "Act now");
}

static void subjects_come_in_the_plans_order(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "action", "1.10", NULL, "objective=@1|number=1.10|title=New");
    put_both(sides, "action", "1.2", "objective=@1|number=1.2|title=Old", NULL);
    put_both(sides, "objective", "2", NULL, "plan=@PL1|number=2|title=Second");
    compare(sides);
    assert_int_equal(sides->count, 3);
    assert_int_equal(sides->rows[0].what, DIFF_DROPPED);
    assert_string_equal(sides->rows[0].subject->handle, "1.2");
    assert_null(sides->rows[0].after);
    assert_int_equal(sides->rows[1].what, DIFF_ADDED);
    assert_string_equal(sides->rows[1].subject->handle, "1.10");
    assert_string_equal(sides->rows[2].subject->handle, "2");
}

static void deadlines_by_what_is_written(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "deadline", "E1", "subject=@1.9|text=2009|mode=dated|latest=2009-12-31",
        "subject=@1.9|text=2010|mode=dated|latest=2010-12-31");
    put_both(sides, "deadline", "E2", "subject=@1.9|text=2009", NULL);
    put_both(sides, "deadline", "E3", NULL, "subject=@1.9|text=2011");
    put_both(
        sides, "deadline", "E4", "subject=@1.9|text=juin", "subject=@1.9|text=juin|mode=dated");
    put_both(sides, "deadline", "E5", "subject=@1.9|text=mai",
        "subject=@1.9|text=mai|met_on=2009-05-20");
    compare(sides);
    assert_int_equal(sides->count, 5);
    assert_int_equal(sides->rows[0].what, DIFF_CHANGED);
    assert_null(sides->rows[0].field); /* one row, not one a date */
    assert_int_equal(sides->rows[1].what, DIFF_DROPPED);
    assert_string_equal(sides->rows[2].field->name, "mode");
    assert_string_equal(sides->rows[3].field->name, "met_on");
    assert_int_equal(sides->rows[4].what, DIFF_ADDED);
    assert_string_equal(sides->rows[4].subject->handle, "1.9");
}

static void responsibilities_and_the_weight_of_shares(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "responsibility", "RE1", "subject=@1.9|role=Agent",
        "subject=@1.9|role=Agent|lead=true");
    put_both(sides, "responsibility", "RE2", NULL, "subject=@1.9|party=@I1");
    put_both(sides, "share", "PA1", "action=@1.9|party=@I1",
        "action=@1.9|party=@I1|weight=3|next_step=Meet");
    compare(sides);
    assert_int_equal(sides->count, 3);
    assert_int_equal(sides->rows[0].what, DIFF_CHANGED);
    assert_int_equal(sides->rows[1].what, DIFF_ADDED);
    assert_string_equal(sides->rows[2].field->name, "weight");
    assert_string_equal(sides->rows[2].after->handle, "PA1");
}

static void progress_from_action_to_plan(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "share", "PA1", "action=@1.9|party=@I1|percent=20",
        "action=@1.9|party=@I1|percent=60|status=under_way");
    compare(sides);
    assert_int_equal(sides->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(sides->rows[i].progress);
        assert_int_equal(sides->rows[i].from, 20);
        assert_int_equal(sides->rows[i].to, 60);
    }
    assert_string_equal(sides->rows[0].subject->handle, "PL1");
    assert_string_equal(sides->rows[2].subject->handle, "1.9");
}

static void a_first_share_is_progress_from_nothing(void **state)
{
    struct sides *sides = *state;

    put_both(sides, "share", "PA1", NULL, "action=@1.9|party=@I1");
    compare(sides);
    assert_int_equal(sides->count, 3);
    assert_int_equal(sides->rows[0].from, DIFF_NOTHING);
    assert_int_equal(sides->rows[0].to, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sides, free_sides)
    const struct CMUnitTest tests[] = {
        TEST(the_same_plan_has_no_difference),
        TEST(wording_and_weight_differ_by_field),
        TEST(subjects_come_in_the_plans_order),
        TEST(deadlines_by_what_is_written),
        TEST(responsibilities_and_the_weight_of_shares),
        TEST(progress_from_action_to_plan),
        TEST(a_first_share_is_progress_from_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
