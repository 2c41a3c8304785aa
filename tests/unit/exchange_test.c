/* Records out to files and in again: cells word for word, every kind unchanged, every kind into an
 * empty region in an order that its references allow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "date.h"
#include "import/exchange.h"
#include "import/export.h"
#include "import/import.h"
#include "text.h"

#define HOSTILE " ;\"é\"\r\nligne, suite\t"
#define HOSTILE_LINE " ;\"é\", suite " /* where a name goes */

/* --- cells -------------------------------------------------------------------------------------
 */

static const char *const texts[] = {"a", " a ", "a\r\nb", "a\nb", "json:x", "json:", "a;b,c",
    "\"q\"", "\xC2\xA0x", "[1]", "=1+1", "-", "\xE2\x80\xAF"};
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

/* A cell loses the white space around it, as a spreadsheet's do. */
static void through_a_cell(const char *kind, const char *name, const char **values, size_t count)
{
    struct arena *arena = arena_new(1 << 20);
    const ProtobufCFieldDescriptor *field = record_field(kinds_by_name(kind), name);
    struct exchange_texts out = {.text = values, .count = count}, in;
    const char *joined = exchange_join(field, &out, arena);
    char *cell;

    assert_non_null(joined);
    cell = text_trim(arena_copy(arena, joined, strlen(joined)));
    assert_null(strchr(cell, '\r'));
    assert_true(exchange_split(field, cell, arena, &in));
    if (!exchange_same(&out, &in))
        fail_msg("“%s” came back otherwise", joined);
    arena_free(&arena);
}

static void a_cell_holds_any_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *one[] = {texts[i]};

        through_a_cell("note", "text", one, 1);
    }
    through_a_cell("note", "text", NULL, 0);
}

static void a_cell_holds_any_list(void **state)
{
    const char *empty[] = {"", "b", ""};

    (void)state;
    for (size_t i = 0; i < N_TEXTS; i++)
        for (size_t j = 0; j < N_TEXTS; j++) {
            const char *two[] = {texts[i], texts[j]};

            through_a_cell("party", "mandates", two, 1);
            through_a_cell("party", "mandates", two, 2);
        }
    through_a_cell("party", "mandates", empty, 3);
    through_a_cell("party", "mandates", NULL, 0);
}

/* --- a record of every kind --------------------------------------------------------------------
 */

static bool is_left_out(const struct kind *kind)
{
    return !exchange_has(kind, true) || kind->id == CONCERT__KIND__DOCUMENT;
}

static void id_of(const struct kind *kind, uint8_t id_r[UUID_SIZE])
{
    memset(id_r, 0, UUID_SIZE);
    id_r[0] = (uint8_t)kind->id;
    id_r[6] = 0x70;
    id_r[8] = 0x80;
}

static struct record_value text_value(struct book *book, const char *text)
{
    return (struct record_value){
        .data = arena_copy(book_arena(book), text, strlen(text)), .size = strlen(text)};
}

/* The first kind that the field may refer to; its own only when there is no other. */
static struct record_value reference_value(
    struct book *book, const struct kind *kind, const struct kind_field *row)
{
    uint8_t id[UUID_SIZE];

    for (size_t i = 0; i < kinds_count; i++)
        if ((row->refs >> kinds[i].id & 1) && !is_left_out(&kinds[i]) && &kinds[i] != kind) {
            id_of(&kinds[i], id);
            return (struct record_value){
                .data = arena_copy(book_arena(book), id, UUID_SIZE), .size = UUID_SIZE};
        }
    return (struct record_value){.data = NULL};
}

static struct record_value string_value(struct book *book, unsigned flags)
{
    return text_value(book, flags & KIND_DATE     ? "2009-10-15"
                            : flags & KIND_MOMENT ? "2009-10-15T13:30"
                            : flags & KIND_NUMBER ? "1.2"
                                                  : HOSTILE);
}

static void fill(struct book *book, const struct kind *kind, ProtobufCMessage *body,
    const ProtobufCFieldDescriptor *field)
{
    const struct kind_field *row = kinds_field(kind, field->name);
    bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
    struct record_value values[2] = {{.number = 1}, {.number = 1}};

    if (row->flags & KIND_SERVER)
        return;
    if (kinds_is_reference(kind, field)) {
        values[0] = reference_value(book, kind, row);
        if (values[0].data == NULL)
            return;
        list = false;
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        values[0] = text_value(book, "\x22\x03");
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        values[0] = values[1] = string_value(book, row->flags);
    } else if (row->flags & (KIND_MONEY | KIND_DECIMAL)) {
        values[0].number = 1234567;
    }
    assert_true(record_set(body, field, values, list ? 2 : 1, book_arena(book)));
}

