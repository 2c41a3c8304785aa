#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/alerts.h"
#include "figures/due.h"
#include "figures/tally.h"
#include "small_book.h"

#define DAY (INT64_C(86400) * 1000000)

struct bench {
    struct book *book;
    struct arena *arena;
    int32_t today;
};

static int64_t moment(int year, int month, int day)
{
    return date_from_civil(year, month, day) * DAY + DAY / 2;
}

static void put_who(struct book *book)
{
    small_book_put(book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(book, "territory", "T2", 0, "code=SHA|name=Shawinigan");
    small_book_put(book, "party", "I1", 0, "name=Comité local de Mékinac|type=local|territory=@T1");
    small_book_put(
        book, "party", "I2", 0, "name=Comité local de Shawinigan|type=local|territory=@T2");
    small_book_put(book, "party", "I3", 0, "name=Comité en logement|type=thematic");
}

static void put_structure(struct book *book, int64_t at)
{
    small_book_put(book, "plan", "PL1", at,
        "title=Plan 2009-2010|type=annual|party=@I3|starts_on=2009-04-01|ends_on=2010-03-31");
    small_book_put(book, "plan", "PL2", at,
        "title=Communication|type=communication|party=@I3|starts_on=2009-04-01|"
        "ends_on=2010-03-31");
    small_book_put(book, "objective", "1", at, "plan=@PL1|number=1|title=Concerter");
    small_book_put(book, "objective", "1.1", at, "plan=@PL1|parent=@1|number=1.1|title=Animer");
    small_book_put(book, "objective", "2", at, "plan=@PL1|number=2|title=Rallier");
    small_book_put(book, "objective", "9", at, "plan=@PL2|number=9|title=Dire");
    small_book_put(book, "action", "1.1.1", at, "objective=@1.1|number=1.1.1|title=Rencontres");
    small_book_put(book, "action", "1.1.2", at, "objective=@1.1|number=1.1.2|title=Liens");
    small_book_put(book, "action", "1.2", at, "objective=@1|number=1.2|title=Bulletin|weight=2");
    small_book_put(book, "action", "2.1", at, "objective=@2|number=2.1|title=Logement");
    small_book_put(book, "action", "9.1", at, "objective=@9|number=9.1|title=Site");
}

static void put_deadlines(struct book *book)
{
    small_book_put(book, "deadline", "E1", 0,
        "subject=@1.1.1|label=Comité|text=2 juin 2009|mode=dated|earliest=2009-06-02|"
        "latest=2009-06-02|met_on=2009-06-02");
    small_book_put(book, "deadline", "E2", 0,
        "subject=@1.1.1|label=Comité|text=Septembre 2009|mode=dated|earliest=2009-09-01|"
        "latest=2009-09-30");
    small_book_put(book, "deadline", "E3", 0, "subject=@1.1.2|text=En continu|mode=continuous");
    small_book_put(book, "deadline", "E4", 0,
        "subject=@2.1|text=Automne 2009|mode=dated|earliest=2009-09-23|latest=2009-12-20");
}

static void put_shares(struct book *book, int64_t at)
{
    small_book_put(book, "share", "PA1", at, "action=@1.1.1|party=@I1|status=under_way|percent=60");
    small_book_put(book, "share", "PA2", at, "action=@1.1.1|party=@I2|status=dropped|percent=90");
    small_book_put(book, "share", "PA3", at, "action=@1.1.2|party=@I1|status=under_way|percent=10");
    small_book_put(book, "share", "PA4", at, "action=@1.2|party=@I1|status=done");
    small_book_put(book, "share", "PA5", at,
        "action=@1.2|party=@I2|status=blocked|percent=20|weight=3|blocked_by=salle|help_from=@I3|"
        "due=2009-10-20");
    small_book_put(book, "share", "PA6", at, "action=@9.1|party=@I1|status=done|percent=40");
    small_book_put(
        book, "note", "N1", moment(2009, 10, 1), "subject=@PA5|text=Appel fait|on=2009-10-01");
}

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 20);
    bench->today = date_from_civil(2009, 10, 15);
    put_who(bench->book);
    put_structure(bench->book, moment(2009, 4, 1));
    put_deadlines(bench->book);
    put_shares(bench->book, moment(2009, 4, 10));
    assert_true(book_index(bench->book));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    book_free(&bench->book);
    arena_free(&bench->arena);
    test_free(bench);
    return 0;
}

static struct tally sum(struct bench *bench, const char *handle, const char *party)
{
    struct tally_scope scope = {.of = small_book_get(bench->book, handle),
        .party = party == NULL ? NULL : small_book_get(bench->book, party)};
    struct tally tally;

    assert_true(tally_sum(bench->book, &scope, bench->today, bench->arena, &tally));
    return tally;
}

