/* Codes and invitation lines. */
#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* --- codes --- */

static void a_code_reads_back_as_made(void **state)
{
    char code[32], read[32], last[32] = "";

    (void)state;
    for (int i = 0; i < 1000; i++) {
        identity_code_make(code);
        assert_int_equal(strlen(code), 22);
        assert_int_equal(strspn(code, "0123456789abcdefghjkmnpqrstvwxyz-"), 22);
        assert_true(identity_code_read(code, read));
        assert_string_equal(read, code);
        assert_string_not_equal(code, last);
        memcpy(last, code, sizeof(last));
    }
}

static void a_code_reads_as_people_type_it(void **state)
{
    char code[32], typed[96], read[32];
    size_t length;

    (void)state;
    for (int i = 0; i < 200; i++) {
        identity_code_make(code);
        length = 0;
        for (const char *c = code; *c != '\0'; c++) {
            char put = *c == '0' ? 'O' : *c == '1' ? (i % 2 ? 'l' : 'I') : *c;
            if (put >= 'a' && put <= 'z' && put != 'l' && i % 3 == 0)
                put = (char)(put - 'a' + 'A');
            if (put == '-' && i % 5 == 0)
                put = ' ';
            if (put != '-' || i % 7)
                typed[length++] = put;
        }
        typed[length] = '\0';
        assert_true(identity_code_read(typed, read));
        assert_string_equal(read, code);
    }
}

/* Every single slip and every swap of neighbours shows, the check characters included. */
static void every_slip_in_a_code_shows(void **state)
{
    char code[32], wrong[32], read[32];

    (void)state;
    for (int round = 0; round < 200; round++) {
        identity_code_make(code);
        for (size_t i = 0; code[i] != '\0'; i++) {
            size_t next = code[i + 1] == '-' ? i + 2 : i + 1;
            if (code[i] == '-')
                continue;
            memcpy(wrong, code, sizeof(wrong));
            for (const char *c = alphabet; *c != '\0'; c++) {
                wrong[i] = *c;
                assert_true(identity_code_read(wrong, read) == (*c == code[i]));
            }
            memmove(wrong + i, code + i + 1, strlen(code) - i); /* one is lost */
            assert_false(identity_code_read(wrong, read));
            if (code[i + 1] == '\0' || code[next] == code[i])
                continue;
            memcpy(wrong, code, sizeof(wrong));
            wrong[i] = code[next];
            wrong[next] = code[i];
            assert_false(identity_code_read(wrong, read));
        }
    }
    assert_false(identity_code_read("", read));
    assert_string_equal(read, "");
    assert_false(identity_code_read("7k3m", read));
    assert_false(identity_code_read("uuuu-uuuu-uuuu-uuuu-uu", read));
}

static void the_hash_is_blake2b_of_the_code(void **state)
{
    /* b2sum -l 256 of "abc" */
    static const uint8_t expected[4] = {0xbd, 0xdd, 0x81, 0x3c};
    uint8_t hash[32];

    (void)state;
    identity_code_hash("abc", hash);
    assert_memory_equal(hash, expected, sizeof(expected));
}

/* --- lines --- */

static struct identity_line line_make(const char *host)
{
    struct identity_line line = {.port = "7443", .region = "mauricie"};

    snprintf(line.host, sizeof(line.host), "%s", host);
    identity_code_make(line.code);
    for (size_t i = 0; i < sizeof(line.fingerprint); i++)
        line.fingerprint[i] = (uint8_t)random();
    return line;
}

static void lines_agree(const struct identity_line *a, const struct identity_line *b)
{
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->port, b->port);
    assert_string_equal(a->region, b->region);
    assert_string_equal(a->code, b->code);
    assert_memory_equal(a->fingerprint, b->fingerprint, sizeof(a->fingerprint));
}

static void reads_as(const char *text, enum identity_line_state expected)
{
    struct identity_line line;

    if (identity_line_read(text, &line) != expected)
        fail_msg("read otherwise than as %d: %s", (int)expected, text);
}

