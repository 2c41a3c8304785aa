/* The network's figures: inventory, values, publics, directory, bulletin and its news. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/inventory.h"
#include "figures/issues.h"
#include "figures/news.h"
#include "figures/place.h"
#include "figures/reach.h"
#include "figures/resources.h"
#include "figures/topic.h"
#include "figures/values.h"
#include "figures/year.h"
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
    small_book_put(book, "party", "I2", 0, "name=Comité en logement|type=thematic");
    small_book_put(book, "party", "I3", 0, "name=CSSS|type=partner");
    small_book_put(book, "party", "I4", 0, "name=Centraide|type=partner");
    small_book_put(book, "plan", "PL1", moment(2009, 4, 1),
        "title=Plan|type=annual|party=@I2|starts_on=2009-04-01|ends_on=2010-03-31");
    small_book_put(book, "meeting", "R1", 0, "party=@I2|status=held|starts_at=2009-09-15T13:30");
}

static void put_inventory(struct book *book)
{
    small_book_put(book, "intervention", "IN1", moment(2009, 9, 15),
        "title=Cuisines|party=@I1|theme=Alimentation|clientele=Familles; aînés|type=service|"
        "status=under_way|meeting=@R1");
    small_book_put(book, "intervention", "IN2", moment(2009, 5, 1),
        "title=Popote|party=@I3|theme=alimentation; Transport|type=service|territories=@T1|"
        "territories=@T2|ends_on=2009-10-15|status=under_way");
    small_book_put(book, "intervention", "IN3", moment(2009, 5, 1),
        "title=Loyer|party=@I2|theme=Logement|type=program|status=ended");
    small_book_put(book, "intervention", "IN4", moment(2009, 5, 1),
        "title=Abri|party=@I2|theme=Logement|starts_on=2010-01-01|status=under_way");
}

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 22);
    bench->today = date_from_civil(2009, 10, 15);
    put_who(bench->book);
    put_inventory(bench->book);
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

static const struct book_entry *get(const struct bench *bench, const char *handle)
{
    return small_book_get(bench->book, handle);
}

/* --- places and topics -------------------------------------------------------------------------
 */

static void a_record_is_where_it_says_else_where_its_party_is(void **state)
{
    struct bench *bench = *state;

    assert_true(place_is(bench->book, get(bench, "IN1"), get(bench, "T1")));
    assert_false(place_is(bench->book, get(bench, "IN1"), get(bench, "T2")));
    assert_true(place_is(bench->book, get(bench, "IN2"), get(bench, "T2")));
    assert_false(place_is(bench->book, get(bench, "IN3"), get(bench, "T1")));
}

static void topics_are_split_and_matched_by_words(void **state)
{
    struct bench *bench = *state;
    const char *topics[4];

    assert_int_equal(topic_split(" Familles ;; aînés;", bench->arena, topics, 4), 2);
    assert_string_equal(topics[1], "aînés");
    assert_int_equal(topic_split(NULL, bench->arena, topics, 4), 0);
    assert_true(topic_matches("Sécurité alimentaire", "SECURITE"));
    assert_true(topic_matches(NULL, NULL));
    assert_false(topic_matches(NULL, "logement"));
    assert_false(topic_matches("Transport", "logement"));
}

static void the_year_begins_like_the_annual_plan(void **state)
{
    struct bench *bench = *state;
    struct year year = year_of(bench->book, date_from_civil(2010, 2, 1));

    assert_int_equal(year.first, date_from_civil(2009, 4, 1));
    assert_int_equal(year.last, date_from_civil(2010, 3, 31));
    assert_string_equal(year_name(year, bench->arena), "2009-2010");
    assert_int_equal(year_before(year).first, date_from_civil(2008, 4, 1));
    assert_int_equal(year_before(year).last, date_from_civil(2009, 3, 31));
    assert_int_equal(year_from(bench->book, 2007).first, date_from_civil(2007, 4, 1));
    /* Before any plan the newest one's beginning still rules. */
    assert_int_equal(
        year_of(bench->book, date_from_civil(2008, 3, 31)).first, date_from_civil(2007, 4, 1));
    book_remove(bench->book, get(bench, "PL1")->id);
    assert_true(book_index(bench->book));
    year = year_of(bench->book, bench->today);
    assert_string_equal(year_name(year, bench->arena), "2009");
}

