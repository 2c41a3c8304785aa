/* From CSV or JSON to rows of records. */
#include <jansson.h>
#include <string.h>

#include "i18n.h"
#include "import/import_records.h"
#include "import/import_records_rows.h"
#include "text.h"
#include "words/kind_word.h"

static const char *const envelope[] = {"kind", "id", "handle", "revision", "owner"};

bool import_records_is_envelope(const char *name)
{
    for (size_t i = 0; i < sizeof(envelope) / sizeof(envelope[0]); i++)
        if (strcmp(name, envelope[i]) == 0)
            return true;
    return false;
}

struct import_file *import_records_file(struct import *import, const char *name)
{
    struct import_file *file = arena_alloc(import->arena, sizeof(*file));

    if (file == NULL)
        import->out_of_memory = true;
    else
        file->name = name;
    return file;
}

static void line_of(struct import *import, enum import_outcome outcome,
    const struct import_file *file, unsigned line, const char *header, const char *what)
{
    import_work_line(import, &(struct import_line){.outcome = outcome,
                                 .place = {.file = file->name, .line = line, .column = header},
                                 .handle = "",
                                 .name = "",
                                 .what = what,
                                 .change = SIZE_MAX});
}

void import_records_refuse(struct import *import, const struct import_file *file, unsigned line,
    const char *header, const char *what)
{
    line_of(import, IMPORT_REFUSED, file, line, header, what);
}

void import_records_warn(struct import *import, const struct import_file *file, unsigned line,
    const char *header, const char *what)
{
    line_of(import, IMPORT_WARNING, file, line, header, what);
}

struct records_row *import_records_row(
    struct import *import, struct import_file *file, unsigned line, size_t room)
{
    struct records_row *row = arena_alloc(import->arena, sizeof(*row));
    struct records_cell *cells = arena_alloc(import->arena, (room + 1) * sizeof(*cells));

    if (row == NULL || cells == NULL) {
        import->out_of_memory = true;
        return NULL;
    }
    *row = (struct records_row){.file = file, .line = line, .cells = cells, .id = "", .handle = ""};
    *import->last_record = row;
    import->last_record = &row->next;
    return row;
}

const struct kind *import_records_kind(
    struct import *import, const struct import_file *file, unsigned line, const char *word)
{
    const struct kind *kind = kind_word_read(word);
    const char *near = NULL;

    if (kind != NULL && exchange_has(kind, true))
        return kind;
    if (kind != NULL) {
        import_records_refuse(import, file, line, "kind",
            _("Accounts and devices belong to one region: they are not imported. “concert invite” "
              "makes them."));
        return NULL;
    }
    near = kind_word_near(word, import->options.language);
    import_records_refuse(import, file, line, "kind",
        near == NULL ? import_work_text(import, _("“%s” is not a kind of record."), word)
                     : import_work_text(import,
                           _("“%s” is not a kind of record. Did you mean “%s”?"), word, near));
    return NULL;
}

/* --- CSV ---------------------------------------------------------------------------------------
 */

/* A table being read: what its columns are, for the kind of the rows at hand. */
struct reading {
    struct import *import;
    struct import_file *file;
    const struct csvfile *table;
    size_t header;           /* the row that names the columns */
    const struct kind *kind; /* for which `fields` holds */
    const ProtobufCFieldDescriptor *fields[RECORD_FIELDS_MAX + 8];
};

static bool is_header(const struct csvfile *table, size_t row)
{
    char first[32], second[32];

    text_fold(csvfile_cell(table, row, 0), first, sizeof(first));
    text_fold(csvfile_cell(table, row, 1), second, sizeof(second));
    return strcmp(first, "kind") == 0 && strcmp(second, "id") == 0;
}

bool import_records_is(const struct csvfile *table)
{
    return is_header(table, 0);
}

static size_t columns_of(const struct reading *reading)
{
    size_t count = csvfile_cells(reading->table, reading->header);
    size_t most = sizeof(reading->fields) / sizeof(reading->fields[0]);

    return count < most ? count : most;
}

/* Which field each column is; a name that is none is told once. */
static void know_columns(struct reading *reading, const struct kind *kind)
{
    if (reading->kind == kind)
        return;
    reading->kind = kind;
    for (size_t i = 0; i < columns_of(reading); i++) {
        const char *name = csvfile_cell(reading->table, reading->header, i);

        reading->fields[i] = import_records_is_envelope(name) ? NULL : fields_find(kind, name);
        if (reading->fields[i] == NULL && name[0] != '\0' && !import_records_is_envelope(name))
            import_records_warn(reading->import, reading->file,
                csvfile_line(reading->table, reading->header, i), name,
                import_work_text(reading->import,
                    _("No record of the kind “%s” has such a field: its cells are not imported."),
                    kind->name));
    }
}

static const char *envelope_cell(const struct reading *reading, size_t row, const char *name)
{
    for (size_t i = 0; i < columns_of(reading); i++)
        if (strcmp(csvfile_cell(reading->table, reading->header, i), name) == 0)
            return csvfile_cell(reading->table, row, i);
    return "";
}

static bool is_whole(const struct reading *reading, size_t row)
{
    size_t header = csvfile_cells(reading->table, reading->header);
    size_t count = csvfile_cells(reading->table, row), used = count;

    while (used > header && csvfile_cell(reading->table, row, used - 1)[0] == '\0')
        used--;
    if (used == header || (used < header && count == header))
        return true;
    import_records_refuse(reading->import, reading->file, csvfile_line(reading->table, row, 0),
        NULL,
        import_work_text(reading->import,
            _("This row has %zu cells, the header %zu. Add the missing ones, even empty, and put "
              "cells that hold “%c” in quotation marks."),
            used, header, csvfile_separator(reading->table)));
    return false;
}

