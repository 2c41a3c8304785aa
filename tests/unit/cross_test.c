#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "figures/cross.h"
#include "small_book.h"

struct bench {
    struct book *book;
    struct arena *arena;
    struct cross *cross;
};

static const struct cross_key food = {"food", "Sécurité alimentaire", NULL};
static const struct cross_key housing = {"housing", "Logement", NULL};
static const struct cross_key mekinac = {"MEK", "Mékinac", "MEK"};
static const struct cross_key chenaux = {"CHE", "Des Chenaux", "CHE"};

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));

    bench->book = book_new();
    bench->arena = arena_new((size_t)1 << 22);
    bench->cross = cross_new(bench->arena);
    assert_non_null(bench->cross);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    book_free(&bench->book);
    arena_free(&bench->arena);
    test_free(bench);
    return 0;
}

static void declared_ones_show_even_when_empty(void **state)
{
    struct cross *cross = ((struct bench *)*state)->cross;

    assert_true(cross_row(cross, food));
    assert_true(cross_row(cross, food));
    assert_true(cross_column(cross, mekinac));
    assert_true(cross_column(cross, chenaux));
    assert_true(cross_add(cross, &food, 1, &mekinac, 1, 1));
    assert_int_equal(cross_rows(cross), 1);
    assert_int_equal(cross_columns(cross), 2);
    assert_int_equal(cross_cell(cross, 0, 0).count, 1);
    assert_int_equal(cross_cell(cross, 0, 1).count, 0);
}

static void several_keys_count_once_in_a_total(void **state)
{
    struct cross *cross = ((struct bench *)*state)->cross;
    const struct cross_key both[] = {mekinac, chenaux, mekinac};

    assert_true(cross_add(cross, &food, 1, both, 3, 500));
    assert_true(cross_overlaps(cross));
    assert_int_equal(cross_cell(cross, 0, 0).sum, 500);
    assert_int_equal(cross_cell(cross, 0, 0).count, 1);
    assert_int_equal(cross_cell(cross, 0, 1).sum, 500);
    assert_int_equal(cross_cell(cross, 0, CROSS_TOTAL).sum, 500);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, CROSS_TOTAL).count, 1);
    assert_true(cross_add(cross, &housing, 1, &chenaux, 1, 20));
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, 1).sum, 520);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, 0).sum, 500);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, CROSS_TOTAL).sum, 520);
}

static void what_has_no_key_is_unset(void **state)
{
    struct cross *cross = ((struct bench *)*state)->cross;

    assert_true(cross_add(cross, NULL, 0, &mekinac, 1, 7));
    assert_true(cross_add(cross, &food, 1, NULL, 0, 5));
    assert_false(cross_overlaps(cross));
    assert_int_equal(cross_cell(cross, CROSS_UNSET, 0).sum, 7);
    assert_int_equal(cross_cell(cross, 0, CROSS_UNSET).sum, 5);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, CROSS_UNSET).sum, 5);
    assert_int_equal(cross_cell(cross, CROSS_TOTAL, CROSS_TOTAL).count, 2);
}

static void the_same_words_otherwise_written_are_one_row(void **state)
{
    struct cross *cross = ((struct bench *)*state)->cross;
    const struct cross_key one = {"Aînés", NULL, NULL}, other = {"AINES", NULL, NULL};

    assert_true(cross_add(cross, &one, 1, &mekinac, 1, 1));
    assert_true(cross_add(cross, &other, 1, &mekinac, 1, 1));
    assert_int_equal(cross_rows(cross), 1);
    assert_string_equal(cross_row_key(cross, 0).key, "Aînés");
    assert_int_equal(cross_cell(cross, 0, 0).count, 2);
}

static void rows_are_filed_by_label(void **state)
{
    struct cross *cross = ((struct bench *)*state)->cross;

    assert_true(cross_add(cross, &food, 1, &mekinac, 1, 3));
    assert_true(cross_add(cross, &housing, 1, &mekinac, 1, 4));
    cross_sort(cross);
    assert_string_equal(cross_row_key(cross, 0).key, "housing");
    assert_int_equal(cross_cell(cross, 0, 0).sum, 4);
    assert_int_equal(cross_cell(cross, 1, 0).sum, 3);
}

static void too_many_columns_are_said(void **state)
{
    struct bench *bench = *state;

    for (int i = 0; i < CROSS_KEYS_MAX; i++)
        assert_true(cross_column(
            bench->cross, (struct cross_key){arena_printf(bench->arena, "%d", i), NULL, NULL}));
    assert_false(cross_column(bench->cross, mekinac));
    assert_false(cross_add(bench->cross, &food, 1, &mekinac, 1, 1));
    assert_int_equal(cross_cell(bench->cross, CROSS_TOTAL, CROSS_TOTAL).count, 0);
}