/* All fields, but those that the kind's own rules do not want beside the others, or not so. */
static ProtobufCMessage *full_body(struct book *book, const struct kind *kind)
{
    ProtobufCMessage *body = record_new(kind, book_arena(book));
    struct error error;
    int tries = 0;

    for (unsigned i = 0; i < kind->descriptor->n_fields; i++)
        fill(book, kind, body, &kind->descriptor->fields[i]);
    while (!record_check(kind, body, false, &error) || !record_check(kind, body, true, &error)) {
        const ProtobufCFieldDescriptor *field = record_field(kind, error.field);

        const char *text = strcmp(error.rule, "name") == 0       ? HOSTILE_LINE
                           : strcmp(error.rule, "language") == 0 ? "fr"
                                                                 : "";
        struct record_value value = text_value(book, text);

        if (field == NULL || tries++ == 64)
            fail_msg("%s: %s %s", kind->name, error.field, error.rule);
        record_set(body, field, &value, *text != '\0', book_arena(book));
    }
    return body;
}

static struct book *full_book(void)
{
    struct book *book = book_new();

    for (size_t i = 0; i < kinds_count; i++) {
        struct book_entry entry = {.kind = &kinds[i], .revision = 1, .seq = 1};

        if (is_left_out(&kinds[i]))
            continue;
        id_of(&kinds[i], entry.id);
        entry.handle = kinds[i].prefix == NULL
                           ? "1.2"
                           : arena_printf(book_arena(book), "%s1", kinds[i].prefix);
        entry.body = full_body(book, &kinds[i]);
        assert_true(book_put(book, &entry));
    }
    assert_true(book_index(book));
    return book;
}

/* --- out and in --------------------------------------------------------------------------------
 */

struct bench {
    struct book *book, *empty;
    char folder[64], path[96];
};

static void carry_out(struct bench *bench, enum export_format format)
{
    struct report *report = report_new();

    report_for(report, "en", true);
    snprintf(bench->folder, sizeof(bench->folder), "/tmp/exchange_test.XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    snprintf(bench->path, sizeof(bench->path), "%s/all.%s", bench->folder,
        format == EXPORT_JSON ? "json" : "csv");
    for (size_t i = 0; i < kinds_count; i++)
        if (!is_left_out(&kinds[i]))
            assert_non_null(export_sheet(report, bench->book, &kinds[i], format, true));
    assert_true(export_write(report, format, bench->path, false));
    assert_false(export_write(report, format, bench->path, false));
    assert_true(export_write(report, format, bench->path, true));
    report_free(&report);
}

static struct import *carry_in(const struct bench *bench, const struct book *book)
{
    const struct import_options options = {
        .from = DATE_NONE, .until = DATE_NONE, .language = "en", .today = 14500};
    struct import *import = import_new(book, &options);
    const struct import_line *lines;
    size_t count;

    import_add(import, bench->path);
    if (import_settle(import))
        return import;
    lines = import_lines(import, &count);
    for (size_t i = 0; i < count; i++)
        print_message("%u %s %s\n", lines[i].place.line, lines[i].name, lines[i].what);
    fail_msg("refused");
    return NULL;
}

static void set_up(struct bench *bench, enum export_format format)
{
    bench->book = full_book();
    bench->empty = book_new();
    assert_true(book_index(bench->empty));
    carry_out(bench, format);
}

static void tear_down(struct bench *bench)
{
    unlink(bench->path);
    rmdir(bench->folder);
    book_free(&bench->book);
    book_free(&bench->empty);
}

static void unchanged(enum export_format format)
{
    struct bench bench;
    struct import *import;
    size_t count, lines;

    set_up(&bench, format);
    import = carry_in(&bench, bench.book);
    import_changes(import, &count);
    assert_int_equal(count, 0);
    import_lines(import, &lines);
    assert_int_equal(lines, kinds_count - 4);
    import_free(&import);
    tear_down(&bench);
}

static void csv_out_and_in_changes_nothing(void **state)
{
    (void)state;
    unchanged(EXPORT_CSV);
}

static void json_out_and_in_changes_nothing(void **state)
{
    (void)state;
    unchanged(EXPORT_JSON);
}

