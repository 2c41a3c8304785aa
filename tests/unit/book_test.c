/* The plan in memory: order, children, and what people mean by a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "book/book.h"
#include "date.h"

#define NEAR 4

/* Ids are one byte repeated, so that tests read. */
static uint8_t *id_of(struct book *book, uint8_t byte)
{
    uint8_t *id = arena_alloc(book_arena(book), UUID_SIZE);

    memset(id, byte, UUID_SIZE);
    return id;
}

static void set(struct book *book, struct book_entry *entry, const char *name, const char *text)
{
    const ProtobufCFieldDescriptor *field = record_field(entry->kind, name);
    struct record_value value;

    assert_non_null(field);
    assert_true(record_parse(entry->kind, field, text, book_arena(book), &value));
    assert_true(record_set((ProtobufCMessage *)entry->body, field, &value, 1, book_arena(book)));
}

static void refer(struct book *book, struct book_entry *entry, const char *name, uint8_t byte)
{
    struct record_value value = {.data = (const char *)id_of(book, byte), .size = UUID_SIZE};

    assert_true(record_set((ProtobufCMessage *)entry->body, record_field(entry->kind, name), &value,
        1, book_arena(book)));
}

static struct book_entry entry_of(
    struct book *book, const char *kind, uint8_t byte, const char *handle)
{
    struct book_entry entry = {.kind = kinds_by_name(kind), .handle = handle, .revision = 1};

    memset(entry.id, byte, UUID_SIZE);
    entry.body = record_new(entry.kind, book_arena(book));
    return entry;
}

static void put_plan(struct book *book, uint8_t byte, const char *handle, const char *type,
    const char *starts_on, const char *ends_on)
{
    struct book_entry entry = entry_of(book, "plan", byte, handle);

    set(book, &entry, "title", "Plan d'action");
    set(book, &entry, "type", type);
    set(book, &entry, "starts_on", starts_on);
    set(book, &entry, "ends_on", ends_on);
    assert_true(book_put(book, &entry));
}

static void put_child(struct book *book, const char *kind, uint8_t byte, const char *number,
    const char *parent_field, uint8_t parent)
{
    struct book_entry entry = entry_of(book, kind, byte, number);

    set(book, &entry, "number", number);
    set(book, &entry, "title", number);
    refer(book, &entry, parent_field, parent);
    assert_true(book_put(book, &entry));
}

static void put_party(
    struct book *book, uint8_t byte, const char *handle, const char *name, const char *short_name)
{
    struct book_entry entry = entry_of(book, "party", byte, handle);

    set(book, &entry, "name", name);
    if (short_name != NULL)
        set(book, &entry, "short_name", short_name);
    assert_true(book_put(book, &entry));
}

/* Two plans with an action 2.1.3 each, committees, one share. */
static struct book *small_region(void)
{
    struct book *book = book_new();
    struct book_entry share;

    assert_non_null(book);
    put_plan(book, 1, "PL1", "annual", "2008-04-01", "2009-03-31");
    put_plan(book, 2, "PL2", "annual", "2009-04-01", "2010-03-31");
    put_plan(book, 3, "PL3", "local", "2009-04-01", "2010-03-31");
    put_child(book, "objective", 11, "2.1", "plan", 1);
    put_child(book, "objective", 12, "2.1", "plan", 2);
    put_child(book, "objective", 13, "2.1", "plan", 3);
    put_child(book, "action", 21, "2.1.3", "objective", 11);
    put_child(book, "action", 22, "2.1.3", "objective", 12);
    put_child(book, "action", 23, "2.1.10", "objective", 12);
    put_child(book, "action", 24, "2.1.9", "objective", 12);
    put_child(book, "action", 25, "2.1.3", "objective", 13);
    put_party(book, 31, "I1", "Comité local de Mékinac", "Mékinac");
    put_party(book, 32, "I2", "Comité local de Trois-Rivières", NULL);
    put_party(book, 33, "I10", "Comité local des Chenaux", NULL);
    share = entry_of(book, "share", 41, "PA1");
    refer(book, &share, "action", 22);
    refer(book, &share, "party", 31);
    assert_true(book_put(book, &share));
    assert_true(book_alias(book, 7, share.id));
    assert_true(book_index(book));
    return book;
}

