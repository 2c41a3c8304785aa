/* Sizes of files, and what they are by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "words/bytes.h"
#include "words/media_type.h"

static void sizes_are_written_in_both_languages(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *french, *english;
    } cases[] = {
        {0, "0\u00a0octets", "0 bytes"},
        {1, "1\u00a0octet", "1 byte"},
        {1023, "1023\u00a0octets", "1023 bytes"},
        {1024, "1\u00a0ko", "1 KB"},
        {1536, "1,5\u00a0ko", "1.5 KB"},
        {102348, "99,9\u00a0ko", "99.9 KB"},
        {102400, "100\u00a0ko", "100 KB"},
        {300000, "293\u00a0ko", "293 KB"},
        {1047500, "1023\u00a0ko", "1023 KB"},
        {1048575, "1\u00a0Mo", "1 MB"},
        {1258291, "1,2\u00a0Mo", "1.2 MB"},
        {33554432, "32\u00a0Mo", "32 MB"},
        {UINT64_C(10737418240), "10\u00a0Go", "10 GB"},
        {UINT64_C(1) << 50, "1048576\u00a0Go", "1048576 GB"},
    };
    char text[BYTES_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bytes_text(cases[i].bytes, "fr", text);
        assert_string_equal(text, cases[i].french);
        bytes_text(cases[i].bytes, "en", text);
        assert_string_equal(text, cases[i].english);
    }
}

static void a_name_tells_what_a_file_is(void **state)
{
    (void)state;
    assert_string_equal(media_type_of("rapport.pdf"), "application/pdf");
    assert_string_equal(media_type_of("RAPPORT.PDF"), "application/pdf");
    assert_string_equal(media_type_of("/tmp/a.b/photo.JPEG"), "image/jpeg");
    assert_string_equal(media_type_of("notes"), "application/octet-stream");
    assert_string_equal(media_type_of(".pdf"), "application/octet-stream");
    assert_string_equal(media_type_of(""), "application/octet-stream");
    assert_string_equal(media_type_of("archive.xyz"), "application/octet-stream");
    assert_string_equal(media_type_extension("image/jpeg"), ".jpg");
    assert_string_equal(media_type_extension("application/octet-stream"), "");
    assert_string_equal(media_type_extension(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_written_in_both_languages),
        cmocka_unit_test(a_name_tells_what_a_file_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
