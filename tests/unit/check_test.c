/* Each rule of the check: a book in which it holds, one in which it finds exactly what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "date.h"
#include "figures/check.h"
#include "small_book.h"

#define DAY (INT64_C(86400) * 1000000)
#define LINES_MAX 12
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "kind HANDLE words". */
static const char *const base[] = {
    "territory T1 code=MEK|name=Mékinac",
    "party I1 name=Consortium|type=staff",
    "party I2 name=Comité de coordination|type=coordination",
    "party I3 name=Comité de soutien|type=support",
    "party I4 name=Comité local de Mékinac|type=local|territory=@T1",
    "plan PL1 title=Plan 2009-2010|type=annual|party=@I1|starts_on=2009-04-01|ends_on=2010-03-31",
    "plan PL2 title=Communication|type=communication|party=@I1|starts_on=2009-04-01|"
    "ends_on=2010-03-31",
    "objective 1 plan=@PL1|number=1|title=Concerter",
    "objective A plan=@PL2|number=A|title=Dire",
};

/* What is there in both books of a case, what more where the rule holds, what more where not; then
 * the finding: the record, promised, found. */
struct example {
    const char *rule;
    const char *both[LINES_MAX], *good[LINES_MAX], *bad[LINES_MAX];
    const char *handle, *promised, *found;
};

#define ACTION "action 1.1 objective=@1|number=1.1|title="
#define SIMPLE ACTION "Loger"
#define PROJECT "project P1 title=Logement|party=@I4"