static void a_line_reads_back_as_written(void **state)
{
    static const char *const hosts[] = {
        "concert.example", "192.0.2.7", "::1", "2001:db8::12", "fe80::1%eth0", "x", "a-b.c_d"};
    char text[IDENTITY_LINE_MAX];
    struct identity_line line, read;

    (void)state;
    srandom(1608);
    for (size_t i = 0; i < 500; i++) {
        line = line_make(hosts[i % (sizeof(hosts) / sizeof(*hosts))]);
        assert_true(identity_line_write(&line, text));
        assert_int_equal(identity_line_read(text, &read), IDENTITY_LINE_OK);
        lines_agree(&read, &line);
    }
    line = line_make("::1");
    assert_true(identity_line_write(&line, text));
    assert_memory_equal(text, "concert://[::1]:7443/mauricie#", 30);
}

static void a_line_that_would_not_read_back_is_not_written(void **state)
{
    char text[IDENTITY_LINE_MAX];
    struct identity_line line;

    (void)state;
    line = line_make("");
    assert_false(identity_line_write(&line, text));
    line = line_make("a host");
    assert_false(identity_line_write(&line, text));
    line = line_make("host/region");
    assert_false(identity_line_write(&line, text));
    line = line_make("host");
    memcpy(line.port, "70000", 6);
    assert_false(identity_line_write(&line, text));
    line = line_make("host");
    memcpy(line.region, "a#b", 4);
    assert_false(identity_line_write(&line, text));
    line = line_make("host");
    line.code[0] = line.code[0] == '0' ? '1' : '0';
    assert_false(identity_line_write(&line, text));
    assert_string_equal(text, "");
}

/* Mail wraps lines, people add quotes and full stops, phones make capitals and long dashes. */
static void a_line_reads_as_pasted(void **state)
{
    static const char *const around[][2] = {{" \t", "\r\n"}, {"« ", " »"}, {"«\u00a0", "\u00a0»."},
        {"<", ">"}, {"\"", "\","}, {"“", "”"}, {"\u2018", "\u2019"}, {"\ufeff", "\u200b"},
        {"> ", ""}, {"", ")"}};
    char text[IDENTITY_LINE_MAX], pasted[2 * IDENTITY_LINE_MAX];
    struct identity_line line, read;

    (void)state;
    srandom(1634);
    for (size_t i = 0; i < 2000; i++) {
        const char *const *marks = around[i % (sizeof(around) / sizeof(*around))];
        size_t cut, length;

        line = line_make("concert.example");
        assert_true(identity_line_write(&line, text));
        length = strlen(text);
        if (i % 3 == 0)
            text[0] = 'C';
        cut = (size_t)random() % length;
        snprintf(pasted, sizeof(pasted), "%s%.*s%s%s%s", marks[0], (int)cut, text,
            i % 2 ? "\r\n> " : " \n", text + cut, marks[1]);
        assert_int_equal(identity_line_read(pasted, &read), IDENTITY_LINE_OK);
        lines_agree(&read, &line);
    }
}

static void dashes_of_word_processors_are_hyphens(void **state)
{
    struct identity_line line = line_make("host"), read;
    char text[IDENTITY_LINE_MAX], pasted[2 * IDENTITY_LINE_MAX];
    size_t length = 0;

    (void)state;
    assert_true(identity_line_write(&line, text));
    for (const char *c = text; *c != '\0'; c++)
        length += (size_t)snprintf(
            pasted + length, sizeof(pasted) - length, *c == '-' ? "\u2011" : "%c", *c);
    assert_int_equal(identity_line_read(pasted, &read), IDENTITY_LINE_OK);
    lines_agree(&read, &line);
}

static void what_is_mistyped_is_told(void **state)
{
    struct identity_line line = line_make("host");
    char text[IDENTITY_LINE_MAX];
    const char *code, *fingerprint;

    (void)state;
    assert_true(identity_line_write(&line, text));
    code = strchr(text, '#') + 1;
    fingerprint = strchr(text, '.') + 1;
    for (size_t i = 0; text[i] != '\0'; i++) {
        char kept = text[i];
        enum identity_line_state expected =
            text + i >= fingerprint ? IDENTITY_LINE_FINGERPRINT : IDENTITY_LINE_CODE;

        if (text + i < code || kept == '.' || kept == '-')
            continue;
        text[i] = kept == 'x' ? 'y' : 'x';
        reads_as(text, expected);
        text[i] = '*';
        reads_as(text, expected);
        text[i] = kept;
        /* cut here */
        text[i] = '\0';
        reads_as(text, text + i >= fingerprint ? IDENTITY_LINE_FINGERPRINT : IDENTITY_LINE_CODE);
        text[i] = kept;
    }
    reads_as(text, IDENTITY_LINE_OK);
}

