/* What printers make of a report: exact text for people and for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "date.h"
#include "printers/cell.h"
#include "printers/printer.h"
#include "sheet.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NBSP "\u00a0"

struct look {
    const char *format, *language;
    size_t width;
    bool colour, lines, again;
};

/* The report as printed. Free it. */
static char *drawn(const struct report *report, const struct look *look)
{
    struct printer_page page = {.arena = arena_new((size_t)1 << 24),
        .width = look->width,
        .colour = look->colour,
        .lines = look->lines,
        .again = look->again,
        .language = look->language};
    char *text = NULL;
    size_t size;

    page.out = open_memstream(&text, &size);
    printer_find(look->format)->print(report, &page);
    fclose(page.out);
    arena_free(&page.arena);
    return text;
}

static void expect(const struct report *report, const struct look *look, const char *want)
{
    char *text = drawn(report, look);

    assert_string_equal(text, want);
    free(text);
}

static const struct sheet_column columns[] = {
    {"handle", "Repère", SHEET_TEXT, false, false},
    {"title", "Titre", SHEET_TEXT, true, false},
    {"percent", "Fait", SHEET_PERCENT, false, false},
    {"due", "Pour le", SHEET_DATE, false, false},
    {"lead", "Porteur", SHEET_BOOL, false, true},
    {"names", "Noms", SHEET_LIST, false, true},
};

static struct report *small_report(enum sheet_shape shape, bool single)
{
    static const char *const names[] = {"a", "b, c"};
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "parts", NULL, shape, single, columns, COUNT(columns));

    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "2.1");
    sheet_text(sheet, "Élargir \"l'entente\"");
    sheet_number(sheet, 60);
    sheet_number(sheet, date_from_civil(2009, 10, 15));
    sheet_number(sheet, 1);
    sheet_texts(sheet, names, 2);
    sheet_row(sheet, 1, SHEET_BAD);
    sheet_text(sheet, "2.1.3");
    sheet_text(sheet, "Deux\nlignes");
    sheet_number(sheet, 0);
    return report;
}

/* --- for programs --- */

static void json_is_a_list_of_objects(void **state)
{
    struct report *report = small_report(SHEET_TABLE, false);
    char *text = drawn(report, &(struct look){.format = "json", .language = "fr"});
    json_t *list = json_loads(text, 0, NULL), *first = json_array_get(list, 0);
    json_t *second = json_array_get(list, 1);

    (void)state;
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(
        json_string_value(json_object_get(first, "title")), "Élargir \"l'entente\"");
    assert_int_equal(json_integer_value(json_object_get(first, "percent")), 60);
    assert_string_equal(json_string_value(json_object_get(first, "due")), "2009-10-15");
    assert_true(json_is_true(json_object_get(first, "lead")));
    assert_int_equal(json_array_size(json_object_get(first, "names")), 2);
    assert_int_equal(json_integer_value(json_object_get(second, "percent")), 0);
    assert_true(json_is_null(json_object_get(second, "due")));
    assert_true(json_is_array(json_object_get(second, "names")));
    json_decref(list);
    free(text);
    report_free(&report);
}

static void json_has_three_shapes(void **state)
{
    const struct look look = {.format = "json", .language = "fr", .lines = true};
    struct report *report = report_new();
    struct sheet *sheet;

    (void)state;
    expect(report, &look, "");
    sheet = report_sheet(report, "one", "Un", SHEET_CARD, true, columns, 1);
    expect(report, &look, "null\n");
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "2.1");
    expect(report, &look, "{\"handle\":\"2.1\"}\n");
    report_sheet(report, "two", NULL, SHEET_TABLE, false, columns, 1);
    report_note(report, "Rien.");
    expect(report, &look, "{\"one\":{\"handle\":\"2.1\"},\"two\":[],\"notes\":[\"Rien.\"]}\n");
    report_free(&report);
}

/* A column whose rows hold what they like keeps numbers numbers. */
static void json_keeps_types(void **state)
{
    static const struct sheet_column any[] = {{"from", NULL, SHEET_ANY, false, false}};
    static const char *const texts[] = {"a", "b"};
    struct report *report = report_new();
    struct sheet *sheet = report_sheet(report, "x", NULL, SHEET_TABLE, false, any, 1);

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_number(sheet, 60);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "60");
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_texts(sheet, texts, 2);
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_none(sheet);
    expect(report, &(struct look){.format = "json", .language = "fr", .lines = true},
        "[{\"from\":60},{\"from\":\"60\"},{\"from\":[\"a\",\"b\"]},{\"from\":null}]\n");
    expect(report, &(struct look){.format = "csv", .language = "fr"},
        "from\r\n60\r\n60\r\na; b\r\n\r\n");
    report_free(&report);
}

