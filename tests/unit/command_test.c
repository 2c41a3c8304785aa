/* The words of the command line: finding the command, the options, the language; the tables hold
 * together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "command.h"
#include "exit_codes.h"
#include "options.h"
#include "text.h"
#include "language.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- finding a command --- */

static void commands_have_both_names(void **state)
{
    static const char *const names[] = {"join rejoindre", "plan plan", "show voir", "list lister",
        "add ajouter", "set changer", "edit rediger", "remove retirer", "progress avancer",
        "note noter", "history historique", "dashboard tableau", "explain expliquer",
        "import importer", "invite inviter", "watch suivre", "sync synchroniser", "status etat",
        "search chercher", "help aide", "version version"};
    const char *near;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char english[32];
        const char *french = strchr(names[i], ' ') + 1;
        const struct command *command;

        text_copy(english, (size_t)(french - names[i]), names[i]);
        command = command_find(english, "en", &near);
        assert_non_null(command);
        assert_ptr_equal(command_find(french, "fr", &near), command);
        assert_string_equal(command_name(command, "en"), english);
        assert_string_equal(command_name(command, "fr"), french);
    }
    /* No two commands share a name. */
    for (size_t i = 0; i < commands_count; i++) {
        assert_ptr_equal(command_find(commands[i]->name, "en", &near), commands[i]);
        assert_ptr_equal(command_find(commands[i]->french, "fr", &near), commands[i]);
    }
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        const struct command *c = commands[i];
        assert_non_null(c->usage_en);
        assert_non_null(c->usage_fr);
        assert_non_null(c->summary);
        assert_non_null(strstr(c->examples_en, "concert "));
        assert_non_null(strstr(c->examples_fr, "concert "));
        assert_non_null(c->run);
        assert_true(c->max_args < 0 || c->max_args >= c->min_args);
    }
}

/* A command's option may not be hidden by a common one, nor by another of its own. */
static void options_do_not_collide(void **state)
{
    (void)state;
    for (size_t i = 0; i < commands_count; i++) {
        const struct command_option *own = commands[i]->options;
        for (size_t j = 0; own != NULL && own[j].name != NULL; j++) {
            assert_true(j < OPTIONS_OWN_MAX);
            assert_non_null(own[j].french);
            assert_non_null(own[j].help);
            for (size_t k = 0; k < OPTIONS_COMMON; k++) {
                assert_string_not_equal(own[j].name, options_common[k].name);
                assert_string_not_equal(own[j].french, options_common[k].french);
                assert_true(own[j].letter == 0 || own[j].letter != options_common[k].letter);
            }
        }
    }
}

static void names_may_be_cut_and_accented(void **state)
{
    const char *near;

    (void)state;
    assert_string_equal(command_find("État", "fr", &near)->name, "status");
    assert_string_equal(command_find("RÉDIGER", "fr", &near)->name, "edit");
    assert_string_equal(command_find("dash", "en", &near)->name, "dashboard");
    assert_string_equal(command_find("tab", "fr", &near)->name, "dashboard");
    assert_null(command_find("s", "en", &near)); /* show, set, status, sync, search… */
    assert_non_null(near);
    assert_null(command_find("", "fr", &near));
}

static void the_nearest_is_offered(void **state)
{
    const char *near;

    (void)state;
    assert_null(command_find("tabelau", "fr", &near));
    assert_string_equal(near, "tableau");
    assert_null(command_find("dashbord", "en", &near));
    assert_string_equal(near, "dashboard");
    assert_null(command_find("xyzzy", "fr", &near));
    assert_null(near);
}

/* --- options --- */

static const struct command_option rows[] = {
    {"message", "message", 'm', "TEXT", ""},
    {"dry-run", "a-blanc", 0, NULL, ""},
    {"drop", "laisser", 0, "NUMBER", ""},
    {.name = NULL},
};

static bool parse(struct options *options, struct options_problem *problem, const char *line)
{
    static char copy[512];
    char *argv[32] = {"concert"};
    int argc = 1;

    text_copy(copy, sizeof(copy), line);
    for (char *rest = copy; *rest != '\0';) {
        char *end = strchr(rest, ' ');
        argv[argc++] = rest;
        if (end == NULL)
            break;
        *end = '\0';
        rest = end + 1;
    }
    return options_read(options, rows, argc, argv, false, problem);
}

