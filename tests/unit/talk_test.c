/* Words for errors: whole sentences with the field's word, in both languages, whatever the server
 * says. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "language.h"
#include "record_rules.h"
#include "words/phrase.h"
#include "words/talk.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NBSP "\u00a0"

static const char *const languages[] = {"en", "fr"};

static void expect_error(const char *language, Concert__Code code, const char *field,
    const char *rule, const char *limit, const char *want)
{
    struct error error = error_make(code, field, rule, limit);
    char out[TALK_SIZE];

    language_use("concert", language);
    talk_error(&error, language, out);
    assert_string_equal(out, want);
}

static void rules_name_the_field(void **state)
{
    (void)state;
    expect_error("en", CONCERT__CODE__INVALID, "percent", "range", "0-100",
        "The value of “percent” is out of bounds: it must be within 0-100.");
    expect_error("en", CONCERT__CODE__INVALID, "next_step", "length", "65536",
        "The text of “next step” is too long: at most 65536 bytes. Shorten it, or put it in "
        "several notes.");
    expect_error("fr", CONCERT__CODE__INVALID, "percent", "range", "0-100",
        "La valeur de «" NBSP "pourcentage" NBSP "» est hors des bornes (0-100)" NBSP
        ": donnez-en une qui y tient.");
    expect_error("fr", CONCERT__CODE__FROZEN, "reason", "amendment", NULL,
        "Le plan est adopté" NBSP ": un amendement demande sa raison. Donnez-la avec -m.");
}

static void a_rule_may_mean_two_things(void **state)
{
    (void)state;
    expect_error("en", CONCERT__CODE__FROZEN, NULL, "closed", NULL,
        "The plan is closed: it takes notes alone.");
    expect_error("en", CONCERT__CODE__NOT_AUTHENTICATED, "device", "closed", NULL,
        "This account is closed: ask your coordination to open it again.");
    expect_error("en", CONCERT__CODE__NOT_AUTHENTICATED, "certificate", "required", NULL,
        "The server does not let this device in: its invitation was used, has expired or was "
        "taken back. Ask your coordination for a new one.");
}

static void what_is_not_known_is_named(void **state)
{
    (void)state;
    expect_error("en", CONCERT__CODE__INVALID, "percent", "prime", NULL,
        "The server refused this change. (field “percent”, rule “prime”)");
    expect_error("en", CONCERT__CODE__INVALID, NULL, "prime", NULL,
        "The server refused this change. (rule “prime”)");
    expect_error("en", CONCERT__CODE__INVALID, NULL, "range", "0-100",
        "The server refused this change. (rule “range”)");
    expect_error("en", (Concert__Code)99, NULL, NULL, NULL,
        "The server answered an error that this program does not know.");
    expect_error("fr", CONCERT__CODE__INVALID, "percent", "prime", NULL,
        "Le serveur a refusé ce changement. (champ «" NBSP "pourcentage" NBSP "», règle «" NBSP
        "prime" NBSP "»)");
}

/* A rule's word with one of its codes, of proto/README.md's table. */
static void check_documented(const char *rule, const char *code_name)
{
    Concert__Code code = 0;

    for (int i = 1; i < 64; i++)
        if (strcmp(error_name((Concert__Code)i), code_name) == 0)
            code = (Concert__Code)i;
    if ((int)code == 0)
        fail_msg("%s: there is no code %s", rule, code_name);
    for (size_t i = 0; i < COUNT(languages); i++) {
        struct error error = error_make(code, "title", rule, "7");
        char out[TALK_SIZE], fallback[80];

        language_use("concert", languages[i]);
        talk_error(&error, languages[i], out);
        snprintf(fallback, sizeof(fallback), i == 0 ? "rule “%s”" : "règle «\u00a0%s\u00a0»", rule);
        if (strstr(out, fallback) != NULL || strchr(out, '%') != NULL || out[0] == '\0')
            fail_msg("%s, %s: %s", rule, code_name, out);
    }
}