static const struct example examples[] = {
    {"contradiction", {ACTION "Produire le bulletin L'ÉmerGens, 3 à 4 fois par année"},
        {"action A.1 objective=@A|number=A.1|title=Publier de 3 à 4 fois par an le bulletin "
         "L'ÉmerGens"},
        {"action A.1 objective=@A|number=A.1|title=Publier quatre (4) fois par année le bulletin "
         "L'ÉmerGens"},
        "A.1", "1.1: 3 to 4 a year", "A.1: 4 a year"},
    {"times",
        {ACTION "Tenir de 2 à 3 rencontres par an",
            "deadline E1 subject=@1.1|text=mai 2009|mode=dated|latest=2009-05-31"},
        {"deadline E2 subject=@1.1|text=juin 2009|mode=dated|latest=2009-06-30"}, {NULL}, "1.1",
        "2 to 3", "1 date"},
    {"no_deadline", {SIMPLE}, {"deadline E1 subject=@1.1|text=En continu|mode=continuous"}, {NULL},
        "1.1", "a deadline", "no deadline"},
    {"no_resource", {SIMPLE}, {"responsibility RE1 subject=@1.1|role=Coordonnatrice"}, {NULL},
        "1.1", "a resource", "no resource"},
    {"no_resource", {SIMPLE}, {"share PA1 action=@1.1|party=@I4"}, {NULL}, "1.1", "a resource",
        "no resource"},
    {"unread", {SIMPLE}, {"deadline E1 subject=@1.1|text=mai 2009|mode=dated|latest=2009-05-31"},
        {"deadline E1 subject=@1.1|text=quand on pourra"}, "1.1", "quand on pourra",
        "cannot be read"},
    {"gap", {SIMPLE}, {"action 1.2 objective=@1|number=1.2|title=Nourrir"},
        {"action 1.3 objective=@1|number=1.3|title=Nourrir"}, "1", "1.2", "1.3"},
    {"gap", {NULL}, {"objective 2 plan=@PL1|number=2|title=Rallier"},
        {"objective 3 plan=@PL1|number=3|title=Rallier"}, "PL1", "2", "3"},
    {"untouched", {SIMPLE}, {"share PA1 action=@1.1|party=@I4|status=done"},
        {"share PA1 action=@1.1|party=@I4"}, "PA1", "within 60 days", "166 days ago"},
    {"meetings", {"party I5 name=Comité citoyen|type=thematic|meetings_min=1|meetings_max=2"},
        {"meeting R1 party=@I5|starts_at=2009-09-01T13:30|status=held"},
        {"meeting R1 party=@I5|starts_at=2009-09-01T13:30|status=cancelled",
            "meeting R2 party=@I5|starts_at=2011-01-01"},
        "I5", "1 to 2 a year", "0 held or planned"},
    {"prepared", {"meeting R1 party=@I2|starts_at=2009-12-02"},
        {"meeting R2 party=@I3|starts_at=2009-11-20|prepares=@R1"},
        {"meeting R2 party=@I3|starts_at=2009-12-20|prepares=@R1"}, "R1",
        "a support meeting before it", "no meeting"},
    {"recurring",
        {SIMPLE,
            "deadline E1 subject=@1.1|text=2 rencontres par "
            "année|mode=recurring|times_min=2|times_max=2",
            "responsibility RE1 subject=@1.1|party=@I4",
            "meeting R1 party=@I4|action=@1.1|starts_at=2009-09-01"},
        {"meeting R2 party=@I4|action=@1.1|starts_at=2010-01-10"}, {NULL}, "1.1",
        "2 rencontres par année", "1 held or planned"},
    {"by_date",
        {SIMPLE, "deadline E1 subject=@1.1|label=Comité de coordination|text=mars "
                 "2010|mode=dated|earliest=2010-03-01|latest=2010-03-31"},
        {"meeting R1 party=@I2|starts_at=2010-03-12"},
        {"meeting R1 party=@I2|starts_at=2010-04-12"}, "1.1", "Comité de coordination: mars 2010",
        "no meeting"},
    {"by_date",
        {SIMPLE, "responsibility RE1 subject=@1.1|party=@I2",
            "deadline E1 subject=@1.1|label=Rencontres régionales|text=octobre "
            "2009|mode=dated|earliest=2009-10-01|latest=2009-10-31"},
        {"meeting R1 party=@I2|type=thematic|starts_at=2009-10-31T09:00"},
        {"meeting R1 party=@I2|starts_at=2009-10-31T09:00"}, "1.1",
        "Rencontres régionales: octobre 2009", "no meeting"},
    {"bulletins",
        {ACTION "Diffuser le bulletin, 1 à 2 fois par année",
            "publication PB2 title=Bulletin|action=@1.1|published_on=2009-03-31"},
        {"publication PB1 title=Bulletin|action=@1.1|published_on=2009-04-01"}, {NULL}, "1.1",
        "1 to 2 a year", "0 published or planned"},
    {"past_meeting", {NULL}, {"meeting R1 party=@I4|starts_at=2009-10-15"},
        {"meeting R1 party=@I4|starts_at=2009-10-14"}, "R1", "held or cancelled", "still planned"},
    {"minutes", {"meeting R2 party=@I4|starts_at=2009-09-14|status=held"},
        {"meeting R1 "
         "party=@I4|starts_at=2009-06-14|status=held|minutes_status=adopted|adopted_at=@R2"},
        {"meeting R1 party=@I4|starts_at=2009-06-14|status=held|minutes_status=circulated"}, "R1",
        "adopted at R2", "not adopted"},
    {"envelope_over",
        {PROJECT, "envelope EN1 title=Fonds|funder=@I1|amount=10000",
            "budget_line BU1 project=@P1|label=Tout|planned=90000"},
        {"funding_request DF1 project=@P1|envelope=@EN1|status=granted|granted=10000"},
        {"funding_request DF1 project=@P1|envelope=@EN1|status=granted|granted=10100"}, "EN1",
        "$100", "$101"},
    {"line_over", {PROJECT}, {"budget_line BU1 project=@P1|label=Papier|planned=500|actual=500"},
        {"budget_line BU1 project=@P1|label=Papier|planned=500|actual=650"}, "BU1", "$5", "$6.50"},
    {"project_over", {PROJECT, "budget_line BU1 project=@P1|label=Papier|planned=50000"},
        {"funding_request DF1 project=@P1|funder=@I1|status=granted|granted=50000"},
        {"funding_request DF1 project=@P1|funder=@I1|status=granted|granted=60000"}, "P1", "$500",
        "$600"},
    {"spent_over",
        {PROJECT, "funding_request DF1 project=@P1|funder=@I1|status=granted|granted=50000"},
        {"budget_line BU1 project=@P1|label=Papier|planned=50000|actual=50000"},
        {"budget_line BU1 project=@P1|label=Papier|planned=50000|actual=50001"}, "P1", "$500",
        "$500.01"},
    {"granted_over", {PROJECT},
        {"funding_request DF1 project=@P1|funder=@I1|status=granted|amount=500|granted=400"},
        {"funding_request DF1 project=@P1|funder=@I1|status=granted|amount=500|granted=600"}, "DF1",
        "$5", "$6"},
    {"not_sought", {PROJECT, "budget_line BU1 project=@P1|label=Papier|planned=50000"},
        {"funding_request DF1 project=@P1|funder=@I1|amount=50000"},
        {"funding_request DF1 project=@P1|funder=@I1|amount=20000"}, "P1", "$500", "$200"},
    {"no_envelope", {PROJECT, "envelope EN1 title=Fonds|funder=@I1|amount=90000"},
        {"funding_request DF1 project=@P1|funder=@I1|amount=20000|envelope=@EN1"},
        {"funding_request DF1 project=@P1|funder=@I1|amount=20000"}, "DF1", "$200", "no envelope"},
    {"no_amount", {PROJECT}, {"funding_request DF1 project=@P1|funder=@I1|amount=20000"},
        {"funding_request DF1 project=@P1|funder=@I1|status=awaiting"}, "DF1", "an amount",
        "no amount"},
    {"no_envelope", {PROJECT, "envelope EN1 title=Fonds|funder=@I1|amount=90000"},
        {"funding_request DF1 project=@P1|funder=@I1|envelope=@EN1"},
        {"funding_request DF1 project=@P1|funder=@I1"}, "DF1", "an envelope", "no envelope"},
    {"to_verify", {NULL},
        {"directory_entry F1 "
         "name=Moisson|party=@I4|checked_on=2008-10-15|checked_by=Secrétariat"},
        {"directory_entry F1 "
         "name=Moisson|party=@I4|checked_on=2008-10-14|checked_by=Secrétariat"},
        "F1", "within a year", "2008-10-14"},
    {"to_verify", {NULL}, {NULL}, {"directory_entry F1 name=Moisson|party=@I4"}, "F1",
        "within a year", "never"},
    {"no_consent", {NULL}, {"contact CO1 name=A|email=a@b.test|consent_on=2009-01-01"},
        {"contact CO1 name=A|email=a@b.test"}, "CO1", "a consent", "no consent"},
    {"incident", {NULL}, {"incident IC1 title=A|serious=true|commission_on=2009-01-01"},
        {"incident IC1 title=A|serious=true"}, "IC1", "the Commission told", "no day for it"},
    {"unmet_need", {"meeting R1 party=@I4|starts_at=2010-01-14"},
        {"training_need BF1 title=Animer|party=@I4|meeting=@R1"},
        {"training_need BF1 title=Animer|party=@I4"}, "BF1", "a meeting", "no meeting"},
    {"score",
        {"form G1 title=Potentiel|scale_min=1|scale_max=5",
            "criterion CR1 form=@G1|rank=1|question=Entraide",
            "criterion CR2 form=@G1|rank=2|question=Relève",
            "assessment AC1 form=@G1|territory=@T1|party=@I4",
            "score CT1 assessment=@AC1|criterion=@CR1|value=5"},
        {"score CT2 assessment=@AC1|criterion=@CR2|value=1"}, {NULL}, "AC1", "2 criteria",
        "1 score"},
    {"score",
        {"form G1 title=Potentiel|scale_min=1|scale_max=5",
            "criterion CR1 form=@G1|rank=1|question=Entraide",
            "assessment AC1 form=@G1|territory=@T1|party=@I4"},
        {"score CT1 assessment=@AC1|criterion=@CR1|value=1"},
        {"score CT1 assessment=@AC1|criterion=@CR1|value=6"}, "CT1", "1 to 5", "6"},
    {"twice",
        {"indicator ID1 code=LOG|title=Logements|dimensions=statut",
            "observation OB1 "
            "indicator=@ID1|territory=@T1|period_start=2009-01-01|period_end=2009-12-31|dimension_"
            "values=OMH|value=5000"},
        {"observation OB2 "
         "indicator=@ID1|territory=@T1|period_start=2009-01-01|period_end=2009-12-31|dimension_"
         "values=coop|value=5000"},
        {"observation OB2 "
         "indicator=@ID1|territory=@T1|period_start=2009-01-01|period_end=2009-12-31|dimension_"
         "values=OMH|value=6000"},
        "OB2", "OB1", "OB2"},
};