static void take_row(struct reading *reading, size_t row)
{
    unsigned line = csvfile_line(reading->table, row, 0);
    const struct kind *kind = import_records_kind(
        reading->import, reading->file, line, csvfile_cell(reading->table, row, 0));
    struct records_row *taken;

    if (kind == NULL || !is_whole(reading, row))
        return;
    know_columns(reading, kind);
    taken = import_records_row(reading->import, reading->file, line, columns_of(reading));
    if (taken == NULL)
        return;
    taken->kind = kind;
    taken->id = envelope_cell(reading, row, "id");
    taken->handle = envelope_cell(reading, row, "handle");
    for (size_t i = 0; i < columns_of(reading); i++) {
        struct records_cell *cell = &taken->cells[taken->n_cells];

        if (reading->fields[i] == NULL)
            continue;
        cell->field = reading->fields[i];
        cell->header = csvfile_cell(reading->table, reading->header, i);
        if (!exchange_split(cell->field, csvfile_cell(reading->table, row, i),
                reading->import->arena, &cell->texts))
            reading->import->out_of_memory = true;
        taken->n_cells++;
    }
}

void import_records_add(struct import *import, const char *name, const struct csvfile *table)
{
    struct reading reading = {
        .import = import, .file = import_records_file(import, name), .table = table};

    for (size_t row = 1; row < csvfile_rows(table) && !import->out_of_memory; row++) {
        if (is_header(table, row)) {
            reading.header = row;
            reading.kind = NULL;
        } else if (!csvfile_blank(table, row)) {
            take_row(&reading, row);
        }
    }
}

/* --- JSON --------------------------------------------------------------------------------------
 */

static const char *json_text(struct import *import, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return import_work_text(import, "%s", json_string_value(value));
    case JSON_INTEGER:
        return import_work_text(import, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return import_work_text(import, "%.15g", json_real_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return NULL;
    }
}

/* False when the value is none that a field could have. */
static bool json_texts(struct import *import, const ProtobufCFieldDescriptor *field,
    const json_t *value, struct exchange_texts *texts_r)
{
    bool list = json_is_array(value);
    size_t count = list ? json_array_size(value) : json_is_null(value) ? 0 : 1;

    *texts_r = (struct exchange_texts){
        .text = arena_alloc(import->arena, (count + 1) * sizeof(*texts_r->text))};
    if (texts_r->text == NULL) {
        import->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = json_text(import, list ? json_array_get(value, i) : value);

        if (text == NULL)
            return false;
        /* An empty text is none, but in a list. */
        if (text[0] != '\0' || field->label == PROTOBUF_C_LABEL_REPEATED)
            texts_r->text[texts_r->count++] = text;
    }
    return true;
}

static const char *member(struct import *import, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : import_work_text(import, "%s", text);
}

static void take_member(struct import *import, struct records_row *row, const char *name,
    const json_t *value, unsigned line)
{
    const ProtobufCFieldDescriptor *field = fields_find(row->kind, name);
    struct records_cell *cell = &row->cells[row->n_cells];

    if (import_records_is_envelope(name))
        return;
    *cell = (struct records_cell){.field = field, .header = import_work_text(import, "%s", name)};
    if (field == NULL)
        import_records_warn(import, row->file, line, cell->header,
            import_work_text(import,
                _("No record of the kind “%s” has such a field: its cells are not imported."),
                row->kind->name));
    else if (json_texts(import, field, value, &cell->texts))
        row->n_cells++;
    else
        import_records_refuse(import, row->file, line, cell->header,
            _("A field takes a text, a number, true or false, null, or a list of them."));
}

/* Records in JSON are told apart by their place in the file, from 1. */
static void take_object(
    struct import *import, struct import_file *file, json_t *object, unsigned line)
{
    const struct kind *kind;
    struct records_row *row;
    const char *name;
    json_t *value;

    if (!json_is_object(object)) {
        import_records_refuse(import, file, line, NULL,
            _("This is not a record: an object with its kind, id, handle and fields."));
        return;
    }
    kind = import_records_kind(import, file, line, member(import, object, "kind"));
    if (kind == NULL)
        return;
    row = import_records_row(import, file, line, json_object_size(object));
    if (row == NULL)
        return;
    row->kind = kind;
    row->id = member(import, object, "id");
    row->handle = member(import, object, "handle");
    json_object_foreach(object, name, value) take_member(import, row, name, value, line);
}

static unsigned take_list(
    struct import *import, struct import_file *file, const json_t *list, unsigned line)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        take_object(import, file, json_array_get(list, i), ++line);
    return line;
}

void import_records_add_json(struct import *import, const char *name, const char *path)
{
    struct import_file *file = import_records_file(import, name);
    json_error_t error;
    json_t *whole = json_load_file(path, JSON_REJECT_DUPLICATES, &error), *list;
    unsigned line = 0;
    const char *key;

    if (file == NULL)
        return;
    if (json_is_array(whole)) {
        take_list(import, file, whole, 0);
    } else if (json_is_object(whole)) {
        json_object_foreach(whole, key, list) if (strcmp(key, "notes") != 0) line =
            take_list(import, file, list, line);
        if (line == 0)
            import_records_refuse(import, file, 0, NULL,
                _("There is no record in this file: a list of objects, or an object of lists."));
    } else {
        import_records_refuse(import, file,
            whole == NULL && error.line > 0 ? (unsigned)error.line : 0, NULL,
            import_work_text(import, _("The file cannot be read: %s."), error.text));
    }
    json_decref(whole);
}
