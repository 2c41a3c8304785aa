/* Meetings: promised and held, and what comes on an agenda by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/agenda.h"
#include "figures/meetings.h"
#include "figures/meetings_count.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
    int32_t from, until;
};

#define PUT(kind, handle, words) small_book_put(book, kind, handle, 0, words)

static void put_who(struct book *book)
{
    PUT("party", "I1",
        "name=Comité de coordination|type=coordination|meetings_min=4|meetings_max=6|quorum=2");
    PUT("party", "I2", "name=Comité de soutien|type=support");
    PUT("party", "I3",
        "name=Comité en sécurité alimentaire|type=thematic|meetings_min=4|meetings_max=4");
    PUT("party", "I4", "name=Moisson Mauricie|type=partner");
    PUT("party", "I5", "name=Comité développement citoyen|type=thematic");
}

static void put_plan(struct book *book)
{
    PUT("plan", "PL1", "title=Plan|type=annual|party=@I1|starts_on=2009-03-01|ends_on=2010-03-31");
    PUT("objective", "1", "plan=@PL1|number=1|title=Concerter");
    PUT("action", "1.1", "objective=@1|number=1.1|title=Rencontres");
    PUT("action", "2.1", "objective=@1|number=2.1|title=Sécurité alimentaire");
    PUT("action", "2.2", "objective=@1|number=2.2|title=Déclaration");
    PUT("responsibility", "RS1", "subject=@2.1|party=@I3");
    PUT("deadline", "E1",
        "subject=@1.1|label=Comité de coordination|text=2 juin 2009|mode=dated|"
        "earliest=2009-06-02|latest=2009-06-02");
    PUT("deadline", "E2",
        "subject=@1.1|label=Comité de coordination|text=Septembre 2009|mode=dated|"
        "earliest=2009-09-01|latest=2009-09-30");
    PUT("deadline", "E3",
        "subject=@2.1|label=Rencontres régionales|text=octobre 2009|mode=dated|"
        "earliest=2009-10-01|latest=2009-10-31");
    PUT("deadline", "E4",
        "subject=@2.1|label=Rencontres régionales|text=hiver 2010|mode=dated|"
        "earliest=2009-12-21|latest=2010-03-20");
    PUT("deadline", "E5",
        "subject=@2.1|label=Comité de travail|text=4 rencontres par année|mode=recurring|"
        "times_min=4|times_max=4");
    PUT("deadline", "E6",
        "subject=@2.2|text=8 rencontres par année du comité développement citoyen|"
        "mode=recurring|times_min=8|times_max=8");
    PUT("deadline", "E7", "subject=@2.2|text=3 à 4 fois par année|mode=recurring|times_min=3");
}

static void put_meetings(struct book *book)
{
    PUT("meeting", "R1", "party=@I1|starts_at=2009-06-02T14:30|status=held");
    PUT("meeting", "R2", "party=@I1|starts_at=2009-09-15T14:30|status=planned");
    PUT("meeting", "R3", "party=@I2|starts_at=2009-05-19|prepares=@R1|status=held");
    PUT("meeting", "R4", "party=@I2|starts_at=2009-09-20|prepares=@R2");
    PUT("meeting", "R5", "party=@I1|starts_at=2009-07-01|status=cancelled");
    PUT("meeting", "R6", "party=@I1");
    PUT("meeting", "R7", "party=@I3|starts_at=2009-10-22|type=thematic|action=@2.1");
    PUT("meeting", "R8", "party=@I3|starts_at=2009-05-06|status=held");
    PUT("meeting", "R9", "party=@I1|starts_at=2009-12-08|type=planning_day");
}

static void put_items(struct book *book)
{
    PUT("agenda_item", "PO1", "meeting=@R1|rank=2|title=Plan|decision=Adopté");
    PUT("agenda_item", "PO2", "meeting=@R1|rank=1|title=Ouverture");
    PUT("agenda_item", "PO3", "meeting=@R1|rank=3|title=Varia");
    PUT("follow_up", "SU1", "agenda_item=@PO1|party=@I4|what=Écrire|until=2009-09-01");
    PUT("follow_up", "SU2", "agenda_item=@PO1|role=Secrétaire|what=Envoyer");
    PUT("follow_up", "SU3",
        "agenda_item=@PO1|role=Secrétaire|what=Classer|done_on=2009-07-01|until=2009-07-01");
    PUT("share", "PA1",
        "action=@1.1|party=@I4|status=blocked|blocked_by=pas de local|help_from=@I2");
    PUT("share", "PA2", "action=@2.1|party=@I4|status=under_way");
}

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 20);
    bench->from = date_from_civil(2009, 3, 1);
    bench->until = date_from_civil(2010, 3, 31);
    put_who(bench->book);
    put_plan(bench->book);
    put_meetings(bench->book);
    put_items(bench->book);
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

static const struct book_entry *get(const struct bench *bench, const char *handle)
{
    return small_book_get(bench->book, handle);
}

/* --- promised and held ------------------------------------------------------------------------ */

