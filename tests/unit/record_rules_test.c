/* Each rule of record_rules[] has a record that passes and one that fails, here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "record.h"
#include "record_rules.h"

#define WORDS 6
#define EIGHT_SIGNS "ÀéÀéÀéÀé"
#define FORTY_SIGNS EIGHT_SIGNS EIGHT_SIGNS EIGHT_SIGNS EIGHT_SIGNS EIGHT_SIGNS
#define NAME200 FORTY_SIGNS FORTY_SIGNS FORTY_SIGNS FORTY_SIGNS FORTY_SIGNS
#define HASH64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* In the order of record_rules[]. Records are words: "field=value", "@" for a reference. Both hold
 * to the kind's other rules. `field`: told of the one that fails. */
static const struct rule_case {
    const char *kind, *rule;
    const char *good[WORDS], *bad[WORDS];
    const char *field;
} cases[] = {
    {"territory", "name", {"name=Mékinac"}, {"name=Méki\nnac"}, "name"},
    {"party", "name", {"name=" NAME200}, {"name=Comité", "short_name=" NAME200 "é"}, "short_name"},
    {"party", "order", {"meetings_min=4", "meetings_max=4"}, {"meetings_min=5", "meetings_max=4"},
        "meetings_max"},
    {"party", "email", {"email=comite@exemple.example"}, {"email=comite"}, "email"},
    {"membership", "name", {"person=Une personne"}, {"person=\t"}, "person"},
    {"membership", "order", {"since=2009-01-01", "until=2009-01-01"},
        {"since=2009-01-02", "until=2009-01-01"}, "until"},
    {"membership", "email", {"email=a.b@exemple.test"}, {"email=a b@exemple.test"}, "email"},
    {"account", "name", {"person=L'Équipe d\u2019ici"}, {"person=A\033[31mB"}, "person"},
    {"account", "language", {"language=en"}, {"language=de"}, "language"},
    {"device", "name", {"name=-"}, {"name= \u00a0\u200b"}, "name"},
    {"plan", "order", {"starts_on=2009-04-01", "ends_on=2010-03-31"},
        {"starts_on=2009-04-01", "ends_on=2009-03-31"}, "ends_on"},
    {"plan", "adoption_named", {"status=adopted", "adopted_on=2009-05-01", "resolution=@"},
        {"status=adopted", "adopted_on=2009-05-01"}, "resolution"},
    {"responsibility", "somebody", {"role=Agent de projet"}, {"lead=true"}, "party"},
    {"deadline", "order", {"earliest=2009-09-01", "latest=2009-09-30"},
        {"earliest=2009-10-01", "latest=2009-09-30"}, "latest"},
    {"deadline", "order", {"times_min=3", "times_max=4"}, {"times_min=5", "times_max=4"},
        "times_max"},
    {"share", "blocked", {"status=blocked", "blocked_by=Pas de local", "help_from=@"},
        {"status=blocked", "blocked_by=Pas de local"}, "help_from"},
    {"proposal", "answered", {"status=refused", "answer=Trop tard"}, {"status=refused"}, "answer"},
    {"project", "order", {"starts_on=2009-04-01"}, {"starts_on=2009-04-01", "ends_on=2009-03-31"},
        "ends_on"},
    {"envelope", "order", {"ends_on=2009-04-01"}, {"starts_on=2009-04-01", "ends_on=2009-03-31"},
        "ends_on"},
    {"funding_request", "granted", {"status=granted", "granted=0", "funder=@"},
        {"status=granted", "funder=@"}, "granted"},
    {"funding_request", "somebody", {"amount=5000"}, {"note=Peut-être"}, "funder"},
    {"agreement", "order", {"starts_on=2009-04-01", "ends_on=2012-03-31"},
        {"starts_on=2009-04-01", "ends_on=2009-03-31"}, "ends_on"},
    {"agreement", "dated", {"status=signed", "starts_on=2009-04-01", "ends_on=2012-03-31"},
        {"status=signed", "starts_on=2009-04-01"}, "ends_on"},
    {"signatory", "signed", {"standing=signed", "signed_on=2009-04-01"}, {"standing=signed"},
        "signed_on"},
    {"meeting", "order", {"starts_at=2009-06-02T09:30", "ends_at=2009-06-02T12:00"},
        {"starts_at=2009-06-02T13:30", "ends_at=2009-06-02T12:00"}, "ends_at"},
    {"meeting", "held", {"status=held", "starts_at=2009-06-02"}, {"status=held"}, "starts_at"},
    {"meeting", "minutes_adopted", {"minutes_status=adopted", "adopted_at=@"},
        {"minutes_status=adopted"}, "adopted_at"},
    {"follow_up", "somebody", {"party=@"}, {"what=Appeler"}, "party"},
    {"attendance", "somebody", {"person=Une personne"}, {"state=present"}, "party"},
    {"attendance", "name", {"person=Une personne"}, {"person=Une\u2028personne"}, "person"},
    {"training_need", "met", {"status=met", "meeting=@"}, {"status=met"}, "meeting"},
    {"publication", "published", {"status=published", "published_on=2009-06-02"},
        {"status=published"}, "published_on"},
    {"article", "published", {"status=published", "publication=@"}, {"status=published"},
        "publication"},
    {"contact", "name", {"phone=819", "name=Une personne"}, {"phone=819", "name=Une\xc2\x9bM"},
        "name"},
    {"contact", "reachable", {"organization=Une maison"}, {"name=Une personne"}, "email"},
    {"contact", "email", {"email=liste@exemple.test"}, {"email=liste@exemple"}, "email"},
    {"intervention", "order", {"starts_on=2009-04-01", "ends_on=2009-04-01"},
        {"starts_on=2009-04-01", "ends_on=2009-03-31"}, "ends_on"},
    {"directory_entry", "name", {"name=Cuisine"}, {"name=Cuisine\177"}, "name"},
    {"directory_entry", "checked", {"checked_on=2009-04-01", "checked_by=Le comité"},
        {"checked_on=2009-04-01"}, "checked_by"},
    {"directory_entry", "email", {"email=a@b.test"}, {"email=@b.test"}, "email"},
    {"observation", "order",
        {"period_start=2009-01-01", "period_end=2009-12-31", "area=Québec", "value=0"},
        {"period_start=2009-01-01", "period_end=2008-12-31", "area=Québec", "value=0"},
        "period_end"},
    {"observation", "where", {"territory=@", "value=0"}, {"territory=@", "area=X", "value=0"},
        "territory"},
    {"observation", "value", {"area=X", "value=0"}, {"area=X"}, "value"},
    {"observation", "rate", {"area=X", "numerator=1000", "denominator=3000"},
        {"area=X", "numerator=1000"}, "denominator"},
    {"observation", "denominator", {"area=X", "numerator=0", "denominator=1"},
        {"area=X", "numerator=0", "denominator=0"}, "denominator"},
    {"form", "order", {"scale_min=1", "scale_max=5"}, {"scale_min=6", "scale_max=5"}, "scale_max"},
    {"assessment", "where", {"community=Un village"}, {"summary=Bien"}, "community"},
    {"incident", "order", {"occurred_on=2009-06-01", "discovered_on=2009-06-01"},
        {"occurred_on=2009-06-02", "discovered_on=2009-06-01"}, "discovered_on"},
    {"incident", "measures", {"status=closed", "measures=Copie reprise"}, {"status=closed"},
        "measures"},
    {"document", "hash", {"sha256=" HASH64}, {"sha256=0123"}, "sha256"},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static ProtobufCMessage *message_of(
    const struct kind *kind, const char *const words[WORDS], struct arena *arena)
{
    static const uint8_t some[UUID_SIZE] = {1};
    ProtobufCMessage *message = record_new(kind, arena);

    for (size_t i = 0; i < WORDS && words[i] != NULL; i++) {
        const char *text = strchr(words[i], '=') + 1;
        const ProtobufCFieldDescriptor *field =
            record_field(kind, arena_copy(arena, words[i], (size_t)(text - words[i]) - 1));
        struct record_value value = {.data = (const char *)some, .size = UUID_SIZE};

        assert_non_null(field);
        if (strcmp(text, "@") != 0)
            assert_true(record_parse(kind, field, text, arena, &value));
        assert_true(record_set(message, field, &value, 1, arena));
    }
    return message;
}

static void test_each_rule_has_its_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_rules_count; i++)
        if (i >= CASES || kinds_by_name(cases[i].kind)->id != record_rules[i].kind ||
            strcmp(cases[i].rule, record_rules[i].name) != 0)
            fail_msg("%s.%s has no case at its place", kinds_get(record_rules[i].kind)->name,
                record_rules[i].name);
    assert_int_equal(CASES, record_rules_count);
}

