/* The reader of CSV files: what secretariats' spreadsheets save, and what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "import/csvfile.h"

static struct csvfile *parse(const char *text, struct csvfile_error *error_r)
{
    return csvfile_parse(text, strlen(text), error_r);
}

static struct csvfile *good(const char *text)
{
    struct csvfile_error error;
    struct csvfile *file = parse(text, &error);

    assert_non_null(file);
    assert_int_equal(error.problem, CSVFILE_FINE);
    return file;
}

static struct csvfile_error bad_bytes(const char *text, size_t size)
{
    struct csvfile_error error;

    assert_null(csvfile_parse(text, size, &error));
    return error;
}

static struct csvfile_error bad(const char *text)
{
    return bad_bytes(text, strlen(text));
}

static void reads_rows_and_their_lines(void **state)
{
    struct csvfile *file = good("a;b;c\r\n1;\"deux\r\nlignes\";3\r\n\r\n4;5;6\r\n");

    (void)state;
    assert_int_equal(csvfile_separator(file), ';');
    assert_int_equal(csvfile_rows(file), 3);
    assert_int_equal(csvfile_cells(file, 1), 3);
    assert_string_equal(csvfile_cell(file, 1, 1), "deux\nlignes");
    assert_int_equal(csvfile_line(file, 1, 0), 2);
    assert_int_equal(csvfile_line(file, 1, 2), 3);
    assert_string_equal(csvfile_cell(file, 2, 0), "4");
    assert_int_equal(csvfile_line(file, 2, 0), 5);
    assert_string_equal(csvfile_cell(file, 2, 9), "");
    csvfile_free(&file);
    assert_null(file);
    csvfile_free(&file);
}

static void ends_of_lines_are_all_alike(void **state)
{
    static const char *const texts[] = {
        "a;b\n1;2\n", "a;b\r\n1;2\r\n", "a;b\r1;2\r", "a;b\n1;2", "\n\na;b\n\n1;2\n\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct csvfile *file = good(texts[i]);

        assert_int_equal(csvfile_rows(file), 2);
        assert_string_equal(csvfile_cell(file, 1, 1), "2");
        csvfile_free(&file);
    }
}

static void finds_the_separator_in_the_header(void **state)
{
    struct csvfile *comma = good("a,b\n\"1;2;3\",x\n");
    struct csvfile *tab = good("a\tb\n1\t2\n");
    struct csvfile *quoted = good("\"a,b,c\";d\n1;2\n");
    struct csvfile *alone = good("a\n1\n");

    (void)state;
    assert_int_equal(csvfile_separator(comma), ',');
    assert_string_equal(csvfile_cell(comma, 1, 0), "1;2;3");
    assert_int_equal(csvfile_separator(tab), '\t');
    assert_string_equal(csvfile_cell(tab, 1, 1), "2");
    assert_int_equal(csvfile_separator(quoted), ';');
    assert_int_equal(csvfile_cells(quoted, 0), 2);
    assert_int_equal(csvfile_separator(alone), ';');
    csvfile_free(&comma);
    csvfile_free(&tab);
    csvfile_free(&quoted);
    csvfile_free(&alone);
}

static void reads_every_encoding(void **state)
{
    struct csvfile *utf8 = good("Échéance;œuvre\n1;2\n");
    struct csvfile *marked = good("\xEF\xBB\xBFÉchéance;b\n1;2\n");
    struct csvfile *windows = good("\xC9"
                                   "ch\xE9"
                                   "ance;\x9C"
                                   "uvre \x80 \x92\n1;2\n");

    (void)state;
    assert_string_equal(csvfile_cell(utf8, 0, 0), "Échéance");
    assert_string_equal(csvfile_cell(marked, 0, 0), "Échéance");
    assert_string_equal(csvfile_cell(windows, 0, 0), "Échéance");
    assert_string_equal(csvfile_cell(windows, 0, 1), "œuvre € ’");
    csvfile_free(&utf8);
    csvfile_free(&marked);
    csvfile_free(&windows);
}

static void cells_lose_the_space_around_them(void **state)
{
    struct csvfile *file =
        good("a;b;c\n  un deux ;\" \xC2\xA0trois\xC2\xA0\";\"il dit \"\"oui\"\"\"\n");

    (void)state;
    assert_string_equal(csvfile_cell(file, 1, 0), "un deux");
    assert_string_equal(csvfile_cell(file, 1, 1), "trois");
    assert_string_equal(csvfile_cell(file, 1, 2), "il dit \"oui\"");
    csvfile_free(&file);
}

static void blank_rows_are_known(void **state)
{
    struct csvfile *file = good("a;b\n;\n \"\";\" \"\n1;\n");

    (void)state;
    assert_int_equal(csvfile_rows(file), 4);
    assert_true(csvfile_blank(file, 1));
    assert_true(csvfile_blank(file, 2));
    assert_false(csvfile_blank(file, 3));
    csvfile_free(&file);
}

static void an_unclosed_quote_tells_where_it_opens(void **state)
{
    struct csvfile_error error = bad("a;b;c\r\n1;2;3\r\n4;\"cinq\r\nsix;7\r\n8;9;10\r\n");

    (void)state;
    assert_int_equal(error.problem, CSVFILE_UNCLOSED);
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 2);
}

static void an_unclosed_quote_before_another_tells_both(void **state)
{
    struct csvfile_error error = bad("a;b\n1;\"deux\n3;\"quatre\"\n");

    (void)state;
    assert_int_equal(error.problem, CSVFILE_QUOTE);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 2);
    assert_int_equal(error.noticed, 3);
}

static void a_quote_within_a_cell_is_told(void **state)
{
    struct csvfile_error error = bad("a;b\n1;il dit \"oui\"\n");

    (void)state;
    assert_int_equal(error.problem, CSVFILE_QUOTE);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 2);
}

static void what_is_no_text_is_told(void **state)
{
    static const char nul[] = "a;b\r\n1;2\r\n3;\0;4\r\n";
    static const char utf16[] = "\xFF\xFE"
                                "a\0;\0b\0\n\0";
    struct csvfile_error error = bad_bytes(nul, sizeof(nul) - 1);

    (void)state;
    assert_int_equal(error.problem, CSVFILE_NUL);
    assert_int_equal(error.line, 3);
    assert_int_equal(bad_bytes(utf16, sizeof(utf16) - 1).problem, CSVFILE_UTF16);
    error = bad("a;b\n1;\x81\n");
    assert_int_equal(error.problem, CSVFILE_ENCODING);
    assert_int_equal(error.line, 2);
    error = bad("\xEF\xBB\xBF"
                "a;b\n1;2\n3;\xE9t\xE9\n");
    assert_int_equal(error.problem, CSVFILE_ENCODING);
    assert_int_equal(error.line, 3);
}

static void empty_files_are_told(void **state)
{
    (void)state;
    assert_int_equal(bad("").problem, CSVFILE_EMPTY);
    assert_int_equal(bad("\r\n\r\n").problem, CSVFILE_EMPTY);
    assert_int_equal(bad("\xEF\xBB\xBF").problem, CSVFILE_EMPTY);
}

static void files_that_cannot_be_read_are_told(void **state)
{
    struct csvfile_error error;

    (void)state;
    assert_null(csvfile_read("tests/data/mauricie/absent.csv", &error));
    assert_int_equal(error.problem, CSVFILE_SYSTEM);
    assert_true(error.detail[0] != '\0');
    assert_null(csvfile_read("tests/data/mauricie", &error));
    assert_int_equal(error.problem, CSVFILE_SYSTEM);
}

static void reads_the_real_plan(void **state)
{
    struct csvfile_error error;
    struct csvfile *file = csvfile_read("tests/data/mauricie/plan-2009-2010.csv", &error);

    (void)state;
    assert_non_null(file);
    assert_int_equal(csvfile_rows(file), 28);
    assert_string_equal(csvfile_cell(file, 0, 4), "Échéancier");
    assert_string_equal(csvfile_cell(file, 1, 3), "Coordonnatrice\nSecrétaire");
    assert_int_equal(csvfile_line(file, 1, 4), 3);
    assert_int_equal(csvfile_line(file, 2, 0), 9);
    csvfile_free(&file);
}

/* Whatever bytes come, the reader answers with a table or an error, and reads nothing that is not
 * there. */
