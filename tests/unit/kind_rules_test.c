/* Help on a kind: every rule is a sentence there, and the example of “add” can be typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "input/fields.h"
#include "record_rules.h"
#include "words.h"
#include "words/kind_example.h"
#include "words/kind_rules.h"
#include "language.h"

#define ARENA_LIMIT ((size_t)8 << 20)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const languages[] = {"en", "fr"};

/* The sentences of the rule of that name on the kind's page. */
static size_t find_rows(const struct report *report, const char *name, const char *part)
{
    const struct sheet *sheet = report_get(report, 0);
    size_t found = 0;

    for (size_t row = 0; row < sheet_rows(sheet); row++)
        found += strcmp(sheet_cell(sheet, row, 0).text, name) == 0 &&
                 strstr(sheet_cell(sheet, row, 1).text, part) != NULL;
    return found;
}

static struct report *page_of(const struct kind *kind, const char *language)
{
    struct report *report = report_new();
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct context context = {.report = report, .arena = arena, .language = language};

    assert_non_null(arena);
    language_use("concert", language);
    kind_rules_sheet(&context, kind);
    arena_free(&arena);
    return report;
}

static void every_rule_is_on_the_page_of_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_rules_count; i++)
        for (size_t l = 0; l < COUNT(languages); l++) {
            const struct record_rule *rule = &record_rules[i];
            struct report *report = page_of(kinds_get(rule->kind), languages[l]);

            if (find_rows(report, rule->name, l == 0 ? rule->english : rule->french) != 1)
                fail_msg("%s of %s is not told", rule->name, kinds_get(rule->kind)->name);
            report_free(&report);
        }
}

/* What the register asks of a field is told with the field's word. */
static void every_field_that_obeys_is_told(void **state)
{
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {{KIND_REQUIRED, "required"}, {KIND_FIXED, "fixed"}, {KIND_FROZEN, "frozen"},
        {KIND_COORDINATOR, "coordinator"}, {KIND_STAFF, "staff"}, {KIND_OWNERS, "owners"},
        {KIND_SERVER, "server"}, {KIND_PERSONAL, "personal"}};

    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        struct report *report = page_of(&kinds[i], "fr");

        for (size_t j = 0; j < kinds[i].n_fields; j++)
            for (size_t k = 0; k < COUNT(flags); k++)
                if ((kinds[i].fields[j].flags & flags[k].flag) &&
                    find_rows(report, flags[k].name,
                        words_show(WORDS_FIELD, kinds[i].fields[j].name, "fr")) != 1)
                    fail_msg("%s.%s: %s is not told", kinds[i].name, kinds[i].fields[j].name,
                        flags[k].name);
        report_free(&report);
    }
}

/* The next word of a command line, its quotes taken off; false at the end. */
static bool next_word(const char **at, char out[128])
{
    size_t used = 0;
    bool quoted = false;

    while (**at == ' ')
        ++*at;
    if (**at == '\0')
        return false;
    for (; **at != '\0' && (quoted || **at != ' '); ++*at) {
        if (**at == '"')
            quoted = !quoted;
        else if (used + 1 < 128)
            out[used++] = **at;
    }
    out[used] = '\0';
    return true;
}

static bool any_record(void *arg, uint64_t wanted, const char *word, uint8_t id_r[UUID_SIZE])
{
    (void)arg;
    (void)word;
    memset(id_r, 7, UUID_SIZE);
    return wanted != 0;
}

static void check_example(const struct kind *kind, const char *language, struct arena *arena)
{
    struct fields_reader reader = {
        .arena = arena, .language = language, .today = 14000, .resolve = any_record};
    const char *example = kind_example(kind, language, arena), *at = example;
    struct fields_patch patch;
    struct fields_problem problem;
    struct error error;
    char word[128];
    int place = 0;

    if (example == NULL)
        return;
    assert_true(fields_begin(&reader, kind, &patch));
    for (; next_word(&at, word); place++)
        if (place == 2)
            assert_string_equal(words_read(WORDS_KIND, word, NULL, 0), kind->name);
        else if (place > 2 && strchr(word, '=') != NULL &&
                 !fields_word(&reader, &patch, word, &problem))
            fail_msg("%s: %s", example, problem.sentence);
    assert_true(place > 2);
    if (!record_rules_hold(kind, patch.message, RECORD_RULES_ALL, &error))
        fail_msg("%s breaks %s", example, error.rule);
}

static void examples_can_be_typed(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t l = 0; l < COUNT(languages); l++) {
            language_use("concert", languages[l]);
            check_example(&kinds[i], languages[l], arena);
            count += kind_example(&kinds[i], languages[l], arena) != NULL;
        }
    assert_true(count >= 2 * (kinds_count - 4));
    assert_string_equal(kind_example(kinds_by_name("budget_line"), "fr", arena),
        "concert ajouter poste P1 libellé=\"…\" prévu=\"2 000 $\"");
    assert_string_equal(kind_example(kinds_by_name("agenda_item"), "en", arena),
        "concert add \"agenda item\" R1 title=\"…\"");
    assert_null(kind_example(kinds_by_name("document"), "fr", arena));
    assert_null(kind_example(kinds_by_name("device"), "fr", arena));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_is_on_the_page_of_its_kind),
        cmocka_unit_test(every_field_that_obeys_is_told),
        cmocka_unit_test(examples_can_be_typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