static int32_t day(const char *iso)
{
    int32_t day_r;

    assert_true(date_parse(iso, &day_r));
    return day_r;
}

/* The handle's last byte of id found on 15 October 2009; 0 for none, -1 for several. */
static int find(const struct book *book, const char *word, uint64_t mask)
{
    const struct book_entry *entry, *near[NEAR];
    size_t n_near;

    switch (book_find(book, word, mask, day("2009-10-15"), &entry, near, NEAR, &n_near)) {
    case BOOK_FOUND:
        return entry->id[0];
    case BOOK_SEVERAL:
        assert_true(n_near > 1);
        return -1;
    default:
        assert_null(entry);
        return 0;
    }
}

static void keeps_natural_order(void **state)
{
    struct book *book = small_region();
    const struct book_entry *const *list;
    size_t count;

    (void)state;
    list = book_list(book, CONCERT__KIND__PARTY, &count);
    assert_int_equal(count, 3);
    assert_string_equal(list[1]->handle, "I2");
    assert_string_equal(list[2]->handle, "I10");
    list = book_children(book, id_of(book, 12), CONCERT__KIND__ACTION, NULL, &count);
    assert_int_equal(count, 3);
    assert_string_equal(list[0]->handle, "2.1.3");
    assert_string_equal(list[1]->handle, "2.1.9");
    assert_string_equal(list[2]->handle, "2.1.10");
    book_children(book, id_of(book, 31), CONCERT__KIND__SHARE, "party", &count);
    assert_int_equal(count, 1);
    book_children(book, id_of(book, 99), CONCERT__KIND__SHARE, "party", &count);
    assert_int_equal(count, 0);
    book_list(book, CONCERT__KIND__NOTE, &count);
    assert_int_equal(count, 0);
    book_free(&book);
    assert_null(book);
    book_free(&book);
}

static void replaces_and_removes(void **state)
{
    struct book *book = small_region();
    struct book_entry entry = entry_of(book, "party", 31, "I1");
    size_t count;

    (void)state;
    set(book, &entry, "name", "Autre");
    assert_true(book_put(book, &entry));
    book_remove(book, id_of(book, 32));
    assert_true(book_index(book));
    book_list(book, CONCERT__KIND__PARTY, &count);
    assert_int_equal(count, 2);
    assert_null(book_get(book, id_of(book, 32)));
    assert_string_equal(book_label(book, book_get(book, id_of(book, 31))), "Autre");
    book_remove(book, id_of(book, 77));
    book_free(&book);
}

static void many_records_are_found_again(void **state)
{
    struct book *book = book_new();
    size_t count;

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        struct book_entry entry = {.kind = kinds_by_name("note"), .revision = i};

        entry.id[0] = (uint8_t)(i >> 8);
        entry.id[UUID_SIZE - 1] = (uint8_t)i;
        entry.handle = arena_printf(book_arena(book), "N%u", i);
        entry.body = record_new(entry.kind, book_arena(book));
        assert_true(book_put(book, &entry));
    }
    assert_true(book_index(book));
    assert_string_equal(book_list(book, CONCERT__KIND__NOTE, &count)[4999]->handle, "N4999");
    for (unsigned i = 0; i < 5000; i += 7) {
        uint8_t id[UUID_SIZE] = {(uint8_t)(i >> 8)};

        id[UUID_SIZE - 1] = (uint8_t)i;
        assert_int_equal(book_get(book, id)->revision, i);
    }
    book_free(&book);
}