static void any_bytes_are_survived(void **state)
{
    static const char alphabet[] = "a;,\"\n\r\t \xC3\xA9\x81\xFE\xFF";
    uint32_t seed = 12345;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct csvfile_error error;
        struct csvfile *file;
        char bytes[24];
        size_t size = 0;

        for (size_t most = (seed >> 8) % sizeof(bytes); size < most; size++) {
            seed = seed * 1664525 + 1013904223;
            bytes[size] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }
        seed = seed * 1664525 + 1013904223;
        file = csvfile_parse(bytes, size, &error);
        assert_true((file != NULL) == (error.problem == CSVFILE_FINE));
        csvfile_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_and_their_lines),
        cmocka_unit_test(ends_of_lines_are_all_alike),
        cmocka_unit_test(finds_the_separator_in_the_header),
        cmocka_unit_test(reads_every_encoding),
        cmocka_unit_test(cells_lose_the_space_around_them),
        cmocka_unit_test(blank_rows_are_known),
        cmocka_unit_test(an_unclosed_quote_tells_where_it_opens),
        cmocka_unit_test(an_unclosed_quote_before_another_tells_both),
        cmocka_unit_test(a_quote_within_a_cell_is_told),
        cmocka_unit_test(what_is_no_text_is_told),
        cmocka_unit_test(empty_files_are_told),
        cmocka_unit_test(files_that_cannot_be_read_are_told),
        cmocka_unit_test(reads_the_real_plan),
        cmocka_unit_test(any_bytes_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