/* --- inventory ---------------------------------------------------------------------------------
 */

static struct inventory listed(struct bench *bench, struct inventory_filter filter)
{
    struct inventory inventory;

    filter.today = bench->today;
    assert_true(inventory_list(bench->book, &filter, bench->arena, &inventory));
    return inventory;
}

static void what_is_over_is_left_out(void **state)
{
    struct bench *bench = *state;
    struct inventory found = listed(bench, (struct inventory_filter){.theme = NULL});

    /* IN2 ends today; IN3 is ended without a day; IN4 begins next year. */
    assert_int_equal(found.count, 3);
    assert_int_equal(found.over, 1);
    assert_int_equal(found.planned, 1);
    bench->today++;
    assert_int_equal(listed(bench, (struct inventory_filter){.theme = NULL}).count, 2);
    assert_int_equal(listed(bench, (struct inventory_filter){.all = true}).count, 4);
    assert_int_equal(
        listed(bench, (struct inventory_filter){.all = true, .territory = get(bench, "T1")}).count,
        2);
    assert_int_equal(
        listed(bench, (struct inventory_filter){.meeting = get(bench, "R1")}).count, 1);
    assert_int_equal(listed(bench, (struct inventory_filter){.clientele = "aines"}).count, 1);
}

static void the_matrix_shows_what_lacks(void **state)
{
    struct bench *bench = *state;
    const struct inventory_filter filter = {.today = bench->today};
    struct inventory found = listed(bench, filter);
    struct cross *cross =
        inventory_cross(bench->book, &found, &filter, INVENTORY_BY_THEME, "en", bench->arena);
    const struct inventory_gap *gaps;
    size_t count;

    assert_int_equal(cross_rows(cross), 3);
    assert_string_equal(cross_row_key(cross, 0).key, "Alimentation");
    assert_int_equal(cross_cell(cross, 0, 0).count, 2);
    assert_int_equal(cross_cell(cross, 0, 1).count, 1);
    assert_int_equal(cross_cell(cross, 0, CROSS_TOTAL).count, 2);
    assert_int_equal(cross_cell(cross, 1, CROSS_UNSET).count, 1);
    gaps = inventory_gaps(cross, bench->arena, &count);
    assert_int_equal(count, 1);
    assert_string_equal(gaps[0].row.key, "Logement");
    assert_int_equal(gaps[0].count, 2);
    assert_string_equal(gaps[0].territories[1], "Shawinigan");
}

static void every_kind_of_intervention_has_its_row(void **state)
{
    struct bench *bench = *state;
    const struct inventory_filter filter = {.today = bench->today, .territory = get(bench, "T1")};
    struct inventory found = listed(bench, filter);
    struct cross *cross =
        inventory_cross(bench->book, &found, &filter, INVENTORY_BY_TYPE, "fr", bench->arena);

    assert_int_equal(cross_rows(cross), 5);
    assert_int_equal(cross_columns(cross), 1);
    assert_string_equal(cross_row_key(cross, 3).label, "solution innovante");
    assert_string_equal(cross_row_key(cross, 4).key, "citizen_declaration");
    assert_int_equal(cross_cell(cross, 2, 0).count, 2);
}

/* --- values ------------------------------------------------------------------------------------
 */

