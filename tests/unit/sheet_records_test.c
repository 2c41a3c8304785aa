/* Sheets of records: all fields for programs, what fits a page for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "printers/printer.h"
#include "sheet.h"
#include "small_book.h"
#include "text.h"

/* The report as printed in French, 80 columns. Free it. */
static char *drawn(const struct report *report, const char *format)
{
    struct printer_page page = {.arena = arena_new((size_t)1 << 24), .width = 80, .language = "fr"};
    char *text = NULL;
    size_t size;

    page.out = open_memstream(&text, &size);
    printer_find(format)->print(report, &page);
    fclose(page.out);
    arena_free(&page.arena);
    return text;
}

static struct book *shares_book(void)
{
    struct book *book = book_new();

    small_book_put(
        book, "party", "I1", 0, "name=Comité local de Mékinac|short_name=Mékinac|type=local");
    small_book_put(book, "plan", "PL1", 0,
        "title=Plan|type=annual|party=@I1|starts_on=2009-04-01|ends_on=2010-03-31");
    small_book_put(book, "objective", "4", 0, "plan=@PL1|number=4|title=Plans locaux");
    small_book_put(book, "action", "4.1", 0, "objective=@4|number=4.1|title=Offrir des formations");
    small_book_put(book, "share", "PA1", 0,
        "action=@4.1|party=@I1|status=blocked|percent=60|blocked_by=La neige|due=2009-12-01");
    small_book_put(book, "share", "PA2", 0, "action=@4.1|party=@I1");
    assert_true(book_index(book));
    return book;
}

static void records_speak_to_programs(void **state)
{
    struct book *book = shares_book();
    struct report *report = report_new();
    const struct book_entry *share = small_book_get(book, "PA1");
    char *text;
    json_t *object;

    (void)state;
    report_for(report, "fr", true);
    report_records(report, "record", NULL, book, share->kind, &share, 1, SHEET_CARD, true);
    text = drawn(report, "json");
    object = json_loads(text, 0, NULL);
    /* The envelope, then every field of the kind, set or not. */
    assert_int_equal(json_object_size(object), 5 + share->kind->descriptor->n_fields);
    assert_string_equal(json_string_value(json_object_get(object, "kind")), "share");
    assert_string_equal(json_string_value(json_object_get(object, "handle")), "PA1");
    assert_int_equal(json_integer_value(json_object_get(object, "revision")), 1);
    assert_true(json_is_null(json_object_get(object, "owner")));
    assert_string_equal(json_string_value(json_object_get(object, "status")), "blocked");
    assert_int_equal(json_integer_value(json_object_get(object, "percent")), 60);
    assert_string_equal(json_string_value(json_object_get(object, "due")), "2009-12-01");
    assert_int_equal(strlen(json_string_value(json_object_get(object, "action"))), 36);
    assert_true(json_is_null(json_object_get(object, "help_from")));
    json_decref(object);
    free(text);
    report_free(&report);
    book_free(&book);
}

static void records_speak_to_people(void **state)
{
    struct book *book = shares_book();
    struct report *report = report_new();
    const struct book_entry *shares[] = {small_book_get(book, "PA1"), small_book_get(book, "PA2")};
    char *text;

    (void)state;
    report_for(report, "fr", false);
    report_records_under(report, "share", "Parts", book, shares[0]->kind, shares, 2, "action");
    text = drawn(report, "table");
    assert_non_null(strstr(text, "Repère  Instance  État "));
    assert_non_null(strstr(text, "PA1     Mékinac   bloquée"));
    assert_non_null(strstr(text, "La neige"));
    assert_non_null(strstr(text, "1er déc. 2009"));
    assert_non_null(strstr(text, "PA2     Mékinac   à faire")); /* absent: not started */
    assert_null(strstr(text, "Action"));
    free(text);
    report_free(&report);
    book_free(&book);
}

/* A card has what is set, references in full; the number is the handle. */
static void cards_of_records_are_whole(void **state)
{
    struct book *book = shares_book();
    struct report *report = report_new();
    const struct book_entry *action = small_book_get(book, "4.1");
    char *text;

    (void)state;
    report_for(report, "fr", false);
    report_records(
        report, "record", "Action 4.1", book, action->kind, &action, 1, SHEET_CARD, true);
    text = drawn(report, "table");
    assert_string_equal(text, "Action 4.1\n"
                              "Repère  \u00a0: 4.1\n"
                              "Objectif\u00a0: 4 Plans locaux\n"
                              "Titre   \u00a0: Offrir des formations\n");
    free(text);
    report_free(&report);
    book_free(&book);
}

/* --- kinds with many fields ------------------------------------------------------------------- */

static struct book *network_book(void)
{
    struct book *book = book_new();

