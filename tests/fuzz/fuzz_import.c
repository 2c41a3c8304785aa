/*
 * The import of files, as far as it goes before the desk: the first byte says which files, a byte
 * 0xff stands between two. A file that is refused changes nothing; else every change is one that
 * the register takes, refers to what is there by then, and taking the same files again changes
 * nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "date.h"
#include "fuzz.h"
#include "import/csvfile.h"
#include "import/exchange.h"
#include "import/import.h"
#include "text.h"

#define FILES_MAX 4

static const struct import_options options = {
    .from = DATE_NONE, .until = DATE_NONE, .language = "en", .today = 14500};

static const char *const names[] = {"plan-2009-2010.csv", "parts.csv", "comites.csv",
    "logement-budget.csv", "logement-echeancier.csv", "tout.json"};

struct files {
    char path[FILES_MAX][128];
    size_t count;
};

/* --- the region ------------------------------------------------------------------------------- */

static struct book *new_region(void)
{
    struct book *book = book_new();
    const struct kind *kind = kinds_get(CONCERT__KIND__PARTY);
    struct book_entry staff = {.kind = kind, .handle = "I1", .revision = 1, .seq = 1};
    struct record_value type = {.number = CONCERT__PARTY__TYPE__STAFF};
    struct record_value name = {.data = "Consortium", .size = 10};
    ProtobufCMessage *body = record_new(kind, book_arena(book));

    FUZZ_MUST(record_set(body, record_field(kind, "name"), &name, 1, book_arena(book)));
    FUZZ_MUST(record_set(body, record_field(kind, "type"), &type, 1, book_arena(book)));
    memset(staff.id, 7, UUID_SIZE);
    staff.body = body;
    FUZZ_MUST(book_put(book, &staff) && book_index(book));
    return book;
}

static void check_references(const struct book *book, const struct desk_change *change)
{
    for (unsigned i = 0; i < change->kind->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &change->kind->descriptor->fields[i];

        for (size_t j = 0;
             kinds_is_reference(change->kind, field) && j < record_count(change->patch, field);
             j++) {
            struct record_value value = record_get(change->patch, field, j);

            FUZZ_MUST(value.size == UUID_SIZE);
        }
    }
    (void)book;
}

static const char *new_handle(
    struct book *book, const struct kind *kind, const ProtobufCMessage *body)
{
    const ProtobufCFieldDescriptor *number = record_field(kind, "number");
    size_t count;

    book_list(book, kind->id, &count);
    if (kind->prefix == NULL && number != NULL && record_count(body, number) > 0)
        return record_get(body, number, 0).data;
    return arena_printf(
        book_arena(book), "%s%zu", kind->prefix == NULL ? "" : kind->prefix, count + 1);
}

/* As the server would, had it no rule that needs more than the record. */
static void apply(struct book *book, const struct desk_change *change)
{
    const struct book_entry *before = book_get(book, change->id);
    struct book_entry after = {.kind = change->kind, .revision = change->base + 1};
    struct arena *arena = book_arena(book);
    ProtobufCMessage *whole;
    struct error error;
    uint8_t *bytes;
    size_t size;

    check_references(book, change);
    FUZZ_MUST(change->base == (before == NULL ? 0 : before->revision));
    whole = record_patch(change->kind, before == NULL ? NULL : before->body, change->patch,
        change->clear, change->n_clear, arena);
    FUZZ_MUST(whole != NULL);
    if (!record_check(change->kind, change->patch, false, &error)) {
        fprintf(stderr, "%s: %s %s\n", change->kind->name, error.field, error.rule);
        fuzz_fail(__FILE__, __LINE__, "the register takes the change");
    }
    bytes = record_encode(whole, arena, &size);
    after.body = record_decode(change->kind, bytes, size, arena, &error);
    FUZZ_MUST(after.body != NULL);
    memcpy(after.id, change->id, UUID_SIZE);
    after.handle = before == NULL ? new_handle(book, change->kind, after.body) : before->handle;
    FUZZ_MUST(book_put(book, &after) && book_index(book));
}

/* --- the files -------------------------------------------------------------------------------- */

static void write_files(struct fuzz_input *input, struct files *files)
{
    uint8_t first = fuzz_byte(input);

    for (files->count = 0; files->count < FILES_MAX && (input->size > 0 || files->count == 0);
         files->count++) {
        const uint8_t *end = input->size == 0 ? NULL : memchr(input->data, 0xff, input->size);
        size_t size = end == NULL ? input->size : (size_t)(end - input->data);
        char *path = files->path[files->count];
        FILE *file;

        snprintf(path, sizeof(files->path[0]), "%s/%s", fuzz_folder(),
            names[(first + files->count) % (sizeof(names) / sizeof(names[0]))]);
        file = fopen(path, "wbe");
        FUZZ_MUST(file != NULL && fwrite(input->data, 1, size, file) == size && fclose(file) == 0);
        fuzz_bytes(input, size + 1, &size);
    }
}

static struct import *settle(struct book *book, const struct files *files, bool *good_r)
{
    struct import *import = import_new(book, &options);

    FUZZ_MUST(import != NULL);
    for (size_t i = 0; i < files->count; i++)
        import_add(import, files->path[i]);
    *good_r = import_settle(import);
    return import;
}

static size_t count_lines(const struct import *import, enum import_outcome outcome)
{
    size_t count, found = 0;
    const struct import_line *lines = import_lines(import, &count);

    for (size_t i = 0; i < count; i++) {
        FUZZ_MUST(lines[i].handle != NULL && lines[i].name != NULL && lines[i].what != NULL);
        FUZZ_MUST(text_valid_utf8(lines[i].what, strlen(lines[i].what)));
        found += lines[i].outcome == outcome;
    }
    return found;
}

static void check(struct book *book, const struct files *files)
{
    bool good;
    struct import *import = settle(book, files, &good);
    size_t count;
    const struct desk_change *changes = import_changes(import, &count);

    FUZZ_MUST(good == (count_lines(import, IMPORT_REFUSED) == 0));
    FUZZ_MUST(good || count == 0);
    for (size_t i = 0; i < count; i++)
        apply(book, &changes[i]);
    import_free(&import);
    if (!good)
        return;
    import = settle(book, files, &good);
    if (good)
        import_changes(import, &count);
    import_free(&import);
}

static void check_cells(const uint8_t *data, size_t size)
{
    struct csvfile_error error;
    struct csvfile *file = csvfile_parse((const char *)data, size, &error);

    if (file == NULL) {
        FUZZ_MUST(error.problem != CSVFILE_FINE);
        return;
    }
    for (size_t i = 0; i < csvfile_rows(file); i++)
        for (size_t j = 0; j <= csvfile_cells(file, i); j++) {
            const char *cell = csvfile_cell(file, i, j);

            FUZZ_MUST(text_valid_utf8(cell, strlen(cell)) && csvfile_line(file, i, j) > 0);
        }
    csvfile_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct book *book = new_region();
    struct files files;

    check_cells(data, size);
    write_files(&input, &files);
    check(book, &files);
    for (size_t i = 0; i < files.count; i++)
        unlink(files.path[i]);
    book_free(&book);
    return 0;
}
