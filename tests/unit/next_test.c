/* What a person is told to do next: the most urgent of what holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "words/next.h"

#define DAY INT64_C(86400000000)
#define NOW (20000 * DAY)

/* All is well, at the server. */
static struct next_of well(void)
{
    return (struct next_of){.reached = true, .now = NOW, .copied_at = NOW};
}

static void expect_with(const struct next_of *of, const char *wanted, const char *said)
{
    struct arena *arena = arena_new(65536);
    const char *name, *text = next_step(of, &name, arena);

    assert_string_equal(name, wanted);
    assert_non_null(text);
    if (said != NULL)
        assert_non_null(strstr(text, said));
    arena_free(&arena);
}

static void nothing_to_do_when_all_is_well(void **state)
{
    struct next_of of = well();

    (void)state;
    expect_with(&of, "fine", "nothing to do");
    of.reached = false;
    expect_with(&of, "offline", "nothing to do");
}

static void what_waits_leaves_by_itself_but_for_long(void **state)
{
    struct desk_operation one = {.number = 4, .state = DESK_WAITING, .authored_at = NOW - DAY};
    struct next_of of = well();

    (void)state;
    of.outbox = &one;
    of.n_outbox = 1;
    expect_with(&of, "waiting", "concert sync");
    of.reached = false;
    expect_with(&of, "apart", NULL);
    one.authored_at = NOW - 8 * DAY;
    expect_with(&of, "long", "--to FILE");
    one.state = DESK_SENT;
    expect_with(&of, "long", "--to FILE");
    of.reached = true;
    expect_with(&of, "waiting", NULL);
}

static void a_conflict_comes_before_a_refusal_and_both_before_the_rest(void **state)
{
    struct desk_operation one = {.number = 2, .state = DESK_WAITING, .authored_at = NOW};
    struct next_of of = well();

    (void)state;
    of.outbox = &one;
    of.n_outbox = 1;
    of.n_proposals = 1;
    of.conflicts.count[DESK_CONFLICT_CHOOSE] = 1;
    of.conflicts.first[DESK_CONFLICT_CHOOSE] = "5";
    of.conflicts.count[DESK_CONFLICT_DECIDE] = 2;
    of.conflicts.first[DESK_CONFLICT_DECIDE] = "PR1";
    of.conflicts.count[DESK_CONFLICT_REFUSED] = 1;
    of.conflicts.first[DESK_CONFLICT_REFUSED] = "3";
    expect_with(&of, "conflict", "concert resolve 5");
    of.conflicts.count[DESK_CONFLICT_CHOOSE] = 0;
    expect_with(&of, "decide", "concert resolve PR1");
    of.conflicts.count[DESK_CONFLICT_DECIDE] = 0;
    expect_with(&of, "refused", "concert resolve 3 --theirs");
    of.conflicts.count[DESK_CONFLICT_REFUSED] = 0;
    expect_with(&of, "proposals", NULL);
}

static void who_has_asked_the_owner_has_nothing_to_do_until_the_answer(void **state)
{
    struct next_of of = well();

    (void)state;
    of.conflicts.count[DESK_CONFLICT_ASKED] = 1;
    of.conflicts.first[DESK_CONFLICT_ASKED] = "9";
    expect_with(&of, "asked", "concert resolve 9");
    of.conflicts.count[DESK_CONFLICT_ANSWERED] = 1;
    of.conflicts.first[DESK_CONFLICT_ANSWERED] = "8";
    expect_with(&of, "answered", "concert resolve 8");
    of.conflicts.count[DESK_CONFLICT_ANSWERED] = 0;
    of.n_former = 3;
    expect_with(&of, "former", NULL);
}

static void a_file_on_its_way_is_waited_for_a_week(void **state)
{
    struct desk_operation one = {.number = 2, .state = DESK_SENT, .authored_at = NOW - 9 * DAY};
    struct next_of of = well();

    (void)state;
    of.reached = false;
    of.outbox = &one;
    of.n_outbox = 1;
    of.parcel_at = NOW - 6 * DAY;
    expect_with(&of, "carried", "--from FILE");
    of.parcel_at = NOW - 8 * DAY;
    expect_with(&of, "long", "--to FILE");
    of.n_outbox = 0;
    of.renewing = true;
    expect_with(&of, "renew", "--to FILE");
}

static void an_old_copy_and_none_at_all(void **state)
{
    struct next_of of = well();

    (void)state;
    of.reached = false;
    of.copied_at = NOW - 8 * DAY;
    expect_with(&of, "old", "concert sync");
    of.copied_at = 0;
    expect_with(&of, "no_copy", "concert sync");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_do_when_all_is_well),
        cmocka_unit_test(what_waits_leaves_by_itself_but_for_long),
        cmocka_unit_test(a_conflict_comes_before_a_refusal_and_both_before_the_rest),
        cmocka_unit_test(who_has_asked_the_owner_has_nothing_to_do_until_the_answer),
        cmocka_unit_test(a_file_on_its_way_is_waited_for_a_week),
        cmocka_unit_test(an_old_copy_and_none_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
