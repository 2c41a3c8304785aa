/* A line of the log is one line, whatever is in it and however long. */
#include "log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What the call writes to stderr. */
static size_t capture(
    enum log_level level, const char *prefix, const char *message, char text_r[8192])
{
    int ends[2], kept = dup(STDERR_FILENO);
    ssize_t size;

    assert_true(kept >= 0 && pipe(ends) == 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    log_line(level, prefix, "%s", message);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(ends[1]);
    close(kept);
    size = read(ends[0], text_r, 8191);
    close(ends[0]);
    assert_true(size >= 0);
    text_r[size] = '\0';
    return (size_t)size;
}

static void test_a_line(void **state)
{
    char text[8192];
    int end = 0;

    (void)state;
    capture(LOG_LEVEL_WARNING, "session=7", "event=close reason=idle", text);
    assert_int_equal(sscanf(text, "%*4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ%n", &end), 0);
    assert_int_equal(end, 24);
    assert_string_equal(text + end, " level=warning session=7 event=close reason=idle\n");
    capture(LOG_LEVEL_INFO, NULL, "event=up", text);
    assert_string_equal(text + 24, " level=info event=up\n");
}

static void test_levels(void **state)
{
    char text[8192];

    (void)state;
    assert_int_equal(capture(LOG_LEVEL_DEBUG, NULL, "x", text), 0);
    log_set_level(LOG_LEVEL_DEBUG);
    assert_true(capture(LOG_LEVEL_DEBUG, NULL, "x", text) > 0);
    log_set_level(LOG_LEVEL_ERROR);
    assert_int_equal(capture(LOG_LEVEL_WARNING, NULL, "x", text), 0);
    assert_true(capture(LOG_LEVEL_ERROR, NULL, "x", text) > 0);
    log_set_level(LOG_LEVEL_INFO);
}

/* A peer's words cannot forge a line, nor move the cursor of who reads it. */
static void test_control_characters(void **state)
{
    char text[8192];

    (void)state;
    capture(LOG_LEVEL_INFO, "a\nb", "x\r\n2009-10-15 forged\t\x1b[2J\x7f.é", text);
    assert_string_equal(text + 24, " level=info a b x  2009-10-15 forged  [2J .é\n");
}

static void test_long_lines(void **state)
{
    char text[8192], words[4001];

    (void)state;
    memset(words, 'x', sizeof(words) - 1);
    words[4000] = '\0';
    assert_int_equal(capture(LOG_LEVEL_INFO, "p", words, text), 2048);
    assert_int_equal(text[2047], '\n');
    assert_int_equal(capture(LOG_LEVEL_INFO, words, words, text), 2048);
    assert_ptr_equal(strchr(text, '\n'), text + 2047);
    for (size_t size = 1980; size < 2060; size++) {
        words[size] = '\0';
        assert_true(capture(LOG_LEVEL_INFO, words, "end", text) <= 2048);
        assert_int_equal(text[strlen(text) - 1], '\n');
        words[size] = 'x';
    }
}

static void assert_value(const char *value, const char *written)
{
    char text[LOG_VALUE];

    assert_string_equal(log_value(value, text), written);
}

/* What a peer or PostgreSQL says cannot look like another word. */
static void test_values(void **state)
{
    char long_value[2 * LOG_VALUE], text[LOG_VALUE];

    (void)state;
    assert_value("plain.é/x-1", "plain.é/x-1");
    assert_value("", "\"\"");
    assert_value("two words", "\"two words\"");
    assert_value("x level=error", "\"x level=error\"");
    assert_value("a=b", "\"a=b\"");
    assert_value("say \"no\" \\", "\"say \\\"no\\\" \\\\\"");
    assert_value("a\tb\x1b[2J\x7f", "\"a\\x09b\\x1b[2J\\x7f\"");
    assert_value("first\nsecond", "first");
    memset(long_value, '"', sizeof(long_value) - 1);
    long_value[sizeof(long_value) - 1] = '\0';
    log_value(long_value, text);
    assert_true(strlen(text) < LOG_VALUE);
    assert_int_equal(text[strlen(text) - 1], '"');
    assert_int_equal(strlen(text) % 2, 0);
}

static void test_workers(void **state)
{
    char text[8192];

    (void)state;
    log_set_worker(2);
    capture(LOG_LEVEL_INFO, "session=7", "event=up", text);
    log_set_worker(0);
    assert_string_equal(text + 24, " level=info worker=2 session=7 event=up\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