static void check_count(const struct meetings_count *count, const char *party, const char *action,
    int min, int max, size_t held, size_t planned)
{
    assert_string_equal(count->party->handle, party);
    if (action == NULL)
        assert_null(count->action);
    else
        assert_string_equal(count->action->handle, action);
    assert_int_equal(count->min, min);
    assert_int_equal(count->max, max);
    assert_int_equal(count->held, held);
    assert_int_equal(count->planned, planned);
}

static void promises_are_counted_once(void **state)
{
    struct bench *bench = *state;
    const struct meetings_count *counts;
    size_t n;

    assert_true(book_index(bench->book));
    counts = meetings_count_all(bench->book, bench->from, bench->until, bench->arena, &n);
    assert_int_equal(n, 5);
    check_count(&counts[0], "I1", NULL, 4, 6, 1, 2);
    assert_int_equal(counts[0].cancelled, 1);
    assert_int_equal(meetings_count_lacking(&counts[0]), 1);
    check_count(&counts[1], "I2", NULL, -1, -1, 1, 1);
    /* The four of the deadline are those of the committee; the two regional ones are beside. */
    check_count(&counts[2], "I3", NULL, 4, 4, 1, 0);
    check_count(&counts[3], "I3", "2.1", 2, 2, 0, 1);
    assert_false(counts[3].own);
    assert_string_equal(counts[3].deadline->handle, "E3");
    check_count(&counts[4], "I5", "2.2", 8, 8, 0, 0);
    assert_int_equal(meetings_count_lacking(&counts[4]), 8);
    assert_false(meetings_count_exceeds(&counts[4]));
}

static void a_year_counts_its_own_days(void **state)
{
    struct bench *bench = *state;
    const struct meetings_count *counts;
    size_t n;

    assert_true(book_index(bench->book));
    counts = meetings_count_all(
        bench->book, date_from_civil(2009, 3, 1), date_from_civil(2009, 6, 2), bench->arena, &n);
    check_count(&counts[0], "I1", NULL, 4, 6, 1, 0);
    counts = meetings_count_all(
        bench->book, date_from_civil(2011, 1, 1), date_from_civil(2011, 12, 31), bench->arena, &n);
    assert_int_equal(n, 2);
    check_count(&counts[0], "I1", NULL, 4, 6, 0, 0);
}

static void too_many_are_told(void **state)
{
    struct meetings_count count = {.held = 3, .planned = 2, .min = 1, .max = 4};

    (void)state;
    assert_true(meetings_count_exceeds(&count));
    assert_int_equal(meetings_count_lacking(&count), 0);
    count.max = 5;
    assert_false(meetings_count_exceeds(&count));
}

static void a_support_meeting_comes_before(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *const *meetings;
    size_t n;

    assert_true(book_index(bench->book));
    meetings = meetings_count_unprepared(bench->book, bench->from, bench->until, bench->arena, &n);
    /* R2's comes five days after it; R5 is cancelled. */
    assert_int_equal(n, 2);
    assert_string_equal(meetings[0]->handle, "R2");
    assert_string_equal(meetings[1]->handle, "R9");
    assert_ptr_equal(meetings_preparation(bench->book, get(bench, "R1")), get(bench, "R3"));
}

static void days_of_the_plan_find_their_meeting(void **state)
{
    struct bench *bench = *state;
    const struct meetings_day *days;
    size_t n;

    assert_true(book_index(bench->book));
    days = meetings_count_days(bench->book, bench->from, bench->until, bench->arena, &n);
    assert_int_equal(n, 4);
    assert_ptr_equal(days[0].meeting, get(bench, "R1"));
    assert_ptr_equal(days[1].meeting, get(bench, "R2"));
    assert_ptr_equal(days[2].meeting, get(bench, "R7"));
    assert_null(days[3].meeting);
    assert_string_equal(days[3].deadline->handle, "E4");
}