/* Every rule that proto/README.md names has a sentence of its own, with each of its codes. */
static void the_rules_in_use_are_there(void **state)
{
    FILE *file = fopen("proto/README.md", "r");
    char line[1024], rule[64], codes[128];
    bool within = false;
    size_t count = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "## ", 3) == 0)
            within = strstr(line, "Rules") != NULL;
        if (!within || sscanf(line, "| `%63[a-z0-9_]` | %127[a-z_, ] |", rule, codes) != 2)
            continue;
        for (char *rest = codes, *code; (code = strsep(&rest, ", ")) != NULL;)
            if (*code != '\0')
                check_documented(rule, code);
        count++;
    }
    fclose(file);
    assert_true(count > 60);
}

/* Where the program knows the kind, the rule is said as that kind's; else as far as it is one. */
static void rules_of_a_kind_say_what_to_do(void **state)
{
    struct error somebody = error_make(CONCERT__CODE__INVALID, "party", "somebody", NULL);
    char out[TALK_SIZE];

    (void)state;
    language_use("concert", "en");
    talk_refusal(&somebody, kinds_by_name("follow_up"), "en", out);
    assert_string_equal(out,
        "A follow-up says who does it: a party, a role or both. Give a value to "
        "at least one of “party”, “role”.");
    talk_error(&somebody, "en", out);
    assert_string_equal(out, "It must say of whom it is: give “party” a value.");
    expect_error("en", CONCERT__CODE__INVALID, "help_from", "blocked", NULL,
        "A blocked share says what blocks it and from whom help is expected. Give “help from” a "
        "value.");
    expect_error("en", CONCERT__CODE__INVALID, "numerator", "rate", NULL,
        "A rate has a numerator and a denominator. Give “numerator” a value, or empty what goes "
        "with it (“numerator”, “denominator”).");
    expect_error("en", CONCERT__CODE__INVALID, "bytes", "hash", NULL,
        "The document's bytes are not those that were announced: attach it again.");
    language_use("concert", "fr");
    talk_refusal(&somebody, kinds_by_name("follow_up"), "fr", out);
    assert_string_equal(out, "Un suivi dit qui le fait" NBSP ": une instance, un rôle ou les deux. "
                             "Donnez une valeur à au moins un de" NBSP ": «" NBSP "instance" NBSP
                             "», «" NBSP "rôle" NBSP "».");
}

/* Each rule within a record, of its own kind, is told by its sentence in both languages. */
static void every_record_rule_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_rules_count; i++)
        for (size_t l = 0; l < COUNT(languages); l++) {
            const struct record_rule *rule = &record_rules[i];
            const char *sentence = l == 0 ? rule->english : rule->french;
            struct error error = error_make(CONCERT__CODE__INVALID,
                rule->fields[0] == NULL ? rule->field : rule->fields[0], rule->name, NULL);
            char out[TALK_SIZE];

            language_use("concert", languages[l]);
            talk_refusal(&error, kinds_get(rule->kind), languages[l], out);
            if (strncmp(out, sentence, strlen(sentence)) != 0 || strlen(out) == strlen(sentence))
                fail_msg("%s of %s: %s", rule->name, kinds_get(rule->kind)->name, out);
        }
}

static void troubles_have_words_and_codes(void **state)
{
    static const struct {
        enum desk_trouble trouble;
        enum command_exit code;
        const char *part;
    } cases[] = {
        {DESK_NO_HOME, COMMAND_UNJOINED, "concert join"},
        {DESK_DAMAGED, COMMAND_DAMAGED, "a/detail"},
        {DESK_STORAGE, COMMAND_FAILED, "a/detail"},
        {DESK_UNREACHABLE, COMMAND_WAITING, "a/detail is out of reach"},
        {DESK_IMPOSTOR, COMMAND_FAILED, "not the one of your invitation"},
        {DESK_INVITATION, COMMAND_USAGE, "concert://"},
        {DESK_JOINED, COMMAND_FAILED, "--home"},
        {DESK_DIVERGED, COMMAND_FAILED, "concert sync"},
        {DESK_LIMIT, COMMAND_FAILED, "several parts"},
    };

    (void)state;
    language_use("concert", "en");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk_why why = {.trouble = cases[i].trouble, .detail = "a/detail"};
        char out[TALK_SIZE];
        talk_why(&why, "en", out);
        assert_non_null(strstr(out, cases[i].part));
        assert_int_equal(talk_exit(&why), cases[i].code);
    }
}