static void an_action_is_its_shares(void **state)
{
    struct tally tally = sum(*state, "1.1.1", NULL);

    assert_int_equal(rollup_percent(&tally.rollup), 60);
    assert_int_equal(tally.rollup.counted, 1);
    assert_int_equal(tally.rollup.dropped, 1);
    assert_int_equal(tally.status, ROLLUP_LATE);
    tally = sum(*state, "1.2", NULL);
    /* (100 × 1 + 20 × 3) × 2 over (1 + 3) × 2 */
    assert_int_equal(rollup_percent(&tally.rollup), 40);
    assert_int_equal(tally.rollup.weight, 8);
    assert_int_equal(tally.status, ROLLUP_BLOCKED);
}

static void a_met_deadline_is_not_late(void **state)
{
    struct bench *bench = *state;

    bench->today = date_from_civil(2009, 9, 30);
    assert_int_equal(sum(bench, "1.1.1", NULL).status, ROLLUP_UNDER_WAY);
    bench->today++;
    assert_int_equal(sum(bench, "1.1.1", NULL).status, ROLLUP_LATE);
}

static void continuous_stays_out_and_goes_stale(void **state)
{
    struct bench *bench = *state;
    struct tally tally = sum(bench, "1.1.2", NULL);

    assert_int_equal(rollup_percent(&tally.rollup), -1);
    assert_int_equal(tally.rollup.outside, 1);
    assert_int_equal(tally.status, ROLLUP_UNDER_WAY);
    assert_int_equal(tally.stale, 1);
    bench->today = date_from_civil(2009, 10, 10);
    assert_int_equal(sum(bench, "1.1.2", NULL).stale, 0);
}

static void an_objective_holds_its_sub_objectives(void **state)
{
    struct tally tally = sum(*state, "1", NULL);

    assert_int_equal(tally.actions, 3);
    assert_int_equal(tally.rollup.points, 60 + 200 + 120);
    assert_int_equal(tally.rollup.weight, 1 + 8);
    assert_int_equal(rollup_percent(&tally.rollup), 42);
    assert_int_equal(tally.status, ROLLUP_LATE);
    assert_int_equal(sum(*state, "1.1", NULL).actions, 2);
    tally = sum(*state, "2", NULL);
    assert_int_equal(tally.without, 1);
    assert_int_equal(tally.status, ROLLUP_NOTHING);
    assert_int_equal(rollup_percent(&tally.rollup), -1);
}

static void plans_are_apart_parties_are_not(void **state)
{
    struct bench *bench = *state;
    struct tally_scope scope = {
        .of = small_book_get(bench->book, "I1"), .plan = small_book_get(bench->book, "PL2")};
    struct tally tally = sum(bench, "PL1", NULL);

    assert_int_equal(tally.actions, 4);
    assert_int_equal(tally.rollup.counted, 3);
    tally = sum(bench, "I1", NULL);
    assert_int_equal(tally.actions, 4);
    assert_int_equal(tally.rollup.counted, 3);
    assert_int_equal(tally.rollup.outside, 1);
    assert_true(tally_sum(bench->book, &scope, bench->today, bench->arena, &tally));
    assert_int_equal(tally.actions, 1);
    assert_int_equal(tally.status, ROLLUP_DONE);
}

static void a_territory_is_its_parties(void **state)
{
    struct tally tally = sum(*state, "T2", NULL);

    assert_int_equal(tally.actions, 2);
    assert_int_equal(tally.rollup.counted, 1);
    assert_int_equal(tally.rollup.dropped, 1);
    assert_int_equal(rollup_percent(&tally.rollup), 20);
}

static void a_party_in_an_objective_is_a_cell(void **state)
{
    struct tally tally = sum(*state, "1", "I2");

    assert_int_equal(tally.actions, 2);
    assert_int_equal(rollup_percent(&tally.rollup), 20);
    tally = sum(*state, "2", "I2");
    assert_int_equal(tally.actions, 0);
}

static void lines_add_up_to_the_sum(void **state)
{
    struct bench *bench = *state;
    struct tally_scope scope = {.of = small_book_get(bench->book, "PL1")};
    struct tally tally = sum(bench, "PL1", NULL);
    uint64_t points = 0, weight = 0;
    size_t count, whys[TALLY_NO_SHARE + 1] = {0};
    const struct tally_line *lines = tally_lines(bench->book, &scope, bench->arena, &count);

    assert_non_null(lines);
    for (size_t i = 0; i < count; i++) {
        points += lines[i].points;
        weight += lines[i].weight;
        whys[lines[i].why]++;
    }
    assert_int_equal(points, tally.rollup.points);
    assert_int_equal(weight, tally.rollup.weight);
    assert_int_equal(whys[TALLY_COUNTED], 3);
    assert_int_equal(whys[TALLY_DROPPED], 1);
    assert_int_equal(whys[TALLY_OUTSIDE], 1);
    assert_int_equal(whys[TALLY_NO_SHARE], 1);
}