    small_book_put(book, "territory", "T1", 0, "code=MEK|name=Mékinac");
    small_book_put(
        book, "party", "I1", 0, "name=Comité local de Mékinac|short_name=Mékinac|type=local");
    small_book_put(book, "audience", "PU1", 0, "number=1|description=Les élus municipaux");
    small_book_put(book, "contact", "CO1", 0,
        "name=Bureau du maire|organization=Ville de Saint-Tite et sa région immédiate|"
        "email=mairie@example.org|phone=819 555-0134|audiences=@PU1|territory=@T1|"
        "consent_on=2009-06-02");
    small_book_put(book, "directory_entry", "F1", 0,
        "name=Comptoir alimentaire de la vallée|type=food_bank|party=@I1|territory=@T1|"
        "municipality=Saint-Tite|address=1, rue Principale|phone=819 555-0100|"
        "hours=Mardi et jeudi de 9 h à 16 h, fermé l'été|services=Dépannage, paniers de Noël|"
        "checked_on=2009-03-01|checked_by=Le comité");
    small_book_put(
        book, "indicator", "ID1", 0, "code=LS|title=Logements sociaux|dimensions=statut");
    small_book_put(book, "observation", "OB1", 0,
        "indicator=@ID1|party=@I1|territory=@T1|period_start=2009-01-01|period_end=2009-12-31|"
        "dimension_values=OMH|value=12500");
    small_book_put(book, "observation", "OB2", 0,
        "indicator=@ID1|party=@I1|area=Estrie|period_start=2009-01-01|period_end=2009-12-31|"
        "dimension_values=OBNL|value=1234500000");
    small_book_put(book, "project", "P1", 0, "title=Logements|party=@I1");
    small_book_put(book, "budget_line", "BU1", 0, "project=@P1|label=Salaires|planned=8000000");
    small_book_put(
        book, "budget_line", "BU2", 0, "project=@P1|label=Loyer|planned=123450|actual=100000");
    small_book_put(book, "funding_request", "DF1", 0, "project=@P1|funder=@I1");
    small_book_put(book, "meeting", "R1", 0, "party=@I1|title=Réunion|starts_at=2009-06-02T13:30");
    assert_true(book_index(book));
    return book;
}

static char *listed(const struct book *book, const char *kind, bool machine)
{
    struct report *report = report_new();
    size_t count;
    const struct book_entry *const *entries = book_list(book, kinds_by_name(kind)->id, &count);
    char *text;

    report_for(report, "fr", machine);
    report_records(
        report, kind, NULL, book, kinds_by_name(kind), entries, count, SHEET_TABLE, false);
    text = drawn(report, machine ? "csv" : "table");
    report_free(&report);
    return text;
}

/* A page of 80 columns holds it, and has no column that is empty all the way. */
static void check_page(const struct book *book, const char *kind, const char *first_line)
{
    char *text = listed(book, kind, false), *rest = text, *line;

    if (strncmp(text, first_line, strlen(first_line)) != 0)
        fail_msg("%s:\n%s", kind, text);
    while ((line = strsep(&rest, "\n")) != NULL)
        if (text_width(line) > 80)
            fail_msg("%s is too wide: %s", kind, line);
    free(text);
}

static void lists_fit_a_page(void **state)
{
    struct book *book = network_book();

    (void)state;
    check_page(book, "contact",
        "Repère  Nom              Courriel            Téléphone     Publics cibles\n");
    check_page(book, "directory_entry",
        "Repère  Nom                             Type                Instance  Territoire\n");
    check_page(book, "observation",
        "Repère  Indicateur         Territoire  Autre région  Dimensions     Valeur\n");
    check_page(book, "budget_line", "Repère  Projet     Libellé        Prévu     Réel\n");
    check_page(book, "funding_request", "Repère  Projet     Bailleur  État\n");
    check_page(book, "meeting", "Repère  Instance  Titre    Commence              État\n");
    book_free(&book);
}

/* All columns by their names in records.proto, for every kind. */
static void csv_has_every_field(void **state)
{
    struct book *book = network_book();

    (void)state;
    for (size_t i = 0; i < kinds_count; i++) {
        char *text = listed(book, kinds[i].name, true), *rest = text;
        char *header = strsep(&rest, "\r"), *word;

        for (size_t j = 0; j < 5; j++)
            assert_non_null(strsep(&header, ","));
        for (unsigned j = 0; j < kinds[i].descriptor->n_fields; j++) {
            assert_non_null(word = strsep(&header, ","));
            assert_string_equal(word, kinds[i].descriptor->fields[j].name);
        }
        assert_null(header);
        free(text);
    }
    book_free(&book);
}

/* What programs get is what field=value and imports take back. */
static void measures_are_exact_for_programs(void **state)
{
    struct book *book = network_book();
    char *lines = listed(book, "budget_line", true), *moments = listed(book, "meeting", true),
         *values = listed(book, "observation", true);

    (void)state;
    assert_non_null(strstr(lines, ",Salaires,80000.00,,"));
    assert_non_null(strstr(lines, ",Loyer,1234.50,1000.00,"));
    assert_non_null(strstr(moments, ",2009-06-02T13:30,"));
    assert_non_null(strstr(values, ",OMH,12.5,"));
    free(lines);
    free(moments);
    free(values);
    book_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_speak_to_programs),
        cmocka_unit_test(records_speak_to_people),
        cmocka_unit_test(cards_of_records_are_whole),
        cmocka_unit_test(lists_fit_a_page),
        cmocka_unit_test(csv_has_every_field),
        cmocka_unit_test(measures_are_exact_for_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