static void finds_handles(void **state)
{
    struct book *book = small_region();
    char text[UUID_TEXT];

    (void)state;
    assert_int_equal(find(book, "2.1.3", KIND_BIT(ACTION)), 22);
    assert_int_equal(find(book, " 2.1.3. ", KIND_BIT(ACTION)), 22);
    assert_int_equal(find(book, "PL1/2.1.3", KIND_BIT(ACTION)), 21);
    assert_int_equal(find(book, "pl3/2.1.3", KIND_BIT(ACTION)), 25);
    assert_int_equal(find(book, "PL9/2.1.3", KIND_BIT(ACTION)), 0);
    assert_int_equal(find(book, "pa1", KIND_ANY), 41);
    assert_int_equal(find(book, "pa1", KIND_BIT(ACTION)), 0);
    assert_int_equal(find(book, "~7", KIND_ANY), 41);
    assert_int_equal(find(book, "~7x", KIND_ANY), 0);
    assert_int_equal(find(book, "~8", KIND_ANY), 0);
    assert_int_equal(find(book, "2.1.4", KIND_BIT(ACTION)), 0);
    assert_int_equal(find(book, "", KIND_ANY), 0);
    uuid_format(id_of(book, 23), text);
    assert_int_equal(find(book, text, KIND_ANY), 23);
    book_free(&book);
}

static void finds_names(void **state)
{
    struct book *book = small_region();

    (void)state;
    assert_int_equal(find(book, "mekinac", KIND_BIT(PARTY)), 31);
    assert_int_equal(find(book, "MÉKINAC", KIND_BIT(PARTY)), 31);
    assert_int_equal(find(book, "comité local de trois rivieres", KIND_BIT(PARTY)), 32);
    assert_int_equal(find(book, "trois-rivières", KIND_BIT(PARTY)), 32);
    assert_int_equal(find(book, "comite local des", KIND_BIT(PARTY)), 33);
    assert_int_equal(find(book, "Comité local", KIND_BIT(PARTY)), -1);
    assert_int_equal(find(book, "chenau", KIND_BIT(PARTY)), 33);
    assert_int_equal(find(book, "ivières", KIND_BIT(PARTY)), 0);
    book_free(&book);
}

static void put_named(
    struct book *book, const char *kind, uint8_t byte, const char *handle, const char *name)
{
    struct book_entry entry = entry_of(book, kind, byte, handle);

    set(book, &entry, entry.kind->label, name);
    assert_true(book_put(book, &entry));
}

/* A text that speaks of a handle is not what the handle means, whether there is such a record or
 * not; and what is named as a committee is the committee. */
static void a_handle_means_its_record_alone(void **state)
{
    struct book *book = small_region();

    (void)state;
    put_named(book, "note", 51, "N1", "AP3 et AP99 : voir 2.1.77");
    put_named(book, "note", 52, "N2", "voir AP3");
    put_named(book, "device", 53, "AP3", "Poste du comité");
    put_named(book, "account", 54, "C1", "Comité local de Mékinac");
    put_named(book, "project", 55, "P1", "OSS117");
    assert_true(book_index(book));
    assert_int_equal(find(book, "AP3", KIND_ANY), 53);
    assert_int_equal(find(book, "ap3", KIND_BIT(DEVICE) | KIND_BIT(NOTE)), 53);
    assert_int_equal(find(book, "AP3", KIND_BIT(NOTE)), 0);
    assert_int_equal(find(book, "AP99", KIND_ANY), 0);
    assert_int_equal(find(book, "voir AP3", KIND_ANY), 52);
    assert_int_equal(find(book, "oss117", KIND_ANY), 55);
    assert_int_equal(find(book, "Poste du comité", KIND_ANY), 53);
    assert_int_equal(find(book, "Comité local de Mékinac", KIND_ANY), 31);
    assert_int_equal(find(book, "Comité local de Mékinac", KIND_BIT(ACCOUNT)), 54);
    book_free(&book);
}