/* Applies the changes as a server would: nothing may refer to what is not there yet. */
static void apply(struct book *book, const struct desk_change *change)
{
    const struct book_entry *before = book_get(book, change->id);
    struct book_entry after = {.kind = change->kind, .handle = "", .revision = change->base + 1};

    assert_int_equal(change->base, before == NULL ? 0 : before->revision);
    for (unsigned i = 0; i < change->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &change->kind->descriptor->fields[i];

        for (size_t j = 0;
             kinds_is_reference(change->kind, field) && j < record_count(change->patch, field); j++)
            if (book_get(book, (const uint8_t *)record_get(change->patch, field, j).data) == NULL)
                fail_msg("%s.%s refers ahead", change->kind->name, field->name);
    }
    memcpy(after.id, change->id, UUID_SIZE);
    after.body = record_patch(change->kind, before == NULL ? NULL : before->body, change->patch,
        change->clear, change->n_clear, book_arena(book));
    assert_true(book_put(book, &after) && book_index(book));
}

static void into_an_empty_region(enum export_format format)
{
    struct bench bench;
    const struct desk_change *changes;
    struct import *import;
    size_t count;

    set_up(&bench, format);
    import = carry_in(&bench, bench.empty);
    changes = import_changes(import, &count);
    assert_true(count > kinds_count - 4); /* an adopted plan is adopted last */
    for (size_t i = 0; i < count; i++)
        apply(bench.empty, &changes[i]);
    for (size_t i = 0; i < kinds_count; i++) {
        size_t n;
        const struct book_entry *const *list = book_list(bench.book, kinds[i].id, &n), *same;

        for (unsigned f = 0; n > 0 && f < kinds[i].descriptor->n_fields; f++) {
            same = book_get(bench.empty, list[0]->id);
            assert_non_null(same);
            if (!record_same(list[0]->body, same->body, &kinds[i].descriptor->fields[f]))
                fail_msg("%s.%s", kinds[i].name, kinds[i].descriptor->fields[f].name);
        }
    }
    import_free(&import);
    tear_down(&bench);
}

static void csv_makes_a_region_anew(void **state)
{
    (void)state;
    into_an_empty_region(EXPORT_CSV);
}

static void json_makes_a_region_anew(void **state)
{
    (void)state;
    into_an_empty_region(EXPORT_JSON);
}

static void what_another_region_cannot_have_is_left_out_and_told(void **state)
{
    static const char text[] =
        "[{\"kind\": \"proposal\", \"id\": \"01234567-89ab-7cde-8f01-23456789abcd\", \"subject\": "
        "\"T1\", \"patch\": \"2203\", \"reason\": \"x\", \"status\": \"accepted\"}, {\"kind\": "
        "\"document\", \"title\": \"x\"}]";
    struct bench bench;
    const struct import_line *lines;
    struct import *import;
    size_t count;
    FILE *file;

    (void)state;
    set_up(&bench, EXPORT_JSON);
    file = fopen(bench.path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    import = carry_in(&bench, bench.book);
    lines = import_lines(import, &count);
    assert_int_equal(count, 2);
    assert_int_equal(lines[0].outcome, IMPORT_WARNING);
    assert_non_null(strstr(lines[0].what, "accepted proposal"));
    assert_non_null(strstr(lines[1].what, "bytes"));
    import_changes(import, &count);
    assert_int_equal(count, 0);
    import_free(&import);
    tear_down(&bench);
}

static void personal_fields_are_the_staffs(void **state)
{
    const struct kind *kind = kinds_by_name("membership");

    (void)state;
    assert_true(exchange_carries(kind, record_field(kind, "email"), true));
    assert_false(exchange_carries(kind, record_field(kind, "email"), false));
    assert_true(exchange_carries(kind, record_field(kind, "seat"), false));
    assert_false(exchange_has(kinds_by_name("contact"), false));
    assert_false(exchange_has(kinds_by_name("account"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_holds_any_text),
        cmocka_unit_test(a_cell_holds_any_list),
        cmocka_unit_test(csv_out_and_in_changes_nothing),
        cmocka_unit_test(json_out_and_in_changes_nothing),
        cmocka_unit_test(csv_makes_a_region_anew),
        cmocka_unit_test(json_makes_a_region_anew),
        cmocka_unit_test(what_another_region_cannot_have_is_left_out_and_told),
        cmocka_unit_test(personal_fields_are_the_staffs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