/* What a person can do something about is said in their words, not in the system's. */
static void a_disk_says_what_to_do(void **state)
{
    static const struct {
        int system;
        const char *part;
    } cases[] = {
        {ENOSPC, "Le disque est plein" NBSP ": a/path"},
        {EACCES, "a/path ne peut être ni lu ni écrit ici" NBSP ": vérifiez les droits"},
        {EROFS, "vérifiez les droits du dossier"},
        {EWOULDBLOCK, "réessayez dans un instant"},
        {EIO, "a/path ("},
    };

    (void)state;
    language_use("concert", "fr");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk_why why = {
            .trouble = DESK_STORAGE, .system = cases[i].system, .detail = "a/path"};
        char out[TALK_SIZE];

        talk_why(&why, "fr", out);
        assert_non_null(strstr(out, cases[i].part));
        assert_int_equal(talk_exit(&why), COMMAND_FAILED);
    }
}

static void answers_have_exit_codes(void **state)
{
    struct desk_why why = {.trouble = DESK_ANSWER};

    (void)state;
    why.error = error_make(CONCERT__CODE__NOT_FOUND, "id", "record", NULL);
    assert_int_equal(talk_exit(&why), COMMAND_NOT_FOUND);
    why.error = error_make(CONCERT__CODE__UNAVAILABLE, NULL, NULL, NULL);
    assert_int_equal(talk_exit(&why), COMMAND_WAITING);
    why.error = error_make(CONCERT__CODE__INVALID, "percent", "range", "0-100");
    assert_int_equal(talk_exit(&why), COMMAND_REFUSED);
}

static void ages_are_french(void **state)
{
    static const struct {
        int64_t minutes;
        const char *french, *english;
    } cases[] = {{0, "à l'instant", "just now"}, {1, "il y a 1 minute", "1 minute ago"},
        {59, "il y a 59 minutes", "59 minutes ago"}, {180, "il y a 3 heures", "3 hours ago"},
        {60 * 72, "il y a 3 jours", "3 days ago"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[PHRASE_SIZE];
        language_use("concert", "fr");
        phrase_age(cases[i].minutes * 60000000, out);
        assert_string_equal(out, cases[i].french);
        language_use("concert", "en");
        phrase_age(cases[i].minutes * 60000000, out);
        assert_string_equal(out, cases[i].english);
    }
}

static void capitals_know_accents(void **state)
{
    static const char *const cases[][2] = {{"état", "État"}, {"à faire", "À faire"},
        {"œuvre", "œuvre"}, {"plan", "Plan"}, {"", ""}, {"2 fois", "2 fois"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[PHRASE_SIZE];
        phrase_capital(cases[i][0], out, sizeof(out));
        assert_string_equal(out, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_name_the_field),
        cmocka_unit_test(a_rule_may_mean_two_things),
        cmocka_unit_test(what_is_not_known_is_named),
        cmocka_unit_test(the_rules_in_use_are_there),
        cmocka_unit_test(rules_of_a_kind_say_what_to_do),
        cmocka_unit_test(every_record_rule_is_told),
        cmocka_unit_test(troubles_have_words_and_codes),
        cmocka_unit_test(a_disk_says_what_to_do),
        cmocka_unit_test(answers_have_exit_codes),
        cmocka_unit_test(ages_are_french),
        cmocka_unit_test(capitals_know_accents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