static void offers_the_nearest(void **state)
{
    struct book *book = small_region();
    const struct book_entry *entry, *near[NEAR];
    size_t n_near;

    (void)state;
    assert_int_equal(
        book_find(book, "mekinak", KIND_BIT(PARTY), day("2009-10-15"), &entry, near, NEAR, &n_near),
        BOOK_NONE);
    assert_true(n_near >= 1);
    assert_int_equal(near[0]->id[0], 31);
    assert_int_equal(
        book_find(book, "2.1.8", KIND_BIT(ACTION), day("2009-10-15"), &entry, near, 2, &n_near),
        BOOK_NONE);
    assert_int_equal(n_near, 2);
    assert_int_equal(
        book_find(book, "zzzzzzzz", KIND_ANY, day("2009-10-15"), &entry, near, NEAR, &n_near),
        BOOK_NONE);
    assert_int_equal(n_near, 0);
    assert_int_equal(
        book_find(book, "zzzzzzzz", KIND_ANY, day("2009-10-15"), &entry, NULL, 0, &n_near),
        BOOK_NONE);
    book_free(&book);
}

static void outside_of_any_plan_the_newest_is_meant(void **state)
{
    struct book *book = small_region();
    const struct book_entry *entry;
    size_t n_near;

    (void)state;
    assert_int_equal(
        book_find(book, "2.1.3", KIND_BIT(ACTION), day("2026-01-01"), &entry, NULL, 0, &n_near),
        BOOK_FOUND);
    assert_int_equal(entry->id[0], 22);
    assert_int_equal(
        book_find(book, "2.1.3", KIND_BIT(ACTION), day("2008-10-15"), &entry, NULL, 0, &n_near),
        BOOK_FOUND);
    assert_int_equal(entry->id[0], 21);
    book_free(&book);
}

/* A record of the kind that refers to others: pairs of a field and the byte of an id. */
static const struct book_entry *put_joined(struct book *book, const char *kind, uint8_t byte,
    const char *handle, const char *field, uint8_t names)
{
    struct book_entry entry = entry_of(book, kind, byte, handle);

    if (field != NULL)
        refer(book, &entry, field, names);
    assert_true(book_put(book, &entry));
    return book_get(book, id_of(book, byte));
}

/* What has no words of its own is called by what it names; nothing is called nothing. */
static void labels_are_never_empty(void **state)
{
    struct book *book = small_region();
    struct book_entry criterion = entry_of(book, "criterion", 61, "CR1");
    struct book_entry indicator = entry_of(book, "indicator", 62, "ID1");
    struct book_entry guest = entry_of(book, "attendance", 63, "PS1");
    struct book_entry meeting = entry_of(book, "meeting", 64, "R1");
    struct book_entry elsewhere = entry_of(book, "observation", 65, "OB1");

    (void)state;
    set(book, &criterion, "question", "On s'y entraide");
    set(book, &indicator, "title", "Logements sociaux");
    set(book, &guest, "person", "Une citoyenne");
    set(book, &meeting, "starts_at", "2009-10-15T13:30");
    set(book, &elsewhere, "area", "Estrie");
    refer(book, &meeting, "party", 31);
    assert_true(book_put(book, &criterion) && book_put(book, &indicator) &&
                book_put(book, &guest) && book_put(book, &meeting) && book_put(book, &elsewhere));
#define LABEL(kind, byte, field, names)                                                            \
    book_label(book, put_joined(book, kind, byte, "X1", field, names))
    assert_string_equal(LABEL("score", 70, "criterion", 61), "On s'y entraide");
    assert_string_equal(LABEL("observation", 71, "indicator", 62), "Logements sociaux");
    assert_string_equal(LABEL("funding_request", 72, "funder", 31), "Mékinac");
    assert_string_equal(LABEL("signatory", 73, "party", 31), "Mékinac");
    assert_string_equal(LABEL("attendance", 74, "party", 31), "Mékinac");
    assert_string_equal(book_label(book, book_get(book, id_of(book, 63))), "Une citoyenne");
    assert_string_equal(book_label(book, book_get(book, id_of(book, 64))), "Mékinac · 2009-10-15");
    assert_string_equal(book_label(book, book_get(book, id_of(book, 65))), "Estrie");
    assert_string_equal(LABEL("funding_request", 75, NULL, 0), "X1");
    assert_string_equal(LABEL("score", 76, "criterion", 200), "X1"); /* gone */
    assert_string_equal(LABEL("meeting", 77, "party", 77), "X1");    /* itself */
    for (size_t i = 0; i < kinds_count; i++)
        assert_string_equal(LABEL(kinds[i].name, 80, NULL, 0), "X1");
#undef LABEL
    book_free(&book);
}

