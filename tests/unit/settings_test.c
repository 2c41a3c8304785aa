/* The settings: every row is read, bounded and written, and what is wrong is told with its line. */
#include "settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char folder[64], path[96];
    struct settings read, written;
    char why[512];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    snprintf(f->folder, sizeof(f->folder), "/tmp/settings-test-XXXXXX");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/concertd.conf", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    unlink(f->path);
    /* Nothing else is left behind, such as a draft. */
    assert_int_equal(rmdir(f->folder), 0);
    free(f);
    return 0;
}

static bool read_text(struct fixture *f, const char *text)
{
    FILE *file = fopen(f->path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return settings_read(&f->read, f->path, f->why, sizeof(f->why));
}

static void assert_why(struct fixture *f, const char *text, const char *words)
{
    assert_false(read_text(f, text));
    if (strstr(f->why, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", f->why, words);
}

static void test_defaults(void **state)
{
    struct fixture *f = *state;

    assert_true(read_text(f, ""));
    settings_defaults(&f->written);
    assert_memory_equal(&f->read, &f->written, sizeof(f->read));
    assert_string_equal(f->read.listen, "0.0.0.0:7443");
    assert_int_equal(f->read.operations, 5000);
    assert_int_equal(f->read.n_regions, 0);
}

static void test_read(void **state)
{
    struct fixture *f = *state;

    assert_true(
        read_text(f, "# a comment\n[server]\nlisten = [::1]:99 \n[limits]\nbatch=1\n"
                     "[region mauricie]\ntitle = Consortium « sécurité alimentaire »\n"
                     "language=en\n[region autre]\ntitle=x\n[region mauricie]\ntimezone=UTC\n"));
    assert_string_equal(f->read.listen, "[::1]:99");
    assert_int_equal(f->read.batch, 1);
    assert_int_equal(f->read.n_regions, 2);
    assert_string_equal(f->read.regions[0].name, "mauricie");
    assert_string_equal(f->read.regions[0].title, "Consortium « sécurité alimentaire »");
    assert_string_equal(f->read.regions[0].language, "en");
    assert_string_equal(f->read.regions[0].timezone, "UTC");
    assert_string_equal(f->read.regions[1].language, "fr");
    assert_string_equal(f->read.regions[1].timezone, "America/Toronto");
}

static void test_what_is_wrong_and_where(void **state)
{
    struct fixture *f = *state;
    char regions[SETTINGS_REGIONS_MAX * 32 + 32] = "";

    assert_why(f, "[server]\n\nlisten_on=1\n", "line 3: [server] listen_on");
    assert_why(f, "[limits]\nbatch=0\n", "line 2: [limits] batch");
    assert_why(f, "[limits]\nbatch=100001\n", "batch");
    assert_why(f, "[limits]\nbatch=ten\n", "batch");
    assert_why(f, "[limits]\nbatch=\n", "batch");
    assert_why(f, "[limits]\nbatch=10 000\n", "batch");
    assert_why(f, "[limits]\nbatch=99999999999999999999\n", "batch");
    assert_why(f, "[limit]\nbatch=10\n", "[limit] batch");
    assert_why(f, "[limits]\nlisten=x\n", "no such setting");
    assert_why(f, "batch=10\n", "line 1");
    assert_why(f, "[region ]\ntitle=x\n", "line 2");
    assert_why(f, "[region a12345678901234567890123456789012345678901]\ntitle=x\n",
        "line 2: [region a12345678901234567890123456789012345678901] title: the region's name");
    assert_true(read_text(f, "[region a1234567890123456789012345678901234567890]\ntitle=x\n"));
    assert_int_equal(strlen(f->read.regions[0].name), SETTINGS_NAME_MAX);
    assert_true(settings_write(&f->read, f->path));
    f->read.regions[0].name[SETTINGS_NAME_MAX] = 'x';
    assert_false(settings_write(&f->read, f->path));
    assert_int_equal(errno, EINVAL);
    assert_why(f, "[region x]\nlanguage=français\n", "line 2: [region x] language");
    for (int i = 0; i <= SETTINGS_REGIONS_MAX; i++)
        snprintf(regions + strlen(regions), sizeof(regions) - strlen(regions),
            "[region r%d]\ntitle=x\n", i);
    assert_why(f, regions, "r16");
    assert_why(f, "[server]\nlisten\n", "line 2");
    assert_why(f, "[limits]\nbatch=1\nqueued=5\n\nbatch=1\n",
        "line 5: [limits] batch: it is given in line 2 already");
    assert_why(f, "[server]\nlisten=h:1\n[limits]\nbatch=1\n[server]\nlisten=h:2\n",
        "line 6: [server] listen: it is given in line 2");
    assert_why(f, "[region r]\ntitle=x\n y\n[region s]\ntitle=x\n[region r]\ntitle=x\n",
        "line 7: [region r] title: it is given in line 2");
    /* Of several, the first; the line and the words are the same one's. */
    assert_why(f, "[limits]\nbatch=0\nqueued=0\nrequests=0\n", "line 2: [limits] batch");
    assert_why(f, "[limits]\nnonsense\nqueued=0\n", "line 2: it is not a setting");
}

static void test_no_file(void **state)
{
    struct fixture *f = *state;

    assert_false(settings_read(&f->read, f->path, f->why, sizeof(f->why)));
    assert_non_null(strstr(f->why, f->path));
    assert_non_null(strstr(f->why, strerror(ENOENT)));
    assert_false(settings_read(&f->read, f->folder, f->why, sizeof(f->why)));
    assert_non_null(strstr(f->why, strerror(EISDIR)));
    assert_false(settings_write(&f->read, "/no/such/folder/concertd.conf"));
    assert_int_equal(errno, ENOENT);
}

/* What was written reads back the same, whatever the values. */
static void test_there_and_back(void **state)
{
    static const char *const values[] = {"x", "Consortium en sécurité alimentaire", "a=b", "a: b",
        "[x]", "l'été « chaud »", "un ; deux", "; rien", "# rien", "\"x\"",
        "host=/run dbname='a b'"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        settings_defaults(&f->written);
        f->written.batch = 77;
        f->written.n_regions = 2;
        for (size_t r = 0; r < 2; r++) {
            settings_region_defaults(&f->written.regions[r]);
            snprintf(f->written.regions[r].name, 64, "r%zu", r);
        }
        snprintf(f->written.regions[0].title, SETTINGS_TEXT, "%s", values[i]);
        snprintf(f->written.regions[1].database, SETTINGS_TEXT, "%s", values[i]);
        snprintf(f->written.address, SETTINGS_TEXT, "%s", values[i]);
        assert_true(settings_write(&f->written, f->path));
        if (!settings_read(&f->read, f->path, f->why, sizeof(f->why)))
            fail_msg("%s", f->why);
        assert_string_equal(f->read.regions[0].title, values[i]);
        assert_memory_equal(&f->read, &f->written, sizeof(f->read));
    }
}

static void fill_database(struct fixture *f, size_t size, size_t word)
{
    char *text = f->written.regions[0].owner_database;

    settings_defaults(&f->written);
    f->written.n_regions = 1;
    settings_region_defaults(&f->written.regions[0]);
    snprintf(f->written.regions[0].name, 64, "r");
    for (size_t i = 0; i < size; i++)
        text[i] = i % word == word - 1 && i + 1 < size ? ' ' : i % 40 == 0 ? ';' : 'x';
    text[size] = '\0';
}

/* A value of any length that there is room for reads back, in as many lines as it takes; a word
 * that is longer than a line is not written, since it would not be read. */
static void test_long_values(void **state)
{
    struct fixture *f = *state;
    size_t size = 1;
    char line[800];

    for (size_t word = 2; word < 175; word += 7)
        for (size = 1; size < SETTINGS_TEXT; size += 13 + word % 7) {
            fill_database(f, size, word);
            assert_true(settings_write(&f->written, f->path));
            if (!settings_read(&f->read, f->path, f->why, sizeof(f->why)))
                fail_msg("%zu: %s", size, f->why);
            assert_memory_equal(&f->read, &f->written, sizeof(f->read));
        }
    for (size = 1; size < SETTINGS_TEXT; size++) {
        fill_database(f, size, SETTINGS_TEXT);
        if (!settings_write(&f->written, f->path))
            break;
        if (!settings_read(&f->read, f->path, f->why, sizeof(f->why)))
            fail_msg("%zu: %s", size, f->why);
        assert_memory_equal(&f->read, &f->written, sizeof(f->read));
    }
    assert_int_equal(errno, EINVAL);
    assert_true(size > 170 && size < 200);
    snprintf(line, sizeof(line), "[server]\naddress=%300s\n", "x");
    assert_why(f, line, "line 2: it is too long");
    assert_why(f, line, "begins with a space goes on");
    snprintf(line, sizeof(line), "[server]\n ; %300s\naddress=x\n# %300s", "x=", "y");
    assert_true(read_text(f, line)); /* a long comment harms nobody */
    assert_string_equal(f->read.address, "x");
}

/* A line that begins with a space goes on with the value above it. */
static void test_lines_that_go_on(void **state)
{
    struct fixture *f = *state;

    assert_true(read_text(f, "[region r]\n  title = A\ndatabase =\n  host=a,b,c ; three\n\n"
                             "\tdbname=x\n  # note\n ; title = B\n   [c] \\; d\nlanguage=en\n"
                             "[region s]\n  title = B\n"));
    assert_string_equal(f->read.regions[0].title, "A");
    assert_string_equal(f->read.regions[0].database, "host=a,b,c dbname=x [c] ; d");
    assert_string_equal(f->read.regions[0].language, "en");
    assert_string_equal(f->read.regions[1].title, "B");
    /* Settings that are moved in: that they are swallowed by the one above is told. */
    assert_why(f, "[region r]\n  title = A\n  language = en\n",
        "line 3: [region r] title: this line would go on with it");
    assert_why(f, "[limits]\n batch=1\n 2\n", "line 3: [limits] batch: the value is not right");
    assert_why(f, "[server]\nlog_level=info\n debug of many words\n", "line 3: [server] log_level");
    /* What would read back as something else is written in another way. */
    for (size_t before = 150; before < 178; before++) {
        settings_defaults(&f->written);
        snprintf(f->written.address, SETTINGS_TEXT, "%*s # user = a\fb ;  c \\ ; log_level=%0*d",
            (int)before, "x", 20, 1);
        for (char *c = f->written.address; *c == ' '; c++)
            *c = 'x';
        assert_true(settings_write(&f->written, f->path));
        assert_true(settings_read(&f->read, f->path, f->why, sizeof(f->why)));
        assert_memory_equal(&f->read, &f->written, sizeof(f->read));
    }
}

/* A value that a settings file cannot hold is refused, not written as something else. */
static void test_values_of_several_lines(void **state)
{
    struct fixture *f = *state;

    settings_defaults(&f->written);
    snprintf(f->written.address, SETTINGS_TEXT, "x\nlisten = 0.0.0.0:1");
    assert_false(settings_write(&f->written, f->path));
    assert_int_equal(errno, EINVAL);
    snprintf(f->written.address, SETTINGS_TEXT, " x");
    assert_false(settings_write(&f->written, f->path));
    snprintf(f->written.address, SETTINGS_TEXT, "x\\;y");
    assert_false(settings_write(&f->written, f->path));
}

/* Each row is one setting, with words, a default that reads, and a place in the written file. */
static void test_rows(void **state)
{
    struct fixture *f = *state;
    const struct settings_row *row, *other;
    size_t count = 0;
    char *text = calloc(1, 65536);
    FILE *file;

    settings_defaults(&f->written);
    f->written.n_regions = 1;
    settings_region_defaults(&f->written.regions[0]);
    snprintf(f->written.regions[0].name, 64, "r");
    assert_true(settings_write(&f->written, f->path));
    file = fopen(f->path, "r");
    assert_true(file != NULL && fread(text, 1, 65535, file) > 0);
    fclose(file);
    assert_true(settings_read(&f->read, f->path, f->why, sizeof(f->why)));
    assert_int_equal(f->read.n_regions, 1); /* a region of nothing but defaults is read back */
    for (; (row = settings_row(count)) != NULL; count++) {
        char line[256];

        assert_true(strlen(row->help) > 3);
        snprintf(line, sizeof(line), "\n%s%s = %s\n", strcmp(row->name, "title") == 0 ? "" : "; ",
            row->name, row->standard);
        assert_non_null(
            strstr(text, line)); /* a default is a comment, but for what is always said */
        snprintf(line, sizeof(line), "[%s%s]\n%s = %s\n", row->section,
            strcmp(row->section, "region") == 0 ? " r" : "", row->name, row->standard);
        if (!read_text(f, line))
            fail_msg("%s", f->why);
        for (size_t i = 0; i < count && (other = settings_row(i)) != NULL; i++)
            assert_false(
                strcmp(row->section, other->section) == 0 && strcmp(row->name, other->name) == 0);
    }
    assert_true(count > 20);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void on_waits(void *arg, const char *section, const char *name)
{
    char *told = arg;
    size_t used = strlen(told);

    snprintf(told + used, 512 - used, "%s.%s ", section, name);
}

/* What may change while serving is copied, the rest is told; a region is known by its name. */
static void test_reload(void **state)
{
    struct fixture *f = *state;
    char told[512] = "";

    assert_true(read_text(f, "[region a]\ntitle=A\ndatabase=x\n[region b]\ntitle=B\n"
                             "[region c]\ntitle=C\n"));
    f->written = f->read;
    settings_reload(&f->written, &f->read, on_waits, told);
    assert_string_equal(told, "");
    assert_true(read_text(f, "[server]\nlisten=[::1]:1\nlog_level=debug\n[limits]\noperations=9\n"
                             "store_connections=9\n[region d]\ntitle=D\n[region b]\ntitle=BB\n"
                             "database=y\n[region a]\ntitle=A\ndatabase=x\n"));
    settings_reload(&f->written, &f->read, on_waits, told);
    assert_string_equal(
        told, "server.listen limits.store_connections b.database c.removed d.added ");
    assert_string_equal(f->written.listen, "0.0.0.0:7443");
    assert_string_equal(f->written.log_level, "debug");
    assert_int_equal(f->written.operations, 9);
    assert_int_equal(f->written.store_connections, 4);
    assert_int_equal(f->written.n_regions, 3);
    assert_string_equal(f->written.regions[1].title, "BB");
    assert_string_equal(f->written.regions[1].database, "");
    assert_string_equal(f->written.regions[2].title, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),
        TEST(test_reload),
        TEST(test_read),
        TEST(test_what_is_wrong_and_where),
        TEST(test_no_file),
        TEST(test_there_and_back),
        TEST(test_long_values),
        TEST(test_lines_that_go_on),
        TEST(test_values_of_several_lines),
        TEST(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