static void csv_is_rfc_4180(void **state)
{
    struct report *report = small_report(SHEET_TABLE, false);
    struct look look = {.format = "csv", .language = "fr"};

    (void)state;
    expect(report, &look,
        "handle,title,percent,due,lead,names\r\n"
        "2.1,\"Élargir \"\"l'entente\"\"\",60,2009-10-15,true,\"a; b, c\"\r\n"
        "2.1.3,\"Deux\nlignes\",0,,,\r\n");
    look.again = true;
    report_sheet(report, "more", NULL, SHEET_TABLE, false, columns, 1);
    expect(report, &look,
        "2.1,\"Élargir \"\"l'entente\"\"\",60,2009-10-15,true,\"a; b, c\"\r\n"
        "2.1.3,\"Deux\nlignes\",0,,,\r\n\r\n");
    report_free(&report);
}

static void tsv_escapes(void **state)
{
    struct report *report = small_report(SHEET_TABLE, false);

    (void)state;
    expect(report, &(struct look){.format = "tsv", .language = "fr"},
        "handle\ttitle\tpercent\tdue\tlead\tnames\n"
        "2.1\tÉlargir \"l'entente\"\t60\t2009-10-15\ttrue\ta; b, c\n"
        "2.1.3\tDeux\\nlignes\t0\t\t\t\n");
    report_free(&report);
}

/* --- for people --- */

static void tables_are_french(void **state)
{
    struct report *report = small_report(SHEET_TABLE, false);

    (void)state;
    expect(report, &(struct look){.format = "tableau", .language = "fr", .width = 80},
        "Repère  Titre                            Fait  Pour le\n"
        "──────  ───────────────────  ────────────────  ────────────\n"
        "2.1     Élargir \"l'entente\"  ██████░░░░  60" NBSP "%  15 oct. 2009\n"
        "2.1.3   Deux                 ░░░░░░░░░░   0" NBSP "%\n"
        "        lignes\n");
    report_free(&report);
}

static void trees_are_indented_and_coloured(void **state)
{
    struct report *report = small_report(SHEET_TREE, false);
    char *text;

    (void)state;
    text = drawn(
        report, &(struct look){.format = "table", .language = "en", .width = 80, .colour = true});
    assert_non_null(strstr(text, "\033[1m"));
    assert_non_null(strstr(text, "\n2.1 "));
    assert_non_null(strstr(text, "\033[31m  2.1.3"));
    assert_non_null(strstr(text, "60%  Oct 15, 2009"));
    free(text);
    report_free(&report);
}

static void cards_show_what_is_there(void **state)
{
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "part", "Part PA1", SHEET_CARD, true, columns, COUNT(columns));

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "PA1");
    sheet_none(sheet);
    sheet_number(sheet, 50);
    report_note(report, "Une phrase.");
    expect(report, &(struct look){.format = "table", .language = "fr", .width = 80},
        "Part PA1\n"
        "Repère" NBSP ": PA1\n"
        "Fait  " NBSP ": ██████████░░░░░░░░░░ 50" NBSP "%\n"
        "\n"
        "Une phrase.\n");
    report_free(&report);
}

static size_t widest_line(const char *text, size_t *lines_r)
{
    size_t most = 0;

    for (*lines_r = 0; *text != '\0'; ++*lines_r) {
        char line[512];
        size_t length = strcspn(text, "\n");
        assert_true(length < sizeof(line));
        memcpy(line, text, length);
        line[length] = '\0';
        most = text_width(line) > most ? text_width(line) : most;
        text += length + (text[length] == '\n');
    }
    return most;
}

/* No line goes over the page, whatever its width, and no word is lost. */
static void tables_fit_the_page(void **state)
{
    static const char sentence[] =
        "Cerner les besoins en logement de toute la région et y répondre avec nos partenaires";
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "parts", sentence, SHEET_TABLE, false, columns, COUNT(columns));

    (void)state;
    for (int i = 0; i < 3; i++) {
        sheet_row(sheet, 0, SHEET_PLAIN);
        sheet_text(sheet, "2.1.3");
        sheet_text(sheet, sentence);
        sheet_number(sheet, 99);
        sheet_number(sheet, date_from_civil(2009, 2, 1));
    }
    report_note(report, sentence);
    for (size_t width = 50; width <= 130; width += 10) {
        size_t lines;
        char *text =
            drawn(report, &(struct look){.format = "table", .language = "fr", .width = width});
        assert_true(widest_line(text, &lines) <= width);
        assert_non_null(strstr(text, "partenaires"));
        assert_non_null(strstr(text, "1er févr. 2009"));
        free(text);
    }
    report_free(&report);
}

