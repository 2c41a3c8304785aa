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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_speak_to_programs),
        cmocka_unit_test(records_speak_to_people),
        cmocka_unit_test(cards_of_records_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