static void another_shape_is_told(void **state)
{
    static const char *const wrong[] = {"", "#", "concert://", "https://host:1/region#a.b",
        "host:7443/mauricie#a.b", "concert://host:7443/mauricie", "concert://host/mauricie#a.b",
        "concert://:7443/mauricie#a.b", "concert://host:0/mauricie#a.b",
        "concert://host:65536/mauricie#a.b", "concert://host:99999999999/mauricie#a.b",
        "concert://host:7443/#a.b", "concert://host:7443#a.b", "concert://[::1:7443/mauricie#a.b",
        "concert://[::1]7443/mauricie#a.b", "concert://[]:7443/mauricie#a.b",
        "concert://::1:7443/mauricie#a.b", "concert://host:7443/a/b#a.b",
        "concert://hôte:7443/mauricie#a.b", "concert://host:7443/mauricie\xff#a.b",
        "concert://host:744e/mauricie#a.b"};
    char *long_line = calloc(1, 100001);

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        reads_as(wrong[i], IDENTITY_LINE_SHAPE);
    reads_as("concert://host:7443/mauricie#", IDENTITY_LINE_CODE);
    memset(long_line, 'x', 100000);
    memcpy(long_line, "concert://", 10);
    reads_as(long_line, IDENTITY_LINE_SHAPE);
    free(long_line);
}

/* Puts random bytes, or the line with one to three bytes changed. Returns how many were changed. */
static int paste_anything(const char *text, char pasted_r[IDENTITY_LINE_MAX])
{
    size_t length = strlen(text);
    int changes = 1 + (int)(random() % 3);

    memcpy(pasted_r, text, length + 1);
    if (random() % 4 == 0) {
        size_t from = random() % 2 ? 0 : sizeof("concert://") - 1;
        length = from + (size_t)random() % (IDENTITY_LINE_MAX - from);
        for (size_t k = from; k + 1 < length; k++)
            pasted_r[k] = (char)random();
        pasted_r[length == 0 ? 0 : length - 1] = '\0';
    } else {
        for (int i = 0; i < changes; i++)
            pasted_r[(size_t)random() % length] = (char)random();
    }
    return changes;
}

/* Never out of bounds (the sanitizers watch), and what one slip leaves readable has the very same
 * code and fingerprint. Several slips at once have one chance in 1021 to pass. */
static void anything_may_be_pasted(void **state)
{
    struct identity_line line = line_make("host"), read;
    char text[IDENTITY_LINE_MAX], pasted[IDENTITY_LINE_MAX], again[IDENTITY_LINE_MAX];
    int ok = 0;

    (void)state;
    srandom(1867);
    assert_true(identity_line_write(&line, text));
    for (int i = 0; i < 200000; i++) {
        int changes = paste_anything(text, pasted);
        if (identity_line_read(pasted, &read) != IDENTITY_LINE_OK)
            continue;
        ok++;
        assert_true(identity_line_write(&read, again));
        if (changes > 1)
            continue;
        assert_string_equal(read.code, line.code);
        assert_memory_equal(read.fingerprint, line.fingerprint, sizeof(line.fingerprint));
    }
    assert_in_range(ok, 1, 200000 / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_reads_back_as_made),
        cmocka_unit_test(a_code_reads_as_people_type_it),
        cmocka_unit_test(every_slip_in_a_code_shows),
        cmocka_unit_test(the_hash_is_blake2b_of_the_code),
        cmocka_unit_test(a_line_reads_back_as_written),
        cmocka_unit_test(a_line_that_would_not_read_back_is_not_written),
        cmocka_unit_test(a_line_reads_as_pasted),
        cmocka_unit_test(dashes_of_word_processors_are_hyphens),
        cmocka_unit_test(what_is_mistyped_is_told),
        cmocka_unit_test(another_shape_is_told),
        cmocka_unit_test(anything_may_be_pasted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