/* A cell that is cut has two lines and says that it goes on; programs read all of it. */
/* A narrow column keeps its words whole as long as a wide one can give way; where nothing can, the
 * page is kept and the word is torn. */
static void narrow_words_are_kept_whole(void **state)
{
    static const struct sheet_column three[] = {
        {"handle", "Repère", SHEET_TEXT, false, false},
        {"name", "Nom", SHEET_TEXT, true, false},
        {"state", "État", SHEET_TEXT, false, false},
    };
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "devices", NULL, SHEET_TABLE, false, three, COUNT(three));
    char *text;

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "AP1");
    sheet_text(sheet, "Poste de la coordination");
    sheet_text(sheet, "révoqué");
    text = drawn(report, &(struct look){"table", "fr", 36, false, true, false});
    assert_non_null(strstr(text, "révoqué"));
    free(text);
    text = drawn(report, &(struct look){"table", "fr", 32, false, true, false});
    assert_null(strstr(text, "révoqué"));
    free(text);
    report_free(&report);
}

static void long_titles_are_cut(void **state)
{
    static const struct sheet_column cut[] = {{"handle", "Fiche", SHEET_TEXT, SHEET_NARROW, false},
        {"title", "Titre", SHEET_TEXT, SHEET_CUT, false},
        {"who", "Qui", SHEET_TEXT, SHEET_WIDE, false}};
    struct report *report = report_new();
    struct sheet *sheet = report_sheet(report, "due", NULL, SHEET_TABLE, false, cut, COUNT(cut));
    char *text;

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "2.1.3");
    sheet_text(sheet, "Cerner les besoins en logement de toute la région et y répondre");
    sheet_text(sheet, "Comité");
    expect(report, &(struct look){.format = "table", .language = "fr", .width = 39},
        "Fiche  Titre                     Qui\n"
        "─────  ────────────────────────  ──────\n"
        "2.1.3  Cerner les besoins en     Comité\n"
        "       logement de toute la…\n");
    text = drawn(report, &(struct look){.format = "csv", .language = "fr", .width = 39});
    assert_non_null(strstr(text, "la région et y répondre"));
    free(text);
    report_free(&report);
}

/* Figures told as texts stand under one another from the right, below a header that is folded
 * where that spares room. */
static void figures_stand_on_the_right(void **state)
{
    static const struct sheet_column figures[] = {{"what", "Quoi", SHEET_TEXT, SHEET_WIDE, false},
        {"result", "Résultat (points)", SHEET_FIGURE, SHEET_NARROW, false}};
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "x", NULL, SHEET_TABLE, false, figures, COUNT(figures));

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "Entraide : les gens");
    sheet_text(sheet, "1" NBSP "240");
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "Relève");
    sheet_text(sheet, "+0,5");
    expect(report, &(struct look){.format = "table", .language = "fr", .width = 29},
        "Quoi                 Résultat\n"
        "                     (points)\n"
        "───────────────────  ────────\n"
        "Entraide : les gens     1" NBSP "240\n"
        "Relève                   +0,5\n");
    report_free(&report);
}

/* Another office's words must not drive this terminal. */
static void control_characters_go(void **state)
{
    struct report *report = report_new();
    struct sheet *sheet = report_sheet(report, "x", NULL, SHEET_TABLE, false, columns, 2);
    char *text;

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "a\033[2J\a\x7f");
    sheet_text(sheet, "caf\xc2\x9b"
                      "31m\xff");
    text = drawn(report, &(struct look){.format = "table", .language = "fr", .width = 80});
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\a'));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_non_null(strstr(text, "a[2J"));
    assert_non_null(strstr(text, "caf31m?"));
    free(text);
    report_free(&report);
}

static void bars_never_lie(void **state)
{
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    assert_string_equal(cell_bar(0, 4, arena), "░░░░");
    assert_string_equal(cell_bar(1, 4, arena), "█░░░");
    assert_string_equal(cell_bar(50, 4, arena), "██░░");
    assert_string_equal(cell_bar(99, 4, arena), "███░");
    assert_string_equal(cell_bar(100, 4, arena), "████");
    assert_string_equal(cell_bar(250, 4, arena), "████");
    assert_string_equal(cell_bar(-3, 4, arena), "░░░░");
    arena_free(&arena);
}

static void numbers_are_grouped(void **state)
{
    static const struct {
        int64_t number;
        const char *french, *english;
    } cases[] = {{2009, "2009", "2009"}, {12345, "12" NBSP "345", "12,345"},
        {1234567, "1" NBSP "234" NBSP "567", "1,234,567"}, {-5, "-5", "-5"}};
    struct printer_page page = {.arena = arena_new(1 << 20)};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sheet_cell cell = {.number = cases[i].number};
        page.language = "fr";
        assert_string_equal(cell_people(&cell, SHEET_NUMBER, &page), cases[i].french);
        page.language = "en";
        assert_string_equal(cell_people(&cell, SHEET_NUMBER, &page), cases[i].english);
    }
    arena_free(&page.arena);
}