static void put_line(struct book *book, const char *line)
{
    char kind[64], handle[16];
    int used = 0;

    assert_int_equal(sscanf(line, "%63s %15s %n", kind, handle, &used), 2);
    small_book_put(book, kind, arena_copy(book_arena(book), handle, strlen(handle)),
        date_from_civil(2009, 5, 2) * DAY + DAY / 2, line + used);
}

static void put_lines(struct book *book, const char *const *lines, size_t max)
{
    for (size_t i = 0; i < max && lines[i] != NULL; i++)
        put_line(book, lines[i]);
}

static struct book *make_book(const struct example *example, const char *const *more)
{
    struct book *book = book_new();

    put_lines(book, base, COUNT(base));
    put_lines(book, example->both, LINES_MAX);
    put_lines(book, more, LINES_MAX);
    assert_true(book_index(book));
    return book;
}

static const struct check_finding *run(
    const struct book *book, const char *rule, struct arena *arena, size_t *count_r)
{
    struct check_scope scope = {.plan = small_book_get(book, "PL1"),
        .language = "en",
        .today = date_from_civil(2009, 10, 15),
        .stale = 60};
    const struct check_finding *found = check_run(book, &scope, rule, arena, count_r);

    assert_non_null(found);
    return found;
}

static void test_each_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        const struct example *e = &examples[i];
        struct arena *arena = arena_new(1 << 20);
        struct book *good = make_book(e, e->good), *bad = make_book(e, e->bad);
        const struct check_finding *found;
        size_t count;

        run(good, e->rule, arena, &count);
        if (count != 0)
            fail_msg("%s (example %zu) found %zu where it holds", e->rule, i, count);
        found = run(bad, e->rule, arena, &count);
        if (count != 1)
            fail_msg("%s (example %zu) found %zu, not 1", e->rule, i, count);
        assert_string_equal(found[0].rule->name, e->rule);
        assert_string_equal(found[0].record->handle, e->handle);
        assert_string_equal(found[0].promised, e->promised);
        assert_string_equal(found[0].found, e->found);
        book_free(&good);
        book_free(&bad);
        arena_free(&arena);
    }
}

