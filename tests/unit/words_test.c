/* The register's kinds, fields and values all have their words, and the words lead back to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinds.h"
#include "text.h"
#include "words.h"

#define NAMES_MAX 128
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const languages[] = {"fr", "en"};

/* words_show gives back its argument when the table lacks it: a copy here, since the linker makes
 * one of equal literals. */
static void check_shown(enum words_list list, const char *literal, const char *where)
{
    char name[64];

    assert_true(text_copy(name, sizeof(name), literal));
    for (size_t i = 0; i < COUNT(languages); i++)
        if (words_show(list, name, languages[i]) == name)
            fail_msg("no %s word for %s %s", languages[i], where, name);
}

/* As it is named and as it is shown, it means itself among its siblings. */
static void check_read(
    enum words_list list, const char *name, const char *const *among, size_t count)
{
    const char *read = words_read(list, name, among, count);

    assert_non_null(read);
    assert_string_equal(read, name);
    for (size_t i = 0; i < COUNT(languages); i++) {
        const char *shown = words_show(list, name, languages[i]);
        read = words_read(list, shown, among, count);
        if (read == NULL || strcmp(read, name) != 0)
            fail_msg("“%s” of %s is read as %s", shown, name, read == NULL ? "nothing" : read);
    }
}

static void kinds_have_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        check_shown(WORDS_KIND, kinds[i].name, "kind");
        check_shown(WORDS_KINDS, kinds[i].name, "kinds");
        check_read(WORDS_KIND, kinds[i].name, NULL, 0);
        check_read(WORDS_KINDS, kinds[i].name, NULL, 0);
    }
}

static void check_fields(const struct kind *kind)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        names[n++] = kind->descriptor->fields[i].name;
    for (size_t i = 0; i < n; i++) {
        check_shown(WORDS_FIELD, names[i], kind->name);
        check_read(WORDS_FIELD, names[i], names, n);
    }
}

static void fields_have_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        check_fields(&kinds[i]);
}

static void check_values(const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *list = field->descriptor;
    char buffers[NAMES_MAX][64];
    const char *names[NAMES_MAX];

    for (unsigned i = 0; i < list->n_values; i++) {
        text_fold(list->values[i].name, buffers[i], sizeof(buffers[i]));
        names[i] = buffers[i];
    }
    for (unsigned i = 0; i < list->n_values; i++) {
        check_shown(WORDS_VALUE, names[i], field->name);
        check_read(WORDS_VALUE, names[i], names, list->n_values);
    }
}

static void values_have_words(void **state)
{
    size_t lists = 0;

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (unsigned j = 0; j < kinds[i].descriptor->n_fields; j++)
            if (kinds[i].descriptor->fields[j].type == PROTOBUF_C_TYPE_ENUM) {
                check_values(&kinds[i].descriptor->fields[j]);
                lists++;
            }
    assert_true(lists >= 10);
}

