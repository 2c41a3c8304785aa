/* Seats and who sits in them, quorum item by item, training needs by theme. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/quorum.h"
#include "figures/seats.h"
#include "figures/training.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
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

static void put_meeting(struct book *book)
{
    PUT("meeting", "R1", "party=@I1|starts_at=2009-06-02T14:30|status=held");
    PUT("meeting", "R2", "party=@I1|starts_at=2009-09-15T14:30|status=planned");
    PUT("meeting", "R7", "party=@I3|starts_at=2009-10-22|type=training");
    PUT("agenda_item", "PO1", "meeting=@R1|rank=2|title=Plan|decision=Adopté");
    PUT("agenda_item", "PO2", "meeting=@R1|rank=1|title=Ouverture");
    PUT("agenda_item", "PO3", "meeting=@R1|rank=3|title=Varia");
}

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 20);
    put_who(bench->book);
    put_meeting(bench->book);
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

/* --- seats and quorum ------------------------------------------------------------------------- */

static void put_seats(struct book *book)
{
    PUT("membership", "M1", "party=@I1|organization=@I4|seat=membre|standing=member");
    PUT("membership", "M2", "party=@I1|organization=@I4|seat=membre|standing=member");
    PUT("membership", "M3",
        "party=@I1|seat=citoyenne|person=A|standing=member|since=2008-01-01|until=2009-05-31");
    PUT("membership", "M4",
        "party=@I1|seat=citoyenne|person=B|standing=member|since=2009-09-01|until=2010-01-31");
    PUT("membership", "M5", "party=@I1|seat=citoyen|standing=member");
    PUT("membership", "M6", "party=@I1|organization=@I3|seat=membre potentiel|standing=potential");
    PUT("attendance", "PS1", "meeting=@R1|seat=@M1|party=@I4|state=present|leaves_before=@PO3");
    PUT("attendance", "PS2", "meeting=@R1|party=@I4|state=present|arrives_for=@PO1");
    PUT("attendance", "PS3", "meeting=@R1|seat=@M6|state=present");
    PUT("attendance", "PS4", "meeting=@R1|party=@I2|state=present");
}

static void a_seat_goes_on_with_who_follows(void **state)
{
    struct bench *bench = *state;
    const struct seats_seat *seats;
    int32_t day = date_from_civil(2009, 7, 1);
    size_t n;

    put_seats(bench->book);
    assert_true(book_index(bench->book));
    seats = seats_list(bench->book, get(bench, "I1"), day, true, bench->arena, &n);
    assert_int_equal(n, 5);
    assert_string_equal(seats[2].sits->handle, "M3");
    assert_true(seats[2].vacant);
    assert_int_equal(seats[2].since, date_from_civil(2009, 6, 1));
    assert_string_equal(seats[3].sits->handle, "M5");
    assert_true(seats[3].vacant);
    assert_string_equal(seats[4].sits->handle, "M6"); /* members first */
    day = date_from_civil(2009, 11, 2);
    seats = seats_list(bench->book, get(bench, "I1"), day, true, bench->arena, &n);
    assert_int_equal(n, 5);
    assert_string_equal(seats[2].sits->handle, "M4");
    assert_false(seats[2].vacant);
    assert_int_equal(seats[2].n_past, 1);
    assert_true(seats_ends(&seats[2], day, 90));
    assert_false(seats_ends(&seats[2], day, 89));
}

static void what_is_not_told_is_not_vacant(void **state)
{
    struct bench *bench = *state;
    const struct seats_seat *seats;
    size_t n;

    put_seats(bench->book);
    assert_true(book_index(bench->book));
    seats = seats_list(
        bench->book, get(bench, "I1"), date_from_civil(2009, 7, 1), false, bench->arena, &n);
    assert_false(seats[3].vacant);
    assert_true(seats[3].unseen);
    assert_true(seats[2].vacant); /* its term has ended, whoever sat */
}