static void test_one_passes_and_one_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct kind *kind = kinds_by_name(cases[i].kind);
        struct arena *arena = arena_new(1 << 20);
        struct error error = {0};

        if (!record_rules_hold(
                kind, message_of(kind, cases[i].good, arena), RECORD_RULES_ALL, &error))
            fail_msg("%s.%s: %s %s", kind->name, cases[i].rule, error.field, error.rule);
        if (record_rules_hold(
                kind, message_of(kind, cases[i].bad, arena), RECORD_RULES_ALL, &error))
            fail_msg("%s.%s holds", kind->name, cases[i].rule);
        assert_int_equal(error.code, CONCERT__CODE__INVALID);
        assert_string_equal(error.rule, cases[i].rule);
        assert_string_equal(error.field, cases[i].field);
        arena_free(&arena);
    }
}

/* A record without any of the fields that a conditional rule looks at keeps it. */
static void test_nothing_is_asked_of_what_is_absent(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct error error;

    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        bool asked = false;

        for (size_t j = 0; j < record_rules_count; j++)
            asked |=
                record_rules[j].kind == kinds[i].id && (record_rules[j].test == RECORD_RULE_ANY ||
                                                           record_rules[j].test == RECORD_RULE_ONE);
        assert_int_equal(
            record_rules_hold(&kinds[i], record_new(&kinds[i], arena), RECORD_RULES_ALL, &error),
            !asked);
    }
    arena_free(&arena);
}