static void people_type_as_they_like(void **state)
{
    static const struct {
        enum words_list list;
        const char *typed, *name;
    } cases[] = {
        {WORDS_VALUE, "en-cours", "under_way"},
        {WORDS_VALUE, "EN COURS", "under_way"},
        {WORDS_VALUE, "under_way", "under_way"},
        {WORDS_VALUE, "Under way", "under_way"},
        {WORDS_VALUE, "fait", "done"},
        {WORDS_VALUE, "bloquee", "blocked"},
        {WORDS_VALUE, "pas-commencé", "not_started"},
        {WORDS_FIELD, "état", "status"},
        {WORDS_FIELD, "etat", "status"},
        {WORDS_FIELD, " ÉTAT ", "status"},
        {WORDS_FIELD, "pourcent", "percent"},
        {WORDS_FIELD, "prochaine-etape", "next_step"},
        {WORDS_FIELD, "next step", "next_step"},
        {WORDS_FIELD, "jusqu’à", "until"},
        {WORDS_FIELD, "jusqu-au", "until"},
        {WORDS_KIND, "parts", "share"},
        {WORDS_KINDS, "part", "share"},
        {WORDS_KINDS, "public_cible", "audience"},
        {WORDS_KIND, "échéance", "deadline"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *read = words_read(cases[i].list, cases[i].typed, NULL, 0);
        if (read == NULL || strcmp(read, cases[i].name) != 0)
            fail_msg("“%s” is read as %s", cases[i].typed, read == NULL ? "nothing" : read);
    }
}

/* The same word may stand in several lists: what it means depends on the field's. */
static void values_mean_what_their_list_says(void **state)
{
    static const char *const shares[] = {"not_started", "under_way", "blocked", "done", "dropped"};
    static const char *const agreements[] = {"exploring", "drafting", "signed", "ended"};
    static const char *const routes[] = {"identified", "under_study", "running", "dropped"};

    (void)state;
    assert_string_equal(words_read(WORDS_VALUE, "terminée", shares, COUNT(shares)), "done");
    assert_string_equal(
        words_read(WORDS_VALUE, "terminée", agreements, COUNT(agreements)), "ended");
    assert_string_equal(
        words_read(WORDS_VALUE, "à l'étude", agreements, COUNT(agreements)), "exploring");
    assert_string_equal(words_read(WORDS_VALUE, "à l’étude", routes, COUNT(routes)), "under_study");
}

/* In one list no two things are shown with one word, nor is one typed that shows another. */
static void check_unlike(enum words_list list, const char *const *names, size_t count)
{
    for (size_t l = 0; l < COUNT(languages); l++)
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (text_distance(words_show(list, names[i], languages[l]),
                        words_show(list, names[j], languages[l])) == 0)
                    fail_msg("%s and %s are both “%s”", names[i], names[j],
                        words_show(list, names[i], languages[l]));
}

static void no_two_things_share_a_word(void **state)
{
    const char *names[NAMES_MAX] = {NULL};

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        names[i] = kinds[i].name;
    check_unlike(WORDS_KIND, names, kinds_count);
    check_unlike(WORDS_KINDS, names, kinds_count);
    for (size_t i = 0; i < kinds_count; i++) {
        const ProtobufCMessageDescriptor *d = kinds[i].descriptor;
        for (unsigned j = 0; j < d->n_fields; j++)
            names[j] = d->fields[j].name;
        check_unlike(WORDS_FIELD, names, d->n_fields);
    }
}

static void others_mean_nothing(void **state)
{
    static const char *const among[] = {"title", "number"};
    char long_word[300];

    (void)state;
    memset(long_word, 'a', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    assert_null(words_read(WORDS_FIELD, "", NULL, 0));
    assert_null(words_read(WORDS_FIELD, "  ", NULL, 0));
    assert_null(words_read(WORDS_FIELD, "pourcenta", NULL, 0));
    assert_null(words_read(WORDS_FIELD, long_word, NULL, 0));
    assert_null(words_read(WORDS_FIELD, "état", among, COUNT(among)));
    assert_string_equal(words_read(WORDS_FIELD, "titre", among, COUNT(among)), "title");
    assert_string_equal(words_show(WORDS_FIELD, "nothing_such", "fr"), "nothing_such");
}

static void values_agree_with_their_kind(void **state)
{
    (void)state;
    assert_string_equal(words_value("training_need", "planned", "fr"), "prévu");
    assert_string_equal(words_value("meeting", "planned", "fr"), "prévue");
    assert_string_equal(words_value("project", "done", "fr"), "fait");
    assert_string_equal(words_value("milestone", "done", "fr"), "faite");
    assert_string_equal(words_value("project", "done", "en"), "done");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_words),
        cmocka_unit_test(fields_have_words),
        cmocka_unit_test(values_have_words),
        cmocka_unit_test(people_type_as_they_like),
        cmocka_unit_test(values_mean_what_their_list_says),
        cmocka_unit_test(no_two_things_share_a_word),
        cmocka_unit_test(others_mean_nothing),
        cmocka_unit_test(values_agree_with_their_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