static void test_every_rule_has_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < check_rules_count; i++) {
        size_t found = 0;

        for (size_t j = 0; j < COUNT(examples); j++)
            found += strcmp(examples[j].rule, check_rules[i].name) == 0;
        if (found == 0)
            fail_msg("no example of %s", check_rules[i].name);
        assert_ptr_equal(check_rule_find(check_rules[i].name), &check_rules[i]);
    }
    assert_ptr_equal(check_rule_find("no-deadline"), check_rule_find("no_deadline"));
    assert_null(check_rule_find("nothing"));
}

/* Nobody is asked to mend what is closed. */
static void test_closed_plans_are_left_alone(void **state)
{
    static const struct example example = {
        .both = {SIMPLE, "deadline E1 subject=@1.1|text=un jour", "share PA1 action=@1.1|party=@I4",
            "objective 9 plan=@PL1|number=9|title=Loin"}};
    struct arena *arena = arena_new(1 << 20);
    struct book *book = make_book(&example, example.good);
    size_t count;

    (void)state;
    run(book, NULL, arena, &count);
    assert_true(count > 2);
    small_book_put(book, "plan", "PL1", 0,
        "title=Plan "
        "2009-2010|type=annual|party=@I1|starts_on=2009-04-01|ends_on=2010-03-31|status=closed");
    assert_true(book_index(book));
    run(book, NULL, arena, &count);
    assert_int_equal(count, 0);
    book_free(&book);
    arena_free(&arena);
}

/* Thirteen months are one year: its last one is not a year of its own, with meetings due in it. */
static void test_a_last_month_is_no_year(void **state)
{
    static const struct example example = {
        .both = {"party I5 name=Comité citoyen|type=thematic|meetings_min=1|meetings_max=2",
            "meeting R1 party=@I5|starts_at=2009-09-01T13:30|status=held"}};
    const int32_t days[] = {date_from_civil(2010, 3, 20), date_from_civil(2026, 11, 22)};
    struct book *book = make_book(&example, example.good);

    (void)state;
    small_book_put(book, "plan", "PL1", 0,
        "title=Plan|type=annual|party=@I1|starts_on=2009-03-01|ends_on=2010-03-31");
    assert_true(book_index(book));
    for (size_t i = 0; i < COUNT(days); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct check_scope scope = {
            .plan = small_book_get(book, "PL1"), .language = "en", .today = days[i], .stale = 60};
        size_t count;

        assert_non_null(check_run(book, &scope, "meetings", arena, &count));
        assert_int_equal(count, 0);
        arena_free(&arena);
    }
    book_free(&book);
}

/* Without a plan nothing is counted in its year, and nothing fails. */
static void test_an_empty_region(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct book *book = book_new();
    struct check_scope scope = {
        .language = "fr", .today = date_from_civil(2009, 10, 15), .stale = 60};
    size_t count;

    (void)state;
    assert_true(book_index(book));
    assert_non_null(check_run(book, &scope, NULL, arena, &count));
    assert_int_equal(count, 0);
    book_free(&book);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_rule),
        cmocka_unit_test(test_every_rule_has_an_example),
        cmocka_unit_test(test_closed_plans_are_left_alone),
        cmocka_unit_test(test_a_last_month_is_no_year),
        cmocka_unit_test(test_an_empty_region),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