static void names_records_to_people(void **state)
{
    struct book *book = small_region();
    struct book_entry bare = entry_of(book, "responsibility", 51, "RE1");

    (void)state;
    refer(book, &bare, "party", 32);
    assert_true(book_put(book, &bare));
    assert_true(book_index(book));
    assert_string_equal(book_label(book, book_get(book, id_of(book, 31))), "Mékinac");
    assert_string_equal(book_label(book, book_get(book, id_of(book, 41))), "2.1.3 · Mékinac");
    assert_string_equal(
        book_label(book, book_get(book, id_of(book, 51))), "Comité local de Trois-Rivières");
    assert_int_equal(book_follow(book, book_get(book, id_of(book, 41)), "party")->id[0], 31);
    assert_null(book_follow(book, book_get(book, id_of(book, 41)), "help_from"));
    assert_int_equal(book_number(book_get(book, id_of(book, 41)), "percent", -1), -1);
    assert_int_equal(book_date(book_get(book, id_of(book, 2)), "starts_on"), day("2009-04-01"));
    assert_int_equal(book_date(book_get(book, id_of(book, 41)), "due"), DATE_NONE);
    assert_null(book_text(book_get(book, id_of(book, 41)), "no_such_field"));
    book_free(&book);
}

static void an_adopted_plan_is_meant_before_a_draft(void **state)
{
    struct book *book = small_region();
    const struct book_entry *first, *second, *local;

    (void)state;
    first = book_get(book, id_of(book, 1));
    second = book_get(book, id_of(book, 2));
    local = book_get(book, id_of(book, 3));
    assert_true(book_compare_plans(second, first, day("2012-01-01")) > 0);
    ((Concert__Plan *)first->body)->has_status = true;
    ((Concert__Plan *)first->body)->status = CONCERT__PLAN__STATUS__ADOPTED;
    assert_true(book_compare_plans(first, second, day("2012-01-01")) > 0);
    assert_true(book_compare_plans(first, second, day("2009-10-15")) < 0); /* in force */
    assert_true(book_compare_plans(second, local, day("2009-10-15")) > 0);
    assert_int_equal(book_compare_plans(first, first, day("2009-10-15")), 0);
    assert_true(book_compare_plans(first, NULL, day("2009-10-15")) > 0);
    book_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_natural_order),
        cmocka_unit_test(replaces_and_removes),
        cmocka_unit_test(many_records_are_found_again),
        cmocka_unit_test(finds_handles),
        cmocka_unit_test(finds_names),
        cmocka_unit_test(a_handle_means_its_record_alone),
        cmocka_unit_test(offers_the_nearest),
        cmocka_unit_test(outside_of_any_plan_the_newest_is_meant),
        cmocka_unit_test(an_adopted_plan_is_meant_before_a_draft),
        cmocka_unit_test(labels_are_never_empty),
        cmocka_unit_test(names_records_to_people),
    };

    return cmocka_run_group_tests_name("book", tests, NULL, NULL);
}
