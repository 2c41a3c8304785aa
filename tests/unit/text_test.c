#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *fold(const char *s)
{
    static char buf[256];
    size_t needed = text_fold(s, buf, sizeof(buf));
    assert_int_equal(needed, strlen(buf));
    return buf;
}

static void utf8_is_told_from_junk(void **state)
{
    static const struct {
        const char *bytes;
        bool valid;
    } rows[] = {
        {"", true},
        {"abc", true},
        {"Été", true},
        {"\xE2\x82\xAC", true},
        {"\xF0\x9F\x98\x80", true},
        {"\xF4\x8F\xBF\xBF", true},  /* the last character */
        {"\xF4\x90\x80\x80", false}, /* beyond it */
        {"\xC0\xAF", false},
        {"\xE0\x80\xAF", false},
        {"\xF0\x80\x80\xAF", false}, /* overlong */
        {"\xED\xA0\x80", false},     /* a surrogate */
        {"\x80", false},
        {"a\xC3", false},
        {"\xE2\x82", false},
        {"\xFF", false},
        {"\xC3(", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(text_valid_utf8(rows[i].bytes, strlen(rows[i].bytes)), rows[i].valid);
    }
    assert_true(text_valid_utf8("a\0b", 3));
}

static void folding_drops_case_and_accents(void **state)
{
    (void)state;
    assert_string_equal(fold("ÉTÉ à l’Île-d’Orléans"), "ete a l'ile-d'orleans");
    assert_string_equal(fold("Cœur, Æther, Straße"), "coeur, aether, strasse");
    assert_string_equal(fold("E\xCC\x81te\xCC\x81"), "ete"); /* combining marks */
    assert_string_equal(fold("Łódź Ștefan Việt"), "lodz stefan viet");
    assert_string_equal(fold("1\u00A0234\u202F%"), "1 234 %");
    assert_string_equal(fold("2008\u20132011 \u2014 fin"), "2008-2011 - fin");
    assert_string_equal(fold("a\xFFz"), "a\xFFz");
    assert_string_equal(fold("日本"), "日本");
}

static void folding_cuts_between_characters(void **state)
{
    char buf[4];
    (void)state;
    assert_int_equal(text_fold("a€b", buf, sizeof(buf)), 5);
    assert_string_equal(buf, "a");
    assert_int_equal(text_fold("abc", buf, sizeof(buf)), 3);
    assert_string_equal(buf, "abc");
    assert_int_equal(text_fold("Œuvre", NULL, 0), 6);
}

static void comparing_files_as_people_do(void **state)
{
    (void)state;
    assert_true(text_compare("Écoles", "ecoliers") < 0);
    assert_true(text_compare("zone", "École") > 0);
    assert_int_equal(text_compare("École", "École"), 0);
    assert_int_not_equal(text_compare("école", "École"), 0);
    assert_true(text_compare("a", "ab") < 0);
}

static void trimming_knows_unicode_spaces(void **state)
{
    char text[] = "\u00A0 \t\u202FMai 2009\u3000\r\n";
    char blank[] = " \u00A0 ";
    (void)state;
    assert_ptr_equal(text_trim(text), text);
    assert_string_equal(text, "Mai 2009");
    assert_string_equal(text_trim(blank), "");

    size_t length;
    const char *part = text_trimmed("  a b  c", 6, &length);
    assert_int_equal(length, 3);
    assert_memory_equal(part, "a b", 3);
}

static void copies_end_between_characters(void **state)
{
    char buf[5];
    (void)state;
    assert_true(text_copy(buf, sizeof(buf), "abcd"));
    assert_string_equal(buf, "abcd");
    assert_false(text_copy(buf, sizeof(buf), "abcéd"));
    assert_string_equal(buf, "abc");
    assert_false(text_copy(buf, 1, "é"));
    assert_string_equal(buf, "");
}

static void width_is_in_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width("Mékinac"), 7);
    assert_int_equal(text_width("Me\xCC\x81kinac"), 7);
    assert_int_equal(text_width("日本"), 4);
    assert_int_equal(text_width("\xF0\x9F\x98\x80"), 2);
    assert_int_equal(text_width("a\u200Bb\u00A0c"), 4);
    assert_int_equal(text_width("\xFF"), 1);
    assert_int_equal(text_width("a\x1B[0m"), 4);
}

static void fitting_keeps_marks_with_their_letter(void **state)
{
    size_t width;
    (void)state;
    assert_int_equal(text_fit("Mékinac", 3, &width), 4);
    assert_int_equal(width, 3);
    assert_int_equal(text_fit("e\xCC\x81te", 1, &width), 3);
    assert_int_equal(text_fit("a日本", 2, &width), 1);
    assert_int_equal(width, 1);
    assert_int_equal(text_fit("", 5, NULL), 0);
}

static void distance_counts_slips(void **state)
{
    (void)state;
    assert_int_equal(text_distance("partie", "partie"), 0);
    assert_int_equal(text_distance("prat", "part"), 1);
    assert_int_equal(text_distance("echeance", "ÉCHÉANCE"), 0);
    assert_int_equal(text_distance("plan", ""), 4);
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("rencontre", "rnecontres"), 2);
}

static void nearest_is_near_or_nothing(void **state)
{
    static const char *const words[] = {"plan", NULL, "part", "projets", "rencontres", "échéances"};
    (void)state;
    assert_string_equal(text_nearest("prat", words, COUNT(words)), "part");
    assert_string_equal(text_nearest("echances", words, COUNT(words)), "échéances");
    assert_string_equal(text_nearest("rencontre", words, COUNT(words)), "rencontres");
    assert_null(text_nearest("zzz", words, COUNT(words)));
    assert_null(text_nearest("", words, COUNT(words)));
    assert_null(text_nearest("plan", words, 0));
}

/* Whatever the bytes: no crash, and the lengths that functions give agree with each other. */
static void any_bytes_are_survived(void **state)
{
    unsigned seed = 2009;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char bytes[32];
        char folded[128];
        char again[128];
        size_t length = (size_t)rand_r(&seed) % (sizeof(bytes) - 1);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = (char)(rand_r(&seed) % 255 + 1);
        }
        bytes[length] = '\0';
        size_t needed = text_fold(bytes, folded, sizeof(folded));
        assert_int_equal(needed, strlen(folded));
        if (text_valid_utf8(bytes, length)) {
            assert_true(text_valid_utf8(folded, strlen(folded)));
            text_fold(folded, again, sizeof(again));
            assert_string_equal(folded, again);
        }
        assert_true(text_width(bytes) <= 2 * length);
        assert_true(text_fit(bytes, SIZE_MAX, NULL) == length);
        text_nearest(bytes, &(const char *){"rencontre"}, 1);
        text_trim(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_told_from_junk),
        cmocka_unit_test(folding_drops_case_and_accents),
        cmocka_unit_test(folding_cuts_between_characters),
        cmocka_unit_test(comparing_files_as_people_do),
        cmocka_unit_test(trimming_knows_unicode_spaces),
        cmocka_unit_test(copies_end_between_characters),
        cmocka_unit_test(width_is_in_columns),
        cmocka_unit_test(fitting_keeps_marks_with_their_letter),
        cmocka_unit_test(distance_counts_slips),
        cmocka_unit_test(nearest_is_near_or_nothing),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