static void a_party_counts_once_by_its_latest_analysis(void **state)
{
    struct bench *bench = *state;
    struct values values;

    small_book_put(bench->book, "plan_review", "AN1", 0,
        "party=@I3|document=A|reviewed_on=2009-05-01|integrates=fully");
    small_book_put(bench->book, "plan_review", "AN2", 0,
        "party=@I3|document=B|reviewed_on=2009-04-30|integrates=none");
    small_book_put(bench->book, "plan_review", "AN3", 0,
        "party=@I3|document=C|reviewed_on=2009-03-31|integrates=partly");
    small_book_put(bench->book, "plan_review", "AN4", 0, "party=@I1|document=D");
    small_book_put(bench->book, "plan_review", "AN5", 0,
        "party=@I4|document=E|reviewed_on=2009-10-16|integrates=fully");
    assert_true(book_index(bench->book));
    assert_true(values_read(
        bench->book, year_of(bench->book, bench->today), bench->today, bench->arena, &values));
    assert_int_equal(values.now.parties[VALUES_FULLY], 1);
    assert_int_equal(values.now.parties[VALUES_NONE], 0);
    assert_int_equal(values.now.documents, 2);
    assert_int_equal(values.last.parties[VALUES_PARTLY], 1);
    assert_int_equal(values.ever.analysed, 2);
    assert_int_equal(values.ever.parties[VALUES_UNSAID], 1);
    assert_int_equal(values.undated, 1);
    /* Centraide's comes tomorrow: until then it never was analysed; a committee need not be. */
    assert_int_equal(values.never, 1);
    assert_int_equal(values.count, 3);
}

/* --- publics -----------------------------------------------------------------------------------
 */

static void publics_never_reached_are_found(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *const *actions;
    const struct reach_gap *gaps;
    struct cross *cross;
    size_t count;

    small_book_put(bench->book, "audience", "PU1", 0, "number=1|description=Comités");
    small_book_put(bench->book, "audience", "PU2", 0, "number=2|description=Élus");
    small_book_put(bench->book, "objective", "1", 0, "plan=@PL1|number=1|title=Dire");
    small_book_put(bench->book, "action", "1.1", 0,
        "objective=@1|number=1.1|title=Bulletin|communication_goal=information|audiences=@PU1");
    small_book_put(bench->book, "action", "1.2", 0,
        "objective=@1|number=1.2|title=Liste|audiences=@PU1|audiences=@PU2");
    small_book_put(bench->book, "action", "1.3", 0, "objective=@1|number=1.3|title=Autre");
    assert_true(book_index(bench->book));
    actions = reach_actions(bench->book, NULL, bench->arena, &count);
    assert_int_equal(count, 2);
    cross = reach_cross(bench->book, actions, count, "fr", bench->arena);
    assert_int_equal(cross_cell(cross, 0, 0).count, 1);
    assert_int_equal(cross_cell(cross, 1, CROSS_UNSET).count, 1);
    assert_string_equal(cross_column_key(cross, 2).label, "comportements");
    gaps = reach_gaps(bench->book, cross, bench->arena, &count);
    assert_int_equal(count, 2);
    assert_int_equal(gaps[0].count, 2);
    assert_string_equal(gaps[0].goals[0], "attitudes");
    assert_int_equal(gaps[1].count, 3); /* an action without a goal reaches it for none */
}

/* --- directory ---------------------------------------------------------------------------------
 */