/* One whole sentence in each language, and its fields are the kind's. */
static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_rules_count; i++) {
        const struct record_rule *rule = &record_rules[i];
        const struct kind *kind = kinds_get(rule->kind);

        assert_true(rule->english[0] >= 'A' && rule->english[strlen(rule->english) - 1] == '.');
        assert_true(rule->french[strlen(rule->french) - 1] == '.');
        assert_string_not_equal(rule->english, rule->french);
        if (rule->field != NULL)
            assert_non_null(record_field(kind, rule->field));
        for (size_t j = 0; j < RECORD_RULES_FIELDS && rule->fields[j] != NULL; j++)
            assert_non_null(record_field(kind, rule->fields[j]));
        assert_non_null(record_rules_sentence(rule->kind, rule->name, "fr"));
        assert_non_null(record_rules_sentence(0, rule->name, "en"));
    }
    assert_null(record_rules_sentence(CONCERT__KIND__NOTE, "order", "fr"));
}

/* record_check runs them over whole records alone: a patch may hold half of a pair. */
static void test_patches_are_not_held_to_them(void **state)
{
    const struct kind *kind = kinds_get(CONCERT__KIND__SHARE);
    static const char *const words[WORDS] = {"status=blocked"};
    struct arena *arena = arena_new(1 << 20);
    ProtobufCMessage *message = message_of(kind, words, arena);
    struct error error;

    (void)state;
    assert_true(record_check(kind, message, false, &error));
    assert_false(record_check(kind, message, true, &error));
    arena_free(&arena);
}

static void test_moments(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } moments[] = {{"2009-06-02", true}, {"2009-06-02T00:00", true}, {"2009-06-02T23:59", true},
        {"2009-06-02T24:00", false}, {"2009-06-02T12:60", false}, {"2009-06-02T9:30", false},
        {"2009-06-02 09:30", false}, {"2009-02-29T09:30", false}, {"2009-06-02T09:30:00", false},
        {"2009-06", false}, {"2009-06-02T0x:30", false}, {"2009-06-02T09.30", false}};
    const struct kind *kind = kinds_get(CONCERT__KIND__MEETING);
    struct arena *arena = arena_new(1 << 20);
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        Concert__Meeting meeting = CONCERT__MEETING__INIT;

        meeting.starts_at = (char *)moments[i].text;
        if (record_check(kind, &meeting.base, false, &error) != moments[i].good)
            fail_msg("%s", moments[i].text);
        if (!moments[i].good)
            assert_string_equal(error.rule, "moment");
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_rule_has_its_case),
        cmocka_unit_test(test_one_passes_and_one_fails),
        cmocka_unit_test(test_nothing_is_asked_of_what_is_absent),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_patches_are_not_held_to_them),
        cmocka_unit_test(test_moments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
