/* Two versions of one text as one, by line: by hand, then at random. */
#include "text_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "record.h"

#define OVERLAP NULL

static int setup(void **state)
{
    *state = arena_new((size_t)256 << 20);
    return *state == NULL;
}

static int teardown(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

struct merge_row {
    const char *ancestor, *theirs, *mine, *merged;
};

static void assert_merged(
    struct arena *arena, const char *ancestor, const char *a, const char *b, const char *expected)
{
    enum text_merge_end end;
    const char *merged = text_merge(ancestor, a, b, arena, &end);

    assert_int_equal(end, expected == OVERLAP ? TEXT_MERGE_OVERLAP : TEXT_MERGE_DONE);
    assert_int_equal(merged == NULL, expected == OVERLAP);
    if (expected != NULL)
        assert_string_equal(merged, expected);
}

static void test_by_hand(void **state)
{
    static const struct merge_row rows[] = {
        /* one side alone, or both alike */
        {"a\nb", "a\nb", "x", "x"},
        {"a\nb", "x", "a\nb", "x"},
        {"a\nb", "x\ny", "x\ny", "x\ny"},
        {NULL, NULL, "x", "x"},
        {NULL, "x", "x", "x"},
        {"a", NULL, "a", ""},
        /* different lines */
        {"a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"},
        {"a\nb\nc", "a\nb\nc\nd", "z\na\nb\nc", "z\na\nb\nc\nd"},
        {"a\nb\nc\nd\ne", "a\nc\nd\ne", "a\nb\nc\nE1\nE2\ne", "a\nc\nE1\nE2\ne"},
        {"a", "a\nb", "z\na", "z\na\nb"},
        {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nc\nd\n", "A\nb\nc\nd\n"},
        {"a\nb\nc", "A\nb\nc\n", "a\nb\nc\n", "A\nb\nc\n"},
        {"a\r\nb\r\nc", "A\r\nb\r\nc", "a\r\nb\r\nC", "A\r\nb\r\nC"},
        {"é\nb\nc", "É\nb\nc", "é\nb\nç", "É\nb\nç"},
        {"a\nb\nc\nd\ne", "A\nb\nC\nd\ne", "A\nb\nc\nd\nE", "A\nb\nC\nd\nE"},
        /* the same line, or neighbours */
        {"a", "b", "c", OVERLAP},
        {NULL, "x", "y", OVERLAP},
        {"a\nb", "A\nb", "a\nB", OVERLAP},
        {"a\nb", NULL, "a\nb\nc", OVERLAP},
        {"a\nb\nc", "a\nc", "a\nB\nc", OVERLAP},
        {"a\nb", "a\nb\nc", "a\nb\nd", OVERLAP},
        {"a\nb\nc", "a\nx\nb\nc", "a\ny\nb\nc", OVERLAP},
        /* nothing would be left of two texts */
        {"a\n\nb", "\nb", "a\n", OVERLAP},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct merge_row *row = &rows[i];

        assert_merged(*state, row->ancestor, row->theirs, row->mine, row->merged);
        assert_merged(*state, row->ancestor, row->mine, row->theirs, row->merged);
    }
}

static void test_the_last_line_alone(void **state)
{
    assert_merged(*state, "a\nb\nc\nd", "a\nb\nc", "A\nb\nc\nd", "A\nb\nc");
}

/* --- at random ---------------------------------------------------------------------------------
 */

#define LINES 60

/* Lines of the ancestor, and what a side puts for each and before it. Texts of their own, unless a
 * case wants them to be alike. */
struct side {
    char text[LINES * 64];
    bool changed[LINES + 1], lacks[LINES];
};

static uint32_t dice(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % sides;
}

static void put(struct side *side, const char *word, uint32_t number)
{
    size_t size = strlen(side->text);

    snprintf(side->text + size, sizeof(side->text) - size, "%s %u\n", word, number);
}

/* The side's text of `count` lines of which `alike` differ (0: all), changed where it is allowed.
 */
static void edit(uint64_t *seed, uint32_t count, uint32_t alike, const bool *allowed, bool upper,
    struct side *side_r)
{
    memset(side_r, 0, sizeof(*side_r));
    for (uint32_t i = 0; i <= count; i++) {
        uint32_t what = allowed[i] ? dice(seed, 10) : 9;

        side_r->changed[i] = what < 3;
        if (what == 0)
            put(side_r, upper ? "NEW" : "new", i);
        if (i == count)
            break;
        side_r->lacks[i] = what == 1 || what == 2;
        if (what == 2)
            put(side_r, upper ? "CHANGED" : "changed", i);
        else if (what != 1)
            put(side_r, "line", alike == 0 ? i : i % alike);
    }
}

static bool holds(const char *text, const char *line)
{
    const char *at = text;
    size_t size = strlen(line);

    while ((at = strstr(at, line)) != NULL) {
        if ((at == text || at[-1] == '\n') && at[size] == '\n')
            return true;
        at++;
    }
    return false;
}

/* The first line of a text, and where the next one begins. */
static const char *next_line(const char *text, char line_r[128])
{
    size_t size = strcspn(text, "\n");

    assert_true(size < 128);
    memcpy(line_r, text, size);
    line_r[size] = '\0';
    return text + size + (text[size] == '\n');
}

static void assert_holds_lines_of(const char *merged, const char *side, const char *name)
{
    char line[128];

    for (const char *at = side; *at != '\0';) {
        at = next_line(at, line);
        if (strncmp(line, name, strlen(name)) == 0)
            assert_true(holds(merged, line));
    }
}

/* What neither side removed is there. */
static void assert_nothing_lost(
    const char *merged, const struct side *a, const struct side *b, uint32_t count)
{
    char line[64];

    for (uint32_t i = 0; i < count; i++) {
        snprintf(line, sizeof(line), "line %u", i);
        assert_int_equal(holds(merged, line), !a->lacks[i] && !b->lacks[i]);
    }
}

static bool touch(const struct side *a, const struct side *b, uint32_t count)
{
    for (uint32_t i = 0; i <= count; i++)
        for (uint32_t j = i == 0 ? 0 : i - 1; j <= i + 1 && j <= count; j++)
            if (a->changed[i] && b->changed[j])
                return true;
    return false;
}

static void play(uint64_t seed, size_t *merged_count, size_t *overlaps)
{
    static struct side ancestor, a, b;
    struct arena *arena = arena_new((size_t)8 << 20);
    bool all[LINES + 1], none[LINES + 1] = {false};
    uint32_t count = 1 + dice(&seed, LINES);
    enum text_merge_end end;
    const char *merged;

    for (uint32_t i = 0; i <= count; i++)
        all[i] = dice(&seed, 4) == 0;
    edit(&seed, count, 0, none, false, &ancestor);
    edit(&seed, count, 0, all, false, &a);
    for (uint32_t i = 0; i <= count; i++)
        all[i] = dice(&seed, 4) == 0;
    edit(&seed, count, 0, all, true, &b);
    assert_merged(arena, ancestor.text, a.text, ancestor.text, a.text);
    assert_merged(arena, ancestor.text, ancestor.text, b.text, b.text);
    assert_merged(arena, ancestor.text, b.text, b.text, b.text);
    merged = text_merge(ancestor.text, a.text, b.text, arena, &end);
    assert_true(end == TEXT_MERGE_DONE || end == TEXT_MERGE_OVERLAP);
    if (merged != NULL) {
        assert_holds_lines_of(merged, a.text, "new");
        assert_holds_lines_of(merged, a.text, "changed");
        assert_holds_lines_of(merged, b.text, "NEW");
        assert_holds_lines_of(merged, b.text, "CHANGED");
        assert_nothing_lost(merged, &a, &b, count);
        assert_merged(arena, ancestor.text, b.text, a.text, merged);
        ++*merged_count;
    } else {
        assert_true(touch(&a, &b, count)); /* disjoint changes are both there */
        ++*overlaps;
    }
    arena_free(&arena);
}

static void test_at_random(void **state)
{
    size_t merged = 0, overlaps = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++)
        play(seed, &merged, &overlaps);
    assert_true(merged > 1000 && overlaps > 1000);
}

static void assert_lines_are_of(const char *merged, const char *a, const char *b)
{
    char line[128];

    for (const char *at = merged; *at != '\0';) {
        at = next_line(at, line);
        assert_true(holds(a, line) || holds(b, line));
    }
}

/* Few different lines, which meet by chance: whatever comes, no line comes from nowhere, and one
 * side unchanged gives the other. */
static void test_at_random_with_lines_alike(void **state)
{
    static struct side ancestor, a, b;
    bool all[LINES + 1], none[LINES + 1] = {false};

    (void)state;
    for (uint64_t n = 1; n <= 20000; n++) {
        struct arena *arena = arena_new((size_t)8 << 20);
        uint64_t seed = n;
        uint32_t count = 1 + dice(&seed, LINES), alike = 1 + dice(&seed, 4);
        enum text_merge_end end;
        const char *merged;

        for (uint32_t i = 0; i <= count; i++)
            all[i] = dice(&seed, 3) == 0;
        edit(&seed, count, alike, none, false, &ancestor);
        edit(&seed, count, alike, all, false, &a);
        edit(&seed, count, alike, all, true, &b);
        assert_merged(arena, ancestor.text, a.text, ancestor.text, a.text);
        merged = text_merge(ancestor.text, a.text, b.text, arena, &end);
        assert_int_equal(merged != NULL, end == TEXT_MERGE_DONE);
        if (merged != NULL) {
            assert_holds_lines_of(merged, a.text, "new");
            assert_holds_lines_of(merged, b.text, "NEW");
            assert_lines_are_of(merged, a.text, b.text);
        }
        arena_free(&arena);
    }
}

/* --- bounds ------------------------------------------------------------------------------------
 */

/* `lines` lines, each with its number but every `every`th, which the side has as its own. */
static char *many(struct arena *arena, uint32_t lines, uint32_t every, uint32_t first)
{
    size_t most = (size_t)lines * 16 + 1, size = 0;
    char *text = arena_alloc(arena, most);

    for (uint32_t i = 0; i < lines; i++)
        size +=
            (size_t)snprintf(text + size, most - size, i % every == first ? "x%u\n" : "%u\n", i);
    return text;
}

static void test_long_texts(void **state)
{
    char *ancestor = many(*state, 9000, 9001, 9001), *theirs = many(*state, 9000, 100, 10);
    char *mine = many(*state, 9000, 100, 60), *rewritten = many(*state, 9000, 2, 0);
    char *lines = arena_alloc(*state, RECORD_TEXT_MAX + 2);
    enum text_merge_end end;
    const char *merged = text_merge(ancestor, theirs, mine, *state, &end);

    assert_int_equal(end, TEXT_MERGE_DONE);
    assert_holds_lines_of(merged, theirs, "x");
    assert_holds_lines_of(merged, mine, "x");
    assert_merged(*state, ancestor, rewritten, mine, OVERLAP); /* too many changes */
    memset(lines, '\n', RECORD_TEXT_MAX);
    assert_merged(*state, lines, "a", "b", OVERLAP); /* too many lines */
    memset(lines, 'x', RECORD_TEXT_MAX + 1);
    assert_merged(*state, lines, "a", "b", OVERLAP); /* no record's text */
}

/* Each side's text is short enough, both together are not. */
static void test_the_merged_text_is_bounded(void **state)
{
    size_t half = RECORD_TEXT_MAX / 2;
    char *ancestor = arena_copy(*state, "a\nb\nc", 5);
    char *theirs = arena_alloc(*state, half + 16), *mine = arena_alloc(*state, half + 16);
    enum text_merge_end end;

    memset(theirs, 't', half - 1);
    memcpy(theirs + half - 1, "\na\nb\nc", 7);
    memcpy(mine, "a\nb\nc\n", 6);
    memset(mine + 6, 'm', half - 5);
    assert_merged(*state, ancestor, theirs, mine, OVERLAP); /* one byte too many */
    mine[strlen(mine) - 1] = '\0';
    assert_int_equal(strlen(text_merge(ancestor, theirs, mine, *state, &end)), RECORD_TEXT_MAX);
}

/* The worst that fits: it is over in no time. */
static void test_bounded_work(void **state)
{
    uint64_t seed = 7;
    char *texts[3];
    clock_t begun = clock();

    for (size_t n = 0; n < 3; n++) {
        texts[n] = arena_alloc(*state, 2 * TEXT_MERGE_LINES + 1);
        for (size_t i = 0; i + 1 < TEXT_MERGE_LINES; i++) {
            texts[n][2 * i] = (char)('a' + dice(&seed, 2));
            texts[n][2 * i + 1] = '\n';
        }
    }
    assert_merged(*state, texts[0], texts[1], texts[2], OVERLAP);
    assert_true(clock() - begun < 2 * CLOCKS_PER_SEC);
}

/* One after the other in one arena, as in a batch: each leaves its result alone there. */
static void test_many_in_one_arena(void **state)
{
    struct arena *arena = arena_new((size_t)1 << 16);
    char texts[3][2 * 600 + 1] = {{0}};

    (void)state;
    for (size_t i = 0; i < 600; i++)
        for (size_t j = 0; j < 3; j++) {
            texts[j][2 * i] = (char)('a' + (int)j);
            texts[j][2 * i + 1] = '\n';
        }
    for (size_t i = 0; i < 100; i++)
        assert_merged(arena, texts[0], texts[1], texts[2], OVERLAP);
    assert_merged(arena, "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC");
    arena_free(&arena);
}

static void test_no_memory(void **state)
{
    enum text_merge_end end = TEXT_MERGE_MEMORY;

    (void)state;
    for (size_t limit = 0; end == TEXT_MERGE_MEMORY; limit += 64) {
        struct arena *arena = arena_new(limit);
        const char *merged = text_merge("a\nb\nc", "A\nb\nc", "a\nb\nC", arena, &end);

        assert_true(limit < 1 << 16);
        if (end == TEXT_MERGE_MEMORY)
            assert_null(merged);
        else
            assert_string_equal(merged, "A\nb\nC");
        arena_free(&arena);
    }
    assert_int_equal(end, TEXT_MERGE_DONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_by_hand),
        TEST(test_the_last_line_alone),
        TEST(test_at_random),
        TEST(test_at_random_with_lines_alike),
        TEST(test_long_texts),
        TEST(test_the_merged_text_is_bounded),
        TEST(test_bounded_work),
        TEST(test_many_in_one_arena),
        TEST(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