static void entries_age_after_a_year(void **state)
{
    struct bench *bench = *state;
    struct resources found;
    struct resources_filter filter = {.today = bench->today};

    small_book_put(bench->book, "directory_entry", "F1", 0,
        "name=Banque|type=food_bank|party=@I1|checked_on=2008-10-15|checked_by=I1");
    small_book_put(bench->book, "directory_entry", "F2", 0, "name=Abri|type=other|party=@I2");
    small_book_put(bench->book, "directory_entry", "F3", 0,
        "name=Aide|type=food_bank|party=@I1|publish=false|checked_on=2009-10-01|checked_by=I1");
    assert_true(book_index(bench->book));
    assert_int_equal(resources_state(get(bench, "F1"), bench->today), RESOURCES_CHECKED);
    assert_int_equal(resources_state(get(bench, "F1"), bench->today + 1), RESOURCES_STALE);
    assert_int_equal(resources_state(get(bench, "F2"), bench->today), RESOURCES_NEVER);
    assert_true(resources_list(bench->book, &filter, bench->arena, &found));
    assert_int_equal(found.count, 3);
    assert_string_equal(found.entries[0]->handle, "F3");
    assert_string_equal(found.entries[2]->handle, "F2");
    assert_int_equal(found.to_check, 1);
    assert_int_equal(found.marked, 1);
    filter.outside = true;
    assert_true(resources_list(bench->book, &filter, bench->arena, &found));
    assert_int_equal(found.count, 2);
    assert_int_equal(found.marked, 1);
}

/* --- the bulletin ------------------------------------------------------------------------------
 */

static void put_bulletin(struct book *book)
{
    small_book_put(book, "publication", "PB1", 0,
        "title=L'ÉmerGens|type=bulletin|status=published|published_on=2009-06-02");
    small_book_put(book, "publication", "PB2", 0, "title=L'ÉmerGens|type=bulletin|status=planned");
    small_book_put(
        book, "publication", "PB3", 0, "title=L'ÉmerGens|type=bulletin|status=in_preparation");
    small_book_put(book, "publication", "PB4", 0,
        "title=Dépliant|type=brochure|status=published|published_on=2009-09-01");
    small_book_put(book, "publication", "PB5", 0,
        "title=L'ÉmerGens|type=bulletin|status=published|published_on=2009-03-31");
    small_book_put(
        book, "article", "AR1", 0, "title=Un|party=@I1|publication=@PB3|status=accepted");
    small_book_put(book, "article", "AR2", 0, "title=Deux|party=@I1");
    assert_true(book_index(book));
}

static void issues_and_their_articles(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *const *issues;
    struct cross *cross;
    size_t count, n;

    put_bulletin(bench->book);
    issues = issues_of(bench->book, year_of(bench->book, bench->today), bench->arena, &count);
    assert_int_equal(count, 3);
    assert_ptr_equal(issues[0], get(bench, "PB1"));
    assert_ptr_equal(issues_last(bench->book, bench->today), get(bench, "PB1"));
    assert_ptr_equal(issues_last(bench->book, date_from_civil(2009, 6, 1)), get(bench, "PB5"));
    assert_ptr_equal(issues_next(bench->book), get(bench, "PB3"));
    assert_int_equal(issues_status(get(bench, "AR2")), CONCERT__ARTICLE__STATUS__OFFERED);
    issues_articles(bench->book, get(bench, "PB3"), bench->arena, &n);
    assert_int_equal(n, 1);
    cross = issues_cross(bench->book, issues, count, "en", bench->arena);
    assert_int_equal(cross_cell(cross, CROSS_UNSET, 0).count, 1);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, 1).count, 1);
}

static void put_news(struct book *book, const char *share)
{
    small_book_put(book, "objective", "1", 0, "plan=@PL1|number=1|title=Agir");
    small_book_put(book, "action", "1.1", 0, "objective=@1|number=1.1|title=Agir");
    small_book_put(book, "action", "1.2", 0, "objective=@1|number=1.2|title=Autre");
    small_book_put(book, "share", "PA1", moment(2009, 10, 1), share);
    small_book_put(book, "share", "PA2", moment(2009, 5, 1),
        "action=@1.2|party=@I1|status=blocked|blocked_by=local|help_from=@I2");
    small_book_put(book, "deadline", "E1", 0,
        "subject=@1.1|text=décembre|mode=dated|earliest=2009-12-01|latest=2009-12-31");
    small_book_put(book, "deadline", "E2", 0,
        "subject=@1.2|text=décembre|mode=dated|earliest=2009-12-01|latest=2009-12-31");
    small_book_put(book, "deadline", "E3", 0,
        "subject=@1.2|text=mars|mode=dated|earliest=2010-03-01|latest=2010-03-31");
    small_book_put(book, "note", "N1", moment(2009, 10, 1), "subject=@PA2|text=Fait|on=2009-06-02");
    small_book_put(book, "note", "N2", moment(2009, 10, 1), "subject=@PA2|text=Fait|on=2009-06-03");
}