static void coverage_tells_what_is_left_out(void **state)
{
    struct bench *bench = *state;
    struct tally tally = sum(bench, "PL1", NULL);
    struct rollup rollup = {
        .points = 1116, .weight = 18, .counted = 18, .under_way = 18, .dropped = 2, .outside = 5};

    assert_string_equal(
        tally_figure(&tally.rollup, bench->arena), "42%: 3 of 5 shares, 1 dropped, 1 continuous");
    assert_string_equal(
        tally_figure(&rollup, bench->arena), "62%: 18 of 25 shares, 2 dropped, 5 continuous");
    tally = sum(bench, "2.1", NULL);
    assert_string_equal(tally_figure(&tally.rollup, bench->arena), "no share");
    tally = sum(bench, "1.1.2", NULL);
    assert_string_equal(tally_figure(&tally.rollup, bench->arena), "1 share, outside percentages");
}

static void deadlines_are_shown_as_written(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *action = small_book_get(bench->book, "1.1.1");

    assert_string_equal(
        due_text(bench->book, action, bench->arena), "Comité: 2 juin 2009; Septembre 2009");
    assert_ptr_equal(
        due_late(bench->book, action, bench->today), small_book_get(bench->book, "E2"));
    assert_null(due_next(bench->book, action, bench->today));
    assert_ptr_equal(due_next(bench->book, action, date_from_civil(2009, 9, 30)),
        small_book_get(bench->book, "E2"));
}

static void alerts_are_what_is_late_and_due(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *plan = small_book_get(bench->book, "PL1");
    size_t count;
    const struct alert *alerts = alerts_late(bench->book, plan, bench->today, bench->arena, &count);

    assert_int_equal(count, 1);
    assert_string_equal(alerts[0].action->handle, "1.1.1");
    alerts = alerts_due(bench->book, plan, bench->today, 30, bench->arena, &count);
    assert_int_equal(count, 1);
    assert_string_equal(alerts[0].share->handle, "PA5");
    alerts = alerts_due(bench->book, plan, bench->today, 66, bench->arena, &count);
    assert_int_equal(count, 2);
    assert_string_equal(alerts[1].deadline->handle, "E4");
    alerts = alerts_late(bench->book, plan, date_from_civil(2009, 12, 21), bench->arena, &count);
    assert_int_equal(count, 3);
}

static void silent_is_who_was_not_heard(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *plan = small_book_get(bench->book, "PL1");
    size_t count;
    const struct alert_silence *silent =
        alerts_silent(bench->book, plan, bench->today, 60, bench->arena, &count);

    /* Mékinac's shares are as whoever made the plan left them; Shawinigan wrote two weeks ago. */
    assert_int_equal(count, 1);
    assert_string_equal(silent[0].party->handle, "I1");
    assert_int_equal(silent[0].last, DATE_NONE);
    silent = alerts_silent(bench->book, plan, bench->today, 10, bench->arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(silent[1].last, date_from_civil(2009, 10, 1));
}

static void blocked_shares_are_found(void **state)
{
    struct bench *bench = *state;
    size_t count;
    const struct book_entry *const *blocked =
        alerts_blocked(bench->book, small_book_get(bench->book, "PL1"), bench->arena, &count);

    assert_int_equal(count, 1);
    assert_string_equal(blocked[0]->handle, "PA5");
}

static void a_loop_of_objectives_ends(void **state)
{
    struct bench *bench = *state;
    struct tally_scope scope;
    size_t count;

    small_book_put(bench->book, "objective", "7", 0, "plan=@PL1|parent=@8|number=7|title=Sept");
    small_book_put(bench->book, "objective", "8", 0, "plan=@PL1|parent=@7|number=8|title=Huit");
    assert_true(book_index(bench->book));
    scope = (struct tally_scope){.of = small_book_get(bench->book, "7")};
    assert_non_null(tally_actions(bench->book, &scope, bench->arena, &count));
    assert_int_equal(count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_action_is_its_shares),
        TEST(a_met_deadline_is_not_late),
        TEST(continuous_stays_out_and_goes_stale),
        TEST(an_objective_holds_its_sub_objectives),
        TEST(plans_are_apart_parties_are_not),
        TEST(a_territory_is_its_parties),
        TEST(a_party_in_an_objective_is_a_cell),
        TEST(lines_add_up_to_the_sum),
        TEST(coverage_tells_what_is_left_out),
        TEST(deadlines_are_shown_as_written),
        TEST(alerts_are_what_is_late_and_due),
        TEST(silent_is_who_was_not_heard),
        TEST(blocked_shares_are_found),
        TEST(a_loop_of_objectives_ends),
    };

    if (!date_zone("UTC"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