/* Amounts, decimals and moments: in people's words, aligned on their last figure, the total strong;
 * for programs as field=value and imports take them. */
static void measures_are_told_to_each(void **state)
{
    static const struct sheet_column measures[] = {
        {"label", "Poste", SHEET_TEXT, false, false},
        {"planned", "Prévu", SHEET_MONEY, false, false},
        {"rate", "Taux", SHEET_DECIMAL, false, false},
        {"at", "Quand", SHEET_MOMENT, false, false},
    };
    static const struct look page = {.format = "table", .width = 80, .language = "fr"};
    static const struct look csv = {.format = "csv", .width = 80, .language = "fr"};
    static const struct look json = {
        .format = "json", .width = 80, .language = "en", .lines = true};
    struct report *report = report_new();
    struct sheet *sheet =
        report_sheet(report, "lines", NULL, SHEET_TABLE, false, measures, COUNT(measures));

    (void)state;
    sheet_row(sheet, 0, SHEET_PLAIN);
    sheet_text(sheet, "Loyer");
    sheet_number(sheet, 123450);
    sheet_number(sheet, 3500);
    sheet_text(sheet, "2009-06-02T13:30");
    sheet_row(sheet, 0, SHEET_STRONG);
    sheet_text(sheet, "Total");
    sheet_number(sheet, 11160000);
    sheet_none(sheet);
    sheet_text(sheet, "2009-06-02");
    expect(report, &page,
        "Poste       Prévu  Taux  Quand\n"
        "─────  ──────────  ────  ────────────────────\n"
        "Loyer  1" NBSP "234,50" NBSP "$   3,5  2 juin 2009, 13" NBSP "h" NBSP "30\n"
        "Total   111" NBSP "600" NBSP "$        2 juin 2009\n");
    expect(report, &csv,
        "label,planned,rate,at\r\nLoyer,1234.50,3.5,2009-06-02T13:30\r\n"
        "Total,111600.00,,2009-06-02\r\n");
    expect(report, &json,
        "[{\"label\":\"Loyer\",\"planned\":\"1234.50\",\"rate\":\"3.5\",\"at\":"
        "\"2009-06-02T13:30\"},{\"label\":\"Total\",\"planned\":\"111600.00\",\"rate\":null,"
        "\"at\":\"2009-06-02\"}]\n");
    report_free(&report);
}

static void lines_break_at_words(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    const char *rest = "un deux-trois\n\nquatre" NBSP ": cinq";
    const char *spaced = "par thème : un";

    (void)state;
    assert_string_equal(cell_line(&rest, 8, arena), "un deux-");
    assert_string_equal(cell_line(&rest, 8, arena), "trois");
    assert_string_equal(cell_line(&rest, 8, arena), "");
    assert_string_equal(cell_line(&rest, 8, arena), "quatre" NBSP ":");
    assert_string_equal(cell_line(&rest, 2, arena), "ci");
    assert_string_equal(cell_line(&rest, 2, arena), "nq");
    assert_null(cell_line(&rest, 2, arena));
    assert_string_equal(cell_line(&spaced, 9, arena), "par");
    arena_free(&arena);
}

static void reports_are_emptied(void **state)
{
    struct report *report = small_report(SHEET_TABLE, false);
    size_t count;

    (void)state;
    report_note(report, "x");
    report_clear(report);
    report_notes(report, &count);
    assert_int_equal(count, 0);
    assert_int_equal(report_count(report), 0);
    assert_false(report_failed(report));
    sheet_row(NULL, 0, SHEET_PLAIN);
    sheet_text(NULL, "nothing");
    report_free(&report);
    report_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_a_list_of_objects),
        cmocka_unit_test(json_has_three_shapes),
        cmocka_unit_test(json_keeps_types),
        cmocka_unit_test(csv_is_rfc_4180),
        cmocka_unit_test(tsv_escapes),
        cmocka_unit_test(tables_are_french),
        cmocka_unit_test(trees_are_indented_and_coloured),
        cmocka_unit_test(cards_show_what_is_there),
        cmocka_unit_test(tables_fit_the_page),
        cmocka_unit_test(narrow_words_are_kept_whole),
        cmocka_unit_test(long_titles_are_cut),
        cmocka_unit_test(figures_stand_on_the_right),
        cmocka_unit_test(control_characters_go),
        cmocka_unit_test(bars_never_lie),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(measures_are_told_to_each),
        cmocka_unit_test(lines_break_at_words),
        cmocka_unit_test(reports_are_emptied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