static size_t count_items(
    struct bench *bench, const struct book *then, enum news_section section, const char *handle)
{
    const struct news_period period = {.since = date_from_civil(2009, 6, 2),
        .today = bench->today,
        .ahead = date_add_months(bench->today, 3),
        .then = then};
    size_t count, found = 0;
    const struct news_item *items = news_collect(bench->book, &period, bench->arena, &count);

    assert_non_null(items);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || items[i - 1].section <= items[i].section);
        found += items[i].section == section &&
                 (handle == NULL || strcmp(items[i].entry->handle, handle) == 0);
    }
    return found;
}

static void news_is_what_changed_since(void **state)
{
    struct bench *bench = *state;

    put_news(bench->book, "action=@1.1|party=@I1|status=done");
    assert_true(book_index(bench->book));
    assert_int_equal(count_items(bench, NULL, NEWS_DONE, "PA1"), 1);
    assert_int_equal(count_items(bench, NULL, NEWS_DONE, "R1"), 1);
    assert_int_equal(count_items(bench, NULL, NEWS_BEGUN, "IN1"), 1);
    assert_int_equal(count_items(bench, NULL, NEWS_BEGUN, "IN2"), 0);
    assert_int_equal(count_items(bench, NULL, NEWS_SAID, "N1"), 0);
    assert_int_equal(count_items(bench, NULL, NEWS_SAID, "N2"), 1);
    /* What is asked is so whenever it began. */
    assert_int_equal(count_items(bench, NULL, NEWS_ASKED, "PA2"), 1);
    /* The action of E1 is done, and E3 is too far. */
    assert_int_equal(count_items(bench, NULL, NEWS_COMING, NULL), 1);
    assert_int_equal(count_items(bench, NULL, NEWS_COMING, "E2"), 1);
}

static void what_was_done_then_is_no_news(void **state)
{
    struct bench *bench = *state;
    struct book *then = book_new();

    put_news(bench->book, "action=@1.1|party=@I1|status=done");
    assert_true(book_index(bench->book));
    small_book_put(then, "share", "PA1", 0, "action=@1.1|party=@I1|status=under_way");
    assert_true(book_index(then));
    assert_int_equal(count_items(bench, then, NEWS_DONE, "PA1"), 1);
    small_book_put(then, "share", "PA1", 0, "action=@1.1|party=@I1|status=done");
    small_book_put(then, "intervention", "IN1", 0, "title=Cuisines|party=@I1");
    assert_true(book_index(then));
    assert_int_equal(count_items(bench, then, NEWS_DONE, "PA1"), 0);
    assert_int_equal(count_items(bench, then, NEWS_BEGUN, "IN1"), 0);
    assert_int_equal(count_items(bench, then, NEWS_BEGUN, "IN2"), 1);
    book_free(&then);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_where_it_says_else_where_its_party_is),
        TEST(topics_are_split_and_matched_by_words),
        TEST(the_year_begins_like_the_annual_plan),
        TEST(what_is_over_is_left_out),
        TEST(the_matrix_shows_what_lacks),
        TEST(every_kind_of_intervention_has_its_row),
        TEST(a_party_counts_once_by_its_latest_analysis),
        TEST(publics_never_reached_are_found),
        TEST(entries_age_after_a_year),
        TEST(issues_and_their_articles),
        TEST(news_is_what_changed_since),
        TEST(what_was_done_then_is_no_news),
    };

    if (!date_zone("UTC"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