static void options_stand_anywhere(void **state)
{
    struct options options;
    struct options_problem problem;

    (void)state;
    assert_true(parse(&options, &problem,
        "--langue fr avancer --format=json 4.1.1 -m oui 60 --hors-ligne --le 2009-10-15 --aide"));
    assert_int_equal(options.n_words, 3);
    assert_string_equal(options.words[0], "avancer");
    assert_string_equal(options.words[2], "60");
    assert_string_equal(options.common[OPTIONS_LANG], "fr");
    assert_string_equal(options.common[OPTIONS_FORMAT], "json");
    assert_string_equal(options.common[OPTIONS_ON], "2009-10-15");
    assert_string_equal(options.common[OPTIONS_OFFLINE], "");
    assert_string_equal(options.common[OPTIONS_HELP], "");
    assert_null(options.common[OPTIONS_HOME]);
    assert_string_equal(options_own(&options, "message"), "oui");
    assert_null(options_own(&options, "dry-run"));
    assert_null(options_own(&options, "nothing"));
    options_clear(&options);
}

static void options_have_shapes(void **state)
{
    struct options options;
    struct options_problem problem;

    (void)state;
    assert_true(parse(&options, &problem, "set 4.1.1 -moui --à-blanc --offl email=- -5 - -- --on"));
    assert_string_equal(options_own(&options, "message"), "oui");
    assert_string_equal(options_own(&options, "dry-run"), "");
    assert_string_equal(options.common[OPTIONS_OFFLINE], "");
    assert_int_equal(options.n_words, 6); /* a number below zero, a dash, and all behind "--" */
    assert_string_equal(options.words[3], "-5");
    assert_string_equal(options.words[5], "--on");
    options_clear(&options);
}

static void wrong_options_are_told(void **state)
{
    static const struct {
        const char *line;
        enum options_trouble trouble;
        const char *near;
    } cases[] = {
        {"plan --frmat json", OPTIONS_UNKNOWN, "format"},
        {"plan --zzzzzz", OPTIONS_UNKNOWN, NULL},
        {"plan -z", OPTIONS_UNKNOWN, NULL},
        {"plan --d 5", OPTIONS_SEVERAL, NULL}, /* dry-run, drop, dossier */
        {"plan --on", OPTIONS_NO_VALUE, NULL},
        {"plan -m", OPTIONS_NO_VALUE, NULL},
        {"plan --offline=yes", OPTIONS_A_VALUE, NULL},
        {"plan -hx", OPTIONS_A_VALUE, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct options options;
        struct options_problem problem;
        assert_false(parse(&options, &problem, cases[i].line));
        assert_int_equal(problem.trouble, cases[i].trouble);
        if (cases[i].near != NULL)
            assert_string_equal(problem.near, cases[i].near);
        options_clear(&options);
    }
}

static void a_first_look_forgives(void **state)
{
    char *argv[] = {"concert", "--lang", "en", "set", "--wrong", "x", "--format"};
    struct options options;
    struct options_problem problem;

    (void)state;
    assert_true(options_read(&options, NULL, (int)COUNT(argv), argv, true, &problem));
    assert_string_equal(options.common[OPTIONS_LANG], "en");
    assert_string_equal(options.words[0], "set");
    options_clear(&options);
}

/* --- language --- */

static void languages_are_read(void **state)
{
    static const struct {
        const char *word, *language;
    } cases[] = {{"fr", "fr"}, {"fr_CA.UTF-8", "fr"}, {"FR", "fr"}, {"Français", "fr"},
        {"en_US", "en"}, {"anglais", "en"}, {"en@euro", "en"}};
    static const char *const others[] = {"", "C", "C.UTF-8", "POSIX", "de_DE", "frx"};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(language_read(cases[i].word), cases[i].language);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_null(language_read(others[i]));
}

static void the_environment_chooses(void **state)
{
    static const char *const names[] = {"CONCERT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        unsetenv(names[i]);
    assert_null(language_of_environment());
    setenv("LANG", "fr_CA.UTF-8", 1);
    assert_string_equal(language_of_environment(), "fr");
    setenv("LC_MESSAGES", "en_CA.UTF-8", 1);
    assert_string_equal(language_of_environment(), "en");
    setenv("LC_ALL", "C", 1); /* set, and says nothing: those below are not heard */
    assert_null(language_of_environment());
    setenv("CONCERT_LANG", "fr", 1);
    assert_string_equal(language_of_environment(), "fr");
}

/* --- exit codes --- */

static void exit_codes_are_one_table(void **state)
{
    (void)state;
    assert_int_equal(exit_codes_count, COMMAND_FINDINGS + 1);
    for (size_t i = 0; i < exit_codes_count; i++) {
        assert_int_equal(exit_codes[i].code, i);
        assert_string_equal(exit_codes_name(exit_codes[i].code), exit_codes[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_both_names),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(options_do_not_collide),
        cmocka_unit_test(names_may_be_cut_and_accented),
        cmocka_unit_test(the_nearest_is_offered),
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(options_have_shapes),
        cmocka_unit_test(wrong_options_are_told),
        cmocka_unit_test(a_first_look_forgives),
        cmocka_unit_test(languages_are_read),
        cmocka_unit_test(the_environment_chooses),
        cmocka_unit_test(exit_codes_are_one_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