static size_t theme_of(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    (void)arg;
    keys_r[0] = (struct cross_key){book_text(entry, "theme"), NULL, NULL};
    return keys_r[0].key != NULL;
}

static size_t handle_of(void *arg, const struct book_entry *entry, struct cross_key *keys_r)
{
    (void)arg;
    keys_r[0] = (struct cross_key){entry->handle, NULL, NULL};
    return 1;
}

static void records_fill_it(void **state)
{
    struct bench *bench = *state;
    const struct book_entry *const *all;
    size_t count;

    small_book_put(bench->book, "party", "I1", 0, "name=Comité|type=local");
    small_book_put(bench->book, "intervention", "IN1", 0, "title=Un|party=@I1|theme=Logement");
    small_book_put(bench->book, "intervention", "IN2", 0, "title=Deux|party=@I1|theme=logement");
    small_book_put(bench->book, "intervention", "IN3", 0, "title=Trois|party=@I1");
    assert_true(book_index(bench->book));
    all = book_list(bench->book, CONCERT__KIND__INTERVENTION, &count);
    assert_ptr_equal(all[0], small_book_get(bench->book, "IN1"));
    assert_true(cross_fill(bench->cross, all, count, theme_of, handle_of, NULL, NULL));
    assert_int_equal(cross_rows(bench->cross), 1);
    assert_int_equal(cross_columns(bench->cross), 3);
    assert_int_equal(cross_cell(bench->cross, 0, CROSS_TOTAL).sum, 2);
    assert_int_equal(cross_cell(bench->cross, CROSS_UNSET, CROSS_TOTAL).count, 1);
}

/* --- drawn -------------------------------------------------------------------------------------
 */

static struct sheet *drawn(struct bench *bench, struct report *report, bool machine)
{
    const struct cross_page page = {.name = "inventory",
        .row_key = "theme",
        .row_title = "Theme",
        .type = SHEET_NUMBER,
        .counts = true,
        .gaps = true};

    report_for(report, "en", machine);
    return cross_draw(bench->cross, report, &page);
}

static void a_page_has_totals_and_gaps(void **state)
{
    struct bench *bench = *state;
    struct report *report = report_new();
    struct sheet *sheet;
    size_t n;

    assert_true(cross_column(bench->cross, mekinac) && cross_column(bench->cross, chenaux));
    assert_true(cross_add(bench->cross, &food, 1, &mekinac, 1, 9));
    assert_true(cross_add(bench->cross, NULL, 0, &chenaux, 1, 9));
    sheet = drawn(bench, report, false);
    assert_string_equal(sheet_columns(sheet, &n)[1].title, "Mékinac");
    assert_int_equal(n, 4);
    assert_int_equal(sheet_rows(sheet), 3);
    assert_int_equal(sheet_cell(sheet, 0, 1).number, 1);
    assert_false(sheet_cell(sheet, 0, 2).empty);
    assert_true(sheet_cell(sheet, 1, 1).empty);
    assert_string_equal(sheet_cell(sheet, 1, 0).text, "Not said");
    assert_int_equal(sheet_cell(sheet, 2, 3).number, 2);
    report_clear(report);
    sheet = drawn(bench, report, true);
    assert_string_equal(sheet_columns(sheet, &n)[2].key, "MEK");
    assert_string_equal(sheet_cell(sheet, 0, 0).text, "food");
    assert_string_equal(sheet_cell(sheet, 0, 1).text, "Sécurité alimentaire");
    assert_true(sheet_cell(sheet, 1, 0).empty);
    assert_string_equal(sheet_cell(sheet, 2, 0).text, "total");
    report_free(&report);
}

static void headings_too_wide_are_brief_and_told(void **state)
{
    struct bench *bench = *state;
    struct report *report = report_new();
    const struct cross_key wide = {
        "HSM", "Agglomération de La Tuque et du Haut-Saint-Maurice", "HSM"};
    struct sheet *sheet;
    size_t n;

    assert_true(cross_column(bench->cross, mekinac) && cross_column(bench->cross, wide));
    sheet = drawn(bench, report, false);
    assert_string_equal(sheet_columns(sheet, &n)[1].title, "MEK");
    assert_string_equal(report_notes(report, &n)[0],
        "MEK: Mékinac; HSM: Agglomération de La Tuque et du Haut-Saint-Maurice.");
    report_free(&report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(declared_ones_show_even_when_empty),
        TEST(several_keys_count_once_in_a_total),
        TEST(what_has_no_key_is_unset),
        TEST(the_same_words_otherwise_written_are_one_row),
        TEST(rows_are_filed_by_label),
        TEST(too_many_columns_are_said),
        TEST(records_fill_it),
        TEST(a_page_has_totals_and_gaps),
        TEST(headings_too_wide_are_brief_and_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