static void quorum_follows_arrivals_and_departures(void **state)
{
    static const struct {
        const char *item;
        size_t present;
        bool reached;
    } cases[] = {{NULL, 1, false}, {"PO2", 1, false}, {"PO1", 2, true}, {"PO3", 1, false}};
    struct bench *bench = *state;
    const struct quorum_line *lines;
    size_t n;

    put_seats(bench->book);
    assert_true(book_index(bench->book));
    lines = quorum_lines(bench->book, get(bench, "R1"), true, bench->arena, &n);
    assert_int_equal(n, 6); /* five seats and a guest */
    assert_string_equal(lines[1].attendance->handle, "PS2");
    assert_null(lines[5].seat);
    assert_false(lines[5].counts);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct quorum quorum = quorum_at(bench->book, get(bench, "R1"), lines, n,
            cases[i].item == NULL ? NULL : get(bench, cases[i].item));

        assert_int_equal(quorum.present, cases[i].present);
        assert_int_equal(quorum.needed, 2);
        assert_int_equal(quorum.reached, cases[i].reached);
    }
}

/* Three devices that were apart each noted the same party: it is there once, as the newest says. */
static void a_party_noted_thrice_is_there_once(void **state)
{
    struct bench *bench = *state;
    const struct quorum_line *lines;
    size_t n;

    small_book_put(bench->book, "attendance", "PS1", 0, "meeting=@R1|party=@I4|state=present");
    small_book_put(bench->book, "attendance", "PS2", 7, "meeting=@R1|party=@I4|state=excused");
    small_book_put(bench->book, "attendance", "PS3", 9, "meeting=@R1|party=@I4|state=present");
    small_book_put(
        bench->book, "attendance", "PS4", 0, "meeting=@R1|party=@I4|person=A|state=present");
    small_book_put(bench->book, "attendance", "PS5", 0, "meeting=@R1|party=@I3|state=present");
    assert_true(book_index(bench->book));
    lines = quorum_lines(bench->book, get(bench, "R1"), true, bench->arena, &n);
    assert_int_equal(n, 3); /* Moisson Mauricie, one of its persons, food security */
    assert_string_equal(lines[0].attendance->handle, "PS3");
    assert_int_equal(quorum_at(bench->book, get(bench, "R1"), lines, n, NULL).present, 3);
}

static void without_seats_parties_make_the_quorum(void **state)
{
    struct bench *bench = *state;
    struct book *book = bench->book;
    const struct quorum_line *lines;
    size_t n;

    PUT("attendance", "PS1", "meeting=@R1|party=@I4|state=present");
    PUT("attendance", "PS2", "meeting=@R1|party=@I2|state=excused");
    assert_true(book_index(book));
    lines = quorum_lines(book, get(bench, "R1"), true, bench->arena, &n);
    assert_int_equal(n, 2);
    assert_int_equal(quorum_at(book, get(bench, "R1"), lines, n, NULL).present, 1);
    lines = quorum_lines(book, get(bench, "R2"), true, bench->arena, &n);
    assert_int_equal(n, 0);
    assert_false(quorum_at(book, get(bench, "R2"), lines, n, NULL).known);
}

/* --- training needs --------------------------------------------------------------------------- */

static void needs_gather_by_theme(void **state)
{
    struct bench *bench = *state;
    struct book *book = bench->book;
    const struct training_theme *themes;
    size_t n;

    PUT("training_need", "BF1", "title=Un|party=@I2|theme=Médias|people=6");
    PUT("training_need", "BF2", "title=Deux|party=@I3|theme=medias|status=met|meeting=@R7");
    PUT("training_need", "BF3", "title=Trois|party=@I3|people=2");
    PUT("training_need", "BF4", "title=Quatre|party=@I3|theme=Animation|people=3");
    assert_true(book_index(book));
    themes = training_themes(book, bench->arena, &n);
    assert_int_equal(n, 3);
    assert_string_equal(themes[0].theme, "Animation");
    assert_string_equal(themes[1].theme, "Médias");
    assert_int_equal(themes[1].count, 2);
    assert_int_equal(themes[1].people, 6);
    assert_int_equal(themes[1].uncounted, 1);
    assert_int_equal(themes[1].statuses[CONCERT__TRAINING_NEED__STATUS__EXPRESSED], 1);
    assert_int_equal(themes[1].statuses[CONCERT__TRAINING_NEED__STATUS__MET], 1);
    assert_null(themes[2].theme);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_seat_goes_on_with_who_follows),
        TEST(what_is_not_told_is_not_vacant),
        TEST(quorum_follows_arrivals_and_departures),
        TEST(a_party_noted_thrice_is_there_once),
        TEST(without_seats_parties_make_the_quorum),
        TEST(needs_gather_by_theme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