static void the_next_one_is_planned_and_ahead(void **state)
{
    struct bench *bench = *state;

    assert_true(book_index(bench->book));
    assert_ptr_equal(meetings_next(bench->book, get(bench, "I1"), date_from_civil(2009, 6, 1)),
        get(bench, "R2"));
    assert_ptr_equal(meetings_next(bench->book, get(bench, "I1"), date_from_civil(2009, 9, 15)),
        get(bench, "R2"));
    assert_ptr_equal(meetings_next(bench->book, get(bench, "I1"), date_from_civil(2009, 9, 16)),
        get(bench, "R9"));
    assert_null(meetings_next(bench->book, get(bench, "I1"), date_from_civil(2009, 12, 9)));
}

/* --- agendas ---------------------------------------------------------------------------------- */

static const struct agenda_line *agenda(
    struct bench *bench, const char *meeting, int32_t today, size_t *n_r)
{
    const struct agenda_line *lines =
        agenda_lines(bench->book, get(bench, meeting), today, bench->arena, n_r);

    assert_non_null(lines);
    return lines;
}

static void items_come_by_rank(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *const *items;
    size_t n;

    assert_true(book_index(bench->book));
    items = agenda_items(bench->book, get(bench, "R1"), bench->arena, &n);
    assert_int_equal(n, 3);
    assert_string_equal(items[0]->handle, "PO2");
    assert_string_equal(items[2]->handle, "PO3");
}

static void what_is_open_comes_back(void **state)
{
    struct bench *bench = *state;
    const struct agenda_line *lines;
    size_t n;

    assert_true(book_index(bench->book));
    lines = agenda(bench, "R2", date_from_civil(2009, 9, 10), &n);
    assert_int_equal(n, 4);
    assert_int_equal(lines[0].source, AGENDA_MINUTES);
    assert_string_equal(lines[0].entry->handle, "R1");
    assert_string_equal(lines[1].entry->handle, "SU1");
    assert_int_equal(lines[1].late, 9);
    assert_string_equal(lines[2].entry->handle, "SU2");
    assert_int_equal(lines[2].late, 0);
    assert_int_equal(lines[3].source, AGENDA_BLOCKED);
    assert_string_equal(lines[3].entry->handle, "PA1");
    /* Another committee's, or an earlier one, has none of it. */
    agenda(bench, "R7", date_from_civil(2009, 9, 10), &n);
    assert_int_equal(n, 1);
    agenda(bench, "R3", date_from_civil(2009, 5, 1), &n);
    assert_int_equal(n, 0);
}

static void blocked_shares_come_on_the_next_one_alone(void **state)
{
    struct bench *bench = *state;
    const struct agenda_line *lines;
    size_t n;

    assert_true(book_index(bench->book));
    lines = agenda(bench, "R9", date_from_civil(2009, 9, 10), &n);
    assert_int_equal(lines[n - 1].source, AGENDA_FOLLOW_UP);
    lines = agenda(bench, "R9", date_from_civil(2009, 9, 16), &n);
    assert_int_equal(lines[n - 1].source, AGENDA_BLOCKED);
}

static void what_is_lifted_leaves(void **state)
{
    struct bench *bench = *state;
    struct book *book = bench->book;
    size_t n;

    PUT("share", "PA1", "action=@1.1|party=@I4|status=under_way");
    PUT("follow_up", "SU1", "agenda_item=@PO1|party=@I4|what=Écrire|done_on=2009-09-05");
    PUT("meeting", "R1",
        "party=@I1|starts_at=2009-06-02T14:30|status=held|minutes_status=adopted|adopted_at=@R5");
    assert_true(book_index(book));
    agenda(bench, "R2", date_from_civil(2009, 9, 10), &n);
    assert_int_equal(n, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(promises_are_counted_once),
        TEST(a_year_counts_its_own_days),
        TEST(too_many_are_told),
        TEST(a_support_meeting_comes_before),
        TEST(days_of_the_plan_find_their_meeting),
        TEST(the_next_one_is_planned_and_ahead),
        TEST(items_come_by_rank),
        TEST(what_is_open_comes_back),
        TEST(blocked_shares_come_on_the_next_one_alone),
        TEST(what_is_lifted_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
